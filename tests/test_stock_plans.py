"""The plans: what is proposed for a thing, from its sales, its shelf and its supplier."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from plan_shop import LAST, NOW, POLICIES, deliver, item, lies, order, plan_of, planned, sells, shop_of, supplier, thing

from ecomos.stock.planning import is_due, plan_if_due
from ecomos.store import write
from ecomos.work import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return shop_of(tmp_path)


def test_a_thing_that_sells_one_a_day_is_ordered_before_it_runs_out(shop: Shop) -> None:
    """One a day, ten days from the supplier, eight left: 38 are needed, four packs of twelve."""
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 200)
    lies(shop, mug, 8, LAST)
    item(shop, mug, "MUG-01", cost_cents=400, pack=12, minimum=12, lead_time_days=10)
    assert planned(shop).things == 1
    assert plan_of(shop, mug, "method", "demand_a_day", "days_counted", "pieces_sold", "lead_days", "lead_source") == {
        "method": "smoothed",
        "demand_a_day": 1.0,
        "days_counted": 91,
        "pieces_sold": 91,
        "lead_days": 10.0,
        "lead_source": "stated",
    }
    assert plan_of(shop, mug, "reorder_point", "order_up_to", "need") == {
        "reorder_point": 18,
        "order_up_to": 46,
        "need": 38.0,
    }
    amounts = plan_of(shop, mug, "deed", "bucket", "available", "coming", "cover_days", "quantity", "margin_day_cents")
    assert amounts == {
        "deed": "order",
        "bucket": "already lost",
        "available": 8,
        "coming": 0,
        "cover_days": 8.0,
        "quantity": 48,
        "margin_day_cents": 1000,
    }
    assert plan_of(shop, mug, "rule") == "what is there and coming is at or below the reorder point"


def test_what_is_on_order_is_counted_and_nothing_is_ordered_twice(shop: Shop) -> None:
    """The same shelf with forty on their way: leave."""
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 200)
    lies(shop, mug, 14, LAST)
    key = item(shop, mug, "MUG-01", cost_cents=400, lead_time_days=10)
    with write(shop.db):
        shop.db.execute(
            """insert into purchase_orders(id, number, supplier_id, location_id, currency, status, drafted_at, sent_at,
                 expected_on) values (1, 'PO-1', ?, 1, 'EUR', 'sent', '2026-11-20T09:00:00Z', '2026-11-20T09:00:00Z',
                 '2026-11-30')""",
            [key],
        )
        shop.db.execute(
            """insert into purchase_order_lines(purchase_order_id, line_no, variant_id, sku, title, quantity,
                 unit_cost_cents) values (1, 1, ?, 'MUG-01', 'Mug', 40, 400)""",
            [mug],
        )
    planned(shop)
    assert plan_of(shop, mug, "deed", "coming", "coming_on", "cover_days", "quantity") == {
        "deed": "leave",
        "coming": 40,
        "coming_on": "2026-11-30",
        "cover_days": 54.0,
        "quantity": 0,
    }


def test_goods_on_order_that_come_too_late_are_expedited(shop: Shop) -> None:
    """Four left, forty expected in twelve days: out for eight of them, whose margin is at stake."""
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 200)
    lies(shop, mug, 4, LAST)
    key = item(shop, mug, "MUG-01", cost_cents=400, lead_time_days=10)
    with write(shop.db):
        shop.db.execute(
            """insert into purchase_orders(id, number, supplier_id, location_id, currency, status, drafted_at, sent_at,
                 expected_on) values (1, 'PO-1', ?, 1, 'EUR', 'sent', '2026-11-20T09:00:00Z', '2026-11-20T09:00:00Z',
                 '2026-12-06')""",
            [key],
        )
        shop.db.execute(
            """insert into purchase_order_lines(purchase_order_id, line_no, variant_id, sku, title, quantity,
                 unit_cost_cents) values (1, 1, ?, 'MUG-01', 'Mug', 40, 400)""",
            [mug],
        )
    planned(shop)
    assert plan_of(shop, mug, "deed", "days_short", "bucket", "stake_cents") == {
        "deed": "expedite",
        "days_short": 8.0,
        "bucket": "already lost",
        "stake_cents": 8000,
    }


def test_a_lead_time_is_measured_from_five_receipts_on(shop: Shop) -> None:
    """Four deliveries: as stated, plus and minus a half. With the fifth: as measured."""
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 100)
    key = item(shop, mug, "MUG-01", cost_cents=400, lead_time_days=10)
    for number, days in enumerate((12, 15, 14, 21)):
        deliver(shop, key, mug, date(2026, 6, 1) + timedelta(days=30 * number), days)
    planned(shop)
    names = ("lead_days", "lead_low", "lead_high", "lead_source", "receipts")
    assert tuple(plan_of(shop, mug, *names).values()) == (10.0, 5.0, 15.0, "stated", 0)
    deliver(shop, key, mug, date(2026, 10, 12), 15)
    planned(shop)
    assert tuple(plan_of(shop, mug, *names).values()) == (15.0, 12.8, 18.6, "measured", 5)


def test_where_nobody_says_how_long_it_takes_the_policy_s_days_are_assumed(shop: Shop) -> None:
    """No supplier: fourteen days, marked."""
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 100)
    planned(shop)
    assert plan_of(shop, mug, "lead_days", "lead_source", "supplier_id") == {
        "lead_days": 14.0,
        "lead_source": "assumed",
        "supplier_id": None,
    }


def test_a_missing_cost_takes_the_share_usual_in_its_kind_and_says_so(shop: Shop) -> None:
    """Two mugs at 14.00 cost 4.00 and 5.00; the third is taken to cost 4.50."""
    known = [thing(shop.db, f"MUG-0{n}", cost_cents=cost) for n, cost in ((1, 400), (2, 500))]
    third = thing(shop.db, "MUG-03", cost_cents=None)
    planned(shop)
    assert [plan_of(shop, v, "cost_cents", "cost_source") for v in (*known, third)] == [
        {"cost_cents": 400, "cost_source": "product"},
        {"cost_cents": 500, "cost_source": "product"},
        {"cost_cents": 450, "cost_source": "category"},
    ]


def test_where_nothing_tells_how_many_lie_there_nothing_is_ordered(shop: Shop) -> None:
    """An unknown shelf is not an empty one: somebody counts first."""
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 100)
    planned(shop)
    assert plan_of(shop, mug, "deed", "rule", "quantity", "bucket") == {
        "deed": "count",
        "rule": "nothing tells how many lie there",
        "quantity": 0,
        "bucket": None,
    }


def test_nobody_buys_more_than_lasts_as_long_as_the_policy_allows(shop: Shop) -> None:
    """A minimum of 500 is the supplier's; without it an order lasts four weeks."""
    mug, cup = thing(shop.db, "MUG-01"), thing(shop.db, "CUP-01")
    for variant, sku, least in ((mug, "MUG-01", 500), (cup, "CUP-01", None)):
        sells(shop, variant, [2] * 200)
        lies(shop, variant, 1, LAST)
        item(shop, variant, sku, cost_cents=400, minimum=least, lead_time_days=7)
    planned(shop)
    point, up_to, quantity = plan_of(shop, cup, "reorder_point", "order_up_to", "quantity").values()
    assert (up_to - point, quantity) == (56, up_to - 1)
    assert plan_of(shop, mug, "quantity") == 500


