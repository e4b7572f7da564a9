"""Which days say something: a process behaviour chart on the log of the day, the effect of the weekday taken out,
limits at the centre ± 2.66 times the mean moving range (Wheeler, *Understanding Variation*). Pure functions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

__all__ = ["Limits", "Reading", "limits_of", "readings"]

BASE_DAYS = 60
SHRINK = 4
RANGE_FACTOR = 2.66
FEWEST = 14
"""Open days before limits can be drawn."""


@dataclass(frozen=True)
class Limits:
    """The limits of one weekday, in the figure's own unit."""

    low: float
    centre: float
    high: float


@dataclass(frozen=True)
class Reading:
    """One day with its limits and what it says."""

    day_on: date
    value: float | None
    limits: Limits | None
    signal: str
    """Empty, `above`, `below`, or `level moved`."""


def _log(value: float) -> float:
    return math.log1p(max(value, 0.0))


def _weekday_effects(days: Sequence[tuple[date, float]]) -> Mapping[int, float]:
    """How far each weekday lies off the mean of all, shrunk n/(n+4)."""
    mean = sum(y for _, y in days) / len(days)
    found = {}
    for weekday in range(7):
        own = [y for day, y in days if day.weekday() == weekday]
        if own:
            found[weekday] = (sum(own) / len(own) - mean) * len(own) / (len(own) + SHRINK)
    return found


def limits_of(base: Sequence[tuple[date, float]], day: date) -> Limits | None:
    """The limits that the base (day, value) sets for a day; None while it has fewer than 14 open days."""
    if len(base) < FEWEST:
        return None
    logs = [(d, _log(v)) for d, v in base]
    effect = _weekday_effects(logs)
    flat = [y - effect.get(d.weekday(), 0.0) for d, y in logs]
    centre = sum(flat) / len(flat)
    moving = sum(abs(b - a) for a, b in pairwise(flat)) / (len(flat) - 1)
    shift = effect.get(day.weekday(), 0.0)
    low, mid, high = (math.expm1(centre + shift + k * RANGE_FACTOR * moving) for k in (-1, 0, 1))
    return Limits(max(low, 0.0), mid, high)


def readings(days: Sequence[tuple[date, float | None]]) -> list[Reading]:
    """Every day read against the 60 open days before it; days without a value are gaps, not zeros.

    Rule 1 (beyond a limit) is `above` or `below`. Two of three beyond two thirds of a limit, or eight on one side of
    the centre, mean that the level has moved: the base begins anew there.
    """
    found: list[Reading] = []
    base: list[tuple[date, float]] = []
    sides: list[int] = []
    thirds: list[int] = []
    for day, value in days:
        if value is None:
            found.append(Reading(day, None, None, ""))
            continue
        limits = limits_of(base[-BASE_DAYS:], day)
        signal = _rule_one(limits, value)
        if limits is not None:
            sides.append(1 if value > limits.centre else -1)
            thirds.append(_beyond_two_thirds(limits, value))
            if not signal and _has_moved(sides, thirds):
                signal = "level moved"
                base, sides, thirds = base[-len(sides[-8:]) :], [], []
        found.append(Reading(day, value, limits, signal))
        if signal not in ("above", "below"):
            base.append((day, value))
    return found


def _rule_one(limits: Limits | None, value: float) -> str:
    if limits is None:
        return ""
    return "above" if value > limits.high else "below" if value < limits.low else ""


def _beyond_two_thirds(limits: Limits, value: float) -> int:
    y, low, centre, high = _log(value), _log(limits.low), _log(limits.centre), _log(limits.high)
    if y > centre + (high - centre) * 2 / 3:
        return 1
    return -1 if y < centre - (centre - low) * 2 / 3 else 0


def _has_moved(sides: Sequence[int], thirds: Sequence[int]) -> bool:
    eight = len(sides) >= 8 and abs(sum(sides[-8:])) == 8
    return eight or thirds[-3:].count(1) >= 2 or thirds[-3:].count(-1) >= 2
