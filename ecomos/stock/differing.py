"""Where our number and the platform's differ, and why: the moves that lie on top, since when, and the word of whoever
entered them there."""

import sqlite3
from dataclasses import dataclass

from ecomos.errors import Refused
from ecomos.stock.hands import SHELF, Hand
from ecomos.stock.platform import Settling, settle
from ecomos.store import write

__all__ = ["MOST", "Difference", "count_differences", "differences", "enter_there", "moves_on_top_of"]

MOST = 500
"""What a page shows: more differences than that are no list but an export that is missing."""
_WORDS = {
    "ship": "sent",
    "receive": "received",
    "return": "taken back",
    "count": "counted",
    "adjust": "corrected",
    "transfer": "transferred",
    "state": "changed in state",
    "build": "built",
}


@dataclass(frozen=True)
class Difference:
    """One thing in one place of which the two say something else."""

    variant_id: int
    location_id: int
    sku: str
    name: str
    place: str
    master: str
    platform: int
    """On hand as the platform said last: sellable and held back."""
    ours: int
    """On hand as our ledger has it, all states."""
    why: str
    """The moves that lie on top, in words."""
    since: str
    """When the oldest of them happened; else the platform's last word."""
    moves: int


_DIFFERING = """
-- One row per thing and place of which we have another number than the platform.
with said as (
  select variant_id, location_id, sum(on_hand) as pieces, max(as_of) as as_of from platform_levels group by 1, 2
), lies as (select variant_id, location_id, sum(on_hand) as pieces from stock_levels group by 1, 2)
select s.variant_id, s.location_id, v.sku, v.title, p.title as product, l.name as place, l.master,
  s.pieces as platform, coalesce(x.pieces, 0) as ours, s.as_of
from said s join lies x on x.variant_id = s.variant_id and x.location_id = s.location_id
join variants v on v.id = s.variant_id join products p on p.id = v.product_id
join locations l on l.id = s.location_id
where s.pieces <> x.pieces and (?1 is null or s.location_id = ?1)
order by abs(s.pieces - x.pieces) desc, v.sku limit ?2"""

_ON_TOP = """
select m.*, f.fact, f.fact_at, q.order_id,
  coalesce((select number from orders where id = q.order_id), (select number from orders where id = m.ref_id and
    m.ref_type = 'order')) as order_number
from stock_moves m left join move_facts f on f.move_id = m.id
left join parcels q on m.ref_type = 'parcel' and q.id = m.ref_id
where m.variant_id = ? and m.location_id = ? and m.kind not in ('opening', 'snapshot')
  and (f.fact_at is null or f.fact_at > coalesce((select max(p.as_of) from platform_levels p
    where p.variant_id = m.variant_id and p.location_id = m.location_id), ''))
order by m.id"""


def differences(db: sqlite3.Connection, place: int | None = None, most: int = MOST) -> list[Difference]:
    """The things of which the platform's last word is not our level, the widest first; at most so many."""
    found = []
    for row in db.execute(_DIFFERING, [place, most]).fetchall():
        moves = moves_on_top_of(db, row["variant_id"], row["location_id"])
        found.append(
            Difference(
                row["variant_id"],
                row["location_id"],
                row["sku"] or "",
                _name(row["product"], row["title"]),
                row["place"],
                row["master"],
                row["platform"],
                row["ours"],
                _why(moves) or "counted, moved or sold here since, and nothing of it is open there",
                moves[0]["happened_at"] if moves else row["as_of"],
                len(moves),
            )
        )
    return found


def count_differences(db: sqlite3.Connection) -> dict[int, int]:
    """Place → how many things differ there."""
    rows = db.execute(
        """with said as (select variant_id, location_id, sum(on_hand) as pieces from platform_levels group by 1, 2),
             lies as (select variant_id, location_id, sum(on_hand) as pieces from stock_levels group by 1, 2)
           select s.location_id, count(*) as things from said s
           join lies x on x.variant_id = s.variant_id and x.location_id = s.location_id
           where s.pieces <> x.pieces group by 1"""
    )
    return {row["location_id"]: row["things"] for row in rows}


def moves_on_top_of(db: sqlite3.Connection, variant: int, place: int) -> list[sqlite3.Row]:
    """Our moves of a thing in a place that the platform's last word can't contain, the oldest first."""
    return db.execute(_ON_TOP, [variant, place]).fetchall()


def enter_there(db: sqlite3.Connection, hand: Hand, variant: int, place: int, reference: str = "") -> int:
    """Somebody set the platform's number to ours: every move of the thing in the place so far is known there now, and
    the next export contains it. Gives how many. Raises Refused where there is none."""
    hand.must_be(SHELF, "Entering levels in the platform")
    with write(db):
        moves = [m for m in moves_on_top_of(db, variant, place) if m["fact"] is None]
        if not moves:
            raise Refused("Nothing of ours lies on top of the platform's number here any more.")
        fact = f"entered by {hand.actor}" + (f", {reference.strip()[:80]}" if reference.strip() else "")
        db.executemany(
            "insert into move_facts(move_id, fact, fact_at) values (?, ?, ?)", [(m["id"], fact, hand.at) for m in moves]
        )
        settle(db, [(variant, place)], Settling(hand.at, hand.at, hand.actor))
    return len(moves)


def _name(product: str, title: str) -> str:
    return product if title == "Default Title" else f"{product} {title}"


def _why(moves: list[sqlite3.Row]) -> str:
    """`-2 sent (#1001), +5 received`."""
    sums: dict[str, int] = {}
    orders: dict[str, list[str]] = {}
    for m in moves:
        word = _WORDS[m["kind"]]
        sums[word] = sums.get(word, 0) + m["quantity"]
        if m["order_number"] and m["order_number"] not in orders.setdefault(word, []):
            orders[word].append(m["order_number"])
    return ", ".join(f"{n:+d} {word}{_of(orders.get(word, []))}" for word, n in sums.items() if n)


def _of(numbers: list[str]) -> str:
    if not numbers:
        return ""
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f" ({', '.join(numbers[:3])}{more})"
