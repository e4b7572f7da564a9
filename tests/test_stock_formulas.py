"""The inventory formulas: the textbook's figures, and another library's on a thousand cases."""

import json
import random
import subprocess
from pathlib import Path

import numpy as np
import pytest
from conftest import ON_CI, REPO

from ecomos.stock.formulas import economic_quantity, newsvendor, reorder_by_loss, reorder_with_safety

CASES = 1000
ORACLE = REPO / ".oracles" / "bin" / "python"
ORACLE_SCRIPT = Path(__file__).with_name("oracle_stockpyl.py")


def test_the_textbook_figures_come_out_to_its_digits() -> None:
    """Snyder & Shen, examples 3.1, 4.3, 5.5 and 5.6."""
    found = {
        "EOQ": economic_quantity(8, 0.225, 1300),
        "newsvendor": newsvendor(0.18, 0.70, 50, 8),
        "(r, Q) with safety stock": reorder_with_safety(0.225, 7.5, 8, 1300, 150, 1 / 12),
        "(r, Q) by the loss function": reorder_by_loss(0.225, 7.5, 8, 1300, 150, 1 / 12),
    }
    assert {name: (f"{a:.4f}", f"{b:.4f}") for name, (a, b) in found.items()} == {
        "EOQ": ("304.0468", "68.4105"),
        "newsvendor": ("56.6040", "1.9976"),
        "(r, Q) with safety stock": ("190.3370", "304.0468"),
        "(r, Q) by the loss function": ("126.8671", "328.4491"),
    }


def _cases() -> list[tuple[float, float, float, float, float, float]]:
    """(holding, stock-out, fixed cost, demand, sd, lead time) as shops have them."""
    roll = random.Random(6)
    return [
        (
            roll.uniform(0.05, 2),
            roll.uniform(3, 40),
            roll.uniform(1, 60),
            roll.uniform(50, 5000),
            roll.uniform(10, 800),
            roll.uniform(0.02, 0.5),
        )
        for _ in range(CASES)
    ]


@pytest.mark.slow
@pytest.mark.skipif(not ORACLE.exists() and not ON_CI, reason="make test sets up stockpyl in .oracles")
def test_a_thousand_random_cases_agree_with_stockpyl() -> None:
    """Each formula, computed for all cases in one call, gives what stockpyl gives for each of them."""
    cases = _cases()
    h, p, k, demand, sd, lead = (np.array(column) for column in zip(*cases, strict=True))
    ours = {
        "EOQ": economic_quantity(k, h, demand),
        "newsvendor": newsvendor(h, p, demand, sd),
        "safety": reorder_with_safety(h, p, k, demand, sd, lead),
        "loss": reorder_by_loss(h, p, k, demand, sd, lead),
    }
    answers = json.loads(
        subprocess.run(
            [ORACLE, ORACLE_SCRIPT], input=json.dumps(cases), capture_output=True, text=True, check=True
        ).stdout
    )
    theirs = {name: [answer[name] for answer in answers] for name in ours}
    apart = {name: _furthest(ours[name], theirs[name]) for name in ours}
    assert {name: far for name, far in apart.items() if far > 1e-5} == {}


def _furthest(ours: tuple[np.ndarray, np.ndarray], theirs: list[tuple[float, float]]) -> float:
    """The greatest difference, relative to the figure."""
    wanted = np.array(theirs, float)
    return float(max(np.max(np.abs(mine - wanted[:, n]) / (1 + np.abs(wanted[:, n]))) for n, mine in enumerate(ours)))


def test_nothing_sold_asks_for_nothing() -> None:
    """A thing without demand has an economic quantity of 0, beside others in one array."""
    quantity, _ = economic_quantity(8, 0.225, np.array([0.0, 1300.0]))
    assert quantity.round(4).tolist() == [0.0, 304.0468]
