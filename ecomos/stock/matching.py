"""The platform's own facts held beside our moves: an order that it shows as fulfilled is the parcel that we sent. Only
what is matched, and older than a file of its levels, is contained in that file."""

import sqlite3
from collections.abc import Sequence

__all__ = ["fulfilled_pieces", "match_fulfilments"]

_UNMATCHED = """
-- One row per line of an order of which parcels of ours left that the platform was not seen to know.
select distinct q.order_id, m.ref_line as line_no, l.quantity, l.fulfillment_status, l.open_quantity,
  o.fulfilled_at, o.fulfillment_status as order_status, o.import_id, i.imported_at
from stock_moves m left join move_facts f on f.move_id = m.id
join parcels q on q.id = m.ref_id
join orders o on o.id = q.order_id
join order_lines l on l.order_id = q.order_id and l.line_no = m.ref_line
left join imports i on i.id = o.import_id
where m.kind = 'ship' and m.ref_type = 'parcel' and f.move_id is null
  and l.fulfillment_status in ('fulfilled', 'partial')"""
_UNMATCHED_OF_ORDER = _UNMATCHED + " and m.ref_id in (select +id from parcels where order_id = ?)"

_PARCELS = """
select p.parcel_id, p.quantity,
  (select max(h.done_at) from hand_deeds h where h.run_id = q.run_id and h.deed = 'orders.ship'
     and h.status in ('done', 'shown') and h.done_at >= q.shipped_at) as entered_at,
  q.id = (select max(x.id) from parcels x where x.order_id = q.order_id and x.source = 'ours') as is_last
from parcel_lines p join parcels q on q.id = p.parcel_id
where q.order_id = ? and q.source = 'ours' and p.line_no = ? order by p.parcel_id"""


def fulfilled_pieces(line: sqlite3.Row, at_least: int = 0) -> int:
    """How many pieces of a line the platform shows as fulfilled; `at_least` where it only says "partial"."""
    if line["fulfillment_status"] == "fulfilled":
        return int(line["quantity"])
    if line["fulfillment_status"] != "partial":
        return 0
    return at_least if line["open_quantity"] is None else max(0, line["quantity"] - line["open_quantity"])


def match_fulfilments(
    db: sqlite3.Connection, file_at: str | None, *, order_id: int | None = None
) -> list[tuple[int, int]]:
    """Match what the platform shows as fulfilled with our parcels, of one order or all, the oldest first; gives the
    (thing, place) whose level that may change. `file_at` is when the export was made, the upper end of a fulfilment
    without a time."""
    found: list[tuple[int, int]] = []
    sql, values = (_UNMATCHED, []) if order_id is None else (_UNMATCHED_OF_ORDER, [order_id])
    for line in db.execute(sql, values).fetchall():
        parcels = db.execute(_PARCELS, [line["order_id"], line["line_no"]]).fetchall()
        for parcel in _shown(line, parcels):
            found += _keep(db, line, parcel, file_at or line["imported_at"])
    return found


def _shown(line: sqlite3.Row, parcels: Sequence[sqlite3.Row]) -> list[sqlite3.Row]:
    """The parcels that what it shows covers; a line of which it only says "partial" covers those that were entered
    there by hand, as long as something of it is left."""
    known, so_far, shown = fulfilled_pieces(line, at_least=1), 0, []
    is_vague = line["fulfillment_status"] == "partial" and line["open_quantity"] is None
    for parcel in parcels:
        so_far += parcel["quantity"]
        entered = is_vague and parcel["entered_at"] and so_far < line["quantity"]
        if so_far <= known or entered:
            shown.append(parcel)
    return shown


def _keep(db: sqlite3.Connection, line: sqlite3.Row, parcel: sqlite3.Row, file_at: str) -> list[tuple[int, int]]:
    at = _fact_at(line, parcel, file_at)
    rows = db.execute(
        """select m.id, m.variant_id, m.location_id from stock_moves m left join move_facts f on f.move_id = m.id
           where m.ref_type = 'parcel' and m.ref_id = ? and m.ref_line = ? and m.kind = 'ship' and f.move_id is null""",
        [parcel["parcel_id"], line["line_no"]],
    ).fetchall()
    db.executemany(
        "insert into move_facts(move_id, fact, fact_at, import_id) values (?, 'fulfilment', ?, ?)",
        [(row["id"], at, line["import_id"]) for row in rows],
    )
    return [(row["variant_id"], row["location_id"]) for row in rows]


def _fact_at(line: sqlite3.Row, parcel: sqlite3.Row, file_at: str) -> str:
    """The time of the last fulfilment is the order's; of one before it there is none, only that it was not later than
    the file that shows it and than the word of who entered it."""
    latest = str(line["fulfilled_at"] or file_at)
    if line["order_status"] == "fulfilled" and parcel["is_last"]:
        return latest
    return min(latest, parcel["entered_at"] or latest)
