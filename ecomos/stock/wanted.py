"""A thing that somebody wants to order: its supplier, its pack, and whether it stands on another order already."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from ecomos.orders.products import DEFAULT

__all__ = ["Wanted", "wanted_thing"]


@dataclass(frozen=True)
class Wanted:
    """A thing that was chosen, with its supplier."""

    variant_id: int
    location_id: int
    quantity: int
    supplier_id: int
    sku: str
    title: str
    pack: int
    minimum: int | None
    supplier_sku: str | None = None


def wanted_thing(
    db: sqlite3.Connection, variant: int, place: int, quantity: int, supplier: int | None = None
) -> Wanted | str:
    """The thing with its supplier (the one that is named, else the planned one), or why it can't be ordered."""
    thing = db.execute(
        """select v.sku, v.title, p.title as product from variants v join products p on p.id = v.product_id
           where v.id = ?""",
        [variant],
    ).fetchone()
    if thing is None or not thing["sku"]:
        return f"Thing {variant} has no SKU: give it one in the platform, then it can be ordered."
    if quantity <= 0:
        return f"{thing['sku']}: nothing is to be ordered."
    item = _supplied(db, variant, place, thing["sku"], supplier)
    if item is None:
        return f"{thing['sku']} has no supplier yet: name one on the page Suppliers."
    standing = _standing(db, variant, place, item["supplier_id"])
    if standing:
        return f"{thing['sku']} stands on {standing} already."
    title = thing["product"] if thing["title"] == DEFAULT else f"{thing['product']}, {thing['title']}"
    return Wanted(
        variant, place, quantity, item["supplier_id"], thing["sku"], title, item["pack"] or 1, item["minimum"],
        item["supplier_sku"],
    )  # fmt: skip


def _supplied(db: sqlite3.Connection, variant: int, place: int, sku: str, supplier: int | None) -> Any:
    """The named supplier, else the one that the plan names, else the one with the lowest cost."""
    return db.execute(
        """select i.* from supplier_items i
           left join stock_plans s on s.variant_id = ?1 and s.location_id = ?2 and s.supplier_id = i.supplier_id
           where (i.variant_id = ?1 or (i.variant_id is null and i.sku = ?3)) and (?4 is null or i.supplier_id = ?4)
           order by s.supplier_id is null, i.cost_cents is null, i.cost_cents, i.supplier_id limit 1""",
        [variant, place, sku, supplier],
    ).fetchone()


def _standing(db: sqlite3.Connection, variant: int, place: int, supplier: int) -> str:
    """The order that has this thing where it can't be changed: asked for, or a draft to another supplier."""
    row = db.execute(
        """select o.number, o.status, s.name from purchase_order_lines l
           join purchase_orders o on o.id = l.purchase_order_id join suppliers s on s.id = o.supplier_id
           where l.variant_id = ? and o.location_id = ?
             and (o.status = 'asked' or (o.status = 'draft' and o.supplier_id <> ?)) limit 1""",
        [variant, place, supplier],
    ).fetchone()
    if row is None:
        return ""
    return f"{row['number']} to {row['name']}, " + (
        "which waits for approval" if row["status"] == "asked" else "a draft"
    )
