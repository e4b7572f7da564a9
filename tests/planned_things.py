"""Things, places and plans for the stock pages' tests, written as the planner and the imports leave them."""

import sqlite3
from typing import Any

from ecomos.store import write

PLAN = {
    "planned_at": "2026-11-24T03:00:00Z",
    "as_of_on": "2026-11-23",
    "method": "smoothed",
    "demand_a_day": 0.75,
    "demand_sd": 0.9,
    "days_counted": 56,
    "days_out": 9,
    "pieces_sold": 42,
    "lead_days": 15.0,
    "lead_low": 12.0,
    "lead_high": 21.0,
    "lead_source": "measured",
    "receipts": 7,
    "target": 0.95,
    "reorder_point": 20,
    "order_up_to": 41,
    "available": 8,
    "coming": 0,
    "cover_days": 10.7,
    "quantity": 24,
    "cost_cents": 400,
    "cost_source": "supplier",
    "price_cents": 1400,
    "pack": 12,
    "minimum": 12,
    "abc": "A",
    "xyz": "Y",
    "deed": "order",
    "rule": "below its reorder point",
    "bucket": "must be ordered now",
    "margin_day_cents": 750,
    "cash_cents": 9600,
    "stake_cents": 750,
    "order_by_on": "2026-11-26",
}


def thing(db: sqlite3.Connection, sku: str, name: str = "", cost_cents: int | None = 400) -> int:
    """A product with one variant in a place called Shop; gives the variant's id."""
    with write(db):
        db.execute(
            "insert into channels(id, name, platform, currency) values (1, 'shopify', 'shopify', 'EUR')"
            " on conflict do nothing"
        )
        db.execute("insert into locations(id, name) values (1, 'Shop') on conflict do nothing")
        product = db.execute(
            """insert into products(channel_id, handle, title, type, status)
               values (1, ?, ?, 'Kitchen', 'active') returning id""",
            [sku.lower(), name or sku.split("-")[0].capitalize()],
        ).fetchone()[0]
        row = db.execute(
            """insert into variants(product_id, sku, title, price_cents, cost_cents)
               values (?, ?, 'Default Title', 1400, ?) returning id""",
            [product, sku, cost_cents],
        ).fetchone()
    return int(row[0])


def supplier(db: sqlite3.Connection, name: str) -> int:
    """The supplier of that name, made where there is none."""
    with write(db):
        db.execute("insert into suppliers(name, currency) values (?, 'EUR') on conflict do nothing", [name])
    return int(db.execute("select id from suppliers where name = ?", [name]).fetchone()[0])


def plan_row(db: sqlite3.Connection, variant: int, **values: Any) -> None:
    """The plan of a thing, replacing the one before."""
    named = values.pop("supplier", "Pottery")
    row = (
        PLAN | values | {"variant_id": variant, "location_id": 1, "supplier_id": supplier(db, named) if named else None}
    )
    columns = ", ".join(row)
    with write(db):
        db.execute("delete from stock_plans where variant_id = ?", [variant])
        db.execute(
            f"insert into stock_plans({columns}) values ({', '.join(':' + c for c in row)})",
            row,
        )
