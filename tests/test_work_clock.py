"""What the clock starts, what a review's time brings, and what a colleague's request starts."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from shops import NOW, hire, make_shop, order
from work_playbook import book, procedure

from ecomos.errors import WrongUsage
from ecomos.people.requests import make_request
from ecomos.store import events, iso, open_file, write
from ecomos.work import Shop, announce_reviews, finish, settle, start_by_the_clock
from ecomos.work.facts import day_facts, person_facts, procedure_facts

LOOK = """
## Look at the shelf

- **Record:** seen (text)
- **End:** looked at
"""
MORNING = procedure(LOOK, "about: day\nstarts: every Mon-Fri at 10:00\n", "Look each morning")
TEN = NOW.replace(hour=10, minute=0)


def rows(shop: Shop, sql: str, *values: object) -> list[tuple]:
    return [tuple(r) for r in shop.db.execute(sql, values)]


def shop_with(path: Path, **procedures: str) -> Shop:
    return make_shop(path / "shop", book(**procedures))


def days_begun(shop: Shop) -> list[str]:
    return [r[0] for r in rows(shop, "select about_id from runs order by id")]


def test_a_procedure_starts_at_its_hour_once_and_says_for_which_day(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, look=MORNING)
    assert 0 == start_by_the_clock(shop, TEN - timedelta(minutes=1))
    assert 1 == start_by_the_clock(shop, TEN)
    assert 0 == start_by_the_clock(shop, TEN + timedelta(hours=5))
    assert ["2026-11-24"] == days_begun(shop)
    assert [("day.began", "clock", "started")] == rows(
        shop, "select e.kind, e.actor, t.result from events e join triggers t on t.event_id = e.id"
    )


def test_hours_missed_over_days_are_caught_up_once_with_the_newest(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, look=MORNING)
    start_by_the_clock(shop, TEN + timedelta(days=3, hours=2))
    assert ["2026-11-27"] == days_begun(shop)


def test_weekends_are_no_weekdays_and_a_holiday_is_left_out(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, look=MORNING)
    file = shop.home.path / "ecomos.toml"
    file.write_text(file.read_text() + '\nholidays = ["2026-11-25"]\n') if "holidays" not in file.read_text() else None
    for n in range(7):
        start_by_the_clock(shop, TEN + timedelta(days=n))
    closed = {d.isoformat() for d in shop.home.holidays}
    assert [d for d in ("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30") if d not in closed] == (
        days_begun(shop)
    )


def test_an_hour_before_the_adoption_starts_nothing(tmp_path: Path) -> None:
    early = procedure(LOOK, "about: day\nstarts: every month on 1 at 08:00\n", "Look each month")
    shop = shop_with(tmp_path, look=early)
    assert 0 == start_by_the_clock(shop, NOW)
    assert 1 == start_by_the_clock(shop, datetime(2026, 12, 1, 8, tzinfo=UTC))


def test_a_condition_may_leave_the_day_out(tmp_path: Path) -> None:
    only = procedure(LOOK, "about: day\nstarts: every day at 10:00 where day.orders_to_send > 0\n", "Look at cut-off")
    ship = procedure("## Send it\n\n- **Role:** packer\n- **Record:** x (text)\n- **End:** sent\n", "", "Send it")
    shop = shop_with(tmp_path, look=only, send=ship)
    start_by_the_clock(shop, TEN)
    assert [] == days_begun(shop)
    from ecomos.work import start

    start(shop, "send", ("order", order(shop)), NOW)
    start_by_the_clock(shop, TEN + timedelta(days=1))
    assert "2026-11-25" == days_begun(shop)[-1]
    assert ["no match", "started"] == [r[0] for r in rows(shop, "select result from triggers order by event_id")]


def test_two_heartbeats_at_once_start_it_once(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, look=MORNING)

    def beat() -> None:
        start_by_the_clock(Shop(shop.home, open_file(shop.home.db_path)), TEN)

    beats = [Thread(target=beat) for _ in range(4)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()
    assert ["2026-11-24"] == days_begun(shop)


REVIEW = procedure(LOOK, "about: procedure\nstarts: procedure.review_due\n", "Review a procedure")


def test_a_review_is_due_once_until_it_was_done_and_then_again(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, look=MORNING, review=REVIEW)
    ana = hire(shop, "Ana", "operations-lead", "picker", "packer", "founder")
    assert 0 == announce_reviews(shop, NOW + timedelta(days=89))
    due = NOW + timedelta(days=90)
    assert 2 == announce_reviews(shop, due)
    assert 0 == announce_reviews(shop, due + timedelta(days=5))
    settle(shop, due)
    assert {("procedure", "look"), ("procedure", "review")} == set(rows(shop, "select about_type, about_id from runs"))
    for (task,) in rows(shop, "select id from tasks where status = 'open'"):
        finish(shop, task, ana, due + timedelta(days=6), answers={"seen": "still right"})
    assert 0 == announce_reviews(shop, due + timedelta(days=90))
    assert 2 == announce_reviews(shop, due + timedelta(days=97))


DEFECT = procedure(LOOK, 'about: request\nstarts: request.made where event.kind == "defect"\n', "Log a defect")


def test_a_request_starts_the_procedure_of_its_kind_and_no_other(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, defect=DEFECT, look=MORNING)
    ana = hire(shop, "Ana", "packer")
    number = make_request(shop.db, "defect", "Tape does not hold", "on cold days", NOW, person_id=ana)
    make_request(shop.db, "idea", "Sell socks", "", NOW, person_id=ana)
    settle(shop, NOW)
    assert [("defect", "request", number)] == rows(shop, "select procedure, about_type, about_id from runs")
    with pytest.raises(WrongUsage, match=r"No kind of request named “defct” .did you mean “defect”"):
        make_request(shop.db, "defct", "x", "", NOW, person_id=ana)
    with pytest.raises(WrongUsage, match="Say in one line"):
        make_request(shop.db, "defect", "  ", "", NOW, person_id=ana)


def test_the_facts_of_a_day_a_person_and_a_procedure(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, look=MORNING)
    ana = hire(shop, "Ana", "packer")
    order(shop)
    start_by_the_clock(shop, TEN)
    day = day_facts(shop.db, "2026-11-23", "EUR")
    assert ("Mon", 11, 1, 0) == (day.weekday, day.month, day.orders_placed, day.parcels_sent)
    assert (("packer",), False) == (
        person_facts(shop.db, ana, date(2026, 11, 24)).roles,
        person_facts(shop.db, ana, date(2026, 11, 24)).is_away,
    )
    assert (1, 1, 0) == (
        (of := procedure_facts(shop.db, "look", date(2026, 11, 24))).runs,
        of.open_runs,
        of.days_since_change,
    )
    with pytest.raises(LookupError):
        day_facts(shop.db, "yesterday", "EUR")
    assert isinstance(shop.db, sqlite3.Connection)


def test_an_order_that_the_platform_shows_as_sent_counts_on_the_stores_own_day(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, look=MORNING)
    key = order(shop)
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already Tuesday in Vienna
    with write(shop.db):
        about, at = ("order", key), iso(late)
        events.append(
            shop.db, "order.fulfilled_elsewhere", about, actor="import:1", recorded_at=at, happened_at=at, data={}
        )
    vienna = ZoneInfo("Europe/Vienna")
    assert 1 == day_facts(shop.db, "2026-11-24", "EUR", vienna).orders_sent_elsewhere
    assert 0 == day_facts(shop.db, "2026-11-23", "EUR", vienna).orders_sent_elsewhere
    assert 1 == day_facts(shop.db, "2026-11-23", "EUR").orders_sent_elsewhere
