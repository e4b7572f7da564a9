"""A real child process, ended by SIGKILL: after a random time, or at its nth commit. It begins to work when it has
read its code, so that a kill lands in the work and not in an import."""

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ecomos.store import Home, examine, open_file, read_home, set_setting, tell_live, write
from ecomos.work import Shop

TIMES = 10
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pytest", "aiosmtpd.controller", "ecomos.heartbeat", "ecomos.work"])

Work = Callable[..., Any]


class Child:
    """Work in a process of its own."""

    def __init__(self, work: Work, *args: Any, fatal_commit: int | None = None) -> None:
        self.pipe, theirs = PROCESSES.Pipe()
        self.process = PROCESSES.Process(target=_work, args=(theirs, work, args, fatal_commit), daemon=True)
        self.process.start()
        theirs.close()
        assert self.pipe.recv() == "ready"

    def begin(self) -> None:
        self.pipe.send("begin")

    def end(self, kill_after: float | None = None) -> tuple[Any, float] | None:
        """What it gave and the seconds it took, waiting for its end or killing it; None where it did not get there."""
        if kill_after is not None:
            self.process.join(kill_after)
            self.process.kill()
        self.process.join(120)
        assert self.process.exitcode in (0, -signal.SIGKILL), "the child failed; its traceback stands above"
        try:
            found: tuple[Any, float] = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        return found


def _work(pipe: Connection, work: Work, args: tuple[Any, ...], fatal_commit: int | None) -> None:
    global _left
    _left = fatal_commit
    pipe.send("ready")
    pipe.recv()
    started = time.perf_counter()
    found = work(*args)
    pipe.send((found, time.perf_counter() - started))


_left: int | None = None


def _count_down(statement: str) -> None:
    global _left
    if _left is not None and statement == "commit":
        _left -= 1
        if _left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


def file_at(path: Path) -> tuple[Home, sqlite3.Connection]:
    """A home and its file, as each process opens them; here the child dies at its fatal commit."""
    home = read_home(path)
    db = open_file(home.db_path)
    if _left is not None:
        db.set_trace_callback(_count_down)
    return home, db


def shop_at(path: Path) -> Shop:
    return Shop(*file_at(path))


def run(work: Work, *args: Any, kill_after: float | None = None, fatal_commit: int | None = None) -> Any:
    """Work in a child; (what it gave, seconds), or None where it was killed before its end."""
    child = Child(work, *args, fatal_commit=fatal_commit)
    child.begin()
    return child.end(kill_after)


def copy_home(origin: Path, to: Path) -> Path:
    """A home of its own with the same contents, that may send where the first may."""
    shutil.copytree(origin, to)
    home, db = file_at(to)
    if home.live:
        with write(db):
            set_setting(db, "live_on", tell_live(home, True).fingerprint)
    db.close()
    return to


def nothing() -> None:
    """What is done before a round, where nothing is."""


def killed(origin: Path, folder: Path, work: Work, *args: Any, before: Callable[[], None] = nothing) -> Iterator[Path]:
    """Ten copies of a home, each killed once while `work(home, *args)` went on, one in each tenth of the time that it
    takes undisturbed (in `undisturbed-1`). Four of the kills at least must land in the middle."""
    seed = int(os.environ.get("ECOMOS_SEED") or random.randrange(10**9))
    dice, landed = random.Random(seed), 0
    undisturbed = [run(work, copy_home(origin, folder / f"undisturbed-{n}"), *args) for n in (1, 2)]
    whole = min(seconds for _, seconds in undisturbed)
    for number in range(TIMES):
        home = copy_home(origin, folder / f"killed-{number}")
        before()
        delay = whole * (number + dice.random()) / TIMES
        ended = run(work, home, *args, kill_after=delay)
        if ended is None:
            landed += 1
        else:  # the machine is quicker now than it was: the next come earlier
            whole = min(whole, ended[1])
        yield home
    print(f"ECOMOS_SEED={seed}: {landed} of {TIMES} kills landed in the middle of {whole * 1000:.0f} ms")
    assert landed >= TIMES * 0.4


def contents(path: Path, *but: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but those; the file and the chain of its events are whole."""
    _, db = file_at(path)
    assert [] == examine(db)
    names = [r[0] for r in db.execute("select name from sqlite_master where type = 'table' order by name")]
    rows = {n: [tuple(r) for r in db.execute(f"select * from {n} order by 1, 2")] for n in names if n not in but}
    db.close()
    return rows
