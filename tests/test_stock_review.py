"""The daily review (D1): one list ranked by money at stake, at most twenty rows that hold all of it; what was looked at
and left stays away until something changed; one proposal for each thing and place."""

import sqlite3
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planned_things import plan_row, thing
from planned_things import supplier as supplier_named
from shops import NOW, hire, make_shop

from ecomos.errors import Refused
from ecomos.stock.reviewing import Proposal, Rules, bucket_counts, entries, keep, kept, put_back, standing, whole
from ecomos.store import write
from ecomos.work import Shop

TODAY = date(2026, 11, 24)
RULES = Rules(rows=20, comes_back_days=14, cover_fell=Decimal("0.25"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path / "shop", playbook={})


def left(shop: Shop, why: str, *, on: date = TODAY, now: datetime = NOW) -> None:
    """Ben looks at the first proposal and leaves it."""
    who = shop.db.execute("select id from people").fetchone()
    ben = who[0] if who else hire(shop, "Ben", "buyer")
    with write(shop.db):
        keep(shop.db, standing(shop.db, on, RULES)[0], why, ben, now, on, RULES)


def skus(found: list[Proposal]) -> list[str]:
    return [p.sku for p in found]


def test_the_list_is_ranked_by_the_money_at_stake_and_orders_stand_under_their_supplier(shop: Shop) -> None:
    for sku, deed, supplier, stake in (
        ("MUG-B", "order", "Pottery", 300),
        ("MUG-R", "order", "Pottery", 900),
        ("CAP", "order", "Hats", 700),
        ("TEE", "mark down", None, 1000),
        ("BAG", "leave", None, 5000),
    ):
        plan_row(shop.db, thing(shop.db, sku), deed=deed, supplier=supplier, stake_cents=stake)
    found = entries(shop.db, TODAY, RULES)
    assert [(e.title, e.deed, e.stake_cents, skus(list(e.proposals))) for e in found] == [
        ("Pottery", "order", 1200, ["MUG-R", "MUG-B"]),
        ("Tee", "mark down", 1000, ["TEE"]),
        ("Hats", "order", 700, ["CAP"]),
    ]


def test_many_things_of_one_deed_stand_in_one_row_and_suppliers_that_do_not_fit_too(shop: Shop) -> None:
    for n in range(20):
        plan_row(shop.db, thing(shop.db, f"T-{n:02}"), deed="mark down", supplier=None, stake_cents=100 - n)
    for n in range(24):
        plan_row(shop.db, thing(shop.db, f"O-{n:02}"), supplier=f"S{n:02}", stake_cents=1000 - n)
    plan_row(shop.db, thing(shop.db, "CAP"), deed="count", supplier=None, stake_cents=5)
    found = entries(shop.db, TODAY, RULES)
    assert len(found) == 20
    assert [e.title for e in found[:2] + found[-3:]] == [
        "20 things to mark down",
        "S00",
        "S16",
        "Cap",
        "7 more suppliers",
    ]
    everything = standing(shop.db, TODAY, RULES)
    assert sum(e.stake_cents for e in found) == sum(p.stake_cents for p in everything)


THINGS = st.lists(
    st.tuples(st.sampled_from(["order", "count", "mark down", "expedite"]), st.integers(0, 4), st.integers(0, 9999)),
    max_size=40,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(THINGS, st.integers(8, 25), st.integers(1, 50))
def test_law_no_list_is_longer_than_it_may_be_and_each_thing_stands_on_it_once(
    shop: Shop, things: list[tuple[str, int, int]], most: int, lines: int
) -> None:
    """However many lines of a row are read at first, the row stands for all of them."""
    with write(shop.db):
        shop.db.execute("delete from stock_plans")
    made = {}
    for n, (deed, supplier, stake) in enumerate(things):
        row = shop.db.execute("select id from variants where sku = ?", [f"T{n}"]).fetchone()
        made[n] = row[0] if row else thing(shop.db, f"T{n}")
        plan_row(shop.db, made[n], deed=deed, supplier=f"S{supplier}", stake_cents=stake)
    rules = Rules(most, 14, Decimal("0.25"))
    found = entries(shop.db, TODAY, rules, lines)
    assert len(found) <= most
    assert sorted(p.variant_id for e in found for p in whole(shop.db, e, TODAY, rules)) == sorted(made.values())
    assert [e.things for e in found] == [len(whole(shop.db, e, TODAY, rules)) for e in found]


def test_what_was_left_stays_away_with_its_reason(shop: Shop) -> None:
    plan_row(shop.db, thing(shop.db, "MUG-B"), deed="count", supplier=None)
    left(shop, "season is over")
    assert standing(shop.db, TODAY, RULES) == []
    assert [(k.sku, k.because, k.person, k.until_on) for k in kept(shop.db, TODAY)] == [
        ("MUG-B", "season is over", "Ben", "2026-12-08")
    ]


def test_nothing_is_left_without_a_reason(shop: Shop) -> None:
    plan_row(shop.db, thing(shop.db, "MUG-B"), deed="count", supplier=None)
    with pytest.raises(Refused, match="Say why nothing is done"):
        left(shop, "  ")


@pytest.mark.parametrize(
    ("became", "stands"),
    [
        ({}, False),
        ({"bucket": "already lost"}, True),
        ({"cover_days": 15.1}, False),
        ({"cover_days": 15.0}, True),
        ({"cover_days": 40.0}, False),
        ({"cost_cents": 410}, True),
        ({"lead_days": 12.3}, False),
        ({"lead_days": 16.0}, True),
        ({"deed": "mark down"}, True),
    ],
)
def test_it_comes_back_when_what_was_weighed_has_changed(shop: Shop, became: dict[str, Any], stands: bool) -> None:
    """Its bucket, a quarter of its cover, its cost, its lead time by a day, or what is proposed."""
    then = {"deed": "count", "supplier": None, "bucket": "still achievable", "cover_days": 20.0, "cost_cents": 400}
    mug = thing(shop.db, "MUG-B")
    plan_row(shop.db, mug, **then, lead_days=12.0)
    left(shop, "looks right")
    plan_row(shop.db, mug, **{**then, "lead_days": 12.0, **became})
    assert (standing(shop.db, TODAY, RULES) != []) is stands


def test_it_comes_back_after_fourteen_days_whatever_happened(shop: Shop) -> None:
    plan_row(shop.db, thing(shop.db, "MUG-B"), deed="count", supplier=None)
    left(shop, "looks right")
    assert standing(shop.db, TODAY + timedelta(days=13), RULES) == []
    assert skus(standing(shop.db, TODAY + timedelta(days=14), RULES)) == ["MUG-B"]


def test_a_review_is_taken_back(shop: Shop) -> None:
    plan_row(shop.db, thing(shop.db, "MUG-B"), deed="count", supplier=None)
    left(shop, "looks right")
    with write(shop.db):
        put_back(shop.db, kept(shop.db, TODAY)[0].id, TODAY)
    assert (kept(shop.db, TODAY), skus(standing(shop.db, TODAY, RULES))) == ([], ["MUG-B"])


def test_what_is_on_a_draft_is_not_proposed_again(shop: Shop) -> None:
    mug = thing(shop.db, "MUG-B")
    plan_row(shop.db, mug, deed="order", supplier="Pottery")
    with write(shop.db):
        shop.db.execute(
            """insert into purchase_orders(number, supplier_id, location_id, currency, status, drafted_at)
               values ('PO-2026-0001', (select id from suppliers), 1, 'EUR', 'draft', '2026-11-24T08:00:00Z')"""
        )
        shop.db.execute(
            """insert into purchase_order_lines(purchase_order_id, line_no, variant_id, sku, title, quantity,
                 unit_cost_cents) values (1, 1, ?, 'MUG-B', 'Mug', 24, 400)""",
            [mug],
        )
    assert standing(shop.db, TODAY, RULES) == []
    shop.db.execute("update purchase_orders set status = 'cancelled'")
    assert skus(standing(shop.db, TODAY, RULES)) == ["MUG-B"]


def test_one_proposal_for_a_thing_and_a_place_never_two(shop: Shop) -> None:
    mug = thing(shop.db, "MUG-B")
    plan_row(shop.db, mug, deed="order", supplier="Pottery")
    with pytest.raises(sqlite3.IntegrityError), write(shop.db):
        shop.db.execute("insert into stock_plans select * from stock_plans")


def test_short_things_are_counted_in_four_buckets_the_worst_first(shop: Shop) -> None:
    for sku, bucket in (("A", "still achievable"), ("B", "already lost"), ("C", "still achievable"), ("D", None)):
        plan_row(shop.db, thing(shop.db, sku), deed="order", supplier="Pottery", bucket=bucket)
    assert bucket_counts(shop.db, TODAY, RULES) == {"already lost": 1, "still achievable": 2}
    assert list(bucket_counts(shop.db, TODAY, RULES)) == ["already lost", "still achievable"]


@pytest.mark.alone
def test_the_list_of_ten_thousand_things_is_read_in_a_tenth_of_a_second(shop: Shop) -> None:
    """Every fourth of them waits for the buyer, of forty suppliers."""
    first = thing(shop.db, "T-00000")
    plan_row(shop.db, first, supplier="S00")
    row = dict(shop.db.execute("select * from stock_plans").fetchone())
    makers = [supplier_named(shop.db, f"S{n:02}") for n in range(40)]
    deeds = ["order", "order", "mark down", "expedite"]
    with write(shop.db):
        product = shop.db.execute("select product_id from variants").fetchone()[0]
        shop.db.executemany(
            "insert into variants(id, product_id, sku, title) values (?1, ?2, 'T-' || ?1, 'V' || ?1)",
            [(first + n, product) for n in range(1, 10_000)],
        )
        shop.db.executemany(
            f"insert into stock_plans({', '.join(row)}) values ({', '.join(':' + c for c in row)})",
            [
                row
                | {
                    "variant_id": first + n,
                    "deed": deeds[n // 4 % 4] if n % 4 == 0 else "leave",
                    "supplier_id": makers[n % 40],
                    "stake_cents": n,
                }
                for n in range(1, 10_000)
            ],
        )
    took = []
    for _ in range(5):
        began = time.perf_counter()
        found = entries(shop.db, TODAY, RULES)
        took.append(time.perf_counter() - began)
    assert len(found) <= 20
    assert sum(e.things for e in found) == 2500
    assert min(took) < 0.1
