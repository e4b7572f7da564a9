"""Another text, and another limit of a policy, over past cases: which would have gone another way, with money and
hours; what was not known is not guessed."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from shops import NOW, hire, make_shop, order
from work_playbook import book, procedure

from ecomos.improve import replay_policy, replay_text, replays_of
from ecomos.playbook import parse_text
from ecomos.playbook.records import Policy, Procedure
from ecomos.work import Shop, approve, finish, start, take
from ecomos.work.changing import proposal, propose, text_in_force

GIFT = """
## Say the amount

- **Record:** amount (money), wrapped (yes or no)

| If | Then |
|---|---|
| answers.amount > policy.gifts.above | [Ask the lead](#ask-the-lead) |
| otherwise | [Send it](#send-it) |

## Ask the lead

- **Approve:** refund of answers.amount; if refused [Send it](#send-it)

## Send it

- **End:** sent
"""
GIFTS = """---
owner: operations-lead
review every: 90 days
---

# Gifts

When a gift is asked for.

## Above

From which amount the lead is asked.

- **Value:** 50 in the store's currency
- **Why:** a gift above it is a refund
- **Basis:** own choice
- **Raise it when:** nothing is refused
- **Lower it when:** gifts eat the margin
"""


class House:
    """Fourteen gifts: of 10, 20, … 140, each for an order of 84.00; those above 50 were approved after an hour."""

    def __init__(self, path: Path, most: int = 14) -> None:
        files = {**book(gift=procedure(GIFT, "again: allowed\n", "Gift")), "policies/gifts.md": GIFTS}
        self.shop: Shop = make_shop(path / "shop", files)
        self.sue, self.olga = hire(self.shop, "Sue", "support-agent"), hire(self.shop, "Olga", "operations-lead")
        self.fred = hire(self.shop, "Fred", "founder")
        for n in range(1, most + 1):
            self._gift(n)

    def _gift(self, n: int) -> None:
        run, _ = start(self.shop, "gift", ("order", order(self.shop, f"#{1000 + n}")), NOW)
        task = self._open(run)
        take(self.shop, task, self.sue, NOW)
        finish(self.shop, task, self.sue, NOW, answers={"amount": f"{n * 10}.00", "wrapped": "yes"})
        if n * 10 > 50:
            by = self.olga if n * 10 <= 200 else self.fred
            task = self._open(run)
            if task:
                approve(self.shop, task, by, NOW + timedelta(hours=1), amount=Decimal(n * 10))

    def _open(self, run: int) -> int:
        row = self.shop.db.execute(
            "select id from tasks where run_id = ? and status in ('open', 'taken')", [run]
        ).fetchone()
        return int(row[0]) if row else 0

    def read(self, kind: str, name: str, old: str, new: str) -> Procedure | Policy:
        text = text_in_force(self.shop, kind, name, NOW)[0]
        assert old in text
        record = parse_text(kind, name, text.replace(old, new), "x")[0]
        assert isinstance(record, Procedure | Policy)
        return record


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("replay"))


def procedure_of(house: House, old: str = "## Say", new: str = "## Say") -> Procedure:
    found = house.read("procedures", "gift", old, new)
    assert isinstance(found, Procedure)
    return found


def test_the_text_in_force_sends_every_case_the_way_it_went(house: House) -> None:
    found = replay_text(house.shop, procedure_of(house), NOW)
    assert (14, 0, 0) == (found.cases, found.otherwise, found.cannot_tell)
    assert "Gift: none of 14 cases would have gone another way" == found.in_words


def test_another_condition_tells_which_cases_go_where_with_money_and_the_hours_of_approvals_saved(house: House) -> None:
    found = replay_text(house.shop, procedure_of(house, "policy.gifts.above", "80"), NOW)
    assert (3, 0) == (found.otherwise, found.cannot_tell)  # 60, 70, 80
    assert (("Say the amount", "Ask the lead", "Send it", 3),) == found.ways
    assert 3 * 8400 == found.orders_cents
    approvals = house.shop.db.execute(
        "select count(*) from approvals where by_engine = 0 and asked_cents in (6000, 7000, 8000)"
    ).fetchone()[0]
    assert timedelta(hours=approvals) == found.hours
    assert "3 of 14 cases another way (Say the amount: 3 to “Send it” instead of “Ask the lead”)" in found.in_words


def test_another_limit_in_a_policy_is_replayed_in_every_procedure_that_reads_it(house: House) -> None:
    policy = house.read("policies", "gifts", "**Value:** 50", "**Value:** 100")
    assert isinstance(policy, Policy)
    (found,) = replay_policy(house.shop, policy, "gifts", NOW)
    assert ("Gift", 5) == (found.title, found.otherwise)  # 60 to 100


def test_what_was_not_recorded_is_not_guessed(house: House) -> None:
    found = replay_text(house.shop, procedure_of(house, "answers.amount > policy.gifts.above", "order.total > 50"), NOW)
    assert (0, 14) == (found.otherwise, found.cannot_tell)
    assert "14 can't be told" in found.in_words


def test_an_answer_that_no_decision_read_before_is_known_all_the_same(house: House) -> None:
    found = replay_text(house.shop, procedure_of(house, "answers.amount > policy.gifts.above", "answers.wrapped"), NOW)
    assert (5, 0) == (found.otherwise, found.cannot_tell)  # those up to 50 would be asked about


def test_a_step_that_is_gone_makes_its_cases_untold(house: House) -> None:
    renamed = procedure_of(house)
    text = (
        text_in_force(house.shop, "procedures", "gift", NOW)[0]
        .replace("# Send it", "# Ship it")
        .replace("[Send it](#send-it)", "[Ship it](#ship-it)")
    )
    renamed = parse_text("procedures", "gift", text, "x")[0]
    assert isinstance(renamed, Procedure)
    found = replay_text(house.shop, renamed, NOW)
    assert 14 == found.otherwise + found.cannot_tell


def test_under_ten_cases_nothing_is_said(tmp_path: Path) -> None:
    found = replay_text(
        *(lambda h: (h.shop, procedure_of(h, "policy.gifts.above", "80"), NOW))(House(tmp_path, most=9))
    )
    assert "Gift: too few past cases to say (9, at least 10)" == found.in_words


def test_a_proposal_carries_its_replay(house: House) -> None:
    text, sha = text_in_force(house.shop, "procedures", "gift", NOW)
    number = propose(
        house.shop, "procedures", "gift", text.replace("policy.gifts.above", "90"), sha, "fewer waits", house.sue, NOW
    )
    said = replays_of(house.shop, proposal(house.shop, number, NOW), NOW)
    assert [True] == ["4 of 14 cases another way" in words for words in said]
