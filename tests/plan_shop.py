"""A shop with sales, shelves and a supplier, written as the imports leave them, for the tests of what is planned."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from shops import STARTER, hire

from ecomos.playbook import read_folder
from ecomos.playbook.records import Policy
from ecomos.stock.moves import Move, book
from ecomos.stock.planning import Planned, plan
from ecomos.store import make_home, open_file, write
from ecomos.work import Shop

__all__ = [
    "LAST",
    "NOW",
    "POLICIES",
    "deliver",
    "hire",
    "item",
    "lies",
    "order",
    "plan_of",
    "planned",
    "sells",
    "shop_of",
    "supplier",
    "thing",
]

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LAST = date(2026, 11, 23)
"""The last complete day."""
POLICIES: dict[str, Policy] = dict(read_folder(STARTER / "playbook")[0].policies)


def shop_of(path: Path) -> Shop:
    """An empty shop in UTC, its playbook not adopted."""
    home = make_home(
        path / "shop", STARTER, name="Test shop", currency="EUR", time_zone="UTC", go_live=date(2026, 1, 1)
    )
    shop = Shop(home, open_file(home.db_path, create=True))
    with write(shop.db):
        shop.db.execute("insert into channels(id, name, platform, currency) values (1, 'shopify', 'shopify', 'EUR')")
    return shop


def supplier(db: sqlite3.Connection, name: str) -> int:
    """The supplier of that name, made where there is none."""
    with write(db):
        db.execute("insert into suppliers(name, currency) values (?, 'EUR') on conflict do nothing", [name])
    return int(db.execute("select id from suppliers where name = ?", [name]).fetchone()[0])


def thing(db: sqlite3.Connection, sku: str, cost_cents: int | None = 400, kind: str = "Kitchen") -> int:
    """A product with one variant at 14.00; gives the variant's id."""
    with write(db):
        product = db.execute(
            """insert into products(channel_id, handle, title, type, status)
               values (1, ?, ?, ?, 'active') returning id""",
            [sku.lower(), sku.split("-")[0].capitalize(), kind],
        ).fetchone()[0]
        row = db.execute(
            """insert into variants(product_id, sku, title, price_cents, cost_cents)
               values (?, ?, 'Default Title', 1400, ?) returning id""",
            [product, sku, cost_cents],
        ).fetchone()
    return int(row[0])


def order(shop: Shop, on: date, lines: Iterable[tuple[int, int]], **values: Any) -> int:
    """An order of that day: (variant, pieces) at 14.00 each; gives its id. Inside the caller's transaction."""
    number = shop.db.execute("select count(*) from orders").fetchone()[0] + 1
    discount = values.pop("discount_cents", 0)
    row = {
        "channel_id": 1,
        "number": f"#{number}",
        "placed_at": f"{on.isoformat()}T10:00:00Z",
        "placed_on": on.isoformat(),
        "currency": "EUR",
    } | values
    key = shop.db.execute(
        f"insert into orders({', '.join(row)}) values ({', '.join(':' + c for c in row)}) returning id", row
    ).fetchone()[0]
    for at, (variant, pieces) in enumerate(lines, 1):
        shop.db.execute(
            """insert into order_lines(order_id, line_no, variant_id, title, quantity, unit_price_cents, total_cents,
                 discount_cents) values (?, ?, ?, 'thing', ?, 1400, ?, ?)""",
            [key, at, variant, pieces, 1400 * pieces, discount],
        )
    return int(key)


def sells(shop: Shop, variant: int, pieces: Iterable[int], last: date = LAST) -> None:
    """Orders of so many pieces on the days that end with `last`; 0: none."""
    listed = list(pieces)
    with write(shop.db):
        for back, quantity in enumerate(reversed(listed)):
            if quantity:
                order(shop, last - timedelta(days=back), [(variant, quantity)])


def lies(shop: Shop, variant: int, pieces: int, on: date, kind: str = "snapshot") -> None:
    """So many pieces more (fewer) lie in place 1 since six in the morning of that day."""
    at = f"{on.isoformat()}T06:00:00Z"
    with write(shop.db):
        shop.db.execute("insert into locations(id, name) values (1, 'Shop') on conflict do nothing")
        book(shop.db, [Move(variant, 1, pieces, kind, at, "test")], at)


def item(shop: Shop, variant: int, sku: str, name: str = "Pottery", **terms: Any) -> int:
    """The supplier of that name has it: cost_cents, pack, minimum, lead_time_days; gives the supplier."""
    key = supplier(shop.db, name)
    row = {"supplier_id": key, "sku": sku, "variant_id": variant} | terms
    with write(shop.db):
        shop.db.execute(f"insert into supplier_items({', '.join(row)}) values ({', '.join(':' + c for c in row)})", row)
    return key


def deliver(shop: Shop, supplier_id: int, variant: int, sent: date, days: int, pieces: int = 10) -> None:
    """An order sent on that day and received so many days later."""
    with write(shop.db):
        shop.db.execute("insert into locations(id, name) values (1, 'Shop') on conflict do nothing")
        number = shop.db.execute("select count(*) from purchase_orders").fetchone()[0] + 1
        key = shop.db.execute(
            """insert into purchase_orders(number, supplier_id, location_id, currency, status, drafted_at, sent_at)
               values (?, ?, 1, 'EUR', 'received', ?1, ?) returning id""".replace("?1", "'2026-01-01T00:00:00Z'"),
            [f"PO-{number}", supplier_id, f"{sent.isoformat()}T09:00:00Z"],
        ).fetchone()[0]
        shop.db.execute(
            """insert into purchase_order_lines(purchase_order_id, line_no, variant_id, sku, title, quantity,
                 unit_cost_cents) values (?, 1, ?, 'X', 'thing', ?, 400)""",
            [key, variant, pieces],
        )
        came = sent + timedelta(days=days)
        receipt = shop.db.execute(
            """insert into receipts(purchase_order_id, location_id, received_at, received_on)
               values (?, 1, ?, ?) returning id""",
            [key, f"{came.isoformat()}T09:00:00Z", came.isoformat()],
        ).fetchone()[0]
        shop.db.execute(
            """insert into receipt_lines(receipt_id, line_no, order_line_no, variant_id, sku, quantity)
               values (?, 1, 1, ?, 'X', ?)""",
            [receipt, variant, pieces],
        )


def planned(shop: Shop, now: datetime = NOW, policies: dict[str, Policy] | None = None) -> Planned:
    """Plan by the starter's policies."""
    return plan(shop.db, shop.home, POLICIES if policies is None else policies, now)


def plan_of(shop: Shop, variant: int, *names: str) -> Any:
    """What the plan of a thing says: one value, or several as a dictionary."""
    row = shop.db.execute("select * from stock_plans where variant_id = ?", [variant]).fetchone()
    return row[names[0]] if len(names) == 1 else {name: row[name] for name in names}
