"""Many at once: eight processes at one list, two heartbeats together. Each thing is done once, and nobody is locked
out."""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from killing import Child, copy_home, shop_at
from mailserver import Mailbox, mail_server
from shops import NOW, hire, make_shop, order
from test_kill import arrived, beat, busy_shop, fates
from work_playbook import book, procedure

from bench.pair import measure
from bench.pair_steps import NOW as BUSY
from bench.pair_steps import BigStore, pair
from ecomos.errors import Refused
from ecomos.heartbeat import tick
from ecomos.store import events, examine, iso, write
from ecomos.store.file import BUSY_MS
from ecomos.work import finish, queue_of, start, timeline, told

PROCESSES, TASKS = 8, 2000
LOOK = """
## Look

- **Role:** packer
- **Record:** said (text)
- **End:** seen
"""

NUDGE = """
## Wait for it

- **Wait for:** order.paid, at most 9 days; remind the customer after 1 day with address-question; else [Call](#call)
- **Role:** support-agent
- **Record:** said (text)
- **End:** answered

## Call

- **Record:** said (text)
- **End:** called
"""


def work_through(path: Path, person: int, first: int) -> dict[str, float]:
    """Finish every open task, beginning at the nth: what became of it, and the longest that one took."""
    shop, found, longest = shop_at(path), Counter[str](), 0.0
    ids = [r[0] for r in shop.db.execute("select id from tasks where status = 'open' order by id")]
    for task in ids[first:] + ids[:first]:
        if shop.db.execute("select status from tasks where id = ?", [task]).fetchone()[0] == "done":
            continue
        started = perf_counter()
        try:
            finish(shop, task, person, NOW, answers={"said": f"by {person}"})
            found["done"] += 1
        except Refused:
            found["too late"] += 1
        except sqlite3.OperationalError as error:
            found[str(error)] += 1
        longest = max(longest, perf_counter() - started)
    return {**found, "longest": longest}


