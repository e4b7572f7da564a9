"""Parcels of ours as moves out of the shelf, each line once. What was fulfilled elsewhere leaves a place where our
number counts too; when our own parcel turns out to be that, it is one and the same."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecomos.stock.committed import count_committed
from ecomos.stock.matching import fulfilled_pieces, match_fulfilments
from ecomos.stock.moves import Move, book
from ecomos.stock.platform import Settling, settle
from ecomos.stock.shelves import parts_of, shelf_of
from ecomos.store import iso

if TYPE_CHECKING:
    from ecomos.playbook.catalogue import Doer  # an import of orders needs none of the playbook

__all__ = ["after_orders", "after_ship", "book_elsewhere", "book_parcels", "move_home"]

Thing = tuple[int, int]
"""(variant, place)."""

_UNBOOKED = """
-- One row per line of a parcel of ours that no move tells of yet.
select p.parcel_id, p.line_no, p.quantity, q.order_id, q.shipped_at, q.run_id, l.variant_id
from parcel_lines p join parcels q on q.id = p.parcel_id
join order_lines l on l.order_id = q.order_id and l.line_no = p.line_no
join orders o on o.id = q.order_id
where q.source = 'ours' and l.variant_id is not null and q.shipped_at is not null
  and not exists (select 1 from stock_moves m where m.ref_type = 'parcel' and m.ref_id = +p.parcel_id
    and m.ref_line = p.line_no)
  and """
_OF_ORDER = _UNBOOKED + "q.order_id = ? order by p.parcel_id, p.line_no"
_NOT_KNOWN_AT = (
    _UNBOOKED
    + "(coalesce(l.fulfillment_status, '') <> 'fulfilled' or o.fulfilled_at > ?) order by p.parcel_id, p.line_no"
)


def after_ship(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: "Doer") -> None:
    """What the ledger does after a parcel was written, in the same transaction: book it, match it, settle."""
    now = iso(doer.now)
    things = set(_book(db, db.execute(_OF_ORDER, [order_id]).fetchall(), now, doer.actor))
    things |= set(book_elsewhere(db, [order_id], now, doer.actor))
    things |= set(match_fulfilments(db, None, order_id=order_id))
    settle(db, sorted(things), Settling(now, now, doer.actor))
    count_committed(db)


def after_orders(db: sqlite3.Connection, import_id: int, file_at: str, now: str) -> None:
    """What the ledger does after an import of orders: fulfilments that it shows are matched with our moves, those of
    others are booked where our number counts; inside the import's transaction."""
    actor = f"import:{import_id}"
    if not db.execute("select 1 from stock_levels limit 1").fetchone():
        return
    shown = [
        row[0]
        for row in db.execute(
            """select distinct o.id from events e join orders o on o.id = e.about_id
               where e.about_type = 'order' and e.actor = ? and e.kind in ('order.fulfilled_elsewhere',
                 'order.partly_fulfilled_elsewhere')""",
            [actor],
        )
    ]
    things = set(book_elsewhere(db, shown, now, actor)) | set(match_fulfilments(db, file_at))
    settle(db, sorted(things), Settling(now, now, actor))
    count_committed(db)


def book_parcels(db: sqlite3.Connection, now: str, since: str) -> list[Thing]:
    """Book parcels that no move tells of and that the platform can't have known at `since`; gives the things moved."""
    return _book(db, db.execute(_NOT_KNOWN_AT, [since]).fetchall(), now, "")


def _book(db: sqlite3.Connection, lines: Iterable[sqlite3.Row], now: str, actor: str) -> list[Thing]:
    """A bundle leaves as its parts; what lies nowhere that is known is left out."""
    found: list[Thing] = []
    for row in lines:
        for variant, each in parts_of(db, row["variant_id"]).items():
            place = shelf_of(db, variant)
            if place is None:
                continue
            who = actor or (f"run:{row['run_id']}" if row["run_id"] else "clock")
            key = f"ship:parcel:{row['parcel_id']}:{row['line_no']}"
            key += "" if variant == row["variant_id"] else f":{variant}"
            ref = ("parcel", row["parcel_id"])
            move = Move(
                variant, place, -each * row["quantity"], "ship", row["shipped_at"], who, ref=ref,
                ref_line=row["line_no"], key=key,
            )  # fmt: skip
            if book(db, [move], now):
                found.append((variant, place))
    return found


