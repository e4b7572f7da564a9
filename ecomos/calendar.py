"""Working time: opening hours, holidays and spans counted in them. All instants carry a zone; days are the store's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

__all__ = ["WorkingTime", "span_of"]

FAR = 3660
"""Days looked ahead before we say that the shop never opens."""


@dataclass(frozen=True)
class WorkingTime:
    """When the shop works."""

    zone: ZoneInfo
    hours: Mapping[int, tuple[time, time]]
    """Weekday (0 is Monday) -> opens, closes; a day without is closed."""
    holidays: frozenset[date] = frozenset()

    def day(self, at: datetime) -> date:
        """The store's day of an instant."""
        return at.astimezone(self.zone).date()

    def at(self, day: date, clock: time) -> datetime:
        """That clock time of that day in the store's zone."""
        return datetime.combine(day, clock, tzinfo=self.zone)

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """When the shop opens and closes that day; None on a closed one."""
        span = self.hours.get(day.weekday())
        if span is None or day in self.holidays:
            return None
        return self.at(day, span[0]), self.at(day, span[1])

    def next_opening(self, at: datetime) -> tuple[datetime, datetime]:
        """The opening that holds `at`, else the next one; begins at `at` where that is inside.

        Raises ValueError where the shop never opens again.
        """
        for ahead in range(FAR):
            span = self.opening(self.day(at) + timedelta(days=ahead))
            if span and span[1] > at:
                return max(span[0], at), span[1]
        raise ValueError("the opening hours in ecomos.toml leave no day on which the shop works")

    def after_hours(self, start: datetime, hours: Decimal) -> datetime:
        """`hours` of open time after `start`; begins to count when the shop is open."""
        left, at = timedelta(seconds=float(hours * 3600)), start
        while True:
            opens, closes = self.next_opening(at)
            if opens + left <= closes:
                return opens + left
            left -= closes - opens
            at = closes

    def after_days(self, start: datetime, days: int) -> datetime:
        """The same clock time that many working days later (outside the hours: counted from the next opening)."""
        opens, _ = self.next_opening(start)
        day, clock = self.day(opens), opens.astimezone(self.zone).time()
        for _ in range(days):
            day = self.day(self.next_opening(self.at(day + timedelta(days=1), time(0)))[0])
        return self.at(day, clock)

    def by_clock(self, start: datetime, clock: time) -> datetime:
        """The next working day's that clock time, today where it is still ahead."""
        for ahead in range(FAR):
            day = self.day(start) + timedelta(days=ahead)
            if self.opening(day) and self.at(day, clock) > start:
                return self.at(day, clock)
        raise ValueError("the opening hours in ecomos.toml leave no day on which the shop works")

    def after(self, start: datetime, amount: Decimal, unit: str, *, working: bool) -> datetime:
        """A span after `start`: in working time, or by the calendar."""
        if not working:
            return start + span_of(amount, unit)
        if unit == "days":
            return self.after_days(start, int(amount))
        return self.after_hours(start, amount if unit == "hours" else amount / 60)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies between two instants."""
        total, day = timedelta(), self.day(start)
        while day <= self.day(end):
            span = self.opening(day)
            if span:
                total += max(min(span[1], end) - max(span[0], start), timedelta())
            day += timedelta(days=1)
        return total


def span_of(amount: Decimal, unit: str) -> timedelta:
    """A span by the calendar.

    >>> span_of(Decimal(2), "hours")
    datetime.timedelta(seconds=7200)
    """
    return timedelta(**{unit: float(amount)})
