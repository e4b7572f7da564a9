"""What the demo shop sells: about 250 products with variants, SKU, barcode and cost, and their products export."""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CARD_VALUES", "GIFT_CARD", "Good", "Product", "catalogue", "write_products"]

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,"
    "Variant Requires Shipping,Variant Barcode,Gift Card,Cost per item,Status"
).split(",")

GIFT_CARD = "Gift Card"
CARD_VALUES = (25, 50, 100)


@dataclass(frozen=True)
class Good:
    """One variant, as a line of an order names it."""

    sku: str
    title: str
    price_cents: int


@dataclass(frozen=True)
class Product:
    """A product of the export; each variant is (options, SKU, barcode)."""

    handle: str
    title: str
    type: str
    options: tuple[str, ...]
    price_cents: int
    cost_cents: int
    variants: tuple[tuple[tuple[str, ...], str, str], ...]
    wanted: float
    """How often it is bought, against the others."""

    def goods(self) -> Iterator[Good]:
        """Its variants as lines name them: `Cotton tee - Black / M`."""
        for options, sku, _ in self.variants:
            title = f"{self.title} - {' / '.join(options)}" if options else self.title
            yield Good(sku, title, self.price_cents)


@dataclass(frozen=True)
class _Line:
    """A family of products: each material makes one of them."""

    type: str
    code: str
    noun: str
    price: tuple[int, int]
    cost_share: float
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()


_Made = tuple[tuple[str, ...], str, str]

LETTERS, SHOES = ("S", "M", "L", "XL"), ("36-39", "40-43", "44-47")
LINES = (
    _Line("Clothing", "TSH", "tee", (22, 34), 0.38, ("Black", "White", "Sand"), LETTERS),
    _Line("Clothing", "SWT", "sweater", (49, 89), 0.42, ("Navy", "Oat"), LETTERS),
    _Line("Clothing", "SOK", "socks", (9, 19), 0.33, ("Grey", "Green"), SHOES),
    _Line("Clothing", "SCF", "scarf", (29, 59), 0.4, ("Rust", "Blue")),
    _Line("Bags", "TOT", "tote", (24, 44), 0.36, ("Natural", "Black")),
    _Line("Bags", "PCK", "day pack", (59, 99), 0.45, ("Olive", "Black")),
    _Line("Kitchen", "MUG", "mug", (12, 24), 0.3, ("White", "Blue", "Speckled")),
    _Line("Kitchen", "BWL", "bowl", (15, 32), 0.32, ("White", "Sand")),
    _Line("Kitchen", "CLT", "tea towel", (9, 16), 0.35),
    _Line("Home", "CND", "candle", (14, 29), 0.28, ("Cedar", "Fig", "Smoke")),
    _Line("Home", "BLK", "blanket", (69, 129), 0.48, ("Grey", "Rust")),
    _Line("Home", "VAS", "vase", (25, 55), 0.34),
    _Line("Paper", "NTB", "notebook", (8, 18), 0.29, ("Lined", "Blank")),
    _Line("Paper", "PRT", "print", (18, 39), 0.22, (), ("A4", "A3")),
    _Line("Care", "SOP", "soap", (6, 11), 0.3, ("Lavender", "Pine")),
)
MATERIALS = (
    "Linen", "Heavy", "Striped", "Washed", "Field", "Harbour", "Alpine", "Winter", "Garden",
    "Workshop", "Studio", "Island", "Meadow", "Quiet", "Northern", "Evening",
)  # fmt: skip
OWN = (
    ("TEE", "Cotton tee", 2400, (("BLK-M", "Black", "M"), ("BLK-L", "Black", "L"), ("WHT-M", "White", "M"))),
    ("MUG", "Enamel mug", 1400, (("01",),)),
    ("CAP", "Field cap", 2900, (("GRN", "Green"),)),
    ("BAG", "Canvas bag", 3900, (("CNV",),)),
    ("SOC", "Wool socks, 3 pairs", 1800, (("3",),)),
)
"""What the shop began with, and what the morning's orders are about."""


def catalogue(seed: int) -> list[Product]:
    """Every product, the same for the same seed: those the shop began with first."""
    chance, number = random.Random(seed), 0
    found = []
    for code, title, price, variants in OWN:
        made: list[_Made] = []
        for suffix, *names in variants:
            number += 1
            made.append((tuple(names), f"{code}-{suffix}", _barcode(number)))
        found.append(Product(_handle(title), title, "Basics", _names(made), price, round(price * 0.36), tuple(made), 6))
    for line in LINES:
        for material in MATERIALS:
            made = []
            for n, options in enumerate(_options(line), 1):
                number += 1
                made.append((options, f"{line.code}-{material[:3].upper()}-{n:02}", _barcode(number)))
            price = chance.randint(*line.price) * 100 - chance.choice((0, 0, 10, 50))
            cost = round(price * line.cost_share * chance.uniform(0.9, 1.1))
            title = f"{material} {line.noun}"
            wanted = chance.paretovariate(1.3)
            found.append(
                Product(_handle(title), title, line.type, _names(made), price, cost, tuple(made), min(wanted, 12))
            )
    return found


def _options(line: _Line) -> list[tuple[str, ...]]:
    colours, sizes = line.colours or ("",), line.sizes or ("",)
    return [tuple(x for x in (colour, size) if x) for colour in colours for size in sizes]


def _names(made: Sequence[tuple[tuple[str, ...], str, str]]) -> tuple[str, ...]:
    return ("Colour", "Size")[: len(made[0][0])]


def _handle(title: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())


def _barcode(number: int) -> str:
    """A thirteen-digit number with its check digit, from the range that shops may use inside the house.

    >>> _barcode(1)
    '2000000000015'
    """
    digits = f"20{number:010}"
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return f"{digits}{-(odd + 3 * even) % 10}"


def write_products(path: Path, products: Sequence[Product]) -> Path:
    """The platform's products export: a row for each variant, a product's own values on its first row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, HEADER)
        out.writeheader()
        for product in products:
            out.writerows(_rows(product))
        out.writerows(_card_rows())
    return path


def _rows(product: Product) -> Iterator[dict[str, str]]:
    for n, (options, sku, barcode) in enumerate(product.variants):
        row = {
            "Handle": product.handle,
            "Option1 Value": options[0] if options else "Default Title",
            "Option2 Value": options[1] if len(options) > 1 else "",
            "Variant SKU": sku,
            "Variant Price": f"{product.price_cents / 100:.2f}",
            "Variant Requires Shipping": "true",
            "Variant Barcode": f"'{barcode}",
            "Cost per item": f"{product.cost_cents / 100:.2f}",
        }
        yield row | (_head(product.title, product.type, (*product.options, "Title")) if n == 0 else {})


def _card_rows() -> Iterator[dict[str, str]]:
    for n, value in enumerate(CARD_VALUES):
        row = {
            "Handle": "gift-card",
            "Option1 Value": f"€{value}",
            "Variant Price": f"{value}.00",
            "Variant Requires Shipping": "false",
        }
        head = _head(GIFT_CARD, "Gift cards", ("Denominations",)) | {"Gift Card": "true"}
        yield row | (head if n == 0 else {})


def _head(title: str, kind: str, names: tuple[str, ...]) -> dict[str, str]:
    return {
        "Title": title,
        "Vendor": "Northside Goods",
        "Type": kind,
        "Published": "true",
        "Option1 Name": names[0],
        "Option2 Name": names[1] if len(names) > 2 else "",
        "Gift Card": "false",
        "Status": "active",
    }
