"""A ticket in short, beside the step that is worked: who wrote, what, about which order, and what was answered."""

import sqlite3
from datetime import datetime
from typing import Any

from ecomos.customers.reading import files_of, messages_of, ticket_row
from ecomos.orders.reading import ref_of
from ecomos.pages.wording import day_and_time
from ecomos.work import Shop

__all__ = ["ticket_facts", "ticket_state", "who_wrote"]

SHOWN = 6
"""Messages of the thread on the card; all of them stand on the ticket's page."""


def ticket_state(row: sqlite3.Row) -> tuple[str, str]:
    """Whose turn it is in words, and how it is coloured."""
    if row["status"] == "closed":
        return "closed", "fine"
    return ("waits for us", "soon") if row["status"] == "open" else ("waits for the customer", "plain")


def who_wrote(row: sqlite3.Row) -> str:
    """Name and address of whoever wrote."""
    name, email = row["who"] or "", row["from_email"] or ""
    return f"{name} ({email})" if name and email else name or email or "unknown"


def ticket_facts(shop: Shop, ticket_id: int, now: datetime, *, is_own_page: bool = False) -> dict[str, Any]:
    """The traits of a Facts card for a ticket."""
    row, zone = ticket_row(shop.db, ticket_id), shop.home.zone
    words, kind = ticket_state(row)
    rows: list[tuple[str, ...]] = [("from", who_wrote(row)), ("about", row["topic"])]
    if row["order_id"] is not None:
        ref = ref_of(shop.db, row["order_id"])
        rows.append(("order", row["order_number"], f"?page=order&order={ref}"))
    else:
        rows.append(("order", "not known yet"))
    if not is_own_page:
        for message in messages_of(shop.db, ticket_id)[-SHOWN:]:
            who = "wrote" if message["direction"] == "in" else "answer"
            rows.append((f"{who}, {day_and_time(message['at'], zone, now)}", message["body"][:2000]))
        rows.append(("all of it", "the thread, its order, its work", f"?page=ticket&ticket={ticket_id}"))
    for file in files_of(shop.db, ticket_id):
        words = f"{file['name']} ({max(1, file['bytes'] // 1024)} kB)"
        rows.append(("file", words, f"/files/{file['message_id']}/{file['file']}"))
    return {
        "title": f"T{ticket_id} · {row['subject'][:80]}",
        "sub": "",
        "state": {"text": words, "kind": kind},
        "rows": rows,
        "note": "",
    }
