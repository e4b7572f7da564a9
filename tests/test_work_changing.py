"""Changing the playbook with care: proposed, told in sentences, approved by who may, in force from a date, read."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from page_shop import make_team
from shops import NOW, hire, make_shop, order
from work_playbook import OTHERS, book, procedure

from ecomos.errors import Refused
from ecomos.playbook import parse_text
from ecomos.playbook.difference import differences
from ecomos.playbook.records import Span
from ecomos.work import Shop, in_force, start
from ecomos.work.changing import (
    acknowledge,
    approve_change,
    changes_unread,
    problems_of,
    proposal,
    proposals_open,
    propose,
    refuse_change,
    remind_of_unread,
    text_in_force,
    write_due_changes,
)
from ecomos.work.deadlines import number_or, span_or

PACK = """
## Pack it

Fold the paper twice.

- [ ] Count the lines (prevents: a line left behind)
- **Record:** weight (number)
- **Within:** 2 working hours
- **If late:** tell operations-lead

## Close

- **End:** packed
"""


class Desk:
    """A shop with one procedure and the people around it."""

    def __init__(self, path: Path) -> None:
        self.shop = make_shop(path / "shop", book(pack=procedure(PACK, "performer: packer\n", "Pack an order")))
        self.ben = hire(self.shop, "Ben", "packer")
        self.pia = hire(self.shop, "Pia", "picker")
        self.olga = hire(self.shop, "Olga", "operations-lead")
        self.text, self.sha = text_in_force(self.shop, "procedures", "pack", NOW)

    def propose(self, old: str, new: str, why: str = "boxes came open") -> int:
        assert old in self.text
        return propose(self.shop, "procedures", "pack", self.text.replace(old, new), self.sha, why, self.ben, NOW)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_proposal_is_told_in_sentences_and_changes_nothing_yet(desk: Desk) -> None:
    number = desk.propose("2 working hours", "1 working hour")
    found = proposal(desk.shop, number, NOW)
    assert ["“Pack it”: the deadline: 1 working hour instead of 2 working hours."] == [
        d.text for d in found.differences
    ]
    assert ("operations-lead", "open") == (found.owner, found.status)
    assert desk.sha == text_in_force(desk.shop, "procedures", "pack", NOW)[1]
    assert [number] == [p.id for p in proposals_open(desk.shop, NOW)]


def test_the_owner_or_a_role_above_approves_and_nobody_else(desk: Desk) -> None:
    number = desk.propose("Count the lines", "Count the lines twice")
    with pytest.raises(Refused, match="for operations-lead to decide"):
        approve_change(desk.shop, number, desk.ben, NOW)
    approve_change(desk.shop, number, desk.olga, NOW)
    assert "Count the lines twice" in in_force(desk.shop, NOW).procedures["pack"].steps[0].checks[0].text
    assert "twice" in (desk.shop.home.playbook / "procedures" / "pack.md").read_text()
    with pytest.raises(Refused, match="was approved already"):
        approve_change(desk.shop, number, desk.olga, NOW)


def test_a_change_holds_from_its_date_and_the_folder_follows_then(desk: Desk) -> None:
    file = desk.shop.home.playbook / "procedures" / "pack.md"
    friday = NOW + timedelta(days=3)
    approve_change(desk.shop, desk.propose("twice", "three times"), desk.olga, NOW, from_at=friday)
    assert desk.sha == text_in_force(desk.shop, "procedures", "pack", NOW)[1]
    assert "three times" not in file.read_text()
    assert 1 == write_due_changes(desk.shop, friday)
    assert "three times" in file.read_text()
    assert "three times" in text_in_force(desk.shop, "procedures", "pack", friday)[0]


def test_what_runs_keeps_the_version_that_it_began_with(desk: Desk) -> None:
    run, _ = start(desk.shop, "pack", ("order", order(desk.shop)), NOW)
    approve_change(desk.shop, desk.propose("twice", "three times"), desk.olga, NOW)
    assert [(desk.sha,)] == [tuple(r) for r in desk.shop.db.execute("select version_sha from runs where id = ?", [run])]


def test_two_who_change_the_same_file_never_overwrite_each_other(desk: Desk) -> None:
    first, second = desk.propose("twice", "three times"), desk.propose("Count", "Scan and count")
    approve_change(desk.shop, first, desk.olga, NOW)
    with pytest.raises(Refused, match="has changed since"):
        approve_change(desk.shop, second, desk.olga, NOW)
    with pytest.raises(Refused, match="Somebody has changed this file in the meantime"):
        desk.propose("twice", "four times")


def test_a_file_changed_by_hand_in_the_folder_is_never_written_over(desk: Desk) -> None:
    file = desk.shop.home.playbook / "procedures" / "pack.md"
    file.write_text(desk.text.replace("twice", "once, neatly"))
    number = desk.propose("Count", "Scan and count")
    with pytest.raises(Refused, match="changed by hand in the folder"):
        approve_change(desk.shop, number, desk.olga, NOW)
    assert "once, neatly" in file.read_text()


def test_what_does_not_hold_is_refused_with_every_line(desk: Desk) -> None:
    wrong = desk.text.replace("tell operations-lead", "tell operatons-lead").replace(
        "**End:** packed", "**Next:** [X](#x)"
    )
    lines = [
        (p.line, p.message.split("(")[0].strip()) for p in problems_of(desk.shop, "procedures", "pack", wrong, NOW)
    ]
    assert 2 <= len(lines)
    with pytest.raises(Refused, match="operatons-lead"):
        propose(desk.shop, "procedures", "pack", wrong, desk.sha, "try", desk.ben, NOW)
    with pytest.raises(Refused, match="Nothing has changed"):
        propose(desk.shop, "procedures", "pack", desk.text, desk.sha, "try", desk.ben, NOW)
    with pytest.raises(Refused, match="Write why"):
        desk.propose("twice", "once", why=" ")


def test_it_is_refused_with_a_reason_or_taken_back_by_its_writer(desk: Desk) -> None:
    first, second = desk.propose("twice", "once"), desk.propose("Count", "Weigh")
    with pytest.raises(Refused, match="for operations-lead"):
        refuse_change(desk.shop, first, desk.pia, "no", NOW)
    refuse_change(desk.shop, first, desk.olga, "paper is cheap", NOW)
    refuse_change(desk.shop, second, desk.ben, "slip of mine", NOW)
    assert ["refused", "withdrawn"] == [proposal(desk.shop, n, NOW).status for n in (first, second)]
    assert [] == proposals_open(desk.shop, NOW)


def test_those_whose_step_changed_read_it_and_others_do_not(desk: Desk) -> None:
    later = NOW + timedelta(hours=1)
    approve_change(desk.shop, desk.propose("Count the lines", "Count the lines twice"), desk.olga, later)
    (unread,) = changes_unread(desk.shop, desk.ben, later)
    assert ("pack", "Pack an order") == (unread.name, unread.title)
    assert "“Pack it”: a new check, “Count the lines twice”." in [d.text for d in unread.differences]
    assert [] == changes_unread(desk.shop, desk.pia, later)
    acknowledge(desk.shop, desk.ben, unread.name, unread.sha, later)
    assert [] == changes_unread(desk.shop, desk.ben, later)


def test_what_is_unread_after_three_working_days_goes_to_the_owner_once(desk: Desk) -> None:
    approve_change(desk.shop, desk.propose("Count the lines", "Scan the lines"), desk.olga, NOW + timedelta(hours=1))
    assert 0 == remind_of_unread(desk.shop, NOW + timedelta(days=2))
    assert 1 == remind_of_unread(desk.shop, NOW + timedelta(days=4))
    assert 0 == remind_of_unread(desk.shop, NOW + timedelta(days=5))
    rows = desk.shop.db.execute("select role, title from tasks where kind = 'failed'").fetchall()
    assert [("operations-lead", "Ben has not read the change of “Pack an order”")] == [tuple(r) for r in rows]


def test_a_limit_a_message_and_a_role_are_told_in_sentences(tmp_path: Path) -> None:
    def told(name: str, old: str, new: str, text: str) -> list[str]:
        kind, _, file = name.partition("/")
        records = [parse_text(kind, file[:-3], t, name)[0] for t in (text, text.replace(old, new))]
        assert None not in records
        return [d.text for d in differences(*records, "EUR")]

    policy, message = OTHERS["policies/shipping.md"], OTHERS["messages/shipped.md"]
    assert ["The limit “answer days” is 5 days instead of 3 days."] == told(
        "policies/shipping.md", "3 days", "5 days", policy
    )
    assert any("instead of" in s for s in told("messages/shipped.md", "is on its way", "has left", message))
    assert isinstance(make_shop(tmp_path / "x", book()), Shop)


def test_what_a_founder_would_move_stands_in_a_policy_and_without_it_the_usual_holds(tmp_path: Path) -> None:
    shop, seven = make_team(tmp_path / "policies").shop, Span(Decimal(7), "days")
    held = span_or(shop, "policy.changes.read_within", seven, NOW)
    assert (Decimal(3), "days", True) == (held.amount, held.unit, held.working)
    assert Decimal(92) == span_or(shop, "policy.changes.lent_at_most", seven, NOW).amount
    assert Decimal(80) == number_or(shop, "policy.changes.covered_at_least", 1, NOW)
    assert seven == span_or(shop, "policy.changes.no_such", seven, NOW)
