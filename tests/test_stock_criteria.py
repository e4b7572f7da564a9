"""The written criteria: every row asked of all things at once says what it says of each alone; the row that fired is
kept in its own words; classes move with their reason."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_shop import LAST, NOW, POLICIES, item, lies, plan_of, planned, sells, shop_of, thing

from ecomos.errors import WrongUsage
from ecomos.playbook import check, parse_text, read_folder
from ecomos.playbook.catalogue import fact_fields
from ecomos.playbook.conditions import CannotTell, compile_condition
from ecomos.playbook.records import Expression
from ecomos.stock.column_rules import holds
from ecomos.stock.thing_facts import ThingFacts, thing_facts
from ecomos.store import write
from ecomos.work import Shop
from ecomos.work.catalogue import catalogue

TYPES = {"variant": fact_fields(ThingFacts)}
ROWS = [row for table in POLICIES["replenishment"].tables.values() for row in table if row.when is not None]
ODD = (
    'variant.abc == "A" or variant.cover_days > 90',
    'not (variant.abc == "C") and variant.margin_share >= 0.2',
    "variant.cover_days == null or variant.cover_days < variant.lead_days * 2",
    "(variant.cover_days ?? 999) > 365",
    'variant.abc in ["A", "B"] and variant.coming + variant.available <= variant.reorder_point',
    "variant.stock_value / variant.quantity > 3",
    "variant.reached < variant.target and not variant.has_supplier",
    'variant.sku != "X" and -variant.on_hand > 2',
)
FACTS = st.fixed_dictionaries(
    {
        "sku": st.sampled_from([None, "X", "Y"]),
        "abc": st.sampled_from([None, "A", "B", "C"]),
        "is_known": st.booleans(),
        "has_supplier": st.booleans(),
        **{
            name: st.one_of(st.none(), st.integers(-20, 800))
            for name in ("cover_days", "margin_share", "reached", "stock_value")
        },
        **{
            name: st.integers(-20, 800)
            for name in (
                "on_hand", "available", "coming", "position", "quantity", "lead_days", "reorder_point", "target",
                "days_since_sold", "days_known", "days_short", "cash_over",
            )
        },
    }
)  # fmt: skip


def columns(facts: list[dict[str, object]]) -> dict[str, np.ndarray]:
    """As the planner holds them: not a number and an empty text for what is not known."""
    found = {}
    for name, first in facts[0].items():
        values = [f[name] for f in facts]
        if name in ("sku", "abc"):
            found[name] = np.array([v or "" for v in values], object)
        elif isinstance(first, bool):
            found[name] = np.array(values, bool)
        else:
            found[name] = np.array([np.nan if v is None else float(v) for v in values])  # type: ignore[arg-type]
    return found


@given(st.lists(FACTS, min_size=1, max_size=6))
@settings(max_examples=80, deadline=None)
def test_asked_of_all_at_once_a_row_says_what_it_says_of_each(facts: list[dict[str, object]]) -> None:
    """Every row of the starter, and odd ones; what can't be told does not hold."""
    for text in (*ODD, *(row.when.text for row in ROWS if row.when)):
        condition, problems = compile_condition(Expression(text, 1), TYPES)
        assert condition is not None, problems
        found = holds(condition, {"variant": columns(facts)}, len(facts)).tolist()
        assert found == [_alone(condition, one) for one in facts], text


def _alone(condition, facts: dict[str, object]) -> bool:  # type: ignore[no-untyped-def]
    plain = {k: Decimal(v) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in facts.items()}
    try:
        return condition.holds({"variant": plain})
    except CannotTell:
        return False


