"""What is at stake with each thing: how bad it is for what is short, what a day without it loses, by when it must be
ordered, and what lies there beyond need. Money in cents of the store's currency. Needs numpy."""

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["BUCKETS", "Position", "Stakes", "stakes_of"]

Array = Any
BUCKETS = ("already lost", "must be ordered now", "only into safety stock", "still achievable")
A_WEEK = 7.0
"""Days: what waiting costs is counted until the buyer comes back to it, a week later."""


@dataclass(frozen=True)
class Position:
    """A row a thing; days count from today."""

    demand_a_day: Array
    available: Array
    coming: Array
    coming_in: Array
    """Until the next goods on order are expected."""
    arrival: Array
    """Until goods ordered today are here as a rule: the wait for the supplier's day and the median lead time."""
    slow_arrival: Array
    """When the delivery is a slow one."""
    next_chance: Array
    """Until the order day after the next one; 1 where any day will do."""
    quantity: Array
    order_up_to: Array
    target: Array


@dataclass(frozen=True)
class Stakes:
    """A row a thing."""

    cover_days: Array
    """What is there and coming, at the pace foreseen; not a number where nothing sells."""
    days_short: Array
    """That it will be out until the next goods can be here."""
    bucket: Array
    """One of BUCKETS for what is short; else empty."""
    slack: Array
    """Days until an order no longer arrives before the shelf is empty; below 0: it is too late."""
    waiting_days: Array
    """Days without it that waiting a week with the order costs, on average: at least the share that is not served."""
    over: Array
    """Pieces there and coming beyond the level to order up to."""


def stakes_of(now: Position) -> Stakes:
    """All of it, by plain arithmetic of days:

    - *already lost*: it is out, or will be before goods ordered today are here;
    - *must be ordered now*: ordered at the supplier's next chance they would come too late;
    - *only into safety stock*: a usual delivery is in time, a slow one is not;
    - *still achievable*: even a slow one is in time.
    """
    sells = now.demand_a_day > 0
    pace = np.where(sells, now.demand_a_day, 1.0)
    position = now.available + now.coming
    cover = np.where(sells, position / pace, np.nan)
    lasts = np.where(sells, np.maximum(position, 0.0) / pace, np.inf)
    first = np.where(sells, np.maximum(now.available, 0.0) / pace, np.inf)
    slack = lasts - now.arrival
    gap = np.where(now.coming > 0, now.coming_in - first, now.arrival - first)
    days_short = np.where(sells, np.maximum(gap, 0.0), 0.0)
    short = sells & ((now.quantity > 0) | ((days_short > 0) & (now.coming > 0)))
    lost = (now.available <= 0) | (slack < 0)
    bucket = np.select(
        [lost, slack < now.next_chance, lasts < now.slow_arrival],
        BUCKETS[:3],
        BUCKETS[3],
    )
    bucket = np.where(short, np.where((now.quantity <= 0), BUCKETS[0], bucket), "")
    waits = np.clip(now.arrival + A_WEEK - np.maximum(lasts, now.arrival), 0.0, A_WEEK)
    waiting = np.where(sells, np.maximum(waits, A_WEEK * (1.0 - now.target)), 0.0)
    return Stakes(cover, days_short, bucket, slack, waiting, np.maximum(position - now.order_up_to, 0.0))
