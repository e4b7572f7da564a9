"""Which events an import tells, and when: facts are gathered while orders are loaded and written at the end, by case
and then by the time of the fact. History, what is older than go-live or than the baseline, starts nothing."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecomos.orders.load_records import OrderRecord
from ecomos.store import events

__all__ = ["PAID", "Change", "Fact", "Ledger", "facts_of_new", "paid_cents"]

PAID = ("paid", "partially_refunded", "refunded")
FAILED = ("voided", "expired")
ORDER_OF_KINDS = (
    "order.placed",
    "order.paid",
    "order.payment_failed",
    "order.address_changed",
    "order.lines_changed",
    "order.partly_fulfilled_elsewhere",
    "order.fulfilled_elsewhere",
    "order.refunded",
    "order.cancelled",
)


@dataclass(frozen=True)
class Change:
    """One value that an import changed."""

    order_id: int
    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Fact:
    """Something that happened to an order, as the file shows it."""

    order_id: int
    kind: str
    at: str
    """When; the import's own time where the file has none."""
    columns: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Ledger:
    """The facts and changes of one import, until they are written."""

    import_id: int
    now: str
    since: str
    """Older facts are history."""
    facts: list[Fact] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    history: int = 0

    def tell(self, fact: Fact) -> None:
        """Keep a fact, or count it as history."""
        if fact.at < self.since:
            self.history += 1
        else:
            self.facts.append(fact)

    def write(self, db: sqlite3.Connection) -> int:
        """Write events and changes inside the caller's transaction; how many events."""
        told: dict[tuple[int, str], int] = {}
        self.facts.sort(key=lambda f: (f.order_id, f.at, ORDER_OF_KINDS.index(f.kind)))
        for fact in self.facts:
            number = events.append(
                db,
                fact.kind,
                ("order", fact.order_id),
                actor=f"import:{self.import_id}",
                recorded_at=self.now,
                happened_at=fact.at,
                data={"import_id": self.import_id, "columns": list(fact.columns), **fact.data},
            )
            told |= {(fact.order_id, column): number for column in fact.columns}
        db.executemany(
            "insert into changes(import_id, event_id, ref_type, ref_id, field, old, new) "
            "values (?, ?, 'order', ?, ?, ?, ?)",
            [
                (self.import_id, told.get((c.order_id, c.field)), c.order_id, c.field, c.old, c.new)
                for c in self.changes
            ],
        )
        return len(self.facts)


def facts_of_new(order_id: int, record: OrderRecord, now: str) -> list[Fact]:
    """What a new order tells at once: placed, and whatever has already happened to it."""
    found = [Fact(order_id, "order.placed", record.placed_at)]
    if record.financial_status in PAID:
        found.append(Fact(order_id, "order.paid", record.paid_at or record.placed_at, ("financial_status",)))
    if record.financial_status in FAILED:
        found.append(Fact(order_id, "order.payment_failed", now, ("financial_status",)))
    if record.fulfillment_status == "fulfilled":
        found.append(Fact(order_id, "order.fulfilled_elsewhere", record.fulfilled_at or now, ("fulfillment_status",)))
    if record.fulfillment_status == "partial":
        found.append(Fact(order_id, "order.partly_fulfilled_elsewhere", now, ("fulfillment_status",)))
    if record.refunded_cents:
        data = {"amount_cents": record.refunded_cents, "currency": record.currency}
        found.append(Fact(order_id, "order.refunded", now, ("refunded_cents",), data))
    if record.cancelled_at:
        found.append(Fact(order_id, "order.cancelled", record.cancelled_at, ("cancelled_at",)))
    return found


def paid_cents(record: OrderRecord) -> int:
    """What the platform says was received so far; booked sales and cash received are two numbers."""
    total = record.total_cents or 0
    if record.financial_status in PAID:
        return total
    if record.financial_status == "partially_paid" and record.outstanding_cents is not None:
        return max(total - record.outstanding_cents, 0)
    return 0
