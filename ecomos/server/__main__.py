"""`python -m ecomos.server HOME PORT`: the server alone, without a heartbeat. Staff use `ecomos serve`."""

import sys
from pathlib import Path

from ecomos.server import serve
from ecomos.store import read_home

serve(read_home(Path(sys.argv[1])), int(sys.argv[2]), say=lambda text: print(text, flush=True))
