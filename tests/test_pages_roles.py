"""The roles page: who holds a role and when they work, what was lent, who reports what to whom and whether that was
done."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from page_shop import Team, make_team
from shops import NOW

from ecomos.cli import main
from ecomos.errors import WrongUsage
from ecomos.improve.reporting import Reporting, heard_of, reporting_of
from ecomos.pages.team import TeamPage
from ecomos.people import hours_of, is_on_shift, read_days, read_hours, set_absence, set_hours, shift_words
from ecomos.playbook.jobs import job_of
from ecomos.store import iso, write
from ecomos.work import in_force, pass_time, settle
from ecomos.work.lending import lend
from ecomos.work.schedules import start_by_the_clock

NINE, FIVE = time(9), time(17)
MONDAY = datetime(2026, 11, 30, 10, 5, tzinfo=UTC)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path / "shop")


def said(deed: str, **answers: Any) -> dict[str, Any]:
    return {"deed": deed, "answers": answers, "asked": {}, "checks": [], "note": ""}


def facts(page: TeamPage, label: str) -> list[str]:
    return [r[1] for r in page.job.facts.rows if r[0] == label]


def reported(team: Team, role: str, what: str, now: datetime) -> Reporting:
    found = reporting_of(team.shop, in_force(team.shop, now), role, now)
    return next(r for r in found if r.what == what)


# ---- working hours


def test_hours_hold_from_a_day_and_the_other_weekdays_stay(team: Team) -> None:
    db, pia = team.shop.db, team.ids["Pia"]
    set_hours(db, pia, read_days("Mon-Fri"), read_hours("09:00-17:00"), date(2026, 11, 2))
    set_hours(db, pia, read_days("Fri, Sat"), read_hours("9:00-13:00"), date(2026, 11, 24))
    set_hours(db, pia, read_days("Mon"), read_hours("off"), date(2026, 12, 1))
    assert "Mon-Fri 09:00-17:00" == shift_words(hours_of(db, pia, date(2026, 11, 23)))
    assert "Mon-Thu 09:00-17:00, Fri-Sat 09:00-13:00" == shift_words(hours_of(db, pia, date(2026, 11, 24)))
    assert "Tue-Thu 09:00-17:00, Fri-Sat 09:00-13:00" == shift_words(hours_of(db, pia, date(2026, 12, 1)))


def test_who_is_on_shift_is_told_by_the_hours_and_unknown_without(team: Team) -> None:
    db, pia = team.shop.db, team.ids["Pia"]
    assert is_on_shift(db, pia, NOW) is None
    set_hours(db, pia, [1], (NINE, FIVE), NOW.date())
    assert (True, False, False) == (
        is_on_shift(db, pia, NOW),
        is_on_shift(db, pia, NOW.replace(hour=17)),
        is_on_shift(db, pia, NOW + timedelta(days=1)),
    )


@pytest.mark.parametrize(("days", "hours"), [("Mon-Someday", "09:00-17:00"), ("Mon", "9 to 5"), ("Mon", "17:00-09:00")])
def test_hours_that_are_none_are_refused_in_words(days: str, hours: str) -> None:
    with pytest.raises(WrongUsage, match=r"not understood|can't end"):
        (read_days(days), read_hours(hours))


def test_the_command_writes_hours_down_and_the_list_shows_them(team: Team, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--store", str(team.shop.home.path)]
    assert 0 == main(["person", "shift", "Pia", "--days", "Mon-Fri", "--hours", "08:00-16:00", *at])
    assert "Pia works Mon-Fri 08:00-16:00." in capsys.readouterr().out
    assert 2 == main(["person", "shift", "Pia", "--days", "Mon-Fri", *at])
    main(["person", "list", *at])
    assert "Mon-Fri 08:00-16:00" in capsys.readouterr().out


def test_a_lead_writes_hours_on_the_page_and_all_see_who_is_on_shift(team: Team) -> None:
    olga = TeamPage(team.desk("Olga").context(), {"role": "picker"})
    olga.work_hours(said("shift", who="Pia", days="Mon-Fri", hours="10:00-18:00"))
    row = next(r for r in olga.team.rows if r["name"] == "Pia")
    assert ("Mon-Fri 10:00-18:00", ["off shift", "plain"]) == (row["shift"], row["state"])
    assert ["Pia, off shift, Mon-Fri 10:00-18:00"] == facts(olga, "held by")
    olga.work_hours(said("shift", who="Pia", days="Mon-Fri", hours="all day"))
    assert "not understood" in olga.shift.step["error"]
    assert {} == TeamPage(team.desk("Ben").context(), {}).shift.step


# ---- the job


def test_a_job_shows_absences_who_acts_and_what_was_lent(team: Team) -> None:
    set_absence(team.shop.db, team.ids["Pia"], date(2026, 11, 24), date(2026, 11, 26))
    lend(team.shop, team.ids["Fiona"], team.ids["Sue"], "refund", 8000, NOW.date(), date(2026, 11, 30), "peak", NOW)
    picker = TeamPage(team.desk("Ben").context(), {"role": "picker"})
    assert ["Pia, Tue 24 Nov to Thu 26 Nov"] == facts(picker, "absent")
    assert ["Ben (picker) acts for it"] == facts(picker, "today")
    agent = TeamPage(team.desk("Ben").context(), {"role": "support-agent"})
    assert ["Sue: refund up to 80.00 EUR a case, until Mon 30 Nov"] == facts(agent, "lent")


def test_what_a_role_does_by_itself_and_approves_are_told_apart(team: Team) -> None:
    page = TeamPage(team.desk("Ben").context(), {"role": "support-lead"})
    hows = {r["how"] for r in page.job.duties.rows}
    assert {"performs", "approves"} <= hows


# ---- who reports what to whom, and whether that happened


def test_a_report_that_was_not_run_at_its_time_is_late_and_one_that_was_sent_says_to_how_many(team: Team) -> None:
    later = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    assert ("did not run at its time", "late") == _state(reported(team, "founder", "The day in figures", later))
    with write(team.shop.db):
        team.shop.db.execute(
            """insert into report_runs(report, slot, status, queued_at, ended_at, sent_to)
               values ('daily', ?1, 'done', ?1, '2026-11-25T07:00:20Z', '["a@x", "b@x"]')""",
            [iso(later.replace(hour=7, minute=0))],
        )
    row = reported(team, "operations-lead", "The day in figures", later)
    assert ("sent to 2", "fine") == _state(row)
    assert (("founder", "operations-lead"), "every day at 07:00", "2026-11-25T07:00:20Z") == (
        row.to,
        row.when,
        row.last_at,
    )


def test_the_weekly_review_is_due_open_late_done_or_was_missed(team: Team) -> None:
    review = "Weekly review"
    assert ("not due yet", "plain") == _state(reported(team, "operations-lead", review, NOW))
    assert ("did not start at its time", "late") == _state(
        reported(team, "founder", review, MONDAY + timedelta(hours=2))
    )
    start_by_the_clock(team.shop, MONDAY)
    row = reported(team, "founder", review, MONDAY)
    assert ("open", "soon") == _state(row)
    assert ("operations-lead", ("founder",), "every Mon at 10:00") == (row.by, row.to, row.when)
    assert ("open, and late", "late") == _state(reported(team, "founder", review, MONDAY + timedelta(days=2)))
    team.shop.db.execute(
        "update runs set status = 'done', ended_at = ? where procedure = 'weekly-review'", [iso(MONDAY)]
    )
    assert ("done", "fine") == _state(reported(team, "founder", review, MONDAY))


def test_who_is_told_of_what_is_late_sees_how_often_that_was(team: Team) -> None:
    team.order("#1001")
    settle(team.shop, NOW)
    late = NOW + timedelta(days=1)
    pass_time(team.shop, late)
    told = team.rows("select distinct note from task_notes where kind = 'told'")[0][0]
    book = in_force(team.shop, late)
    heard = [h for h in heard_of(team.shop, book, job_of(book, told), late) if h.times]
    assert [("Process an order", 1)] == [
        (h.told.procedure, h.times) for h in heard if "deadline" == h.told.how_soon[-8:]
    ][:1]
    desk = team.desk("Fiona")
    desk.at[0] = late
    page = TeamPage(desk.context(), {"role": told})
    first = page.job.told.rows[0]
    assert ("Process an order", 1, "Wed 25 Nov, 09:30") == (first["of"], first["times"], first["last"][0])


def _state(row: Reporting) -> tuple[str, str]:
    return row.state, row.kind
