"""What lies on the demo shop's shelf, who supplies it and how soon: it runs down as parcels leave, is ordered anew, and
a late delivery makes a gap. Written as the platform's inventory export and as the house's list of suppliers."""

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ecomos.demo.export import Sale
from ecomos.demo.goods import Product

__all__ = ["LOCATION", "SUPPLIERS", "Shelf", "write_suppliers"]

LOCATION = "Warehouse Vienna"
HEADER = (
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,SKU,HS Code,COO,Location,Incoming,Unavailable,"
    "Committed,Available,On hand"
).split(",")
PACK, LATE, LATE_BY = 3, 0.09, 12
SLOW, LEAST, LEAST_SLOW = 0.015, 6, 4
"""What is always kept of a thing, and of one that sells less than once in two months."""
LINES_AN_ORDER = 2.2
"""Pieces of merchandise in an ordinary order."""


@dataclass(frozen=True)
class Supplier:
    """Somebody from whom the shop buys."""

    name: str
    email: str
    types: tuple[str, ...]
    """The product types that come from there."""
    lead_days: int
    minimum: int
    """The least that an order may be worth, in the store's currency."""


SUPPLIERS = (
    Supplier("Baltic Basics", "orders@baltic-basics.example", ("Basics",), 9, 300),
    Supplier("Nordfaden Textil", "auftrag@nordfaden.example", ("Clothing",), 16, 500),
    Supplier("Lagoa Bags", "sales@lagoa-bags.example", ("Bags",), 21, 600),
    Supplier("Töpferei Linz", "werkstatt@toepferei-linz.example", ("Kitchen",), 12, 200),
    Supplier("Haus & Licht", "bestellung@haus-licht.example", ("Home",), 10, 250),
    Supplier("Papier Brno", "objednavky@papier-brno.example", ("Paper",), 6, 100),
    Supplier("Seifenmanufaktur Graz", "office@seife-graz.example", ("Care",), 7, 80),
)


@dataclass
class Bought:
    """A line of an order at a supplier, as the tool before ecomos kept it."""

    number: str
    supplier: str
    sku: str
    pieces: int
    ordered_on: date
    promised_on: date
    comes_on: date
    came_on: date | None = None


