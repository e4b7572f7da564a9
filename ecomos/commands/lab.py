"""lab: JupyterLab over the store's notebooks, for founders."""

import argparse
import os
import socket
import sys
from importlib.util import find_spec

from ecomos.commands.demo import made_demo, say_team
from ecomos.commands.opening import home_of
from ecomos.errors import EcomosError, WrongUsage
from ecomos.store import Home, now_in, open_file
from ecomos.work import Shop, in_force

__all__ = ["lab"]


def lab(asked: argparse.Namespace) -> int:
    """Lay the notebooks out and become JupyterLab; returns only where that is not possible."""
    if find_spec("jupyterlab") is None:
        raise EcomosError("JupyterLab is not installed: pip install 'ecomos[lab]', or “make lab” in a clone.")
    home = made_demo(asked) if asked.demo else home_of(asked)
    _must_be_free(asked.port)
    _lay_out(home)
    if asked.demo:
        say_team("founder")
    from ecomos.server.lab import lab_environment

    words = [sys.executable, "-m", "ecomos.server.lab", str(home.path), str(asked.port)]
    sys.stdout.flush()
    os.execve(sys.executable, words, lab_environment(os.environ, home))


def _lay_out(home: Home) -> None:
    from ecomos.server.lab_notebooks import lay_out

    shop = Shop(home, open_file(home.db_path))
    reports = in_force(shop, now_in(home, shop.db)).reports.values()
    folder = lay_out(home, {report.notebook for report in reports})
    shop.db.close()
    print(f"Notebooks of {home.name}: {folder}", flush=True)


def _must_be_free(port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise WrongUsage(f"Port {port} on 127.0.0.1 can't be used; try --port.") from error
