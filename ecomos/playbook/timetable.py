"""Times that come again, in words: `every Mon-Fri at 09:00` as the five fields of cron, and the instants it means in
the store's zone, right on the days on which the clocks change. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from ecomos.errors import nearest
from ecomos.playbook.document import Findings
from ecomos.playbook.words import clock, names_of

__all__ = ["cron_of", "due_slots"]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
GOOD = "“every day at 07:00”, “every Mon-Fri at 07:00” or “every month on 1 at 08:00”"
_LAST_SURE_DAY = 28
MOST = 400


def cron_of(when: str, line: int, found: Findings, key: str = "when") -> str:
    """A time in words as the five fields of cron; empty, with a problem, where it is none.

    >>> cron_of("every Mon-Fri at 07:00", 3, Findings("reports/daily.md"))
    '0 7 * * 1,2,3,4,5'
    >>> cron_of("every month on the last day at 17:30", 3, Findings("reports/daily.md"))
    '30 17 L * *'
    """
    match = re.fullmatch(r"every (day|month on (\d{1,2}|the last day)|[A-Za-z, -]+?) at (\S+)", when.strip())
    at = clock(match[3]) if match else None
    if match is None or at is None:
        found.add(line, f"“{key}”: “{when}” is no time that comes again, as in {GOOD}")
        return ""
    if match[2] == "the last day":
        return f"{at.minute} {at.hour} L * *"
    if match[2]:
        if not 1 <= int(match[2]) <= _LAST_SURE_DAY:
            found.add(line, f"“{key}”: not every month has a day {match[2]}; choose 1 to {_LAST_SURE_DAY}")
            return ""
        return f"{at.minute} {at.hour} {int(match[2])} * *"
    days = "*" if match[1] == "day" else _weekdays(match[1], line, found, key)
    return f"{at.minute} {at.hour} * * {days}" if days else ""


def _weekdays(text: str, line: int, found: Findings, key: str) -> str:
    """`Mon-Fri` or `Mon, Thu` as cron's numbers, Sunday being 0."""
    numbers: list[int] = []
    for part in names_of(text):
        ends = [_weekday(name.strip(), line, found, key) for name in part.split("-", 1)]
        if None in ends:
            return ""
        first, last = ends[0] or 0, ends[-1] or 0
        numbers += range(first, (last if last >= first else last + 7) + 1)
    return _joined((n % 7 + 1) % 7 for n in numbers)


def _weekday(name: str, line: int, found: Findings, key: str) -> int | None:
    short = next((n for n, day in enumerate(DAYS) if day == name), None)
    if short is None:
        found.add(line, f"“{key}”: no weekday named “{name}”{nearest(name, DAYS) or '; known: ' + ', '.join(DAYS)}")
    return short


def _joined(numbers: Iterable[int]) -> str:
    return ",".join(str(n) for n in sorted(set(numbers)))


def due_slots(cron: str, zone: ZoneInfo, after: datetime, until: datetime) -> list[datetime]:
    """The instants in UTC, later than `after` and not later than `until`; the newest 400 at most.

    >>> vienna = ZoneInfo("Europe/Vienna")
    >>> night = datetime(2026, 10, 25, tzinfo=UTC) - timedelta(hours=2)
    >>> [f"{at:%d %H:%M}" for at in due_slots("30 2 * * *", vienna, night, night + timedelta(days=1))]
    ['25 00:30']
    """
    found: list[datetime] = []
    for at in CronSim(cron, until.astimezone(zone) + timedelta(seconds=1), reverse=True):
        if at.astimezone(UTC) <= after or len(found) == MOST:
            break
        if at.astimezone(UTC) <= until:
            found.append(at.astimezone(UTC))
    return found[::-1]
