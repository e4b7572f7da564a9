"""The rules that shops use today, as reorder points for the rehearsal: a fixed minimum, the last thirty days' rate, the
textbook's normal formula. Each may be turned up or down. Needs numpy."""

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["fixed_minimum", "textbook_normal", "thirty_day_rate"]

Array = Any
Rules = Callable[[int], tuple[Array, Array]]
RATE_DAYS, NORMAL_DAYS = 30, 90


def fixed_minimum(before: Array, lead_days: Array, lasts_days: float, factors: Array) -> Rules:
    """A minimum and a maximum set once, from the days before, and never looked at again. `factors`: times the demand of
    a lead time."""
    rate = before.mean(axis=1)
    points = (rate * lead_days)[:, None] * factors[None]
    return lambda day: (points, rate * lasts_days)


def thirty_day_rate(every: Array, first: int, lead_days: Array, lasts_days: float, factors: Array) -> Rules:
    """The last thirty days' rate times the lead time: what most apps and spreadsheets do."""

    def rules(day: int) -> tuple[Array, Array]:
        rate = every[:, max(0, first + day - RATE_DAYS) : first + day].mean(axis=1)
        return (rate * lead_days)[:, None] * factors[None], rate * lasts_days

    return rules


def textbook_normal(every: Array, first: int, lead: tuple[Array, Array], lasts_days: float, dials: Array) -> Rules:
    """Mean and spread of the last ninety days, normal: lead-time demand plus z times its standard deviation."""
    lead_days, lead_sd = lead

    def rules(day: int) -> tuple[Array, Array]:
        seen = every[:, max(0, first + day - NORMAL_DAYS) : first + day]
        rate, sd = seen.mean(axis=1), seen.std(axis=1)
        spread = np.sqrt(lead_days * sd**2 + rate**2 * lead_sd**2)
        return (rate * lead_days)[:, None] + dials[None] * spread[:, None], rate * lasts_days

    return rules
