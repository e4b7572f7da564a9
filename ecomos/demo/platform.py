"""The demo's platform: it holds every order as it stands there, changes overnight by what customers do, and gives the
exports that the shop imports."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from ecomos.demo.adverts import Adverts
from ecomos.demo.export import Sale, write_orders
from ecomos.demo.shelf import Shelf

__all__ = ["Platform"]

REFUNDED_LATER, CANCELLED_THERE, NEVER_PAID = 0.03, 0.008, 0.15
TERMS_DAYS = 13


class Platform:
    """Every order as it stands there, and which of them the next export has to show again."""

    def __init__(self, folder: Path, chance: random.Random, shelf: Shelf, adverts: Adverts, first_day: date) -> None:
        self.folder, self.chance, self.shelf, self.adverts = folder, chance, shelf, adverts
        self.spent_until = first_day - timedelta(days=1)
        """The last day that the advertising accounts were asked about."""
        self.sales: dict[str, Sale] = {}
        self.to_come: list[Sale] = []
        self.changed: set[str] = set()
        self.money: list[tuple[datetime, Sale]] = []
        self.returns: list[tuple[datetime, Sale]] = []

    def add(self, sales: Iterable[Sale]) -> None:
        """Orders that will come, each at its time."""
        self.to_come = sorted([*self.to_come, *sales], key=lambda s: s.at)

    def arrive(self, now: datetime) -> list[Sale]:
        """The orders that came until now; for those that are not paid it is settled when the money comes."""
        arrived = [s for s in self.to_come if s.at <= now]
        self.to_come = [s for s in self.to_come if s.at > now]
        for sale in arrived:
            self.sales[sale.name] = sale
            self.changed.add(sale.name)
            if sale.paid == "pending" and (sale.terms or self.chance.random() > NEVER_PAID):
                days = TERMS_DAYS if sale.terms else self.chance.randint(1, 4)
                self.money.append((sale.at + timedelta(days=days, hours=2), sale))
        return arrived

    def overnight(self, now: datetime) -> None:
        """Money that came, parcels that were sent back and refunded there, orders cancelled by their customers."""
        for at, sale in [m for m in self.money if m[0] <= now]:
            if not sale.cancelled_at:
                sale.paid, sale.paid_at = "paid", at
                self.changed.add(sale.name)
        self.money = [m for m in self.money if m[0] > now]
        for _, sale in [r for r in self.returns if r[0] <= now]:
            if sale.paid == "paid":
                self.refund(sale, sale.total_cents // 2)
        self.returns = [r for r in self.returns if r[0] > now]
        for sale in self.sales.values():
            lies = not sale.fulfilled_at and not sale.cancelled_at and sale.paid == "paid"
            if lies and sale.at > now - timedelta(days=3) and self.chance.random() < CANCELLED_THERE:
                self.cancel(sale, now - timedelta(hours=2))
                self.refund(sale, sale.total_cents)

    def ship(self, sale: Sale, now: datetime) -> None:
        """Somebody entered the shipment; a few of them come back."""
        sale.fulfilled_at = now
        self.shelf.take(sale)
        self.changed.add(sale.name)
        if self.chance.random() < REFUNDED_LATER:
            self.returns.append((now + timedelta(days=self.chance.randint(6, 16)), sale))

    def cancel(self, sale: Sale, now: datetime) -> None:
        """Somebody cancelled it."""
        sale.cancelled_at = now
        self.changed.add(sale.name)

    def refund(self, sale: Sale, cents: int) -> None:
        """Somebody paid money back."""
        sale.refunded_cents = min(sale.total_cents, sale.refunded_cents + cents)
        sale.paid = "refunded" if sale.refunded_cents == sale.total_cents else "partially_refunded"
        self.changed.add(sale.name)

    def exports(self, now: datetime, *, orders_only: bool = False) -> list[tuple[Path, str | None]]:
        """What changed since the last export, a file for each channel, then the stock and what was spent: each file's
        path and its channel's name, where more than one could be meant."""
        changed = [self.sales[name] for name in sorted(self.changed)]
        self.changed.clear()
        found: list[tuple[Path, str | None]] = []
        for prefix, channel in (("#", "shopify"), ("#W", "wholesale")):
            sales = [s for s in changed if s.prefix == prefix]
            if sales:
                path = self.folder / f"orders_export_{channel}_{now:%Y-%m-%d_%H%M}.csv"
                found.append((write_orders(path, sales), channel))
        if orders_only:
            return found
        open_sales = [s for s in self.sales.values() if not s.fulfilled_at and not s.cancelled_at]
        path = self.folder / f"inventory_export_{now:%Y-%m-%d_%H%M}.csv"
        return [*found, (self.shelf.write(path, open_sales), "shopify"), *self._spent(now)]

    def _spent(self, now: datetime) -> list[tuple[Path, str | None]]:
        """The reports of both advertising accounts up to yesterday, where there is a day that was not asked about."""
        since, until = self.spent_until + timedelta(days=1), now.date() - timedelta(days=1)
        if since > until:
            return []
        self.spent_until = until
        google = self.adverts.write_google(self.folder / f"Campaign report {until}.csv", since, until)
        meta = self.adverts.write_meta(self.folder / f"Northside-campaigns-{until}.csv", since, until)
        return [(google, None), (meta, None)]
