"""What somebody counted, laid beside what should lie there at that very second: on hand, less what is picked and
stands at packing. Over tolerance, or where something moved meanwhile, another person counts again."""

import sqlite3

from ecomos.errors import Refused
from ecomos.stock.count_plan import Rhythm
from ecomos.stock.counting import count_of
from ecomos.stock.hands import COUNTERS, Hand
from ecomos.stock.shelves import parts_of, shelf_of
from ecomos.store import write

__all__ = ["cost_of", "enter", "may_enter", "picked_pieces", "settle_count"]

MOVED = "something moved between sheet and entry"
OVER = "over tolerance"
MOST = 1_000_000

_PICKED = """
-- One row per thing of orders that were picked and have not left: a picker's task of an open run is done.
select l.variant_id, sum(l.open_quantity) as pieces
from runs r join orders o on r.about_type = 'order' and o.id = r.about_id
join open_lines l on l.order_id = o.id
where r.status = 'open' and l.open_quantity > 0 and l.requires_shipping and l.variant_id is not null
  and exists (select 1 from tasks t where t.run_id = r.id and t.kind = 'step' and t.role = 'picker'
    and t.status = 'done')
group by l.variant_id"""


def picked_pieces(db: sqlite3.Connection, variant: int, place: int) -> int:
    """Pieces of a thing that were taken from its shelf in this place and stand at packing; by bundles too."""
    if shelf_of(db, variant) != place:
        return 0
    return sum(
        row["pieces"] * parts_of(db, row["variant_id"]).get(variant, 0) for row in db.execute(_PICKED).fetchall()
    )


def enter(db: sqlite3.Connection, hand: Hand, number: int, line_no: int, counted: int, rhythm: Rhythm) -> str:
    """Write what was counted of a line, or counted again; gives what becomes of it: settled, counted (other bins of the
    thing are still to be counted), recount, to approve.

    Raises Refused for a line that is not to be counted, and for a second count by whom counted first.
    """
    hand.must_be(COUNTERS, "Counting")
    if not 0 <= counted <= MOST:
        raise Refused("A count is a number from 0 on.")
    with write(db):
        line = _line(db, number, line_no)
        if line["status"] == "recount":
            if line["counted_by"] == hand.person_id:
                raise Refused("You counted this one first: somebody else counts it again.")
            _write(db, hand, line, counted, "recount")
        elif line["status"] == "open":
            _write(db, hand, line, counted, "first")
        else:
            raise Refused("This line is counted already.")
        became = _judge(db, hand, line, rhythm)
        settle_count(db, number, hand.at)
    return became


def may_enter(status: str, counted_by: int | None, person_id: int) -> bool:
    """Whether this person may count a line of that status."""
    return status == "open" or (status == "recount" and counted_by != person_id)


def _line(db: sqlite3.Connection, number: int, line_no: int) -> sqlite3.Row:
    if count_of(db, number).status not in ("open", "recount", "to approve"):
        raise Refused("This count is over.")
    row: sqlite3.Row | None = db.execute(
        """select x.*, c.location_id from count_lines x join counts c on c.id = x.count_id
           where x.count_id = ? and x.line_no = ?""",
        [number, line_no],
    ).fetchone()
    if row is None:
        raise Refused("There is no such line on this sheet.")
    return row


def _write(db: sqlite3.Connection, hand: Hand, line: sqlite3.Row, counted: int, which: str) -> None:
    key = [line["count_id"], line["line_no"]]
    if which == "first":
        db.execute(
            """update count_lines set counted = ?, counted_at = ?, counted_by = ?, status = 'counted'
               where count_id = ? and line_no = ?""",
            [counted, hand.at, hand.person_id, *key],
        )
        return
    db.execute(
        """update count_lines set recounted = ?, recounted_at = ?, recounted_by = ?, status = 'counted'
           where count_id = ? and line_no = ?""",
        [counted, hand.at, hand.person_id, *key],
    )


