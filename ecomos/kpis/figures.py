"""Figures from kpi_daily: by day, week or month, each from its parts, so that a week is never an average of averages.
Distinct counts and medians (`per: period, distinct`) are computed from the facts of the period."""

import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ecomos.kpis.running import run_card
from ecomos.playbook.records import Kpi

__all__ = ["Figure", "facts_behind", "figure", "figures", "periods"]


@dataclass(frozen=True)
class Figure:
    """One card's value over one period."""

    kpi: str
    first_on: date
    last_on: date
    """The period asked for; `is_part` where it is not over."""
    numerator: float
    denominator: float | None
    value: float | None
    """In the card's unit (money in major units); None where there is nothing to divide by."""
    is_part: bool = False


def periods(first_on: date, last_on: date, by: str) -> list[tuple[date, date]]:
    """The days, ISO weeks or months that the span touches, each whole.

    >>> [str(first) for first, _ in periods(date(2026, 11, 24), date(2026, 11, 30), "week")]
    ['2026-11-23', '2026-11-30']
    """
    found, at = [], _start(first_on, by)
    while at <= last_on:
        end = _next(at, by) - timedelta(days=1)
        found.append((at, end))
        at = end + timedelta(days=1)
    return found


def _start(day: date, by: str) -> date:
    if by == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if by == "week" else day


def _next(start: date, by: str) -> date:
    if by == "month":
        return (start + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if by == "week" else 1)


def figure(db: sqlite3.Connection, card: Kpi, first_on: date, last_on: date, channel_id: int | None = None) -> Figure:
    """One card over one span of days, both included."""
    if card.per != "day":
        return _of_facts(db, card, first_on, last_on, channel_id)
    row = db.execute(
        """select coalesce(sum(numerator), 0), sum(denominator), count(*) from kpi_daily
           where kpi = ? and day_on between ? and ? and (? is null or channel_id = ?)""",
        [card.stem, first_on.isoformat(), last_on.isoformat(), channel_id, channel_id],
    ).fetchone()
    there = row[2] > 0 or _is_sum(db, card)
    return Figure(card.stem, first_on, last_on, row[0], row[1], _value(card, row[0], row[1], there))


def _is_sum(db: sqlite3.Connection, card: Kpi) -> bool:
    """Whether the card's facts are only added up: then a day without any has zero, and a ratio's has no value."""
    row = db.execute("select max(denominator is not null) from kpi_daily where kpi = ?", [card.stem]).fetchone()
    return row[0] == 0


def _value(card: Kpi, numerator: float, denominator: float | None, there: bool) -> float | None:
    scale = 100.0 if card.unit == "per cent" else 1.0
    if card.unit == "money":
        numerator /= 100
    if denominator is None:
        return numerator if there else None
    return scale * numerator / denominator if denominator else None


DISTINCT = """
select count(distinct case when numerator then ref_type || ref_id end) as numerator,
  count(distinct case when denominator then ref_type || ref_id end) as denominator, count(*) as facts
from card where day_on between ? and ? and (? is null or channel_id = ?)"""
VALUES = """
select numerator from card
where day_on between ? and ? and (? is null or channel_id = ?) and numerator is not null"""


def _of_facts(db: sqlite3.Connection, card: Kpi, first_on: date, last_on: date, channel_id: int | None) -> Figure:
    asked = [first_on.isoformat(), last_on.isoformat(), channel_id, channel_id]
    if card.per == "period, median":
        values = [r["numerator"] for r in run_card(db, card.stem, card.sql, VALUES, asked)]
        middle = statistics.median(values) if values else None
        return Figure(card.stem, first_on, last_on, float(len(values)), None, middle)
    found = run_card(db, card.stem, card.sql, DISTINCT, asked)[0]
    parts = (float(found["numerator"]), float(found["denominator"]) if found["denominator"] else None)
    return Figure(card.stem, first_on, last_on, *parts, _value(card, *parts, bool(found["facts"])))


def facts_behind(
    db: sqlite3.Connection, card: Kpi, first_on: date, last_on: date, channel_id: int | None = None
) -> list[sqlite3.Row]:
    """The rows behind a figure, down to the order, the newest first."""
    outer = """select * from card where day_on between ? and ? and (? is null or channel_id = ?)
               order by day_on desc"""
    return run_card(db, card.stem, card.sql, outer, [first_on.isoformat(), last_on.isoformat(), channel_id, channel_id])


def figures(
    db: sqlite3.Connection,
    card: Kpi,
    first_on: date,
    last_on: date,
    *,
    by: str = "day",
    channel_id: int | None = None,
    today: date | None = None,
) -> Sequence[Figure]:
    """A card's figure for each day, week or month of the span; the one that is not over is marked."""
    spans = periods(first_on, last_on, by)
    if card.per == "day" and by == "day":
        return _days(db, card, spans, channel_id, today)
    found = [figure(db, card, a, b, channel_id) for a, b in spans]
    return [_marked(f, today) for f in found]


def _marked(found: Figure, today: date | None) -> Figure:
    if today is None or found.last_on < today:
        return found
    return Figure(**{**found.__dict__, "is_part": True})


def _days(
    db: sqlite3.Connection, card: Kpi, spans: list[tuple[date, date]], channel_id: int | None, today: date | None
) -> list[Figure]:
    rows = db.execute(
        """select day_on, sum(numerator), sum(denominator) from kpi_daily
           where kpi = ? and day_on between ? and ? and (? is null or channel_id = ?) group by day_on""",
        [card.stem, spans[0][0].isoformat(), spans[-1][1].isoformat(), channel_id, channel_id],
    )
    known = {r[0]: (r[1], r[2]) for r in rows}
    found, sums = [], _is_sum(db, card)
    for day, _ in spans:
        n, d = known.get(day.isoformat(), (0.0, None))
        value = _value(card, n, d, sums or day.isoformat() in known)
        found.append(_marked(Figure(card.stem, day, day, n, d, value), today))
    return found
