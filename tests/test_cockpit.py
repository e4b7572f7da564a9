"""The store in a notebook: DataFrames out of every page's numbers, reads only, text from outside is text."""

from pathlib import Path

import pytest
from shops import hire, make_shop, order

import ecomos
from ecomos.errors import WrongUsage
from ecomos.store import write

pd = pytest.importorskip("pandas")


@pytest.fixture
def store(tmp_path: Path):
    shop = make_shop(tmp_path / "shop")
    hire(shop, "Olga", "operations-lead")
    order(shop, "#1001", total=8400)
    order(shop, "#1002", total=1600)
    with write(shop.db):
        shop.db.execute("update order_lines set title = '<script>alert(1)</script> **bold**' where order_id = 1")
    return ecomos.open_store(tmp_path / "shop")


def test_orders_and_lines_come_as_frames_in_major_units(store) -> None:
    assert [84.0, 16.0] == list(store.orders()["total"])
    assert 100.0 == store.sales_lines()["total"].sum()
    assert "ship_name" not in store.orders().columns


def test_sql_reads_and_nothing_else(store) -> None:
    assert 2 == store.sql("select count(*) as n from orders")["n"][0]
    for bad in ("delete from orders", "select password_hash from people"):
        with pytest.raises(Exception, match=r"not authorized|prohibited|readonly"):
            store.sql(bad)


def test_a_card_that_is_not_there_names_the_nearest(store) -> None:
    with pytest.raises(WrongUsage, match="did you mean “orders-waiting”"):
        store.kpi("order-waiting")


def test_an_order_and_a_procedure_show_themselves_and_outside_text_stays_text(store) -> None:
    shown = store.order("#1001")._repr_markdown_()
    assert "### Order \\#1001" in shown
    assert "<script>" not in shown
    assert "**bold**" not in shown
    assert "**Pick the lines** (picker)" in store.procedure("process-an-order")._repr_markdown_()


def test_importing_the_package_costs_nothing() -> None:
    import subprocess
    import sys

    code = "import ecomos, sys; print([m for m in ('pandas', 'rule_engine', 'sqlite_utils') if m in sys.modules])"
    assert "[]\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