class Shelf:
    """Pieces of each SKU, and what is on its way."""

    def __init__(self, products: Sequence[Product], orders_a_day: float, chance: random.Random) -> None:
        self.products, self.chance = products, chance
        pieces = orders_a_day * LINES_AN_ORDER / sum(p.wanted for p in products)
        self.a_day = {sku: pieces * p.wanted / len(p.variants) for p in products for _, sku, _ in p.variants}
        self.lead = {sku: _supplier(p).lead_days for p in products for _, sku, _ in p.variants}
        self.level = {sku: round(self._aim(sku) * chance.uniform(0.55, 1.0)) for sku in self.a_day}
        self.supplier = {sku: _supplier(p) for p in products for _, sku, _ in p.variants}
        self.cost = {sku: p.cost_cents for p in products for _, sku, _ in p.variants}
        self.coming: list[Bought] = []
        self.bought: list[Bought] = []
        """Everything that was ordered, what has come included."""
        self.told: dict[str, tuple[int, int, int]] = {}
        """What the last export said of each: on its way, there, sold and still there."""
        self.moved: set[str] = set()
        """What came or left since then."""

    def _least(self, sku: str) -> int:
        return LEAST_SLOW if self.a_day[sku] < SLOW else LEAST

    def _aim(self, sku: str) -> float:
        return self._least(sku) + self.a_day[sku] * (self.lead[sku] + 45)

    def night(self, day: date) -> None:
        """Deliveries that come in, and orders of what runs low; now and then one is late."""
        for line in [c for c in self.coming if c.comes_on <= day]:
            self.level[line.sku] += line.pieces
            self.moved.add(line.sku)
            line.came_on = day
        self.coming = [c for c in self.coming if c.comes_on > day]
        on_way = {c.sku: c.pieces for c in self.coming}
        for sku, left in self.level.items():
            if left + on_way.get(sku, 0) <= self._least(sku) / 2 + self.a_day[sku] * (self.lead[sku] + 9):
                self._order(sku, left, day)

    def _order(self, sku: str, left: int, day: date) -> None:
        """One line of the day's order at its supplier; now and then one is late, most are a day or two off."""
        late = LATE_BY if self.chance.random() < LATE else self.chance.choice((-1, 0, 0, 1, 2))
        pieces = -(-round(self._aim(sku) - max(left, 0)) // PACK) * PACK
        supplier, promised = self.supplier[sku], day + timedelta(days=self.lead[sku])
        number = f"OLD-{day:%y%m%d}-{SUPPLIERS.index(supplier) + 1}"
        line = Bought(number, supplier.name, sku, max(PACK, pieces), day, promised, promised + timedelta(days=late))
        self.coming.append(line)
        self.bought.append(line)

    def take(self, sale: Sale) -> None:
        """What left with its parcel."""
        for good, quantity in sale.lines:
            if good.sku in self.level:
                self.level[good.sku] = max(0, self.level[good.sku] - quantity)
                self.moved.add(good.sku)

    def short_line(self, sale: Sale) -> int | None:
        """The number of the first line of which not enough lies here."""
        for n, (good, quantity) in enumerate(sale.lines, 1):
            if self.level.get(good.sku, quantity) < quantity:
                return n
        return None

    def run_down(self, left: dict[str, int]) -> None:
        """What the shelf comes to for the morning, whose export is a whole one."""
        self.level |= left
        self.told.clear()
        self.bought = [b for b in self.bought if b.came_on or b.sku not in left]
        self.coming = [c for c in self.coming if c.sku not in left]

    def write(self, path: Path, open_sales: Iterable[Sale]) -> Path:
        """The platform's inventory export, of what it did not tell before: what is sold and has not left is committed.

        What nothing happened to since is left out: to read it each day changes nothing, and is most of the file.
        """
        numbers = self._numbers(open_sales)
        news = {sku for sku, told in numbers.items() if sku in self.moved or self.told.get(sku) != told}
        self.told, self.moved = numbers, set()
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(HEADER)
            for product in self.products:
                for options, sku, _ in product.variants:
                    if sku in news or not news:
                        out.writerow(_row(product, options, sku, *numbers[sku]))
        return path

    def _numbers(self, open_sales: Iterable[Sale]) -> dict[str, tuple[int, int, int]]:
        """SKU → pieces on their way, there, sold and still there."""
        committed: dict[str, int] = {}
        for sale in open_sales:
            for good, quantity in sale.lines:
                committed[good.sku] = committed.get(good.sku, 0) + quantity
        on_way: dict[str, int] = {}
        for line in self.coming:
            on_way[line.sku] = on_way.get(line.sku, 0) + line.pieces
        return {sku: (on_way.get(sku, 0), left, committed.get(sku, 0)) for sku, left in self.level.items()}

    def write_bought(self, folder: Path) -> tuple[Path, Path]:
        """What the tool before ecomos exports: its purchase orders, and what came of them."""
        orders, receipts = folder / "purchase_orders.csv", folder / "receipts.csv"
        with orders.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow("PO number,Supplier,SKU,Quantity,Unit cost,Ordered on,Expected on".split(","))
            for b in self.bought:
                cost = f"{self.cost[b.sku] / 100:.2f}"
                out.writerow((b.number, b.supplier, b.sku, b.pieces, cost, b.ordered_on, b.promised_on))
        with receipts.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow("PO number,SKU,Received,Received on".split(","))
            out.writerows((b.number, b.sku, b.pieces, b.came_on) for b in self.bought if b.came_on)
        return orders, receipts


def _row(
    product: Product, options: tuple[str, ...], sku: str, on_way: int, on_hand: int, committed: int
) -> tuple[object, ...]:
    names = product.options or ("Title",)
    first = (names[0], options[0] if options else "Default Title")
    second = (names[1], options[1]) if len(options) > 1 else ("", "")
    place = (sku, "", "", LOCATION, on_way, 0, committed, on_hand - committed, on_hand)
    return (product.handle, product.title, *first, *second, *place)


def _supplier(product: Product) -> Supplier:
    return next(s for s in SUPPLIERS if product.type in s.types)


def write_suppliers(path: Path, products: Sequence[Product]) -> Path:
    """The list that the house keeps: each supplier's terms, then each thing with its cost and pack."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow("SKU,Supplier,Cost,Pack,Minimum,Lead time (days),E-mail,Minimum order value".split(","))
        for s in SUPPLIERS:
            out.writerow(("", s.name, "", "", "", s.lead_days, s.email, f"{s.minimum}.00"))
        for product in products:
            supplier = _supplier(product)
            for _, sku, _ in product.variants:
                cost = f"{product.cost_cents / 100:.2f}"
                out.writerow((sku, supplier.name, cost, PACK, PACK, supplier.lead_days, "", ""))
    return path
