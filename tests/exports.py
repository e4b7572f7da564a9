"""Exports for the intake's tests: a store of one's own, Shopify files written row by row, real ones changed."""

import csv
import io
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ecomos.intake import Account, import_file
from ecomos.store import Home, make_home, open_file

STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,"
    "Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem fulfillment status,Billing Name,Shipping Name,"
    "Shipping Address1,Shipping City,Shipping Zip,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Refunded Amount,Vendor,Outstanding Balance,Id,Source,Lineitem discount,Tags,Phone,"
    "Payment Terms Name"
).split(",")
MUG = {
    "Name": "#2001",
    "Email": "ida@example.com",
    "Financial Status": "paid",
    "Paid at": "2026-11-20 10:00:05 +0100",
    "Fulfillment Status": "unfulfilled",
    "Currency": "EUR",
    "Subtotal": "20.00",
    "Shipping": "5.00",
    "Taxes": "4.00",
    "Total": "29.00",
    "Discount Amount": "0.00",
    "Created at": "2026-11-20 10:00:00 +0100",
    "Lineitem quantity": "2",
    "Lineitem name": "Mug - Blue",
    "Lineitem price": "10.00",
    "Lineitem sku": "MUG-B",
    "Lineitem requires shipping": "true",
    "Lineitem fulfillment status": "pending",
    "Billing Name": "Ida Adler",
    "Shipping Name": "Ida Adler",
    "Shipping Address1": "Ring 1",
    "Shipping City": "Wien",
    "Shipping Zip": "1010",
    "Shipping Country": "AT",
    "Refunded Amount": "0.00",
    "Vendor": "Pottery",
    "Outstanding Balance": "0.00",
    "Id": "7000000002001",
    "Source": "web",
}


@dataclass
class Desk:
    """A store to import into."""

    home: Home
    db: sqlite3.Connection
    folder: Path

    def load(self, text: str | bytes, now: datetime = NOW, name: str = "orders.csv", **how: Any) -> Account:
        """Write a file and import it."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return import_file(self.home, self.db, path, now, **how)

    def one(self, sql: str, *values: Any) -> Any:
        row = self.db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.db.execute(sql, values)]

    def events(self) -> list[tuple[str, str]]:
        """(order's number, kind) of every event about an order, in order."""
        return self.all(
            "select o.number, e.kind from events e join orders o on o.id = e.about_id where about_type = 'order' "
            "order by e.id"
        )

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """What the trade holds, to compare before and after; which import showed it last is left out."""
        tables = ("order_contacts", "order_lines", "payments", "refunds", "customers", "customer_keys", "products")
        orders = self.all(
            "select number, platform_id, placed_at, financial_status, fulfillment_status, total_cents, customer_id, "
            "refunded_cents, cancelled_at, paid_at, currency from orders order by id"
        )
        return {"orders": orders} | {t: self.all(f"select * from {t} order by 1, 2") for t in tables}


def make_desk(
    folder: Path, currency: str = "EUR", zone: str = "Europe/Vienna", go_live: date = date(2025, 5, 1)
) -> Desk:
    """A new home with an empty store."""
    home = make_home(folder / "shop", STARTER, name="Shop", currency=currency, time_zone=zone, go_live=go_live)
    drop = folder / "drop"
    drop.mkdir()
    return Desk(home, open_file(home.db_path, create=True), drop)


def write_csv(
    rows: Iterable[Mapping[str, str]], header: Iterable[str] = HEADER, separator: str = ",", end: str = "\n"
) -> str:
    """Rows as a file with that header."""
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(header), delimiter=separator, lineterminator=end, restval="", extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def order(**changed: str) -> dict[str, str]:
    """One paid order of two mugs; keywords with _ for the blanks of a column's name."""
    return MUG | {_column(name): value for name, value in changed.items()}


def line(number: str, title: str, **changed: str) -> dict[str, str]:
    """A continuation row, as Shopify writes it."""
    row = {"Name": number, "Created at": MUG["Created at"], "Lineitem quantity": "1", "Lineitem name": title}
    row |= {"Lineitem price": "10.00", "Lineitem requires shipping": "true", "Lineitem fulfillment status": "pending"}
    return row | {_column(name): value for name, value in changed.items()}


def _column(name: str) -> str:
    known = {h.lower().replace(" ", "_"): h for h in HEADER}
    return known[name.lower()]


def dev_store_rows(shared_data: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The header and the rows of the real export of 19 orders."""
    path = shared_data / "shopify" / "orders_dev_store_eur.csv"
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        return list(reader.fieldnames or []), rows
