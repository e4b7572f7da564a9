"""What the platform said last, and what of ours lies on top of it. Where the platform's number counts, the level is
its word and every move of ours that the word can't contain yet."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecomos.stock.moves import Move, book

__all__ = ["PLATFORM", "Settling", "settle", "settle_import"]

PLATFORM = "platform"


@dataclass(frozen=True)
class Settling:
    """When and on whose behalf levels are brought to where they belong."""

    at: str
    """Since when they are so, UTC: the file's own time, or the move's."""
    recorded_at: str
    actor: str
    import_id: int | None = None


_WANTED = """
-- One row per state that the platform told of, of a thing in a place where its number counts. `gone` is what of the
-- platform's committed pieces has left in parcels of ours that it does not know yet.
with top as (
  select t.variant_id, t.location_id, t.state, sum(t.quantity) as pieces, sum(case when t.kind = 'ship'
      and o.placed_at <= t.platform_as_of then t.quantity else 0 end) as gone
  from moves_on_top t left join parcels q on t.ref_type = 'parcel' and q.id = t.ref_id
  left join orders o on o.id = q.order_id {only_moves} group by 1, 2, 3
)
select p.variant_id, p.location_id, p.state, p.as_of, p.incoming, p.import_id, s.on_hand as present,
  p.on_hand + coalesce(t.pieces, 0) as wanted, max(0, p.committed + coalesce(t.gone, 0)) as committed
from platform_levels p join locations l on l.id = p.location_id and l.master = 'platform'
left join top t on t.variant_id = p.variant_id and t.location_id = p.location_id and t.state = p.state
left join stock_levels s on s.variant_id = p.variant_id and s.location_id = p.location_id and s.state = p.state
{only_levels}"""
_WANTED_OF_THING = _WANTED.format(
    only_moves="where t.variant_id = ?1 and t.location_id = ?2",
    only_levels="where p.variant_id = ?1 and p.location_id = ?2",
)
_WANTED_OF_IMPORT = _WANTED.format(only_moves="", only_levels="where p.import_id = ?1")


def settle(db: sqlite3.Connection, things: Iterable[tuple[int, int]], how: Settling) -> int:
    """Bring (thing, place) to what the platform said and what of ours lies on top, inside the caller's transaction.

    The difference is booked as a `snapshot` move; gives how many were needed. A place where ours counts is left alone.
    """
    rows = [row for thing in things for row in db.execute(_WANTED_OF_THING, thing).fetchall()]
    return _bring(db, rows, how)


def settle_import(db: sqlite3.Connection, how: Settling) -> int:
    """As `settle`, for everything that the import of `how` told of."""
    return _bring(db, db.execute(_WANTED_OF_IMPORT, [how.import_id]).fetchall(), how)


def _bring(db: sqlite3.Connection, rows: Sequence[sqlite3.Row], how: Settling) -> int:
    ref = ("import", how.import_id) if how.import_id is not None else None
    moves = [
        Move(
            row["variant_id"], row["location_id"], row["wanted"] - (row["present"] or 0), "snapshot", how.at, how.actor,
            row["state"], "the platform's word", ref=ref,
        )
        for row in rows
        if row["wanted"] != (row["present"] or 0)
    ]  # fmt: skip
    booked = book(db, moves, how.recorded_at)
    db.executemany(_NOTE, [[row[name] for name in NOTED] for row in rows])
    return len(booked)


NOTED = ("variant_id", "location_id", "state", "committed", "incoming", "as_of", "import_id")
_NOTE = """
-- What the platform says beside the level itself; a level of nothing is a level too.
insert into stock_levels(variant_id, location_id, state, on_hand, committed, incoming, as_of, import_id)
values (?, ?, ?, 0, ?, ?, ?, ?)
on conflict(variant_id, location_id, state) do update set committed = excluded.committed,
  incoming = excluded.incoming, import_id = excluded.import_id, as_of = max(as_of, excluded.as_of)"""
