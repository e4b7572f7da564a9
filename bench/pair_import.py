"""The import of UCI Online Retail, normalised, indexed and checked, against `sqlite3 .import` of the same file into one
untyped table; CPU of the whole process. And the same file again against the start of a bare Python."""

import gzip
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from bench.pair import DATA, Pair, run_child
from ecomos.store import make_home, open_file

__all__ = ["UciImport", "pairs"]

SOURCE = DATA / "retail" / "uci-online-retail-2011.csv.gz"
STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter"
IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ecomos.intake import import_file
from ecomos.store import open_file, read_home
home = read_home(Path(sys.argv[1]))
account = import_file(home, open_file(home.db_path), Path(sys.argv[2]), datetime(2026, 11, 24, 9, tzinfo=UTC))
status = Path("/proc/self/status")  # what the system counts for a child includes the memory of its parent before exec
if status.exists():
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
sys.exit(0 if account.is_fine else 1)
"""


class UciImport:
    """The file unpacked in a folder of its own, and both ways of taking it in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.csv, self.number = folder, folder / "uci.csv", 0
        with gzip.open(SOURCE) as packed, open(self.csv, "wb") as plain:
            shutil.copyfileobj(packed, plain)
        self.peak_mb = 0.0

    def bare(self) -> float:
        """`sqlite3 .import`, CPU seconds."""
        self.number += 1
        target = self.folder / f"bare-{self.number}.db"
        child = run_child(["sqlite3", str(target), "-cmd", ".mode csv", f".import {self.csv} t"])
        target.unlink()
        return child.cpu

    def ours(self) -> float:
        """Our import into a new store, CPU seconds of the whole process."""
        self.number += 1
        return self.take(self.new_home())

    def new_home(self) -> Path:
        """A store home that holds nothing yet; made before the clock starts."""
        path = self.folder / f"home-{self.number}"
        home = make_home(path, STARTER, name="UCI", currency="GBP", time_zone="UTC", go_live=date(2026, 11, 24))
        open_file(home.db_path, create=True).close()
        return path

    def take(self, home: Path) -> float:
        """Import into that home. Raises RuntimeError where it did not go well."""
        child = run_child([sys.executable, "-c", IMPORT, str(home), str(self.csv)])
        if child.code:
            raise RuntimeError(f"the import ended with {child.code}")
        self.peak_mb = max(self.peak_mb, int(child.said or 0) / 1024)
        return child.cpu

    def again(self) -> float:
        """The same file again into the last home, seconds by the clock on the wall."""
        started = time.perf_counter()
        self.take(self.folder / f"home-{self.number}")
        return time.perf_counter() - started


def pairs() -> list[Pair | str]:
    if not SOURCE.exists() or shutil.which("sqlite3") is None:
        return ["import of UCI: the test data or the sqlite3 program is missing"]
    job = UciImport(Path(tempfile.mkdtemp(prefix="ecomos-bench-")))
    return [
        Pair("import 541,909 lines : sqlite3 .import (CPU)", job.ours, job.bare, 4.0, note="peak memory ≤ 300 MB"),
        Pair("the same file again : half a second (wall)", job.again, lambda: 0.5, 1.0),
    ]
