"""The starter's KPI cards get worse when the work is done badly, and better again when it is made good."""

from pathlib import Path

import pytest
from shops import NOW
from test_playbook_starter_run import House

from ecomos.store import iso, write
from ecomos.work import in_force, start
from ecomos.work.triggers import offer_events


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "shop")


def figure(house: House, kpi: str) -> tuple[float, float]:
    """Numerator and denominator over all days, as the card's own SQL gives them."""
    sql = in_force(house.shop, NOW).kpis[kpi].sql
    rows = house.shop.db.execute(sql).fetchall()
    return sum(r["numerator"] for r in rows), sum(r["denominator"] for r in rows)


def loaded(house: House, rejected: int) -> None:
    with write(house.shop.db):
        house.shop.db.execute(
            """insert into imports(path, sha256, kind, imported_at, status, rows_read, rows_rejected)
               values ('orders.csv', ?, 'shopify orders', ?, 'loaded', 100, ?)""",
            [f"{rejected}-{house.now}", iso(house.now), rejected],
        )


def test_rows_not_loaded_are_made_good_by_a_whole_file_within_a_day(house: House) -> None:
    """A file repaired today does not count; one repaired the day after tomorrow does."""
    loaded(house, 4)
    assert figure(house, "rows-not-loaded") == (4, 100)
    loaded(house, 0)
    assert figure(house, "rows-not-loaded") == (0, 200)
    loaded(house, 7)
    house.later(2)
    loaded(house, 0)
    assert figure(house, "rows-not-loaded") == (7, 400)


def test_an_order_released_on_hope_counts_as_shipped_unpaid_until_it_is_paid(house: House) -> None:
    """Two shipped, one of them on terms."""
    for number, status in (("#1", "paid"), ("#2", "pending")):
        key = house.order(number, status=status)
        with write(house.shop.db):
            house.shop.db.execute("update orders set payment_terms = 'Net 30' where id = ?", [key])
        start(house.shop, "process-an-order", ("order", key), NOW)
        house.do("picker", "Pick the lines", found="all")
        house.do("packer", "Pack the parcel", packed="everything")
        house.do("packer", "Ship the parcel", carrier="DHL", tracking="JD1")
        house.do("packer", "Enter the shipment in Shopify", reference="F-1")
    assert figure(house, "shipped-unpaid") == (1, 2)
    house.import_shows(key, "order.paid", financial_status="paid")
    assert figure(house, "shipped-unpaid") == (0, 2)


def test_a_refund_that_lies_three_days_costs_three_days(house: House) -> None:
    """From the cancellation to the refund; by then it is the lead's."""
    start(house.shop, "cancel-an-order", ("order", house.order("#3")), NOW)
    house.do("support-agent", "Stop the parcel", why="customer asks", stands_at="not picked")
    house.do("support-agent", "Cancel in Shopify", reference="C-1")
    offer_events(house.shop, NOW)
    house.later(3)
    house.do("operations-lead", "Give the money back", amount="84")
    house.do("support-agent", "Refund in Shopify", reference="R-1")
    days, refunds = figure(house, "refund-days")
    assert (round(days, 3), refunds) == (3.0, 1)
