"""What was asked for, day by day, from the store's own orders: without what was cancelled, with bundles counted as
their parts, bulk orders and promotions marked and kept apart. Reads; writes nothing. Needs numpy."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from ecomos.stock.plan_limits import PlanLimits
from ecomos.stock.things import arrays

__all__ = ["WEEKS", "Asked", "Window", "last_complete_day", "read_asked"]

Array = Any
WEEKS = 104
"""Of history: two years, so that a season can be seen twice."""
REVERSED_WITHIN = 14
"""Days within which a cancellation undoes the order it answers; later it is a return, and the demand stays."""
ONE_OFF = 0.05
"""Share of a thing's orders up to which big ones are one-off; more often, they are how it sells."""
USUALLY = 0.5
"""Share of discounted lines or days from which the discount is the usual price."""


@dataclass(frozen=True)
class Window:
    """The days looked at, counted from 0; the last is `days` - 1."""

    first_on: date
    days: int

    @property
    def last_on(self) -> date:
        return self.first_on + timedelta(days=self.days - 1)


@dataclass(frozen=True)
class Asked:
    """One row per thing and order, as columns: the thing's place in the list, its day, pieces, what kind of order."""

    window: Window
    row: Array
    day: Array
    pieces: Array
    is_bulk: Array
    is_promoted: Array
    first_day: Array
    """Of each thing: the first on which it sold, below 0 before the window; the window's end where it never sold."""

    def by_day(self, things: int, days: int, chosen: Array | None = None, until: int = 0) -> Array:
        """Pieces of each thing on each of so many days, the last `until` days before the window's end; bulk orders left
        out."""
        start = self.window.days - days - until
        take = ~self.is_bulk & (self.day >= start) & (self.day < start + days)
        row, pieces = self.row[take], self.pieces[take]
        if chosen is not None:
            place = np.full(things, -1, np.int64)
            place[chosen] = np.arange(len(chosen))
            keep = place[row] >= 0
            row, things, pieces = place[row][keep], len(chosen), pieces[keep]
            flat = row * days + (self.day[take][keep] - start)
        else:
            flat = row * days + (self.day[take] - start)
        return np.bincount(flat, weights=pieces, minlength=things * days).reshape(things, days)


_LINES = """
-- One row per line that asked for a thing: of orders that were neither cancelled nor given away to nobody.
select l.variant_id, o.id, cast(julianday(o.placed_on) - julianday(?1) as integer), l.quantity,
  coalesce(l.discount_cents, 0) >= ?3 * l.total_cents and l.total_cents > 0
from orders o join order_lines l on l.order_id = o.id
where o.placed_on between ?1 and ?2 and o.kind = 'sale' and o.cancelled_at is null
  and l.variant_id is not null and l.is_merchandise and not l.is_gift_card and l.quantity > 0
  and (l.unit_price_cents > 0 or o.customer_id is not null)
  and not exists (select 1 from order_cancellations c where c.order_id = o.id) {which}"""
_OF_ONE = "and l.variant_id in (select ?4 union select bundle_id from bundle_parts where part_id = ?4)"
_REVERSED = """
-- One row per cancelling line and the line that it may undo: the same customer, thing and number, shortly before.
select c.id, r.line_no, o.id, r.variant_id, -r.quantity
from orders c join order_lines r on r.order_id = c.id
join order_lines l on l.variant_id = r.variant_id and l.quantity = -r.quantity
join orders o on o.id = l.order_id
where c.kind = 'cancellation' and r.quantity < 0 and o.kind = 'sale' and o.customer_id is c.customer_id
  and c.placed_on between ?1 and ?2 and o.placed_at <= c.placed_at
  and julianday(c.placed_at) - julianday(o.placed_at) <= ?3 {which}
order by o.placed_at desc"""
_PARTS = "select bundle_id, part_id, quantity from bundle_parts order by bundle_id, part_id"
_BEFORE = """
select distinct l.variant_id from orders o join order_lines l on l.order_id = o.id
where o.placed_on < ?1 and o.kind = 'sale' and l.variant_id is not null {which}"""
_DAYS = """
select max(from_on, ?1), min(to_on, ?2), variant_id from promotion_days where to_on >= ?1 and from_on <= ?2"""


def last_complete_day(db: sqlite3.Connection, today: date) -> date:
    """Yesterday; or the day of the newest order, where nothing newer was loaded."""
    newest = db.execute("select max(placed_on) from orders where placed_on < ?", [today.isoformat()]).fetchone()[0]
    return date.fromisoformat(newest) if newest else today - timedelta(days=1)


def read_asked(db: sqlite3.Connection, ids: Array, last_on: date, limits: PlanLimits) -> Asked:
    """What was asked for of these things in the two years up to that day; of one alone, no other is read."""
    window = Window(last_on - timedelta(days=7 * WEEKS - 1), 7 * WEEKS)
    ends = [window.first_on.isoformat(), last_on.isoformat()]
    only = ids.tolist() if len(ids) == 1 else []
    lines = arrays(db, _LINES.format(which=_OF_ONE if only else ""), [*ends, limits.promotion_from, *only])
    table = np.array(lines, np.int64).reshape(len(lines), 5)
    table = _parted(_standing(db, table, ends, only), arrays(db, _PARTS))
    row = np.searchsorted(ids, table[:, 0])
    known = (row < len(ids)) & (ids[np.minimum(row, len(ids) - 1)] == table[:, 0]) if len(ids) else row < 0
    table, row = table[known], row[known]
    row, day, pieces, cut = _by_order(row, table)
    bulk = _bulk(row, pieces, day, (len(ids), window.days), limits)
    promoted = _promoted(db, ids, window, (row, day, cut))
    return Asked(window, row, day, pieces, bulk, promoted, _first_days(db, ids, (row, day), window))


