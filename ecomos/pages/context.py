"""Who this kernel belongs to. The server says it once, by its own silent execute, before the first cell runs; no
header, no address and no message from a browser can."""

import os
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from ecomos.errors import WrongUsage
from ecomos.store import Home, find_home, open_file, read_home

__all__ = ["Binding", "address", "bind", "current_person", "is_bound", "now", "store", "warm"]


@dataclass(frozen=True)
class Binding:
    """What the server told this kernel."""

    person_id: int
    notebook: str
    query: str
    clock_ahead: timedelta
    """How far the store's clock is ahead of the machine's; nothing but in a demo or a test."""


_bound: Binding | None = None


def bind(person_id: int, notebook: str, query: str, now: str) -> None:
    """Tell this kernel whose it is. Raises WrongUsage when it was told before: a kernel never changes hands."""
    global _bound
    if _bound is not None:
        raise WrongUsage("This kernel belongs to somebody already.")
    _bound = Binding(person_id, notebook, query, datetime.fromisoformat(now) - datetime.now(UTC))


def is_bound() -> bool:
    """Was this kernel told whose it is?"""
    return _bound is not None


def current_person() -> int:
    """The id of the person who opened this page. Raises WrongUsage outside the server's kernels."""
    if _bound is None:
        raise WrongUsage("Nobody is logged in here: pages are opened through “ecomos serve”.")
    return _bound.person_id


def address() -> dict[str, str]:
    """The params in the browser's address when the page was opened."""
    return dict(parse_qsl(_bound.query)) if _bound else {}


def now() -> datetime:
    """The store's clock."""
    return datetime.now(UTC) + (_bound.clock_ahead if _bound else timedelta())


@cache
def store() -> tuple[Home, sqlite3.Connection]:
    """The home that ECOMOS_STORE names, and this kernel's one connection to its store file."""
    path: Path = find_home(None, os.environ)
    return read_home(path), open_file(path / "store.db")


def warm() -> None:
    """What a waiting kernel does before anybody comes: import the shell and the pages, open the store and read the
    playbook in force."""
    import importlib

    from ecomos.pages.page import pages_of
    from ecomos.work import Shop, in_force

    importlib.import_module("ecomos.pages.shell")
    for page in pages_of(None):
        importlib.import_module(page.build.__module__)
    in_force(Shop(*store()), now())