@pytest.mark.slow
def test_eight_processes_finish_two_thousand_tasks_and_lose_none(tmp_path: Path) -> None:
    """Two begin at the same task each, so that they race for every one."""
    shop = make_shop(tmp_path / "shop", book(look=procedure(LOOK)))
    people = [hire(shop, f"Packer{n}", "packer") for n in range(PROCESSES)]
    with write(shop.db):
        for n in range(TASKS):
            start(shop, "look", ("order", order(shop, f"#{n}")), NOW)
    shop.db.close()
    each = TASKS // (PROCESSES // 2)
    hands = [Child(work_through, tmp_path / "shop", who, n // 2 * each) for n, who in enumerate(people)]
    began = perf_counter()
    for child in hands:
        child.begin()
    found = [child.end() for child in hands]
    took, gave_all = perf_counter() - began, [gave for gave, _ in found if gave]
    longest = max(t.pop("longest") for t in gave_all)
    counts = sum((Counter(t) for t in gave_all), Counter[str]())
    print(f"{took:.1f} s; {dict(counts)}; the longest wait {longest:.2f} s")
    assert PROCESSES == len(gave_all)
    assert longest < BUSY_MS / 1000 / 2, "nobody waits for its turn until the others have gone home"
    assert TASKS == counts.pop("done")
    assert {"too late"} >= set(counts), "nobody saw “database is locked”"
    assert [("done", "seen", TASKS)] == rows(
        tmp_path / "shop", "select status, outcome, count(*) from runs group by 1, 2"
    )
    by = dict(rows(tmp_path / "shop", "select done_by, count(*) from tasks where status = 'done' group by 1"))
    assert by == {who: t["done"] for who, t in zip(people, gave_all, strict=True) if "done" in t}


def rows(path: Path, sql: str) -> list[tuple]:
    """What a query gives; the file and the chain are whole."""
    db = shop_at(path).db
    assert [] == examine(db)
    return [tuple(r) for r in db.execute(sql)]


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


STORY = (
    "select 'run', procedure, about_id, status, outcome, step, visit, count(*) from runs group by 1, 2, 3, 4, 5, 6, 7",
    "select 'task', kind, title, role, about_id, status, rung, count(*) from tasks group by 1, 2, 3, 4, 5, 6, 7",
    "select 'note', kind, note, count(*) from task_notes group by 1, 2, 3",
    "select 'event', kind, about_type, about_id, count(*) from events group by 1, 2, 3, 4",
    "select 'trigger', procedure, result, count(*) from triggers group by 1, 2, 3",
    "select 'import', path, status, rows_new, count(*) from imports group by 1, 2, 3, 4",
    "select 'mail', message, recipient, subject, status, attempts, count(*) from outbox group by 1, 2, 3, 4, 5, 6",
    "select 'deed', deed, about_id, status, count(*) from hand_deeds group by 1, 2, 3, 4",
    "select 'wait', event_kind, count(*) from waits group by 1, 2",
)


def story(path: Path) -> list[tuple]:
    """What happened, and how often, whatever the order."""
    return [row for sql in STORY for row in rows(path, sql)]


def test_two_heartbeats_at_once_do_each_thing_once(tmp_path: Path, box: Mailbox) -> None:
    origin = busy_shop(tmp_path / "shop", box, 6)
    (origin / "inbox" / "torn.csv").write_text('Name,Email,Financial Status\n#1,"half a li')
    os.utime(origin / "inbox" / "torn.csv", (0, 0))
    beat(copy_home(origin, tmp_path / "alone"))
    alone, mails = story(tmp_path / "alone"), len(arrived(box))
    assert mails > 10
    for number in range(6):
        home = copy_home(origin, tmp_path / f"both-{number}")
        both = [Child(beat, home), Child(beat, home)]
        for child in both:
            child.begin()
        assert all(child.end() for child in both)
        assert alone == story(home)
        there = arrived(box)
        assert (mails, {1}) == (len(there), set(there.values()))
        assert {"sent"} == set(fates(home).values())
        assert ["morning.csv"] == [p.name for p in (home / "inbox" / "read").iterdir()]
        assert ["torn.csv", "torn.csv.problems.txt"] == sorted(p.name for p in (home / "inbox" / "refused").iterdir())


def test_one_case_that_cannot_go_on_stops_no_other(tmp_path: Path) -> None:
    """A reminder to a customer without an e-mail, and behind it a task that is late."""
    shop = make_shop(tmp_path / "shop", book(ask_them=procedure(NUDGE)))
    hire(shop, "Sue", "support-agent")
    olga = hire(shop, "Olga", "operations-lead")
    for number in ("#1", "#2"):
        start(shop, "ask-them", ("order", order(shop, number, email=None)), NOW)
    with write(shop.db):
        shop.db.execute("update tasks set status = 'open', kind = 'step', due_at = opened_at where id = 2")
    next_day = NOW + timedelta(days=1, minutes=1)
    tick(shop, next_day)
    tick(shop, next_day)
    failed = [i for i in queue_of(shop, olga, next_day) if i.kind == "failed"]
    assert [("#1", "A reminder could not be written: address-question")] == [(i.subject, i.title) for i in failed]
    assert "There is no e-mail to write to" in failed[0].why
    assert ["Wait for it"] == [t["title"] for t in told(shop, olga, next_day)], "the late one was told"


def test_a_run_that_fails_on_an_event_stops_no_later_event(tmp_path: Path) -> None:
    """A run at a step that its procedure does not have (a restored file, a hand in the database)."""
    shop = make_shop(tmp_path / "shop", book(ask_them=procedure(NUDGE)))
    olga, first, second = hire(shop, "Olga", "operations-lead"), order(shop, "#1"), order(shop, "#2")
    start(shop, "ask-them", ("order", first), NOW)
    start(shop, "ask-them", ("order", second), NOW)
    with write(shop.db):
        shop.db.execute("update runs set step = 'nowhere' where id = 1")
        for key in (first, second):
            events.append(shop.db, "order.paid", ("order", key), actor="import:1", recorded_at=iso(NOW))
    tick(shop, NOW)
    tick(shop, NOW)
    failed = [i.title for i in queue_of(shop, olga, NOW) if i.kind == "failed"]
    assert ["“A procedure” could not take in: order.paid"] == failed
    assert [(1, "wait"), (2, "task")] == rows(shop.home.path, "select id, phase from runs order by id")


def test_an_inbox_that_fails_stops_no_other_part_of_the_heartbeat_and_is_told(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(ask_them=procedure(NUDGE)))
    start(shop, "ask-them", ("order", order(shop)), NOW)
    (shop.home.path / "inbox" / "torn.csv").write_text('Name,Email,Financial Status\n#1,"half a li')
    os.utime(shop.home.path / "inbox" / "torn.csv", (0, 0))
    (shop.home.path / "inbox" / "refused").write_text("in the way")
    for _ in range(2):
        with pytest.raises(FileExistsError):
            tick(shop, NOW + timedelta(days=1, minutes=1))
    assert [("address-question",)] == rows(shop.home.path, "select message from outbox")
    assert [("data.rejected", 1)] == rows(shop.home.path, "select kind, count(*) from events group by 1")


def test_a_commit_that_fails_leaves_nothing_open_for_the_next_write(tmp_path: Path) -> None:
    """A reference to a row that is not there, looked at when it is committed."""
    shop = make_shop(tmp_path / "shop", book())

    def point_at_nobody() -> None:
        with write(shop.db):
            shop.db.execute("pragma defer_foreign_keys = on")
            shop.db.execute("insert into person_roles(person_id, role, from_on) values (404, 'packer', '2026-01-01')")

    with pytest.raises(sqlite3.IntegrityError):
        point_at_nobody()
    hire(shop, "Ben", "packer")
    shop.db.close()
    assert [(1,)] == rows(shop.home.path, "select count(*) from person_roles")


# ------------------------------------------------------------------------------------------------ speed


def until_it_holds(measured: object, limit: float, again: int = 4) -> float:
    """The measure, taken again while it is above the limit: a busy machine gets another chance."""
    assert callable(measured)
    found = [float(measured())]
    while found[-1] > limit and len(found) <= again:
        found.append(float(measured()))
    return min(found)


@pytest.mark.alone
def test_a_step_finished_costs_at_most_two_bare_commits_and_three_milliseconds(tmp_path: Path) -> None:
    tries = 5
    costs = pair(tmp_path, rounds=40 * tries)

    def ratio() -> float:
        found = measure(replace(costs, rounds=40))
        print(f"ours {found.ours * 1000:.2f} ms, bare {found.bare * 1000:.2f} ms, ratio {found.ratio:.2f}")
        return found.ratio

    assert until_it_holds(ratio, costs.limit, tries - 1) <= costs.limit


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> BigStore:
    return BigStore(tmp_path_factory.mktemp("big"), 500)


def milliseconds(work: object, times: int = 9) -> float:
    assert callable(work)
    taken = []
    for _ in range(times):
        started = perf_counter()
        work()
        taken.append((perf_counter() - started) * 1000)
    print(f"median {median(taken):.1f} ms")
    return median(taken)


@pytest.mark.alone
def test_the_list_of_a_person_with_five_hundred_open_tasks_takes_less_than_50_ms(big: BigStore) -> None:
    assert 500 == len(queue_of(big.shop, big.packer, BUSY))
    assert until_it_holds(lambda: milliseconds(lambda: queue_of(big.shop, big.packer, BUSY)), 50) < 50


def test_a_list_with_a_wave_of_forty_takes_less_than_50_ms(big: BigStore) -> None:
    picker = 5
    with write(big.shop.db):
        for order_id in range(10_001, 10_041):
            start(big.shop, "process-an-order", ("order", order_id), BUSY)
    (wave,) = [i for i in queue_of(big.shop, picker, BUSY) if i.batch_id]
    assert (40, "40 orders, standard") == (wave.size, wave.subject)
    assert until_it_holds(lambda: milliseconds(lambda: queue_of(big.shop, picker, BUSY)), 50) < 50


def test_the_timeline_of_a_case_with_a_hundred_entries_takes_less_than_50_ms(big: BigStore) -> None:
    case = ("order", 12_000)
    runs = [start(big.shop, "process-an-order", case, BUSY)[0]]
    with write(big.shop.db) as db:
        for n in range(50):
            db.execute(
                """insert into tasks(run_id, kind, step, visit, title, role, about_type, about_id, opened_at, done_at,
                     done_by, status, answers)
                   values (?, 'step', 'pack-the-parcel', ?, 'Pack', 'packer', 'order', 12000, '2026-11-24T09:00:00Z',
                     '2026-11-24T09:00:00Z', 8, 'done', '{"packed": "everything", "weight": "1.25"}')""",
                [runs[0], n],
            )
            db.execute(
                """insert into decisions(run_id, step, visit, decided_at, row, target, used)
                   values (?, 'pack-the-parcel', ?, '2026-11-24T09:00:00Z', 'otherwise', 'ship-the-parcel', '{}')""",
                [runs[0], n],
            )
    assert len(timeline(big.shop, case)) > 100
    assert until_it_holds(lambda: milliseconds(lambda: timeline(big.shop, case)), 50) < 50
