"""Plans for a large shop, measured with nothing else beside it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent


@pytest.mark.alone
@pytest.mark.slow
def test_ten_thousand_things_with_two_years_of_orders_are_planned_in_ten_seconds() -> None:
    """Half a million order lines, a shelf that ran out now and then: reading, reckoning and writing."""
    command = [sys.executable, "-m", "bench.stock_store", "10000", "500000"]
    said = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=True).stdout
    found = json.loads(said)
    assert found["things"] == 10_000
    assert found["seconds"] < 10
    assert found["megabytes"] < 1000
