"""Differences that a count found: whoever may, approves them with a cause, and the ledger is corrected; or has them
counted once more."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from ecomos.errors import Refused
from ecomos.stock.count_entry import settle_count
from ecomos.stock.hands import Hand
from ecomos.stock.moves import Move, book
from ecomos.stock.platform import Settling, settle
from ecomos.store import write

__all__ = ["CAUSES", "Variance", "book_variances", "count_again", "say_cause", "variances"]

CAUSES = {
    "entered wrong on arrival": "receiving",
    "return not shelved": "returns",
    "wrong variant sent": "picking",
    "broken and not written down": "storage",
    "counted wrong before": "counting",
    "not found": "unknown",
}
"""Cause → the step in which it arose."""
UNKNOWN = "not found"


@dataclass(frozen=True)
class Variance:
    """A difference as whoever decides sees it."""

    count_id: int
    line_no: int
    variant_id: int
    sku: str
    name: str
    bins: str
    expected: int
    picked: int
    counted: int
    """By the last count of it, all bins of the thing together."""
    variance: int
    cents: int
    cause: str | None
    counters: tuple[int, ...]
    at: str


def variances(db: sqlite3.Connection, number: int) -> list[Variance]:
    """The differences of a count that wait for approval, the dearest first."""
    rows = db.execute(
        """select x.*, coalesce(v.sku, '') as sku,
             case v.title when 'Default Title' then p.title else p.title || ' ' || v.title end as name
           from count_lines x join variants v on v.id = x.variant_id join products p on p.id = v.product_id
           where x.count_id = ? and x.status = 'to approve' order by abs(x.variance_cents) desc, x.line_no""",
        [number],
    ).fetchall()
    return [_variance(db, row) for row in rows]


def _variance(db: sqlite3.Connection, row: sqlite3.Row) -> Variance:
    same = db.execute(
        """select x.*, b.name as bin from count_lines x left join bins b on b.id = x.bin_id
           where x.count_id = ? and x.variant_id = ? order by x.line_no""",
        [row["count_id"], row["variant_id"]],
    ).fetchall()
    people = {p for x in same for p in (x["counted_by"], x["recounted_by"]) if p is not None}
    return Variance(
        row["count_id"],
        row["line_no"],
        row["variant_id"],
        row["sku"],
        row["name"],
        ", ".join(x["bin"] for x in same if x["bin"]),
        row["expected"],
        row["picked"] or 0,
        row["expected"] + row["variance"],
        row["variance"],
        row["variance_cents"] or 0,
        row["cause"],
        tuple(sorted(people)),
        row["recounted_at"] or row["counted_at"],
    )


def say_cause(db: sqlite3.Connection, number: int, line_no: int, cause: str) -> None:
    """Keep where a difference came from. Raises Refused for another cause than those listed, and where none waits."""
    if cause not in CAUSES:
        raise Refused("Choose where it came from.")
    with write(db):
        changed = db.execute(
            "update count_lines set cause = ?, step = ? where count_id = ? and line_no = ? and status = 'to approve'",
            [cause, CAUSES[cause], number, line_no],
        ).rowcount
    if not changed:
        raise Refused("This difference does not wait any more.")


def book_variances(db: sqlite3.Connection, hand: Hand, number: int, cents: int) -> list[int]:
    """Correct the ledger by every difference that waits, in the caller's transaction; whoever calls has looked whether
    the person may. Gives the moves."""
    found, booked = variances(db, number), []
    place = db.execute("select location_id from counts where id = ?", [number]).fetchone()[0]
    for v in found:
        _must_be_fresh(db, number, v, place)
        cause = v.cause or UNKNOWN
        move = Move(
            v.variant_id, place, v.variance, "count", hand.at, hand.actor, reason=f"count {number}: {cause}",
            ref=("count", number), ref_line=v.line_no, key=f"count:{number}:{v.line_no}",
        )  # fmt: skip
        moves = book(db, [move], hand.at)
        db.execute(
            """update count_lines set status = 'settled', cause = ?, step = ?, move_id = ?
               where count_id = ? and line_no = ?""",
            [cause, CAUSES[cause], moves[0] if moves else None, number, v.line_no],
        )
        settle(db, [(v.variant_id, place)], Settling(hand.at, hand.at, hand.actor))
        booked += moves
    db.execute(
        """update counts set approved_by = ?, approved_at = ?, approved_cents = coalesce(approved_cents, 0) + ?
           where id = ?""",
        [hand.person_id, hand.at, cents, number],
    )
    settle_count(db, number, hand.at)
    return booked


def _must_be_fresh(db: sqlite3.Connection, number: int, v: Variance, place: int) -> None:
    """One difference is corrected once, however many counts have found it."""
    row = db.execute(
        """select m.ref_id from stock_moves m join count_lines l on l.count_id = ?1 and l.line_no = ?2
           where m.kind = 'count' and m.variant_id = ?3 and m.location_id = ?4 and m.ref_id <> ?1
             and m.recorded_at >= coalesce(l.recounted_at, l.counted_at)""",
        [number, v.line_no, v.variant_id, place],
    ).fetchone()
    if row is not None:
        raise Refused(f"Line {v.line_no} was corrected by count {row['ref_id']} since: have it counted once more.")


def count_again(db: sqlite3.Connection, hand: Hand, number: int, line_no: int, why: str) -> None:
    """Send a difference back: its thing is counted once more, by somebody who did not count it first."""
    if not why.strip():
        raise Refused("Write what to look for: who counts again reads it.")
    with write(db):
        row: Any = db.execute(
            "select * from count_lines where count_id = ? and line_no = ? and status = 'to approve'", [number, line_no]
        ).fetchone()
        if row is None:
            raise Refused("This difference does not wait any more.")
        db.execute(
            """update count_lines set status = 'recount', recount_because = ?, recounted = null, recounted_at = null,
                 counted_by = coalesce(recounted_by, counted_by), recounted_by = null, variance = null,
                 variance_cents = null where count_id = ? and variant_id = ?""",
            [why.strip()[:200], number, row["variant_id"]],
        )
        settle_count(db, number, hand.at)
