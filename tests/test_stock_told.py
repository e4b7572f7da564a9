"""Who else must know: what the table Escalate names is on that role's list, once, and leaves it; another tool's numbers
stand beside ours with the reason."""

from datetime import timedelta
from pathlib import Path

import pytest
from page_shop import Team, make_team
from planned_things import plan_row, thing
from shops import NOW

from ecomos.pages.beside import BesidePage
from ecomos.stock.beside import beside
from ecomos.stock.low import low_now
from ecomos.stock.moves import Move, book
from ecomos.store import write
from ecomos.upkeep import tell_escalated


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path / "shop")


def tasks(team: Team) -> list[tuple[str, str, str]]:
    return team.rows(  # type: ignore[return-value]
        "select role, title, status from tasks where kind = 'failed' and title like 'Look at%' order by id"
    )


def test_what_is_escalated_is_on_that_roles_list_once_and_leaves_it(team: Team) -> None:
    mug = thing(team.shop.db, "MUG-B")
    plan_row(team.shop.db, mug, escalate_to="operations-lead")
    title = "Look at 1 thing in stock that the buyer should not decide alone"
    assert tell_escalated(team.shop, NOW) == 1
    assert tell_escalated(team.shop, NOW + timedelta(minutes=1)) == 1
    assert tell_escalated(team.shop, NOW + timedelta(days=1)) == 1
    assert tasks(team) == [("operations-lead", title, "open")]
    plan_row(team.shop.db, mug)
    assert tell_escalated(team.shop, NOW + timedelta(days=1, minutes=1)) == 0
    assert tasks(team) == [("operations-lead", title, "done")]


def suggested(team: Team, sku: str, point: int | None, quantity: int | None = None, **plan: object) -> None:
    key = thing(team.shop.db, sku)
    plan_row(team.shop.db, key, **plan)
    with write(team.shop.db):
        team.shop.db.execute(
            "insert into outside_suggestions(variant_id, tool, reorder_point, quantity) values (?, 'Stocky', ?, ?)",
            [key, point, quantity],
        )


def test_another_tools_numbers_stand_beside_ours_with_the_reason(team: Team) -> None:
    """0.75 a day over 15 days are 11.3 pieces; ours is 20."""
    suggested(team, "HIGH", 50, days_out=0)
    suggested(team, "LOW", 10, days_out=9)
    suggested(team, "NEAR", 15, days_out=0)
    suggested(team, "SAME", 20)
    suggested(team, "STILL", 5, demand_a_day=0.0, reorder_point=0)
    suggested(team, "NONE", None, 12)
    assert {b.sku: b.says for b in beside(team.shop.db)} == {
        "HIGH": "Theirs is 30 higher and lasts 40 days longer: 11.2 sell in the 15 days that goods take (measured), "
        "and 20 serve 95% of what is asked for.",
        "LOW": "Theirs runs out before goods come: 11.2 sell in the 15 days that goods take (measured). 9 days without "
        "stock are left out here, which a plain average counts as no demand.",
        "NEAR": "Theirs leaves 3.8 for safety, ours 8.8: 11.2 sell in the 15 days that goods take (measured).",
        "SAME": "Both the same: 11.2 sell in the 15 days that goods take (measured), the rest is for safety.",
        "STILL": "Nothing was sold lately, so ours asks for none.",
        "NONE": "Stocky names no reorder point; ours is 20.",
    }
    assert next(b.sku for b in beside(team.shop.db)) == "HIGH"


def test_the_page_says_how_many_lie_higher_and_lower(team: Team) -> None:
    page = BesidePage(team.desk("Olga").context())
    assert (page.head.message, page.table.rows) == ("", [])
    suggested(team, "HIGH", 50)
    suggested(team, "LOW", 10)
    page.refresh()
    assert page.head.message == "Theirs is higher for 1 of 2 things, lower for 1."
    assert [(r["sku"], r["theirs"], r["ours"], r["days"][0]) for r in page.table.rows] == [
        ("HIGH", 50, 20, "67 days"),
        ("LOW", 10, 20, "13 days"),
    ]


def test_a_planned_thing_is_low_at_its_reorder_point_and_another_at_the_limit(team: Team) -> None:
    """The limit of the policy is 4 pieces; the mug's plan says 9."""
    db = team.shop.db
    keys = {sku: thing(db, sku) for sku in ("MUG", "CAP", "TEE", "SOX")}
    plan_row(db, keys["MUG"], reorder_point=9)
    plan_row(db, keys["TEE"], reorder_point=2)
    plan_row(db, keys["SOX"], reorder_point=0, demand_a_day=0.0)
    with write(db):
        book(
            db,
            [
                Move(keys[sku], 1, n, "adjust", "2026-11-24T08:00:00Z", "person:1")
                for sku, n in (("MUG", 9), ("CAP", 5), ("TEE", 3), ("SOX", 4))
            ],
            "2026-11-24T08:00:00Z",
        )
    assert [(one.name, one.left) for one in low_now(db, NOW)] == [("SOX Sox", "4 left"), ("MUG Mug", "9 left")]
