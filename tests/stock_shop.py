"""A desk where stock is counted: exports written as the platform would write them after what was done there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from exports import Desk, line, make_desk, order, write_csv

from ecomos.orders.deeds import DEEDS
from ecomos.playbook.catalogue import Doer
from ecomos.stock.shipping import after_ship
from ecomos.store import iso, write

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PRODUCTS = (
    "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Status\n"
    "mug,Mug,Colour,Blue,MUG-B,10.00,active\nmug,,Colour,Red,MUG-R,10.00,\n"
)
HEAD = (
    "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,Incoming,Unavailable,Committed,Available,On hand"
)
SHIP = next(d for d in DEEDS if d.name == "orders.ship")


@dataclass
class Platform:
    """The platform's own books: what lies there, what is sold, what is fulfilled; exports are written from them."""

    desk: Desk
    on_hand: dict[str, int]
    now: datetime = START
    sold: dict[str, int] = field(default_factory=lambda: {"MUG-B": 2})
    done: dict[str, int] = field(default_factory=dict)
    done_at: str = ""
    place: str = "Shop"

    def tick(self, minutes: int = 60) -> datetime:
        """Time passes."""
        self.now += timedelta(minutes=minutes)
        return self.now

    def fulfil(self, sku: str, pieces: int) -> None:
        """Somebody enters the shipment there."""
        self.on_hand[sku] -= pieces
        self.done[sku] = self.done.get(sku, 0) + pieces
        if self.done == self.sold:
            self.done_at = f"{self.now:%Y-%m-%d %H:%M:%S +0000}"

    def inventory(self) -> str:
        """Its inventory export as it is now."""
        rows = [HEAD]
        for sku, lies in self.on_hand.items():
            option = {"MUG-B": "Blue", "MUG-R": "Red"}[sku]
            sold = self.sold.get(sku, 0) - self.done.get(sku, 0)
            rows.append(f"mug,Mug,Colour,{option},{sku},,,{self.place},0,0,{sold},{lies - sold},{lies}")
        return "\n".join(rows) + "\n"

    def orders(self) -> str:
        """Its orders export as it is now: one order with a line for each thing sold."""
        total = sum(self.done.values())
        status = "fulfilled" if self.done == self.sold else "partial" if total else "unfulfilled"
        rows: list[Mapping[str, str]] = []
        for sku, pieces in self.sold.items():
            name, done = {"MUG-B": "Mug - Blue", "MUG-R": "Mug - Red"}[sku], self.done.get(sku, 0)
            state = "fulfilled" if done == pieces else "partial" if done else "pending"
            words: dict[str, Any] = {
                "Lineitem_quantity": str(pieces),
                "Lineitem_sku": sku,
                "Lineitem_fulfillment_status": state,
            }
            if rows:
                rows.append(line("#2001", name, **words))
            else:
                head = order(Fulfillment_status=status, Fulfilled_at=self.done_at, Lineitem_name=name, **words)
                rows.append(head)
        return write_csv(rows)

    def load_inventory(self, text: str, at: datetime) -> None:
        """The file of that time is loaded now."""
        account = self.desk.load(text, self.tick(1), name="inventory.csv", readings={"as_of": iso(at)})
        assert account.status in ("loaded", "already"), account.lines()

    def load_orders(self) -> None:
        account = self.desk.load(self.orders(), self.tick(1), name="orders.csv")
        assert account.status in ("loaded", "already"), account.lines()


def make_platform(folder: Path, sold: Mapping[str, int] | None = None) -> Platform:
    """Ten blue and five red mugs lie in the shop, one paid order is open, and both sides know that."""
    desk = make_desk(folder)
    desk.load(PRODUCTS, START - timedelta(hours=3), name="products.csv")
    there = Platform(desk, {"MUG-B": 10, "MUG-R": 5}, now=START, sold=dict(sold or {"MUG-B": 2}))
    there.load_orders()
    there.load_inventory(there.inventory(), START - timedelta(minutes=30))
    return there


def ship(there: Platform, lines: Mapping[int, int] | None = None) -> None:
    """Our parcel leaves, by the deed of the procedures; `lines` (line → pieces) for a part of the order."""
    doer = Doer("person:1", None, 1, there.now, there.now.date())
    db = there.desk.db
    key = there.desk.one("select id from orders where number = '#2001'")
    with write(db):
        if lines is None:
            SHIP.call(db, key, {"carrier": "Post", "tracking": "RR1"}, doer)
        else:
            row = db.execute(
                """insert into parcels(order_id, carrier, tracking, shipped_at, shipped_on, source)
                   values (?, 'Post', 'RR1', ?, ?, 'ours')""",
                [key, iso(there.now), there.now.date().isoformat()],
            )
            db.executemany(
                "insert into parcel_lines(parcel_id, line_no, quantity) values (?, ?, ?)",
                [(row.lastrowid, number, pieces) for number, pieces in lines.items()],
            )
        after_ship(db, key, {}, doer)


def level(there: Platform, sku: str = "MUG-B", state: str = "sellable") -> Any:
    return there.desk.one(
        """select sum(s.on_hand) from stock_levels s join variants v on v.id = s.variant_id
           where v.sku = ? and s.state = ?""",
        sku,
        state,
    )
