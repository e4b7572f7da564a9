"""Conditions: what holds, what can't be told, and what is refused before anything runs."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomos.errors import Problem
from ecomos.playbook import CannotTell, compile_condition, compile_value
from ecomos.playbook.catalogue import FactField
from ecomos.playbook.records import Expression

VIENNA = ZoneInfo("Europe/Vienna")
TYPES: Any = {
    "order": {
        "total": FactField("total", "money"),
        "refundable": FactField("refundable", "money", nullable=True),
        "risk": FactField("risk", "text", nullable=True),
        "country": FactField("country", "text", nullable=True),
        "is_paid": FactField("is_paid", "yes or no"),
        "is_vip": FactField("is_vip", "yes or no", nullable=True),
        "lines_to_ship": FactField("lines_to_ship", "number"),
        "days_since_delivery": FactField("days_since_delivery", "number", nullable=True),
        "placed_on": FactField("placed_on", "day"),
        "shipped_at": FactField("shipped_at", "instant", nullable=True),
        "tags": FactField("tags", "list of text"),
    },
    "answers": {
        "amount": FactField("amount", "money"),
        "reason": FactField("reason", "text", choices=("damaged", "wrong item", "late")),
        "arrived": FactField("arrived", "yes or no"),
    },
    "policy": {
        "returns": {
            "window_days": FactField("window_days", "span"),
            "keep_item_below": FactField("keep_item_below", "money"),
            "answer_within": FactField("answer_within", "working span"),
        }
    },
    "today": FactField("today", "day"),
}
ORDER = {
    "total": Decimal("165.50"),
    "refundable": None,
    "risk": None,
    "country": "AT",
    "is_paid": True,
    "is_vip": None,
    "lines_to_ship": 3,
    "days_since_delivery": 15,
    "placed_on": date(2026, 11, 10),
    "shipped_at": None,
    "tags": ("gift", "fragile"),
}
VALUES = {
    "order": ORDER,
    "answers": {"amount": Decimal("20"), "reason": "damaged", "arrived": False},
    "policy": {"returns": {"window_days": timedelta(days=14), "keep_item_below": Decimal(25)}},
    "today": date(2026, 11, 24),
}


def holds(text: str, values: Any = VALUES) -> bool:
    condition, problems = compile_condition(Expression(text, 7), TYPES, "x.md")
    assert problems == []
    assert condition is not None
    return condition.holds(values, VIENNA)


def refused(text: str) -> list[str]:
    condition, problems = compile_condition(Expression(text, 7), TYPES, "x.md")
    assert condition is None
    assert {(p.source, p.line) for p in problems} == {("x.md", 7)}
    return [p.message for p in problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order.total == 165.5", True),
        ("order.total > policy.returns.keep_item_below", True),
        ("answers.amount <= policy.returns.keep_item_below * 0.5", False),
        ('answers.reason == "damaged" and answers.amount <= policy.returns.keep_item_below', True),
        ("not answers.arrived", True),
        ("order.shipped_at == null", True),
        ("null != order.shipped_at", False),
        ("order.days_since_delivery > policy.returns.window_days", True),
        ("today - order.placed_on > policy.returns.window_days", False),
        ("today - order.placed_on >= policy.returns.window_days", True),
        ("order.placed_on + policy.returns.window_days == today", True),
        ('order.country in ["AT", "DE"]', True),
        ('order.country not in ["AT", "DE"]', False),
        ('"gift" in order.tags', True),
        ('(order.risk ?? "low") == "low"', True),
        ("(order.refundable ?? 0) < 10", True),
        ("order.lines_to_ship >= 3 and order.lines_to_ship * 2 == 6", True),
        ('(order.is_paid ? "late" : "damaged") == answers.reason', False),
        ('order.country =~ "A."', True),
        ("order.total / 2 < -1 or order.is_paid", True),
    ],
)
def test_a_condition_holds_or_not(text: str, expected: bool) -> None:
    """Money, texts, days and lengths of time compare as people mean it."""
    assert holds(text) is expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('order.risk != "high"', "order.risk"),
        ('order.risk == "high"', "order.risk"),
        ("not order.is_vip", "order.is_vip"),
        ("order.is_vip", "order.is_vip"),
        ('order.risk in ["high"]', "order.risk"),
        ('order.risk =~ "h.*"', "order.risk"),
        ("order.refundable > 3", "order.refundable"),
        ("order.refundable + 1 > 3", "order.refundable"),
        ("order.is_vip and order.is_paid", "order.is_vip"),
        ("order.is_paid and order.is_vip", "order.is_vip"),
        ("order.total / (order.lines_to_ship - 3) > 1", "a division by zero"),
    ],
)
def test_a_null_operand_cannot_be_told(text: str, name: str) -> None:
    """Where rule-engine is silent about a null, the case stops for a person."""
    with pytest.raises(CannotTell, match=name) as caught:
        holds(text)
    assert caught.value.name == name


def test_what_is_never_looked_at_need_not_be_known() -> None:
    """`a or b` with a true `a` never looks at b, and only what was read is kept with the decision."""
    text = 'order.is_paid or order.risk == "high"'
    condition, _ = compile_condition(Expression(text, 7), TYPES)
    assert condition is not None
    assert condition.holds(VALUES) is True
    assert condition.used(VALUES) == {"order.is_paid": True}


def test_a_decision_can_keep_every_value_that_it_read() -> None:
    """Names and values, in the order in which they were read, the one that stopped it included."""
    text = "answers.amount < policy.returns.keep_item_below and order.refundable > 3"
    condition, _ = compile_condition(Expression(text, 7), TYPES)
    assert condition is not None
    assert condition.used(VALUES) == {
        "answers.amount": Decimal("20"),
        "policy.returns.keep_item_below": Decimal(25),
        "order.refundable": None,
    }


def pairs_of(name: str) -> list[tuple[str, str]]:
    """A fixture's blocks: what was written, and below it, indented, what is said."""
    text = (Path(__file__).parent / "fixtures" / "playbook" / name).read_text(encoding="utf-8")
    blocks = [block.split("\n    ") for block in text.strip().split("\n\n")]
    return [(written, said.strip()) for written, said in blocks]


