"""KPI cards (E2, E4, E6): one row a fact, sums by day, ratios from their parts, periods, and what a day says."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shops import NOW, make_shop, order
from work_playbook import book

from ecomos.kpis import facts_behind, figure, figures, limits_of, look, readings, refresh, run_card, run_example
from ecomos.kpis.running import CardError
from ecomos.playbook import parse_text
from ecomos.playbook.records import Kpi
from ecomos.store import write
from ecomos.work import Shop

DAY = date(2026, 11, 23)


def card(sql: str, unit: str = "money", per: str = "day") -> Kpi:
    text = (
        f"---\nunit: {unit}\nbetter: up\nowner: founder\nbenchmark: own choice\nper: {per}\n---\n\n"
        f"# A figure\n\nIn words.\n\n```sql\n{sql}\n```\n"
    )
    record, problems = parse_text("kpis", "a-figure", text, "kpis/a-figure.md")
    assert not problems, problems
    assert record is not None
    return record


SALES = """select placed_on as day_on, channel_id, 'order' as ref_type, id as ref_id, total_cents as numerator,
  null as denominator from orders where kind = 'sale'"""
AVERAGE = SALES.replace("null as denominator", "100 as denominator")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = make_shop(tmp_path / "shop", book())
    for n in range(4):
        order(shop, f"#{n}", total=1000 * (n + 1))
    with write(shop.db):
        shop.db.execute("update orders set placed_on = '2026-11-24' where number = '#3'")
    return shop


def test_a_sum_by_day_week_and_month_is_one_and_the_same_rows(shop: Shop) -> None:
    sales = card(SALES)
    assert [] == refresh(shop.db, [sales], NOW)
    assert 60.0 == figure(shop.db, sales, DAY, DAY).value
    assert [60.0, 40.0] == [f.value for f in figures(shop.db, sales, DAY, DAY + timedelta(1))]
    assert [100.0] == [f.value for f in figures(shop.db, sales, DAY, DAY, by="week")]
    assert [100.0] == [f.value for f in figures(shop.db, sales, DAY, DAY, by="month")]


def test_a_ratio_is_made_from_its_parts_never_from_averages(shop: Shop) -> None:
    average = card(AVERAGE)
    refresh(shop.db, [average], NOW)
    by_day = [f.value for f in figures(shop.db, average, DAY, DAY + timedelta(1))]
    whole = figure(shop.db, average, DAY, DAY + timedelta(1)).value
    assert ([0.2, 0.4], 0.25) == (by_day, whole)


def test_a_day_without_a_fact_has_no_ratio_but_a_sum_of_nothing(shop: Shop) -> None:
    sales, average = card(SALES), Kpi(**{**card(AVERAGE).__dict__, "stem": "average"})
    refresh(shop.db, [sales, average], NOW)
    assert 0.0 == figure(shop.db, sales, date(2026, 1, 1), date(2026, 1, 1)).value
    assert figure(shop.db, average, date(2026, 1, 1), date(2026, 1, 1)).value is None


def test_distinct_counts_and_medians_are_computed_for_each_period(shop: Shop) -> None:
    sql = SALES.replace("id as ref_id", "1 as ref_id").replace("null as denominator", "1 as denominator")
    distinct = card(sql, "per cent", "period, distinct")
    assert (1.0, 1.0, 100.0) == (
        (f := figure(shop.db, distinct, DAY, DAY + timedelta(1))).numerator,
        f.denominator,
        f.value,
    )
    median = card(SALES, "cents", "period, median")
    assert 2500.0 == figure(shop.db, median, DAY, DAY + timedelta(1)).value


def test_the_rows_behind_a_figure_go_down_to_the_order(shop: Shop) -> None:
    found = facts_behind(shop.db, card(SALES), DAY, DAY)
    assert [("order", 1, 1000), ("order", 2, 2000), ("order", 3, 3000)] == sorted(
        (r["ref_type"], r["ref_id"], r["numerator"]) for r in found
    )


def test_a_period_that_is_not_over_is_marked(shop: Shop) -> None:
    sales = card(SALES)
    refresh(shop.db, [sales], NOW)
    weeks = figures(shop.db, sales, DAY - timedelta(7), DAY, by="week", today=DAY + timedelta(1))
    assert [False, True] == [f.is_part for f in weeks]


def test_only_touched_days_are_made_anew_and_a_new_sql_all_of_them(shop: Shop) -> None:
    sales = card(SALES)
    refresh(shop.db, [sales], NOW)
    with write(shop.db):
        shop.db.execute("update kpi_daily set numerator = 1")
    refresh(shop.db, [sales], NOW)
    assert 0.01 == figure(shop.db, sales, DAY, DAY).value, "nothing was touched"
    refresh(shop.db, [card(SALES + " and 1")], NOW)
    assert 60.0 == figure(shop.db, sales, DAY, DAY).value


@pytest.mark.parametrize(
    "sql",
    [
        "select password_hash from people",
        "select value from settings",
        "delete from orders",
        "select load_extension('x')",
        "attach 'x' as y",
        "select nowhere from orders",
    ],
)
def test_a_cards_sql_reads_and_nothing_else(shop: Shop, sql: str) -> None:
    with pytest.raises(CardError, match=r"kpis/a-figure\.md: its SQL can't be run"):
        run_card(shop.db, "a-figure", sql)


def test_a_card_that_fails_is_a_problem_and_the_others_go_on(shop: Shop) -> None:
    broken = card("select nowhere from orders")
    sales = card(SALES)
    problems = refresh(shop.db, [Kpi(**{**broken.__dict__, "stem": "broken"}), sales], NOW)
    assert ["kpis/broken.md: its SQL can't be run: no such column: nowhere."] == [p.message for p in problems]
    assert 60.0 == figure(shop.db, sales, DAY, DAY).value


def steady(days: int, value: float = 100.0) -> list[tuple[date, float | None]]:
    wiggle = [1.0, 1.05, 0.97, 1.02, 0.95, 1.03, 0.98]
    return [(DAY + timedelta(n), value * wiggle[(n * 3) % 7]) for n in range(days)]


def test_a_drop_of_half_is_found_on_its_first_day() -> None:
    found = readings([*steady(60), (DAY + timedelta(60), 50.0)])
    assert ["", "below"] == [r.signal for r in found[-2:]]


def test_fewer_than_fourteen_open_days_say_nothing() -> None:
    assert {None} == {r.limits for r in readings(steady(14))}
    assert limits_of([(d, v or 0.0) for d, v in steady(13)], DAY) is None


def test_a_closed_day_is_a_gap_and_not_a_zero() -> None:
    days = steady(40)
    days[20] = (days[20][0], None)
    assert {""} == {r.signal for r in readings(days)}


def test_eight_days_on_one_side_mean_that_the_level_has_moved() -> None:
    moved = [(DAY + timedelta(60 + n), 104.0) for n in range(12)]
    assert "level moved" in {r.signal for r in readings([*steady(60), *moved])}


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=14, max_size=80))
def test_the_centre_lies_between_its_limits(values: list[float]) -> None:
    limits = limits_of([(DAY + timedelta(n), v) for n, v in enumerate(values)], DAY)
    assert limits is not None
    assert limits.low <= limits.centre + 1e-6
    assert limits.centre <= limits.high + 1e-6


EXAMPLE = """---
unit: money
better: up
owner: founder
benchmark: own choice
---

