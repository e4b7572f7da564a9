"""How a supplier keeps its word: promised against real lead time, share in time, fill rate, defects, changed prices.
Under five deliveries it is too early to tell, and is said so."""

import sqlite3
from dataclasses import dataclass
from statistics import median

from ecomos.stock.purchases import days_between

__all__ = ["FEWEST", "Delivered", "Scorecard", "deliveries_of", "scorecard"]

FEWEST = 5
"""Deliveries under which a share or a median says nothing."""


@dataclass(frozen=True)
class Delivered:
    """One delivery of an order that was sent."""

    number: str
    received_on: str
    promised_days: int | None
    """From sending to the day promised first."""
    days: int
    """From sending to receipt."""


@dataclass(frozen=True)
class Scorecard:
    """What is known of a supplier; None: nothing to count yet."""

    orders: int
    """Orders that were sent."""
    deliveries: int
    promised_days: float | None
    """Median of the promised lead times, calendar days."""
    real_days: float | None
    """Median of the real ones."""
    low_days: float | None
    high_days: float | None
    """Between these lie eight of ten."""
    in_time: float | None
    """Share of deliveries on or before the promised day."""
    fill: float | None
    """Good pieces of ordered ones, over orders of which something came or that are over."""
    defects: float | None
    """Damaged pieces of all that came."""
    changed_prices: int
    """Lines confirmed or billed at another price than ordered."""
    price_change: float | None
    """Their mean change, 0.05 is five per cent dearer."""

    @property
    def few(self) -> bool:
        """Too few to tell."""
        return self.deliveries < FEWEST


def deliveries_of(db: sqlite3.Connection, supplier_id: int) -> list[Delivered]:
    """Every delivery with its days, the oldest first."""
    rows = db.execute(
        """select distinct o.number, r.id, r.received_on, o.sent_at, o.promised_on from receipts r
           join purchase_orders o on o.id = r.purchase_order_id
           where o.supplier_id = ? and o.sent_at is not null
             and (select sum(l.quantity + l.damaged) from receipt_lines l where l.receipt_id = r.id) > 0
           order by r.received_on, r.id""",
        [supplier_id],
    )
    return [
        Delivered(
            r["number"],
            r["received_on"],
            days_between(r["sent_at"], r["promised_on"]),
            days_between(r["sent_at"], r["received_on"]) or 0,
        )
        for r in rows
    ]


def scorecard(db: sqlite3.Connection, supplier_id: int) -> Scorecard:
    """The figures over all orders of a supplier."""
    came = deliveries_of(db, supplier_id)
    real = sorted(d.days for d in came)
    promised = [d.promised_days for d in came if d.promised_days is not None]
    judged = [d for d in came if d.promised_days is not None]
    ordered, good, damaged = _pieces(db, supplier_id)
    changes = _price_changes(db, supplier_id)
    (orders,) = db.execute(
        "select count(*) from purchase_orders where supplier_id = ? and sent_at is not null", [supplier_id]
    ).fetchone()
    return Scorecard(
        orders=orders,
        deliveries=len(came),
        promised_days=median(promised) if promised else None,
        real_days=median(real) if real else None,
        low_days=_quantile(real, 0.1),
        high_days=_quantile(real, 0.9),
        in_time=sum(d.days <= (d.promised_days or 0) for d in judged) / len(judged) if judged else None,
        fill=good / ordered if ordered else None,
        defects=damaged / (good + damaged) if good + damaged > 0 else None,
        changed_prices=len(changes),
        price_change=sum(changes) / len(changes) if changes else None,
    )


def _quantile(ordered: list[int], share: float) -> float | None:
    """Linear between the two nearest, as numpy does.

    >>> _quantile([1, 2, 3, 4, 5], 0.9)
    4.6
    """
    if not ordered:
        return None
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (at - low) * (ordered[high] - ordered[low]), 6)


def _pieces(db: sqlite3.Connection, supplier_id: int) -> tuple[int, int, int]:
    """(ordered, good of them, damaged); what came beyond an order counts for none of it."""
    row = db.execute(
        """with judged as (
             select l.purchase_order_id, l.line_no, l.quantity from purchase_order_lines l
             join purchase_orders o on o.id = l.purchase_order_id
             where o.supplier_id = ? and o.status in ('part received', 'received', 'closed')
           ), came as (
             select q.purchase_order_id, r.order_line_no as line_no, sum(r.quantity) as good, sum(r.damaged) as damaged
             from receipts q join receipt_lines r on r.receipt_id = q.id where r.order_line_no is not null group by 1, 2
           )
           select coalesce(sum(j.quantity), 0) as ordered, coalesce(sum(min(c.good, j.quantity)), 0) as good,
             coalesce(sum(c.damaged), 0) as damaged
           from judged j left join came c on c.purchase_order_id = j.purchase_order_id and c.line_no = j.line_no""",
        [supplier_id],
    ).fetchone()
    return row["ordered"], row["good"], row["damaged"]


def _price_changes(db: sqlite3.Connection, supplier_id: int) -> list[float]:
    """How far each changed price lies from the ordered one."""
    rows = db.execute(
        """with billed as (
             select i.purchase_order_id, b.sku, max(b.unit_cost_cents) as cents from supplier_invoice_lines b
             join supplier_invoices i on i.id = b.invoice_id where i.status <> 'refused' group by 1, 2
           )
           select l.unit_cost_cents as was, coalesce(b.cents, l.confirmed_cost_cents, l.unit_cost_cents) as became
           from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
           left join billed b on b.purchase_order_id = l.purchase_order_id and b.sku = l.sku
           where o.supplier_id = ? and o.status <> 'cancelled' and l.unit_cost_cents > 0""",
        [supplier_id],
    )
    return [(r["became"] - r["was"]) / r["was"] for r in rows if r["became"] != r["was"]]
