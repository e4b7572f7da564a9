"""Whose mail it is, and which order it is about. An order is only linked by itself to the e-mail that it was bought
with: its number alone, which anybody can write, is a hint for a person."""

import re
import sqlite3
from collections.abc import Sequence

from ecomos.errors import Refused
from ecomos.orders.customers import email_key

__all__ = ["customer_of", "named_order", "order_named", "order_of", "thread_of"]

_NUMBER = re.compile(r"#\s?([A-Za-z]{0,4}-?\d{3,12})\b")
MOST_NAMED = 20
MOST_REFERENCES = 200


def customer_of(db: sqlite3.Connection, email: str | None) -> int | None:
    """The customer with this e-mail, None where nobody bought with it."""
    key = email_key(email)
    row = db.execute(
        "select customer_id from customer_keys where kind = 'email' and key = ? order by channel_id limit 1", [key]
    ).fetchone()
    return row[0] if row else None


def named_order(db: sqlite3.Connection, text: str) -> int | None:
    """The one order that a text names with its #number; None where it names none, or several."""
    found = _named(db, text)
    return found[0] if len(found) == 1 else None


def order_named(db: sqlite3.Connection, text: str) -> int:
    """The order that a person means by `1001`, `#1001` or `shopify/1001`. Raises Refused for none or several."""
    channel, _, number = text.strip().rpartition("/")
    bare = number.lstrip("#")
    rows = db.execute(
        """select o.id, c.name || '/' || ltrim(o.number, '#') as ref
           from orders o join channels c on c.id = o.channel_id
           where o.number in (?1, '#' || ?1) and (?2 = '' or c.name = ?2) order by c.name""",
        [bare, channel],
    ).fetchall()
    if not rows:
        raise Refused(f"There is no order {text.strip() or 'without a number'}.")
    if len(rows) > 1:
        raise Refused(f"{text.strip()} is not unique: write {' or '.join(r['ref'] for r in rows)}.")
    return int(rows[0]["id"])


def _named(db: sqlite3.Connection, text: str) -> list[int]:
    numbers = list(dict.fromkeys(_NUMBER.findall(text[:50_000])))[:MOST_NAMED]
    found: list[int] = []
    for number in numbers:
        rows = db.execute("select id from orders where kind = 'sale' and number in (?1, '#' || ?1)", [number])
        found += [r[0] for r in rows]
    return list(dict.fromkeys(found))


def order_of(db: sqlite3.Connection, email: str | None, text: str) -> int | None:
    """The sender's order that the text names; else their only open order, else the only one they ever placed."""
    theirs = _orders_of(db, email)
    if not theirs:
        return None
    named = [o for o in _named(db, text) if o in {r["id"] for r in theirs}]
    if named:
        return named[0] if len(named) == 1 else None
    open_ = [r["id"] for r in theirs if r["is_open"]]
    return int(open_[0]) if len(open_) == 1 else int(theirs[0]["id"]) if len(theirs) == 1 else None


def _orders_of(db: sqlite3.Connection, email: str | None) -> list[sqlite3.Row]:
    key = email_key(email)
    if key is None:
        return []
    return db.execute(
        """select o.id, (o.cancelled_at is null and coalesce(o.fulfillment_status, '') <> 'fulfilled'
             and not exists (select 1 from order_cancellations x where x.order_id = o.id)) as is_open
           from orders o where o.kind = 'sale' and o.id in (
             select order_id from order_contacts where email = ?1 collate nocase
             union select ref_id from corrections
               where ref_type = 'order' and field = 'email' and value = ?1 collate nocase
             except select c.ref_id from corrections c join order_addresses a on a.order_id = c.ref_id
               where c.ref_type = 'order' and c.field = 'email' and coalesce(a.email, '') <> ?1 collate nocase
             union select id from orders where customer_id =
               (select customer_id from customer_keys where kind = 'email' and key = ?1 limit 1))""",
        [key],
    ).fetchall()


def thread_of(db: sqlite3.Connection, references: Sequence[str]) -> tuple[int | None, int | None]:
    """(ticket, order) that the newest known Message-ID among these belongs to, ours or theirs."""
    for reference in list(references)[-MOST_REFERENCES:][::-1]:
        row = db.execute("select ticket_id from ticket_messages where message_id = ?", [reference]).fetchone()
        if row:
            return row[0], None
        row = db.execute("select about_type, about_id from outbox where message_id = ?", [reference]).fetchone()
        if row and row["about_type"] == "ticket":
            return row["about_id"], None
        if row and row["about_type"] == "order":
            return None, row["about_id"]
    return None, None
