"""The textbook's formulas for how much and when to order, each for one thing or for an array of things at once. Pure
arithmetic: knows no store. Needs numpy and scipy, so no page imports it when it is built."""

from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

__all__ = [
    "economic_quantity",
    "newsvendor",
    "normal_loss",
    "normal_loss_inverse",
    "normal_second_loss",
    "reorder_by_loss",
    "reorder_with_safety",
]

Array = Any
"""A number or a numpy array of them; several are broadcast against each other."""
SQRT_2_PI = float(np.sqrt(2 * np.pi))
ROUNDS, CLOSE = 200, 1e-10


def economic_quantity(fixed_cost: Array, holding_cost: Array, demand: Array) -> tuple[Array, Array]:
    """(pieces an order, cost a unit of time) where every order costs `fixed_cost` and a piece `holding_cost` a time.

    Snyder & Shen, Fundamentals of Supply Chain Theory, equations 3.4 and 3.5. Demand 0 gives 0.

    >>> quantity, cost = economic_quantity(8, 0.225, 1300)
    >>> f"{quantity:.4f} {cost:.4f}"
    '304.0468 68.4105'
    """
    twice = 2.0 * np.asarray(fixed_cost, float) * demand
    return np.sqrt(twice / holding_cost), np.sqrt(twice * holding_cost)


def newsvendor(holding_cost: Array, stockout_cost: Array, mean: Array, sd: Array) -> tuple[Array, Array]:
    """(the level to order up to, its expected cost) for normal demand of one period, in pieces and money a period.

    Snyder & Shen, section 4.3.2: the level covers demand with probability p / (p + h).

    >>> level, cost = newsvendor(0.18, 0.70, 50, 8)
    >>> f"{level:.4f} {cost:.4f}"
    '56.6040 1.9976'
    """
    both = np.asarray(holding_cost, float) + stockout_cost
    z = ndtri(stockout_cost / both)
    return mean + z * np.asarray(sd, float), both * sd * _density(z)


def reorder_with_safety(
    holding_cost: Array, stockout_cost: Array, fixed_cost: Array, demand: Array, sd: Array, lead_time: Array
) -> tuple[Array, Array]:
    """(reorder point, pieces an order): the economic quantity, and lead-time demand covered as a newsvendor would.

    Demand and sd a unit of time, the lead time in that unit. Snyder & Shen, equation 5.21.

    >>> point, quantity = reorder_with_safety(0.225, 7.5, 8, 1300, 150, 1 / 12)
    >>> f"{point:.4f} {quantity:.4f}"
    '190.3370 304.0468'
    """
    mean, spread = _lead_time_demand(demand, sd, lead_time)
    point, _ = newsvendor(holding_cost, stockout_cost, mean, spread)
    return point, economic_quantity(fixed_cost, holding_cost, demand)[0]


def reorder_by_loss(
    holding_cost: Array, stockout_cost: Array, fixed_cost: Array, demand: Array, sd: Array, lead_time: Array
) -> tuple[Array, Array]:
    """(reorder point, pieces an order) with both chosen together by the loss function of normal lead-time demand.

    Snyder & Shen, equations 5.28 and 5.29 (Hadley & Whitin 1963), in turn until neither moves any more.

    >>> point, quantity = reorder_by_loss(0.225, 7.5, 8, 1300, 150, 1 / 12)
    >>> f"{point:.4f} {quantity:.4f}"
    '126.8671 328.4491'
    """
    mean, spread = _lead_time_demand(demand, sd, lead_time)
    both = np.asarray(holding_cost, float) + stockout_cost
    quantity = economic_quantity(fixed_cost, holding_cost, demand)[0]
    for _ in range(ROUNDS):
        point = mean + spread * normal_loss_inverse(holding_cost * quantity / both / spread)
        behind = spread**2 * normal_second_loss((point - mean) / spread)
        better = np.sqrt(2 * (fixed_cost * demand + both * behind) / holding_cost)
        done = np.all(np.abs(better - quantity) <= CLOSE * np.maximum(1.0, quantity))
        quantity = better
        if done:
            break
    return point, quantity


def normal_loss(z: Array) -> Array:
    """Pieces short, expected, where a standard normal demand meets a level of z: L(z) = density(z) - z P(Z > z).

    >>> f"{normal_loss(0.0):.4f}"
    '0.3989'
    """
    return _density(z) - z * ndtr(-np.asarray(z, float))


def normal_second_loss(z: Array) -> Array:
    """Half the expected square of what is short: ((z² + 1) P(Z > z) - z density(z)) / 2.

    >>> f"{normal_second_loss(0.0):.4f}"
    '0.2500'
    """
    z = np.asarray(z, float)
    return ((z**2 + 1) * ndtr(-z) - z * _density(z)) / 2


def normal_loss_inverse(short: Array) -> Array:
    """The level z at which so much is short. Newton's steps from below, where the loss is convex: none overshoots.

    >>> f"{normal_loss_inverse(normal_loss(1.25)):.6f}"
    '1.250000'
    """
    short = np.asarray(short, float)
    z = -short
    for _ in range(ROUNDS):
        step = (normal_loss(z) - short) / np.maximum(ndtr(-z), 1e-300)
        z = z + step
        if np.all(np.abs(step) <= CLOSE):
            break
    return z


def _density(z: Array) -> Array:
    return np.exp(-(np.asarray(z, float) ** 2) / 2) / SQRT_2_PI


def _lead_time_demand(demand: Array, sd: Array, lead_time: Array) -> tuple[Array, Array]:
    """Mean and standard deviation; a spread of nothing is taken as next to nothing, so that it can be divided by."""
    mean = np.asarray(demand, float) * lead_time
    return mean, np.maximum(np.asarray(sd, float) * np.sqrt(lead_time), 1e-9)
