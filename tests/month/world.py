"""What is true outside ecomos: the shop's platform with its exports, the shelves, the bench, the van, the
parcels. It answers what eyes, a phone or the platform's page would, for an order's number; staff ask, and what they do
changes it."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from ecomos.demo.export import Sale, write_orders
from ecomos.demo.shelf import Bought, Shelf
from month.plan import LAST_DAY, SHOP, ZONE, Plan, Planned

VAN = time(15, 30)
HOLIDAYS = {date(2026, 12, 8)}
DELIVERY, FREE_ABOVE = 490, 6000
RUNNING_OUT = 4
"""How many things are bought as their shelf runs down."""


@dataclass
class Parcel:
    """A box with a label."""

    labelled_at: datetime
    left_at: datetime | None = None
    arrives_at: datetime | None = None


def is_open(day: date) -> bool:
    """Whether the shop and the van work that day."""
    return day.weekday() < 5 and day not in HOLIDAYS


def next_working(day: date) -> date:
    """The next day on which the shop works."""
    day += timedelta(days=1)
    return day if is_open(day) else next_working(day)


class World:
    """The platform and the house."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        self.chance = random.Random(f"the parcels of {plan.seed}")
        self.transit = {o.name: self.chance.choice((1, 2, 2, 3)) for o in plan.orders}
        self.planned = {o.name: o for o in plan.orders}
        self.cause = {o.name: o.cause for o in plan.orders}
        self.sales = {o.name: _sale(o) for o in plan.orders}
        self.known: set[str] = set()
        self.changed: set[str] = set()
        self.pays = {o.name: o.at + timedelta(days=2 + o.number % 3) for o in plan.orders if o.cause == "pays late"}
        self.parcels: dict[str, Parcel] = {}
        self.picked: set[str] = set()
        self.slips: set[str] = set()
        self.returns: dict[str, datetime] = {}
        self.here_again: dict[str, datetime] = {}
        self.resent: dict[str, str] = {}
        self.shelf = self._stocked(plan)

    def _stocked(self, plan: Plan) -> Shelf:
        """Enough for the month of everything, but for a few things that run low before its end."""
        shelf = Shelf(SHOP, plan.orders_a_day, self.chance)
        wanted: dict[str, int] = {}
        for good, quantity in (line for o in plan.orders for line in o.lines):
            wanted[good.sku] = wanted.get(good.sku, 0) + quantity
        often = sorted(wanted, key=lambda sku: (-wanted[sku], sku))[:RUNNING_OUT]
        shelf.level = {sku: wanted.get(sku, 0) + (2 if sku in often else 14) for sku in shelf.level}
        return shelf

    def pass_time(self, now: datetime) -> None:
        """Orders come, money comes, buyers cancel there, the van leaves, boxes come back."""
        for name, sale in self.sales.items():
            if sale.at <= now and name not in self.known:
                self.known.add(name)
                self.changed.add(name)
        for name, at in list(self.pays.items()):
            if at <= now and not self.sales[name].cancelled_at:
                self.sales[name].paid, self.sales[name].paid_at = "paid", at
                self.changed.add(name)
                del self.pays[name]
        for name in self.plan.caused("cancelled in the platform"):
            sale = self.sales[name]
            if self._next_morning(sale) <= now and not sale.cancelled_at and not sale.fulfilled_at:
                self.cancel(name, now)
                self.refund(name, sale.total_cents)
        self._van(now)

    def _next_morning(self, sale: Sale) -> datetime:
        return datetime.combine(sale.at.date() + timedelta(days=1), time(9, 5), ZONE)

    def _van(self, now: datetime) -> None:
        """What has its label and stands in the platform leaves with the next van."""
        for name, parcel in self.parcels.items():
            if parcel.left_at is None and self.sales[name].fulfilled_at and name not in self.slips:
                day = parcel.labelled_at.date()
                if not is_open(day) or parcel.labelled_at.time() >= VAN:
                    day = next_working(day)
                leaves = datetime.combine(day, VAN, ZONE)
                if leaves <= now:
                    parcel.left_at, parcel.arrives_at = leaves, self._arrival(name, leaves)
                    if self.cause.get(name) == "came back":
                        self.here_again[name] = leaves + timedelta(days=6)

    def _arrival(self, name: str, left: datetime) -> datetime | None:
        cause = self.cause.get(name, "")
        if cause.startswith("lost") or cause in ("came back", "not there, money back"):
            return None
        days = 9 if cause == "late" else self.transit.get(name, 2)
        return left + timedelta(days=days, hours=-4)

    # what eyes, the phone and the platform's page say

    def stands(self, name: str) -> str:
        """Where the order's box is: not picked, picked or packed, in the van."""
        parcel = self.parcels.get(name)
        if parcel and parcel.left_at:
            return "in the van"
        return "picked or packed" if name in self.picked else "not picked"

    def is_there(self, name: str, shown: list[str]) -> bool:
        """Whether all pieces of the order that the page shows lie on the shelf."""
        gone = self.cause.get(name, "").startswith("piece gone")
        return not (gone and any(self.sales[name].lines[0][0].title in line for line in shown))

    def box_found(self, name: str, now: datetime) -> bool:
        """Whether the packer finds the box of the order at the bench."""
        hidden = self.cause.get(name) == "behind the bench" and now.date() <= self.sales[name].at.date() + timedelta(1)
        return not hidden and name not in self.slips

    def left_to_pay_back(self, name: str) -> int:
        """What the platform shows as paid and not refunded."""
        sale = self.sales[name]
        return 0 if sale.paid in ("pending", "voided") else sale.total_cents - sale.refunded_cents

    def price_of(self, name: str, line: int) -> int:
        """What a line of the order costs."""
        good, quantity = self.sales[name].lines[line - 1]
        return good.price_cents * quantity

    def tracking(self, name: str, now: datetime) -> str:
        """What the carrier's page says."""
        parcel = self.parcels.get(name)
        if parcel is None or parcel.left_at is None:
            return "silent"
        cause = self.cause.get(name, "")
        if cause.startswith("lost"):
            return "silent"
        says = parcel.arrives_at or parcel.left_at + timedelta(days=2)
        return "delivered" if says <= now else "moving"

    def search_is_over(self, name: str, now: datetime) -> bool:
        """Whether the carrier has answered that it does not find it."""
        left = self.parcels[name].left_at
        return left is not None and now > left + timedelta(days=11)

    def on_returns_table(self, name: str, now: datetime) -> bool:
        """Whether the customer's parcel lies with the returns."""
        return name in self.returns and self.returns[name] <= now

    def delivered(self, name: str, now: datetime) -> bool:
        """Whether the customer has the goods, or those that were sent in their place."""
        sale, parcel = self.sales[name], self.parcels.get(name)
        if sale.service == "Store pick-up" or not sale.lines:
            return sale.fulfilled_at is not None
        there = parcel is not None and parcel.arrives_at is not None and parcel.arrives_at <= now
        return there or (name in self.resent and self.delivered(self.resent[name], now))

    # what staff do

    def pick(self, name: str) -> None:
        """The pieces go from the shelf into the order's box."""
        if name not in self.picked:
            self.picked.add(name)
            self.shelf.take(self.sales[name])

    def put_back(self, name: str) -> None:
        """They lie on the shelf again."""
        if name in self.picked:
            self.picked.discard(name)
            for good, quantity in self.sales[name].lines:
                self.shelf.level[good.sku] += quantity

    def label(self, name: str, now: datetime) -> str:
        """A label for the box; gives its tracking number."""
        self.parcels.setdefault(name, Parcel(now))
        return f"JD0146{name.lstrip('#'):0>8}"

    def fulfil(self, name: str, now: datetime) -> None:
        """Somebody entered the shipment in the platform."""
        self.sales[name].fulfilled_at = now
        self.changed.add(name)

    def cancel(self, name: str, now: datetime) -> None:
        """Somebody cancelled it there."""
        self.sales[name].cancelled_at = now
        self.changed.add(name)

    def refund(self, name: str, cents: int) -> None:
        """Somebody paid money back there."""
        sale = self.sales[name]
        sale.refunded_cents = min(sale.total_cents, sale.refunded_cents + cents)
        sale.paid = "refunded" if sale.refunded_cents == sale.total_cents else "partially_refunded"
        self.changed.add(name)

    def send_again(self, name: str, now: datetime) -> str:
        """A new order at no price, in place of this one; gives its number."""
        if name in self.resent:
            return self.resent[name]
        first, number = self.sales[name], 9001 + len(self.resent)
        sale = Sale(number, now, first.buyer, list(first.lines), notes=f"In place of {name}", service=first.service)
        sale.discount_cents = sale.total_cents
        self.sales[sale.name] = sale
        self.resent[name] = sale.name
        return sale.name

    def order_goods(self, now: datetime) -> int:
        """What is low is ordered at the supplier; gives how many things."""
        coming = {line.sku for line in self.shelf.coming}
        low = [sku for sku, left in self.shelf.level.items() if left <= 6 and sku not in coming]
        comes_on = now.date() + timedelta(days=5)
        self.shelf.coming += [Bought("", "", sku, 24, now.date(), comes_on, comes_on) for sku in low]
        return len(low)

    def night(self, day: date) -> None:
        """Goods that were ordered come in."""
        for line in [c for c in self.shelf.coming if c.comes_on <= day]:
            self.shelf.level[line.sku] += line.pieces
        self.shelf.coming = [c for c in self.shelf.coming if c.comes_on > day]

    def exports(self, now: datetime, *, with_stock: bool) -> list[Path]:
        """What changed since the last export, and in the morning the stock, as files of the platform."""
        changed = [self.sales[name] for name in sorted(self.changed)]
        self.changed.clear()
        files = [write_orders(self.folder / f"orders_export_{now:%Y-%m-%d_%H%M}.csv", changed)] if changed else []
        if with_stock:
            open_sales = [s for s in self.sales.values() if s.at <= now and not s.fulfilled_at and not s.cancelled_at]
            files.append(self.shelf.write(self.folder / f"inventory_export_{now:%Y-%m-%d_%H%M}.csv", open_sales))
        return files

    def shippable(self) -> set[str]:
        """The planned orders that should have arrived at the end."""
        old = {o.name for o in self.plan.orders if o.at.date() <= LAST_DAY - timedelta(days=10)}
        never = self.plan.caused("fraud", "never pays", "customer cancels", "cancelled in the platform")
        back = self.plan.caused("piece gone, all cancelled", "came back")
        return old - never - back - self.plan.caused("lost, money back", "not there, money back")


def _sale(order: Planned) -> Sale:
    sale = Sale(order.number, order.at, order.buyer, list(order.lines))
    if order.cause.startswith("risky") or order.cause == "fraud":
        sale.risk = "High"
    if order.cause in ("pays late", "never pays"):
        sale.paid = "pending"
    sale.address = order.cause != "no address"
    if order.cause == "pick-up":
        sale.service = "Store pick-up"
    elif order.cause == "gift card":
        sale.lines, sale.gift_card = [], 50
    elif sale.total_cents < FREE_ABOVE:
        sale.shipping_cents = DELIVERY
    return sale