@pytest.mark.parametrize(("text", "said"), pairs_of("refused_conditions.txt"))
def test_a_wrong_condition_is_refused_in_plain_words(text: str, said: str) -> None:
    """Types, names and grammar are checked before anything runs, each with its line."""
    assert said in refused(text)


def test_all_mistakes_of_a_condition_come_in_one_go() -> None:
    """Two unknown names are two problems."""
    assert refused("order.a > 1 and order.b > 1 and order.is_paid")[0].startswith("“order” has no “a”")
    assert len(refused("order.a > 1 and order.b > 1 and order.is_paid")) == 2


def test_a_day_is_the_stores_midnight() -> None:
    """Beside an instant a day begins at midnight in the store's zone, not in UTC, summer time or not."""
    just_before = {"order": ORDER | {"shipped_at": datetime(2026, 11, 9, 22, 59, tzinfo=UTC)}}
    midnight = {"order": ORDER | {"shipped_at": datetime(2026, 11, 9, 23, 0, tzinfo=UTC)}}
    assert holds("order.shipped_at < order.placed_on", just_before) is True
    assert holds("order.shipped_at == order.placed_on", midnight) is True
    over_the_change = {"order": ORDER | {"placed_on": date(2026, 10, 20)}, "today": date(2026, 11, 3)}
    assert holds('today - order.placed_on == t"P14D"', over_the_change) is True


def test_a_value_is_what_the_expression_gives() -> None:
    """A deed's argument may be a name that is null; arithmetic with a null can't be told."""
    total, _ = compile_value(Expression("order.total - 5.50", 3), TYPES)
    risk, _ = compile_value(Expression("order.risk", 3), TYPES)
    rest, _ = compile_value(Expression("order.total - order.refundable", 3), TYPES)
    assert total is not None
    assert (total.kind.name, total.of(VALUES)) == ("money", Decimal("160.00"))
    assert risk is not None
    assert (risk.kind.name, risk.of(VALUES)) == ("text", None)
    assert rest is not None
    with pytest.raises(CannotTell):
        rest.of(VALUES)


def test_facts_may_be_a_dataclass_or_a_mapping() -> None:
    """The engine hands the trade's facts over as they are."""

    class Facts:
        total = Decimal(3)

    assert holds("order.total == 3", {"order": Facts()}) is True


def test_a_condition_that_nests_without_end_is_refused() -> None:
    """Before it is followed."""
    assert refused("not " * 5000 + "order.is_paid") == [
        "an expression of 20013 characters; at most 500, so make it two rows or two steps"
    ]


@given(a=st.sampled_from([True, False, None]), b=st.sampled_from([True, False, None]))
def test_and_and_or_read_from_the_left(a: bool | None, b: bool | None) -> None:
    """Cannot tell is raised exactly where a null is reached from the left."""
    types: Any = {"x": {"a": FactField("a", "yes or no"), "b": FactField("b", "yes or no")}}
    for word in ("and", "or"):
        condition, _ = compile_condition(Expression(f"x.a {word} x.b", 1), types)
        assert condition is not None
        reached = [a] if a is None or a == (word == "or") else [a, b]
        if None in reached:
            with pytest.raises(CannotTell):
                condition.holds({"x": {"a": a, "b": b}})
        else:
            assert condition.holds({"x": {"a": a, "b": b}}) is reached[-1]


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_a_problem(text: str) -> None:
    """Whatever stands in a file, the answer is a value, never a crash."""
    condition, problems = compile_condition(Expression(text, 1), TYPES, "x.md")
    assert (condition is None) == bool(problems)
    assert all(isinstance(p, Problem) for p in problems)
