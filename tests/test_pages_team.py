"""The pages for the team, oversight, and requests: what they show and do for whom."""

from pathlib import Path
from typing import Any

import pytest
from page_shop import Team, make_team

from ecomos.improve import replays_of
from ecomos.pages import doing
from ecomos.pages.forms import form_for
from ecomos.pages.oversight import Oversight
from ecomos.pages.playbook_change import ChangeFile
from ecomos.pages.requests import Requests
from ecomos.pages.team import TeamPage
from ecomos.work import in_force, queue_of
from ecomos.work.authority import limit_of_person
from ecomos.work.changing import proposal, propose, text_in_force


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path / "shop")


def said(deed: str, **answers: Any) -> dict[str, Any]:
    return {"deed": deed, "answers": answers, "asked": {}, "checks": [], "note": ""}


def test_a_role_is_read_as_it_is_compiled_with_its_holders_and_duties(team: Team) -> None:
    page = TeamPage(team.desk("Ben").context(), {"role": "picker"})
    assert "Picker" == page.job.facts.title
    assert ["Pia"] == [r["held"] for r in page.roles.rows if r["id"] == "picker"]
    assert "Pick the lines" in [r["what"] for r in page.job.duties.rows]
    own = TeamPage(team.desk("Ben").context(), {})
    assert "Packer" == own.job.facts.title


def test_only_a_lead_writes_absences_and_only_who_has_authority_lends(team: Team) -> None:
    ben, olga = (TeamPage(team.desk(n).context(), {}) for n in ("Ben", "Olga"))
    assert ({}, {}) == (ben.absence.step, ben.lending.step)
    assert ("absence", "lending") == (olga.absence.step["key"], olga.lending.step["key"])
    olga.away(said("away", who="Pia", first="2026-11-24", last="2026-11-25", reason="ill"))
    assert ["away"] == [r["state"][0] for r in olga.team.rows if r["name"] == "Pia"]
    olga.away(said("away", who="Pia", first="2026-11-25", last="2026-11-24"))
    assert "can't end" in olga.absence.step["error"]


def test_authority_is_lent_shown_and_taken_back_on_the_page(team: Team) -> None:
    page = TeamPage(team.desk("Fiona").context(), {})
    days = {"first": "2026-11-24", "last": "2026-11-30"}
    page.lend_or_take_back(said("lend", to="Olga", kind="refund", each="900", why="I am away", **days))
    assert ["refund up to 900.00 EUR a case"] == [r["what"] for r in page.lent.rows]
    assert 90000 == limit_of_person(team.shop, team.ids["Olga"], "refund", "EUR", team.at[0])
    page.lend_or_take_back(said("take-back") | {"asked": {"number": str(page.lent.rows[0]["number"])}})
    assert [] == page.lent.rows
    page.lend_or_take_back(said("lend", to="Olga", kind="refund", each="lots", why="x", **days))
    assert "no amount" in page.lending.step["error"]


def test_oversight_shows_the_score_with_its_coverage_and_takes_the_founders_answer(team: Team) -> None:
    page = Oversight(team.desk("Fiona").context())
    rows = {label: value for label, value, *_ in page.score.rows}
    assert "too little to say" in page.score.state["text"]
    assert "not answered yet" == rows["outside of here"]
    page.answered(said("answer", decisions="4"))
    assert "4 decisions in these weeks" == {r[0]: r[1] for r in page.score.rows}["outside of here"]
    assert {} == Oversight(team.desk("Olga").context()).answer.step


def test_a_request_is_written_down_by_anybody_and_says_who_has_it(team: Team) -> None:
    page = Requests(team.desk("Ben").context())
    page.clicked(said("ask", kind="idea", title="Sell socks", text="", order="", amount=""))
    assert [("R1", "idea", "Sell socks", "Ben")] == [
        (r["request"][0], r["kind"], r["title"], r["by"]) for r in page.table.rows
    ]
    page.clicked(said("ask", kind="defect", title="", text="", order="", amount=""))
    assert "Say in one line" in page.form.step["error"]
    assert 1 == len(page.table.rows)


def test_a_change_is_checked_while_it_is_typed_proposed_and_put_in_force_by_its_owner(team: Team) -> None:
    desk, now = team.desk("Ben"), team.at[0]
    page = ChangeFile(desk.context(), "procedures", "process-an-order", None, None)
    text = page.editor.text
    page.editor.heard({"check": text.replace("Shake the closed box", "Shake the box").replace("packer", "paker")}, [])
    assert any("paker" in words for _, words in page.editor.problems)
    page.editor.heard({"propose": text.replace("Shake the closed box", "Shake the box"), "why": "it is taped"}, [])
    assert "" == page.editor.error
    task = team.rows("select id from tasks where kind = 'change' and role = 'operations-lead'")[0][0]
    item = next(i for i in queue_of(team.shop, team.ids["Olga"], now) if i.task_id == task)
    form = form_for(team.shop, item, team.ids["Olga"], now)
    assert "Decide about a change of procedures/process-an-order" == item.title
    assert any("a new check, “Shake the box" in words for _, words in form["facts"])
    doing.carry_out(team.shop, task, team.ids["Olga"], said("change-approve") | {"answers": {"from": ""}}, now)
    packing = in_force(team.shop, now).procedures["process-an-order"].step("pack-the-parcel")
    assert any(c.text.startswith("Shake the box") for c in packing.checks)
    assert ["done"] == [r[0] for r in team.rows("select status from tasks where id = ?", task)]


def test_a_role_whose_limit_is_to_change_shows_what_it_would_have_done(team: Team) -> None:
    text, sha = text_in_force(team.shop, "roles", "support-agent", team.at[0])
    wider = text.replace("refund: 50 each", "refund: 80 each")
    number = propose(team.shop, "roles", "support-agent", wider, sha, "fewer waits", team.ids["Sue"], team.at[0])
    found = replays_of(team.shop, proposal(team.shop, number, team.at[0]), team.at[0])
    assert ["refund up to 80.00 EUR: too few past cases to say (0, at least 10)"] == found
