"""A stockroom for the tests of counts: three things in three bins, and people who count and decide."""

from pathlib import Path
from typing import Any

from shops import NOW, hire, make_shop

from ecomos.stock.hands import Hand
from ecomos.stock.moves import Move, book
from ecomos.store import iso, write
from ecomos.work import Shop

__all__ = ["BLUE", "PEOPLE", "PLATE", "RED", "Stockroom", "stock_things", "stockroom"]

BLUE, RED, PLATE = 1, 2, 3
SHOP_PLACE = 1
PEOPLE = {"Pia": "picker", "Ben": "packer", "Bea": "buyer", "Olga": "operations-lead", "Fiona": "founder"}


class Stockroom:
    """The shop, its people by name, its clock."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.db, self.now = shop, shop.db, NOW
        self.people = {name: hire(shop, name, role) for name, role in PEOPLE.items()}
        stock_things(shop)

    def at(self, name: str) -> Hand:
        """That person, now."""
        return Hand(self.people[name], frozenset({PEOPLE[name]}), self.now)

    def level(self, variant: int) -> Any:
        row = self.db.execute(
            "select on_hand from stock_levels where variant_id = ? and state = 'sellable'", [variant]
        ).fetchone()
        return row[0]

    def move(self, variant: int, pieces: int, bin_id: int | None = None) -> None:
        """Something comes or goes while somebody counts."""
        with write(self.db):
            kind = "receive" if pieces > 0 else "ship"
            move = Move(variant, SHOP_PLACE, pieces, kind, iso(self.now), "person:1", bin_id=bin_id)
            book(self.db, [move], iso(self.now))

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.db.execute(sql, values)]


def stock_things(shop: Shop) -> None:
    """Ten blue and six red mugs (3.20 and 3.10 each) and eight plates (5.00); blue lies in two bins, plates in none;
    walked: B-2 before A-1."""
    with write(shop.db) as db:
        db.execute(
            """insert into channels(id, name, platform, currency) values (1, 'shopify', 'shopify', 'EUR')
               on conflict do nothing"""
        )
        db.execute("insert into products(id, channel_id, handle, title) values (901, 1, 'mug', 'Mug')")
        db.execute("insert into products(id, channel_id, handle, title) values (902, 1, 'plate', 'Plate')")
        db.execute(
            """insert into variants(id, product_id, sku, title, barcode, price_cents, cost_cents) values
               (1, 901, 'MUG-B', 'Blue', '4006381333931', 1000, 320), (2, 901, 'MUG-R', 'Red', null, 1000, 310),
               (3, 902, 'PLT-1', 'Default Title', null, 1200, 500)"""
        )
        db.execute("insert into locations(id, name) values (1, 'Shop')")
        db.execute("insert into bins(id, location_id, name, walk) values (1, 1, 'A-1', 20), (2, 1, 'B-2', 10)")
        db.execute("insert into variant_bins values (1, 1), (1, 2), (2, 1)")
        before = "2026-11-20T08:00:00Z"
        for variant, pieces in ((BLUE, 10), (RED, 6), (PLATE, 8)):
            book(db, [Move(variant, 1, pieces, "opening", before, "import:1")], before)


def stockroom(path: Path) -> Stockroom:
    return Stockroom(make_shop(path, stage=1))
