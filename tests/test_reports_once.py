"""When a report is due and that each time happens once: both changes of the clocks, missed times, two heartbeats, a
runner that died, and one that comes back too late."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from report_shop import imported, notebook, report_file, report_shop
from shops import NOW

from ecomos.errors import Problem
from ecomos.heartbeat import tick
from ecomos.playbook import parse_text
from ecomos.playbook.document import Findings
from ecomos.playbook.timetable import cron_of, due_slots
from ecomos.reports import ledger
from ecomos.reports.carrying import carry_out, plan, run_due
from ecomos.reports.slots import sort_out
from ecomos.store import iso
from ecomos.work import Shop

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = report_shop(tmp_path / "shop")
    yield made
    made.db.close()


def states(shop: Shop) -> list[tuple[str, str, int]]:
    return [tuple(r) for r in shop.db.execute("select slot, status, attempts from report_runs order by slot")]


# ---- the file


@pytest.mark.parametrize(
    ("when", "cron"),
    [
        ("every day at 07:00", "0 7 * * *"),
        ("every Mon-Fri at 07:30", "30 7 * * 1,2,3,4,5"),
        ("every Mon, Thu at 07:00", "0 7 * * 1,4"),
        ("every Sat-Mon at 18:05", "5 18 * * 0,1,6"),
        ("every Sun at 00:00", "0 0 * * 0"),
        ("every month on 1 at 08:00", "0 8 1 * *"),
    ],
)
def test_words_become_a_schedule(when: str, cron: str) -> None:
    found = Findings("reports/x.md")
    assert (cron, []) == (cron_of(when, 3, found), found.problems)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("at seven", "is no time that comes again, as in “every day at 07:00”"),
        ("every day at 25:00", "is no time that comes again"),
        ("every Mon-Fry at 07:00", "no weekday named “Fry” (did you mean “Fri”?)"),
        ("every month on 31 at 08:00", "not every month has a day 31"),
    ],
)
def test_a_time_that_is_none_is_a_problem_with_its_line(when: str, said: str) -> None:
    _, problems = parse_text("reports", "figures", report_file(when=when), "reports/figures.md")
    assert [("reports/figures.md", 2)] == [(p.source, p.line) for p in problems]
    assert said in problems[0].message


def test_everything_wrong_with_a_report_is_told_at_once() -> None:
    text = report_file(when="", to="", catch_up="all", fresh="soon", owner="founder")
    _, problems = parse_text("reports", "figures", text, "reports/figures.md")
    assert [
        Problem("reports/figures.md", 1, "“to” is missing: the roles that get it"),
        Problem(
            "reports/figures.md",
            1,
            "“when” is missing: as in “every day at 07:00”, “every Mon-Fri at 07:00” or “every month on 1 at 08:00”",
        ),
        Problem(
            "reports/figures.md",
            3,
            "“soon” is no length of time, as in “2 working hours”, “14 days”, “30 minutes” "
            "or “policy.returns.window_days”",
        ),
        Problem("reports/figures.md", 4, "“catch up” is one of latest, each, none, not “all”"),
    ] == problems


# ---- times


def test_a_daily_time_comes_once_on_both_days_on_which_the_clocks_change() -> None:
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)] == due_slots(
        "30 2 * * *", VIENNA, autumn, autumn + timedelta(days=1)
    )
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert 1 == len(due_slots("30 2 * * *", VIENNA, spring, spring + timedelta(days=1)))
    week = due_slots("0 7 * * *", VIENNA, autumn - timedelta(days=1), autumn + timedelta(days=2))
    assert [(24, 5), (25, 6), (26, 6)] == [(at.day, at.hour) for at in week]


def test_an_instant_is_due_from_its_own_second_on_and_not_again() -> None:
    seven = datetime(2026, 11, 24, 7, tzinfo=UTC)
    before = seven - timedelta(hours=1)
    assert [] == due_slots("0 7 * * *", ZoneInfo("UTC"), before, seven - timedelta(seconds=1))
    assert [seven] == due_slots("0 7 * * *", ZoneInfo("UTC"), before, seven)
    assert [] == due_slots("0 7 * * *", ZoneInfo("UTC"), seven, seven + timedelta(hours=1))


def test_missed_times_are_caught_up_as_the_file_says() -> None:
    slots = [datetime(2026, 11, d, 7, tzinfo=UTC) for d in (21, 22, 23)]
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert ([slots[2]], slots[:2]) == sort_out(slots, "latest", now)
    assert (slots, []) == sort_out(slots, "each", now)
    assert ([], slots) == sort_out(slots, "none", now)
    assert ([slots[2]], slots[:2]) == sort_out(slots, "none", now - timedelta(hours=1, minutes=30))


# ---- once


def test_a_missed_time_is_caught_up_once_and_the_older_ones_are_left_out(shop: Shop) -> None:
    notebook(shop, "daily", "1")
    later = NOW + timedelta(days=2)
    imported(shop, later - timedelta(hours=1))
    assert 1 == tick(shop, later).reports
    assert 0 == tick(shop, later + timedelta(minutes=1)).reports
    assert [
        ("2026-11-24T07:00:00Z", "skipped", 0),
        ("2026-11-25T07:00:00Z", "skipped", 0),
        ("2026-11-26T07:00:00Z", "done", 1),
    ] == states(shop)
    row = shop.db.execute("select day_on from report_runs where status = 'done'").fetchone()
    assert "2026-11-25" == row[0], "the day before its time"


BEAT = """
import sys
from datetime import datetime
from pathlib import Path
from ecomos.reports.carrying import run_due
from ecomos.store import open_file, read_home
from ecomos.work import Shop
home = read_home(Path(sys.argv[1]))
print(run_due(Shop(home, open_file(home.db_path)), datetime.fromisoformat(sys.argv[2])))
"""


def test_two_heartbeats_at_once_run_and_send_it_once(shop: Shop) -> None:
    notebook(shop, "daily", "open('ran', 'a').write('x')")
    words = [sys.executable, "-c", BEAT, str(shop.home.path), NOW.isoformat()]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert ["0", "1"] == sorted(p.communicate(timeout=120)[0].strip() for p in both)
    assert [("2026-11-24T07:00:00Z", "done", 1)] == states(shop)
    assert 1 == len(list((shop.home.path / "reports" / "figures").glob("*/ran")))
    assert 2 == shop.db.execute("select count(*) from outbox").fetchone()[0], "one for each of its people"


def test_a_runner_that_died_is_taken_over_when_its_lease_is_over(shop: Shop) -> None:
    notebook(shop, "daily", "1")
    plan(shop, NOW)
    dead = ledger.claim(shop.db, NOW)
    assert dead is not None
    assert 0 == run_due(shop, NOW + timedelta(minutes=2))
    assert 1 == run_due(shop, NOW + ledger.LEASE)
    assert [("2026-11-24T07:00:00Z", "done", 2)] == states(shop)
    before = shop.db.execute("select count(*) from outbox").fetchone()[0]
    assert "lost" == carry_out(shop, dead, NOW), "the one that comes back too late changes nothing"
    assert before == shop.db.execute("select count(*) from outbox").fetchone()[0]


def test_after_three_tries_that_said_nothing_a_person_has_it(shop: Shop) -> None:
    plan(shop, NOW)
    at = NOW
    for _ in range(ledger.MOST_ATTEMPTS):
        assert ledger.claim(shop.db, at) is not None
        at += ledger.LEASE
    assert 1 == run_due(shop, at)
    assert [("2026-11-24T07:00:00Z", "failed", 4)] == states(shop)
    assert 1 == shop.db.execute("select count(*) from tasks where kind = 'failed'").fetchone()[0]


def test_a_process_that_breaks_down_is_tried_again_a_while_later(shop: Shop) -> None:
    notebook(shop, "daily", "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")
    run_due(shop, NOW)
    assert [("2026-11-24T07:00:00Z", "due", 1)] == states(shop)
    assert 0 == run_due(shop, NOW + timedelta(minutes=1))
    notebook(shop, "daily", "1")
    assert 1 == run_due(shop, NOW + timedelta(minutes=6))
    assert [("2026-11-24T07:00:00Z", "done", 2)] == states(shop)


def test_a_store_that_was_never_loaded_has_nothing_to_tell(shop: Shop) -> None:
    shop.db.execute("delete from imports")
    run_due(shop, NOW)
    assert [("2026-11-24T07:00:00Z", "skipped", 1)] == states(shop)
    assert 0 == shop.db.execute("select count(*) from tasks").fetchone()[0]
    assert iso(NOW) == shop.db.execute("select ended_at from report_runs").fetchone()[0]
