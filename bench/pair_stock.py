"""What the stock room has to reach: formulas against the textbook and stockpyl, forecasts on car parts and UCI, plans
of large shops, and the year of UCI demand under our plan and under the rules that shops use."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from bench.pair import Figure, Pair, run_child
from bench.stock_data import car_parts, uci_days
from bench.stock_policies import policy_figures
from ecomos.stock.foresight import Weeks, best_alphas, learn
from ecomos.stock.formulas import economic_quantity, newsvendor, reorder_by_loss, reorder_with_safety
from ecomos.stock.quantiles import demand_quantile

__all__ = ["figures", "pairs"]

CASES = 1000
REPO = Path(__file__).resolve().parent.parent
ORACLE = REPO / ".oracles" / "bin" / "python"
Quantile = Callable[[np.ndarray, int], np.ndarray]
"""From the periods seen so far and how many are ahead: what is not passed with 0.95."""


def pairs() -> list[Pair | str]:
    """Mean and quantile of 100,000 things, against smoothing alone, once over the same weeks."""
    pieces = np.random.default_rng(1).poisson(
        np.exp(np.random.default_rng(2).normal(0, 1.3, 100_000))[:, None], (100_000, 52)
    )
    weeks = Weeks(pieces.astype(float), np.full(pieces.shape, 7.0))
    return [Pair("mean, spread, quantile of 100,000 things", _timed(lambda: _foresee(weeks)), _bare(weeks), 100, 0, 3)]


def _foresee(weeks: Weeks) -> None:
    found = learn(weeks, history=False)
    demand_quantile(found.mean * 2, found.sd**2 * 2, 0.95)


def _bare(weeks: Weeks) -> Callable[[], float]:
    turned = np.ascontiguousarray(weeks.pieces.T)

    def smooth() -> None:
        level = turned[0].copy()
        for week in turned:
            level += 0.15 * (week - level)

    return _timed(smooth)


def _timed(work: Callable[[], None]) -> Callable[[], float]:
    def run() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return run


def figures() -> Iterator[Figure | str]:
    """One by one, as they are measured."""
    yield from _formulas()
    yield from _forecasts()
    for things, lines, seconds, megabytes in ((10_000, 500_000, 10, 1000), (100_000, 2_000_000, 60, 4000)):
        child = run_child([sys.executable, "-m", "bench.stock_store", str(things), str(lines)])
        found = json.loads(child.said)
        note = f"of the processor; {found['seconds']} s by the clock, {lines:,} order lines"
        yield Figure(f"plans of {things:,} things", found["processor"], seconds, "s", note)
        yield Figure(f"memory for {things:,} things", found["megabytes"], megabytes, "MB")
    yield from policy_figures()


def _used(work: Callable[[], None]) -> float:
    """Processor time, in seconds: what else runs on the machine does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


TEXTBOOK = (
    ("EOQ", lambda: economic_quantity(8, 0.225, 1300), (304.0468, 68.4105)),
    ("newsvendor", lambda: newsvendor(0.18, 0.70, 50, 8), (56.6040, 1.9976)),
    ("(r, Q), safety stock", lambda: reorder_with_safety(0.225, 7.5, 8, 1300, 150, 1 / 12), (190.3370, 304.0468)),
    ("(r, Q), loss function", lambda: reorder_by_loss(0.225, 7.5, 8, 1300, 150, 1 / 12), (126.8671, 328.4491)),
)


def _formulas() -> Iterator[Figure | str]:
    for name, ours, book in TEXTBOOK:
        yield Figure(f"{name}: apart from the textbook", max(np.abs(np.subtract(ours(), book))), 5e-5, "")
    if not ORACLE.exists():
        yield "stockpyl: not there (make bench sets it up)"
        return
    lows, highs = (0.05, 3, 1, 50, 10, 0.02), (2, 40, 60, 5000, 800, 0.5)
    cases = np.random.default_rng(6).uniform(lows, highs, (CASES, 6))
    started = time.perf_counter()
    ours = np.array(reorder_by_loss(*cases.T)).T
    taken = time.perf_counter() - started
    script, given = REPO / "tests" / "oracle_stockpyl.py", json.dumps(cases.tolist())
    said = subprocess.run([ORACLE, script], input=given, capture_output=True, text=True, check=True).stdout
    wanted = np.array([answer["loss"] for answer in json.loads(said)])
    apart = float(np.max(np.abs(ours - wanted) / (1 + np.abs(wanted))))
    yield Figure(
        "(r, Q), loss function: apart from stockpyl", apart, 1e-5, "", f"{CASES} cases in {taken * 1000:.0f} ms"
    )


def _forecasts() -> Iterator[Figure | str]:
    parts, days = car_parts(), uci_days(1500)
    if parts is None or days is None:
        yield "forecasts: the test data is not there"
        return
    weeks = days[:, : days.shape[1] // 7 * 7].reshape(len(days), -1, 7).sum(axis=2)
    yield Figure("pinball loss, 2,208 car parts", pinball(parts, 39, 3), 0.158, "", "three months ahead")
    book = pinball(weeks, 26, 2, _textbook)
    yield Figure(
        "pinball loss, 1,500 UCI products", pinball(weeks, 26, 2), book, "", "two weeks; limit: textbook normal"
    )
    many = np.tile(parts, (46, 1))[:100_000]
    whole = Weeks(many, np.full(many.shape, 7.0))
    taken = min(_used(lambda: _foresee(whole)) for _ in range(3))
    yield Figure("things a processor second, mean and quantile", len(many) / taken, 100_000, "", at_least=True)
    few = Weeks(many[:5000], whole.counted[:5000])
    taken = min(_used(lambda: _tuned(few)) for _ in range(3))
    yield Figure("things a processor second, with tuning", 5000 / taken, 5000, "", at_least=True)


def _tuned(weeks: Weeks) -> None:
    found = learn(weeks, best_alphas(weeks), history=False)
    demand_quantile(found.mean * 2, found.sd**2 * 2, 0.95)


def _textbook(seen: np.ndarray, lead: int) -> np.ndarray:
    """Mean and spread of the last quarter, normal."""
    last = seen[:, -13:]
    return last.mean(axis=1) * lead + 1.645 * last.std(axis=1) * np.sqrt(lead)


def _ours(seen: np.ndarray, lead: int) -> np.ndarray:
    weeks = Weeks(seen, np.full(seen.shape, 7.0))
    found = learn(weeks, best_alphas(weeks, lead_weeks=lead), history=False)
    return demand_quantile(found.mean * lead, found.sd**2 * lead, 0.95)


def pinball(pieces: np.ndarray, first: int, lead: int, quantile: Quantile = _ours) -> float:
    """Loss at 0.95 of lead-time demand over rolling origins, over the mean demand of a lead time before them."""
    loss, scale = 0.0, pieces[:, :first].mean(axis=1).sum() * lead
    origins = range(first, pieces.shape[1] - lead + 1)
    for origin in origins:
        off = pieces[:, origin : origin + lead].sum(axis=1) - quantile(pieces[:, :origin], lead)
        loss += float(np.where(off >= 0, 0.95 * off, -0.05 * off).sum())
    return loss / len(origins) / scale
