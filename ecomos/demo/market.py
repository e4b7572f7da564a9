"""How the demo shop sells: season, weekday, growth and promotions make a day's orders; what later became of the old
ones (refunds, cancellations) is settled here, what becomes of the worked ones by the staff."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from ecomos.demo.buyers import SHOPS, Crowd
from ecomos.demo.export import Buyer, Sale
from ecomos.demo.goods import CARD_VALUES, Good, Product
from ecomos.demo.plan import Plan

__all__ = ["MOST_A_DAY", "PROMOTIONS", "Market", "demand"]

MOST_A_DAY = 60
SEASON = (0.82, 0.85, 0.92, 0.97, 1.02, 0.94, 0.86, 0.84, 0.98, 1.08, 1.3, 1.6)
WEEKDAY = (1.15, 1.05, 1.0, 1.0, 0.92, 0.8, 1.08)
PROMOTIONS = (
    (date(2024, 11, 27), date(2024, 12, 2), "BLACK20", 20, 3.2),
    (date(2025, 5, 8), date(2025, 5, 11), "SPRING15", 15, 2.0),
    (date(2025, 11, 26), date(2025, 12, 1), "BLACK20", 20, 3.4),
    (date(2026, 5, 7), date(2026, 5, 10), "SPRING15", 15, 2.1),
    (date(2026, 10, 8), date(2026, 10, 10), "AUTUMN10", 10, 1.9),
)
"""First day, last day, code, per cent off, times the usual orders."""
FREE_ABOVE, DELIVERY = 6000, 490


def _promotion(day: date) -> tuple[str, int, float]:
    return next(((code, off, times) for a, b, code, off, times in PROMOTIONS if a <= day <= b), ("", 0, 1.0))


def demand(day: date, plan: Plan, first: date) -> float:
    """How many orders a day brings on average."""
    grown = 1 + (day - first).days / max(plan.history_days, 365)
    return plan.orders_a_day * grown * SEASON[day.month - 1] * WEEKDAY[day.weekday()] * _promotion(day)[2]


class Market:
    """Makes the orders of one day after the other; the same seed makes the same."""

    def __init__(self, plan: Plan, products: Sequence[Product], first: date, zone: tzinfo) -> None:
        self.plan, self.first, self.zone = plan, first, zone
        self.chance = random.Random(plan.seed)
        self.crowd = Crowd(self.chance)
        self.products, self.weights = products, [p.wanted for p in products]
        self.goods = {p.handle: list(p.goods()) for p in products}

    def day(self, day: date) -> list[Sale]:
        """That day's orders, paid and not yet shipped; numbers are given when all are there."""
        mean = demand(day, self.plan, self.first)
        count = min(MOST_A_DAY, max(0, round(self.chance.gauss(mean, mean**0.5))))
        sales = [self._sale(day) for _ in range(count)]
        if self.plan.wholesale and day.weekday() == 1:
            sales.append(self._wholesale(day))
        return sorted(sales, key=lambda s: s.at)

    def _sale(self, day: date) -> Sale:
        chance = self.chance
        sale = Sale(0, self._time(day), self.crowd.next(), self._lines())
        code, off, _ = _promotion(day)
        if code and chance.random() < 0.8:
            sale.discount_code, sale.discount_cents = code, sale.total_cents * off // 100
        if chance.random() < 0.1:
            sale.service = "DHL Express"
        if sale.total_cents < FREE_ABOVE or sale.service == "DHL Express":
            sale.shipping_cents = DELIVERY if sale.service == "DHL Standard" else 990
        if chance.random() < 0.015:
            sale.gift_card = chance.choice(CARD_VALUES)
        return sale

    def _time(self, day: date) -> datetime:
        hour = self.chance.choices(
            range(24), [1, 1, 1, 1, 1, 2, 4, 6, 7, 8, 8, 8, 9, 8, 7, 7, 7, 8, 9, 10, 11, 10, 6, 3]
        )
        at = time(hour[0], self.chance.randrange(60), self.chance.randrange(60))
        return datetime.combine(day, at, self.zone)

    def _lines(self) -> list[tuple[Good, int]]:
        chance = self.chance
        lines: list[tuple[Good, int]] = []
        for _ in range(chance.choices((1, 2, 3, 4), (46, 31, 16, 7))[0]):
            good = chance.choice(self.goods[chance.choices(self.products, self.weights)[0].handle])
            if all(good != known for known, _ in lines):
                lines.append((good, chance.choices((1, 2, 3), (82, 14, 4))[0]))
        if chance.random() < 0.03:
            lines.append((Good("", "Gift wrapping kit", 600), 1))
        return lines

    def _wholesale(self, day: date) -> Sale:
        chance = self.chance
        goods = chance.sample(self.products, 4)
        lines = [
            (Good(g.sku, g.title, g.price_cents * 6 // 10), chance.randint(4, 10))
            for g in (chance.choice(self.goods[p.handle]) for p in goods)
        ]
        at = datetime.combine(day, time(10, chance.randrange(60)), self.zone)
        buyer: Buyer = chance.choice(SHOPS)
        return Sale(0, at, buyer, lines, service="DPD", terms="Net 14", paid="pending", prefix="#W")

    def settle(self, sale: Sale) -> None:
        """What became of an order of the time before ecomos: shipped within days, some cancelled, some refunded."""
        chance, cents = self.chance, sale.total_cents
        if chance.random() < 0.022:
            sale.cancelled_at = sale.at + timedelta(hours=chance.randint(1, 30))
            sale.paid, sale.refunded_cents = "refunded", cents
            return
        days = chance.choices((1, 2, 3, 5), (55, 28, 12, 5))[0]
        sale.fulfilled_at = datetime.combine(sale.at.date() + timedelta(days=days), time(15, 10), self.zone)
        if sale.terms:
            sale.paid, sale.paid_at = "paid", sale.at + timedelta(days=chance.randint(8, 20))
        if chance.random() < 0.045:
            part = chance.choice((1.0, 0.5, 0.25))
            sale.refunded_cents = round(cents * part)
            sale.paid = "refunded" if part == 1.0 else "partially_refunded"
