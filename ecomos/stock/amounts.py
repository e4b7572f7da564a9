"""From demand, lead time and dial to a reorder point, a level to order up to and a quantity in whole packs. The same
arithmetic for the night's plans and for a single thing's "what would change this". Needs numpy and scipy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecomos.stock.quantiles import dialled_quantile, lead_time_variance

__all__ = ["Amounts", "Given", "amounts"]

Array = Any


@dataclass(frozen=True)
class Given:
    """What a quantity is made of; arrays of one length, or numbers."""

    demand_a_day: Array
    demand_sd: Array
    """Of a day."""
    lead_days: Array
    lead_sd: Array
    review_days: Array
    """Between two order days of the supplier: so long an order may have to wait for the next."""
    dial: Array
    lasts_days: Array
    """That one order is meant to last."""
    cap_days: Array
    """That one order may last; infinity: no limit."""
    available: Array
    coming: Array
    minimum: Array
    """0: none."""
    pack: Array

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Given":
        """As a stored plan says it."""
        named = {name: float(row[name] or 0) for name in cls.__dataclass_fields__}
        cap = row["cap_days"]
        return cls(**{**named, "cap_days": float(cap) if cap is not None else np.inf})


@dataclass(frozen=True)
class Amounts:
    """Whole pieces, but for `need`."""

    reorder_point: Array
    order_up_to: Array
    need: Array
    """Up to order_up_to, where what is there and coming is at or below the reorder point; else 0."""
    capped: Array
    """That, not above what may be bought for so long."""
    quantity: Array
    """That, at least the minimum, in whole packs."""
    safety: Array
    """Of the reorder point, what lies above the mean demand until the goods are here."""


def amounts(given: Given) -> Amounts:
    """The quantity, step by step. Nothing that does not sell is ordered."""
    sells = np.asarray(given.demand_a_day) > 0
    protect = given.lead_days + given.review_days
    mean = given.demand_a_day * protect
    variance = lead_time_variance(given.demand_a_day, given.demand_sd, protect, given.lead_sd)
    point = np.where(sells, np.ceil(dialled_quantile(mean, variance, given.dial) - 1e-9), 0.0)
    lot = np.maximum(1.0, np.ceil(given.demand_a_day * given.lasts_days - 1e-9))
    up_to = np.where(sells, point + lot, 0.0)
    position = np.asarray(given.available) + given.coming
    need = np.where(sells & (position <= point), up_to - position, 0.0)
    with np.errstate(invalid="ignore"):
        most = np.where(sells, given.demand_a_day * (protect + given.cap_days), 0.0)
    # What is sold already and not there is bought whatever the cap says.
    room = np.maximum(np.maximum(np.floor(most) - position, -position), 1.0)
    capped = np.minimum(need, room)
    least = np.where(capped > 0, np.maximum(capped, given.minimum), 0.0)
    quantity = np.ceil(least / given.pack) * given.pack
    return Amounts(point, up_to, need, capped, quantity, np.maximum(point - mean, 0.0))
