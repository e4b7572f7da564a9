"""A supplier's things, and new suppliers, written on the page; lists are taken in by the import of suppliers."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ecomos.errors import Refused, WrongUsage
from ecomos.stock.terms import must_buy, supplier_terms
from ecomos.store import write

__all__ = ["Item", "add_supplier", "items_of", "remove_item", "save_item"]


@dataclass(frozen=True)
class Item:
    """A thing that a supplier has."""

    sku: str
    cost_cents: int | None
    """A piece, in the supplier's currency; a price list goes before it."""
    pack: int = 1
    minimum: int | None = None
    """Pieces, the least that is ordered of it."""
    lead_time_days: int | None = None
    """Calendar days; None: the supplier's."""
    supplier_sku: str | None = None
    """Their number of it."""
    variant_id: int | None = None
    title: str = ""


def items_of(db: sqlite3.Connection, supplier_id: int) -> list[Item]:
    """Everything that a supplier has, by SKU."""
    rows = db.execute(
        """select i.*, p.title as product, v.title as variant from supplier_items i
           left join variants v on v.id = i.variant_id left join products p on p.id = v.product_id
           where i.supplier_id = ? order by i.sku""",
        [supplier_id],
    )
    return [
        Item(
            r["sku"], r["cost_cents"], r["pack"], r["minimum"], r["lead_time_days"], r["supplier_sku"],
            r["variant_id"], _title(r["product"], r["variant"]),
        )
        for r in rows
    ]  # fmt: skip


def _title(product: str | None, variant: str | None) -> str:
    if product is None:
        return "no product has this SKU"
    return product if variant in (None, "Default Title") else f"{product}, {variant}"


def save_item(db: sqlite3.Connection, supplier_id: int, item: Item, person: int, now: datetime) -> None:
    """Write a thing of a supplier by its SKU. Raises WrongUsage for a number that can't be meant."""
    must_buy(db, person, now.date())
    sku = item.sku.strip()
    if not sku:
        raise WrongUsage("Write the SKU, as the product has it.")
    if item.pack < 1 or any(n is not None and n < 0 for n in (item.cost_cents, item.minimum, item.lead_time_days)):
        raise WrongUsage("A pack has one piece at the least; cost, minimum and days are not below 0.")
    with write(db):
        supplier_terms(db, supplier_id)
        found = db.execute("select min(id), count(*) from variants where sku = ? collate nocase", [sku]).fetchone()
        db.execute(
            """insert into supplier_items(supplier_id, sku, variant_id, cost_cents, pack, minimum, lead_time_days,
                 supplier_sku) values (?, ?, ?, ?, ?, ?, ?, ?)
               on conflict(supplier_id, sku) do update set variant_id = coalesce(variant_id, excluded.variant_id),
                 cost_cents = excluded.cost_cents, pack = excluded.pack, minimum = excluded.minimum,
                 lead_time_days = excluded.lead_time_days, supplier_sku = excluded.supplier_sku""",
            [supplier_id, sku, found[0] if found[1] == 1 else None, item.cost_cents, item.pack, item.minimum,
             item.lead_time_days, (item.supplier_sku or "").strip() or None],
        )  # fmt: skip


def remove_item(db: sqlite3.Connection, supplier_id: int, sku: str, person: int, now: datetime) -> None:
    """Take a thing off a supplier; its price list goes with it, its orders stay."""
    must_buy(db, person, now.date())
    with write(db):
        db.execute("delete from supplier_prices where supplier_id = ? and sku = ?", [supplier_id, sku])
        db.execute("delete from supplier_items where supplier_id = ? and sku = ?", [supplier_id, sku])


def add_supplier(db: sqlite3.Connection, name: str, person: int, now: datetime) -> int:
    """A new supplier; gives its number. Raises Refused where one has that name."""
    must_buy(db, person, now.date())
    name = " ".join(name.split())
    if not name:
        raise WrongUsage("Write the supplier's name.")
    with write(db):
        there = db.execute("select name from suppliers where name = ? collate nocase", [name]).fetchone()
        if there:
            raise Refused(f"{there['name']} is there already.")
        return int(db.execute("insert into suppliers(name) values (?) returning id", [name]).fetchone()[0])
