"""What will happen in the month, drawn before it begins: the orders, what is odd about each, who is ill, who is away.
Knows nothing of ecomos and nothing of what the staff will do."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ecomos.demo.buyers import FIRST, LAST, PLACES, STREETS
from ecomos.demo.export import Buyer
from ecomos.demo.goods import Good, Product, catalogue

ZONE = ZoneInfo("Europe/Vienna")
FIRST_DAY, LAST_DAY = date(2026, 11, 24), date(2026, 12, 23)
PEAK = (date(2026, 11, 30), date(2026, 12, 6))
PEAK_TIMES = 3
OLDEST_TO_JUDGE = LAST_DAY - timedelta(days=10)
"""Orders up to this day must have arrived at the end."""
GOODS = catalogue(20261124)
SHOP = [p for p in GOODS if p.type == "Basics" or p.title.split()[0] in ("Winter", "Harbour")]

CAUSES = {
    "risky": 4,
    "risky, called": 2,
    "risky, hard to reach": 2,
    "fraud": 3,
    "pays late": 5,
    "never pays": 3,
    "no address": 4,
    "pick-up": 3,
    "gift card": 3,
    "piece gone, rest sent": 3,
    "piece gone, all cancelled": 2,
    "customer cancels": 4,
    "cancelled in the platform": 3,
    "behind the bench": 3,
    "lost, money back": 2,
    "lost, sent again": 2,
    "late": 3,
    "not there, turned up": 1,
    "not there, money back": 2,
    "broken, money back": 3,
    "broken, new one": 2,
    "wrong, right one": 2,
    "wrong, money back": 2,
    "sent back soon": 3,
    "sent back late": 3,
    "exchange": 2,
    "came back": 2,
    "complaint": 2,
    "other address": 2,
    "asks where": 5,
}
"""How many orders of the month have which oddity."""
BIG = {
    "fraud", "customer cancels", "piece gone, all cancelled", "risky", "risky, called", "sent back soon",
    "sent back late", "lost, money back", "not there, money back",
}  # fmt: skip
"""Of these the first is worth more than anybody but the founder may decide."""
BEFORE, EARLY = date(2026, 12, 4), date(2026, 11, 29)
"""Oddities belong to orders of the first ten days, so that each is over at the end; what takes
longest, to the first of them."""
LONGEST = {"sent back late", "exchange", "came back", "lost, money back", "lost, sent again", "late"}
EVENING = {"customer cancels", "other address", "cancelled in the platform"}
MORNING = {"behind the bench", "piece gone, rest sent", "piece gone, all cancelled"}
MONEY_BACK = {
    "fraud", "customer cancels", "cancelled in the platform", "piece gone, rest sent", "piece gone, all cancelled",
    "lost, money back", "not there, money back", "broken, money back", "wrong, money back", "sent back soon",
    "sent back late", "came back", "complaint",
}  # fmt: skip
CANCELLED = {"fraud", "never pays", "customer cancels", "cancelled in the platform", "piece gone, all cancelled"}
BREAKS = {
    "risky, hard to reach": "the buyer is called at an hour that they name days later",
    "piece gone, rest sent": "the customer chooses first",
    "piece gone, all cancelled": "the customer chooses first",
    "behind the bench": "the box is found on the next day",
    "sent back late": "the parcel comes back when the days of the promise are over",
    "pick-up": "it is fetched two days later",
    "exchange": "the first thing comes back when the days of the promise are over",
}
"""Causes that break a promise, and why."""


@dataclass
class Planned:
    """An order that will be placed, and what is odd about it."""

    number: int
    at: datetime
    buyer: Buyer
    lines: list[tuple[Good, int]]
    cause: str = ""

    @property
    def name(self) -> str:
        return f"#{self.number}"


@dataclass(frozen=True)
class Plan:
    """One month: how many people, how many orders on an ordinary day, and the seed of the world."""

    people: int = 12
    seed: int = 1
    orders_a_day: int = 6
    refund_limit: int | None = None
    """What everybody but the founder may refund, where it is another than the playbook's."""
    orders: list[Planned] = field(default_factory=list, compare=False)

    def __post_init__(self) -> None:
        self.orders.extend(_orders(self))

    def caused(self, *causes: str) -> set[str]:
        """The numbers of the orders with one of these causes."""
        return {o.name for o in self.orders if o.cause in causes}

    def days(self) -> Iterator[date]:
        """Every day of the month."""
        for n in range((LAST_DAY - FIRST_DAY).days + 1):
            yield FIRST_DAY + timedelta(days=n)


def _orders(plan: Plan) -> list[Planned]:
    chance = random.Random(f"the world of {plan.seed}")
    found: list[Planned] = []
    for day in plan.days():
        for at in sorted(_times(day, plan, chance)):
            found.append(Planned(1001 + len(found), at, _buyer(chance, len(found)), _lines(chance)))
    _plant(found, chance, halved=plan.people < 12)
    return found


def _times(day: date, plan: Plan, chance: random.Random) -> Iterator[datetime]:
    usual = plan.orders_a_day * (PEAK_TIMES if PEAK[0] <= day <= PEAK[1] else 1)
    for _ in range(usual + chance.choice((-1, 0, 1))):
        yield datetime.combine(day, time(chance.randint(6, 22), chance.randrange(60)), ZONE)


def _buyer(chance: random.Random, number: int) -> Buyer:
    _, country, *towns = chance.choice(PLACES)
    code, town = chance.choice(towns)
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    return Buyer(name, f"{chance.choice(STREETS)} {chance.randint(1, 90)}", code, town, country, number + 1)


def _good(chance: random.Random, product: Product) -> Good:
    return chance.choice(list(product.goods()))


def _lines(chance: random.Random) -> list[tuple[Good, int]]:
    products = chance.sample(SHOP, chance.choice((1, 1, 2, 3)))
    return [(_good(chance, p), chance.choice((1, 1, 1, 2))) for p in products]


def _plant(orders: list[Planned], chance: random.Random, *, halved: bool) -> None:
    """Give each oddity to orders of the first days; what needs a second line, or much money, gets it."""
    free = [o for o in orders if o.at.date() < BEFORE and o.at.date() > FIRST_DAY]
    chance.shuffle(free)
    for cause, times in sorted(
        CAUSES.items(), key=lambda c: (c[0] not in MORNING, c[0] not in EVENING, c[0] not in LONGEST)
    ):
        for n in range(-(-times // 2) if halved else times):
            order = _fitting(free, cause)
            order.cause = cause
            _shape(order, cause, n, chance)


def _fitting(free: list[Planned], cause: str) -> Planned:
    """The next order; who cancels has written in the evening before a working day, so that the van is still to come."""
    evening, early, morning = cause in EVENING, cause in LONGEST, cause in MORNING
    for order in free:
        eve = order.at.hour >= 18 and (order.at.date() + timedelta(days=1)).weekday() < 5
        if early and order.at.date() > EARLY:
            continue
        if eve if evening else eve and order.at.date().weekday() < 3 if morning else True:
            free.remove(order)
            return order
    raise AssertionError(f"no order fits “{cause}”")


def _shape(order: Planned, cause: str, n: int, chance: random.Random) -> None:
    product = next(p for p in SHOP if p.price_cents > 2500)
    if cause.startswith("piece gone"):
        order.lines = [(next(SHOP[1].goods()), 1), (next(product.goods()), 1)]
    if n == 0 and cause in BIG:
        dear = max(SHOP, key=lambda p: p.price_cents)
        good = _good(chance, dear)
        order.lines = [*[x for x in order.lines if x[0] != good], (good, -(-52_000 // dear.price_cents))]
