"""A Shopify order export of a shop that does not exist: two files, yesterday's and this morning's, the same every
time."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

__all__ = ["write_exports"]

HEADER = (  # the platform's own 79 columns
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

GOODS = (
    ("TEE-BLK-M", "Cotton tee - Black / M", 24),
    ("TEE-BLK-L", "Cotton tee - Black / L", 24),
    ("TEE-WHT-M", "Cotton tee - White / M", 24),
    ("MUG-01", "Enamel mug", 14),
    ("CAP-GRN", "Field cap - Green", 29),
    ("BAG-CNV", "Canvas bag", 39),
    ("SOC-3", "Wool socks, 3 pairs", 18),
    ("", "Gift wrapping kit", 6),
)
PEOPLE = (
    ("Maria Lang", "Ringstrasse 12", "1010", "Wien", "AT"),
    ("Jonas Weber", "Lindenweg 3", "80331", "München", "DE"),
    ("Ana Costa", "Rua do Sol 41", "1200-109", "Lisboa", "PT"),
    ("Tom Baker", "14 Mill Lane", "BT1 5GS", "Belfast", "GB"),
    ("Eva Novak", "Dlouhá 7", "11000", "Praha", "CZ"),
    ("Luc Martin", "5 rue Haute", "69001", "Lyon", "FR"),
    ("Ida Holm", "Strandvej 88", "2100", "København", "DK"),
    ("Paolo Rossi", "Via Roma 9", "20121", "Milano", "IT"),
)


@dataclass
class Sale:
    """One order of the export."""

    number: int
    at: datetime
    person: int
    lines: list[tuple[int, int]]
    """(index of GOODS, quantity)."""
    fulfilled: bool = False
    paid: str = "paid"
    service: str = "DHL Standard"
    risk: str = "Low"
    address: bool = True
    email: bool = True
    gift_card: int = 0
    terms: str = ""
    cancelled: bool = False
    notes: str = ""
    extra: dict[str, str] = field(default_factory=dict)


def write_exports(folder: Path, now: datetime) -> tuple[Path, Path]:
    """Write the export of the evening before and that of this morning; gives their paths."""
    sales = list(_history(now))
    before = _write(folder / "orders_export_yesterday.csv", [*sales, *_open_before(now)])
    morning = [_grown(s) for s in (*sales, *_open_before(now))]
    return before, _write(folder / "orders_export_this_morning.csv", [*morning, *_this_morning(now)])


def _history(now: datetime) -> Iterator[Sale]:
    chance = random.Random(20261124)
    for n in range(36):
        at = now - timedelta(days=38 - n, hours=chance.randrange(0, 8))
        lines = [(chance.randrange(7), chance.randint(1, 3)) for _ in range(chance.randint(1, 3))]
        yield Sale(1001 + n, at, chance.randrange(len(PEOPLE)), lines, fulfilled=True)


def _open_before(now: datetime) -> Iterator[Sale]:
    yield Sale(1037, now - timedelta(hours=26), 5, [(1, 2), (6, 1)])
    yield Sale(1038, now - timedelta(hours=25), 6, [(4, 4)], risk="Medium")
    yield Sale(1039, now - timedelta(hours=25), 7, [(5, 20)], risk="High")
    yield Sale(1040, now - timedelta(hours=24), 3, [(2, 1), (7, 1)])
    yield Sale(1041, now - timedelta(hours=24), 0, [(0, 2), (3, 1)])
    yield Sale(1042, now - timedelta(hours=24), 1, [(4, 1)], service="DHL Express")
    yield Sale(1043, now - timedelta(hours=23), 2, [(5, 1)], paid="pending")
    yield Sale(1044, now - timedelta(hours=23), 3, [], gift_card=50)
    yield Sale(1045, now - timedelta(hours=23), 4, [(1, 1)], address=False)


def _this_morning(now: datetime) -> Iterator[Sale]:
    at = now - timedelta(hours=2)
    for n in range(9):
        yield Sale(1046 + n, at + timedelta(minutes=3 * n), n % 8, [(n % 7, 1 + n % 2), ((n + 3) % 7, 1)])
    yield Sale(1055, at + timedelta(minutes=30), 5, [(5, 2), (7, 1)], service="DHL Express")
    yield Sale(1056, at + timedelta(minutes=33), 6, [(4, 12)], risk="High")
    yield Sale(1057, at + timedelta(minutes=36), 7, [(2, 1)], address=False, email=False)
    yield Sale(1058, at + timedelta(minutes=39), 0, [(6, 40)], paid="pending", terms="Net 14")
    yield Sale(
        1059, at + timedelta(minutes=42), 1, [(3, 2)], gift_card=25, notes="For my sister.\nPlease no invoice inside."
    )
    yield Sale(1060, at + timedelta(minutes=45), 2, [(1, 1)], paid="pending")
    yield Sale(1061, at + timedelta(minutes=48), 3, [(0, 1)], cancelled=True)


def _grown(sale: Sale) -> Sale:
    """What the night changed: one open order was shipped in the platform."""
    if sale.number == 1042:
        sale.fulfilled = True
    return sale


def _write(path: Path, sales: list[Sale]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, HEADER)
        out.writeheader()
        for sale in reversed(sales):
            out.writerows(_rows(sale))
    return path


def _rows(sale: Sale) -> Iterator[dict[str, str]]:
    lines = [(GOODS[i][0], GOODS[i][1], GOODS[i][2], q, True) for i, q in sale.lines]
    if sale.gift_card:
        lines.append(("", f"Gift Card - €{sale.gift_card}", sale.gift_card, 1, False))
    total = sum(price * quantity for _, _, price, quantity, _ in lines)
    stamp = sale.at.strftime("%Y-%m-%d %H:%M:%S %z")
    for n, (sku, title, price, quantity, ships) in enumerate(lines):
        row = {
            "Name": f"#{sale.number}",
            "Created at": stamp,
            "Email": _email(sale),
            "Vendor": "Northside Goods",
            "Lineitem quantity": str(quantity),
            "Lineitem name": title,
            "Lineitem price": f"{price}.00",
            "Lineitem sku": sku,
            "Lineitem requires shipping": str(ships).lower(),
            "Lineitem taxable": "true",
            "Lineitem fulfillment status": "fulfilled" if sale.fulfilled else "pending",
            "Lineitem discount": "0.00",
        }
        yield row | (_head(sale, total, stamp) if n == 0 else {})


def _email(sale: Sale) -> str:
    first, _, last = PEOPLE[sale.person][0].lower().partition(" ")
    return f"{first}.{last}@example.com" if sale.email else ""


def _head(sale: Sale, total: int, stamp: str) -> dict[str, str]:
    name, street, zip_code, city, country = PEOPLE[sale.person]
    pending = sale.paid == "pending"
    done = (sale.at + timedelta(hours=20)).strftime("%Y-%m-%d %H:%M:%S %z")
    head = {
        "Financial Status": sale.paid,
        "Paid at": "" if pending else stamp,
        "Fulfillment Status": "fulfilled" if sale.fulfilled else "unfulfilled",
        "Fulfilled at": done if sale.fulfilled else "",
        "Accepts Marketing": "no",
        "Currency": "EUR",
        "Subtotal": f"{total}.00",
        "Shipping": "0.00",
        "Taxes": f"{total / 6:.2f}",
        "Total": f"{total}.00",
        "Discount Amount": "0.00",
        "Shipping Method": sale.service if sale.lines else "",
        "Refunded Amount": "0.00",
        "Outstanding Balance": f"{total}.00" if pending else "0.00",
        "Payment Method": "" if sale.terms else "Bank Deposit" if pending else "Shopify Payments",
        "Payment Terms Name": sale.terms,
        "Cancelled at": stamp if sale.cancelled else "",
        "Notes": sale.notes,
        "Id": str(6_000_000_000_000 + sale.number),
        "Risk Level": sale.risk,
        "Source": "web",
    }
    if sale.address and sale.lines:
        head |= {
            "Shipping Name": name,
            "Shipping Street": street,
            "Shipping Address1": street,
            "Shipping City": city,
            "Shipping Zip": f"'{zip_code}" if zip_code[0] in "01" else zip_code,
            "Shipping Country": country,
        }
    return head
