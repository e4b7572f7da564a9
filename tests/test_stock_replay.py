"""A past lived through again: nothing comes from nowhere, and a year under other rules says what it can know."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_shop import LAST, NOW, POLICIES, deliver, hire, item, lies, sells, shop_of, supplier, thing

from ecomos.errors import Refused, WrongUsage
from ecomos.stock.rehearsal import Scene, rehearse
from ecomos.stock.what_if import WhatIf, replay_year
from ecomos.work import Shop

SCENES = st.tuples(
    st.lists(st.lists(st.integers(0, 12), min_size=30, max_size=30), min_size=1, max_size=4),
    st.lists(st.integers(0, 40), min_size=1, max_size=3),
    st.integers(1, 20),
    st.integers(1, 12),
    st.integers(1, 14),
)


@given(SCENES)
@settings(max_examples=150, deadline=None)
def test_nothing_is_served_that_was_not_there_and_nothing_twice(scene: tuple) -> None:  # type: ignore[type-arg]
    """What lay there in the end is what lay there first, plus what arrived, less what left; and it is never below 0."""
    rows, points, lot, pack, lead = scene
    asked = np.array(rows, float)
    worth = np.ones(len(rows))
    lived = rehearse(
        Scene(asked, worth, worth * 1, worth * lead, pack=np.full(len(rows), float(pack))),
        lambda day: (np.tile(np.array(points, float), (len(rows), 1)), worth * lot),
    )
    begins = len(rows) * (np.array(points) + np.ceil(lot / pack) * pack / 2.0)
    ends = begins + lived.bought_by_day.sum(axis=0) - lived.sold_by_day.sum(axis=0)
    assert np.allclose(ends, lived.stock_by_day[-1])
    assert (lived.stock_by_day >= -1e-9).all()
    assert (lived.served <= asked.sum(axis=1)[:, None] + 1e-9).all()


def test_a_steady_thing_with_a_steady_supplier_is_never_out() -> None:
    """Two a day, ten days away: ordered at 18 all is served, at 16 two are missing each time, 18 of 280."""
    asked = np.full((1, 140), 2.0)
    one = np.ones(1)
    lived = rehearse(Scene(asked, one, one * 10, one * 10), lambda day: (np.array([[16.0, 18.0, 30.0]]), one * 28))
    assert lived.fill.round(3).tolist() == [0.936, 1.0, 1.0]
    assert (np.diff(lived.stock) > 0).all()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Twelve mugs sold for twenty months, one to five a day."""
    shop = shop_of(tmp_path_factory.mktemp("year"))
    chance = np.random.default_rng(4)
    for number in range(12):
        sku = f"MUG-{number:02}"
        mug = thing(shop.db, sku)
        sells(shop, mug, chance.poisson(0.3 + number / 6, 600).tolist())
        item(shop, mug, sku, cost_cents=400, pack=6, lead_time_days=10)
    return shop


def test_the_year_stands_beside_the_rules_that_shops_use(shop: Shop) -> None:
    """Ours as it is, ours as asked, and three rules, each with service, stock and orders."""
    found = replay_year(shop.db, shop.home, POLICIES, WhatIf(target=0.99), NOW)
    assert [rule.name for rule in found.rules] == [
        "Our plan",
        "Our plan, as asked",
        "Fixed minimum and maximum",
        "30-day rate × lead time",
        "Textbook normal formula",
    ]
    assert (found.things, found.left_out) == (12, 0)
    ours, asked = found.rules[:2]
    assert ours.fill is not None
    assert asked.fill is not None
    assert asked.fill >= ours.fill
    assert asked.stock_cents > ours.stock_cents
    assert all(len(c.stock_cents) == len(c.cash_cents) == len(found.weeks) for c in found.curves)


def test_without_a_ledger_it_says_so_and_hides_what_happened(shop: Shop) -> None:
    """From demand only: no row of what happened, and the reason."""
    found = replay_year(shop.db, shop.home, POLICIES, WhatIf(), NOW)
    assert "What happened" not in [rule.name for rule in found.rules]
    assert found.notes[0].startswith("From demand only; lost sales unknown")


def test_with_a_ledger_what_happened_stands_first(tmp_path: Path) -> None:
    """A shelf that was kept for the whole time, and was empty for a month."""
    shop = shop_of(tmp_path)
    for number in range(6):
        sku = f"CUP-{number}"
        cup = thing(shop.db, sku)
        sells(shop, cup, [2] * 400 + [0] * 30 + [2] * 100)
        lies(shop, cup, 800, LAST - timedelta(days=529))
        for back in range(529, 129, -10):
            lies(shop, cup, -20, LAST - timedelta(days=back), "ship")
        lies(shop, cup, 400, LAST - timedelta(days=99), "receive")
        item(shop, cup, sku, cost_cents=400, lead_time_days=10)
    found = replay_year(shop.db, shop.home, POLICIES, WhatIf(), NOW)
    happened = found.rules[0]
    assert (happened.name, happened.orders, found.notes) == ("What happened", None, ())
    assert happened.fill is not None
    assert 0.85 < happened.fill < 0.95
    assert found.curves[0].name == "What happened"


def test_another_supplier_is_its_lead_time(shop: Shop) -> None:
    """A near one with measured deliveries: less lies there for the same target."""
    near = thing(shop.db, "NEAR")
    key = item(shop, near, "NEAR", "Near", cost_cents=400)
    for number in range(6):
        deliver(shop, key, near, LAST - timedelta(days=200 - 20 * number), 2 + number % 2)
    found = replay_year(shop.db, shop.home, POLICIES, WhatIf(supplier_id=key), NOW)
    assert found.rules[1].stock_cents < found.rules[0].stock_cents


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (WhatIf(target=1.0), "A service target lies between 50 and 99.9 per cent."),
        (WhatIf(lead_days=-1), "A lead time lies between 0 and 365 days."),
        (WhatIf(review_days=0), "Orders are placed every 1 to 60 days."),
    ],
)
def test_what_can_t_be_meant_is_refused(shop: Shop, what: WhatIf, says: str) -> None:
    """Before anything is reckoned."""
    with pytest.raises(WrongUsage, match=says):
        replay_year(shop.db, shop.home, POLICIES, what, NOW)


def test_a_young_shop_has_nothing_to_replay_yet(tmp_path: Path) -> None:
    """A hundred days of sales: half a year to learn from is needed."""
    shop = shop_of(tmp_path)
    sells(shop, thing(shop.db, "MUG"), [1] * 100)
    with pytest.raises(Refused, match="Too little was sold to replay"):
        replay_year(shop.db, shop.home, POLICIES, WhatIf(), NOW)


def test_a_supplier_without_things_and_a_person_who_does_not_buy_are_refused(shop: Shop) -> None:
    """The packer does not see costs."""
    with pytest.raises(Refused, match="nothing that is planned"):
        replay_year(shop.db, shop.home, POLICIES, WhatIf(supplier_id=supplier(shop.db, "Nobody")), NOW)
    packer = hire(shop, "Paul", "packer")
    with pytest.raises(Refused, match="for the buyer"):
        replay_year(shop.db, shop.home, POLICIES, WhatIf(), NOW, packer)
