"""Which days, which channel and which KPI cards a look at sales takes. Sums are the cards' own."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from ecomos.kpis import figure
from ecomos.money import format_money
from ecomos.orders.sold import days_of_orders, newest_load, other_currencies
from ecomos.playbook.records import Kpi
from ecomos.reports.told import Told
from ecomos.store import parse_iso
from ecomos.work import Shop

__all__ = ["CARDS", "Look", "Span", "month_words", "share_words"]

NOTHING = Told(
    ("No order is in the store yet. Drop the shop's order export on the Imports page, then run this again.",)
)
CARDS = ("net-sales", "orders", "average-order-value")
QUIET_DAYS = 7
Span = tuple[date, date]


@dataclass(frozen=True)
class Look:
    """The orders of a span of days, of one channel or of all."""

    shop: Shop
    today: date
    cards: tuple[Kpi, ...]
    channel: str = ""
    channel_id: int | None = None
    first: date | None = None
    last: date | None = None
    """The days asked for; None: as far as the data goes."""

    @cached_property
    def known(self) -> Span | None:
        """The days that the data covers, both whole; None where there is no order.

        It reaches to the day before the newest import; where nothing had come for a week by then, the data itself ends
        earlier, with the last order.
        """
        found = days_of_orders(self.shop.db, self.channel_id)
        if found is None:
            return None
        loaded = newest_load(self.shop.db, self.channel_id)
        until = parse_iso(loaded).astimezone(self.shop.home.zone).date() if loaded else self.today
        until = min(until, self.today) - timedelta(days=1)
        last = until if until - found[1] <= timedelta(days=QUIET_DAYS) else found[1]
        return (found[0], last) if found[0] <= last else None

    @cached_property
    def span(self) -> Span | None:
        """The days looked at: those asked for that the data covers."""
        if self.known is None:
            return None
        first, last = max(self.first or self.known[0], self.known[0]), min(self.last or self.known[1], self.known[1])
        return (first, last) if first <= last else None

    def tell(self) -> Told:
        """Which days are looked at, and what they came to."""
        if self.known is None:
            return NOTHING
        if self.span is None:
            first, last = map(_day_words, self.known)
            return Told((f"None of these days is in the data, which goes from {first} to {last}.",))
        where = f" of the channel {self.channel}" if self.channel else ""
        first, last = map(_day_words, self.span)
        said = [f"{first} to {last}{where}: {self._came_to()}."]
        for row in other_currencies(self.shop.db, self.shop.home.currency, self.channel_id):
            many = row["orders"] != 1
            words = "orders are in {}, added up as they stand" if many else "order is in {}, added up as it stands"
            said.append(f"{row['orders']:,} {words.format(row['currency'])}.")
        said += [f"No card {stem} is in force: that figure is left out." for stem in CARDS if not self.card(stem)]
        return Told(tuple(said))

    def _came_to(self) -> str:
        sold, orders = self.value("net-sales", self.channel_id), self.value("orders", self.channel_id)
        parts = [f"net sales of {self.money(sold)}"] if sold is not None else []
        return " from ".join([*parts, f"{orders:,.0f} orders"] if orders is not None else parts) or "no figure"

    def card(self, stem: str) -> Kpi | None:
        """A card in force."""
        return next((card for card in self.cards if card.stem == stem), None)

    def value(self, stem: str, channel_id: int | None, span: Span | None = None) -> float | None:
        """A card's figure over the span, else over all the days; None where there is no such card."""
        days, card = span or self.span, self.card(stem)
        return figure(self.shop.db, card, *days, channel_id).value if card and days else None

    def money(self, value: float | None) -> str:
        """An amount in major units, with the store's currency."""
        return format_money(None if value is None else round(value * 100), self.shop.home.currency)


def share_words(part: float, whole: float) -> str:
    """A share in per cent; a dash where there is no whole.

    >>> share_words(1, 3), share_words(1, 0)
    ('33.3 %', '–')
    """
    return f"{100 * part / whole:.1f} %" if whole else "–"


def month_words(key: str) -> str:
    """A month as people read it.

    >>> month_words("2026-11")
    'Nov 2026'
    """
    return f"{date.fromisoformat(f'{key}-01'):%b %Y}"


def _day_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
