"""Waits, waves, children, approvals, hand deeds: what holds a run, and what carries it on."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from shops import NOW, hire, make_shop, order
from work_playbook import book, procedure

from ecomos.errors import Refused
from ecomos.store import events, iso, write
from ecomos.work import (
    Shop,
    after_import,
    approve,
    finish,
    finish_batch,
    pass_time,
    queue_of,
    refuse,
    settle,
    start,
    take,
)

WAIT = """
## Ask for the address

- **Send:** address-question to customer

## Wait for it

- **Wait for:** order.address_changed, at most policy.shipping.answer_days; REMIND; else [Call](#call)

## Close

- **End:** answered

## Call

- **Role:** support-agent
- **Record:** said (text)
- **End:** called
""".replace("REMIND", "remind the customer after 1 day with address-question")


def rows(shop: Shop, sql: str, *values: object) -> list[tuple]:
    return [tuple(r) for r in shop.db.execute(sql, values)]


def happen(shop: Shop, kind: str, key: int, at=NOW, actor: str = "import:1") -> int:
    with write(shop.db):
        number = events.append(shop.db, kind, ("order", key), actor=actor, recorded_at=iso(at))
    settle(shop, at)
    return number


@pytest.fixture
def waiting(tmp_path: Path) -> tuple[Shop, int]:
    shop = make_shop(tmp_path / "shop", book(ask=procedure(WAIT)))
    key = order(shop)
    with write(shop.db):
        shop.db.execute("update channels set sends = ?", [json.dumps({"address-question": "ecomos"})])
    start(shop, "ask", ("order", key), NOW)
    return shop, key


def test_a_wait_is_met_by_its_event(waiting: tuple[Shop, int]) -> None:
    shop, key = waiting
    happen(shop, "order.address_changed", key)
    assert [("done", "answered")] == rows(shop, "select status, outcome from runs")


def test_an_event_from_before_the_run_meets_no_wait(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(ask=procedure(WAIT)))
    key = order(shop)
    happen(shop, "order.address_changed", key, NOW - timedelta(hours=1))
    start(shop, "ask", ("order", key), NOW)
    assert [("open", "wait-for-it")] == rows(shop, "select status, step from runs")


def test_the_customer_is_reminded_once_and_then_given_up(waiting: tuple[Shop, int]) -> None:
    shop, _ = waiting
    assert 1 == len(rows(shop, "select * from outbox"))
    pass_time(shop, NOW + timedelta(days=1, minutes=1))
    pass_time(shop, NOW + timedelta(days=1, minutes=2))
    assert 2 == len(rows(shop, "select * from outbox"))
    pass_time(shop, NOW + timedelta(days=3, minutes=1))
    assert [("open", "call")] == rows(shop, "select status, step from runs")


def test_waiting_for_outsiders_stops_the_promises_clock(waiting: tuple[Shop, int]) -> None:
    shop, key = waiting
    ((before,),) = rows(shop, "select promised_at from runs")
    assert "2026-11-25T09:30:00Z" == before
    happen(shop, "order.address_changed", key, NOW + timedelta(hours=5))
    assert [("2026-11-25T14:30:00Z",)] == rows(shop, "select promised_at from runs")


def test_a_wait_of_a_started_procedure_stops_the_clock_of_the_one_that_waits_for_it(tmp_path: Path) -> None:
    from ecomos.work import promises

    parent = """
    ## Ask

    - **Start and wait:** [Ask](ask.md) about order
    - **End:** asked
    """
    shop = make_shop(tmp_path / "shop", book(ask=procedure(WAIT), whole=procedure(parent)))
    key = order(shop)
    start(shop, "whole", ("order", key), NOW)
    (whole, _) = promises(shop, ("order", key), NOW + timedelta(hours=3))
    assert (NOW + timedelta(days=1, hours=3), timedelta(hours=3), True) == (
        whole.promised_at,
        whole.waited,
        whole.is_waiting,
    )
    happen(shop, "order.address_changed", key, NOW + timedelta(hours=5))
    assert {"2026-11-25T14:30:00Z"} == {r[0] for r in rows(shop, "select promised_at from runs")}


def test_a_wait_stands_where_people_see_it(waiting: tuple[Shop, int]) -> None:
    shop, _ = waiting
    sue = hire(shop, "Sue", "support-agent")
    (item,) = queue_of(shop, sue, NOW)
    assert ("waiting", "Wait for it", "#1001") == (item.group, item.title, item.subject)


PICK = """
## Pick it

- [ ] Item and size match (prevents: wrong variant picked)
- **Role:** picker
- **Batch:** up to 3, by order.shipping_service, at the latest policy.shipping.pick_by
- **Record:** found (one of: all, some missing)

## Pack it

- **Role:** packer
- **Record:** weight (number, kg)
- **End:** packed
"""


def test_a_wave_gathers_by_service_up_to_its_size_and_until_its_hour(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(pick=procedure(PICK)))
    pia = hire(shop, "Pia", "picker")
    for n, service in enumerate(["DHL", "DHL", "UPS", "DHL", "DHL"]):
        start(shop, "pick", ("order", order(shop, f"#{n}", service=service)), NOW)
    assert [("3 orders, DHL", 3), ("#2", 1), ("#4", 1)] == [
        (i.subject, i.size) for i in sorted(queue_of(shop, pia, NOW), key=lambda i: i.task_id)
    ]
    assert {"2026-11-24T15:00:00Z"} == {r[0] for r in rows(shop, "select due_at from tasks")}
    pass_time(shop, NOW + timedelta(hours=6))
    start(shop, "pick", ("order", order(shop, "#9", service="DHL")), NOW + timedelta(hours=6))
    assert "2026-11-25T15:00:00Z" == rows(shop, "select due_at from tasks order by id desc limit 1")[0][0]


def test_a_wave_is_taken_whole_and_finished_case_by_case(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(pick=procedure(PICK)))
    pia, pat = hire(shop, "Pia", "picker"), hire(shop, "Pat", "picker")
    for n in range(3):
        start(shop, "pick", ("order", order(shop, f"#{n}")), NOW)
    take(shop, 1, pia, NOW)
    assert [] == queue_of(shop, pat, NOW)
    refused = finish_batch(
        shop, 1, pia, NOW, answers={1: {"found": "all"}, 2: {"found": "all"}, 3: {"found": ""}}, checks=[0]
    )
    assert {3: "Found is missing."} == refused
    assert [("pack-it",), ("pack-it",), ("pick-it",)] == rows(shop, "select step from runs order by id")
    start(shop, "pick", ("order", order(shop, "#7")), NOW)
    assert 2 == len(rows(shop, "select * from batches")), "a wave that is out takes no more cases"


REFUND = """
## Say how much

- **Record:** amount (money, at most order.refundable), reason (text)

## Approve the refund

- **Approve:** refund of answers.amount; if refused [Say no](#say-no)
- **Do:** orders.refund amount=answers.amount reason=answers.reason
- **End:** refunded

## Say no

- **End:** declined
"""


@pytest.fixture
def refunds(tmp_path: Path) -> tuple[Shop, dict[str, int]]:
    shop = make_shop(tmp_path / "shop", book(refund=procedure(REFUND, "again: allowed\n")))
    people = {
        "sue": hire(shop, "Sue", "support-agent"),
        "olga": hire(shop, "Olga", "operations-lead"),
        "fred": hire(shop, "Fred", "founder"),
    }
    return shop, people


def draft(shop: Shop, key: int, person: int, amount: str) -> None:
    run, _ = start(shop, "refund", ("order", key), NOW)
    ((task,),) = rows(shop, "select id from tasks where run_id = ?", run)
    finish(shop, task, person, NOW, answers={"amount": amount, "reason": "damaged"})


def test_the_engine_approves_within_the_drafters_own_limit(refunds: tuple[Shop, dict[str, int]]) -> None:
    shop, who = refunds
    draft(shop, order(shop), who["sue"], "50.00")
    assert [(5000, 1, "approved", 5000)] == rows(
        shop, "select approved_cents, by_engine, status, limit_cents from approvals"
    )


def test_a_limit_is_for_the_sum_over_the_case_so_splitting_gains_nothing(refunds: tuple[Shop, dict[str, int]]) -> None:
    shop, who = refunds
    key = order(shop)
    draft(shop, key, who["sue"], "30.00")
    draft(shop, key, who["sue"], "30.00")
    assert [("approved",), ("open",)] == rows(shop, "select status from approvals order by id")
    assert "operations-lead" == rows(shop, "select role from tasks where kind = 'approve'")[0][0]


def test_above_every_limit_it_goes_up_to_the_founder(refunds: tuple[Shop, dict[str, int]]) -> None:
    shop, who = refunds
    draft(shop, order(shop, total=50000), who["sue"], "300.00")
    assert [("founder",)] == rows(shop, "select role from tasks where kind = 'approve'")


def test_the_approver_may_lower_the_amount_and_that_is_what_is_refunded(refunds: tuple[Shop, dict[str, int]]) -> None:
    shop, who = refunds
    draft(shop, order(shop, total=50000), who["sue"], "150.00")
    ((task,),) = rows(shop, "select id from tasks where kind = 'approve'")
    with pytest.raises(Refused, match="You may lower the amount, not raise it"):
        approve(shop, task, who["olga"], NOW, amount=Decimal(151))
    approve(shop, task, who["olga"], NOW, amount=Decimal(100))
    assert [('{"amount": "100.00", "reason": "damaged"}',)] == rows(shop, "select arguments from hand_deeds")


def test_a_refusal_needs_its_reason_and_takes_the_steps_way(refunds: tuple[Shop, dict[str, int]]) -> None:
    shop, who = refunds
    draft(shop, order(shop, total=50000), who["sue"], "150.00")
    ((task,),) = rows(shop, "select id from tasks where kind = 'approve'")
    with pytest.raises(Refused, match="Write the reason"):
        refuse(shop, task, who["olga"], NOW, reason="")
    refuse(shop, task, who["olga"], NOW, reason="the photo shows another item")
    assert [("declined",)] == rows(shop, "select outcome from runs")


def test_nobody_approves_their_own_draft_but_the_founder_with_a_reason(refunds: tuple[Shop, dict[str, int]]) -> None:
    shop, who = refunds
    with write(shop.db):
        shop.db.execute(
            "insert into person_roles(person_id, role, from_on) values (?, 'support-agent', '2026-01-01')",
            [who["olga"]],
        )
    draft(shop, order(shop, total=90000), who["olga"], "300.00")
    assert [("founder",)] == rows(shop, "select role from tasks where kind = 'approve'")
    assert [] == [i for i in queue_of(shop, who["olga"], NOW) if i.kind == "approve"]


def test_a_refund_above_what_was_paid_is_refused_by_the_record(refunds: tuple[Shop, dict[str, int]]) -> None:
    shop, who = refunds
    with pytest.raises(Refused, match=r"Amount: at most 84\.00 EUR"):
        draft(shop, order(shop), who["sue"], "84.01")


PARENT = """
## Check the payment

- **Start and wait:** [Verify](verify.md) about order

| If | Then |
|---|---|
| started.verify.outcome == "paid" | [Done](#done) |
| otherwise | [Look](#look) |

## Done

- **End:** fine

## Look

- **Role:** operations-lead
- **Record:** said (text)
- **End:** looked at
"""
CHILD = """
## Look at the bank

- **Record:** found (yes or no)

| If | Then |
|---|---|
| answers.found | [Paid](#paid) |
| otherwise | [Not paid](#not-paid) |

## Paid

- **End:** paid

## Not paid

- **End:** not paid
"""


def test_a_parent_waits_for_its_child_and_goes_by_its_outcome(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(pay=procedure(PARENT), verify=procedure(CHILD)))
    sue = hire(shop, "Sue", "support-agent")
    start(shop, "pay", ("order", order(shop)), NOW)
    finish(shop, 1, sue, NOW, answers={"found": "yes"})
    assert [("pay", "fine"), ("verify", "paid")] == rows(shop, "select procedure, outcome from runs order by id")


def test_children_end_with_their_parent(tmp_path: Path) -> None:
    front = "ends when:\n  order.cancelled: cancelled\n"
    shop = make_shop(tmp_path / "shop", book(pay=procedure(PARENT, front), verify=procedure(CHILD)))
    key = order(shop)
    start(shop, "pay", ("order", key), NOW)
    happen(shop, "order.cancelled", key)
    assert [("cancelled",), ("ended with pay",)] == rows(shop, "select outcome from runs order by id")
    assert [("withdrawn",)] == rows(shop, "select status from tasks")


def test_an_end_that_hands_over_lets_the_procedure_that_it_names_go_on(tmp_path: Path) -> None:
    parent = """
    ## Hand it over

    - **Start:** [Verify](verify.md) about order
    - **End:** handed to verify
    """
    shop = make_shop(tmp_path / "shop", book(pay=procedure(parent), verify=procedure(CHILD)))
    start(shop, "pay", ("order", order(shop)), NOW)
    assert [("pay", "done", "handed to verify"), ("verify", "open", None)] == rows(
        shop, "select procedure, status, outcome from runs order by id"
    )


SHIP = """
## Ship it

- **Record:** tracking (text)
- **Do:** orders.ship carrier="DHL" tracking=answers.tracking
- **End:** shipped
"""


def imported(shop: Shop, key: int, **columns: object) -> None:
    """An import that showed this order, as intake would leave it."""
    with write(shop.db):
        number = shop.db.execute(
            "insert into imports(path, sha256, kind, channel_id, imported_at) values ('x', 'x', 'orders', 1, ?)",
            [iso(NOW)],
        ).lastrowid
        shop.db.execute("update orders set import_id = ? where id = ?", [number, key])
        for name, value in columns.items():
            shop.db.execute(f"update order_lines set {name} = ? where order_id = ?", [value, key])


def test_a_hand_deed_is_matched_with_a_later_import(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(ship=procedure(SHIP)))
    sue, key = hire(shop, "Sue", "support-agent"), order(shop)
    start(shop, "ship", ("order", key), NOW)
    finish(shop, 1, sue, NOW, answers={"tracking": "JD1"})
    finish(shop, 2, sue, NOW, answers={"reference": "F1"})
    imported(shop, key, fulfillment_status="fulfilled", open_quantity=0)
    after_import(shop, NOW)
    assert [("shown", 0)] == rows(shop, "select status, missed from hand_deeds")


def test_a_hand_deed_that_two_imports_do_not_show_is_the_owners_task(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(ship=procedure(SHIP)))
    sue, olga, key = hire(shop, "Sue", "support-agent"), hire(shop, "Olga", "operations-lead"), order(shop)
    start(shop, "ship", ("order", key), NOW)
    finish(shop, 1, sue, NOW, answers={"tracking": "JD1"})
    finish(shop, 2, sue, NOW, answers={"reference": "F1"})
    imported(shop, key)
    after_import(shop, NOW)
    after_import(shop, NOW)
    assert [("done", 1)] == rows(shop, "select status, missed from hand_deeds"), "one import counts once"
    imported(shop, key)
    after_import(shop, NOW)
    assert ["missing"] == [i.kind for i in queue_of(shop, olga, NOW)]


def test_what_the_last_export_shows_already_is_refused(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(ship=procedure(SHIP)))
    sue, key = hire(shop, "Sue", "support-agent"), order(shop)
    start(shop, "ship", ("order", key), NOW)
    imported(shop, key, fulfillment_status="fulfilled", open_quantity=0)
    with pytest.raises(Refused, match="The last export already shows it"):
        finish(shop, 1, sue, NOW, answers={"tracking": "JD1"})


def test_a_hand_task_whose_deed_an_import_shows_is_closed_and_the_case_goes_on(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(ship=procedure(SHIP)))
    sue, key = hire(shop, "Sue", "support-agent"), order(shop)
    start(shop, "ship", ("order", key), NOW)
    finish(shop, 1, sue, NOW, answers={"tracking": "JD1"})
    imported(shop, key, fulfillment_status="fulfilled", open_quantity=0)
    after_import(shop, NOW)
    assert [("done", "shipped")] == rows(shop, "select status, outcome from runs")


LEFT = """
## Ask

- **Wait for:** order.paid, at most 9 days; else [Close](#close)

## Close

- **End:** asked
"""


@pytest.mark.parametrize(
    "way", ["ends when:\n  order.address_changed: changed\n", 'on:\n  order.address_changed: "#close"\n']
)
def test_a_wait_that_the_case_leaves_by_another_way_stops_the_clock_too(tmp_path: Path, way: str) -> None:
    """What was waited for an outsider until then is theirs, not ours."""
    parent = """
    ## Ask

    - **Start and wait:** [Ask](ask.md) about order
    - **End:** asked
    """
    shop = make_shop(tmp_path / "shop", book(ask=procedure(LEFT, front=way), whole=procedure(parent)))
    key = order(shop)
    start(shop, "whole", ("order", key), NOW)
    happen(shop, "order.address_changed", key, NOW + timedelta(hours=5))
    assert [("2026-11-25T14:30:00Z", "done")] == rows(
        shop, "select promised_at, status from runs where procedure = 'whole'"
    )


def test_what_waited_over_a_weekend_has_the_open_time_that_was_left(tmp_path: Path) -> None:
    """A day of work was left when the wait began: it is left when the wait ends on a Sunday, by Monday's evening."""
    shop = make_shop(tmp_path / "shop", book(ask=procedure(LEFT)))
    key = order(shop)
    start(shop, "ask", ("order", key), NOW.replace(hour=8))
    happen(shop, "order.paid", key, NOW.replace(hour=8) + timedelta(days=5))
    assert [("2026-11-30T17:00:00Z",)] == rows(shop, "select promised_at from runs")
