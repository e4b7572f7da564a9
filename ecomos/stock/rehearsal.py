"""A past lived through again under other rules: each day's demand met from a shelf that is reviewed every evening,
ordered for and received after a drawn lead time. For all things and several settings at once. Needs numpy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Rehearsed", "Scene", "rehearse"]

Array = Any
SEED = 6
"""The lead times drawn are the same for every rule, so that rules differ and luck does not."""


@dataclass(frozen=True)
class Scene:
    """What is lived through: a row a thing."""

    asked: Array
    """Pieces, a column a day."""
    worth: Array
    """Of a piece: by it service is weighed."""
    lead_low: Array
    lead_high: Array
    """Calendar days; every whole day between them is as likely."""
    value: Array | None = None
    """Of a piece that lies there or is bought; None: the same."""
    pack: Array | float = 1.0
    minimum: Array | float = 0.0
    review_days: int = 1
    """Every so many days orders are placed."""
    seed: int = SEED


@dataclass(frozen=True)
class Rehearsed:
    """What came of it: a column a setting."""

    fill: Array
    """Share of what was asked for, by worth, that left from the shelf."""
    stock: Array
    """Mean value of what lay there."""
    orders: Array
    """Lines ordered."""
    served: Array
    """Pieces that left, a row a thing."""
    stock_by_day: Array
    """Value of what lay there, a row a day."""
    bought_by_day: Array
    """Value of what arrived, a row a day."""
    sold_by_day: Array
    """Worth of what left, a row a day."""


def rehearse(scene: Scene, rules: Callable[[int], tuple[Array, Array]]) -> Rehearsed:
    """Live through the days. `rules(day)` gives, when a week begins, (reorder points: things x settings, pieces that an
    order adds above it: things, or things x settings), from what was known by then.

    The shelf begins with a reorder point and half an order. What can't be served is lost. An order is placed when what
    is there and coming is at or below the reorder point.
    """
    things, days = scene.asked.shape
    leads = _leads(scene, days)
    points, lots = _rules(rules, 0)
    stock = np.maximum(0.0, points + _amount(scene, points, lots, points) / 2.0)
    ahead = int(leads.max(initial=1)) + 1
    due = np.zeros((ahead, *stock.shape))
    coming = np.zeros_like(stock)
    tally = _Tally(scene, stock.shape[1])
    everything = np.arange(things)
    for day in range(days):
        if day and day % 7 == 0:
            points, lots = _rules(rules, day)
        arrived = due[day % ahead]
        stock += arrived
        coming -= arrived
        tally.bought(day, arrived)
        arrived[:] = 0.0
        left = np.minimum(stock, scene.asked[:, day, None])
        stock -= left
        tally.day(day, left, stock)
        if day % scene.review_days:
            continue
        quantity = np.where(stock + coming <= points, _amount(scene, points, lots, stock + coming), 0.0)
        tally.orders += (quantity > 0).sum(axis=0)
        coming += quantity
        due[(day + leads[day]) % ahead, everything] += quantity
    return tally.told()


def _rules(rules: Callable[[int], tuple[Array, Array]], day: int) -> tuple[Array, Array]:
    points, lots = rules(day)
    lots = np.maximum(1.0, np.ceil(lots))
    return np.ceil(points), lots if lots.ndim == 2 else lots[:, None]


def _amount(scene: Scene, points: Array, lots: Array, position: Array) -> Array:
    wanted = np.maximum(np.maximum(lots, points + lots - position) * 1.0, _column(scene.minimum))
    pack = _column(scene.pack)
    return np.ceil(wanted / pack) * pack


def _column(value: Array | float) -> Array:
    return value[:, None] if isinstance(value, np.ndarray) else value


def _leads(scene: Scene, days: int) -> Array:
    """A whole number of days, at least 1, for each day and thing."""
    draw = np.random.default_rng(scene.seed).random((days, len(scene.asked)))
    low = np.maximum(1.0, np.round(scene.lead_low))
    high = np.maximum(low, np.round(scene.lead_high))
    return np.floor(low + draw * (high - low + 1.0)).astype(np.int64)


class _Tally:
    """The sums on the way."""

    def __init__(self, scene: Scene, settings: int) -> None:
        self.scene, self.worth = scene, np.asarray(scene.worth, float)
        self.value = self.worth if scene.value is None else np.asarray(scene.value, float)
        things, days = scene.asked.shape
        self.served = np.zeros((things, settings))
        self.orders = np.zeros(settings)
        self.stock, self.came, self.sold = (np.zeros((days, settings)) for _ in range(3))

    def bought(self, day: int, arrived: Array) -> None:
        """What the morning brought."""
        self.came[day] = self.value @ arrived

    def day(self, day: int, left: Array, stock: Array) -> None:
        """What the day took, and what it left."""
        self.served += left
        self.sold[day] = self.worth @ left
        self.stock[day] = self.value @ stock

    def told(self) -> Rehearsed:
        """All of it."""
        asked = float(self.worth @ self.scene.asked.sum(axis=1))
        fill = self.sold.sum(axis=0) / asked if asked > 0 else np.ones(self.sold.shape[1])
        return Rehearsed(fill, self.stock.mean(axis=0), self.orders, self.served, self.stock, self.came, self.sold)
