"""How demand goes on: mean and spread of each thing from its weeks, for all things at once. Pure arrays in, arrays out;
needs numpy and scipy, so no page imports it when it is built."""

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "ALPHA",
    "ALPHAS",
    "Alphas",
    "Learned",
    "Weeks",
    "best_alphas",
    "learn",
    "power_law",
    "season_index",
    "shrunk",
    "smooth",
]

Array = Any

ALPHA = 0.15
"""How fast the mean follows, a week, where a store's past is too short to say: best on the sets it was measured on."""
ALPHAS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
TRIED = 2000
"""Things by which a store's own alphas are chosen, those that sell most; every alpha is tried on them."""
LONG_ENOUGH = 26
"""Weeks from which a past can tell."""
SUMS = (1, 2, 3, 4, 6)
"""Weeks that are added up before smoothing, for things that sell now and then."""
FIRST = 4
"""Weeks whose mean stands before the first."""
OFTEN = 0.5
"""Share of weeks with a sale below which a thing is intermittent."""
PERIODS = 13
"""Of four weeks: the seasons of a year."""
ALIKE = 0.5
"""Correlation of two years' seasons from which they are taken to be the same."""
LEAST = 1e-3
BLOCK = 4096
"""Things smoothed at once."""


@dataclass(frozen=True)
class Weeks:
    """Pieces asked for, a row a thing, a column a week; the last column ends with the last complete day."""

    pieces: Array
    counted: Array
    """Days of each week that count: with stock, no promotion, after the first sale. 0 to 7."""

    @property
    def rates(self) -> Array:
        """Pieces a week at the pace of the days counted; not a number where none counts."""
        if self.counted.size and self.counted.min() == 7:
            return np.asarray(self.pieces, float)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.counted > 0, self.pieces * (7.0 / np.maximum(self.counted, 1)), np.nan)


@dataclass(frozen=True)
class Alphas:
    """How fast the mean follows, a week: 0.15 remembers about a quarter, 0.02 about two years."""

    often: float = ALPHA
    """Of things that sell in most weeks."""
    seldom: float = ALPHA


@dataclass(frozen=True)
class Learned:
    """What the weeks say of each thing, pieces a week."""

    mean: Array
    sd: Array
    method: Array
    """smoothed, intermittent, seasonal, none: texts."""
    means: Array
    """The mean as it was known before each week: what a replay may use."""
    sds: Array
    """Likewise the spread."""
    season: Array
    """The coming weeks against the year's mean; 1 where no season was found. Already in `mean`, not in `means`."""


def smooth(rates: Array, counted: Array, alpha: float, span: int = 7, history: bool = True) -> tuple[Array, Array]:
    """(the level before each period and after the last, the period's surprise squared): simple exponential smoothing.

    A period of `span` days of which only some count moves the level less, one of which none counts not at all. Without
    `history` only (the last level, the sum of the squares, each weighed by its days), in one column each.
    """
    things, periods = rates.shape
    levels = np.empty((periods + 1 if history else 1, things))
    surprise = np.empty((periods if history else 1, things))
    for start in range(0, things, BLOCK):
        rows = slice(start, start + BLOCK)
        run = _smooth_block if history else _smooth_to_the_end
        run(rates[rows], counted[rows], (alpha, span), levels[:, rows], surprise[:, rows])
    return levels.T, surprise.T


def _smooth_block(rates: Array, counted: Array, how: tuple[float, int], levels: Array, surprise: Array) -> None:
    """Some things at once, period by period in memory that lies together: a block fits the processor's cache."""
    known = _zeroed(rates.T)
    gains = _gains(np.ascontiguousarray(counted.T), *how)
    level = _beginning(known, counted)
    for period in range(len(known)):
        levels[period] = level
        off = known[period] - level
        np.multiply(off, off, out=surprise[period])
        off *= gains[period]
        level = level + off
    levels[len(known)] = level


def _smooth_to_the_end(rates: Array, counted: Array, how: tuple[float, int], levels: Array, squares: Array) -> None:
    """The same, of which only the end is kept."""
    known, days = _zeroed(np.ascontiguousarray(rates.T)), np.ascontiguousarray(counted.T)
    gains, level = _gains(days, *how), _beginning(known, counted)
    total, whole = np.zeros(len(level)), days.min() == how[1] if days.size else True
    for period in range(len(known)):
        off = known[period] - level
        total += off * off if whole else off * off * days[period]
        off *= gains[period]
        level += off
    levels[0], squares[0] = level, total * (how[1] if whole else 1.0)


def _zeroed(rates: Array) -> Array:
    """What is not known as 0."""
    if rates.size and not np.isnan(rates.sum()):
        return rates
    return np.where(np.isnan(rates), 0.0, rates)


