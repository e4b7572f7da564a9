"""How an order goes on: from draft to closed, each change with its event, in the caller's transaction."""

import sqlite3
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from ecomos.errors import Refused
from ecomos.stock.purchases import Purchase, purchase
from ecomos.stock.terms import supplier_terms
from ecomos.store import events, iso

__all__ = [
    "approved",
    "asked",
    "cancel",
    "close_order",
    "expect",
    "give_up_rest",
    "mark_sent",
    "refused",
    "take_change",
    "tell",
]


def tell(
    db: sqlite3.Connection, kind: str, order_id: int, actor: str, now: datetime, data: Mapping[str, Any] | None = None,
    run_id: int | None = None, cause: int | None = None,
) -> None:  # fmt: skip
    """Write an event about an order."""
    events.append(
        db, kind, ("purchase", order_id), actor=actor, recorded_at=iso(now), data=data, run_id=run_id,
        cause_event_id=cause,
    )  # fmt: skip


def asked(db: sqlite3.Connection, order_id: int) -> None:
    """Its approval was asked for: nobody adds to it while somebody looks at its sum.

    Raises Refused for an order without lines, or with a line that has no price.
    """
    order = purchase(db, order_id)
    if order.status not in ("draft", "asked"):
        return
    if not order.lines:
        raise Refused(f"{order.number} has no lines. Add what is to be ordered, or drop it.")
    bare = [line.sku for line in order.lines if line.price_source == "none"]
    if bare:
        raise Refused(f"{order.number}: no price is known for {', '.join(bare)}. Write it on the order's page.")
    db.execute("update purchase_orders set status = 'asked' where id = ?", [order_id])


def approved(
    db: sqlite3.Connection, order_id: int, person: int | None, now: datetime, run_id: int | None = None
) -> None:
    """It was approved; a draft becomes an order."""
    order = purchase(db, order_id)
    if order.status not in ("draft", "asked"):
        return
    db.execute(
        "update purchase_orders set status = 'approved', approved_by = ?, approved_at = ? where id = ?",
        [person, iso(now), order_id],
    )
    tell(db, "purchase.approved", order_id, f"person:{person}" if person else "clock", now, run_id=run_id)


def refused(db: sqlite3.Connection, order_id: int) -> None:
    """Its approval was refused: it is a draft again, and can be changed."""
    db.execute("update purchase_orders set status = 'draft' where id = ? and status = 'asked'", [order_id])


def mark_sent(
    db: sqlite3.Connection, order_id: int, actor: str, now: datetime, today: date, run_id: int | None = None
) -> None:
    """It leaves for the supplier; until they name a day, it is expected after the stated lead time."""
    order = _needed(db, order_id, "approved", "sent")
    if order.status == "sent":
        return
    lead = supplier_terms(db, order.supplier_id).lead_time_days
    expected = (today + timedelta(days=lead)).isoformat() if lead is not None else order.needed_by_on
    db.execute(
        """update purchase_orders set status = 'sent', sent_at = ?, expected_on = coalesce(expected_on, ?)
           where id = ?""",
        [iso(now), expected, order_id],
    )
    tell(db, "purchase.sent", order_id, actor, now, run_id=run_id)


def expect(db: sqlite3.Connection, order_id: int, day: date) -> None:
    """What was heard: what is open comes on that day."""
    order = purchase(db, order_id)
    if order.status in ("closed", "cancelled", "received"):
        raise Refused(f"{order.number} is {order.status}: nothing more is expected.")
    db.execute("update purchase_orders set expected_on = ? where id = ?", [day.isoformat(), order_id])
    for line in order.lines:
        if line.open:
            db.execute(
                "update purchase_order_lines set expected_on = ? where purchase_order_id = ? and line_no = ?",
                [day.isoformat(), order_id, line.line_no],
            )


def take_change(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
    """What the supplier confirmed otherwise is accepted: it is their price that is paid."""
    db.execute("update purchase_orders set taken_at = ? where id = ?", [iso(now), order_id])


def give_up_rest(
    db: sqlite3.Connection, order_id: int, reason: str, actor: str, now: datetime, run_id: int | None = None
) -> None:
    """What did not come will not come, and is on its way no longer. Nothing came at all: the order is cancelled."""
    order = purchase(db, order_id)
    if order.came == 0:
        return cancel(db, order_id, reason, actor, now, run_id)
    for line in order.lines:
        db.execute(
            """update purchase_order_lines set closed_quantity = closed_quantity + ?
               where purchase_order_id = ? and line_no = ?""",
            [line.open, order_id, line.line_no],
        )
    db.execute("update purchase_orders set status = 'received' where id = ?", [order_id])
    tell(db, "purchase.received", order_id, actor, now, {"given_up": order.open}, run_id)


def cancel(
    db: sqlite3.Connection, order_id: int, reason: str, actor: str, now: datetime, run_id: int | None = None
) -> None:
    """It is not ordered, or not any more. Raises Refused once something came."""
    order = purchase(db, order_id)
    if order.status == "cancelled":
        return
    if order.came or order.status in ("received", "closed"):
        raise Refused(f"{order.number}: {order.came} pieces came already. What is missing can be given up.")
    db.execute(
        "update purchase_orders set status = 'cancelled', closed_at = ?, note = ? where id = ?",
        [iso(now), reason.strip() or order.note, order_id],
    )
    tell(db, "purchase.cancelled", order_id, actor, now, {"sent": order.sent_at is not None}, run_id)


def close_order(db: sqlite3.Connection, order_id: int, actor: str, now: datetime, run_id: int | None = None) -> None:
    """All of it came or was given up, and the bills are settled. Raises Refused while pieces are open."""
    order = purchase(db, order_id)
    if order.status == "closed":
        return
    if order.open:
        raise Refused(f"{order.number}: {order.open} pieces are still to come.")
    db.execute("update purchase_orders set status = 'closed', closed_at = ? where id = ?", [iso(now), order_id])
    tell(db, "purchase.closed", order_id, actor, now, run_id=run_id)


def _needed(db: sqlite3.Connection, order_id: int, *states: str) -> Purchase:
    order = purchase(db, order_id)
    if order.status not in states:
        raise Refused(f"{order.number} is {order.status}; this is for one that is {' or '.join(states)}.")
    return order