def _policy(row: str):  # type: ignore[no-untyped-def]
    text = (Path(__file__).parent.parent / "ecomos/starter/playbook/policies/replenishment.md").read_text()
    old = "| not variant.is_known | count: nothing tells how many lie there |"
    policy, _ = parse_text("policies", "replenishment", text.replace(old, row), "policies/replenishment.md")
    return {**POLICIES, "replenishment": policy}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("| variant.on_hnd < 0 | count: x |", "policies/replenishment.md:16: “variant” has no “on_hnd” (did you mean"),
        ("| variant.on_hand | count: x |", "is number, not yes or no"),
        ("| variant.on_hand < 0 | reordr: x |", "no deed “reordr”"),
    ],
)
def test_a_row_that_can_t_be_meant_names_its_line_and_nothing_is_planned(tmp_path: Path, row: str, says: str) -> None:
    """The plans before it stay."""
    shop = shop_of(tmp_path)
    mug = thing(shop.db, "MUG")
    planned(shop)
    with pytest.raises(WrongUsage) as refused:
        planned(shop, policies=_policy(row))
    assert says in str(refused.value)
    assert plan_of(shop, mug, "method") == "none"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Five mugs: short, dead, slow, missing on paper, and fine."""
    shop = shop_of(tmp_path)
    for sku, pieces, level in (
        ("SHORT", [2] * 500, 3),
        ("DEAD", [1] * 20 + [0] * 480, 12),
        ("SLOW", [0, 0, 0, 0, 1] * 100, 400),
        ("BELOW", [1] * 500, -2),
        ("FINE", [1] * 500, 60),
    ):
        key = thing(shop.db, sku)
        sells(shop, key, pieces)
        lies(shop, key, level, LAST - timedelta(days=1))
        item(shop, key, sku, cost_cents=400, lead_time_days=10)
    planned(shop)
    return shop


def _each(shop: Shop, *names: str) -> dict[str, tuple[object, ...]]:
    rows = shop.db.execute("select v.sku, p.* from stock_plans p join variants v on v.id = p.variant_id order by v.id")
    return {r["sku"]: tuple(r[name] for name in names) for r in rows}


def test_every_thing_has_the_row_that_fired_and_the_cash_it_frees(shop: Shop) -> None:
    """Deed, reason in the table's words, cash: for an order what it costs, for the rest what it frees."""
    found = _each(shop, "deed", "rule", "quantity", "cash_cents")
    order = found["SHORT"]
    assert order[:2] == ("order", "what is there and coming is at or below the reorder point")
    assert order[3] == order[2] * 400  # type: ignore[operator]
    assert found["DEAD"] == ("discontinue", "nothing was sold for a year", 0, 12 * 400)
    assert found["SLOW"][:2] == ("mark down", "it lasts longer than a year")
    assert found["BELOW"][:2] == ("count", "the level is below zero")
    assert found["FINE"][:2] == ("leave", "enough is there for its pace")


def test_what_is_at_stake_ranks_lost_margin_before_what_lies_there(shop: Shop) -> None:
    """SHORT loses two mugs' margin a day for the week that waiting costs; nothing is at stake with what is fine."""
    found = {sku: row[0] for sku, row in _each(shop, "stake_cents").items()}
    assert found["SHORT"] == 2 * 1000 * 7
    assert found["DEAD"] == round(12 * 400 * 0.25)
    assert found["BELOW"] == 1000 * 7 + 2 * 400
    assert found["FINE"] == 0


def test_a_class_a_thing_below_zero_is_told_to_the_operations_lead(shop: Shop) -> None:
    """By the table Escalate; nobody is told of the others."""
    told = {sku: row[0] for sku, row in _each(shop, "escalate_to").items() if row[0]}
    assert told == {"BELOW": "operations-lead"}


def test_the_facts_of_a_condition_are_the_plan_s(shop: Shop) -> None:
    """What `ecomos check --fields variant` names, with the plan's numbers."""
    facts = thing_facts(shop.db, 1, "EUR")
    assert (facts.sku, facts.on_hand, facts.price, facts.cost, facts.margin_share) == (
        "SHORT",
        Decimal(3),
        Decimal("14.00"),
        Decimal("4.00"),
        Decimal("0.714286"),
    )
    assert facts.demand_week == Decimal(14)
    with pytest.raises(LookupError):
        thing_facts(shop.db, 99, "EUR")


def test_classes_move_with_their_reason(shop: Shop) -> None:
    """FINE is class A by its share; a year later, when nothing of it is sold any more, it is none, and it says why."""
    rows = shop.db.execute("select * from stock_classes where variant_id = 5").fetchall()
    assert [(r["abc"], r["xyz"]) for r in rows] == [("A", "X")]
    assert rows[0]["because"].startswith("A: it brings ")
    planned(shop)
    assert len(shop.db.execute("select * from stock_classes where variant_id = 5").fetchall()) == 1
    later = NOW + timedelta(days=500)
    with write(shop.db):
        shop.db.execute(
            "insert into orders(channel_id, number, placed_at, placed_on, currency) values (1, 'x', ?1, ?2, 'EUR')",
            [f"{(later - timedelta(days=1)).date()}T09:00:00Z", (later - timedelta(days=1)).date().isoformat()],
        )
    planned(shop, later)
    newest = shop.db.execute("select * from stock_classes where variant_id = 5 order by day_on desc").fetchone()
    assert (newest["abc"], newest["xyz"], newest["because"]) == (
        "",
        "",
        "no margin in a year; nothing is foreseen to sell",
    )


def test_the_checker_names_a_wrong_fact_in_a_table_before_anything_runs(tmp_path: Path) -> None:
    """As `ecomos check` prints it, with file, line and the nearest name."""
    shop = shop_of(tmp_path)
    file = shop.home.playbook / "policies" / "replenishment.md"
    file.write_text(file.read_text().replace("variant.on_hand < 0 | count", "variant.on_hnd < 0 | count"))
    book, problems, *_ = read_folder(shop.home.playbook)
    assert problems == []
    assert [str(p) for p in check(book, catalogue())] == [
        "policies/replenishment.md:17: “variant” has no “on_hnd” (did you mean “on_hand”?)"
    ]
