"""Living with the playbook: what people say about its steps, its versions compared and put back, the store set up on
its page, and a new file begun there."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from page_shop import Team, make_team
from shops import NOW

from ecomos.errors import Refused
from ecomos.pages.feedback import FeedbackOnSteps
from ecomos.pages.playbook import PlaybookPage, build
from ecomos.pages.playbook_change import ChangeFile
from ecomos.pages.playbook_versions import Versions
from ecomos.pages.setup import SetUp
from ecomos.work import in_force
from ecomos.work.changing import approve_change, propose, text_in_force
from ecomos.work.feedback import answer_feedback, feedback_on, give_feedback
from ecomos.work.past_versions import compared, history, put_back

NAME = "parcel-late"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path / "shop")


def told(deed: str, **answers: Any) -> dict[str, Any]:
    return {"deed": deed, "answers": answers, "checks": [], "note": "", "asked": {}}


def changed(team: Team, old: str, new: str, hours: int) -> str:
    """The founder changes the text so many hours later; gives the sha that held before."""
    at = NOW + timedelta(hours=hours)
    text, sha = text_in_force(team.shop, "procedures", NAME, at)
    number = propose(team.shop, "procedures", NAME, text.replace(old, new), sha, "tried it", team.ids["Fiona"], at)
    approve_change(team.shop, number, team.ids["Fiona"], at)
    return sha


def test_anyone_says_something_about_a_step_and_it_stays_until_the_owner_has_answered(team: Team) -> None:
    step = in_force(team.shop, NOW).procedures[NAME].steps[0].slug
    number = give_feedback(team.shop, "procedures", NAME, step, "The carrier's page is slow", team.ids["Ben"], NOW)
    (found,) = feedback_on(team.shop, "procedures", NAME)
    assert (step, "The carrier's page is slow", "Ben", "") == (found.step, found.text, found.by, found.answer)
    task = team.rows("select title, role, status from tasks where kind = 'failed'")
    assert [(True, "support-lead", "open")] == [("Parcel late" in t, role, status) for t, role, status in task]
    with pytest.raises(Refused, match="support lead to answer"):
        answer_feedback(team.shop, number, "mine", team.ids["Ben"], NOW)
    answer_feedback(team.shop, number, "Ring them instead", team.ids["Olga"], NOW + timedelta(hours=1))
    assert ["Ring them instead"] == [f.answer for f in feedback_on(team.shop, "procedures", NAME)]
    assert [("done",)] == team.rows("select status from tasks where kind = 'failed'")


def test_nothing_said_and_a_step_that_is_not_there_are_refused(team: Team) -> None:
    for step, text in (("", "  "), ("no-such-step", "x")):
        with pytest.raises(Refused):
            give_feedback(team.shop, "procedures", NAME, step, text, team.ids["Ben"], NOW)


def test_the_page_asks_everybody_and_shows_the_answer_form_to_the_owner_only(team: Team) -> None:
    procedure = in_force(team.shop, NOW).procedures[NAME]
    page = FeedbackOnSteps(team.desk("Pia").context(), procedure)
    page.say(told("say", step=procedure.steps[0].title, text="Who is asked first?"))
    assert "not answered yet" in str(page.said.rows)
    assert {} == page.answers.step
    olga = FeedbackOnSteps(team.desk("Olga").context(), procedure)
    assert "Who is asked first?" == olga.answers.step["told"]
    olga.answer(told("answer", answer="The carrier"))
    assert "Olga: The carrier" in str(olga.said.rows)
    assert {} == olga.answers.step


def test_a_version_put_back_is_a_change_like_any_other_and_both_times_stay_known(team: Team) -> None:
    first = changed(team, "review every: 90 days", "review every: 60 days", 1)
    at = NOW + timedelta(hours=2)
    said = [
        d.text
        for d in compared(team.shop, "procedures", NAME, text_in_force(team.shop, "procedures", NAME, at)[1], first)
    ]
    assert said
    number = put_back(team.shop, "procedures", NAME, first, "sixty was too often", team.ids["Ben"], at)
    assert text_in_force(team.shop, "procedures", NAME, at)[1] != first
    approve_change(team.shop, number, team.ids["Fiona"], at)
    assert first == text_in_force(team.shop, "procedures", NAME, at)[1]
    held = history(team.shop, "procedures", NAME)
    assert [first, first] == [held[0].sha, held[2].sha]
    assert ["tried it", f"Put back version {first[:7]}: sixty was too often"] == [held[1].why, held[0].why]
    assert [held[n].from_at for n in (0, 1)] == [held[n].until_at for n in (1, 2)]
    assert "review every: 90 days" in (team.shop.home.playbook / "procedures" / f"{NAME}.md").read_text()


def test_the_page_compares_a_version_with_the_one_in_force_in_sentences_and_line_by_line(team: Team) -> None:
    first = changed(team, "performer: support-agent", "performer: support-lead", 1)
    team.at[0] = NOW + timedelta(hours=2)
    page = Versions(team.desk("Ben").context(), "procedures", NAME, first)
    assert 2 == len(page.table.rows)
    assert "<del>-performer: support-lead</del>" in page.text.html
    assert "support agent" in page.text.html or "support-agent" in page.text.html
    page.put_back(told("back", why=""))
    assert "Write why" in page.form.step["error"]
    page.put_back(told("back", why="too much for one"))
    assert [("open",)] == team.rows("select status from proposals where status = 'open'")


def test_the_founder_sets_limits_and_switches_the_next_stage_on_from_the_page(team: Team) -> None:
    desk = team.desk("Fiona")
    page = SetUp(desk.context())
    team.at[0] = NOW + timedelta(hours=1)
    page.set_limits(told("set", refund="75", cutoff="16:00", window="30", dispatch="1", purchase="2000"))
    assert "In force: When does the carrier come? 16:00; Up to which amount" in desk.toasts[-1]
    page.set_limits(told("set", window="3"))
    assert "below 14" in page.limits.step["error"]
    assert "Every stage is on" == page.stage.step["title"]


def test_a_new_file_opens_in_the_editor_with_a_good_text_and_is_written_when_it_is_in_force(team: Team) -> None:
    desk = team.desk("Fiona")
    page = SetUp(desk.context())
    page.open_new(told("new", kind="procedure", name="gift-wrapping"))
    assert [("playbook", {"kind": "procedures", "name": "gift-wrapping", "edit": "1"})] == desk.gone
    build(desk.context(), desk.gone[0][1])
    editor = ChangeFile(desk.context(), "procedures", "gift-wrapping", None, None)
    assert "# Gift wrapping" in editor.editor.text
    editor.check(editor.editor.text)
    assert [] == editor.editor.problems
    editor.propose(editor.editor.text, "we wrap gifts now")
    number = team.rows("select id from proposals where name = 'gift-wrapping'")[0][0]
    file = team.shop.home.playbook / "procedures" / "gift-wrapping.md"
    assert not file.exists()
    approve_change(team.shop, number, team.ids["Fiona"], NOW)
    assert file.is_file()


def test_a_new_files_name_that_is_taken_or_none_is_refused(team: Team) -> None:
    page = SetUp(team.desk("Fiona").context())
    for name, said in (("shipping", "there already"), ("Gift wrapping!", "as in gift-wrapping")):
        page.open_new(told("new", kind="policy", name=name))
        assert said in page.new.step["error"]


def test_a_procedures_figures_say_which_row_of_its_tables_led_on_and_how_often(team: Team) -> None:
    team.order("#1001", risk="High")
    team.order("#1002", risk="High")
    page = PlaybookPage(team.desk("Olga").context(), {"kind": "procedures", "name": "process-an-order"})
    rows = [r for part in parts_of(page.read) for r in getattr(part, "rows", []) if isinstance(r, list | tuple)]
    led = [r[1] for r in rows if r[0] == "Look at the order led on"]
    assert ['(order.risk ?? "low") in ["medium", "high"] and not order.released: 2'] == led


def parts_of(widget: Any) -> list[Any]:
    return [widget, *(p for child in getattr(widget, "children", ()) for p in parts_of(child))]
