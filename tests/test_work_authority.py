"""Authority of every kind, with the limits that the starter playbook ships: decided alone up to the limit, by somebody
above beyond it, never on one's own draft, and not by parts."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from shops import NOW, hire, make_shop, order, write_playbook
from work_playbook import procedure

from ecomos.errors import Refused
from ecomos.work import Shop, adopt_playbook, approve, finish, in_force, start, take

KINDS = {
    "refund": ("support-agent", "support-lead"),
    "discount": ("marketer", "operations-lead"),
    "purchase": ("buyer", "operations-lead"),
    "write-off": ("buyer", "operations-lead"),
    "publish": ("marketer", "founder"),
    "price-change": ("buyer", "operations-lead"),
    "credit": ("bookkeeper", "operations-lead"),
    "hire": ("operations-lead", "founder"),
}
"""(who drafts it, the first role above whose limit is higher)."""
ROLES = (
    "founder", "operations-lead", "support-lead", "support-agent", "buyer", "marketer", "bookkeeper", "picker",
)  # fmt: skip


def probe(kind: str, role: str) -> str:
    return procedure(
        f"""
        ## Say the amount

        - **Role:** {role}
        - **Record:** amount (money)

        ## Decide

        - **Approve:** {kind} of answers.amount; if refused [Leave it](#leave-it)
        - **End:** decided

        ## Leave it

        - **End:** left
        """,
        "again: allowed\nkpis: orders-waiting\n",
        f"Ask for a {kind}",
    )


@dataclass
class House:
    """The starter's shop with one person a role and one procedure a kind of authority."""

    shop: Shop
    ids: dict[str, int]
    number: int = 1000

    def limit(self, kind: str) -> Decimal:
        """Up to which the drafter's role decides alone; 0 without any authority of the kind."""
        held = in_force(self.shop, NOW).roles[KINDS[kind][0]].authority.get(kind)
        return held.each if held and held.each is not None else Decimal(0)

    def case(self) -> int:
        self.number += 1
        return order(self.shop, f"#{self.number}", total=1_000_000)

    def ask(self, kind: str, amount: Decimal, case: int) -> tuple[str, int]:
        """The drafter asks for it; gives (who decides: a role or `engine`, the task or 0)."""
        run, _ = start(self.shop, f"ask-{kind}", ("order", case), NOW)
        task = self._open(run)
        drafter = self.ids[KINDS[kind][0]]
        take(self.shop, task[0], drafter, NOW)
        finish(self.shop, task[0], drafter, NOW, answers={"amount": str(amount)})
        waits = self._open(run)
        return (waits[1], waits[0]) if waits else ("engine", 0)

    def _open(self, run: int) -> Any:
        return self.shop.db.execute(
            "select id, role from tasks where run_id = ? and status in ('open', 'taken')", [run]
        ).fetchone()

    def status(self, task: int) -> str:
        return str(self.shop.db.execute("select status from approvals where task_id = ?", [task]).fetchone()[0])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    shop = make_shop(tmp_path_factory.mktemp("authority") / "shop")
    write_playbook(shop.home.playbook, {f"procedures/ask-{k}.md": probe(k, role) for k, (role, _) in KINDS.items()})
    adopted, problems = adopt_playbook(shop, NOW - timedelta(hours=1), "test")
    assert ([], len(KINDS)) == (problems, len(adopted))
    return House(shop, {role: hire(shop, role.capitalize(), role) for role in ROLES})


@pytest.mark.parametrize("kind", KINDS)
def test_up_to_the_limit_it_is_decided_alone_and_a_cent_more_goes_to_the_first_above_who_may(
    house: House, kind: str
) -> None:
    limit = house.limit(kind)
    if limit:
        assert ("engine", 0) == house.ask(kind, limit, house.case())
    role, task = house.ask(kind, limit + Decimal("0.01"), house.case())
    assert KINDS[kind][1] == role
    assert "open" == house.status(task)


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_decides_on_their_own_draft_nor_beyond_their_limit_nor_without_the_authority(
    house: House, kind: str
) -> None:
    drafter, above = KINDS[kind]
    amount = house.limit(kind) + 1
    _, task = house.ask(kind, amount, house.case())
    for role in (drafter, "picker"):
        with pytest.raises(Refused):
            approve(house.shop, task, house.ids[role], NOW, amount=amount)
    approve(house.shop, task, house.ids[above], NOW, amount=amount)
    assert "approved" == house.status(task)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "hire"])
def test_what_is_split_into_parts_is_judged_by_its_sum(house: House, kind: str) -> None:
    half = house.limit(kind) / 2
    case = house.case()
    assert "engine" == house.ask(kind, half, case)[0]
    assert "engine" == house.ask(kind, half, case)[0]
    assert KINDS[kind][1] == house.ask(kind, Decimal("0.01"), case)[0]


def test_every_kind_that_the_engine_knows_is_tried_here(house: House) -> None:
    held = {kind for role in in_force(house.shop, NOW).roles.values() for kind in role.authority}
    assert held - set(KINDS) == {"release", "cancel"}  # tried in test_work_waits.py and the starter's own tests
