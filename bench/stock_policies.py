"""The simulated year of UCI demand: 1,000 products by revenue, 180 days to learn from, daily review, reorder points set
anew each week, orders of 28 days' demand, a lead time of 10 to 21 days, what can't be served is lost. Service and stock
are weighed by money. Prints what each rule needs to have on the shelf for 95 and 98 per cent."""

from collections.abc import Iterator

import numpy as np

from bench.pair import Figure
from bench.stock_data import WARM, uci_days, uci_prices
from ecomos.stock.foresight import Weeks, best_alphas, learn
from ecomos.stock.quantiles import dialled_quantile, lead_time_variance
from ecomos.stock.rehearsal import Rehearsed, Scene, rehearse
from ecomos.stock.usual_rules import fixed_minimum, textbook_normal, thirty_day_rate

__all__ = ["policy_figures"]

PRODUCTS, LASTS = 1000, 28.0
LOW, HIGH = 10.0, 21.0
LEAD, LEAD_SD = 15.5, float(np.sqrt((12**2 - 1) / 12))
TURNS = np.linspace(0.3, 12, 40)
WANTED = (0.95, 0.98)
TO_BEAT = {0.95: 1_129_000, 0.98: 1_936_000}


def policy_figures() -> Iterator[Figure | str]:
    """The table, then ours against what was measured before and against the best of the other rules."""
    days, prices = uci_days(PRODUCTS), uci_prices(PRODUCTS)
    if days is None or prices is None:
        yield "policies: the test data is not there"
        return
    scene = Scene(days[:, WARM:], prices, np.full(len(days), LOW), np.full(len(days), HIGH))
    lead = np.full(len(days), LEAD), np.full(len(days), LEAD_SD)
    lived = {
        "fixed minimum and maximum": rehearse(scene, fixed_minimum(days[:, :WARM], lead[0], LASTS, TURNS)),
        "30-day rate × lead time": rehearse(scene, thirty_day_rate(days, WARM, lead[0], LASTS, TURNS)),
        "textbook normal formula": rehearse(scene, textbook_normal(days, WARM, lead, LASTS, TURNS)),
        "our plan": rehearse(scene, _ours(days)),
    }
    yield f"{'stock for a service of':<44} {'95 %':>12} {'98 %':>12}"
    for name, year in lived.items():
        cells = [_stock_for(year, share) for share in WANTED]
        yield f"  {name:<42} " + " ".join(f"{'never' if c is None else format(round(c), ','):>12}" for c in cells)
    for share in WANTED:
        ours = _stock_for(lived["our plan"], share) or np.inf
        others = [_stock_for(year, share) or np.inf for name, year in lived.items() if name != "our plan"]
        yield Figure(f"our plan's stock for {share:.0%}", ours, TO_BEAT[share], "GBP")
        yield Figure(f"beside the best other rule for {share:.0%}", ours / min(others), 1.0, "times")


def _ours(days: np.ndarray):  # type: ignore[no-untyped-def]
    start = WARM % 7
    whole = days[:, start : start + (days.shape[1] - start) // 7 * 7].reshape(len(days), -1, 7).sum(axis=2)
    begin = (WARM - start) // 7
    before = Weeks(whole[:, :begin], np.full((len(days), begin), 7.0))
    found = learn(Weeks(whole, np.full(whole.shape, 7.0)), best_alphas(before))

    def rules(day: int):  # type: ignore[no-untyped-def]
        mean, sd = found.means[:, begin + day // 7] / 7.0, found.sds[:, begin + day // 7] / np.sqrt(7.0)
        variance = lead_time_variance(mean, sd, LEAD, LEAD_SD)
        return dialled_quantile((mean * LEAD)[:, None], variance[:, None], TURNS[None]), mean * LASTS

    return rules


def _stock_for(year: Rehearsed, share: float) -> float | None:
    """What lies there, on average, at the turn that serves so much; None where none does."""
    order = np.argsort(year.stock)
    fills, stocks = np.maximum.accumulate(year.fill[order]), year.stock[order]
    return float(np.interp(share, fills, stocks)) if fills[-1] >= share else None
