"""Who supplies what, at which cost, how soon: taken over from a list that the house keeps itself."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["SupplyRecord", "SupplyTally", "load_supplies"]

SHOWN = 10
ITEM = ("variant_id", "cost_cents", "pack", "minimum", "lead_time_days", "supplier_sku")
OF_ANY_ROW = (
    "email",
    "language",
    "currency",
    "minimum_cents",
    "phone",
    "contact",
    "payment_days",
    "order_days",
    "freight_cents",
    "freight_free_cents",
)
TERMS = (*OF_ANY_ROW, "lead_time_days")


@dataclass(frozen=True)
class SupplyRecord:
    """One row: a thing that a supplier has; without a SKU the terms of the supplier."""

    supplier: str
    sku: str | None
    line: int
    cost_cents: int | None = None
    pack: int | None = None
    minimum: int | None = None
    """The least that may be ordered of it, in pieces."""
    lead_time_days: int | None = None
    email: str | None = None
    language: str | None = None
    currency: str | None = None
    minimum_cents: int | None = None
    """The least that an order may be worth."""
    supplier_sku: str | None = None
    """Their number of it."""
    phone: str | None = None
    contact: str | None = None
    payment_days: int | None = None
    """Net days after the bill."""
    order_days: str | None = None
    """As `mon, thu`."""
    freight_cents: int | None = None
    """Of an order below the step."""
    freight_free_cents: int | None = None
    """From this value on freight is free."""


@dataclass
class SupplyTally:
    """What the list did, in rows of the file."""

    rows_new: int = 0
    rows_changed: int = 0
    suppliers: int = 0
    items: int = 0
    unknown: int = 0
    unmatched: dict[str, int] = field(default_factory=dict)


def load_supplies(db: sqlite3.Connection, records: Iterable[SupplyRecord]) -> SupplyTally:
    """Write suppliers by name and their things by SKU, inside the caller's transaction; what is not named stays.

    A SKU that no product has is kept and counted: its product may come later.
    """
    tally, seen = SupplyTally(), set[int]()
    variants = _variants(db)
    for record in records:
        supplier, terms = _save_supplier(db, record)
        seen.add(supplier)
        if record.sku is None:
            changed = terms
        else:
            tally.items += 1
            variant = variants.get(record.sku)
            if variant is None:
                tally.unknown += 1
                if len(tally.unmatched) < SHOWN:
                    tally.unmatched[record.sku] = 1
            changed = _save_item(db, supplier, variant, record)
        tally.rows_new += changed == "new"
        tally.rows_changed += changed == "changed"
    tally.suppliers = len(seen)
    return tally


def _variants(db: sqlite3.Connection) -> dict[str, int | None]:
    """SKU → the one variant that has it, in the channel that was there first."""
    found: dict[str, int | None] = {}
    for row in db.execute(
        """select v.sku, min(v.id) as id, count(*) as n from variants v join products p on p.id = v.product_id
           where v.sku is not null and v.sku <> '' group by v.sku, p.channel_id order by p.channel_id"""
    ):
        found.setdefault(row["sku"], row["id"] if row["n"] == 1 else None)
    return found


def _save_supplier(db: sqlite3.Connection, record: SupplyRecord) -> tuple[int, str]:
    """(its id, new, changed or same): an item's row knows the address, only a row of its own sets the other terms."""
    known = db.execute("select * from suppliers where name = ?", [record.supplier]).fetchone()
    if known is None:
        row = db.execute("insert into suppliers(name) values (?) returning id", [record.supplier]).fetchone()
        known = db.execute("select * from suppliers where id = ?", [row[0]]).fetchone()
        became = "new"
    else:
        became = "same"
    names = TERMS if record.sku is None else OF_ANY_ROW
    wanted = {name: getattr(record, name) for name in names}
    values = {n: known[n] for n in TERMS} | {n: v for n, v in wanted.items() if v is not None}
    if any(values[n] != known[n] for n in TERMS):
        db.execute(
            """update suppliers set email = :email, language = :language, currency = :currency,
                 minimum_cents = :minimum_cents, lead_time_days = :lead_time_days, phone = :phone, contact = :contact,
                 payment_days = :payment_days, order_days = :order_days, freight_cents = :freight_cents,
                 freight_free_cents = :freight_free_cents where id = :id""",
            {**values, "id": known["id"]},
        )
        became = "new" if became == "new" else "changed"
    return int(known["id"]), became


def _save_item(db: sqlite3.Connection, supplier: int, variant: int | None, record: SupplyRecord) -> str:
    known = db.execute(
        "select * from supplier_items where supplier_id = ? and sku = ?", [supplier, record.sku]
    ).fetchone()
    said = {"variant_id": variant} | {name: getattr(record, name) for name in ITEM[1:]}
    before = {name: known[name] for name in ITEM} if known else {"pack": 1}
    values = {n: said[n] if said[n] is not None else before.get(n) for n in ITEM}
    if known is not None and values == before:
        return "same"
    db.execute(
        """insert into supplier_items(supplier_id, sku, variant_id, cost_cents, pack, minimum, lead_time_days,
             supplier_sku)
           values (:supplier_id, :sku, :variant_id, :cost_cents, :pack, :minimum, :lead_time_days, :supplier_sku)
           on conflict(supplier_id, sku) do update set variant_id = excluded.variant_id,
             cost_cents = excluded.cost_cents, pack = excluded.pack, minimum = excluded.minimum,
             lead_time_days = excluded.lead_time_days, supplier_sku = excluded.supplier_sku""",
        {**values, "supplier_id": supplier, "sku": record.sku},
    )
    return "new" if known is None else "changed"
