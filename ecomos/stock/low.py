"""What has become low: at or below its reorder point where the night has planned it, else by the simple limit of the
policy `stock` in force; told once for the file that shows it."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ecomos.orders.products import DEFAULT
from ecomos.playbook import parse_text
from ecomos.playbook.records import Policy
from ecomos.stock.levels import Snapshot
from ecomos.store import events, iso

__all__ = ["Low", "limit_in_force", "low_now", "tell_low"]


@dataclass(frozen=True)
class Low:
    """A thing of which little is left."""

    variant_id: int
    name: str
    """SKU, product and variant."""
    available: int
    """What can still be sold, all places together; below 0: sold and not there."""

    @property
    def left(self) -> str:
        """That in words."""
        if self.available < 0:
            return f"{-self.available} sold and not there"
        return f"{self.available} left" if self.available else "none left"


def limit_in_force(db: sqlite3.Connection, now: str) -> int | None:
    """Pieces at or below which a thing is low, as the policy adopted last says; None where there is none."""
    row = db.execute(
        """select text from playbook_versions where kind = 'policies' and name = 'stock' and from_at <= ?
           order by from_at desc, rowid desc limit 1""",
        [now],
    ).fetchone()
    policy = parse_text("policies", "stock", row[0], "policies/stock.md")[0] if row else None
    value = policy.values.get("low_at_most") if isinstance(policy, Policy) else None
    return int(value.value) if value is not None and value.kind == "number" else None  # type: ignore[arg-type]


def low_now(db: sqlite3.Connection, now: datetime) -> list[Low]:
    """Everything that is low by the limit in force, the least first; empty where there is no limit."""
    limit = limit_in_force(db, iso(now))
    if limit is None:
        return []
    points = _points(db)
    rows = db.execute(
        """select variant_id, sum(on_hand - coalesce(committed, 0)) as pieces from stock_levels
           where state = 'sellable' group by variant_id"""
    )
    low = {r["variant_id"]: r["pieces"] for r in rows if r["pieces"] <= points.get(r["variant_id"], limit)}
    return _named(db, low)


def _points(db: sqlite3.Connection) -> dict[int, int]:
    """The reorder point of each thing that was planned and sells."""
    rows = db.execute(
        "select variant_id, max(reorder_point) as point from stock_plans where demand_a_day > 0 group by 1"
    )
    return {row["variant_id"]: row["point"] for row in rows}


def tell_low(db: sqlite3.Connection, snapshot: Snapshot, now: str) -> list[Low]:
    """Write stock.low where this file shows things that fell to the limit or ran out; gives them, the least first.

    Inside the caller's transaction. What was as low before is not told again.
    """
    limit = limit_in_force(db, now)
    if limit is None:
        return []
    points = _points(db)
    fell = {
        variant: left
        for variant, left in snapshot.after.items()
        if left <= points.get(variant, limit)
        and _has_fallen(snapshot.before.get(variant), left, points.get(variant, limit))
    }
    low = _named(db, fell)
    if low:
        events.append(
            db,
            "stock.low",
            ("import", snapshot.import_id),
            actor=f"import:{snapshot.import_id}",
            recorded_at=now,
            data={"low": len(low), "sold_out": sum(one.available <= 0 for one in low)},
        )
    return low


def _has_fallen(before: int | None, left: int, limit: int) -> bool:
    return before is None or before > limit or (before > 0 >= left)


def _named(db: sqlite3.Connection, pieces: dict[int, int]) -> list[Low]:
    """Those that are for sale and are things, with their names."""
    found = [_low(db, variant, left) for variant, left in pieces.items()]
    return sorted((one for one in found if one is not None), key=lambda one: (one.available, one.name))


def _low(db: sqlite3.Connection, variant: int, left: int) -> Low | None:
    row = db.execute(
        """select v.sku, v.title, p.title as product from variants v join products p on p.id = v.product_id
           where v.id = ? and v.requires_shipping and coalesce(p.status, 'active') = 'active'""",
        [variant],
    ).fetchone()
    if row is None:
        return None
    title = "" if row["title"] == DEFAULT else row["title"]
    return Low(variant, " ".join(word for word in (row["sku"], row["product"], title) if word), left)