def _judge(db: sqlite3.Connection, hand: Hand, line: sqlite3.Row, rhythm: Rhythm) -> str:
    """A thing in several bins is judged when the last of them is counted: its level is one number."""
    same = db.execute(
        "select * from count_lines where count_id = ? and variant_id = ? order by line_no",
        [line["count_id"], line["variant_id"]],
    ).fetchall()
    if any(x["status"] in ("open", "recount") for x in same):
        return "counted"
    variant, place = line["variant_id"], line["location_id"]
    picked = picked_pieces(db, variant, place)
    expected = _on_hand(db, variant, place) - picked
    found = sum(x["recounted"] if x["recounted"] is not None else x["counted"] for x in same)
    is_second = any(x["recounted_at"] is not None for x in same)
    key = [line["count_id"], variant]
    db.execute(
        "update count_lines set expected = ?, picked = ? where count_id = ? and variant_id = ?",
        [expected, picked, *key],
    )
    if not is_second and _moved(db, same, place):
        return _again(db, key, MOVED)
    if not is_second and not rhythm.allows(expected, found):
        return _again(db, key, OVER)
    return _conclude(db, key, same[-1]["line_no"], found - expected)


def _moved(db: sqlite3.Connection, lines: list[sqlite3.Row], place: int) -> bool:
    """Whether the thing moved there since the sheet was made; a move in another bin of it does not count."""
    bins = {x["bin_id"] for x in lines}
    rows = db.execute(
        "select bin_id from stock_moves where variant_id = ? and location_id = ? and id > ? and state = 'sellable'",
        [lines[0]["variant_id"], place, min(x["sheet_move_id"] for x in lines)],
    ).fetchall()
    return any(row["bin_id"] is None or None in bins or row["bin_id"] in bins for row in rows)


def _again(db: sqlite3.Connection, key: list[int], why: str) -> str:
    db.execute(
        "update count_lines set status = 'recount', recount_because = ? where count_id = ? and variant_id = ?",
        [why, *key],
    )
    return "recount"


def _conclude(db: sqlite3.Connection, key: list[int], last_line: int, variance: int) -> str:
    """The thing's difference stands on its last line; a thing that is right is settled."""
    status = "to approve" if variance else "settled"
    worth = variance * cost_of(db, key[1])
    db.execute(
        "update count_lines set status = ?, variance = 0 where count_id = ? and variant_id = ?", ["settled", *key]
    )
    db.execute(
        """update count_lines set status = ?, variance = ?, variance_cents = ? where count_id = ? and variant_id = ?
             and line_no = ?""",
        [status, variance, worth, *key, last_line],
    )
    return status


def _on_hand(db: sqlite3.Connection, variant: int, place: int) -> int:
    row = db.execute(
        "select on_hand from stock_levels where variant_id = ? and location_id = ? and state = 'sellable'",
        [variant, place],
    ).fetchone()
    return int(row[0]) if row else 0


def cost_of(db: sqlite3.Connection, variant: int) -> int:
    """What a piece cost, in minor units of the store's currency: as planned, as the product or a supplier says, as it
    came last; 0 where nobody knows."""
    row = db.execute(
        """select coalesce((select max(cost_cents) from stock_plans where variant_id = v.id), v.cost_cents,
             (select min(cost_cents) from supplier_items where variant_id = v.id),
             (select unit_cost_cents from stock_moves where variant_id = v.id and unit_cost_cents is not null
              order by id desc limit 1), 0)
           from variants v where v.id = ?""",
        [variant],
    ).fetchone()
    return int(row[0])


def settle_count(db: sqlite3.Connection, number: int, now: str) -> None:
    """What the count as a whole is now, inside the caller's transaction."""
    left = {
        row["status"]
        for row in db.execute("select distinct status from count_lines where count_id = ?", [number]).fetchall()
    }
    status = next((s for at, s in _STANDS if at in left), "done")
    db.execute(
        "update counts set status = ?, closed_at = case ? when 'done' then ? end where id = ?",
        [status, status, now, number],
    )


_STANDS = (("open", "open"), ("counted", "open"), ("recount", "recount"), ("to approve", "to approve"))
