"""What counts as demand: and what does not, openly."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from plan_shop import LAST, lies, order, plan_of, planned, sells, shop_of, thing

from ecomos.stock.demand import read_asked
from ecomos.stock.plan_limits import PlanLimits
from ecomos.store import write
from ecomos.work import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return shop_of(tmp_path)


def asked(shop: Shop, variant: int) -> dict[str, float]:
    """Pieces by what they count as."""
    found = read_asked(shop.db, np.array([variant]), LAST, PlanLimits())
    promoted = found.is_promoted[found.row, found.day]
    return {
        "usual": float(found.pieces[~found.is_bulk & ~promoted].sum()),
        "bulk": float(found.pieces[found.is_bulk].sum()),
        "promoted": float(found.pieces[promoted & ~found.is_bulk].sum()),
    }


def test_days_without_stock_are_not_days_without_demand(shop: Shop) -> None:
    """Two a day, and a month of nothing because nothing was there: still two a day."""
    mug = thing(shop.db, "MUG")
    sells(shop, mug, [2] * 120 + [0] * 30 + [2] * 20)
    lies(shop, mug, 240, LAST - timedelta(days=169))
    lies(shop, mug, -240, LAST - timedelta(days=50), "ship")
    lies(shop, mug, 100, LAST - timedelta(days=19), "receive")
    planned(shop)
    assert plan_of(shop, mug, "demand_a_day", "days_counted", "days_out", "pieces_sold") == {
        "demand_a_day": 2.0,
        "days_counted": 61,
        "days_out": 30,
        "pieces_sold": 122,
    }


def test_before_the_first_level_nothing_is_known_of_days_without_stock(shop: Shop) -> None:
    """The same sales without a ledger: the month counts as a month without demand, for nobody knows better."""
    mug = thing(shop.db, "MUG")
    sells(shop, mug, [2] * 120 + [0] * 30 + [2] * 20)
    planned(shop)
    found = plan_of(shop, mug, "days_counted", "days_out", "demand_a_day")
    assert (found["days_counted"], found["days_out"]) == (91, 0)
    assert found["demand_a_day"] < 2.0


def test_a_day_on_which_it_sold_had_stock_whatever_the_ledger_says(shop: Shop) -> None:
    """Sold below zero for ten days: those days count."""
    mug = thing(shop.db, "MUG")
    sells(shop, mug, [1] * 100)
    lies(shop, mug, 5, LAST - timedelta(days=20))
    lies(shop, mug, -5, LAST - timedelta(days=10), "ship")
    planned(shop)
    assert plan_of(shop, mug, "days_counted", "days_out") == {"days_counted": 91, "days_out": 0}


def test_a_cancelled_order_was_never_asked_for(shop: Shop) -> None:
    """By the platform's cancellation, by ours, and by a cancelling order of its own, minutes later."""
    mug = thing(shop.db, "MUG")
    with write(shop.db):
        shop.db.execute("insert into customers(id, name) values (7, 'Ann')")
        order(shop, LAST, [(mug, 3)])
        order(shop, LAST, [(mug, 100)], cancelled_at="2026-11-23T11:00:00Z")
        ours = order(shop, LAST, [(mug, 200)])
        shop.db.execute(
            "insert into order_cancellations(order_id, reason, cancelled_at) values (?, 'x', '2026-11-23T12:00:00Z')",
            [ours],
        )
        order(shop, LAST, [(mug, 80995)], customer_id=7)
        order(shop, LAST, [(mug, -80995)], customer_id=7, kind="cancellation", placed_at="2026-11-23T10:12:00Z")
    assert asked(shop, mug) == {"usual": 3.0, "bulk": 0.0, "promoted": 0.0}


def test_a_return_weeks_later_leaves_the_demand_as_it_was(shop: Shop) -> None:
    """The same cancelling order a month after the sale: the shelf had to have it."""
    mug = thing(shop.db, "MUG")
    with write(shop.db):
        shop.db.execute("insert into customers(id, name) values (7, 'Ann')")
        order(shop, LAST - timedelta(days=30), [(mug, 3)], customer_id=7)
        order(shop, LAST, [(mug, -3)], customer_id=7, kind="cancellation")
    assert asked(shop, mug)["usual"] == 3.0


def test_one_cancellation_undoes_one_order(shop: Shop) -> None:
    """Two orders of five, one cancelled: five were asked for."""
    mug = thing(shop.db, "MUG")
    with write(shop.db):
        shop.db.execute("insert into customers(id, name) values (7, 'Ann')")
        for _ in range(2):
            order(shop, LAST, [(mug, 5)], customer_id=7)
        order(shop, LAST, [(mug, -5)], customer_id=7, kind="cancellation", placed_at="2026-11-23T10:12:00Z")
    assert asked(shop, mug)["usual"] == 5.0


