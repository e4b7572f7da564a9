"""Dates and times as exports write them: which order of day and month a whole file uses, and one instant in it."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

__all__ = ["ORDERS", "DateReader", "DateSurvey", "Stamp"]

ORDERS = ("ymd", "dmy", "mdy")
TIME = r"(?:[ T,]+(?P<h>\d{1,2}):(?P<min>\d\d)(?::(?P<s>\d\d)(?:\.\d+)?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?)?"
OFFSET = r"\s*(?P<offset>Z|UTC|GMT|[+-]\d\d:?\d\d)?"
YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<a>\d{{1,2}})(?P=sep)(?P<b>\d{{1,2}}){TIME}{OFFSET}")
YEAR_LAST = re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}|\d\d){TIME}{OFFSET}")
PLAIN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class Stamp(NamedTuple):
    """One instant: in UTC, the store's day of it, and the day that the text itself names."""

    at: str
    on: str
    file_on: str
    exact: bool
    """The text had offset and seconds."""
    offset: str


def _parts(text: str) -> tuple[re.Match[str], bool] | None:
    body = text.strip()
    found = YEAR_FIRST.fullmatch(body)
    if found:
        return found, True
    found = YEAR_LAST.fullmatch(body)
    return (found, False) if found else None


def _orders_of(text: str) -> set[str]:
    """Which orders of day and month fit a text; a point between them always means day first.

    >>> sorted(_orders_of("03/04/2026")), _orders_of("31/12/2023 22:36"), _orders_of("12/31/22")
    (['dmy', 'mdy'], {'dmy'}, {'mdy'})
    >>> _orders_of("03.04.2026"), _orders_of("2010-12-01 08:26:00")
    ({'dmy'}, {'ymd'})
    """
    parts = _parts(text)
    if parts is None:
        return set()
    found, year_first = parts
    if year_first:
        return {"ymd"}
    a, b = int(found["a"]), int(found["b"])
    fits = {"dmy"} if b <= 12 and 1 <= a <= 31 else set()
    if found["sep"] != "." and a <= 12 and 1 <= b <= 31:
        fits |= {"mdy"}
    return fits


class DateSurvey:
    """Finds the order of day and month that a whole file uses."""

    def __init__(self) -> None:
        self.fits = set(ORDERS)
        self.example: str | None = None

    @property
    def decided(self) -> bool:
        return len(self.fits) == 1

    def add(self, text: str) -> None:
        """Look at one value; one that fits nothing is a rejected row later."""
        fitting = _orders_of(text) & self.fits
        if fitting:
            self.fits = fitting
            if len(fitting) > 1:
                self.example = self.example or text.strip()

    def reading(self) -> str | None:
        """The order; year first where the file has no date at all; None where two fit."""
        if self.decided:
            return next(iter(self.fits))
        return None if self.example else "ymd"


class DateReader:
    """Reads instants in one order; a text without offset is in the store's zone. Remembers what it has read."""

    def __init__(self, order: str, zone: ZoneInfo) -> None:
        self.order = order
        self.zone = zone
        self.known: dict[str, Stamp | None] = {}

    def read(self, text: str) -> Stamp | None:
        """The instant, or None where the text is none in this file's order."""
        if text not in self.known:
            self.known[text] = self._read(text)
        return self.known[text]

    def _read(self, text: str) -> Stamp | None:
        if self.order == "ymd" and PLAIN.fullmatch(text):
            return self._plain(text)
        parts = _parts(text)
        if parts is None or self.order not in _orders_of(text):
            return None
        found, year_first = parts
        a, b = int(found["a"]), int(found["b"])
        month, day = (a, b) if year_first or self.order == "mdy" else (b, a)
        year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
        hour = _hour(int(found["h"] or 0), found["half"])
        try:
            local = datetime(year, month, day, hour, int(found["min"] or 0), int(found["s"] or 0))  # noqa: DTZ001
        except ValueError:
            return None
        offset = found["offset"] or ""
        at = local.replace(tzinfo=_zone(offset) if offset else self.zone)
        return Stamp(
            at.astimezone(UTC).isoformat()[:19] + "Z",
            at.astimezone(self.zone).isoformat()[:10],
            local.isoformat()[:10],
            bool(offset) and found["s"] is not None,
            offset,
        )

    def _plain(self, text: str) -> Stamp | None:
        """The commonest form, `2010-12-01 08:26:00`, in the store's zone."""
        try:
            at = datetime.fromisoformat(text).replace(tzinfo=self.zone)
        except ValueError:
            return None
        return Stamp(at.astimezone(UTC).isoformat()[:19] + "Z", text[:10], text[:10], False, "")


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half in "Pp" else 0)


def _zone(offset: str) -> timezone:
    if offset in ("Z", "UTC", "GMT"):
        return UTC
    span = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(-span if offset[0] == "-" else span)
