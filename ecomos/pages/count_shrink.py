"""What was lost and found: by cause and step, and month by month, at cost."""

from datetime import date, datetime, timedelta
from typing import Any

from ecomos.money import format_money, from_cents
from ecomos.pages.counts import parts_of_page
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Chart, Table, column
from ecomos.pages.places import columns_of
from ecomos.pages.stock_ways import stock_ways
from ecomos.stock.shrink import Shrink, shrink, shrink_by_month
from ecomos.store import iso

__all__ = ["ShrinkPage"]

CAUSES = (
    ("cause", "Came from", "text", 0, False),
    ("step", "Arose in", "text", 180, True),
    ("times", "Times", "number", 90, True),
    ("lost", "Lost, pieces", "number", 125, False),
    ("found", "Found, pieces", "number", 135, True),
    ("cost", "Lost less found", "number", 155, False),
)
YEAR = timedelta(days=365)


class ShrinkPage:
    """The chart and the table."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.head = Banner()
        self.chart = Chart(
            title=f"Lost less found by month, {context.home.currency} at cost", empty="Nothing was lost or found yet."
        )
        self.table = Table(
            title="The last 365 days, by cause",
            columns=columns_of(CAUSES),
            empty="No count found a difference, and nothing was written off.",
            file="shrink",
        )
        self.whole = column(stock_ways(context, "counts"), parts_of_page("shrink"), self.head, self.chart, self.table)
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read both again."""
        now: datetime = self.context.now()
        found = shrink(self.context.db, iso(now - YEAR))
        self.table.rows = [self._row(n, s) for n, s in enumerate(found)]
        self.chart.points = [self._point(month, cents) for month, cents in shrink_by_month(self.context.db)]
        net = sum(s.lost_cents - s.found_cents for s in found)
        words = format_money(abs(net), self.context.home.currency)
        self.head.message = (
            f"{words} {'lost' if net >= 0 else 'found'} on balance in the last 365 days, at cost." if found else ""
        )
        self.head.kind = "soon" if net > 0 else "plain"

    def _row(self, number: int, s: Shrink) -> dict[str, Any]:
        net = s.lost_cents - s.found_cents
        return {
            "id": number,
            "cause": s.cause,
            "step": s.step,
            "times": s.times,
            "lost": s.lost,
            "found": s.found,
            "cost": [format_money(net, self.context.home.currency), net],
        }

    def _point(self, month: str, cents: int) -> dict[str, Any]:
        first, currency = date.fromisoformat(f"{month}-01"), self.context.home.currency
        return {
            "day": first.isoformat(),
            "label": f"{first:%b %Y}",
            "value": float(from_cents(cents, currency)),
            "low": None,
            "centre": None,
            "high": None,
            "signal": "",
            "part": month == f"{self.context.now():%Y-%m}",
            "says": f"{first:%B %Y}: {format_money(cents, currency)} lost less found",
        }
