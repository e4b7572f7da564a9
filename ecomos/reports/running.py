"""Executing a notebook in a process of its own: ended with everything below it when it takes too long."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psutil

from ecomos.reports.child import CELL_FAILED
from ecomos.store import Home

__all__ = ["Job", "Outcome", "execute", "progress"]

SECRETS = ("ECOMOS_MAIL_USER", "ECOMOS_MAIL_PASSWORD")


@dataclass(frozen=True)
class Job:
    """One notebook to be executed."""

    notebook: Path
    folder: Path
    """Where the executed notebook, the HTML and the log go; made here."""
    parameters: Mapping[str, Any]
    title: str
    sub: str
    """A line under the title of the HTML."""
    gently: bool = False
    """Whether people come first: nobody waits for it."""


@dataclass(frozen=True)
class Outcome:
    """What became of it."""

    status: str
    """done; failed: the notebook itself; broken: its process died or took too long, so again is worth a try."""
    error: str = ""


def execute(home: Home, job: Job, seconds: float) -> Outcome:
    """Run it to its end, or for so many seconds; everything that it wrote stays in the folder."""
    job.folder.mkdir(parents=True, exist_ok=True)
    asked: dict[str, Any] = {
        "notebook": str(job.notebook),
        "folder": str(job.folder),
        "parameters": dict(job.parameters),
    }
    asked |= {"title": job.title, "sub": job.sub, "gently": job.gently}
    with (job.folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ecomos.reports.child"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=_environment(home),
            start_new_session=True,
        )
        try:
            code = _wait(process, json.dumps(asked, default=_plain), seconds)
        finally:
            _end(process)
    return _outcome(job, code, seconds)


def _plain(value: object) -> str:
    assert isinstance(value, date | datetime)
    return value.isoformat()


def _environment(home: Home) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in SECRETS}
    return {**kept, "ECOMOS_STORE": str(home.path), "PYTHONUNBUFFERED": "1", "MPLBACKEND": "agg"}


def _wait(process: "subprocess.Popen[bytes]", asked: str, seconds: float) -> int | None:
    """The exit code; None where it took too long. Its input stays open: that is how it knows that we live."""
    assert process.stdin is not None
    try:
        process.stdin.write(f"{asked}\n".encode())
        process.stdin.flush()
        return process.wait(seconds)
    except BrokenPipeError:
        return process.wait()
    except subprocess.TimeoutExpired:
        return None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill it with its kernel (which stands in a session of its own), if it still runs."""
    if process.poll() is None:
        below = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for one in below:
            if one.is_running():
                one.kill()
        process.wait()
    if process.stdin is not None:
        try:
            process.stdin.close()
        except BrokenPipeError:
            return


def _outcome(job: Job, code: int | None, seconds: float) -> Outcome:
    if code == 0:
        return Outcome("done")
    if code == CELL_FAILED:
        return Outcome("failed", (job.folder / "error.txt").read_text(encoding="utf-8"))
    if code is None:
        return Outcome("broken", f"it took longer than {seconds:g} seconds and was ended")
    return Outcome("broken", f"its process ended with {code}; the log says why")


def progress(folder: Path) -> tuple[int, int]:
    """Cells done, and cells there are, of a run under way."""
    try:
        cells = json.loads((folder / "report.ipynb").read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return 0, 0
    states = [c["metadata"].get("papermill", {}).get("status") for c in cells if c["cell_type"] == "code"]
    return sum(1 for s in states if s == "completed"), len(states)
