"""Triggers: each event offered once, never history, floods held; adoption of what was open; a failed handler stops
nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from shops import NOW, hire, make_shop, order
from work_playbook import book, procedure

from ecomos.errors import Refused, WrongUsage
from ecomos.store import events, iso, write
from ecomos.work import Shop, adopt_orders, after_import, finish, listed, order_by_ref, queue_of, release, settle

TWO = """
## Look at it

- **Record:** said (text, optional)

## Pack it

- **Role:** packer
- **Record:** weight (number, kg)
- **End:** packed
"""
STARTS = "starts: order.placed where order.total > 10\n"


def rows(shop: Shop, sql: str, *values: object) -> list[tuple]:
    return [tuple(r) for r in shop.db.execute(sql, values)]


def placed(shop: Shop, *keys: int, actor: str = "import:1") -> None:
    with write(shop.db):
        for key in keys:
            events.append(shop.db, "order.placed", ("order", key), actor=actor, recorded_at=iso(NOW))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path / "shop", book(process=procedure(TWO, STARTS)))


def test_an_event_starts_its_procedure_exactly_once(shop: Shop) -> None:
    placed(shop, order(shop))
    assert 1 == settle(shop, NOW)
    assert 0 == settle(shop, NOW)
    assert [(1, "process", "started", 1)] == rows(shop, "select event_id, procedure, result, run_id from triggers")


def test_what_does_not_match_is_noted_and_starts_nothing(shop: Shop) -> None:
    placed(shop, order(shop, total=900))
    settle(shop, NOW)
    assert [("no match",)] == rows(shop, "select result from triggers")
    assert [] == rows(shop, "select * from runs")


def test_a_late_task_of_another_kind_of_case_is_no_match_and_no_failure(tmp_path: Path) -> None:
    """What is told of every kind of case starts a procedure about orders for orders only."""
    late = procedure(TWO, 'starts: task.late where event.step == "pack-it"\n')
    shop = make_shop(tmp_path / "shop", book(process=late))
    with write(shop.db):
        events.append(shop.db, "task.late", ("day", "2026-11-24"), actor="clock", recorded_at=iso(NOW))
    settle(shop, NOW)
    assert [("no match", None)] == rows(shop, "select result, reason from triggers")
    assert [] == rows(shop, "select title from tasks")


def test_a_second_cause_for_the_same_case_is_added_to_the_open_run(shop: Shop) -> None:
    key = order(shop)
    placed(shop, key, key)
    settle(shop, NOW)
    assert [("started", 1), ("added", 1)] == rows(shop, "select result, run_id from triggers order by event_id")
    assert [(1, 1), (1, 2)] == rows(shop, "select run_id, event_id from run_causes")


def test_a_procedure_written_later_does_not_see_older_events(tmp_path: Path) -> None:
    from shops import write_playbook

    from ecomos.work import adopt_playbook

    shop = make_shop(tmp_path / "shop", book(process=procedure(TWO, STARTS)))
    placed(shop, order(shop))
    settle(shop, NOW)
    other = procedure(TWO, "starts: order.placed where order.total > 20\n", "Another look")
    write_playbook(shop.home.playbook, {"procedures/other.md": other})
    adopt_playbook(shop, NOW, "hand")
    settle(shop, NOW + timedelta(minutes=1))
    assert [("process",)] == rows(shop, "select procedure from runs")


def test_a_procedure_on_paper_starts_nothing(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(process=procedure(TWO, STARTS + "state: paper\n")))
    placed(shop, order(shop))
    settle(shop, NOW)
    assert [] == rows(shop, "select * from runs")


def test_a_handler_that_fails_is_its_owners_task_and_stops_nothing_else(shop: Shop) -> None:
    olga = hire(shop, "Olga", "operations-lead")
    with write(shop.db):
        events.append(shop.db, "order.placed", ("order", 404), actor="import:1", recorded_at=iso(NOW))
    placed(shop, order(shop))
    settle(shop, NOW)
    assert [("failed", "LookupError: no order 404"), ("started", None)] == rows(
        shop, "select result, reason from triggers order by event_id"
    )
    assert ["failed"] == [i.kind for i in queue_of(shop, olga, NOW) if i.role == "operations-lead"]


def test_a_chain_deeper_than_ten_stops_as_failed(shop: Shop) -> None:
    key, cause = order(shop), None
    with write(shop.db):
        for _ in range(12):
            cause = events.append(
                shop.db, "order.placed", ("order", key), actor="run:1", recorded_at=iso(NOW), cause_event_id=cause
            )
    settle(shop, NOW)
    assert [("added", 10), ("failed", 1), ("started", 1)] == rows(
        shop, "select result, count(*) from triggers group by 1 order by 1"
    )


def test_an_import_that_would_start_far_more_than_usual_is_one_task_of_the_owner(shop: Shop) -> None:
    olga = hire(shop, "Olga", "operations-lead")
    keys = [order(shop, f"#{n}") for n in range(60)]
    placed(shop, *keys)
    settle(shop, NOW)
    assert [] == rows(shop, "select * from runs")
    (item,) = queue_of(shop, olga, NOW)
    assert "Release or drop 60 starts of “A procedure” from one import" == item.title
    with pytest.raises(Refused, match="Write why"):
        release(shop, item.task_id, olga, NOW, start=True, why="")
    assert 60 == release(shop, item.task_id, olga, NOW, start=True, why="the sale began")
    assert [(60,)] == rows(shop, "select count(*) from runs")


def test_fifty_starts_of_one_import_are_not_held(shop: Shop) -> None:
    placed(shop, *[order(shop, f"#{n}") for n in range(50)])
    settle(shop, NOW)
    assert [(50,)] == rows(shop, "select count(*) from runs")


def adoptable(shop: Shop, *numbers: str) -> list[int]:
    keys = [order(shop, n) for n in numbers]
    with write(shop.db):
        shop.db.execute(
            "insert into imports(id, path, sha256, kind, channel_id, imported_at) values (1, 'x', 'x', 'y', 1, 'z')"
        )
        for key in keys:
            shop.db.execute("insert into adoptions(order_id, import_id, state) values (?, 1, 'listed')", [key])
    after_import(shop, NOW)
    return keys


def test_open_orders_are_put_once_before_the_operations_lead(shop: Shop) -> None:
    olga = hire(shop, "Olga", "operations-lead")
    adoptable(shop, "#1", "#2", "#3")
    after_import(shop, NOW)
    assert ["Adopt 3 open orders, or leave them"] == [i.title for i in queue_of(shop, olga, NOW)]


def test_an_order_is_adopted_at_its_first_step_or_at_a_named_one_or_left(shop: Shop) -> None:
    olga = hire(shop, "Olga", "operations-lead")
    a, b, c = adoptable(shop, "#1", "#2", "#3")
    adopt_orders(shop, [a], NOW, actor=f"person:{olga}", person_id=olga)
    adopt_orders(shop, [b], NOW, actor=f"person:{olga}", person_id=olga, at="pack-it")
    adopt_orders(shop, [c], NOW, actor=f"person:{olga}", person_id=olga, leave=True)
    assert [("look-at-it",), ("pack-it",)] == rows(shop, "select step from runs order by id")
    assert [("adopted", 1), ("adopted", 2), ("left", None)] == rows(shop, "select state, run_id from adoptions")
    assert [("order.adopted",), ("order.adopted",)] == rows(shop, "select kind from events")
    assert [] == [i for i in queue_of(shop, olga, NOW) if i.kind == "adopt"], "the list is done with its last order"
    assert {a: "not on the list"} == adopt_orders(shop, [a], NOW, actor="hand")
    with pytest.raises(WrongUsage, match="has no step #pack"):
        adopt_orders(shop, [c], NOW, actor="hand", at="pack")


def test_a_picker_does_not_adopt(shop: Shop) -> None:
    pia = hire(shop, "Pia", "picker")
    hire(shop, "Olga", "operations-lead")
    (a,) = adoptable(shop, "#1")
    with pytest.raises(Refused, match="adopted by the operations lead"):
        adopt_orders(shop, [a], NOW, actor=f"person:{pia}", person_id=pia)


def test_what_is_no_longer_open_leaves_the_list(shop: Shop) -> None:
    a, _ = adoptable(shop, "#1", "#2")
    with write(shop.db):
        shop.db.execute("update orders set fulfillment_status = 'fulfilled' where id = ?", [a])
    after_import(shop, NOW)
    assert ["#2"] == [r["number"] for r in listed(shop)]


def test_a_reference_is_short_while_unique_and_else_lists_the_candidates(shop: Shop) -> None:
    key = order(shop, "#1001")
    assert key == order_by_ref(shop.db, "order:1001") == order_by_ref(shop.db, "order:shopify/1001")
    with write(shop.db):
        shop.db.execute("insert into channels(id, name, platform) values (2, 'etsy', 'etsy')")
        shop.db.execute(
            "insert into orders(channel_id, number, placed_at, placed_on, currency)"
            " values (2, '1001', '2026-11-24T00:00:00Z', '2026-11-24', 'EUR')"
        )
    with pytest.raises(WrongUsage, match="not unique: order:etsy/1001, order:shopify/1001"):
        order_by_ref(shop.db, "1001")
    with pytest.raises(WrongUsage, match="There is no order order:9"):
        order_by_ref(shop.db, "order:9")


def test_events_are_offered_in_their_order_and_finishing_goes_on_from_there(shop: Shop) -> None:
    sue = hire(shop, "Sue", "support-agent")
    placed(shop, order(shop, "#1"), order(shop, "#2"))
    settle(shop, NOW)
    assert [(1, 1), (2, 2)] == rows(shop, "select id, cause_event_id from runs")
    finish(shop, 1, sue, NOW)
    assert [("pack-it",), ("look-at-it",)] == rows(shop, "select step from runs order by id")
