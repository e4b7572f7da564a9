"""serve: the pages and the heartbeat beside them."""

import argparse
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ecomos.commands.opening import home_of
from ecomos.store import Home, now_in, open_file, read_home, wind
from ecomos.work import Shop

__all__ = ["serve", "serve_home"]


def serve(asked: argparse.Namespace) -> int:
    """Serve the store's pages until it is told to stop."""
    serve_home(home_of(asked), asked.port, asked.bind)
    return 0


def serve_home(home: Home, port: int, ip: str = "127.0.0.1") -> None:
    """Serve this home; its clock goes on from where it stood."""
    from ecomos.server import serve as serve_pages

    db = open_file(home.db_path)
    wind(home, db, resume=True)
    serve_pages(home, port, now=lambda: now_in(home, db), tick=_heart(home), ip=ip)


def _heart(home: Home) -> Callable[[datetime], None]:
    """One beat a minute, in the timer's thread; a beat with files to read is a process of its own, so that the pages
    never wait for an import."""
    from ecomos.heartbeat import tick

    def beat(now: datetime) -> None:
        if _has_files(home.path / "inbox"):
            subprocess.run([sys.executable, "-m", "ecomos", "tick", "--store", str(home.path)], check=False)
            return
        shop = Shop(read_home(home.path), open_file(home.db_path))  # read again: “ecomos live on” holds at once
        try:
            tick(shop, wind(home, shop.db) if home.clock == "demo" else now)
        finally:
            shop.db.close()

    return beat


def _has_files(inbox: Path) -> bool:
    """Whether something waits in the inbox or in a channel's folder of it."""
    folders = [p for p in inbox.iterdir() if p.is_dir() and p.name not in ("read", "refused")] if inbox.is_dir() else []
    return any(p.is_file() and not p.name.startswith(".") for f in (inbox, *folders) for p in f.glob("*"))
