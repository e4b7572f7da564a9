"""What is late, not sure or too large shows its way up; the leads see everybody's late list; a shift tells the next."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from page_shop import Desk, Team, make_team
from shops import NOW

from ecomos.errors import Refused
from ecomos.pages.late import LatePage
from ecomos.pages.orders import OrderPage
from ecomos.pages.shift import ShiftForms
from ecomos.people import set_absence
from ecomos.store import parse_iso
from ecomos.work import not_sure, pass_time, take
from ecomos.work.escalation import climbs_of, late_under, went_up
from ecomos.work.handing import handovers_under, read_handover, unread_handovers, write_handover

HOUR = timedelta(hours=1)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path / "shop")


def said(deed: str, **answers: Any) -> dict[str, Any]:
    return {"deed": deed, "answers": answers, "asked": {}, "checks": [], "note": ""}


def risky(team: Team) -> tuple[int, int]:
    """An order whose risk support has to read: (order, its open task)."""
    key = team.order("#1001", procedure="review-a-risky-order", risk="High")
    task = team.rows("select id from tasks where status = 'open'")[0][0]
    return key, int(task)


def later(team: Team, days: int) -> None:
    team.at[0] = NOW + timedelta(days=days)
    pass_time(team.shop, team.at[0])


def way(team: Team, task: int) -> list[tuple[str, str]]:
    return [(c.deed, c.role) for c in climbs_of(team.shop, task, team.at[0])]


# ---- the way of a case


def test_a_task_that_is_in_time_knows_who_is_told_and_who_has_it_next(team: Team) -> None:
    key, task = risky(team)
    assert [
        ("opened", "support-agent"),
        ("now", "support-agent"),
        ("tell", "operations-lead"),
        ("hand to", "operations-lead"),
    ] == way(team, task)
    assert [] == went_up(team.shop, ("order", key), team.at[0])


def test_a_late_task_shows_when_it_moved_up_by_the_clock_and_that_the_ladder_has_ended(team: Team) -> None:
    key, task = risky(team)
    later(team, days=3)
    assert [
        ("opened", "support-agent"),
        ("told", "operations-lead"),
        ("moved", "operations-lead"),
        ("now", "operations-lead"),
    ] == way(team, task)
    assert [task] == went_up(team.shop, ("order", key), team.at[0])
    page = OrderPage(team.desk("Fiona").context(), key)
    words = [text for _, text in page.path.rows]
    assert "came to the support agent" == words[0]
    assert "late: moved up by the clock to the operations lead" == words[2]
    assert "on the list of Olga (operations lead)" == words[3].split(", ")[0]
    assert words[3].endswith("late")
    assert "the ladder ends here: it stays on this list, and on its leads' late list" == words[4]


def test_not_sure_shows_who_was_not_sure_of_what_and_whose_it_is_then(team: Team) -> None:
    key, task = risky(team)
    not_sure(team.shop, task, team.ids["Sue"], NOW, "two addresses, one card")
    page = OrderPage(team.desk("Olga").context(), key)
    assert "Sue was not sure: two addresses, one card; the support lead has it from there" in [
        r[1] for r in page.path.rows
    ]
    today = team.desk("Olga").today(task=str(task))
    assert ("How it went up", page.path.rows) == (today.path.title, today.path.rows)


def test_a_case_that_did_not_go_up_shows_no_way(team: Team) -> None:
    key, task = risky(team)
    assert ("", "none") == (
        OrderPage(team.desk("Olga").context(), key).path.title,
        team.desk("Sue").today(task=str(task)).path.layout.display,
    )


def test_who_is_absent_is_skipped_in_what_comes_next(team: Team) -> None:
    key, task = risky(team)
    set_absence(team.shop.db, team.ids["Olga"], date(2026, 11, 24), date(2026, 12, 24))
    not_sure(team.shop, task, team.ids["Sue"], NOW, "odd")
    page = OrderPage(team.desk("Fiona").context(), key)
    assert any(text.startswith("on the list of Fiona (support lead)") for _, text in page.path.rows)


# ---- everybody's late list


def test_a_lead_sees_the_late_of_all_below_and_a_colleague_only_their_own_roles(team: Team) -> None:
    risky(team)
    team.at[0] = NOW + timedelta(days=1)
    see = {n: [w.case for w in late_under(team.shop, team.ids[n], team.at[0])] for n in ("Fiona", "Olga", "Sue", "Pia")}
    assert {"Fiona": ["#1001"], "Olga": ["#1001"], "Sue": ["#1001"], "Pia": []} == see


def test_the_late_list_says_with_whom_how_late_and_where_it_goes_next(team: Team) -> None:
    _, task = risky(team)
    take(team.shop, task, team.ids["Sue"], NOW)
    due = team.rows("select due_at from tasks where id = ?", task)[0][0]
    team.at[0] = parse_iso(due) + timedelta(minutes=20)
    pass_time(team.shop, team.at[0])
    page = LatePage(team.desk("Olga").context())
    row = page.late.rows[0]
    assert ("#1001", "Sue", ["20 min late", "late"], "late") == (row["case"], row["who"], row["late"], row["how"])
    assert row["next"].startswith("moves to Olga (operations lead), in ")
    assert "?page=order&order=1001" == row["href"]
    assert "1 task late, 0 more that went up or wait for a decision." == page.head.message


def test_today_of_a_lead_links_to_the_list_and_that_of_others_does_not(team: Team) -> None:
    risky(team)
    later(team, days=1)
    links = {n: team.desk(n).today().news.link for n in ("Olga", "Pia")}
    assert {"Olga": "?page=late", "Pia": ""} == links


# ---- from shift to shift


def test_a_note_lists_the_open_work_by_itself_and_gives_back_what_was_in_hand(team: Team) -> None:
    _, task = risky(team)
    take(team.shop, task, team.ids["Sue"], NOW)
    write_handover(team.shop, team.ids["Sue"], "She calls back at four.", NOW + HOUR)
    note = unread_handovers(team.shop, team.ids["Sam"], NOW + HOUR)[0]
    assert ("She calls back at four.", ("support-agent",)) == (note.text, note.roles)
    assert ((task, "#1001: Read the signals, in hand"),) == note.work
    assert [("open", None)] == team.rows("select status, person_id from tasks where id = ?", task)
    assert 1 == team.rows("select count(*) from events where kind = 'shift.ended'")[0][0]


def test_it_waits_for_the_next_of_the_role_until_read_and_the_leads_see_who_read_it(team: Team) -> None:
    risky(team)
    number = write_handover(team.shop, team.ids["Sue"], "Watch #1001.", NOW)
    waits = {n: len(unread_handovers(team.shop, team.ids[n], NOW)) for n in ("Sue", "Sam", "Pia", "Olga")}
    assert {"Sue": 0, "Sam": 1, "Pia": 0, "Olga": 0} == waits
    read_handover(team.shop, number, team.ids["Sam"], NOW + HOUR)
    assert [] == unread_handovers(team.shop, team.ids["Sam"], NOW + HOUR)
    seen = {
        n: [h.read_by for h in handovers_under(team.shop, team.ids[n], NOW + HOUR)] for n in ("Olga", "Fiona", "Pia")
    }
    assert {"Olga": [team.ids["Sam"]], "Fiona": [team.ids["Sam"]], "Pia": []} == seen
    page = LatePage(team.desk("Olga").context())
    assert [("Sue (support agent)", "Watch #1001.", 1)] == [(r["who"], r["text"], r["open"]) for r in page.notes.rows]


def test_nobody_reads_a_note_of_another_role_or_their_own_or_twice(team: Team) -> None:
    number = write_handover(team.shop, team.ids["Sue"], "x", NOW)
    for name, words in (("Pia", "another role"), ("Sue", "your own"), ("Sam", ""), ("Sam", "Sam has read it")):
        if not words:
            read_handover(team.shop, number, team.ids[name], NOW)
            continue
        with pytest.raises(Refused, match=words):
            read_handover(team.shop, number, team.ids[name], NOW)


def test_there_is_nothing_to_hand_over_where_nothing_is_open_and_nothing_is_said(team: Team) -> None:
    with pytest.raises(Refused, match="Nothing is open"):
        write_handover(team.shop, team.ids["Pia"], "  ", NOW)


def test_on_today_the_form_is_opened_by_its_button_and_the_next_one_reads_the_note_there(team: Team) -> None:
    risky(team)
    sue, sam = ShiftForms(_desk(team, "Sue").context()), ShiftForms(_desk(team, "Sam").context())
    sue.refresh(NOW)
    sue.clicked(said("open"))
    assert [["open", "#1001: Read the signals"]] == sue.form.step["facts"]
    sue.clicked(said("write", text="Watch it.", back=True))
    assert "shift" == sue.form.step["key"]
    sam.refresh(NOW)
    assert ("Sue hands over", "Watch it.") == (sam.left.step["title"], sam.left.step["told"])
    sam.read(said("read"))
    assert {} == sam.left.step


def _desk(team: Team, name: str) -> Desk:
    return team.desk(name)
