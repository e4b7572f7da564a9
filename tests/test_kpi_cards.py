"""Every card of the starter: its worked example runs, it names one row per fact, and a range has somebody to act."""

from datetime import date
from pathlib import Path

import pytest
from shops import STARTER

from bench.pair_kpis import KpiBench
from ecomos.kpis import figure, run_example
from ecomos.kpis.running import COLUMNS, run_card
from ecomos.playbook import read_folder
from ecomos.playbook.records import Kpi
from ecomos.store import open_file

BOOK = read_folder(STARTER / "playbook")[0]
CARDS = sorted(BOOK.kpis.values(), key=lambda card: card.stem)
NAMES = [card.stem for card in CARDS]
UNITS = ("money", "per cent", "count", "hours", "days")


def test_there_are_the_figures_that_a_founder_asks_for() -> None:
    wanted = {
        "net-sales",
        "orders",
        "average-order-value",
        "gross-margin",
        "refund-rate",
        "repeat-share",
        "on-time-dispatch",
        "stock-out-share",
        "unmatched-lines",
        "cancelled-share",
        "address-errors",
        "orders-waiting",
        "import-delay",
        "rows-not-loaded",
    }
    assert wanted <= set(NAMES)


@pytest.mark.parametrize("card", CARDS, ids=NAMES)
def test_its_worked_example_gives_what_it_says(card: Kpi) -> None:
    assert [] == [str(p) for p in run_example(card)]


@pytest.mark.parametrize("card", CARDS, ids=NAMES)
def test_its_sql_says_the_grain_and_yields_one_row_a_fact(card: Kpi, tmp_path: Path) -> None:
    first = card.sql.strip().splitlines()[0]
    assert first.startswith("-- One row per "), first
    db = open_file(tmp_path / "store.db", create=True)
    try:
        assert [] == run_card(db, card.stem, card.sql)
        found = db.execute(card.sql)
        assert COLUMNS == tuple(column[0] for column in found.description)
    finally:
        db.close()


@pytest.mark.parametrize("card", CARDS, ids=NAMES)
def test_it_has_a_unit_that_pages_can_write_and_a_procedure_where_it_has_a_range(card: Kpi) -> None:
    assert card.unit in UNITS
    assert card.range is None or card.on_breach in BOOK.procedures


@pytest.mark.slow
@pytest.mark.alone
def test_on_half_a_million_lines_they_are_read_at_once_and_a_days_import_costs_a_second(
    tmp_path: Path, shared_data: Path
) -> None:
    """All cards for a day, a week and a month in under 50 ms together; to the penny what the data's README says."""
    bench = KpiBench(tmp_path)
    november = figure(bench.shop.db, BOOK.kpis["net-sales"], date(2011, 11, 1), date(2011, 11, 30)).value
    assert november == 1_461_756.25
    read = min(bench.read() for _ in range(5))
    refreshed = min(bench.refresh_after_a_day() for _ in range(3))
    print(f"\n{len(CARDS)} cards x 3 spans in {read * 1000:.0f} ms, refresh after a day {refreshed:.2f} s")
    assert read < 0.05
    assert refreshed < 1
