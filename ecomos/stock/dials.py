"""How far on the safe side each class has to be: the shop's own last months lived through again under many settings,
and the one chosen that reached the service aimed at. What a textbook's setting promises is not what it keeps. Needs
numpy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from ecomos.stock.foresight import Learned
from ecomos.stock.quantiles import HEAVY_FROM, dialled_quantile, lead_time_variance
from ecomos.stock.rehearsal import Rehearsed, Scene, rehearse

__all__ = ["DIALS", "Dialled", "Past", "dials_of", "points_by_week", "textbook_dial"]

Array = Any
DIALS = np.array([0.25, 0.75, HEAVY_FROM, 1.645, 2.0, 2.33, 2.67, 3.0, 3.5, 4.0, 4.5, 5.0])
"""Standard deviations; 1.645 is what a textbook takes for 95 per cent."""
UNTRIED = 1.25
"""Times the textbook's, where there is too little past to try it."""
MOST = 2000
"""Things of a group that are lived through, those that bring most first."""
LEAST_PIECES, LEAST_THINGS = 100, 5
"""Below it a group's past says nothing of its own."""
NEAR = 0.01
FAIR = 0.02
"""How far below the target a group of things that sell now and then may stay, until its dial is turned."""


@dataclass(frozen=True)
class Past:
    """What the rehearsal needs of every thing."""

    learned: Learned
    asked: Callable[[Array], Array]
    """Pieces a day of the last days of these things."""
    days: int
    usable: Array
    """Known long enough before those days."""
    worth: Array
    lead_days: Array
    lead_sd: Array
    lead_low: Array
    lead_high: Array
    review_days: Array
    lasts_days: float
    until: int = 0
    """Days before the last complete one on which the span lived through ends."""


@dataclass(frozen=True)
class Dialled:
    """A row a thing."""

    dial: Array
    reached: Array
    """Share of the pieces asked for that the rehearsal served; not a number where none could be held."""


def textbook_dial(target: Array) -> Array:
    """The standard normal quantile of the target."""
    return ndtri(target)


def dials_of(past: Past, abc: Array, target: Array) -> Dialled:
    """The dial of each thing, by class and by whether it sells often."""
    dial = np.maximum(DIALS[0], UNTRIED * textbook_dial(target))
    reached = np.full(len(abc), np.nan)
    seldom = past.learned.method == "intermittent"
    for name in ("A", "B", "C", ""):
        for rare in (False, True):
            group = (abc == name) & (seldom == rare) & (past.learned.method != "none")
            if group.any():
                _dial_group(past, np.flatnonzero(group), rare, target, (dial, reached))
    return Dialled(dial, reached)


def _dial_group(past: Past, group: Array, rare: bool, target: Array, into: tuple[Array, Array]) -> None:
    dial, reached = into
    tried = group[past.usable[group]]
    if len(tried) < LEAST_THINGS:
        return
    tried = tried[np.argsort(-past.worth[tried] * past.learned.mean[tried], kind="stable")[:MOST]]
    asked = past.asked(tried)
    if asked.sum() < LEAST_PIECES:
        return
    lived = rehearse(_scene(past, tried, asked), points_by_week(past, tried, DIALS))
    dial[group] = _chosen(lived.fill, target[group], rare)
    at = np.interp(dial[tried], DIALS, np.arange(len(DIALS)))
    reached[group] = np.interp(dial[group], DIALS, np.maximum.accumulate(lived.fill))
    reached[tried] = _own(lived, asked, at, reached[tried])


def _chosen(fill: Array, target: Array, rare: bool) -> Array:
    """The least dial that reached the target. Things that sell now and then keep the textbook's where that is fair."""
    best = np.maximum.accumulate(fill)
    wanted = np.array([_least(best, t) for t in target.tolist()]) if len(np.unique(target)) > 1 else None
    chosen = np.full(len(target), _least(best, float(target[0]))) if wanted is None else wanted
    if not rare:
        return chosen
    book = textbook_dial(target)
    fair = np.interp(book, DIALS, best) >= target - FAIR
    return np.where(fair, book, chosen)


def _least(best: Array, target: float) -> float:
    # What no setting reached is not bought at any price: the least setting that comes near the best.
    target = min(target, float(best[-1]) - NEAR) if best[-1] < target else target
    at = int(np.argmax(best >= target))
    if at == 0:
        return float(DIALS[0])
    step = (target - best[at - 1]) / max(best[at] - best[at - 1], 1e-12)
    return float(DIALS[at - 1] + step * (DIALS[at] - DIALS[at - 1]))


def _own(lived: Rehearsed, asked: Array, at: Array, group: Array) -> Array:
    """What each thing reached itself, between the two settings next to its dial; its group's where nobody asked."""
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, lived.served.shape[1] - 1)
    row = np.arange(len(low))
    served = lived.served[row, low] + (at - low) * (lived.served[row, high] - lived.served[row, low])
    total = asked.sum(axis=1)
    return np.where(total > 0, served / np.maximum(total, 1.0), group)


def _scene(past: Past, tried: Array, asked: Array) -> Scene:
    return Scene(asked, past.worth[tried], past.lead_low[tried], past.lead_high[tried])


def points_by_week(past: Past, tried: Array, dials: Array) -> Callable[[int], tuple[Array, Array]]:
    """Reorder points and lots for each week of the past, from what was known before it."""
    means, sds = past.learned.means, past.learned.sds
    begin = means.shape[1] - 1 - (past.days + past.until) // 7
    protect = past.lead_days[tried] + past.review_days[tried]

    def rules(day: int) -> tuple[Array, Array]:
        week = begin + day // 7
        mean, sd = means[tried, week] / 7.0, sds[tried, week] / np.sqrt(7.0)
        total, variance = mean * protect, lead_time_variance(mean, sd, protect, past.lead_sd[tried])
        return dialled_points(total, variance, dials), mean * past.lasts_days

    return rules


def dialled_points(mean: Array, variance: Array, dials: Array) -> Array:
    """Reorder points, a column a dial, which is that of all things or each thing's own: the quantile is worked out once
    at 1.405; below it a setting lies between the mean and that, above it so many standard deviations further."""
    if dials.ndim == 2:
        return np.hstack([dialled_quantile(mean, variance, dials[:, n])[:, None] for n in range(dials.shape[1])])
    heavy = dialled_quantile(mean, variance, HEAVY_FROM)[:, None]
    over, spread = np.maximum(dials - HEAVY_FROM, 0.0), np.sqrt(variance)[:, None]
    return mean[:, None] + (heavy - mean[:, None]) * np.minimum(dials / HEAVY_FROM, 1.0)[None] + over[None] * spread
