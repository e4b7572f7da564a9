"""A run goes through its steps: the task, the record, the deed, the message, the way out."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from shops import NOW, hire, make_shop, order
from work_playbook import book, procedure

from ecomos.errors import Refused, WrongUsage
from ecomos.people import set_absence
from ecomos.store import events, iso, write
from ecomos.work import (
    Shop,
    asked_someone,
    choose_way,
    decline,
    done_elsewhere,
    finish,
    give_back,
    hand_over,
    later,
    not_sure,
    pass_time,
    queue_of,
    settle,
    skip,
    start,
    take,
    timeline,
)

PACK = """
## Pack it

Take the things.

- [ ] Every line is there (prevents: missing item)
- **Role:** packer
- **Record:** weight (number, kg, optional), found (one of: all, some missing)
- **Within:** 2 working hours

| If | Then |
|---|---|
| answers.found == "all" | [Ship it](#ship-it) |
| otherwise | [Ask the lead](#ask-the-lead) |

## Ship it

Hand it over.

- **Role:** packer
- **Record:** carrier (one of: DHL, UPS), tracking (text)
- **Do:** orders.ship carrier=answers.carrier tracking=answers.tracking
- **Send:** shipped to customer
- **End:** shipped

## Ask the lead

Say what happens.

- **Role:** operations-lead
- **Record:** what (text)
- **End:** asked
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path / "shop", book(pack_and_ship=procedure(PACK)))


def only_task(shop: Shop, person: int) -> int:
    items = [i for i in queue_of(shop, person, NOW) if i.kind != "wait"]
    assert len(items) == 1, items
    return items[0].task_id


def rows(shop: Shop, sql: str, *values: object) -> list[tuple]:
    return [tuple(r) for r in shop.db.execute(sql, values)]


def test_a_case_goes_from_step_to_step_to_its_end(shop: Shop) -> None:
    ben = hire(shop, "Ben", "packer")
    key = order(shop)
    with write(shop.db):
        shop.db.execute("update channels set sends = ?", [json.dumps({"shipped": "ecomos"})])
    start(shop, "pack-and-ship", ("order", key), NOW)
    finish(shop, only_task(shop, ben), ben, NOW, answers={"found": "all", "weight": "1,25"}, checks=[0])
    finish(shop, only_task(shop, ben), ben, NOW, answers={"carrier": "DHL", "tracking": "JD0146"})
    assert [] == rows(shop, "select * from parcels"), "the parcel counts when the platform has it"
    finish(shop, only_task(shop, ben), ben, NOW, answers={"reference": "F-77"})
    assert [("DHL", "JD0146", "ours")] == rows(shop, "select carrier, tracking, source from parcels")
    assert [("maria@example.com", "Your order #1001 is on its way", "queued")] == rows(
        shop, "select recipient, subject, status from outbox"
    )
    assert [("done", "shipped")] == rows(shop, "select status, outcome from runs")
    assert [("orders.ship", "F-77", "done")] == rows(shop, "select deed, reference, status from hand_deeds")


def test_what_is_missing_or_not_ticked_is_said_in_one_go_and_nothing_is_written(shop: Shop) -> None:
    ben = hire(shop, "Ben", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    task = only_task(shop, ben)
    with pytest.raises(Refused, match="Not ticked: “Every line is there”"):
        finish(shop, task, ben, NOW, answers={"found": "all"})
    with pytest.raises(Refused) as refused:
        finish(shop, task, ben, NOW, answers={"weight": "heavy", "colour": "red"}, checks=[0])
    assert "Weight: “heavy” is not a number, as in 12.5\nFound is missing.\nThis step records no “colour”." == str(
        refused.value
    )
    assert [("open", None)] == rows(shop, "select status, answers from tasks")


def test_a_role_one_does_not_hold_is_refused_by_the_deed_itself(shop: Shop) -> None:
    hire(shop, "Ben", "packer")
    sue = hire(shop, "Sue", "support-agent")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    with pytest.raises(Refused, match="is for the role packer, which you don't hold today"):
        finish(shop, 1, sue, NOW, answers={"found": "all"}, checks=[0])


def test_what_is_done_is_not_done_again(shop: Shop) -> None:
    ben = hire(shop, "Ben", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    finish(shop, 1, ben, NOW, answers={"found": "all"}, checks=[0])
    with pytest.raises(Refused, match="“Pack it” is no longer open: done by Ben"):
        finish(shop, 1, ben, NOW, answers={"found": "all"}, checks=[0])


def test_a_task_that_somebody_took_is_theirs_until_they_give_it_back(shop: Shop) -> None:
    ben, bea = hire(shop, "Ben", "packer"), hire(shop, "Bea", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    take(shop, 1, ben, NOW)
    assert [] == queue_of(shop, bea, NOW)
    with pytest.raises(Refused, match="Ben has taken “Pack it”"):
        finish(shop, 1, bea, NOW, answers={"found": "all"}, checks=[0])
    give_back(shop, 1, ben, NOW)
    assert 1 == only_task(shop, bea)


def test_not_sure_moves_the_task_up_with_its_context(shop: Shop) -> None:
    ben, olga = hire(shop, "Ben", "packer"), hire(shop, "Olga", "operations-lead")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    assert "operations-lead" == not_sure(shop, 1, ben, NOW, "the box is too small")
    assert [] == queue_of(shop, ben, NOW)
    (item,) = queue_of(shop, olga, NOW)
    assert "Ben is not sure: the box is too small" == item.why


def test_not_sure_goes_past_who_is_away_and_never_to_nobody(shop: Shop) -> None:
    """The lead is away: the founder has it; both are away: it stays, and is said so."""
    ben, olga, fiona = (
        hire(shop, "Ben", "packer"),
        hire(shop, "Olga", "operations-lead"),
        hire(shop, "Fiona", "founder"),
    )
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    start(shop, "pack-and-ship", ("order", order(shop, "#1002")), NOW)
    set_absence(shop.db, olga, NOW.date(), NOW.date())
    assert "operations-lead" == not_sure(shop, 1, ben, NOW, "the box is too small")
    assert 1 == only_task(shop, fiona)
    set_absence(shop.db, fiona, NOW.date(), NOW.date())
    with pytest.raises(Refused, match="Nobody above you is here today"):
        not_sure(shop, 2, ben, NOW, "the box is too small")


def test_a_late_task_is_not_handed_to_who_is_away(tmp_path: Path) -> None:
    """It stays with who has it, and the one above is told."""
    body = """
    ## Pack it

    - **Role:** packer
    - **Within:** 1 working hour
    - **If late:** tell operations-lead; after 2 working hours hand to operations-lead
    - **End:** packed
    """
    shop = make_shop(tmp_path / "shop", book(pack_and_ship=procedure(body)))
    ben, fiona = hire(shop, "Ben", "packer"), hire(shop, "Fiona", "founder")
    olga = hire(shop, "Olga", "operations-lead")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    for who in (olga, fiona):
        set_absence(shop.db, who, NOW.date(), NOW.date())
    pass_time(shop, NOW + timedelta(hours=6))
    assert 1 == only_task(shop, ben)
    assert {"told"} == {r[0] for r in rows(shop, "select kind from task_notes")}


def test_a_hand_over_is_accepted_or_declined_by_the_other(shop: Shop) -> None:
    ben, bea = hire(shop, "Ben", "packer"), hire(shop, "Bea", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    hand_over(shop, 1, ben, NOW, bea, "my shift ends")
    assert [] == queue_of(shop, ben, NOW)
    assert queue_of(shop, bea, NOW)[0].offered
    decline(shop, 1, bea, NOW)
    assert 1 == only_task(shop, ben)
    hand_over(shop, 1, ben, NOW, bea, "please")
    take(shop, 1, bea, NOW)
    assert [("taken", bea)] == rows(shop, "select status, person_id from tasks")


def test_later_hides_the_task_until_then_and_the_deadline_stays(shop: Shop) -> None:
    ben = hire(shop, "Ben", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    later(shop, 1, ben, NOW, NOW + timedelta(hours=1))
    assert "waiting" == queue_of(shop, ben, NOW)[0].group
    pass_time(shop, NOW + timedelta(hours=1, minutes=1))
    assert "soon" == queue_of(shop, ben, NOW + timedelta(hours=1, minutes=1))[0].group
    with pytest.raises(Refused, match="after the deadline"):
        later(shop, 1, ben, NOW, NOW + timedelta(hours=5))


def test_a_skipped_step_does_no_deed_and_sends_nothing(shop: Shop) -> None:
    ben = hire(shop, "Ben", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    finish(shop, 1, ben, NOW, answers={"found": "all"}, checks=[0])
    skip(shop, only_task(shop, ben), ben, NOW, "collected by the customer")
    assert [("done", "shipped")] == rows(shop, "select status, outcome from runs")
    assert [] == rows(shop, "select * from parcels")
    assert [] == rows(shop, "select * from outbox")


def test_done_elsewhere_does_not_do_the_deed_again(shop: Shop) -> None:
    ben = hire(shop, "Ben", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    finish(shop, 1, ben, NOW, answers={"found": "all"}, checks=[0])
    done_elsewhere(shop, only_task(shop, ben), ben, NOW, "shipped at the counter, receipt 12")
    assert [] == rows(shop, "select * from outbox"), "who did it tells the customer"
    assert [("elsewhere",)] == rows(shop, "select status from tasks where step = 'ship-it'")
    assert [] == rows(shop, "select * from hand_deeds")


def test_i_asked_someone_is_kept_and_the_task_stays(shop: Shop) -> None:
    ben, bea = hire(shop, "Ben", "packer"), hire(shop, "Bea", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    asked_someone(shop, 1, ben, NOW, bea)
    assert [("asked", ben, bea)] == rows(shop, "select kind, person_id, other_person_id from task_notes")
    assert 1 == only_task(shop, ben)


def test_what_cannot_be_told_stops_the_case_for_the_owner_who_chooses_the_way(tmp_path: Path) -> None:
    body = """
    ## Look

    - **Record:** note (text, optional)

    | If | Then |
    |---|---|
    | order.risk == "high" | [Call](#call) |
    | otherwise | [Close](#close) |

    ## Call

    - **Role:** support-agent
    - **Record:** said (text)
    - **End:** called

    ## Close

    - **End:** closed
    """
    shop = make_shop(tmp_path / "shop", book(look_at_it=procedure(body)))
    sue, olga = hire(shop, "Sue", "support-agent"), hire(shop, "Olga", "operations-lead")
    key = order(shop)
    with write(shop.db):
        shop.db.execute("update orders set risk = null")
    start(shop, "look-at-it", ("order", key), NOW)
    finish(shop, 1, sue, NOW)
    (item,) = queue_of(shop, olga, NOW)
    assert "unclear" == item.kind
    assert "order.risk" in item.why
    with pytest.raises(Refused, match="Write why"):
        choose_way(shop, item.task_id, olga, NOW, to="call", why=" ")
    choose_way(shop, item.task_id, olga, NOW, to="call", why="nobody knows the risk")
    assert "Call" == queue_of(shop, sue, NOW)[0].title


def test_a_run_keeps_the_version_that_it_began_with(shop: Shop) -> None:
    from ecomos.work import adopt_playbook

    ben = hire(shop, "Ben", "packer")
    start(shop, "pack-and-ship", ("order", order(shop)), NOW)
    file = shop.home.playbook / "procedures" / "pack-and-ship.md"
    file.write_text(file.read_text().replace("found (one of: all, some missing)", "found (one of: all, nothing)"))
    changes, problems = adopt_playbook(shop, NOW, "hand")
    assert [] == problems
    assert ["changed"] == [c.what for c in changes]
    finish(shop, 1, ben, NOW, answers={"found": "some missing"}, checks=[0])
    start(shop, "pack-and-ship", ("order", order(shop, "#1002")), NOW)
    assert 2 == len(rows(shop, "select distinct version_sha from runs"))


def test_a_broken_file_leaves_the_last_good_version_running(shop: Shop) -> None:
    from ecomos.work import adopt_playbook, in_force, proposals

    file = shop.home.playbook / "procedures" / "pack-and-ship.md"
    file.write_text(file.read_text().replace("**Role:** packer", "**Role:** paker"))
    changes, problems = adopt_playbook(shop, NOW, "hand")
    assert [] == changes
    assert "no role named" in str(problems[0]) or "packer" in str(problems[0])
    assert ["broken"] == [c.what for c in proposals(shop, NOW)]
    assert "pack-and-ship" in in_force(shop, NOW).procedures
    file.unlink()
    assert ["deleted"] == [c.what for c in proposals(shop, NOW)]
    assert "pack-and-ship" in in_force(shop, NOW).procedures


def test_starting_what_is_not_in_force_names_the_nearest(shop: Shop) -> None:
    with pytest.raises(WrongUsage, match=r"No procedure named pack-and-shp .*did you mean “pack-and-ship”"):
        start(shop, "pack-and-shp", ("order", order(shop)), NOW)


def test_at_most_one_open_run_of_a_procedure_for_a_case(shop: Shop) -> None:
    key = order(shop)
    first, _ = start(shop, "pack-and-ship", ("order", key), NOW)
    assert (first, False) == start(shop, "pack-and-ship", ("order", key), NOW)


def test_the_timeline_tells_who_did_what_by_which_version(shop: Shop) -> None:
    ben = hire(shop, "Ben", "packer")
    key = order(shop)
    start(shop, "pack-and-ship", ("order", key), NOW)
    finish(shop, 1, ben, NOW, answers={"found": "all", "weight": "2"}, checks=[0])
    told = timeline(shop, ("order", key))
    (done,) = [e for e in told if e.what == "Done: Pack it"]
    assert ("Ben", "weight: 2, found: all") == (done.who, done.detail)
    assert done.version.startswith("pack-and-ship ")
    (way,) = [e for e in told if e.kind == "decision"]
    assert ('Pack it: answers.found == "all" → Ship it', "answers.found = all") == (way.what, way.detail)


def test_a_deadline_is_told_once_and_then_handed_on(tmp_path: Path) -> None:
    body = """
    ## Pack it

    - **Role:** packer
    - **Record:** weight (number, kg)
    - **Within:** 1 working hour
    - **If late:** tell operations-lead; after 2 working hours hand to operations-lead
    - **End:** packed
    """
    shop = make_shop(tmp_path / "shop", book(pack_it=procedure(body)))
    ben, olga = hire(shop, "Ben", "packer"), hire(shop, "Olga", "operations-lead")
    start(shop, "pack-it", ("order", order(shop)), NOW)
    late = NOW + timedelta(hours=1, minutes=1)
    assert 1 == pass_time(shop, late)
    assert 0 == pass_time(shop, late), "told once"
    assert "late" == queue_of(shop, ben, late)[0].group
    from ecomos.work import told

    assert ["Pack it"] == [r["title"] for r in told(shop, olga, late)]
    assert [("task.late",)] == rows(shop, "select kind from events where kind = 'task.late'")
    pass_time(shop, NOW + timedelta(hours=3, minutes=1))
    assert [] == queue_of(shop, ben, late)
    assert "late since 2026-11-24T10:30:00Z, moved from packer" == queue_of(shop, olga, late)[0].why


def test_an_absent_role_is_covered_by_its_deputy_then_by_the_role_above(shop: Shop) -> None:
    from ecomos.work import acting

    pia, ben, olga = hire(shop, "Pia", "picker"), hire(shop, "Ben", "packer"), hire(shop, "Olga", "operations-lead")
    assert (pia,) == acting(shop, "picker", NOW)
    with write(shop.db):
        shop.db.execute("insert into absences(person_id, from_on, to_on) values (?, '2026-11-24', '2026-11-25')", [pia])
    assert (ben,) == acting(shop, "picker", NOW)
    with write(shop.db):
        shop.db.execute("insert into absences(person_id, from_on, to_on) values (?, '2026-11-24', '2026-11-25')", [ben])
    assert (olga,) == acting(shop, "picker", NOW)
    assert (pia,) == acting(shop, "picker", NOW + timedelta(days=2))


def test_whoever_has_the_first_step_starts_a_procedure_by_hand(tmp_path: Path) -> None:
    """Who takes a box in at the door holds what the procedure is about in their hands."""
    shop = make_shop(tmp_path / "starter")
    key, ben, mara = order(shop), hire(shop, "Ben", "packer"), hire(shop, "Mara", "marketer")
    with pytest.raises(Refused, match="is started by"):
        start(shop, "returned-undelivered", ("order", key), NOW, person_id=mara)
    assert start(shop, "returned-undelivered", ("order", key), NOW, person_id=ben)[1]


def test_an_event_of_another_hand_ends_the_run_and_the_loser_is_told_why(tmp_path: Path) -> None:
    front = """\
    ends when:
      order.cancelled: cancelled in the platform
    """
    shop = make_shop(tmp_path / "shop", book(pack_and_ship=procedure(PACK, front)))
    ben = hire(shop, "Ben", "packer")
    key = order(shop)
    start(shop, "pack-and-ship", ("order", key), NOW)
    with write(shop.db):
        events.append(shop.db, "order.cancelled", ("order", key), actor="import:1", recorded_at=iso(NOW))
    settle(shop, NOW)
    assert [("done", "cancelled in the platform")] == rows(shop, "select status, outcome from runs")
    with pytest.raises(Refused, match=r"“Pack it” was withdrawn: order\.cancelled"):
        finish(shop, 1, ben, NOW, answers={"found": "all"}, checks=[0])


def test_a_procedure_is_started_by_hand_by_those_whom_it_concerns(shop: Shop) -> None:
    pia, sue = hire(shop, "Pia", "picker"), hire(shop, "Sue", "support-agent")
    hire(shop, "Olga", "operations-lead")
    key = order(shop)
    with pytest.raises(Refused, match="is started by the support-agent, the operations-lead or a lead"):
        start(shop, "pack-and-ship", ("order", key), NOW, person_id=pia)
    start(shop, "pack-and-ship", ("order", key), NOW, person_id=sue)
    assert ["Sue"] == [e.who for e in timeline(shop, ("order", key)) if e.what.startswith("Started")]
