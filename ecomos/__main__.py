"""`python -m ecomos` is the command `ecomos`."""

import sys

from ecomos.cli import main

sys.exit(main())
