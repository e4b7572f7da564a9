"""demo: make or reuse the demo store, say who logs in how, serve it."""

import argparse
import os
import shutil
from pathlib import Path

from ecomos.commands.opening import starter
from ecomos.commands.serving import serve_home
from ecomos.demo import DEMO_PASSWORD, TEAM, is_demo, make_demo
from ecomos.store import read_home

__all__ = ["demo"]


def demo(asked: argparse.Namespace) -> int:
    """Make it where it is not there; it never sends and serves this machine only."""
    path = Path(asked.store or os.environ.get("ECOMOS_STORE") or "data/demo")
    if not is_demo(path):
        half = path.with_name(path.name + ".part")
        shutil.rmtree(half, ignore_errors=True)
        print(f"Making the demo store in {path} …", flush=True)
        half.parent.mkdir(parents=True, exist_ok=True)
        make_demo(half, starter())
        if path.exists():
            path.rmdir()
        half.rename(path)
    for name, email, roles in TEAM:
        print(f"  {', '.join(roles):17} {name:12} {email}   password: {DEMO_PASSWORD}")
    if not asked.no_serve:
        serve_home(read_home(path), asked.port)
    return 0
