"""How much may be asked for until the goods are here: quantiles of lead-time demand for all things at once. Needs numpy
and scipy, so no page imports it when it is built."""

from typing import Any

import numpy as np
from scipy.special import betainc, gammaincinv, ndtr, ndtri

__all__ = ["HEAVY_FROM", "demand_quantile", "dialled_quantile", "lead_time_variance"]

Array = Any

HEAVY_FROM = float(ndtri(0.92))
"""In standard deviations: up to here the negative binomial, above it a straight line in the spread, for what a whole
bulk order takes is not in the small counts."""
STEPS = 400


def lead_time_variance(mean_day: Array, sd_day: Array, lead: Array, lead_sd: Array) -> Array:
    """Of the demand until the goods are here: days add up, and the lead time varies itself.

    Snyder & Shen, section 4.3.4: L sd² + mean² sd(L)².

    >>> float(lead_time_variance(2.0, 3.0, 16.0, 5.0))
    244.0
    """
    return np.asarray(lead) * np.square(sd_day) + np.square(mean_day) * np.square(lead_sd)


def demand_quantile(mean: Array, variance: Array, share: Array) -> Array:
    """The least whole number of pieces not exceeded with probability `share`: negative binomial of that mean and
    variance, where the variance is at least the mean's.

    >>> demand_quantile(np.array([5.0, 0.4]), np.array([5.0, 2.0]), 0.95).tolist()
    [9.0, 3.0]
    """
    mean, variance, share = np.broadcast_arrays(np.maximum(mean, 1e-9), variance, share)
    variance = np.maximum(variance, mean * 1.0001)
    size, chance = mean**2 / (variance - mean), mean / variance
    count = np.floor(gammaincinv(mean**2 / variance, share) * variance / mean).ravel()
    size, chance, share = size.ravel(), chance.ravel(), share.ravel()
    _step(count, size, chance, share, up=True)
    _step(count, size, chance, share, up=False)
    return count.reshape(mean.shape)


def _step(count: Array, size: Array, chance: Array, share: Array, *, up: bool) -> None:
    """Move those counts that the gamma's guess left too low (or too high), one piece at a time."""
    left = np.arange(len(count)) if up else np.flatnonzero(count > 0)
    for _ in range(STEPS):
        below = betainc(size[left], count[left] + (1.0 if up else 0.0), chance[left]) < share[left]
        left = left[below if up else ~below]
        if not len(left):
            return
        count[left] += 1.0 if up else -1.0
        if not up:
            left = left[count[left] > 0]


def dialled_quantile(mean: Array, variance: Array, dial: Array) -> Array:
    """Pieces for a dial in standard deviations (1.645 would be 95 in 100 of a normal demand): the negative binomial up
    to 1.405, above it as many standard deviations more as the dial is turned further."""
    share = ndtr(np.minimum(dial, HEAVY_FROM))
    more = np.maximum(np.asarray(dial, float) - HEAVY_FROM, 0.0)
    return demand_quantile(mean, variance, share) + more * np.sqrt(variance)
