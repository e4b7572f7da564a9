"""How the pages say times, spans, amounts and counts; the same everywhere."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo  # noqa: F401  (UTC is for the doctests)

from ecomos.store import parse_iso

__all__ = ["counted", "day_and_time", "day_words", "due_words", "greeting", "span_words", "with_local_times"]


def day_and_time(at: datetime | str | None, zone: tzinfo, now: datetime | None = None) -> str:
    """An instant in the store's zone, the year only where it is another one.

    >>> day_and_time("2026-11-24T16:00:00Z", UTC, datetime(2026, 11, 24, tzinfo=UTC))
    'Tue 24 Nov, 16:00'
    """
    if not at:
        return ""
    when = (parse_iso(at) if isinstance(at, str) else at).astimezone(zone)
    year = f" {when.year}" if now is None or now.astimezone(zone).year != when.year else ""
    return f"{when:%a} {when.day} {when:%b}{year}, {when:%H:%M}"


def day_words(day: date | str | None) -> str:
    """A day as people say it; empty for none.

    >>> day_words("2026-11-27")
    'Fri 27 Nov 2026'
    """
    if not day:
        return ""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{when:%a} {when.day} {when:%b} {when.year}"


def span_words(span: timedelta) -> str:
    """A length of time, the two largest units at most.

    >>> span_words(timedelta(minutes=25)), span_words(timedelta(hours=26))
    ('25 min', '1 day 2 h')
    """
    minutes = int(abs(span).total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{counted(days, 'day')}{f' {hours} h' if hours and days < 3 else ''}"
    if hours:
        return f"{hours} h{f' {minutes % 60} min' if minutes % 60 and hours < 3 else ''}"
    return f"{minutes} min"


def due_words(due: datetime | None, now: datetime) -> str:
    """A deadline beside the present: `in 25 min`, `2 h late`; empty where there is none."""
    if due is None:
        return ""
    return f"in {span_words(due - now)}" if due >= now else f"{span_words(now - due)} late"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "line"), counted(3, "line")
    ('1 line', '3 lines')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def greeting(now: datetime, zone: tzinfo) -> str:
    """Good morning, good afternoon or good evening, by the store's clock."""
    hour = now.astimezone(zone).hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def with_local_times(text: str, zone: tzinfo, now: datetime) -> str:
    """Instants as the store writes them, in a sentence, said in the store's zone.

    >>> with_local_times("late since 2026-11-23T13:00:00Z, moved", UTC, datetime(2026, 11, 24, tzinfo=UTC))
    'late since Mon 23 Nov, 13:00, moved'
    """
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", lambda m: day_and_time(m[0], zone, now), text)
