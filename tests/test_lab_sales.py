"""explore_sales: runs from top to bottom on a demo, on UCI and on an empty store; its figures are the ones known."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from lab_shop import small_demo
from shops import NOW, STARTER, make_shop, order

import ecomos
from ecomos.cockpit import Store
from ecomos.errors import WrongUsage
from ecomos.intake import import_file
from ecomos.reports.notebooks import SHIPPED, declared
from ecomos.reports.running import Job, execute
from ecomos.reports.sales import Sales
from ecomos.store import Home, make_home, open_file, read_home, write
from ecomos.work import Shop, adopt_playbook

NOTEBOOK = SHIPPED / "explore_sales.ipynb"
BY_MONTH = [748957.02, 560000.26, 498062.65, 683267.08, 493207.12, 723333.51, 691123.12]
BY_MONTH += [681300.11, 682680.51, 1019687.62, 1070704.67, 1461756.25, 433668.01]
FIRST_IN_DECEMBER = [885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235]
FIRST_IN_JANUARY = [417, 92, 111, 96, 134, 120, 103, 101, 125, 136, 152, 49]


@pytest.fixture(scope="module")
def uci(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Store]:
    """A store with all of UCI Online Retail in it."""
    path = tmp_path_factory.mktemp("uci") / "shop"
    given = {"name": "UCI", "currency": "GBP", "time_zone": "UTC", "go_live": date(2026, 11, 1)}
    home = make_home(path, STARTER, **given)
    shop = Shop(home, open_file(home.db_path, create=True))
    adopt_playbook(shop, NOW, "test")
    import_file(home, shop.db, shared_data / "retail" / "uci-online-retail-2011.csv.gz", NOW)
    yield ecomos.open_store(path)
    shop.db.close()


@pytest.fixture(scope="module")
def sales(uci: Store) -> Sales:
    return uci.sales()


def executed(home: Home, folder: Path) -> str:
    """The notebook run by papermill in a kernel, as text: what its cells said."""
    outcome = execute(home, Job(NOTEBOOK, folder, {}, "Explore sales", ""), 120)
    assert "done" == outcome.status, outcome.error
    cells = json.loads((folder / "report.ipynb").read_text())["cells"]
    outputs = [o for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error"]
    return "\n".join("".join(o["data"]["text/plain"]) for o in outputs if "data" in o)


# ---- the notebook


def test_it_runs_from_top_to_bottom_on_a_demo(tmp_path: Path) -> None:
    said = executed(read_home(small_demo(tmp_path)), tmp_path / "run")
    assert re.search(r"\d+ October 2026 to 23 November 2026: net sales of [\d,.]+ EUR from \d+ orders\.", said)
    assert "Only a part of the month: Oct 2026 (" in said
    assert re.search(r"\d+ products; .+ brings most: [\d,.]+ EUR", said)
    assert re.search(r"\d+ known customers placed \d+ orders", said)


def test_it_runs_on_uci_and_gives_the_figures_that_are_known(uci: Store, tmp_path: Path) -> None:
    said = executed(uci.shop.home, tmp_path / "run")
    assert "1 December 2010 to 9 December 2011: net sales of 9,747,747.93 GBP from" in said
    assert "The best whole month was Nov 2011 with 1,461,756.25 GBP." in said
    assert "Only a part of the month: Dec 2011 (9 days). Don't compare it." in said
    assert "4,338 known customers placed 18,532 orders; 2,845 of them (65.58 %) ordered more than once." in said


def test_on_an_empty_store_it_says_so_in_words(tmp_path: Path) -> None:
    said = executed(make_shop(tmp_path / "shop").home, tmp_path / "run")
    assert 5 <= said.count("No order is in the store yet.")
    assert "Drop the shop's order export on the Imports page" in said
    assert "who comes back can't be told" in said


def test_it_keeps_the_house_style(tmp_path: Path) -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    assert "".join(cells[0]["source"]).startswith("# ")
    assert "?" in "".join(cells[0]["source"])
    assert {"first_on": "", "last_on": "", "channel": "", "top": 10} == declared(NOTEBOOK)
    assert [] == [c for c in code if re.search(r"\b(def|class|select)\b|\.\./", c) or c.count("\n") >= 12]
    assert [] == [c for c in cells if c.get("outputs") or c.get("execution_count")]


# ---- its figures


def test_net_sales_by_month_are_those_of_the_data(sales: Sales) -> None:
    found = sales.months.table
    assert BY_MONTH == [round(x, 2) for x in found["net-sales"]]
    assert ["2011-12"] == list(found.index[found["is_part"]])
    assert [31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 9] == list(found["days"])


def test_cohorts_are_those_of_the_data(sales: Sales) -> None:
    found = sales.cohorts.table
    assert FIRST_IN_DECEMBER == list(found.loc["2010-12"])
    assert FIRST_IN_JANUARY == list(found.loc["2011-01"].dropna())
    assert 4338 == found[0].sum()
    assert {"2011-12"} == set(sales.cohorts.parts)


def test_a_giant_order_cancelled_at_once_makes_no_best_seller(sales: Sales) -> None:
    found = sales.products.table
    assert found.loc["23843", "pieces"] <= 0
    assert "23843" not in found.head(50).index
    assert "22423" == found.index[0]
    assert not {"POST", "DOT", "M", "D", "AMAZONFEE", "BANK CHARGES"} & set(found.index)


def test_a_span_of_days_is_kept_to(uci: Store) -> None:
    found = uci.sales("2011-02-10", "2011-03-31").months.table
    assert [("2011-02", 19, True), ("2011-03", 31, False)] == list(
        zip(found.index, found["days"], found["is_part"], strict=True)
    )
    assert 683267.08 == round(found.loc["2011-03", "net-sales"], 2)
    assert "None of these days is in the data" in uci.sales("2020-01-01").tell().text
    for wrong in ({"first_on": "soon"}, {"channel": "uc"}):
        with pytest.raises(WrongUsage, match=r"is no day|did you mean “uci”"):
            uci.sales(**wrong)


def test_the_charts_mark_what_is_only_a_part(sales: Sales) -> None:
    assert "only a part of the month" in sales.months.draw().svg
    assert "Dec 2011 433,668 (part)" in sales.months.draw().words
    assert "hatched: a month that is not whole" in sales.cohorts.draw().svg


# ---- what the data covers


@pytest.mark.parametrize(("imported", "until"), [("2024-05-20", "2024-05-19"), ("2024-06-20", "2024-05-15")])
def test_a_quiet_week_before_the_import_belongs_to_the_data_a_longer_silence_does_not(
    tmp_path: Path, imported: str, until: str
) -> None:
    shop = ordered_in_may(tmp_path)
    with write(shop.db):
        shop.db.execute(
            """insert into imports(path, sha256, kind, channel_id, imported_at, status, rows_read, rows_new)
               values ('a.csv', 'x', 'shopify-orders', 1, ?, 'loaded', 1, 1)""",
            [f"{imported}T09:00:00Z"],
        )
    known = ecomos.open_store(shop.home.path).sales().look.known
    assert (date(2024, 5, 15), date.fromisoformat(until)) == known


def ordered_in_may(folder: Path) -> Shop:
    """A shop with one order, long ago."""
    shop = make_shop(folder / "shop")
    order(shop, "#1001")
    with write(shop.db):
        shop.db.execute("update orders set placed_at = '2024-05-15T10:00:00Z', placed_on = '2024-05-15'")
    return shop


def test_orders_in_another_currency_are_said_to_be_added_as_they_stand(tmp_path: Path) -> None:
    shop = ordered_in_may(tmp_path)
    with write(shop.db):
        shop.db.execute("update orders set currency = 'USD'")
    said = ecomos.open_store(shop.home.path).sales().tell().text
    assert "1 order is in USD, added up as it stands." in said
