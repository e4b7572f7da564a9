"""What is sold and still lies there, where our number counts: worked out from the open orders. Elsewhere the platform
says it."""

import sqlite3
from collections import Counter

from ecomos.stock.shelves import parts_of, shelf_of

__all__ = ["count_committed"]

_OPEN = """
-- One row per thing that is sold and has not left.
select l.variant_id, sum(l.open_quantity) as pieces
from orders o join open_lines l on l.order_id = o.id
where o.kind = 'sale' and o.cancelled_at is null and coalesce(o.fulfillment_status, '') <> 'fulfilled'
  and l.open_quantity > 0 and l.requires_shipping and l.variant_id is not null
  and not exists (select 1 from order_cancellations c where c.order_id = o.id)
group by l.variant_id"""


def count_committed(db: sqlite3.Connection) -> None:
    """Bring `committed` of every place where our number counts up to date, inside the caller's transaction. A thing in
    several places is committed where it is taken from; a bundle as its parts."""
    if not db.execute("select 1 from locations where master = 'ecomos' limit 1").fetchone():
        return
    wanted: Counter[tuple[int, int]] = Counter()
    for row in db.execute(_OPEN).fetchall():
        for variant, each in parts_of(db, row["variant_id"]).items():
            place = shelf_of(db, variant)
            if place is not None:
                wanted[variant, place] += each * row["pieces"]
    levels = db.execute(
        """select s.variant_id, s.location_id, s.committed from stock_levels s join locations l on l.id = s.location_id
           where l.master = 'ecomos' and s.state = 'sellable'"""
    ).fetchall()
    db.executemany(
        "update stock_levels set committed = ? where variant_id = ? and location_id = ? and state = 'sellable'",
        [
            (wanted[r["variant_id"], r["location_id"]], r["variant_id"], r["location_id"])
            for r in levels
            if r["committed"] != wanted[r["variant_id"], r["location_id"]]
        ],
    )
