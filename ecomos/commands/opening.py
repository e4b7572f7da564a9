"""Opening the store that a command means, and printing what it found."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from ecomos.errors import Problem, WrongUsage
from ecomos.store import Home, find_home, now_in, open_file, read_home
from ecomos.work.shop import Shop

__all__ = ["instant", "open_shop", "print_rows", "say_problems", "starter"]


def starter() -> Path:
    """The starter playbook that the package ships."""
    return Path(str(files("ecomos") / "starter"))


def home_of(asked: argparse.Namespace) -> Home:
    """The store home that the command means."""
    return read_home(find_home(asked.store, os.environ))


def open_shop(asked: argparse.Namespace) -> tuple[Shop, datetime]:
    """The store that the command means, and its present."""
    home = home_of(asked)
    shop = Shop(home, open_file(home.db_path))
    return shop, now_in(home, shop.db)


def instant(text: str) -> datetime:
    """An instant from the command line; without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"{text!r} is no instant, as in 2026-11-24T09:00:00+01:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def say_problems(problems: Iterable[Problem]) -> int:
    """Every problem to stderr; gives the exit code."""
    found = list(problems)
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


def print_rows(rows: Sequence[dict[str, Any]], as_json: bool, nothing: str) -> None:
    """A table for people, or JSON; a sentence where there is nothing."""
    if as_json:
        print(json.dumps(rows, indent=1, ensure_ascii=False, default=str))
        return
    if not rows:
        print(nothing)
        return
    heads = list(rows[0])
    cells = [[str(r[h] if r[h] is not None else "") for h in heads] for r in rows]
    widths = [max(len(h), *(len(c[n]) for c in cells)) for n, h in enumerate(heads)]
    for line in (heads, *cells):
        print("  ".join(text.ljust(w) for text, w in zip(line, widths, strict=True)).rstrip())
