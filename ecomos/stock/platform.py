"""What the platform said last, and what of ours lies on top of it. Where the platform's number counts, the level is
its word and every move of ours that the word can't contain yet."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from ecomos.stock.moves import Move, book

__all__ = ["PLATFORM", "Settling", "settle"]

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
-- One row per state that the platform told of, for one thing in one place where its number counts.
select p.state, p.as_of, p.incoming, p.import_id, s.on_hand as present,
  p.on_hand + coalesce((select sum(t.quantity) from moves_on_top t where t.variant_id = p.variant_id
    and t.location_id = p.location_id and t.state = p.state), 0) as wanted,
  max(0, p.committed + coalesce((select sum(t.quantity) from moves_on_top t
    join parcels q on t.ref_type = 'parcel' and q.id = t.ref_id join orders o on o.id = q.order_id
    where t.variant_id = p.variant_id and t.location_id = p.location_id and t.state = p.state
      and t.kind = 'ship' and o.placed_at <= p.as_of), 0)) as committed
from platform_levels p join locations l on l.id = p.location_id
left join stock_levels s on s.variant_id = p.variant_id and s.location_id = p.location_id and s.state = p.state
where p.variant_id = ? and p.location_id = ? and l.master = 'platform'"""


def settle(db: sqlite3.Connection, things: Iterable[tuple[int, int]], how: Settling) -> int:
    """Bring (thing, place) to what the platform said and what of ours lies on top, inside the caller's transaction.

    The difference is booked as a `snapshot` move; gives how many were needed. A place where ours counts is left alone.
    """
    booked = 0
    for variant, place in things:
        for row in db.execute(_WANTED, [variant, place]).fetchall():
            difference = row["wanted"] - (row["present"] or 0)
            if difference:
                ref = ("import", how.import_id) if how.import_id is not None else None
                move = Move(
                    variant, place, difference, "snapshot", how.at, how.actor, row["state"], "platform's word", ref=ref
                )
                booked += len(book(db, [move], how.recorded_at))
            _note(db, variant, place, row)
    return booked


def _note(db: sqlite3.Connection, variant: int, place: int, row: sqlite3.Row) -> None:
    """What the platform says beside the level itself; a level of nothing is a level too."""
    db.execute(
        """insert into stock_levels(variant_id, location_id, state, on_hand, committed, incoming, as_of, import_id)
           values (?, ?, ?, 0, ?, ?, ?, ?)
           on conflict(variant_id, location_id, state) do update set committed = excluded.committed,
             incoming = excluded.incoming, import_id = excluded.import_id, as_of = max(as_of, excluded.as_of)""",
        [variant, place, row["state"], row["committed"], row["incoming"], row["as_of"], row["import_id"]],
    )
