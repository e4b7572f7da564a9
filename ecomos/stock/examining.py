"""What can be said of the ledger as a whole: since when levels are known, and whether each is the sum of its moves."""

import sqlite3
from datetime import UTC, date, tzinfo

from ecomos.errors import Problem
from ecomos.store import parse_iso

__all__ = ["examine_levels", "known_since"]


def known_since(db: sqlite3.Connection, variant_id: int | None = None, zone: tzinfo = UTC) -> date | None:
    """The day since which levels are known, of one thing or of any; None: no file told of them yet. Before that day
    nobody can say when something was sold out."""
    row = db.execute(
        """select min(at) from (
             select min(happened_at) as at from stock_moves where ?1 is null or variant_id = ?1
             union all select min(as_of) from platform_levels where ?1 is null or variant_id = ?1)""",
        [variant_id],
    ).fetchone()
    return parse_iso(row[0]).astimezone(zone).date() if row[0] else None


def examine_levels(db: sqlite3.Connection) -> list[Problem]:
    """Every level that is not the sum of its moves; empty: all are."""
    rows = db.execute(
        """select variant_id, location_id, state, sum(on_hand) as on_hand, sum(pieces) as pieces from (
             select variant_id, location_id, state, on_hand, 0 as pieces from stock_levels
             union all select variant_id, location_id, state, 0, quantity from stock_moves)
           group by 1, 2, 3 having sum(on_hand) <> sum(pieces)"""
    ).fetchall()
    return [
        Problem(
            "stock_levels",
            row["variant_id"],
            f"place {row['location_id']}, {row['state']}: the level is {row['on_hand']}, its moves sum to "
            f"{row['pieces']}",
        )
        for row in rows
    ]
