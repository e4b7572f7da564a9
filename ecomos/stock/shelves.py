"""Where a thing is taken from, and what a bundle is taken as."""

import sqlite3

__all__ = ["parts_of", "shelf_of"]


def parts_of(db: sqlite3.Connection, variant: int) -> dict[int, int]:
    """Part → pieces in one of it; a thing that is no bundle is its own part."""
    rows = db.execute("select part_id, quantity from bundle_parts where bundle_id = ?", [variant]).fetchall()
    return {row["part_id"]: row["quantity"] for row in rows} or {variant: 1}


def shelf_of(db: sqlite3.Connection, variant: int) -> int | None:
    """The place that a thing is taken from: where most of it can be sold; None: it lies nowhere that is known."""
    row = db.execute(
        """select s.location_id from stock_levels s join locations l on l.id = s.location_id
           where s.variant_id = ? and s.state = 'sellable' and l.kind = 'shelf'
           order by s.on_hand desc, s.location_id limit 1""",
        [variant],
    ).fetchone()
    return int(row[0]) if row else None