def _gains(counted: Array, alpha: float, span: int) -> Array:
    """How far each period moves the level: looked up by its days, for there are few numbers of days; in the beginning
    at least so far that the level is the mean of all that was seen."""
    periods = len(counted)
    if counted.size and counted.min() == span:
        return np.maximum(alpha, 1.0 / np.arange(1, periods + 1))
    table = 1.0 - (1.0 - alpha) ** (np.arange(span + 1) / span)
    return np.maximum(table[np.asarray(counted, int)], counted / np.maximum(np.cumsum(counted, axis=0), LEAST))


def _beginning(known: Array, counted: Array) -> Array:
    """The mean of the first periods that count: what could have been known before anything was."""
    if counted.size and counted[:, :FIRST].min() > 0:
        first = counted[:, :FIRST]
        return (known[:FIRST].T * first).sum(axis=1) / first.sum(axis=1)
    first = counted * ((counted > 0) & (np.cumsum(counted > 0, axis=1) <= FIRST))
    return (known.T * first).sum(axis=1) / np.maximum(first.sum(axis=1), LEAST)


def learn(weeks: Weeks, alphas: Alphas = Alphas(), ahead: int = 6, history: bool = True) -> Learned:
    """Mean and spread of each thing: smoothed; by sums of weeks for what sells now and then; with its season where two
    years carry one. `ahead`: weeks for which the season is meant. Without `history` the means before each week are
    left out."""
    rates, counted = weeks.rates, weeks.counted
    index, factor, seasonal = season_index(rates, counted, ahead)
    level_rates = np.where(seasonal[:, None], rates / index, rates) if seasonal.any() else rates
    ever, seldom = _how_often(rates, counted)
    levels, surprise = smooth(level_rates, counted, alphas.often, history=history)
    if seldom.any():
        rare, days = level_rates[seldom], counted[seldom]
        if alphas.seldom != alphas.often:
            surprise[seldom] = smooth(rare, days, alphas.seldom, history=history)[1]
        levels[seldom] = _by_sums(rare, days, alphas.seldom, history)
    sds = _spreads(levels, surprise, counted, history)
    method = np.where(seasonal, "seasonal", np.where(seldom, "intermittent", "smoothed"))
    mean, sd = levels[:, -1] * ever * factor, sds[:, -1] * ever * factor
    return Learned(mean, sd, np.where(ever, method, "none"), levels, sds, factor)


def _how_often(rates: Array, counted: Array) -> tuple[Array, Array]:
    """(whether it ever sold, whether it sells now and then only)."""
    sells = _zeroed(rates) > 0
    ever = sells.any(axis=1)
    return ever, ever & (sells.sum(axis=1) < OFTEN * np.maximum((counted > 0).sum(axis=1), 1))


def _by_sums(rates: Array, counted: Array, alpha: float, history: bool) -> Array:
    """The mean of smoothing over sums of 1, 2, 3, 4 and 6 weeks (Petropoulos & Kourentzes 2015, IMAPA), as it was
    known before each week: a sum counts when its last week is over."""
    things, weeks = rates.shape
    pieces = _zeroed(rates) * counted
    total = np.zeros((things, weeks + 1 if history else 1))
    for size in (s for s in SUMS if s <= weeks):
        many = weeks // size
        start, shape = weeks - many * size, (things, many, size)
        days = counted[:, start:].reshape(shape).sum(axis=2)
        means = pieces[:, start:].reshape(shape).sum(axis=2) / np.maximum(days, LEAST)
        levels, _ = smooth(means, days, 1.0 - (1.0 - alpha) ** size, 7 * size, history)
        if not history:
            total += levels
            continue
        total[:, :start] += levels[:, :1]
        total[:, start:weeks] += np.repeat(levels[:, :-1], size, axis=1)
        total[:, weeks] += levels[:, -1]
    return total / sum(s <= weeks for s in SUMS)


def _spreads(levels: Array, surprise: Array, counted: Array, history: bool) -> Array:
    """The spread as it was known before each week, and after the last: what surprised so far, shrunk to the law."""
    if not history:
        sds = np.sqrt(surprise / np.maximum(counted.sum(axis=1), LEAST)[:, None])
    else:
        seen = np.cumsum(counted, axis=1)
        squares = np.cumsum(surprise * counted, axis=1) / np.maximum(seen, LEAST)
        sds = np.sqrt(np.concatenate([squares[:, :1], squares], axis=1))
    return shrunk(levels, sds, power_law(levels[:, -1], sds[:, -1]))


