"""On which days a thing was not to be had: the ledger's moves added up, day by day. A day without stock is no day
without demand. Before the first move nothing is known. Reads; writes nothing. Needs numpy."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ecomos.stock.demand import Asked, Window
from ecomos.stock.things import arrays

__all__ = ["LOOK_BACK", "ShelfDays", "counted_days", "read_shelf_days"]

Array = Any
LOOK_BACK = 91
"""Days of which the page says how many were sold in how many."""


@dataclass(frozen=True)
class ShelfDays:
    """A row a thing, a column a day of the window."""

    out: Array
    """Nothing sellable lay there the whole day."""
    known_from: Array
    """Of each thing: the first day of which its level is known; the window's end where none is."""


_MOVES = """
-- One row per thing and day: what was moved in or out of what can be sold, and what came in.
select variant_id, cast(julianday(date(happened_at, ?3)) - julianday(?1) as integer) as day,
  sum(quantity), sum(max(quantity, 0))
from stock_moves where state = 'sellable' and happened_at < ?2 group by 1, 2 order by 1, 2"""


def read_shelf_days(db: sqlite3.Connection, ids: Array, window: Window, zone: ZoneInfo, now: datetime) -> ShelfDays:
    """Which days of the window each thing was out, by the ledger.

    Days are the store's by the clock of today: an hour of summer time decides no day of stock.
    """
    shift = now.astimezone(zone).utcoffset() or timedelta()
    after = (window.last_on + timedelta(days=2)).isoformat()
    minutes = f"{int(shift.total_seconds() // 60):+d} minutes"
    table = np.array(arrays(db, _MOVES, [window.first_on.isoformat(), after, minutes]), np.int64).reshape(-1, 4)
    row = np.searchsorted(ids, table[:, 0])
    known = (row < len(ids)) & (ids[np.minimum(row, len(ids) - 1)] == table[:, 0]) if len(ids) else row < 0
    return _days_out(row[known], table[known], (len(ids), window.days))


def _days_out(row: Array, table: Array, size: tuple[int, int]) -> ShelfDays:
    things, days = size
    out, known_from = np.zeros(size, bool), np.full(things, days)
    if not len(row):
        return ShelfDays(out, known_from)
    day, moved, came = table[:, 1], table[:, 2], table[:, 3]
    begins = np.r_[True, row[1:] != row[:-1]]
    total = np.cumsum(moved)
    start = np.maximum.accumulate(np.where(begins, np.arange(len(row)), 0))
    after = total - (total[start] - moved[start])
    before = after - moved
    known_from[row[begins]] = np.maximum(day[begins], 0)
    through = (before <= 0) & (before + came <= 0) & ~begins & (day >= 0) & (day < days)
    out[row[through], day[through]] = True
    ends = np.r_[begins[1:], True]
    until = np.where(ends, days, np.r_[day[1:], days])
    change = np.zeros((things, days + 1), np.int8)
    dry = (after <= 0) & (until > day + 1) & (until > 0) & (day + 1 < days)
    np.add.at(change, (row[dry], np.clip(day[dry] + 1, 0, days)), 1)
    np.add.at(change, (row[dry], np.clip(until[dry], 0, days)), -1)
    out |= np.cumsum(change, axis=1, dtype=np.int8)[:, :days] > 0
    return ShelfDays(out, known_from)


def counted_days(asked: Asked, shelf: ShelfDays) -> Array:
    """Days with stock and without a promotion, from the first on which the thing was sold or lay there. A day on which
    it was sold had stock, whatever the ledger says."""
    shelf.out[asked.row, asked.day] = False
    counted = ~(shelf.out | asked.is_promoted)
    begin = np.minimum(asked.first_day, shelf.known_from)
    return counted & (np.arange(asked.window.days)[None, :] >= begin[:, None])
