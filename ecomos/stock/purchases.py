"""Purchase orders as they stand: read for pages, facts and papers."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecomos.errors import Refused

__all__ = ["OPEN", "Purchase", "PurchaseLine", "purchase", "purchase_by_number", "purchases_list"]

OPEN = ("draft", "asked", "approved", "sent", "confirmed", "part received")
"""States of an order that is not over yet."""


@dataclass(frozen=True)
class PurchaseLine:
    """A line with what was agreed and what came; money in the order's currency."""

    line_no: int
    variant_id: int | None
    sku: str
    supplier_sku: str | None
    title: str
    quantity: int
    """As ordered."""
    unit_cost_cents: int
    price_source: str
    confirmed_quantity: int | None
    confirmed_cost_cents: int | None
    agreed: int
    agreed_cents: int
    comes_on: str | None
    good: int
    damaged: int
    substitutes: int
    """Of what came, pieces of another thing."""
    closed_quantity: int
    """What will not come any more."""
    open: int
    """What is still to come."""
    is_filled: int
    because: str | None

    @property
    def differs(self) -> bool:
        """Confirmed with other pieces or another price."""
        return (self.agreed, self.agreed_cents) != (self.quantity, self.unit_cost_cents)


@dataclass(frozen=True)
class Purchase:
    """One order."""

    id: int
    number: str
    supplier_id: int
    supplier: str
    location_id: int
    place: str
    currency: str
    status: str
    drafted_by: int | None
    drafted_at: str
    approved_at: str | None
    sent_at: str | None
    confirmed_at: str | None
    taken_at: str | None
    """Since when a confirmation that differs is accepted."""
    kept_at: str | None
    """Since when what came beyond the order, or instead of it, is kept."""
    promised_on: str | None
    expected_on: str | None
    needed_by_on: str | None
    freight_cents: int
    duty_cents: int
    note: str | None
    closed_at: str | None
    lines: tuple[PurchaseLine, ...]

    @property
    def goods_cents(self) -> int:
        """As ordered, without freight and duty."""
        return sum(line.quantity * line.unit_cost_cents for line in self.lines)

    @property
    def total_cents(self) -> int:
        """As ordered, with freight and duty, without tax."""
        return self.goods_cents + self.freight_cents + self.duty_cents

    @property
    def agreed_cents(self) -> int:
        """As confirmed, with freight and duty."""
        goods = sum(line.agreed * line.agreed_cents for line in self.lines)
        return goods + self.freight_cents + self.duty_cents

    def payable(self, line: PurchaseLine) -> int:
        """Good pieces of a line that are to be paid: more than was ordered only once the change was accepted, what came
        beyond or instead of it only once it is kept."""
        if self.kept_at is not None:
            return line.good
        most = line.agreed if self.taken_at is not None else min(line.agreed, line.quantity)
        return max(0, min(line.good - line.substitutes, most))

    def due_cents(self, line: PurchaseLine) -> int:
        """What a good piece of a line is paid with: the confirmed price, a dearer one only once it was accepted."""
        if self.taken_at is None:
            return min(line.agreed_cents, line.unit_cost_cents)
        return line.agreed_cents

    @property
    def open(self) -> int:
        """Pieces still to come."""
        return sum(line.open for line in self.lines)

    @property
    def came(self) -> int:
        """Pieces that came, damaged ones too."""
        return sum(line.good + line.damaged for line in self.lines)


_LINE = tuple(PurchaseLine.__dataclass_fields__)
_HEAD = tuple(n for n in Purchase.__dataclass_fields__ if n not in ("lines", "supplier", "place"))


def purchase(db: sqlite3.Connection, order_id: int) -> Purchase:
    """One order with its lines. Raises Refused where there is none."""
    row = db.execute(
        """select o.*, s.name as supplier, l.name as place from purchase_orders o
           join suppliers s on s.id = o.supplier_id join locations l on l.id = o.location_id where o.id = ?""",
        [order_id],
    ).fetchone()
    if row is None:
        raise Refused(f"There is no purchase order {order_id}.")
    lines = db.execute("select * from purchase_line_states where purchase_order_id = ? order by line_no", [order_id])
    read = tuple(PurchaseLine(**{name: line[name] for name in _LINE}) for line in lines)
    return Purchase(**{n: row[n] for n in _HEAD}, supplier=row["supplier"], place=row["place"], lines=read)


def purchase_by_number(db: sqlite3.Connection, number: str) -> int | None:
    """The order of that number, None where there is none."""
    row = db.execute("select id from purchase_orders where number = ? collate nocase", [number.strip()]).fetchone()
    return int(row[0]) if row else None


def purchases_list(db: sqlite3.Connection, supplier_id: int | None = None) -> list[dict[str, Any]]:
    """Every order, open ones first, the newest before the older: value, pieces to come, day, days late."""
    rows = db.execute(
        """select o.id, o.number, o.status, o.currency, o.drafted_at, o.sent_at, o.expected_on, o.promised_on,
             s.name as supplier, s.id as supplier_id, l.name as place,
             (select count(*) from purchase_order_lines n where n.purchase_order_id = o.id) as lines,
             (select coalesce(sum(n.quantity * n.unit_cost_cents), 0) from purchase_order_lines n
              where n.purchase_order_id = o.id) + o.freight_cents + o.duty_cents as cents,
             case when o.status in ('closed', 'cancelled') then 0 else
               (select coalesce(sum(n.open), 0) from purchase_line_states n where n.purchase_order_id = o.id)
             end as open
           from purchase_orders o join suppliers s on s.id = o.supplier_id join locations l on l.id = o.location_id
           where ?1 is null or o.supplier_id = ?1
           order by o.status in ('closed', 'cancelled'), o.id desc""",
        [supplier_id],
    ).fetchall()
    return [dict(row) for row in rows]


def days_between(first: str | None, last: str | None) -> int | None:
    """Calendar days from one day or instant to another; None where one is not known.

    >>> days_between("2026-11-24T09:00:00Z", "2026-12-01")
    7
    """
    if not first or not last:
        return None
    return (date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])).days