def _standing(db: sqlite3.Connection, table: Array, ends: list[str], only: list[int]) -> Array:
    """Without the lines that a cancellation undid: each takes the newest line that it fits, each line once."""
    undone: dict[tuple[int, int], int] = {}
    done, taken = set[tuple[int, int]](), set[tuple[int, int]]()
    sql = _REVERSED.format(which=_OF_ONE if only else "")
    for cancel, line, order, variant, quantity in arrays(db, sql, [*ends, REVERSED_WITHIN, *only]):
        if (cancel, line) not in done and (order, variant) not in taken:
            done.add((cancel, line))
            taken.add((order, variant))
            undone[order, variant] = quantity
    if not undone:
        return table
    keep = np.ones(len(table), bool)
    orders = np.array(sorted({order for order, _ in undone}), np.int64)
    for at in np.flatnonzero(np.isin(table[:, 1], orders)).tolist():
        key = (int(table[at, 1]), int(table[at, 0]))
        if undone.get(key) == table[at, 3]:
            keep[at] = False
            del undone[key]
    return table[keep]


def _parted(table: Array, parts: list[tuple[Any, ...]]) -> Array:
    """A bundle's lines as lines of its parts; a bundle within a bundle is taken apart too."""
    for _ in range(4):
        found = [table]
        bundles = {b for b, _, _ in parts}
        is_bundle = np.isin(table[:, 0], np.array(sorted(bundles), np.int64)) if bundles else np.zeros(len(table), bool)
        if not is_bundle.any():
            return table
        found = [table[~is_bundle]]
        for bundle, part, quantity in parts:
            sold = table[table[:, 0] == bundle].copy()
            sold[:, 0] = part
            sold[:, 3] *= quantity
            found.append(sold)
        table = np.concatenate(found)
    return table


def _by_order(row: Array, table: Array) -> tuple[Array, Array, Array, Array]:
    """(thing, day, pieces, discounted): the lines of one order for the same thing as one."""
    if not len(row):
        return row, row, row.astype(float), row.astype(bool)
    order = np.lexsort((table[:, 1], row))
    row, table = row[order], table[order]
    begins = np.flatnonzero(np.r_[True, (row[1:] != row[:-1]) | (table[1:, 1] != table[:-1, 1])])
    pieces = np.add.reduceat(table[:, 3], begins).astype(float)
    return row[begins], table[begins, 2], pieces, table[begins, 4] > 0


def _bulk(row: Array, pieces: Array, day: Array, size: tuple[int, int], limits: PlanLimits) -> Array:
    """Which orders are one-off bulk orders: many pieces, many times the usual order, more than the other orders of
    `bulk_weeks` together, and not how the thing usually sells."""
    things, days = size
    if not len(row):
        return np.zeros(0, bool)
    orders = np.bincount(row, minlength=things)
    by_size = np.lexsort((pieces, row))
    begin = np.concatenate([[0], np.cumsum(orders)[:-1]])
    middle = begin + np.maximum(orders - 1, 0) // 2
    usual = pieces[by_size][np.minimum(middle, len(row) - 1)]
    total = np.bincount(row, weights=pieces, minlength=things)
    first = np.full(things, days)
    np.minimum.at(first, row, day)
    weeks = np.maximum((days - first) / 7.0, 4.0)
    others = (total[row] - pieces) / weeks[row] * limits.bulk_weeks
    big = (pieces >= limits.bulk_pieces) & (pieces >= limits.bulk_times * usual[row]) & (pieces > others)
    often = np.bincount(row, weights=big, minlength=things) > np.maximum(1.0, ONE_OFF * orders)
    return big & ~often[row] & (orders[row] > 1)


def _promoted(db: sqlite3.Connection, ids: Array, window: Window, lines: tuple[Array, Array, Array]) -> Array:
    """A day a column: on which days each thing was sold for less than usual, or a promotion was on."""
    row, day, cut = lines
    on = np.zeros((len(ids), window.days), bool)
    orders = np.bincount(row, minlength=len(ids))
    cuts = np.bincount(row, weights=cut, minlength=len(ids))
    rare = cuts <= USUALLY * orders
    take = cut & rare[row]
    on[row[take], day[take]] = True
    for first, last, variant in arrays(db, _DAYS, [window.first_on.isoformat(), window.last_on.isoformat()]):
        days = slice(
            (date.fromisoformat(first) - window.first_on).days, (date.fromisoformat(last) - window.first_on).days + 1
        )
        if variant is None:
            on[:, days] = True
        else:
            on[ids == variant, days] = True
    usual = on.mean(axis=1) > USUALLY
    on[usual] = False
    return on


def _first_days(db: sqlite3.Connection, ids: Array, sold: tuple[Array, Array], window: Window) -> Array:
    first = np.full(len(ids), window.days)
    np.minimum.at(first, *sold)
    oldest = db.execute("select min(placed_on) from orders").fetchone()[0]
    if oldest is not None and oldest < window.first_on.isoformat():
        of_one = _OF_ONE.replace("?4", "?2") if len(ids) == 1 else ""
        values = [window.first_on.isoformat(), *(ids.tolist() if of_one else ())]
        before = np.array([r[0] for r in arrays(db, _BEFORE.format(which=of_one), values)], np.int64)
        first[np.isin(ids, before)] = -1
    return first
