"""The arithmetic of `amounts` for a single thing, in plain Python: a page says what would change a quantity without
loading numpy and scipy. A law test holds the two equal."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from statistics import NormalDist
from typing import Any

__all__ = ["HEAVY_FROM", "OneAmount", "OneGiven", "demand_quantile", "one_amount", "textbook_dial"]

HEAVY_FROM = NormalDist().inv_cdf(0.92)
"""As in quantiles.py."""


@dataclass(frozen=True)
class OneGiven:
    """What a quantity is made of; see amounts.Given."""

    demand_a_day: float
    demand_sd: float
    lead_days: float
    lead_sd: float
    review_days: float
    dial: float
    lasts_days: float
    cap_days: float
    available: float
    coming: float
    minimum: float
    pack: float

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "OneGiven":
        """As a stored plan says it."""
        named = {f.name: float(row[f.name] or 0) for f in fields(cls)}
        named["cap_days"] = math.inf if row["cap_days"] is None else float(row["cap_days"])
        return cls(**named)

    def but(self, **changed: float) -> "OneGiven":
        """The same with something else."""
        return replace(self, **changed)


@dataclass(frozen=True)
class OneAmount:
    """See amounts.Amounts."""

    mean: float
    """Pieces asked for, expected, until the goods are here."""
    reorder_point: int
    lot: int
    """Pieces that an order is meant to add."""
    order_up_to: int
    need: int
    capped: int
    at_least: int
    """That, not below the minimum."""
    quantity: int


def one_amount(given: OneGiven) -> OneAmount:
    """The quantity, step by step."""
    protect = given.lead_days + given.review_days
    mean = given.demand_a_day * protect
    lot = max(1, math.ceil(given.demand_a_day * given.lasts_days - 1e-9))
    if given.demand_a_day <= 0:
        return OneAmount(0.0, 0, 0, 0, 0, 0, 0, 0)
    variance = protect * given.demand_sd**2 + given.demand_a_day**2 * given.lead_sd**2
    point = math.ceil(_dialled(mean, variance, given.dial) - 1e-9)
    position = given.available + given.coming
    need = int(point + lot - position) if position <= point else 0
    most = given.demand_a_day * (protect + given.cap_days)
    room = max((math.floor(most) if math.isfinite(most) else math.inf) - position, -position, 1.0)
    capped = int(min(need, room))
    least = int(max(capped, given.minimum)) if capped > 0 else 0
    return OneAmount(
        mean, point, lot, point + lot, need, capped, least, int(math.ceil(least / given.pack) * given.pack)
    )


def textbook_dial(target: float) -> float:
    """The standard normal quantile of the target.

    >>> round(textbook_dial(0.95), 3)
    1.645
    """
    return NormalDist().inv_cdf(target)


def _dialled(mean: float, variance: float, dial: float) -> float:
    share = NormalDist().cdf(min(dial, HEAVY_FROM))
    return demand_quantile(mean, variance, share) + max(dial - HEAVY_FROM, 0.0) * math.sqrt(variance)


def demand_quantile(mean: float, variance: float, share: float) -> int:
    """The least whole number of pieces not exceeded with probability `share`: negative binomial, as in quantiles.py.

    Added up from where the chances begin to count: ten standard deviations below the mean.

    >>> demand_quantile(5.0, 5.0, 0.95), demand_quantile(0.4, 2.0, 0.95)
    (9, 3)
    """
    mean = max(mean, 1e-9)
    variance = max(variance, mean * 1.0001)
    size, chance = mean**2 / (variance - mean), mean / variance
    count = max(0, math.floor(mean - 10 * math.sqrt(variance)))
    log = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    one = math.exp(log + size * math.log(chance) + (count * math.log1p(-chance) if count else 0.0))
    total = one
    while total < share:
        one *= (count + size) / (count + 1) * (1 - chance)
        count += 1
        total += one
        if one == 0.0:
            break
    return count
