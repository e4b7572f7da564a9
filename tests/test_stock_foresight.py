"""How demand is foreseen: quantiles that are the distribution's own, means that follow, seasons where two years carry
them."""

import numpy as np
import pytest
from scipy.stats import nbinom

from ecomos.stock.foresight import Alphas, Weeks, best_alphas, learn, power_law
from ecomos.stock.quantiles import demand_quantile, dialled_quantile

WHOLE = 7.0


def weeks(pieces: np.ndarray, counted: np.ndarray | None = None) -> Weeks:
    return Weeks(pieces, np.full(pieces.shape, WHOLE) if counted is None else counted)


def test_quantiles_are_those_of_the_negative_binomial() -> None:
    """Twenty thousand means and spreads, from a piece a year to thousands a week."""
    chance = np.random.default_rng(1)
    mean = np.exp(chance.normal(1, 2.5, 20_000))
    variance = mean * (1.001 + np.exp(chance.normal(0, 1.5, 20_000)))
    share = chance.choice([0.5, 0.8, 0.9, 0.92, 0.95, 0.99], 20_000)
    theirs = nbinom.ppf(share, mean**2 / (variance - mean), mean / variance)
    assert np.flatnonzero(demand_quantile(mean, variance, share) != theirs).tolist() == []


def test_a_dial_turned_further_never_asks_for_less() -> None:
    """From the median far into the tail."""
    dials = np.linspace(0.1, 6, 60)
    found = np.array([dialled_quantile(np.array([0.3, 4.0, 90.0]), np.array([0.9, 20.0, 900.0]), d) for d in dials])
    assert (np.diff(found, axis=0) >= 0).all()


def test_a_steady_week_is_its_own_mean() -> None:
    """Seven a week for a year: seven, and next to no spread, whatever the alpha."""
    found = learn(weeks(np.full((1, 52), 7.0)), Alphas(0.3, 0.3))
    assert (found.mean.tolist(), found.method.tolist()) == ([7.0], ["smoothed"])
    assert found.sd[0] < 0.1


def test_a_week_without_stock_moves_nothing() -> None:
    """The last ten weeks can't be had: the mean is that of the weeks before."""
    pieces, counted = np.full((1, 52), 7.0), np.full((1, 52), WHOLE)
    pieces[:, 42:], counted[:, 42:] = 0.0, 0.0
    assert learn(weeks(pieces, counted)).mean.tolist() == [7.0]


def test_a_half_week_counts_by_its_days() -> None:
    """Three pieces in three days of stock are seven a week."""
    pieces, counted = np.full((1, 52), 7.0), np.full((1, 52), WHOLE)
    pieces[:, 50:], counted[:, 50:] = 3.0, 3.0
    assert learn(weeks(pieces, counted)).mean.round(6).tolist() == [7.0]


def test_what_sells_now_and_then_is_taken_by_sums_of_weeks() -> None:
    """A piece every fourth week: intermittent, about a quarter of a piece a week."""
    pieces = np.tile([0.0, 0.0, 0.0, 1.0], (1, 26))
    found = learn(weeks(pieces))
    assert found.method.tolist() == ["intermittent"]
    assert found.mean[0] == pytest.approx(0.25, abs=0.06)


def test_a_season_seen_in_two_years_is_expected_in_the_third() -> None:
    """Four times as much in the first four weeks of each year: the coming weeks are such weeks."""
    year = np.full(52, 10.0)
    year[:4] = 40.0
    noise = np.random.default_rng(2).normal(0, 0.5, 104)
    found = learn(weeks(np.maximum(np.tile(year, 2) + noise, 0.0)[None]), ahead=4)
    assert found.method.tolist() == ["seasonal"]
    assert 1.8 < found.season[0] < 2.5


def test_one_year_is_no_season() -> None:
    """The same peak seen once is not expected again."""
    year = np.full(52, 10.0)
    year[:4] = 40.0
    found = learn(weeks(year[None]), ahead=4)
    assert (found.method.tolist(), found.season.tolist()) == (["smoothed"], [1.0])


def test_the_spread_is_drawn_half_way_to_the_store_s_own_law() -> None:
    """Things whose spread follows sd = 2 mean^0.7: the law is found."""
    mean = np.exp(np.linspace(-2, 4, 60))
    c, b = power_law(mean, 2 * mean**0.7)
    assert (round(c, 6), round(b, 6)) == (2.0, 0.7)


def test_a_store_whose_demand_stands_still_remembers_long_and_one_that_moves_forgets_soon() -> None:
    """By the pinball loss of lead-time demand on its own past."""
    chance = np.random.default_rng(3)
    still = chance.poisson(6, (200, 104)).astype(float)
    level = np.repeat(np.exp(chance.normal(2, 0.8, (200, 13))), 8, axis=1)
    moving = chance.poisson(level).astype(float)
    assert best_alphas(weeks(still)).often <= 0.05
    assert best_alphas(weeks(moving)).often >= 0.2


def pinball(pieces: np.ndarray, first: int, lead: int) -> float:
    """Loss at 0.95 of lead-time demand over rolling origins, over the mean demand of a lead time before them."""
    loss, scale = 0.0, pieces[:, :first].mean(axis=1).sum() * lead
    origins = range(first, pieces.shape[1] - lead + 1)
    for origin in origins:
        seen = weeks(pieces[:, :origin])
        found = learn(seen, best_alphas(seen, lead_weeks=lead), history=False)
        off = pieces[:, origin : origin + lead].sum(axis=1) - demand_quantile(
            found.mean * lead, found.sd**2 * lead, 0.95
        )
        loss += float(np.where(off >= 0, 0.95 * off, -0.05 * off).sum())
    return loss / len(origins) / scale


def test_car_parts_are_foreseen_as_well_as_the_best_that_was_measured(shared_data) -> None:  # type: ignore[no-untyped-def]
    """2,208 parts (three months with a sale in the first 39), three months ahead: at most 0.158."""
    with (shared_data / "demand" / "carparts.csv").open() as file:
        table = np.genfromtxt(file, delimiter=",", skip_header=1)[:, 1:].T
    whole = table[~np.isnan(table).any(axis=1)]
    parts = whole[(whole[:, :39] > 0).sum(axis=1) >= 3]
    assert len(parts) == 2208
    assert pinball(parts, 39, 3) < 0.158
