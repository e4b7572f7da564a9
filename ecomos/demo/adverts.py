"""What the demo shop spends to be seen: two accounts, a few campaigns each, more of it in season and in promotions.
Written as the accounts' own reports, a row for each campaign and day."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ecomos.demo.market import demand
from ecomos.demo.plan import Plan

__all__ = ["Adverts"]

AN_ORDER = 5.9
"""Spent for each order of an ordinary day, in the store's currency; about a twelfth of what it brings."""
GOOGLE = (("Brand", 0.14, 0.45, 6.1), ("Shopping - Kitchen", 0.22, 0.38, 3.4), ("Shopping - Clothing", 0.2, 0.52, 2.9))
META = (("Prospecting - DACH", 0.28, 0.31, 1.7), ("Retargeting - 14 days", 0.16, 0.44, 4.2))
"""Name, share of the spend, price of a click, what the account says that each unit spent brought."""


@dataclass(frozen=True)
class Shown:
    """One campaign on one day."""

    campaign: str
    day: date
    spend: float
    clicks: int
    impressions: int
    orders: int
    value: float


class Adverts:
    """Both accounts; the same seed spends the same."""

    def __init__(self, plan: Plan, first: date) -> None:
        self.plan, self.first = plan, first

    def write_google(self, path: Path, since: date, until: date) -> Path:
        """The campaign report of these days: two rows above the header, the totals below."""
        rows = list(self._shown(GOOGLE, since, until))
        total = f"{sum(r.spend for r in rows):,.2f}"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["Campaign report"])
            out.writerow([f"{since:%B} {since.day}, {since.year} - {until:%B} {until.day}, {until.year}"])
            out.writerow(
                "Campaign status,Campaign,Day,Currency code,Impr.,Clicks,Cost,Conversions,Conv. value".split(",")
            )
            for r in rows:
                cells = (f"{r.impressions:,}", f"{r.clicks:,}", f"{r.spend:,.2f}", f"{r.orders:.2f}", f"{r.value:,.2f}")
                out.writerow(("Enabled", r.campaign, r.day.isoformat(), "EUR", *cells))
            out.writerow(("Total: Account", "", "", "EUR", " --", " --", total, " --", " --"))
        return path

    def write_meta(self, path: Path, since: date, until: date) -> Path:
        """The account's report of these days: its total on top, without a campaign's name."""
        rows = list(self._shown(META, since, until))
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(
                "Reporting starts,Reporting ends,Campaign name,Amount spent (EUR),Impressions,Link clicks,Purchases,"
                "Purchases conversion value".split(",")
            )
            out.writerow((since, until, "", f"{sum(r.spend for r in rows):.2f}", "", "", "", ""))
            for r in rows:
                cells = (f"{r.spend:.2f}", r.impressions, r.clicks, r.orders, f"{r.value:.2f}")
                out.writerow((r.day, r.day, r.campaign, *cells))
        return path

    def _shown(
        self, campaigns: tuple[tuple[str, float, float, float], ...], since: date, until: date
    ) -> Iterator[Shown]:
        for n in range((until - since).days + 1):
            day = since + timedelta(days=n)
            chance = random.Random(f"{self.plan.seed} {day} {campaigns[0][0]}")
            budget = AN_ORDER * demand(day, self.plan, self.first)
            for name, share, click, returns in campaigns:
                spend = round(budget * share * chance.uniform(0.75, 1.25), 2)
                clicks = round(spend / click * chance.uniform(0.8, 1.2))
                value = round(spend * returns * chance.uniform(0.5, 1.5), 2)
                yield Shown(name, day, spend, clicks, clicks * chance.randint(28, 60), round(value / 58), value)
