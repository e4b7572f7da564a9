"""How large a demo store is made: how far back it reaches, and how many of its days were worked with ecomos."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

__all__ = ["FULL", "SMALL", "Plan"]


@dataclass(frozen=True)
class Plan:
    """Two plans of one seed make the same shop, twice."""

    history_days: int = 730
    """Days before the present that the export reaches back."""
    worked_days: int = 60
    """Working days that the team worked with ecomos, up to yesterday; 0: it began yesterday at noon."""
    orders_a_day: float = 5.0
    """On an ordinary day at the beginning; it about doubles in two years."""
    morning_number: int = 1037
    """The number of the first of the orders that make up the morning."""
    wholesale: bool = False
    """Is there a second channel, for other shops?"""
    seed: int = 20261124

    def first_day(self, now: datetime) -> date:
        """The day of the oldest order."""
        return now.date() - timedelta(days=self.history_days)

    def working_days(self, now: datetime) -> list[date]:
        """The days that the team worked with ecomos, the oldest first; the shop is closed at the weekend."""
        found: list[date] = []
        day = now.date() - timedelta(days=1)
        while len(found) < self.worked_days:
            if day.weekday() < 5:
                found.append(day)
            day -= timedelta(days=1)
        return found[::-1]


FULL = Plan(morning_number=10_001, wholesale=True)
"""What `ecomos demo` makes."""
SMALL = Plan(history_days=38, worked_days=0, orders_a_day=1.0)
"""Only the morning, with a month of history: made in seconds."""
