"""Another tool's suggestion beside ours, with what makes the difference in words."""

import sqlite3
from dataclasses import dataclass

from ecomos.orders.products import DEFAULT

__all__ = ["Beside", "beside", "has_suggestions"]


@dataclass(frozen=True)
class Beside:
    """One thing: what the other tool says, what we say."""

    variant_id: int
    sku: str
    name: str
    tool: str
    their_point: int | None
    our_point: int
    their_quantity: int | None
    our_quantity: int
    their_days: float | None
    """How long their reorder point lasts at the pace foreseen here; None: nothing sells."""
    says: str
    """Why the two differ."""


def has_suggestions(db: sqlite3.Connection) -> bool:
    """Whether another tool's list was ever imported."""
    return db.execute("select 1 from outside_suggestions limit 1").fetchone() is not None


def beside(db: sqlite3.Connection, variant_id: int | None = None) -> list[Beside]:
    """Every thing for which another tool suggested something and a plan is there, the largest difference first."""
    rows = db.execute(
        """select o.variant_id, coalesce(v.sku, '') as sku, v.title as variant, t.title as product, o.tool,
             o.reorder_point as their_point, o.quantity as their_quantity, p.reorder_point as our_point,
             p.quantity as our_quantity, p.demand_a_day, p.lead_days, p.lead_source, p.target, p.days_out
           from outside_suggestions o join stock_plans p on p.variant_id = o.variant_id
           join variants v on v.id = o.variant_id join products t on t.id = v.product_id
           where ?1 is null or o.variant_id = ?1
           order by abs(coalesce(o.reorder_point, 0) - p.reorder_point) desc, v.sku""",
        [variant_id],
    )
    return [_beside(row) for row in rows]


def _beside(row: sqlite3.Row) -> Beside:
    title = "" if row["variant"] == DEFAULT else row["variant"]
    pace = row["demand_a_day"]
    theirs = row["their_point"]
    return Beside(
        variant_id=row["variant_id"],
        sku=row["sku"],
        name=" ".join(w for w in (row["product"], title) if w),
        tool=row["tool"],
        their_point=theirs,
        our_point=row["our_point"],
        their_quantity=row["their_quantity"],
        our_quantity=row["our_quantity"],
        their_days=theirs / pace if theirs is not None and pace > 0 else None,
        says=_says(row),
    )


def _says(row: sqlite3.Row) -> str:
    """In one or two sentences, from the numbers that the plan holds."""
    pace, lead, theirs, ours = row["demand_a_day"], row["lead_days"], row["their_point"], row["our_point"]
    if pace <= 0:
        return "Nothing was sold lately, so ours asks for none."
    if theirs is None:
        return f"{row['tool']} names no reorder point; ours is {ours}."
    until = f"{pace * lead:.1f} sell in the {lead:.0f} days that goods take ({row['lead_source']})"
    if theirs == ours:
        return f"Both the same: {until}, the rest is for safety."
    if theirs > ours:
        spare = (theirs - ours) / pace
        serves = f"{ours} serve {_share(row)}"
        return f"Theirs is {theirs - ours} higher and lasts {spare:.0f} days longer: {until}, and {serves}."
    if theirs < pace * lead:
        why = f"Theirs runs out before goods come: {until}."
    else:
        why = f"Theirs leaves {theirs - pace * lead:.1f} for safety, ours {ours - pace * lead:.1f}: {until}."
    left = f" {row['days_out']} days without stock are left out here, which a plain average counts as no demand."
    return why + (left if row["days_out"] else "")


def _share(row: sqlite3.Row) -> str:
    return f"{row['target']:.0%} of what is asked for"
