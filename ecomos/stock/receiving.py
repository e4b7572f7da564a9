"""A counted delivery booked in: a receipt, its moves, its cost; and taken back by a correcting line, never by deleting.
What is booked once can't be booked again."""

import sqlite3
from datetime import datetime
from typing import Any

from ecomos.errors import Refused
from ecomos.stock.buying_limits import buying_limits
from ecomos.stock.counting_in import Counted, Delivery, delivery, must_receive
from ecomos.stock.invoices import match_bills
from ecomos.stock.landing import per_piece, share_so_far, spread
from ecomos.stock.moves import Move, book
from ecomos.stock.purchase_status import tell
from ecomos.stock.purchases import Purchase, purchase
from ecomos.store import Home, events, iso, write

__all__ = ["book_in", "landed_shares", "receipt_lines", "receipts_of", "take_back"]


def book_in(db: sqlite3.Connection, home: Home, delivery_id: int, person_id: int, now: datetime) -> int:
    """Book a count: good pieces become sellable, damaged ones damaged; gives the receipt's number.

    Raises Refused where it was booked already, or nothing was counted.
    """
    today = now.astimezone(home.zone).date()
    must_receive(db, person_id, today)
    with write(db):
        found = delivery(db, delivery_id)
        if not found.lines:
            raise Refused("Nothing was counted yet. Scan the first piece, or drop the count.")
        receipt = db.execute(
            """insert into receipts(purchase_order_id, location_id, received_at, received_on, received_by,
                 delivery_note, delivery_id) values (?, ?, ?, ?, ?, ?, ?)""",
            [found.order_id, found.location_id, iso(now), today.isoformat(), person_id, found.delivery_note, found.id],
        ).lastrowid
        assert receipt is not None
        for number, line in enumerate(found.lines, 1):
            _book_line(db, home, (receipt, number), found, line, (person_id, now))
        db.execute("delete from delivery_lines where delivery_id = ?", [delivery_id])
        db.execute("delete from deliveries where id = ?", [delivery_id])
        _tell_received(db, found.order_id, receipt, f"person:{person_id}", now)
        return int(receipt)


