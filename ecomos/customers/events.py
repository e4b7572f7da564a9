"""What the customers' room announces."""

from ecomos.customers.topics import TOPICS
from ecomos.playbook.catalogue import EventKind, FactField

__all__ = ["EVENTS"]

EVENTS = (
    EventKind(
        "ticket.opened",
        "ticket",
        "A customer wrote, and no ticket of theirs was open.",
        {
            "topic": FactField("topic", "text", doc="What it is about, by the table in tickets.md.", choices=TOPICS),
            "is_reopened": FactField("is_reopened", "yes or no", doc="It was closed, and an answer opened it again."),
        },
        sources=("import", "page"),
    ),
    EventKind(
        "ticket.replied",
        "ticket",
        "The customer wrote again.",
        {"is_reopened": FactField("is_reopened", "yes or no", doc="The ticket was closed before.")},
        sources=("import", "page"),
    ),
    EventKind("ticket.closed", "ticket", "A ticket was closed.", sources=("page",)),
)
