"""Draft orders: one for a supplier and a place, never the same thing twice, filled up to the supplier's minimum with
what would be low next."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ecomos.calendar import WorkingTime
from ecomos.errors import Refused
from ecomos.stock.draft_lines import refill, set_line
from ecomos.stock.order_days import next_order_day
from ecomos.stock.terms import Terms, holidays_of, must_buy, supplier_terms
from ecomos.stock.wanted import Wanted, wanted_thing
from ecomos.store import Home, events, iso, write

__all__ = ["Draft", "Drafted", "draft_orders", "next_number"]


@dataclass(frozen=True)
class Draft:
    """A draft as it stands after it was written; money in its currency."""

    order_id: int
    number: str
    supplier: str
    currency: str
    lines: int
    filled: int
    """Of these, lines added to reach the minimum."""
    sum_cents: int
    minimum_cents: int | None
    freight_cents: int
    """0 from the step on."""
    to_free_freight_cents: int
    """What is missing to the step; 0 where it is reached or there is none."""
    next_on: date
    """The next day on which the supplier takes orders."""
    is_new: bool

    @property
    def short_cents(self) -> int:
        """What is missing to the minimum, though nothing more would be low next."""
        return max(0, (self.minimum_cents or 0) - self.sum_cents)


@dataclass(frozen=True)
class Drafted:
    """What became of what was chosen."""

    drafts: tuple[Draft, ...]
    left_out: tuple[str, ...]
    """What could not be ordered, each with its reason in words."""


def draft_orders(
    db: sqlite3.Connection, chosen: Sequence[tuple[int, int, int]], person: int, now: datetime, *, home: Home
) -> Drafted:
    """Draft what was chosen: (variant, place, pieces) each; gives the drafts and what was left out.

    A draft that is open takes the lines; a thing that stands on it is set to the new quantity. Raises Refused for who
    may not buy, and where nothing at all could be drafted.
    """
    today = now.astimezone(home.zone).date()
    must_buy(db, person, today)
    with write(db):
        wanted, left_out = _sort(db, chosen)
        drafts = []
        for supplier, place in sorted({(w.supplier_id, w.location_id) for w in wanted}):
            lines = [w for w in wanted if (w.supplier_id, w.location_id) == (supplier, place)]
            drafts.append(_draft(db, home, supplier_terms(db, supplier), place, lines, person, now))
        if not drafts:
            raise Refused(" ".join(left_out) or "Nothing was chosen to order.")
    return Drafted(tuple(drafts), tuple(left_out))


def _sort(db: sqlite3.Connection, chosen: Sequence[tuple[int, int, int]]) -> tuple[list[Wanted], list[str]]:
    wanted: dict[tuple[int, int], Wanted] = {}
    left_out = []
    for variant, place, quantity in chosen:
        found = wanted_thing(db, variant, place, quantity)
        if isinstance(found, str):
            left_out.append(found)
        else:
            wanted[variant, place] = found
    return list(wanted.values()), left_out


def _draft(
    db: sqlite3.Connection, home: Home, terms: Terms, place: int, lines: list[Wanted], person: int, now: datetime
) -> Draft:
    today = now.astimezone(home.zone).date()
    order_id, is_new = _open_draft(db, home, terms, place, person, now)
    db.execute("delete from purchase_order_lines where purchase_order_id = ? and is_filled", [order_id])
    for line in lines:
        set_line(db, order_id, line, today)
    refill(db, order_id, now, today)
    draft = _as_it_stands(db, home, terms, order_id, today, is_new)
    if is_new:
        events.append(
            db, "purchase.drafted", ("purchase", order_id), actor=f"person:{person}", recorded_at=iso(now),
            data={"lines": draft.lines},
        )  # fmt: skip
    return draft


def _open_draft(
    db: sqlite3.Connection, home: Home, terms: Terms, place: int, person: int, now: datetime
) -> tuple[int, bool]:
    """The draft for that supplier and place; (its id, whether it was made now)."""
    row = db.execute(
        "select id from purchase_orders where supplier_id = ? and location_id = ? and status = 'draft' order by id",
        [terms.id, place],
    ).fetchone()
    if row:
        return int(row[0]), False
    number = next_number(db, now.astimezone(home.zone).date())
    made = db.execute(
        """insert into purchase_orders(number, supplier_id, location_id, currency, status, drafted_by, drafted_at)
           values (?, ?, ?, ?, 'draft', ?, ?)""",
        [number, terms.id, place, terms.currency or home.currency, person, iso(now)],
    )
    return int(made.lastrowid or 0), True


def next_number(db: sqlite3.Connection, today: date) -> str:
    """The next number of the year, as PO-2026-0001; inside the caller's transaction."""
    start = f"PO-{today.year}-"
    row = db.execute(
        "select max(cast(substr(number, ?) as integer)) from purchase_orders where number glob ?",
        [len(start) + 1, start + "[0-9]*"],
    ).fetchone()
    return f"{start}{(row[0] or 0) + 1:04}"


def _as_it_stands(db: sqlite3.Connection, home: Home, terms: Terms, order_id: int, today: date, is_new: bool) -> Draft:
    row = db.execute(
        """select o.number, o.currency, count(*) as lines, sum(l.is_filled) as filled,
             sum(l.quantity * l.unit_cost_cents) as cents
           from purchase_orders o join purchase_order_lines l on l.purchase_order_id = o.id where o.id = ?""",
        [order_id],
    ).fetchone()
    freight = terms.freight_of(row["cents"])
    db.execute("update purchase_orders set freight_cents = ? where id = ?", [freight, order_id])
    working = WorkingTime(home.zone, home.hours, home.holidays)
    step = terms.freight_free_cents
    return Draft(
        order_id=order_id,
        number=row["number"],
        supplier=terms.name,
        currency=row["currency"],
        lines=row["lines"],
        filled=row["filled"],
        sum_cents=row["cents"],
        minimum_cents=terms.minimum_cents,
        freight_cents=freight,
        to_free_freight_cents=max(0, step - row["cents"]) if step is not None else 0,
        next_on=next_order_day(terms, holidays_of(db, terms.id), working, today),
        is_new=is_new,
    )
