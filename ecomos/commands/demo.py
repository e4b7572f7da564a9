"""demo: make or reuse the demo store, say who logs in how, serve it."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from ecomos.commands.opening import starter
from ecomos.commands.serving import serve_home
from ecomos.demo import DEMO_PASSWORD, TEAM, is_demo, make_demo
from ecomos.store import Home, read_home

__all__ = ["demo", "made_demo", "say_team"]

WIDE = 30


def demo(asked: argparse.Namespace) -> int:
    """Make it where it is not there; it never sends and serves this machine only."""
    home = made_demo(asked)
    say_team()
    if not asked.no_serve:
        serve_home(home, asked.port)
    return 0


def made_demo(asked: argparse.Namespace) -> Home:
    """The demo store, made where it is not there."""
    path = Path(asked.store or os.environ.get("ECOMOS_STORE") or "data/demo")
    if not is_demo(path):
        half = path.with_name(path.name + ".part")
        shutil.rmtree(half, ignore_errors=True)
        print(f"Making the demo store in {path}: two years of a shop, about half a minute.", flush=True)
        half.parent.mkdir(parents=True, exist_ok=True)
        make_demo(half, starter(), progress=_bar if sys.stdout.isatty() else _Lines().say)
        if path.exists():
            path.rmdir()
        half.rename(path)
    return read_home(path)


def say_team(role: str = "") -> None:
    """Who logs in how: everybody, or who holds the role."""
    for name, email, roles in TEAM:
        if not role or role in roles:
            print(f"  {', '.join(roles):29} {name:12} {email}   password: {DEMO_PASSWORD}", flush=True)


def _bar(done: float, what: str) -> None:
    filled = round(done * WIDE)
    print(f"\r  [{'█' * filled}{'░' * (WIDE - filled)}] {done:4.0%}  {what:32.32}", end="", flush=True)
    if done >= 1:
        print()


class _Lines:
    """For a log: a line each tenth."""

    def __init__(self) -> None:
        self.next = 0.0

    def say(self, done: float, what: str) -> None:
        """A line where another tenth is done."""
        if done >= self.next:
            print(f"  {done:4.0%}  {what}", flush=True)
            self.next = int(done * 10) / 10 + 0.1
