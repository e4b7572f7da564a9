"""Sales, to be explored: by month, channel and product, and who comes back. Each part is a table (a DataFrame), tells
itself in sentences with the figures in them, and draws itself. Brings the KPI cards' figures up to date, else only
reads."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ecomos.errors import WrongUsage, nearest
from ecomos.kpis import refresh
from ecomos.reports.cohorts import Cohorts
from ecomos.reports.looked import CARDS, Look
from ecomos.reports.sales_months import Months
from ecomos.reports.sales_shares import Channels, Products
from ecomos.reports.told import Told
from ecomos.store import now_in
from ecomos.work import Shop, in_force

__all__ = ["Sales", "explore_sales"]


def explore_sales(shop: Shop, first_on: str = "", last_on: str = "", channel: str = "") -> "Sales":
    """The sales of some days (default: all there are) and of one channel (default: all).

    Raises WrongUsage for what is no day, and for a channel that is not there.
    """
    now = now_in(shop.home, shop.db)
    book = in_force(shop, now).kpis
    cards = tuple(book[stem] for stem in CARDS if stem in book)
    refresh(shop.db, cards, now)
    days = _day(first_on), _day(last_on)
    return Sales(Look(shop, shop.today(now), cards, channel, _channel(shop, channel), *days))


def _channel(shop: Shop, name: str) -> int | None:
    if not name:
        return None
    known = {row["name"]: int(row["id"]) for row in shop.db.execute("select id, name from channels")}
    if name not in known:
        raise WrongUsage(f"There is no channel {name}{nearest(name, known)}.")
    return known[name]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongUsage(f"{text!r} is no day, as in 2026-11-23") from error


@dataclass(frozen=True)
class Sales:
    """The sales of a span of days."""

    look: Look

    def tell(self) -> Told:
        """Which days are looked at, and what they came to."""
        return self.look.tell()

    @cached_property
    def months(self) -> Months:
        """By month; parts of a month are marked as such."""
        return Months(self.look)

    @cached_property
    def channels(self) -> Channels:
        """By channel."""
        return Channels(self.look)

    @cached_property
    def products(self) -> Products:
        """By product."""
        return Products(self.look)

    @cached_property
    def cohorts(self) -> Cohorts:
        """Customers by the month of their first order, up to the last of the days, whatever the first is."""
        return Cohorts(self.look)
