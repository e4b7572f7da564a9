"""What the tables of policies/replenishment.md may ask about a thing in stock: read from its plan, so that a condition
sees what the page shows."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ecomos.money import from_cents
from ecomos.playbook.catalogue import Money

__all__ = ["ThingFacts", "thing_facts"]


@dataclass(frozen=True)
class ThingFacts:
    """A thing in stock as its newest plan has it; all places together, whole days, pieces."""

    sku: str | None
    """Its SKU; null where it has none."""
    type: str | None
    """The kind of product, as the platform names it."""
    abc: str | None
    """A, B or C: by contribution margin of a year; null where nothing was sold."""
    xyz: str | None
    """X, Y or Z: by how well a week's demand can be foreseen."""
    method: str
    """How demand is foreseen: smoothed, intermittent, seasonal, none."""
    is_known: bool
    """Something tells how many lie there."""
    on_hand: Decimal
    """Pieces that lie there and can be sold, before what is sold and has not left; below 0: the count is wrong."""
    available: Decimal
    """That less what is sold and has not left."""
    coming: Decimal
    """Pieces on order and not received."""
    position: Decimal
    """Available and coming together."""
    demand_week: Decimal
    """Pieces foreseen a week."""
    cover_days: Decimal | None
    """Days that available and coming last at that pace; null where nothing sells."""
    lead_days: Decimal
    """Days from an order to goods on the shelf, median."""
    reorder_point: Decimal
    """Pieces at or below which it is ordered."""
    quantity: Decimal
    """Pieces that would be ordered today, in whole packs; 0: none."""
    days_short: Decimal
    """Days that it will be out until the next goods can be here: those on order, else those ordered today."""
    days_out: Decimal
    """Days without stock in the last 13 weeks, as far as the ledger knows."""
    days_since_sold: Decimal
    """Days since it was last sold; since it is known, where it never was."""
    days_known: Decimal
    """Days since it was first sold or first lay there, up to two years."""
    price: Money | None
    """Of a piece."""
    cost: Money | None
    """Of a piece: the supplier's, the product's, or by the median of its kind."""
    margin: Money | None
    """Price less cost."""
    margin_share: Decimal | None
    """Margin over price: 0.4 is forty per cent; null where the cost is not known."""
    cash_over: Money
    """What the pieces cost that lie or come beyond the level to order up to."""
    stock_value: Money
    """What the pieces that lie there cost."""
    target: Decimal
    """The share of pieces that is to leave from the shelf: 0.95."""
    reached: Decimal | None
    """The share that the replay of the last months reached; null: too little history."""
    has_supplier: bool
    """Somebody is named who supplies it."""


NUMBERS = ("on_hand", "available", "coming", "lead_days", "reorder_point", "quantity", "days_out", "target", "reached")
DIGITS = 6


def thing_facts(db: sqlite3.Connection, variant_id: int, currency: str) -> ThingFacts:
    """The facts of one thing. Raises LookupError where there is no plan of it."""
    row = db.execute(
        """select s.*, v.sku, p.type from stock_plans s join variants v on v.id = s.variant_id
           join products p on p.id = v.product_id where s.variant_id = ?""",
        [variant_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"no plan for thing {variant_id}")
    return _facts(row, currency)


def _facts(row: Mapping[str, Any], currency: str) -> ThingFacts:
    """Of a stored plan."""
    cost = row["cost_cents"]
    price, over = row["price_cents"], max(0, row["available"] + row["coming"] - row["order_up_to"])
    margin = price - cost if price is not None and cost is not None else None

    def money(cents: float | None) -> Decimal | None:
        return None if cents is None else from_cents(round(cents), currency)

    return ThingFacts(
        **{name: row[name] for name in ("sku", "type", "abc", "xyz", "method")},
        **{name: _number(row[name]) for name in NUMBERS},  # type: ignore[arg-type]
        is_known=bool(row["is_known"]),
        position=Decimal(row["available"] + row["coming"]),
        demand_week=_number(7 * row["demand_a_day"]) or Decimal(0),
        cover_days=_number(row["cover_days"]),
        days_short=_number(row["days_short"]) or Decimal(0),
        days_since_sold=Decimal(row["days_since_sold"]),
        days_known=Decimal(row["days_known"]),
        price=money(price),
        cost=money(cost),
        margin=money(margin),
        margin_share=_number(margin / price) if margin is not None and price else None,
        cash_over=money(over * (cost or 0)) or Decimal(0),
        stock_value=money(max(0, row["on_hand"]) * (cost or 0)) or Decimal(0),
        has_supplier=row["supplier_id"] is not None,
    )


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(float(value), DIGITS))).normalize()