_ELSEWHERE = """
-- One row per line of an order and part: what left a place where our number counts without a parcel of ours.
select l.order_id, l.line_no, l.variant_id, l.quantity, l.fulfillment_status, l.open_quantity, o.fulfilled_at,
  coalesce((select sum(p.quantity) from parcel_lines p join parcels q on q.id = p.parcel_id
    where q.order_id = l.order_id and q.source = 'ours' and p.line_no = l.line_no), 0) as ours
from order_lines l join orders o on o.id = l.order_id
where l.order_id = ? and l.variant_id is not null and l.quantity > 0"""


def book_elsewhere(db: sqlite3.Connection, orders: Iterable[int], now: str, actor: str) -> list[Thing]:
    """Book what somebody else fulfilled of these orders, as far as it is not booked; gives the things moved."""
    found: list[Thing] = []
    for order_id in orders:
        for line in db.execute(_ELSEWHERE, [order_id]).fetchall():
            pieces = max(0, fulfilled_pieces(line, at_least=1) - line["ours"])
            for variant, each in parts_of(db, line["variant_id"]).items():
                found += _bring_elsewhere(db, line, variant, pieces * each, (now, actor))
    return found


def _bring_elsewhere(
    db: sqlite3.Connection, line: sqlite3.Row, variant: int, wanted: int, when: tuple[str, str]
) -> list[Thing]:
    booked = db.execute(
        """select location_id, -sum(quantity) as pieces from stock_moves where kind = 'ship' and ref_type = 'order'
             and state = 'sellable'
             and ref_id = ? and ref_line = ? and variant_id = ? group by location_id having pieces <> 0 limit 1""",
        [line["order_id"], line["line_no"], variant],
    ).fetchone()
    more = wanted - (booked["pieces"] if booked else 0)
    place = booked["location_id"] if booked else _our_shelf(db, variant, line["fulfilled_at"] or when[0])
    if more == 0 or place is None or (more > 0 and not _told_since(db, line["order_id"], place)):
        return []
    move = Move(
        variant, place, -more, "ship", line["fulfilled_at"] or when[0], when[1],
        reason="fulfilled elsewhere" if more > 0 else "it was our own parcel",
        ref=("order", line["order_id"]), ref_line=line["line_no"],
    )  # fmt: skip
    if more < 0:
        move = replace(move, happened_at=when[0])
    for number in book(db, [move], when[0]):
        db.execute(
            "insert into move_facts(move_id, fact, fact_at) values (?, 'fulfilment', ?)",
            [number, line["fulfilled_at"] or when[0]],
        )
    return [(variant, place)]


def _our_shelf(db: sqlite3.Connection, variant: int, at: str) -> int | None:
    """The place that it is taken from, where our number counted at that time already."""
    place = shelf_of(db, variant)
    row = db.execute(
        "select 1 from locations where id = ? and master = 'ecomos' and coalesce(master_since, '') <= ?", [place, at]
    ).fetchone()
    return place if row else None


def _told_since(db: sqlite3.Connection, order_id: int, place: int) -> bool:
    """Whether it was told after our number began to count there; what was fulfilled before is in it."""
    row = db.execute(
        """select 1 from events e join locations l on l.id = ? where e.about_type = 'order' and e.about_id = ?
             and e.kind in ('order.fulfilled_elsewhere', 'order.partly_fulfilled_elsewhere')
             and e.recorded_at >= coalesce(l.master_since, '')""",
        [place, order_id],
    ).fetchone()
    return row is not None


def move_home(db: sqlite3.Connection, variant: int, place: int, at: str, now: str) -> list[Thing]:
    """Parcels that were taken from no named place, and that the platform does not know yet, leave the shelf that is
    named now; gives the things moved."""
    rows = db.execute(
        """select m.* from stock_moves m left join move_facts f on f.move_id = m.id
           where m.variant_id = ? and m.location_id = ? and m.kind = 'ship' and m.ref_type = 'parcel'
             and (f.fact_at is null or f.fact_at > ?)""",
        [variant, place, at],
    ).fetchall()
    found = []
    for m in rows:
        shelf = db.execute(
            """select location_id from stock_levels where variant_id = ? and state = 'sellable' and location_id <> ?
               order by on_hand desc, location_id limit 1""",
            [variant, place],
        ).fetchone()
        if shelf is None:
            break
        move = Move(
            variant, int(shelf[0]), m["quantity"], "ship", m["happened_at"], m["actor"], m["state"],
            "from the place that is named now", ref=(m["ref_type"], m["ref_id"]), ref_line=m["ref_line"],
            key=f"{m['key']}:home",
        )  # fmt: skip
        back = replace(move, location_id=place, quantity=-m["quantity"], key=f"{m['key']}:away")
        book(db, [move, back], now)
        found.append((variant, int(shelf[0])))
    return found