# Net sales

What was sold, less what was refunded.

```sql
select placed_on as day_on, channel_id, 'order' as ref_type, id as ref_id,
  total_cents - refunded_cents as numerator, null as denominator
from orders
```

## Worked example

| orders | placed_on | total_cents | refunded_cents |
|---|---|---|---|
| 1 | 2026-11-23 | 5000 | 0 |
| 2 | 2026-11-23 | 3000 | 1000 |
| 3 | 2026-11-24 | 700 | 0 |

| expected | figure |
|---|---|
| 2026-11-23 | 70.00 |
| 2026-11-23 to 2026-11-24 | WANTED |
"""


def example_problems(text: str) -> list[str]:
    record, problems = parse_text("kpis", "net-sales", text, "kpis/net-sales.md")
    assert not problems, problems
    assert record is not None
    return [str(p) for p in run_example(record)]


def test_a_worked_example_is_run_through_the_cards_own_sql() -> None:
    assert [] == example_problems(EXAMPLE.replace("WANTED", "77.00"))
    assert ["kpis/net-sales.md:26: 2026-11-23 to 2026-11-24: expected 78.00, the card gives 77"] == example_problems(
        EXAMPLE.replace("WANTED", "78.00")
    )


def test_an_example_that_gives_what_the_store_does_not_know_is_a_problem() -> None:
    assert ["kpis/net-sales.md:20: orders has no column “sum”"] == example_problems(
        EXAMPLE.replace("| total_cents |", "| sum |").replace("WANTED", "1")
    )
    assert ["kpis/net-sales.md:20: the store has no table “sales”"] == example_problems(
        EXAMPLE.replace("| orders |", "| sales |").replace("WANTED", "1")
    )


def test_a_card_without_an_example_is_a_problem() -> None:
    assert ["kpis/net-sales.md:8: no worked example: two small tables show what the figure counts"] == example_problems(
        EXAMPLE.split("## Worked example")[0]
    )


def ranged(low: int | None, high: int | None) -> Kpi:
    from decimal import Decimal

    found = card(SALES)
    return Kpi(**{**found.__dict__, "range": tuple(None if x is None else Decimal(x) for x in (low, high))})


def test_a_breach_is_announced_once_and_again_only_after_it_was_healthy(shop: Shop) -> None:
    low = ranged(50, None)
    refresh(shop.db, [low], NOW)
    today = date(2026, 11, 25)
    assert ["a-figure"] == look(shop.db, [low], today, NOW)
    assert [] == look(shop.db, [low], today, NOW), "one breach is one"
    assert [] == look(shop.db, [ranged(30, None)], today, NOW)
    kinds = [r["kind"] for r in shop.db.execute("select kind from events order by id")]
    assert ["kpi.breached", "kpi.recovered"] == kinds
    with write(shop.db):
        shop.db.execute("update kpi_daily set day_on = '2026-11-25' where day_on = '2026-11-24'")
    assert ["a-figure"] == look(shop.db, [low], date(2026, 11, 26), NOW), "a new day, a new breach"


def test_only_the_newest_complete_day_is_looked_at(shop: Shop) -> None:
    refresh(shop.db, [low := ranged(50, None)], NOW)
    assert [] == look(shop.db, [low], date(2026, 11, 24), NOW), "today is not over; yesterday made 60"


def test_a_breach_starts_the_procedure_that_handles_it(tmp_path: Path) -> None:
    from work_playbook import procedure

    from ecomos.heartbeat import measure
    from ecomos.work import queue_of_roles, settle

    steps = "## Look at it\n\n- **Record:** decision (text)\n- **End:** decided\n"
    text = procedure(steps, "about: kpi\nstarts: kpi.breached where kpi.value < 50\n", "A KPI outside its range")
    texts = book(a_kpi_outside_its_range=text)
    texts["kpis/speed.md"] = texts["kpis/speed.md"].replace(
        "target: 24", "range: 1000 to 2000\non breach: a-kpi-outside-its-range"
    )
    shop = make_shop(tmp_path / "shop", texts)
    order(shop)
    measure(shop, NOW)
    settle(shop, NOW)
    assert [("Look at it", "speed")] == [(i.title, i.subject) for i in queue_of_roles(shop, ["support-agent"], NOW)]
