"""What a condition may ask about a ticket."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from ecomos.orders.customers import email_key

__all__ = ["TicketFacts", "linked_order", "ticket_facts"]


@dataclass(frozen=True)
class TicketFacts:
    """A ticket as conditions see it."""

    number: str
    """Our number, as in T12."""
    topic: str
    """refund, return, exchange, where is my order, not received, damaged, wrong item, change order, complaint,
    other."""
    status: str
    """open (our turn), waiting (the customer's), closed."""
    subject: str
    """The subject of the first mail."""
    from_email: str | None
    """Who wrote; null where it was heard on the phone."""
    has_email: bool
    """There is an e-mail to answer to."""
    customer_known: bool
    """Somebody with this e-mail bought here before."""
    has_order: bool
    """It is linked to an order."""
    is_buyer: bool
    """The sender's e-mail is the one of the linked order."""
    order_paid: bool
    """It is linked to an order that is paid."""
    first_replied: bool
    """We answered at least once."""
    is_reopened: bool
    """It was closed, and an answer opened it again."""
    messages: int
    """Messages in both directions."""
    days_open: int
    """Whole days since it was opened."""


def ticket_facts(db: sqlite3.Connection, ticket_id: int, today: date) -> TicketFacts:
    """Everything that a condition may ask about that ticket. Raises LookupError where there is none."""
    row = db.execute(
        """select t.*, o.financial_status,
             (select a.email from order_addresses a where a.order_id = t.order_id) as order_email,
             (select count(*) from ticket_messages m where m.ticket_id = t.id) as messages
           from tickets t left join orders o on o.id = t.order_id where t.id = ?""",
        [ticket_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"no ticket {ticket_id}")
    sender = email_key(row["from_email"])
    return TicketFacts(
        number=f"T{ticket_id}",
        topic=row["topic"],
        status=row["status"],
        subject=row["subject"],
        from_email=row["from_email"],
        has_email=bool(row["from_email"]),
        customer_known=row["customer_id"] is not None,
        has_order=row["order_id"] is not None,
        is_buyer=sender is not None and sender == email_key(row["order_email"]),
        order_paid=row["financial_status"] in ("paid", "partially_refunded", "refunded"),
        first_replied=row["first_replied_at"] is not None,
        is_reopened=row["reopened_at"] is not None,
        messages=row["messages"],
        days_open=(today - date.fromisoformat(row["opened_at"][:10])).days,
    )


def linked_order(db: sqlite3.Connection, ticket_id: int) -> int | None:
    """The order that a ticket is about, None where that is not known."""
    row = db.execute("select order_id from tickets where id = ?", [ticket_id]).fetchone()
    return row[0] if row else None