def test_a_bundle_is_asked_for_as_its_parts(shop: Shop) -> None:
    """Three boxes of two mugs, and a mug alone: seven mugs."""
    box, mug = thing(shop.db, "BOX"), thing(shop.db, "MUG")
    with write(shop.db):
        shop.db.execute("insert into bundle_parts values (?, ?, 2)", [box, mug])
        order(shop, LAST, [(box, 3)])
        order(shop, LAST, [(mug, 1)])
    assert asked(shop, mug)["usual"] == 7.0


def test_a_reseller_s_order_is_planned_apart(shop: Shop) -> None:
    """One or two a day, once sixty at once: bulk, and the pace is that of the others."""
    mug = thing(shop.db, "MUG")
    sells(shop, mug, [1, 2] * 50)
    with write(shop.db):
        order(shop, LAST - timedelta(days=20), [(mug, 60)])
    assert asked(shop, mug) == {"usual": 150.0, "bulk": 60.0, "promoted": 0.0}
    planned(shop)
    assert plan_of(shop, mug, "bulk_pieces", "pieces_sold") == {"bulk_pieces": 60, "pieces_sold": 137}


def test_what_is_often_sold_by_the_dozens_is_no_bulk(shop: Shop) -> None:
    """Every fifth order is of forty: that is how it sells."""
    mug = thing(shop.db, "MUG")
    sells(shop, mug, [1, 2, 1, 1, 40] * 12)
    assert asked(shop, mug)["bulk"] == 0.0


def test_days_at_a_discount_are_left_out_of_the_pace(shop: Shop) -> None:
    """A week at a quarter off sold ten a day instead of one: it does not count, and the page says so."""
    mug = thing(shop.db, "MUG")
    sells(shop, mug, [1] * 93, LAST - timedelta(days=7))
    with write(shop.db):
        for back in range(7):
            order(shop, LAST - timedelta(days=back), [(mug, 5)] * 2, discount_cents=1750)
    planned(shop)
    assert plan_of(shop, mug, "days_counted", "days_promoted", "pieces_sold", "demand_a_day") == {
        "days_counted": 84,
        "days_promoted": 7,
        "pieces_sold": 84,
        "demand_a_day": 1.0,
    }


def test_a_promotion_that_was_written_down_is_left_out_too(shop: Shop) -> None:
    """Days named for the whole shop."""
    mug = thing(shop.db, "MUG")
    sells(shop, mug, [1] * 93 + [6] * 7)
    with write(shop.db):
        shop.db.execute(
            "insert into promotion_days(from_on, to_on, name) values ('2026-11-17', '2026-11-23', 'Black week')"
        )
    planned(shop)
    assert plan_of(shop, mug, "days_promoted", "demand_a_day") == {"days_promoted": 7, "demand_a_day": 1.0}


def test_a_discount_that_always_holds_is_the_price(shop: Shop) -> None:
    """Every order at a quarter off: nothing is left out."""
    mug = thing(shop.db, "MUG")
    with write(shop.db):
        for back in range(60):
            order(shop, LAST - timedelta(days=back), [(mug, 1)], discount_cents=350)
    assert asked(shop, mug) == {"usual": 60.0, "bulk": 0.0, "promoted": 0.0}


def test_uci_s_two_giant_orders_that_were_cancelled_are_no_demand(shared_data: Path, tmp_path: Path) -> None:
    """23843 (80,995 pieces) and 23166 (74,215 pieces) were undone minutes later: nobody wanted them."""
    import csv
    import gzip

    shop = shop_of(tmp_path)
    paper, jar = thing(shop.db, "23843"), thing(shop.db, "23166")
    customers: dict[str, int] = {}
    with (
        gzip.open(shared_data / "retail" / "uci-online-retail-2011.csv.gz", "rt", encoding="utf-8") as file,
        write(shop.db),
    ):
        for row in csv.DictReader(file):
            if row["StockCode"] not in ("23843", "23166") or float(row["UnitPrice"]) <= 0:
                continue
            key = customers.setdefault(row["CustomerID"], len(customers) + 1)
            shop.db.execute("insert into customers(id) values (?) on conflict do nothing", [key])
            day = date.fromisoformat(row["InvoiceDate"][:10])
            order(
                shop,
                day,
                [(paper if row["StockCode"] == "23843" else jar, int(row["Quantity"]))],
                customer_id=key,
                kind="cancellation" if row["InvoiceNo"].startswith("C") else "sale",
                placed_at=row["InvoiceDate"].replace(" ", "T") + "Z",
            )
    ids = np.array([paper, jar])
    found = read_asked(shop.db, ids, date(2011, 12, 9), PlanLimits())
    largest = [float(found.pieces[found.row == n].max(initial=0.0)) for n in (0, 1)]
    assert largest[0] <= 100
    assert largest[1] < 2000
