"""A shop that buys: gloves, socks and caps from a weaver in Vienna with a minimum, order days and packs."""

from datetime import date
from pathlib import Path

from shops import NOW, hire, make_shop

from ecomos.store import write
from ecomos.work import Shop

__all__ = ["NOW", "THINGS", "buying_shop", "hire", "plan_row", "thing"]

THINGS = {
    "GLV-M": ("Glove", "M", 400, 6, 12),
    "GLV-L": ("Glove", "L", 400, 6, 12),
    "SOCK": ("Sock", "Default Title", 250, 10, None),
    "CAP": ("Cap", "Default Title", 900, 4, None),
}
"""SKU → product, variant, cost in cents, pack, minimum."""


def buying_shop(path: Path, stage: int = 0, minimum: int = 20000) -> tuple[Shop, dict[str, int]]:
    """(shop, SKU → variant): one place, one supplier with four things."""
    shop = make_shop(path, stage=stage)
    with write(shop.db):
        db = shop.db
        db.execute("insert into channels(id, name, platform, currency) values (1, 'shopify', 'shopify', 'EUR')")
        db.execute("insert into locations(id, name) values (1, 'Ring 1')")
        db.execute(
            """insert into suppliers(id, name, email, language, minimum_cents, freight_cents, freight_free_cents,
                 order_days, lead_time_days)
               values (1, 'Weber Wien', 'orders@weber.example', 'de', ?, 1200, 50000, 'tue, thu', 10)""",
            [minimum],
        )
        variants = {sku: thing(shop, sku, *rest) for sku, rest in THINGS.items()}
    return shop, variants


def thing(shop: Shop, sku: str, product: str, title: str, cost: int, pack: int, minimum: int | None) -> int:
    """A variant that supplier 1 has."""
    db = shop.db
    db.execute(
        "insert into products(channel_id, handle, title, status) values (1, ?, ?, 'active') on conflict do nothing",
        [product.lower(), product],
    )
    (key,) = db.execute("select id from products where handle = ?", [product.lower()]).fetchone()
    row = db.execute(
        "insert into variants(product_id, sku, title, barcode, price_cents) values (?, ?, ?, ?, ?) returning id",
        [key, sku, title, f"90000{len(sku)}{sum(map(ord, sku)):07}", cost * 3],
    ).fetchone()
    db.execute(
        """insert into supplier_items(supplier_id, sku, variant_id, cost_cents, pack, minimum, supplier_sku)
           values (1, ?, ?, ?, ?, ?, ?)""",
        [sku, row[0], cost, pack, minimum, f"W-{sku}"],
    )
    return int(row[0])


def plan_row(
    shop: Shop,
    variant: int,
    *,
    cover: float,
    demand: float = 1.0,
    quantity: int = 0,
    deed: str = "leave",
    stake: int = 0,
) -> None:
    """What the night's plan would say of a thing."""
    with write(shop.db):
        shop.db.execute(
            """insert into stock_plans(variant_id, location_id, planned_at, as_of_on, method, demand_a_day, demand_sd,
                 days_counted, days_out, pieces_sold, lead_days, lead_low, lead_high, lead_source, target,
                 reorder_point, order_up_to, available, coming, cover_days, quantity, supplier_id, cost_cents,
                 deed, rule, margin_day_cents, stake_cents)
               values (?, 1, '2026-11-24T03:00:00Z', ?, 'smoothed', ?, 1.0, 180, 0, 180, 10, 5, 15, 'stated', 0.95,
                 12, 40, ?, 0, ?, ?, 1, 400, ?, 'below its reorder point', 300, ?)""",
            [variant, date(2026, 11, 23).isoformat(), demand, round(cover * demand), cover, quantity, deed, stake],
        )
