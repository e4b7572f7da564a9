"""People: joining, roles from a day to a day, absence, passwords, leaving."""

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from zoneinfo import ZoneInfo

import pytest

from ecomos.errors import WrongUsage
from ecomos.people import (
    add_person,
    authenticate,
    end_shift,
    holders,
    is_away,
    leave,
    people,
    person,
    roles_of,
    session_stamp,
    set_absence,
    set_password,
    set_roles,
)
from ecomos.people.events import EVENTS
from ecomos.people.lending import keep_lending, take_back
from ecomos.store import events, open_file

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
WORD = "green-parcel-42"


@pytest.fixture
def db(tmp_path: Path) -> Connection:
    return open_file(tmp_path / "store.db", create=True)


@pytest.fixture
def ana(db: Connection) -> int:
    return add_person(db, "Ana Pires", "ana@shop.example", ["picker", "packer"], WORD, NOW)


def test_a_new_person_is_on_the_team_with_the_roles_and_an_event_tells_it(db: Connection, ana: int) -> None:
    assert [p.name for p in people(db, TODAY)] == ["Ana Pires"]
    assert roles_of(db, ana, TODAY) == ("packer", "picker")
    row = db.execute("select kind, about_type, about_id, actor, data from events").fetchone()
    assert tuple(row) == ("person.joined", "person", ana, "hand", '{"roles": ["packer", "picker"]}')
    assert events.verify(db) == []


def test_a_person_starts_on_the_day_of_the_store_and_not_of_greenwich(db: Connection) -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    number = add_person(db, "Bo", "bo@shop.example", [], WORD, late, ZoneInfo("Europe/Vienna"))
    assert person(db, number).started_on == date(2026, 11, 25)


def test_the_right_password_opens_and_a_wrong_one_or_an_unknown_name_does_not(db: Connection, ana: int) -> None:
    found = authenticate(db, " ANA@shop.example", WORD, TODAY)
    assert found is not None
    assert found.id == ana
    assert authenticate(db, "ana@shop.example", "green-parcel-43", TODAY) is None
    assert authenticate(db, "nobody@shop.example", WORD, TODAY) is None


@pytest.mark.alone
def test_an_unknown_name_takes_as_long_as_a_known_one(db: Connection, ana: int) -> None:
    def seconds(email: str) -> float:
        authenticate(db, email, "wrong-password", TODAY)
        begun = time.process_time()
        for _ in range(3):
            authenticate(db, email, "wrong-password", TODAY)
        return time.process_time() - begun

    known, unknown = seconds("ana@shop.example"), seconds("nobody@shop.example")
    assert 0.4 < unknown / known < 2.5


def test_a_weak_password_is_refused_in_words(db: Connection) -> None:
    with pytest.raises(WrongUsage, match="has 5 characters; it needs at least 10"):
        add_person(db, "Bo", "bo@shop.example", ["buyer"], "hallo", NOW)
    assert people(db, TODAY) == ()


@pytest.mark.parametrize(
    ("name", "email", "roles", "said"),
    [
        ("Ana Two", "Ana@Shop.example", ["picker"], "taken by another person"),
        (" ", "x@shop.example", ["picker"], "needs a name"),
        ("Bo", "bo at shop", ["picker"], "is no e-mail address"),
        ("Bo", "bo@shop.example", ["Support Lead"], "is no role's name"),
    ],
)
def test_a_person_who_cannot_be_is_refused_and_nothing_is_written(
    db: Connection, ana: int, name: str, email: str, roles: list[str], said: str
) -> None:
    with pytest.raises(WrongUsage, match=said):
        add_person(db, name, email, roles, WORD, NOW)
    assert [p.id for p in people(db, TODAY)] == [ana]
    assert db.execute("select count(*) from events").fetchone()[0] == 1


def test_a_new_password_changes_the_stamp_and_shuts_out_the_old_one(db: Connection, ana: int) -> None:
    before = session_stamp(db, ana)
    assert before == session_stamp(db, ana)
    set_password(db, ana, "a-new-password")
    assert session_stamp(db, ana) != before
    assert authenticate(db, "ana@shop.example", WORD, TODAY) is None


def test_who_leaves_cannot_log_in_from_that_day_on_and_holds_no_role(db: Connection, ana: int) -> None:
    before = session_stamp(db, ana)
    leave(db, ana, TODAY + timedelta(days=1), NOW)
    assert authenticate(db, "ana@shop.example", WORD, TODAY) is not None
    assert authenticate(db, "ana@shop.example", WORD, TODAY + timedelta(days=1)) is None
    assert session_stamp(db, ana) != before
    assert holders(db, "picker", TODAY) == (ana,)
    assert holders(db, "picker", TODAY + timedelta(days=1)) == ()
    assert roles_of(db, ana, TODAY + timedelta(days=1)) == ()
    leave(db, ana, TODAY, NOW)
    kinds = [row["kind"] for row in db.execute("select kind from events order by id")]
    assert kinds == ["person.joined", "person.left"]


def test_roles_change_from_a_day_on_and_the_past_stays(db: Connection, ana: int) -> None:
    in_a_week = TODAY + timedelta(days=7)
    set_roles(db, ana, ["packer", "support-agent"], in_a_week)
    assert roles_of(db, ana, TODAY) == ("packer", "picker")
    assert roles_of(db, ana, in_a_week - timedelta(days=1)) == ("packer", "picker")
    assert roles_of(db, ana, in_a_week) == ("packer", "support-agent")


def test_roles_set_twice_on_one_day_leave_only_the_last(db: Connection, ana: int) -> None:
    set_roles(db, ana, ["buyer"], TODAY)
    set_roles(db, ana, ["buyer", "picker"], TODAY)
    assert roles_of(db, ana, TODAY) == ("buyer", "picker")
    assert db.execute("select count(*) from person_roles").fetchone()[0] == 2


def test_holders_count_those_who_are_away_and_absence_is_asked_apart(db: Connection, ana: int) -> None:
    ben = add_person(db, "Ben", "ben@shop.example", ["picker"], WORD, NOW + timedelta(days=1))
    set_absence(db, ana, TODAY, TODAY + timedelta(days=2), "holiday")
    assert holders(db, "picker", TODAY + timedelta(days=1)) == (ana, ben)
    assert [is_away(db, ana, TODAY + timedelta(days=d)) for d in (-1, 0, 2, 3)] == [False, True, True, False]
    assert not is_away(db, ben, TODAY + timedelta(days=1))
    with pytest.raises(WrongUsage, match="can't end"):
        set_absence(db, ana, TODAY, TODAY - timedelta(days=1))


def test_every_event_of_the_room_is_declared(db: Connection, ana: int) -> None:
    ben = add_person(db, "Ben", "ben@shop.example", ["founder"], WORD, NOW)
    lent = keep_lending(db, ana, "refund", 10000, TODAY, TODAY, lent_by=ben, reason="holiday", now=NOW)
    take_back(db, lent, ben, NOW)
    end_shift(db, ana, 3, NOW, TODAY)
    leave(db, ana, TODAY, NOW)
    declared = {kind.kind: set(kind.fields) for kind in EVENTS}
    written = {
        row["kind"]: {n.removesuffix("_cents") for n in json.loads(row["data"])}
        for row in db.execute("select kind, data from events")
    }
    assert written == declared