def power_law(mean: Array, sd: Array) -> tuple[float, float]:
    """(c, b) of the store's own law sd = c mean^b (Taylor), by least squares of the logs; Poisson's own where fewer
    than ten things show any spread."""
    shows = (mean > LEAST) & (sd > LEAST)
    if shows.sum() < 10:
        return 1.0, 0.5
    b, c = np.polyfit(np.log(mean[shows]), np.log(sd[shows]), 1)
    return float(np.exp(c)), float(b)


def shrunk(mean: Array, sd: Array, law: tuple[float, float]) -> Array:
    """The spread moved half-way, in its log, to what the law says for this mean."""
    said = law[0] * np.power(np.maximum(mean, LEAST), law[1])
    return np.sqrt(np.maximum(sd, LEAST) * said)


def season_index(rates: Array, counted: Array, ahead: int) -> tuple[Array, Array, Array]:
    """(each week's season, the coming weeks' season, whether a thing has one): thirteen periods of four weeks, where
    two whole years are there, both show the same seasons, and it sells in most weeks. 1 is the year's mean."""
    things, weeks = rates.shape
    year = PERIODS * 4
    none = np.zeros(things, bool)
    if weeks < 2 * year:
        return np.ones((1, 1)), np.ones(things), none
    two = _zeroed(rates[:, weeks - 2 * year :]).reshape(things, 2, PERIODS, 4).mean(axis=3)
    shares = two / np.maximum(two.mean(axis=2, keepdims=True), LEAST)
    off = shares - 1.0
    both = (off[:, 0] * off[:, 1]).sum(axis=1)
    apart = np.sqrt((off[:, 0] ** 2).sum(axis=1) * (off[:, 1] ** 2).sum(axis=1))
    alike = both / np.maximum(apart, LEAST)
    often = (_zeroed(rates) > 0).mean(axis=1) > OFTEN
    # Every season has to have been seen in both years.
    seen = (counted[:, weeks - 2 * year :].reshape(things, 2, PERIODS, 4).sum(axis=3) > 0).all(axis=(1, 2))
    seasonal = (alike >= ALIKE) & often & seen
    if not seasonal.any():
        return np.ones((1, 1)), np.ones(things), none
    # Half-way to no season: two years are two looks, and a wrong season costs more than a missing one.
    index = np.where(seasonal[:, None], (1.0 + shares.mean(axis=1)) / 2.0, 1.0)
    back = np.arange(weeks - 1, -1, -1)
    period = PERIODS - 1 - (back // 4) % PERIODS
    coming = np.arange(ahead) // 4 % PERIODS
    return np.maximum(index[:, period], 0.1), index[:, coming].mean(axis=1), seasonal


def best_alphas(weeks: Weeks, lead_weeks: int = 2, share: float = 0.95) -> Alphas:
    """The alphas of the grid whose quantile of lead-time demand loses least over the second half of the weeks (pinball
    loss, pooled over things that sell alike); never by the error of the mean, which forecasting zero wins where sales
    are rare."""
    total = weeks.pieces.shape[1]
    if total < LONG_ENOUGH or not len(weeks.pieces):
        return Alphas()
    most = np.argsort(-weeks.pieces.sum(axis=1), kind="stable")
    seldom = _how_often(weeks.rates, weeks.counted)[1]
    chosen = np.concatenate([most[~seldom[most]][:TRIED], most[seldom[most]][:TRIED]])
    tried = Weeks(weeks.pieces[chosen], weeks.counted[chosen])
    losses = np.array([_losses(tried, alpha, lead_weeks, share) for alpha in ALPHAS])
    best = [
        ALPHAS[int(np.argmin(losses[:, rows].sum(axis=1)))] if rows.any() else ALPHA
        for rows in (~seldom[chosen], seldom[chosen])
    ]
    return Alphas(*best)


def _losses(weeks: Weeks, alpha: float, lead_weeks: int, share: float) -> Array:
    """What each thing's quantile loses with that alpha, over its mean so that no single thing decides."""
    from ecomos.stock.quantiles import demand_quantile

    pieces, total = _zeroed(weeks.rates), weeks.pieces.shape[1]
    found, loss = learn(weeks, Alphas(alpha, alpha)), np.zeros(len(weeks.pieces))
    for week in range(total // 2, total - lead_weeks + 1, 2 * lead_weeks):
        asked = pieces[:, week : week + lead_weeks].sum(axis=1)
        mean, variance = found.means[:, week] * lead_weeks, found.sds[:, week] ** 2 * lead_weeks
        off = asked - demand_quantile(mean, variance, share)
        loss += np.where(off >= 0, share * off, (share - 1) * off)
    return loss / np.maximum(pieces.mean(axis=1), LEAST)
