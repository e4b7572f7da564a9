"""On which day an order goes to a supplier: its order days and holidays, and whether waiting for the next one costs
more than the freight of an order of its own."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ecomos.calendar import WorkingTime
from ecomos.money import format_money
from ecomos.stock.terms import Holiday, Terms, holidays_of, read_order_days, supplier_terms
from ecomos.store import Home

__all__ = ["OrderDay", "Waiting", "next_order_day", "order_day_of", "order_today"]

FAR = 400


@dataclass(frozen=True)
class Waiting:
    """A thing that would be ordered, and what each day without it costs."""

    cover_days: float | None
    """How long what is there and coming lasts; None: it does not sell."""
    lead_days: float
    """From order to shelf."""
    margin_day_cents: int
    """Contribution margin lost a day while it is out, in the store's currency."""

    def days_out_by(self, wait: int) -> float:
        """Days without it that are added by ordering `wait` days later.

        >>> Waiting(cover_days=12.0, lead_days=10.0, margin_day_cents=500).days_out_by(4)
        2.0
        """
        if self.cover_days is None:
            return 0.0
        return max(0.0, self.lead_days + wait - max(self.cover_days, self.lead_days))


@dataclass(frozen=True)
class OrderDay:
    """When to order, and why."""

    today: bool
    next_on: date
    """The supplier's next order day; today where it is one."""
    margin_lost_cents: int
    """By waiting until then, in the store's currency."""
    extra_freight_cents: int
    """Of ordering today instead, in the supplier's currency."""
    because: str


def next_order_day(terms: Terms, holidays: Iterable[Holiday], working: WorkingTime, on: date) -> date:
    """The first day from `on` on which we work, the supplier takes orders and is not closed; `on` where none comes."""
    days, closed = read_order_days(terms.order_days), list(holidays)
    for ahead in range(FAR):
        day = on + timedelta(days=ahead)
        if day.weekday() not in days or any(h.from_on <= day <= h.to_on for h in closed):
            continue
        if working.opening(day):
            return day
    return on


def order_today(
    terms: Terms, things: Iterable[Waiting], value_cents: int, next_on: date, today: date, currency: str
) -> OrderDay:
    """Whether to order today: on an order day, or where the margin lost by waiting exceeds the extra freight.

    Ordering between two order days is one delivery more, so its freight is extra where it is charged at all.
    """
    wait = (next_on - today).days
    if wait <= 0:
        return OrderDay(True, next_on, 0, 0, f"{terms.name} takes orders today.")
    lost = round(sum(t.days_out_by(wait) * t.margin_day_cents for t in things))
    freight, theirs = terms.freight_of(value_cents), terms.currency or currency
    day = f"{next_on:%a} {next_on.day} {next_on:%b}"
    costs, saves = format_money(freight, theirs), format_money(lost, currency)
    if theirs != currency and freight and lost:
        why = f"Waiting until {day} loses {saves} of margin; freight of {costs} is in another currency: decide by hand."
        return OrderDay(False, next_on, lost, freight, why)
    if lost > freight:
        why = f"Waiting until {day} loses {saves} of margin, an order today costs {costs} of freight more."
        return OrderDay(True, next_on, lost, freight, why)
    if lost:
        why = f"Wait until {day}: it loses {saves} of margin, less than {costs} of freight for an order today."
    else:
        why = f"Wait until {day}: nothing runs out sooner by it."
    return OrderDay(False, next_on, lost, freight, why)


def order_day_of(
    db: sqlite3.Connection, home: Home, supplier_id: int, things: Iterable[Waiting], value_cents: int, today: date
) -> OrderDay:
    """The same for a supplier by its number, from the store."""
    terms = supplier_terms(db, supplier_id)
    working = WorkingTime(home.zone, home.hours, home.holidays)
    on = next_order_day(terms, holidays_of(db, supplier_id), working, today)
    return order_today(terms, things, value_cents, on, today, home.currency)