def test_this_week_s_money_goes_to_what_has_most_at_stake(shop: Shop) -> None:
    """200.00 to spend: the thing that loses more waits for nothing, the other for the next week."""
    fast, slow = thing(shop.db, "FAST"), thing(shop.db, "SLOW")
    for variant, sku, pieces in ((fast, "FAST", 1), (slow, "SLOW", 1)):
        sells(shop, variant, [pieces] * 200)
        lies(shop, variant, 5 if variant == fast else 12, LAST)
        item(shop, variant, sku, cost_cents=400, lead_time_days=10)
    planned(shop, policies=_with(open_to_buy="200.00 in the store's currency"))
    assert plan_of(shop, fast, "deed") == "order"
    assert plan_of(shop, slow, "deed", "quantity", "rule") == {
        "deed": "leave",
        "quantity": 0,
        "rule": "waits: this week's money is spent on what has more at stake",
    }


def _with(**values: str):  # type: ignore[no-untyped-def]
    """The starter's policies with other values in `replenishment`."""
    from shops import STARTER

    from ecomos.playbook import parse_text

    text = (STARTER / "playbook" / "policies" / "replenishment.md").read_text()
    for name, value in values.items():
        head = "## " + name.replace("_", " ").capitalize()
        before, _, after = text.partition(head)
        old = after.split("- **Value:** ")[1].split("\n")[0]
        text = before + head + after.replace(f"- **Value:** {old}", f"- **Value:** {value}", 1)
    policy, problems = parse_text("policies", "replenishment", text, "policies/replenishment.md")
    assert not problems
    return {**POLICIES, "replenishment": policy}


