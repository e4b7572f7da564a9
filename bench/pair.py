"""One pair: ours and the bare way, in turn, so that a busy machine slows both."""

import os
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DATA", "Child", "Figure", "Pair", "Result", "measure", "run_child"]

DATA = Path(os.environ.get("ECOMOS_TEST_DATA", Path(__file__).resolve().parent.parent.parent / "shared" / "data"))


@dataclass(frozen=True)
class Pair:
    """Two costs in seconds; `ours` may be at most `limit` times `bare`, plus `extra` seconds."""

    name: str
    ours: Callable[[], float]
    bare: Callable[[], float]
    limit: float
    extra: float = 0.0
    rounds: int = 3
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A number that is to stay at or below a limit, or at or above it."""

    name: str
    ours: float
    limit: float
    unit: str
    note: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.ours >= self.limit if self.at_least else self.ours <= self.limit


@dataclass(frozen=True)
class Result:
    """The medians of the rounds; the ratio is the median of the rounds' ratios."""

    pair: Pair
    ours: float
    bare: float
    ratio: float

    @property
    def holds(self) -> bool:
        return self.ratio <= self.pair.limit


def measure(pair: Pair) -> Result:
    """Take both in turn, `rounds` times."""
    taken = [(pair.bare(), pair.ours()) for _ in range(pair.rounds)]
    ratio = statistics.median((ours - pair.extra) / bare for bare, ours in taken)
    bare, ours = (statistics.median(column) for column in zip(*taken, strict=True))
    return Result(pair, ours, bare, ratio)


@dataclass(frozen=True)
class Child:
    """What a child process used."""

    cpu: float
    """User and system seconds."""
    code: int
    said: str
    """Its standard output."""


def run_child(command: Sequence[str]) -> Child:
    """Run a program to its end and ask the system what it used."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Child(used.ru_utime + used.ru_stime, process.returncode, said)
