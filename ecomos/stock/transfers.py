"""Goods from one place to another: out of the one, on the way, into the other. And what is found wrong by hand: a
correction with its reason."""

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from ecomos.errors import Refused
from ecomos.stock.hands import SHELF, Hand
from ecomos.stock.moves import Move, book
from ecomos.stock.places import place_named, way
from ecomos.stock.platform import Settling, settle
from ecomos.store import write

__all__ = ["Underway", "adjust", "arrive", "leave", "on_the_way", "transfer"]

LONGEST = 200


@dataclass(frozen=True)
class Underway:
    """Pieces of one thing that left one place and have not come to the other."""

    pair: int
    variant_id: int
    sku: str
    name: str
    pieces: int
    from_place: str
    from_id: int
    to_place: str
    to_id: int
    left_at: str


def leave(
    db: sqlite3.Connection, hand: Hand, variant: int, pieces: int, places: tuple[int, int], bin_id: int | None = None
) -> int:
    """Pieces leave the first place for the second; gives the transfer's number. They count nowhere as sellable at a
    place until they arrive. Raises Refused for more than lies there: what is not there can't be put into a box."""
    hand.must_be(SHELF, "Transferring goods")
    source, target = places
    if source == target:
        raise Refused("Choose two places: out of one, into the other.")
    _must_be_some(pieces)
    goal = place_named(db, target)
    with write(db):
        _must_lie(db, variant, source, pieces, "sellable")
        number = _next_pair(db)
        out = Move(
            variant, source, -pieces, "transfer", hand.at, hand.actor, reason=f"to {goal.name}",
            ref=("place", target), bin_id=bin_id, pair=number,
        )  # fmt: skip
        book(db, [out, replace(out, location_id=way(db), quantity=pieces, bin_id=None)], hand.at)
        settle(db, [(variant, source)], Settling(hand.at, hand.at, hand.actor))
    return number


def on_the_way(db: sqlite3.Connection) -> list[Underway]:
    """Every transfer that has not arrived whole, the oldest first."""
    rows = db.execute(
        """select o.pair, o.variant_id, v.sku, p.title as product, v.title, l.name as from_place,
             o.location_id as from_id, t.name as to_place, t.id as to_id, o.happened_at as left_at,
             (select sum(w.quantity) from stock_moves w join locations x on x.id = w.location_id and x.kind = 'way'
                where w.pair = o.pair and w.kind = 'transfer') as pieces
           from stock_moves o join locations l on l.id = o.location_id and l.kind = 'shelf'
           join locations t on t.id = o.ref_id
           join variants v on v.id = o.variant_id join products p on p.id = v.product_id
           where o.kind = 'transfer' and o.ref_type = 'place' and o.quantity < 0 and pieces > 0 order by o.id"""
    )
    return [
        Underway(
            r["pair"],
            r["variant_id"],
            r["sku"] or "",
            r["product"] if r["title"] == "Default Title" else f"{r['product']} {r['title']}",
            r["pieces"],
            r["from_place"],
            r["from_id"],
            r["to_place"],
            r["to_id"],
            r["left_at"],
        )
        for r in rows
    ]


def arrive(db: sqlite3.Connection, hand: Hand, number: int, pieces: int, bin_id: int | None = None) -> int:
    """So many of a transfer were counted in where it goes; gives what is still on the way. Raises Refused for more
    than left: count again, and enter what is too much as a correction."""
    hand.must_be(SHELF, "Receiving a transfer")
    _must_be_some(pieces)
    with write(db):
        found = next((u for u in on_the_way(db) if u.pair == number), None)
        if found is None:
            raise Refused("This transfer has arrived already.")
        if pieces > found.pieces:
            raise Refused(
                f"{found.pieces} pieces are on the way and {pieces} were counted. Count them again; what is too much "
                "is a correction of its own, with a reason."
            )
        came = Move(
            found.variant_id, found.to_id, pieces, "transfer", hand.at, hand.actor, reason=f"from {found.from_place}",
            ref=("place", found.from_id), bin_id=bin_id, pair=number,
        )  # fmt: skip
        gone = replace(came, location_id=way(db), quantity=-pieces, bin_id=None)
        book(db, [gone, came], hand.at)
        settle(db, [(found.variant_id, found.to_id)], Settling(hand.at, hand.at, hand.actor))
    return found.pieces - pieces


def transfer(
    db: sqlite3.Connection, hand: Hand, variant: int, pieces: int, places: tuple[int, int], bin_id: int | None = None
) -> int:
    """Out of one place and into the other at once: they are next to each other. Gives the transfer's number."""
    with write(db):
        number = leave(db, hand, variant, pieces, places)
        arrive(db, hand, number, pieces, bin_id)
    return number


def adjust(db: sqlite3.Connection, hand: Hand, variant: int, place: int, pieces: int, reason: str, **more: Any) -> int:
    """A correction of the level by hand, up or down, with its reason; gives the move. `state`, `bin_id`, `key` as of a
    move. Raises Refused without a reason."""
    hand.must_be(SHELF, "Correcting a level")
    if not reason.strip():
        raise Refused("Write why: a correction without a reason explains nothing to whoever looks for it later.")
    if pieces == 0:
        raise Refused("Nothing changes: write how many pieces more (3) or less (-3).")
    place_named(db, place)
    with write(db):
        move = Move(
            variant, place, pieces, "adjust", hand.at, hand.actor, reason=reason.strip()[:LONGEST], **more
        )  # fmt: skip
        numbers = book(db, [move], hand.at)
        settle(db, [(variant, place)], Settling(hand.at, hand.at, hand.actor))
    return numbers[0] if numbers else 0


def _must_be_some(pieces: int) -> None:
    if pieces < 1:
        raise Refused("How many pieces? Write a number from 1 on.")


def _must_lie(db: sqlite3.Connection, variant: int, place: int, pieces: int, state: str) -> None:
    row = db.execute(
        "select on_hand from stock_levels where variant_id = ? and location_id = ? and state = ?",
        [variant, place, state],
    ).fetchone()
    lies = row[0] if row else 0
    if pieces > lies:
        raise Refused(
            f"{max(0, lies)} of it lie there by the ledger, and {pieces} should leave. Count the shelf first, and "
            "correct the level."
        )


def _next_pair(db: sqlite3.Connection) -> int:
    return int(db.execute("select coalesce(max(pair), 0) + 1 from stock_moves").fetchone()[0])
