"""Reading tickets for the pages: the list, one with its thread, those of an order."""

import sqlite3

__all__ = ["file_row", "files_of", "messages_of", "ticket_row", "tickets_list", "tickets_of_order"]


def ticket_row(db: sqlite3.Connection, ticket_id: int) -> sqlite3.Row:
    """One ticket with the name of who wrote and the order's number. Raises LookupError where there is none."""
    row: sqlite3.Row | None = db.execute(
        """select t.*, o.number as order_number, coalesce(t.from_name, c.name) as who
           from tickets t left join orders o on o.id = t.order_id left join customers c on c.id = t.customer_id
           where t.id = ?""",
        [ticket_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"no ticket {ticket_id}")
    return row


def tickets_list(db: sqlite3.Connection, most: int = 2000) -> list[sqlite3.Row]:
    """Tickets with what is open of each: our turn first and the longest waiting of those, then theirs, then closed."""
    return db.execute(
        """select t.*, o.number as order_number, coalesce(t.from_name, c.name) as who,
             (select count(*) from ticket_messages m where m.ticket_id = t.id) as messages
           from tickets t left join orders o on o.id = t.order_id left join customers c on c.id = t.customer_id
           order by case t.status when 'open' then 0 when 'waiting' then 1 else 2 end,
             case when t.status = 'open' then t.waiting_since end, t.opened_at desc, t.id desc limit ?""",
        [most],
    ).fetchall()


def messages_of(db: sqlite3.Connection, ticket_id: int) -> list[sqlite3.Row]:
    """The thread, oldest first, with what became of our mails."""
    return db.execute(
        """select m.*, x.status as mail_status, x.error as mail_error from ticket_messages m
           left join outbox x on x.id = m.outbox_id where m.ticket_id = ? order by m.id""",
        [ticket_id],
    ).fetchall()


def files_of(db: sqlite3.Connection, ticket_id: int) -> list[sqlite3.Row]:
    """The attachments of a ticket's messages."""
    return db.execute(
        """select f.* from ticket_files f join ticket_messages m on m.id = f.message_id
           where m.ticket_id = ? order by m.id, f.name""",
        [ticket_id],
    ).fetchall()


def file_row(db: sqlite3.Connection, message_id: int, file: str) -> sqlite3.Row | None:
    """One attachment of one message; None where that message has no such file."""
    row: sqlite3.Row | None = db.execute(
        "select * from ticket_files where message_id = ? and file = ?", [message_id, file]
    ).fetchone()
    return row


def tickets_of_order(db: sqlite3.Connection, order_id: int) -> list[sqlite3.Row]:
    """The tickets about an order, oldest first."""
    return db.execute("select * from tickets where order_id = ? order by opened_at, id", [order_id]).fetchall()
