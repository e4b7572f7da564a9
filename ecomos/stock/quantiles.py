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
FEW, SKEWED = 30.0, 0.3
"""Pieces up to which chances are added up one by one; shape of a gamma below which the cube is far off."""


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
    shape, mean, variance, share = mean.shape, mean.ravel(), variance.ravel(), share.ravel()
    variance = np.maximum(variance, mean * 1.0001)
    size, chance = mean**2 / (variance - mean), mean / variance
    count = np.zeros(len(mean))
    few = mean <= FEW
    if few.any():
        count[few] = _added_up(size[few], chance[few], share[few])
    if not few.all():
        many = ~few
        count[many] = _stepped(mean[many], variance[many], share[many])
    return count.reshape(shape)


def _added_up(size: Array, chance: Array, share: Array) -> Array:
    """The chances of 0, 1, 2 … pieces added up until they reach the share: each from the one before it."""
    count, left = np.zeros(len(size)), np.arange(len(size))
    one = np.exp(size * np.log(chance))
    total, rest = one.copy(), 1.0 - chance
    pieces = 0
    while True:
        below = (total < share[left]) & (one > 0)
        left, one, total = left[below], one[below], total[below]
        if not len(left):
            return count
        one = one * ((pieces + size[left]) / (pieces + 1.0) * rest[left])
        total = total + one
        pieces += 1
        count[left] = pieces


def _stepped(mean: Array, variance: Array, share: Array) -> Array:
    """A gamma's quantile (Wilson and Hilferty's cube), then one piece up or down at a time."""
    size, chance = mean**2 / (variance - mean), mean / variance
    shape = mean**2 / variance
    cube = 1.0 - 1.0 / (9.0 * shape) + ndtri(share) / (3.0 * np.sqrt(shape))
    count = np.floor(np.maximum(cube, 0.0) ** 3 * mean)
    skewed = shape < SKEWED
    if skewed.any():
        count[skewed] = np.floor(gammaincinv(shape[skewed], share[skewed]) * variance[skewed] / mean[skewed])
    for up in (True, False):
        left = np.arange(len(count)) if up else np.flatnonzero(count > 0)
        for _ in range(STEPS):
            below = betainc(size[left], count[left] + (1.0 if up else 0.0), chance[left]) < share[left]
            left = left[below if up else ~below]
            if not len(left):
                break
            count[left] += 1.0 if up else -1.0
            if not up:
                left = left[count[left] > 0]
    return count


def dialled_quantile(mean: Array, variance: Array, dial: Array) -> Array:
    """Pieces for a dial in standard deviations (1.645 would be 95 in 100 of a normal demand): the negative binomial up
    to 1.405, above it as many standard deviations more as the dial is turned further."""
    share = ndtr(np.minimum(dial, HEAVY_FROM))
    more = np.maximum(np.asarray(dial, float) - HEAVY_FROM, 0.0)
    return demand_quantile(mean, variance, share) + more * np.sqrt(variance)