def test_an_order_waits_for_the_supplier_s_day_and_the_shelf_covers_it(shop: Shop) -> None:
    """Orders are taken on Fridays only: three days to wait from Tuesday, six days more to be safe over."""
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 200)
    lies(shop, mug, 10, LAST)
    item(shop, mug, "MUG-01", cost_cents=400, lead_time_days=5)
    planned(shop)
    any_day = plan_of(shop, mug, "reorder_point")
    with write(shop.db):
        shop.db.execute("update suppliers set order_days = 'fri' where id = ?", [supplier(shop.db, "Pottery")])
    planned(shop)
    found = plan_of(shop, mug, "wait_days", "review_days", "reorder_point")
    assert (found["wait_days"], found["review_days"]) == (3, 6.0)
    assert found["reorder_point"] >= any_day + 6


def test_plans_are_made_once_a_day_and_after_an_import(shop: Shop) -> None:
    """Due before the first, not after it; due again when a cost changed, a file was loaded, and the next day."""
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 100)
    assert plan_if_due(shop.db, shop.home, POLICIES, NOW) is not None
    assert plan_if_due(shop.db, shop.home, POLICIES, NOW + timedelta(hours=3)) is None
    assert is_due(shop.db, shop.home, NOW + timedelta(days=1))
    item(shop, mug, "MUG-01", cost_cents=400)
    assert plan_if_due(shop.db, shop.home, POLICIES, NOW) is not None
    with write(shop.db):
        shop.db.execute("update supplier_items set cost_cents = 450")
    assert plan_if_due(shop.db, shop.home, POLICIES, NOW) is not None
    assert not is_due(shop.db, shop.home, NOW)
    with write(shop.db):
        shop.db.execute(
            """insert into imports(path, sha256, kind, status, imported_at)
               values ('orders.csv', 'x', 'shopify-orders', 'loaded', '2026-11-24T10:00:00Z')"""
        )
    assert is_due(shop.db, shop.home, NOW)


def test_nothing_is_planned_for_what_is_no_thing_on_a_shelf(shop: Shop) -> None:
    """Gift cards, drafts, and bundles, whose parts are planned."""
    box, mug, card, old = (thing(shop.db, sku) for sku in ("BOX", "MUG", "CARD", "OLD"))
    with write(shop.db):
        shop.db.execute("insert into bundle_parts values (?, ?, 2)", [box, mug])
        shop.db.execute("update products set is_gift_card = 1 where handle = 'card'")
        shop.db.execute("update products set status = 'draft' where handle = 'old'")
        order(shop, LAST, [(box, 3), (card, 1), (old, 1)])
    planned(shop)
    assert [tuple(r) for r in shop.db.execute("select variant_id, pieces_sold from stock_plans")] == [(mug, 6)]