def _book_line(
    db: sqlite3.Connection, home: Home, at: tuple[int, int], found: Delivery, line: Counted, by: tuple[int, datetime]
) -> None:
    landed = _landed(db, home, found.order_id, line, by[1])
    unit = per_piece(landed, line.good) if landed is not None else None
    db.execute(
        """insert into receipt_lines(receipt_id, line_no, order_line_no, variant_id, sku, quantity, damaged,
             is_substitute, unit_cost_cents, landed_cents) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [*at, line.order_line_no, line.variant_id, line.sku, line.good, line.damaged, int(line.is_substitute), unit,
         landed],
    )  # fmt: skip
    _move(db, at, found.location_id, line.variant_id, (line.good, line.damaged), unit, by)


def _move(
    db: sqlite3.Connection, at: tuple[int, int], place: int, variant: int, pieces: tuple[int, int], unit: int | None,
    by: tuple[int, datetime], reason: str | None = None,
) -> None:  # fmt: skip
    person_id, now = by
    moves = [
        Move(
            variant, place, quantity, "receive", iso(now), f"person:{person_id}", state=state, reason=reason,
            unit_cost_cents=unit if state == "sellable" else None, ref=("receipt", at[0]), ref_line=at[1],
            key=f"receive:{at[0]}:{at[1]}:{state}",
        )
        for state, quantity in zip(("sellable", "damaged"), pieces, strict=True)
        if quantity
    ]  # fmt: skip
    book(db, moves, iso(now))


def landed_shares(order: Purchase, by: str) -> dict[int, int]:
    """Freight and duty of an order for each line, by value or by pieces; they add up exactly."""
    weights = [line.agreed if by == "pieces" else line.agreed * line.agreed_cents for line in order.lines]
    shares = spread(order.freight_cents + order.duty_cents, weights)
    return {line.line_no: share for line, share in zip(order.lines, shares, strict=True)}


def _landed(db: sqlite3.Connection, home: Home, order_id: int | None, line: Counted, now: datetime) -> int | None:
    """What the good pieces of a line cost with their part of freight and duty; None without an order, or where it is
    billed in another currency than the store's, since the store knows no rates."""
    if order_id is None or line.order_line_no is None:
        return None
    order = purchase(db, order_id)
    if order.currency != home.currency:
        return None
    ordered = next(x for x in order.lines if x.line_no == line.order_line_no)
    share = landed_shares(order, buying_limits(db, now).freight_by)[line.order_line_no]
    before = share_so_far(share, ordered.good, ordered.agreed)
    after = share_so_far(share, ordered.good + line.good, ordered.agreed)
    return line.good * ordered.agreed_cents + after - before


def _tell_received(db: sqlite3.Connection, order_id: int | None, receipt: int, actor: str, now: datetime) -> None:
    """The order's state by what came of it so far, and the event."""
    if order_id is None:
        return
    order = purchase(db, order_id)
    state = "received" if order.open == 0 else "part received" if order.came else "sent"
    if order.status not in ("closed", "cancelled"):
        db.execute("update purchase_orders set status = ? where id = ?", [state, order_id])
    match_bills(db, order_id, now)  # a bill that came before the goods
    tell(db, "goods.received", order_id, actor, now, {"receipt": receipt, "open": order.open})
    if order.open == 0:
        tell(db, "purchase.received", order_id, actor, now, {"given_up": 0})


def take_back(
    db: sqlite3.Connection, receipt_id: int, line_no: int, person_id: int, now: datetime, *, reason: str
) -> None:
    """Undo a booked line: a line with the opposite and its moves; both stay to be read.

    Raises Refused where it is undone already, or no reason is given.
    """
    must_receive(db, person_id, now.date())
    if not reason.strip():
        raise Refused("Write why it is taken back: it stays beside the receipt.")
    with write(db):
        line = _undoable(db, receipt_id, line_no)
        (last,) = db.execute("select max(line_no) from receipt_lines where receipt_id = ?", [receipt_id]).fetchone()
        db.execute(
            """insert into receipt_lines(receipt_id, line_no, order_line_no, variant_id, sku, quantity, damaged,
                 is_substitute, unit_cost_cents, landed_cents, corrects, note)
               select receipt_id, ?1, order_line_no, variant_id, sku, -quantity, -damaged, is_substitute,
                 unit_cost_cents, -landed_cents, line_no, ?2
               from receipt_lines where receipt_id = ?3 and line_no = ?4""",
            [last + 1, reason.strip(), receipt_id, line_no],
        )
        pieces = (-line["quantity"], -line["damaged"])
        _move(
            db, (receipt_id, last + 1), line["location_id"], line["variant_id"], pieces, line["unit_cost_cents"],
            (person_id, now), reason.strip(),
        )  # fmt: skip
        _tell_taken_back(db, line["purchase_order_id"], receipt_id, person_id, now)


def _undoable(db: sqlite3.Connection, receipt_id: int, line_no: int) -> Any:
    line = db.execute(
        """select l.*, r.location_id, r.purchase_order_id, r.import_id
           from receipt_lines l join receipts r on r.id = l.receipt_id
           where l.receipt_id = ? and l.line_no = ?""",
        [receipt_id, line_no],
    ).fetchone()
    if line is None or line["variant_id"] is None:
        raise Refused(f"Receipt {receipt_id} has no line {line_no} that could be taken back.")
    if line["import_id"] is not None:
        raise Refused("It came with an old tool's list and moved no stock here: correct it there, or count the shelf.")
    done = db.execute(
        "select 1 from receipt_lines where receipt_id = ? and corrects = ?", [receipt_id, line_no]
    ).fetchone()
    if done or line["corrects"] is not None:
        raise Refused(f"Line {line_no} of receipt {receipt_id} was taken back already.")
    return line


def _tell_taken_back(db: sqlite3.Connection, order_id: int | None, receipt: int, person_id: int, now: datetime) -> None:
    if order_id is None:
        return
    order = purchase(db, order_id)
    if order.open and order.status in ("received", "part received"):
        state = "part received" if order.came else "confirmed" if order.confirmed_at else "sent"
        db.execute("update purchase_orders set status = ? where id = ?", [state, order_id])
    events.append(
        db, "goods.taken_back", ("purchase", order_id), actor=f"person:{person_id}", recorded_at=iso(now),
        data={"receipt": receipt, "open": order.open},
    )  # fmt: skip


def receipts_of(db: sqlite3.Connection, order_id: int) -> list[sqlite3.Row]:
    """What came of an order, one row a receipt line, the oldest first."""
    return db.execute(
        """select l.*, r.received_at, r.received_on, r.delivery_note, p.name as by,
             exists (select 1 from receipt_lines c where c.receipt_id = l.receipt_id and c.corrects = l.line_no)
               as taken_back
           from receipts r join receipt_lines l on l.receipt_id = r.id left join people p on p.id = r.received_by
           where r.purchase_order_id = ? order by r.id, l.line_no""",
        [order_id],
    ).fetchall()


def receipt_lines(db: sqlite3.Connection, limit: int = 100) -> list[sqlite3.Row]:
    """The newest lines that were booked, of all receipts."""
    return db.execute(
        """select l.*, r.received_at, r.received_on, r.delivery_note, p.name as by, o.number, o.id as order_id,
             s.name as supplier,
             exists (select 1 from receipt_lines c where c.receipt_id = l.receipt_id and c.corrects = l.line_no)
               as taken_back
           from receipts r join receipt_lines l on l.receipt_id = r.id left join people p on p.id = r.received_by
           left join purchase_orders o on o.id = r.purchase_order_id left join suppliers s on s.id = o.supplier_id
           order by r.id desc, l.line_no limit ?""",
        [limit],
    ).fetchall()
