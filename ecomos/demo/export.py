"""Orders of a shop that does not exist, in the platform's own export: 79 columns, a row for each line."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ecomos.demo.goods import GIFT_CARD, Good

__all__ = ["Buyer", "Sale", "write_orders"]

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,"
    "Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
    "Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,"
    "Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,"
    "Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,"
    "Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
).split(",")
BLANK = dict.fromkeys(HEADER, "")
"""A row without a value, in the order of the columns."""


@dataclass(frozen=True)
class Buyer:
    """Somebody who bought here."""

    name: str
    street: str
    zip: str
    city: str
    country: str
    number: int = 0
    """Told apart from another of the same name by it."""

    @property
    def email(self) -> str:
        """Where their mail would go; nothing is ever sent there."""
        first, _, last = self.name.lower().partition(" ")
        return f"{first}.{last.replace(' ', '.')}{self.number or ''}@example.com"


@dataclass
class Sale:
    """One order as the platform knows it; it changes while it is worked."""

    number: int
    at: datetime
    buyer: Buyer
    lines: list[tuple[Good, int]]
    fulfilled_at: datetime | None = None
    paid: str = "paid"
    paid_at: datetime | None = None
    """When the money came; the order's own time where it is paid and nothing else is said."""
    service: str = "DHL Standard"
    risk: str = "Low"
    address: bool = True
    email: bool = True
    gift_card: int = 0
    terms: str = ""
    cancelled_at: datetime | None = None
    notes: str = ""
    shipping_cents: int = 0
    discount_code: str = ""
    discount_cents: int = 0
    refunded_cents: int = 0
    shipped_lines: int = 0
    """How many of its lines, from the first on, left by another way: the order is split."""
    tags: str = ""
    prefix: str = "#"
    source: str = "web"

    @property
    def name(self) -> str:
        """The platform's number, as in #1001."""
        return f"{self.prefix}{self.number}"

    @property
    def total_cents(self) -> int:
        """What the customer pays, tax inside."""
        goods = sum(good.price_cents * quantity for good, quantity in self.lines)
        return goods + self.gift_card * 100 - self.discount_cents + self.shipping_cents


def write_orders(path: Path, sales: Iterable[Sale]) -> Path:
    """An export of these orders, the newest on top, as the platform writes it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for sale in sorted(sales, key=lambda s: (s.at, s.number), reverse=True):
            out.writerows((BLANK | row).values() for row in _rows(sale))
    return path


def _rows(sale: Sale) -> Iterator[dict[str, str]]:
    lines = [(good.sku, good.title, good.price_cents, quantity, True) for good, quantity in sale.lines]
    if sale.gift_card:
        lines.append(("", f"{GIFT_CARD} - €{sale.gift_card}", sale.gift_card * 100, 1, False))
    for n, (sku, title, price, quantity, ships) in enumerate(lines):
        row = {
            "Name": sale.name,
            "Created at": _stamp(sale.at),
            "Email": sale.buyer.email if sale.email else "",
            "Vendor": "Northside Goods",
            "Lineitem quantity": str(quantity),
            "Lineitem name": title,
            "Lineitem price": _money(price),
            "Lineitem sku": sku,
            "Lineitem requires shipping": str(ships).lower(),
            "Lineitem taxable": "true",
            "Lineitem fulfillment status": "fulfilled" if sale.fulfilled_at or n < sale.shipped_lines else "pending",
            "Lineitem discount": "0.00",
        }
        yield row | (_head(sale) if n == 0 else {})


def _stamp(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S %z") if at else ""


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _head(sale: Sale) -> dict[str, str]:
    pending, total = sale.paid == "pending", sale.total_cents
    method = "" if sale.terms else "Bank Deposit" if pending or sale.paid_at else "Shopify Payments"
    head = {
        "Financial Status": sale.paid,
        "Paid at": "" if pending else _stamp(sale.paid_at or sale.at),
        "Fulfillment Status": "fulfilled" if sale.fulfilled_at else "partial" if sale.shipped_lines else "unfulfilled",
        "Fulfilled at": _stamp(sale.fulfilled_at),
        "Accepts Marketing": "no",
        "Currency": "EUR",
        "Subtotal": _money(total - sale.shipping_cents),
        "Shipping": _money(sale.shipping_cents),
        "Taxes": _money(round(total / 6)),
        "Total": _money(total),
        "Discount Code": sale.discount_code,
        "Discount Amount": _money(sale.discount_cents),
        "Shipping Method": sale.service if sale.lines else "",
        "Refunded Amount": _money(sale.refunded_cents),
        "Outstanding Balance": _money(total if pending else 0),
        "Payment Method": method,
        "Payment Terms Name": sale.terms,
        "Cancelled at": _stamp(sale.cancelled_at),
        "Notes": sale.notes,
        "Tags": sale.tags,
        "Id": str((6_000_000_000_000 if sale.prefix == "#" else 7_000_000_000_000) + sale.number),
        "Risk Level": sale.risk,
        "Source": sale.source,
    }
    return head | (_address(sale.buyer) if sale.address and sale.lines else {})


def _address(buyer: Buyer) -> dict[str, str]:
    return {
        "Shipping Name": buyer.name,
        "Shipping Street": buyer.street,
        "Shipping Address1": buyer.street,
        "Shipping City": buyer.city,
        "Shipping Zip": f"'{buyer.zip}" if buyer.zip[0] in "01" else buyer.zip,
        "Shipping Country": buyer.country,
    }
