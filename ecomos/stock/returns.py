"""What comes back lands in hold: it is ours again, and nobody can buy it until somebody has looked at it and put it
on its shelf, aside as damaged, or away."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ecomos.errors import Refused
from ecomos.playbook.catalogue import Doer
from ecomos.stock.hands import SHELF, Hand
from ecomos.stock.moves import Move, book
from ecomos.stock.platform import Settling, settle
from ecomos.stock.shelves import parts_of, shelf_of
from ecomos.store import iso, write

__all__ = ["WAYS", "change_state", "put_away", "send_again", "take_all_back", "take_back", "write_off"]

WAYS = ("on its shelf", "second choice", "to the supplier", "thrown away")
"""What becomes of a thing that came back."""
STATES = ("sellable", "hold", "damaged")


def take_back(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    """Book what came back of an order into hold, inside the engine's transaction.

    `line` is a line's number, SKU or name; blank where the order has one line of goods only. `quantity` is 1 where
    nothing else is said, and never more than was sold. A thing that no product file named is left out.
    """
    line = _line(db, order_id, str(arguments.get("line") or ""))
    if line is None or line["variant_id"] is None:
        return
    pieces = int(arguments.get("quantity") or 1)
    back = _taken(db, order_id, line["line_no"])
    if not 0 < pieces <= line["quantity"] - back:
        raise Refused(
            f"Of line {line['line_no']}, {line['quantity'] - back} can come back: {pieces} is another number."
        )
    _book_return(db, order_id, line, pieces, doer)


def _book_return(db: sqlite3.Connection, order_id: int, line: sqlite3.Row, pieces: int, doer: Doer) -> None:
    now = iso(doer.now)
    for variant, each in parts_of(db, line["variant_id"]).items():
        place = shelf_of(db, variant)
        if place is None:
            continue
        move = Move(
            variant, place, each * pieces, "return", now, doer.actor, "hold", "came back",
            ref=("order", order_id), ref_line=line["line_no"],
        )  # fmt: skip
        book(db, [move], now)
        settle(db, [(variant, place)], Settling(now, now, doer.actor))


def take_all_back(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    """Book into hold everything of an order that left and has not come back: its box is here again."""
    for line in db.execute(_OUTSIDE, [order_id]).fetchall():
        _book_return(db, order_id, line, line["outside"], doer)


_OUTSIDE = """
-- One row per line of an order of which pieces are at the customer's or on their way: sent by us, else fulfilled there.
with lines as (
  select l.line_no, l.variant_id, max(coalesce((select sum(p.quantity) from parcel_lines p
      join parcels q on q.id = p.parcel_id
      where q.order_id = l.order_id and q.source = 'ours' and p.line_no = l.line_no), 0),
    case l.fulfillment_status when 'fulfilled' then l.quantity else 0 end) as sent,
    coalesce((select max(pieces) from (select sum(m.quantity) as pieces from stock_moves m where m.ref_type = 'order'
      and m.ref_id = l.order_id and m.ref_line = l.line_no and m.state = 'hold' and m.kind in ('return', 'ship')
      group by m.variant_id)), 0) as back
  from order_lines l where l.order_id = ? and l.requires_shipping and l.variant_id is not null
)
select line_no, variant_id, sent - back as outside from lines where sent > back"""


def send_again(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    """Book that what came back of an order and is in hold leaves once more, in a parcel of its own."""
    now = iso(doer.now)
    for row in db.execute(_IN_HOLD, [order_id]).fetchall():
        out = Move(
            row["variant_id"], row["location_id"], -row["pieces"], "ship", now, doer.actor, "hold", "sent again",
            ref=("order", order_id), ref_line=row["ref_line"],
        )  # fmt: skip
        book(db, [out], now)
        settle(db, [(row["variant_id"], row["location_id"])], Settling(now, now, doer.actor))


def put_away(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    """Book where what came back of an order went, all of it that is in hold: `where` is one of WAYS. To the supplier it
    stays in hold until it leaves."""
    where, now = str(arguments["where"]), iso(doer.now)
    if where not in WAYS:
        raise Refused(f"“{where}” is no place for it: {', '.join(WAYS)}.")
    for row in db.execute(_IN_HOLD, [order_id]).fetchall():
        if where == "to the supplier":
            continue
        out = Move(
            row["variant_id"], row["location_id"], -row["pieces"], "state", now, doer.actor, "hold", where,
            ref=("order", order_id), ref_line=row["ref_line"],
        )  # fmt: skip
        if where == "thrown away":
            book(db, [replace(out, kind="adjust")], now)
        else:
            to = "sellable" if where == "on its shelf" else "damaged"
            book(db, _pair(db, out, to), now)
        settle(db, [(row["variant_id"], row["location_id"])], Settling(now, now, doer.actor))


_IN_HOLD = """
-- One row per line and thing of an order that came back and is still in hold.
select m.variant_id, m.location_id, m.ref_line, sum(m.quantity) as pieces from stock_moves m
where m.ref_type = 'order' and m.ref_id = ? and m.state = 'hold' and m.kind in ('return', 'state', 'adjust', 'ship')
group by 1, 2, 3 having pieces > 0"""


def _taken(db: sqlite3.Connection, order_id: int, line_no: int) -> int:
    row = db.execute(
        """select coalesce(max(pieces), 0) from (select sum(quantity) as pieces from stock_moves where kind = 'return'
             and ref_type = 'order' and ref_id = ? and ref_line = ? group by variant_id)""",
        [order_id, line_no],
    ).fetchone()
    return int(row[0])


def _line(db: sqlite3.Connection, order_id: int, asked: str) -> sqlite3.Row | None:
    lines = db.execute(
        """select * from order_lines where order_id = ? and requires_shipping and is_merchandise and quantity > 0
           order by line_no""",
        [order_id],
    ).fetchall()
    word = asked.strip().lower()
    if not word:
        return lines[0] if len(lines) == 1 else None
    found = [x for x in lines if word in (str(x["line_no"]), (x["sku"] or "").lower(), x["title"].lower())]
    if len(found) != 1:
        known = "; ".join(f"{x['line_no']}: {x['sku'] or x['title']}" for x in lines)
        raise Refused(f"Which line came back? Write its number, SKU or name, as listed: {known}.")
    line: sqlite3.Row = found[0]
    return line


def change_state(
    db: sqlite3.Connection, hand: Hand, variant: int, place: int, pieces: int, states: tuple[str, str], reason: str
) -> None:
    """Pieces change from one state to another in their place: held back, released, found damaged. Raises Refused for
    more than is in the first state, and without a reason."""
    hand.must_be(SHELF, "Changing a state")
    if states[0] == states[1] or not set(states) <= set(STATES):
        raise Refused("Choose two states: sellable, hold or damaged.")
    if not reason.strip():
        raise Refused("Write why: what is held back without a reason is never released.")
    with write(db):
        _must_be_in(db, variant, place, states[0], pieces)
        out = Move(variant, place, -pieces, "state", hand.at, hand.actor, states[0], reason.strip()[:200])
        book(db, _pair(db, out, states[1]), hand.at)
        settle(db, [(variant, place)], Settling(hand.at, hand.at, hand.actor))


def write_off(
    db: sqlite3.Connection, hand: Hand, variant: int, place: int, pieces: int, state: str, reason: str
) -> None:
    """Pieces in hold or damaged are gone for good. What is sellable is counted, not written off."""
    hand.must_be(SHELF, "Writing off")
    if state not in ("hold", "damaged"):
        raise Refused("Only what is held back or damaged is written off. What is missing on the shelf is counted.")
    if not reason.strip():
        raise Refused("Write why it is gone.")
    with write(db):
        _must_be_in(db, variant, place, state, pieces)
        move = Move(variant, place, -pieces, "adjust", hand.at, hand.actor, state, reason.strip()[:200])
        book(db, [move], hand.at)
        settle(db, [(variant, place)], Settling(hand.at, hand.at, hand.actor))


def _must_be_in(db: sqlite3.Connection, variant: int, place: int, state: str, pieces: int) -> None:
    row = db.execute(
        "select on_hand from stock_levels where variant_id = ? and location_id = ? and state = ?",
        [variant, place, state],
    ).fetchone()
    lies = row[0] if row else 0
    if not 0 < pieces <= lies:
        raise Refused(f"{max(0, lies)} of it are {state} there: {pieces} can't be taken from that.")


def _pair(db: sqlite3.Connection, out: Move, to: str) -> list[Move]:
    number = int(db.execute("select coalesce(max(pair), 0) + 1 from stock_moves").fetchone()[0])
    out = replace(out, pair=number)
    return [out, replace(out, state=to, quantity=-out.quantity)]
