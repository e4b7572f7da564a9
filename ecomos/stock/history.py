"""The picture beside a plan: what was asked for of one thing week by week, with days without stock, bulk orders and
promotions marked as the plan marked them."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ecomos.stock.plan_limits import PlanLimits
from ecomos.store import Home

__all__ = ["History", "HistoryWeek", "history_of"]

SHOWN = 52
"""Weeks."""


@dataclass(frozen=True)
class HistoryWeek:
    """Seven days; the last week ends with the last complete day."""

    from_on: str
    label: str
    pieces: int
    """Without bulk orders."""
    out: int
    """Days without stock, as far as the shelf is known."""
    bulk: int
    """Pieces of bulk orders."""
    promotion: bool
    says: str


@dataclass(frozen=True)
class History:
    """The weeks of the last year since the thing was first there."""

    weeks: tuple[HistoryWeek, ...]
    known: str


def history_of(
    db: sqlite3.Connection, home: Home, variant_id: int, last_on: date, limits: PlanLimits, now: datetime
) -> History:
    """Read and marked as the planner does it, for this one thing."""
    import numpy as np

    from ecomos.stock.demand import read_asked
    from ecomos.stock.shelf_days import counted_days, read_shelf_days

    ids = np.array([variant_id], np.int64)
    asked = read_asked(db, ids, last_on, limits)
    shelf = read_shelf_days(db, ids, asked.window, home.zone, now)
    counted_days(asked, shelf)
    days = asked.window.days
    usual = np.bincount(asked.day[~asked.is_bulk], weights=asked.pieces[~asked.is_bulk], minlength=days)
    bulk = np.bincount(asked.day[asked.is_bulk], weights=asked.pieces[asked.is_bulk], minlength=days)
    begin = int(min(asked.first_day[0], shelf.known_from[0]))
    weeks = []
    for first in range(max(days - 7 * SHOWN, begin // 7 * 7, 0), days, 7):
        span = slice(first, first + 7)
        out, offer = int(shelf.out[0, span].sum()), bool(asked.is_promoted[0, span].any())
        weeks.append(
            _week(
                asked.window.first_on + timedelta(days=first), int(usual[span].sum()), int(bulk[span].sum()), out, offer
            )
        )
    return History(tuple(weeks), _known(asked.window.first_on, int(shelf.known_from[0]), days))


def _week(on: date, pieces: int, bulk: int, out: int, offer: bool) -> HistoryWeek:
    label = f"{on.day} {on:%b}"
    words = [f"week of {label}: {pieces} sold"]
    if bulk:
        words.append(f"{bulk} in bulk orders")
    if out:
        words.append(f"{out} {'day' if out == 1 else 'days'} without stock")
    if offer:
        words.append("a promotion")
    return HistoryWeek(on.isoformat(), label, pieces, out, bulk, offer, ", ".join(words))


def _known(first_on: date, known_from: int, days: int) -> str:
    if known_from >= days:
        return "From demand only: no file says how many lay there, so days without stock are unknown."
    if known_from == 0:
        return ""
    since = first_on + timedelta(days=known_from)
    return f"What lay there is known since {since.day} {since:%b %Y}; before it, days without stock are unknown."
