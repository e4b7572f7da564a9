"""The derivation of a plan: the plan's own numbers, in words a buyer can check."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from plan_shop import LAST, NOW, POLICIES, deliver, item, lies, order, plan_of, planned, sells, shop_of, thing

from ecomos.stock.explaining import explain
from ecomos.store import write
from ecomos.work import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A mug sold once a day, nine days out, sixty at once in October; seven deliveries from the pottery."""
    shop = shop_of(tmp_path)
    mug = thing(shop.db, "MUG-01")
    sells(shop, mug, [1] * 141 + [0] * 9 + [1] * 50)
    lies(shop, mug, 141, LAST - timedelta(days=199))
    lies(shop, mug, -141, LAST - timedelta(days=59), "ship")
    lies(shop, mug, 8, LAST - timedelta(days=49), "receive")
    with write(shop.db):
        order(shop, date(2026, 10, 20), [(mug, 60)])
    key = item(shop, mug, "MUG-01", cost_cents=400, pack=12, minimum=12)
    for number, days in enumerate((12, 15, 14, 21, 15, 16, 15)):
        deliver(shop, key, mug, date(2026, 4, 1) + timedelta(days=30 * number), days)
    planned(shop)
    return shop


def test_the_sentences_say_the_plan_s_own_numbers(shop: Shop) -> None:
    """From what was sold to what is ordered."""
    found = explain(shop.db, shop.home, POLICIES, 1, NOW)
    quantity = plan_of(shop, 1, "quantity")
    assert found.title == "MUG-01 Mug"
    assert found.says == (
        "Sold 82 in 82 of the last 91 days (9 days without stock, left out); 60 more in bulk orders, which are planned "
        "apart.",
        "Foreseen: 1 a day (7 a week); it sells in most weeks: the mean follows them, the newest count most.",
        "Lead time 13.2–18 days, median 15 (7 receipts; one in ten was faster, one in ten slower).",
        "Target: 97.0% of the pieces leave from the shelf (class A by margin). Too little history to replay what that "
        "reaches.",
        "Have 8, 0 on order: lasts 8 days at that pace.",
        f"Order {quantity} (packs of 12) today: {quantity * 4}.00 EUR; what is there and coming is at or below the "
        "reorder point.",
    )


def test_every_step_follows_from_the_one_before_and_ends_at_the_stored_quantity(shop: Shop) -> None:
    """Reorder point, order up to, need, minimum, packs: as stored."""
    found, stored = explain(shop.db, shop.home, POLICIES, 1, NOW), plan_of(shop, 1, "reorder_point", "quantity", "need")
    steps = dict(found.steps)
    need, quantity = int(stored["need"]), stored["quantity"]
    assert steps["Until goods are here"] == "1 a day × 15 days = 15.0"
    assert steps["Reorder point"].endswith(f"→ {stored['reorder_point']}")
    assert steps["There and coming"] == "8 + 0 = 8"
    assert steps["Need"] == f"{found.order_up_to} − 8 = {need} pieces"
    assert steps["Minimum"] == f"12 is met by {need}"
    assert steps["Whole packs"] == f"of 12: {need} → {quantity}"
    assert steps["Quantity"] == f"{quantity} pieces"


def test_the_picture_shows_days_without_stock_and_the_bulk_order_apart(shop: Shop) -> None:
    """Nine days out in two weeks of September and October, sixty pieces in one week."""
    found = explain(shop.db, shop.home, POLICIES, 1, NOW)
    assert [(w.from_on, w.out) for w in found.weeks if w.out] == [("2026-09-22", 3), ("2026-09-29", 6)]
    assert [(w.from_on, w.pieces, w.bulk) for w in found.weeks if w.bulk] == [("2026-10-20", 7, 60)]
    assert found.weeks[-1].says == "week of 17 Nov: 7 sold"
    assert sorted(found.lead.draws) == [12, 14, 15, 15, 15, 16, 21]


def test_what_would_change_it_is_reckoned_as_the_plan_would_reckon_it(shop: Shop) -> None:
    """A supplier that needs a week longer: said now, and planned so when it is so."""
    said = {c.what: c for c in explain(shop.db, shop.home, POLICIES, 1, NOW).changes}
    assert list(said) == [
        "One more week of lead time",
        "A target of 98%",
        "A fifth more demand",
        "A fifth less demand",
    ]
    with write(shop.db):
        shop.db.execute("update receipts set received_on = date(received_on, '+7 days')")
    planned(shop)
    longer = said["One more week of lead time"]
    assert plan_of(shop, 1, "reorder_point", "quantity") == {
        "reorder_point": longer.reorder_point,
        "quantity": longer.quantity,
    }


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    """No level, no supplier, no cost: each is named."""
    shop = shop_of(tmp_path)
    cup = thing(shop.db, "CUP", cost_cents=None)
    sells(shop, cup, [1] * 30)
    planned(shop)
    found = explain(shop.db, shop.home, POLICIES, cup, NOW)
    assert found.known == "From demand only: no file says how many lay there, so days without stock are unknown."
    assert found.lead.says == ("Lead time assumed: 14 days, taken as 7–21 days. No delivery and no supplier says it.")
    assert found.says[-2:] == (
        "Nothing tells how many lie there: load the platform's inventory file, or count.",
        "Count: nothing tells how many lie there.",
    )


def test_a_thing_without_a_plan_has_no_derivation(shop: Shop) -> None:
    """Asked for by a link to something that is not for sale."""
    with pytest.raises(LookupError, match="no plan for thing 99"):
        explain(shop.db, shop.home, POLICIES, 99, NOW)
