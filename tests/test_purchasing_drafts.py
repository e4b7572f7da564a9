"""Draft orders: one for a supplier and a place, filled up to the minimum, priced from the list."""

from datetime import date
from pathlib import Path

import pytest
from buying_shop import NOW, buying_shop, hire, plan_row

from ecomos.errors import Refused
from ecomos.stock.order_days import Waiting, next_order_day, order_today
from ecomos.stock.ordering import draft_orders
from ecomos.stock.prices import set_price
from ecomos.stock.terms import Holiday, add_holiday, change_terms, holidays_of, supplier_terms
from ecomos.store import write
from ecomos.work import Shop


def lines(shop: Shop) -> list[tuple[object, ...]]:
    sql = """select o.number, l.sku, l.quantity, l.unit_cost_cents, l.is_filled, l.because from purchase_order_lines l
             join purchase_orders o on o.id = l.purchase_order_id order by o.id, l.line_no"""
    return [tuple(row) for row in shop.db.execute(sql)]


def test_a_draft_is_filled_up_with_what_would_be_low_next_and_each_line_says_why(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home")
    buyer = hire(shop, "Bea", "buyer")
    plan_row(shop, things["GLV-M"], cover=4, quantity=24, deed="order")
    plan_row(shop, things["GLV-L"], cover=18)
    plan_row(shop, things["SOCK"], cover=30)
    plan_row(shop, things["CAP"], cover=50)
    (draft,) = draft_orders(shop.db, [(things["GLV-M"], 1, 24)], buyer, NOW, home=shop.home).drafts
    assert lines(shop) == [
        ("PO-2026-0001", "GLV-M", 24, 400, 0, None),
        (
            "PO-2026-0001",
            "GLV-L",
            24,
            400,
            1,
            "For the minimum of 200.00 EUR: lasts 18 days, with these 42.",
        ),
        (
            "PO-2026-0001",
            "SOCK",
            10,
            250,
            1,
            "For the minimum of 200.00 EUR: lasts 30 days, with these 40.",
        ),
    ]
    assert (draft.sum_cents, draft.freight_cents, draft.to_free_freight_cents, draft.short_cents, draft.next_on) == (
        21700,
        1200,
        28300,
        0,
        date(2026, 11, 24),
    )


def test_an_open_draft_takes_further_lines_and_a_thing_on_it_is_set_not_doubled(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer = hire(shop, "Bea", "buyer")
    draft_orders(shop.db, [(things["GLV-M"], 1, 24)], buyer, NOW, home=shop.home)
    again = draft_orders(shop.db, [(things["GLV-M"], 1, 36), (things["CAP"], 1, 5)], buyer, NOW, home=shop.home)
    assert [d.is_new for d in again.drafts] == [False]
    assert lines(shop) == [
        ("PO-2026-0001", "GLV-M", 36, 400, 0, None),
        ("PO-2026-0001", "CAP", 8, 900, 0, "5 became 8: packs of 4."),
    ]
    drafted = shop.db.execute("select about_type, about_id from events where kind = 'purchase.drafted'").fetchall()
    assert [tuple(row) for row in drafted] == [("purchase", 1)]


def test_what_waits_for_approval_is_not_ordered_a_second_time(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer = hire(shop, "Bea", "buyer")
    draft_orders(shop.db, [(things["GLV-M"], 1, 24)], buyer, NOW, home=shop.home)
    with write(shop.db):
        shop.db.execute("update purchase_orders set status = 'asked'")
    again = draft_orders(shop.db, [(things["GLV-M"], 1, 24), (things["CAP"], 1, 4)], buyer, NOW, home=shop.home)
    assert again.left_out == ("GLV-M stands on PO-2026-0001 to Weber Wien, which waits for approval already.",)
    assert lines(shop)[1:] == [("PO-2026-0002", "CAP", 4, 900, 0, None)]


def test_the_price_is_the_newest_list_that_has_come_at_its_step(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer = hire(shop, "Bea", "buyer")
    for step in ((date(2026, 1, 1), 1, 390), (date(2026, 11, 1), 1, 380), (date(2026, 11, 1), 48, 350)):
        set_price(shop.db, 1, "GLV-M", step, buyer, NOW)
    set_price(shop.db, 1, "GLV-M", (date(2027, 1, 1), 1, 420), buyer, NOW)
    for pieces, cents in ((24, 380), (48, 350)):
        draft_orders(shop.db, [(things["GLV-M"], 1, pieces)], buyer, NOW, home=shop.home)
        assert lines(shop) == [("PO-2026-0001", "GLV-M", pieces, cents, 0, None)]


def test_whoever_does_not_buy_is_told_who_does(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home")
    picker = hire(shop, "Pia", "picker")
    with pytest.raises(Refused, match="for the buyer, the operations lead and the founder"):
        draft_orders(shop.db, [(things["GLV-M"], 1, 24)], picker, NOW, home=shop.home)
    assert lines(shop) == []


def test_the_next_order_day_is_one_of_theirs_on_which_nobody_is_away(tmp_path: Path) -> None:
    shop, _ = buying_shop(tmp_path / "home")
    buyer = hire(shop, "Bea", "buyer")
    add_holiday(shop.db, 1, Holiday(date(2026, 11, 25), date(2026, 11, 30), "stock-taking"), buyer, NOW)
    terms, closed = supplier_terms(shop.db, 1), holidays_of(shop.db, 1)
    days = [next_order_day(terms, closed, shop.working, date(2026, 11, day)) for day in (24, 25, 27)]
    assert days == [date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 1)]


@pytest.mark.parametrize(
    ("cover", "value", "today", "because"),
    [
        (
            4.0,
            20000,
            True,
            "Waiting until Thu 26 Nov loses 15.00 EUR of margin, an order today costs 12.00 EUR of freight more.",
        ),
        (
            11.8,
            20000,
            False,
            "Wait until Thu 26 Nov: it loses 1.50 EUR of margin, less than 12.00 EUR of freight for an order today.",
        ),
        (
            11.8,
            60000,
            True,
            "Waiting until Thu 26 Nov loses 1.50 EUR of margin, an order today costs 0.00 EUR of freight more.",
        ),
        (40.0, 20000, False, "Wait until Thu 26 Nov: nothing runs out sooner by it."),
    ],
)
def test_an_order_between_two_order_days_only_where_waiting_costs_more_than_freight(
    tmp_path: Path, cover: float, value: int, today: bool, because: str
) -> None:
    shop, _ = buying_shop(tmp_path / "home")
    terms = supplier_terms(shop.db, 1)
    found = order_today(terms, [Waiting(cover, 10.0, 750)], value, date(2026, 11, 26), date(2026, 11, 24), "EUR")
    assert (found.today, found.because) == (today, because)


def test_terms_changed_by_somebody_else_meanwhile_are_not_overwritten(tmp_path: Path) -> None:
    shop, _ = buying_shop(tmp_path / "home")
    buyer, lead = hire(shop, "Bea", "buyer"), hire(shop, "Ole", "operations-lead")
    assert change_terms(shop.db, 1, {"minimum_cents": (20000, 30000), "order_days": "Mon; fri"}, buyer, NOW) == 2
    with pytest.raises(Refused, match="Somebody changed minimum of Weber Wien to 30000 meanwhile"):
        change_terms(shop.db, 1, {"minimum_cents": (20000, 25000)}, lead, NOW)
    found = supplier_terms(shop.db, 1)
    assert (found.minimum_cents, found.order_days) == (30000, "mon, fri")
