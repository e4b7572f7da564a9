"""Samples, documents, groups, caps a day and lent authority, carried out."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from shops import NOW, hire, make_shop, order
from test_work_waits import REFUND, draft, rows
from work_playbook import ROLES, book, procedure, role

from ecomos.errors import Refused, WrongUsage
from ecomos.store import write
from ecomos.work import Shop, approve, finish, judge, start
from ecomos.work.authority import limit_of_person
from ecomos.work.lending import lend, take_back

PACK = """
## Pack it

- [ ] Count the lines (prevents: a line left behind)
- **Record:** weight (number)
- **Sample:** 1 in 2 by operations-lead

## Write the slip

- **Role:** packer
- **Document:** packing-slip
- **End:** packed
"""


@pytest.fixture
def packing(tmp_path: Path) -> tuple[Shop, int, int]:
    shop = make_shop(tmp_path / "shop", book(pack=procedure(PACK, "performer: packer\n")))
    return shop, hire(shop, "Ben", "packer"), hire(shop, "Olga", "operations-lead")


def pack(shop: Shop, person: int, number: str) -> int:
    run, _ = start(shop, "pack", ("order", order(shop, number)), NOW)
    finish(shop, open_of(shop, run), person, NOW, answers={"weight": "1"}, checks=[0])
    return run


def open_of(shop: Shop, run: int) -> int:
    return int(rows(shop, "select id from tasks where run_id = ? and status = 'open'", run)[0][0])


def where(shop: Shop, run: int) -> tuple:
    return rows(shop, "select step, phase, visit from runs where id = ?", run)[0]


def test_every_second_is_looked_at_by_another_role_before_it_goes_on(packing: tuple[Shop, int, int]) -> None:
    shop, ben, olga = packing
    first, second = pack(shop, ben, "#1"), pack(shop, ben, "#2")
    assert ["write-the-slip", "pack-it"] == [where(shop, run)[0] for run in (first, second)]
    judge(shop, open_of(shop, second), olga, NOW, fine=True)
    assert "write-the-slip" == where(shop, second)[0]


def test_a_sample_that_is_not_right_gives_the_step_back_with_the_reason(packing: tuple[Shop, int, int]) -> None:
    shop, ben, olga = packing
    run = (pack(shop, ben, "#1"), pack(shop, ben, "#2"))[1]
    with pytest.raises(Refused, match="Write what is to be done otherwise"):
        judge(shop, open_of(shop, run), olga, NOW, fine=False)
    judge(shop, open_of(shop, run), olga, NOW, fine=False, why="the mug is missing")
    assert ("pack-it", "task", 2) == where(shop, run)
    assert [("sample failed", "the mug is missing")] == rows(
        shop, "select n.kind, n.note from task_notes n join tasks t on t.id = n.task_id where t.step = 'pack-it'"
    )


def test_nobody_judges_their_own_work(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(pack=procedure(PACK, "performer: packer\n")))
    both = hire(shop, "Ben", "packer", "operations-lead")
    run = (pack(shop, both, "#1"), pack(shop, both, "#2"))[1]
    with pytest.raises(Refused, match="looked at by somebody else"):
        judge(shop, open_of(shop, run), both, NOW, fine=True)


def test_a_document_is_made_by_hand_and_its_number_stands_once(packing: tuple[Shop, int, int]) -> None:
    shop, ben, olga = packing
    first = pack(shop, ben, "#1")
    finish(shop, open_of(shop, first), ben, NOW)
    with pytest.raises(Refused, match="Write the number"):
        finish(shop, open_of(shop, first), ben, NOW, answers={"number": " "})
    finish(shop, open_of(shop, first), ben, NOW, answers={"number": "PS-17"})
    assert [("packing-slip", "PS-17", first, ben)] == rows(shop, "select kind, number, run_id, made_by from documents")
    assert [("packed",)] == rows(shop, "select outcome from runs where id = ?", first)
    second = pack(shop, ben, "#2")
    judge(shop, open_of(shop, second), olga, NOW, fine=True)
    finish(shop, open_of(shop, second), ben, NOW)
    with pytest.raises(Refused, match="PS-17 is written down already"):
        finish(shop, open_of(shop, second), ben, NOW, answers={"number": "PS-17"})


ANSWER = procedure(
    "## Answer\n\n- **Record:** said (text)\n- **End:** answered\n", "about: ticket\nagain: allowed\n", "Answer"
)
ALL = procedure(
    "## Answer them all\n\n- **Start and wait:** [Answer](answer.md) for each ticket of order\n\n"
    "## Close\n\n- **End:** all answered\n"
)


def ticket(shop: Shop, key: int, status: str = "open") -> int:
    with write(shop.db):
        row = shop.db.execute(
            """insert into tickets(subject, topic, status, order_id, opened_at)
               values ('Where?', 'other', ?, ?, '2026-11-24T08:00:00Z')""",
            [status, key],
        )
    return int(row.lastrowid or 0)


def test_a_procedure_is_started_for_each_of_a_group_and_goes_on_with_the_last(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(answer=ANSWER, answer_all=ALL))
    sue, key = hire(shop, "Sue", "support-agent", "picker", "packer"), order(shop)
    wanted = [ticket(shop, key), ticket(shop, key)]
    ticket(shop, key, "closed")
    run, _ = start(shop, "answer-all", ("order", key), NOW)
    assert [("ticket", n) for n in wanted] == rows(
        shop, "select about_type, about_id from runs where parent_run_id = ? order by id", run
    )
    tasks = [t for (t,) in rows(shop, "select id from tasks where status = 'open' order by id")]
    finish(shop, tasks[0], sue, NOW, answers={"said": "soon"})
    assert "open" == rows(shop, "select status from runs where id = ?", run)[0][0]
    finish(shop, tasks[1], sue, NOW, answers={"said": "soon"})
    assert "all answered" == rows(shop, "select outcome from runs where id = ?", run)[0][0]


def test_a_group_of_none_goes_straight_on(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(answer=ANSWER, answer_all=ALL))
    run, _ = start(shop, "answer-all", ("order", order(shop)), NOW)
    assert [("all answered",)] == rows(shop, "select outcome from runs where id = ?", run)


CAPPED = {"roles/support-agent.md": role("Support agent", "operations-lead", "  refund: 50 each, 80 a day\n")}


@pytest.fixture
def capped(tmp_path: Path) -> tuple[Shop, dict[str, int]]:
    shop = make_shop(tmp_path / "shop", book(refund=procedure(REFUND, "again: allowed\n")) | CAPPED)
    names = {"sue": "support-agent", "olga": "operations-lead", "fred": "founder"}
    return shop, {name: hire(shop, name.title(), held) for name, held in names.items()}


def test_a_cap_a_day_is_for_all_that_one_person_decides(capped: tuple[Shop, dict[str, int]]) -> None:
    shop, who = capped
    draft(shop, order(shop, "#1"), who["sue"], "50.00")
    draft(shop, order(shop, "#2"), who["sue"], "30.00")
    draft(shop, order(shop, "#3"), who["sue"], "0.01")
    assert ["approved", "approved", "open"] == [r[0] for r in rows(shop, "select status from approvals order by id")]
    ((why,),) = rows(shop, "select note from tasks where kind = 'approve'")
    assert why == "with 80.00 EUR of refund decided today, the drafter's cap for a day is reached"


def test_the_cap_is_free_again_on_the_next_day(capped: tuple[Shop, dict[str, int]]) -> None:
    shop, who = capped
    draft(shop, order(shop, "#1"), who["sue"], "50.00")
    with write(shop.db):
        shop.db.execute("update approvals set decided_at = '2026-11-23T16:00:00Z'")
    draft(shop, order(shop, "#2"), who["sue"], "50.00")
    assert ["approved", "approved"] == [r[0] for r in rows(shop, "select status from approvals order by id")]


TODAY = date(2026, 11, 24)


def test_lent_authority_lets_a_person_decide_until_its_last_day(capped: tuple[Shop, dict[str, int]]) -> None:
    shop, who = capped
    lend(shop, who["fred"], who["olga"], "refund", 50000, TODAY, TODAY + timedelta(days=6), "I am away", NOW)
    draft(shop, order(shop, "#1", total=60000), who["sue"], "400.00")
    ((task, held),) = rows(shop, "select id, role from tasks where kind = 'approve'")
    assert "operations-lead" == held
    approve(shop, task, who["olga"], NOW, amount=Decimal(400))
    assert 50000 == limit_of_person(shop, who["olga"], "refund", "EUR", NOW + timedelta(days=6))
    assert 20000 == limit_of_person(shop, who["olga"], "refund", "EUR", NOW + timedelta(days=7))


def test_nobody_lends_more_than_their_own_roles_allow_nor_what_was_lent(capped: tuple[Shop, dict[str, int]]) -> None:
    shop, who = capped
    with pytest.raises(Refused, match=r"You can lend what your own roles allow: 200.00 EUR of refund a case"):
        lend(shop, who["olga"], who["sue"], "refund", 20001, TODAY, TODAY, "busy", NOW)
    lend(shop, who["fred"], who["olga"], "refund", 50000, TODAY, TODAY, "away", NOW)
    with pytest.raises(Refused, match="your own roles allow"):
        lend(shop, who["olga"], who["sue"], "refund", 30000, TODAY, TODAY, "busy", NOW)
    with pytest.raises(WrongUsage, match="Nobody lends to themselves"):
        lend(shop, who["fred"], who["fred"], "refund", 100, TODAY, TODAY, "why", NOW)
    with pytest.raises(WrongUsage, match="Lent authority ends"):
        lend(shop, who["fred"], who["olga"], "refund", 100, TODAY, TODAY + timedelta(days=93), "why", NOW)


def test_what_was_lent_is_taken_back_by_the_lender_or_the_founder(capped: tuple[Shop, dict[str, int]]) -> None:
    shop, who = capped
    number = lend(shop, who["olga"], who["sue"], "refund", 15000, TODAY, TODAY, "busy", NOW)
    with pytest.raises(Refused, match="taken back by whoever lent it"):
        take_back(shop, number, who["sue"], NOW)
    take_back(shop, number, who["fred"], NOW)
    assert 5000 == limit_of_person(shop, who["sue"], "refund", "EUR", NOW)
    with pytest.raises(Refused, match="Nothing is lent"):
        take_back(shop, number, who["fred"], NOW)
    assert ROLES
