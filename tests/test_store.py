"""The store file: strict, written immediately, chained, backed up and brought back, refused when it is newer."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from ecomos.errors import StoreError
from ecomos.store import back_up, events, examine, iso, open_file, parse_iso, restore, write
from ecomos.store.file import SCHEMA_VERSION
from ecomos.store.migrate import migrations, statements

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    return open_file(tmp_path / "store.db", create=True)


def happen(db: sqlite3.Connection, count: int = 3) -> None:
    with write(db):
        for n in range(count):
            events.append(db, "order.placed", ("order", n), actor="import:1", recorded_at=iso(NOW))


def test_a_missing_file_is_never_made_by_accident(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store file"):
        open_file(tmp_path / "store.db")


def test_the_file_is_wal_with_foreign_keys_and_full_synchronous(db: sqlite3.Connection) -> None:
    asked = ("journal_mode", "foreign_keys", "synchronous")
    assert ["wal", 1, 2] == [db.execute(f"pragma {name}").fetchone()[0] for name in asked]


def test_every_table_is_strict(db: sqlite3.Connection) -> None:
    loose = [r["name"] for r in db.execute("pragma table_list") if r["type"] == "table" and not r["strict"]]
    assert {"sqlite_schema", "sqlite_sequence", "sqlite_temp_schema", "_sqlite_migrations"} >= set(loose)


def test_a_wrong_type_is_refused(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError), write(db):
        db.execute("insert into order_releases(order_id, reason, released_at) values ('many', 'x', 'y')")


def test_a_failed_write_leaves_nothing(db: sqlite3.Connection) -> None:
    def half_done() -> None:
        with write(db):
            events.append(db, "order.placed", ("order", 1), actor="import:1", recorded_at=iso(NOW))
            raise KeyError

    with pytest.raises(KeyError):
        half_done()
    assert 0 == db.execute("select count(*) from events").fetchone()[0]
    happen(db)
    assert [] == examine(db)


def test_two_that_write_at_once_wait_for_each_other(tmp_path: Path) -> None:
    open_file(tmp_path / "store.db", create=True)
    code = (
        "import sys; from pathlib import Path; from ecomos.store import open_file, write, events\n"
        "db = open_file(Path(sys.argv[1]))\n"
        "for n in range(100):\n"
        "    with write(db): events.append(db, 'order.placed', ('order', n), actor='import:1', recorded_at='x')\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "store.db")]) for _ in range(4)]
    assert [0, 0, 0, 0] == [p.wait(60) for p in started]
    db = open_file(tmp_path / "store.db")
    assert 400 == db.execute("select count(*) from events").fetchone()[0]
    assert [] == examine(db)


def test_a_migration_runs_once_however_many_open_a_new_file(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ecomos.store import open_file\n"
        "open_file(Path(sys.argv[1]), create=True)"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "store.db")]) for _ in range(3)]
    assert [0, 0, 0] == [p.wait(60) for p in started]


def file_of_version_1(path: Path) -> sqlite3.Connection:
    """A store as the first release wrote it."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("pragma journal_mode = wal")
    migrations.apply(sqlite_utils.Database(db), stop_before="m002_stock_marketing_and_looks")
    assert 1 == db.execute("pragma user_version").fetchone()[0]
    return db


def test_an_older_file_is_brought_up_to_date_with_nothing_lost_and_a_copy_kept(tmp_path: Path) -> None:
    old = file_of_version_1(tmp_path / "store.db")
    old.execute("insert into people(name, email, password_hash, started_on) values ('Ana', 'a@b.c', 'x', '2026-11-01')")
    old.close()
    db = open_file(tmp_path / "store.db")
    assert SCHEMA_VERSION == db.execute("pragma user_version").fetchone()[0]
    assert ["Ana"] == [r["name"] for r in db.execute("select name from people")]
    assert 0 == db.execute("select count(*) from stock_levels").fetchone()[0]
    (copy,) = (tmp_path / "backups").glob("before-migration-from-1-*.db")
    assert 1 == sqlite3.connect(copy).execute("select count(*) from people").fetchone()[0]


def test_an_older_file_brought_up_to_date_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    file_of_version_1(tmp_path / "old.db").close()
    wanted = "select type, name, sql from sqlite_schema where name not like '%\\_%migrations' escape '\\' order by 1, 2"
    of_old = [tuple(r) for r in open_file(tmp_path / "old.db").execute(wanted)]
    of_new = [tuple(r) for r in open_file(tmp_path / "new.db", create=True).execute(wanted)]
    assert of_new == of_old


def test_a_newer_file_is_refused_in_words_and_not_touched(tmp_path: Path, db: sqlite3.Connection) -> None:
    db.execute("pragma user_version = 99")
    with pytest.raises(StoreError, match=r"written by a newer ecomos \(file 99, this program \d+\)"):
        open_file(tmp_path / "store.db")


def test_what_is_no_store_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("Name,Email\n" * 100)
    with pytest.raises(StoreError, match="is not a store file"):
        open_file(tmp_path / "store.db")


def test_events_are_append_only(db: sqlite3.Connection) -> None:
    happen(db)
    for sql in ("delete from events where id = 2", "update events set kind = 'x' where id = 2"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), write(db):
            db.execute(sql)


def _without_guard(db: sqlite3.Connection, sql: str) -> None:
    for name in ("events_are_kept", "events_stay"):
        db.execute(f"drop trigger {name}")
    db.execute(sql)


def test_a_changed_event_shows(db: sqlite3.Connection) -> None:
    happen(db)
    _without_guard(db, "update events set actor = 'person:1' where id = 2")
    assert ["events:2: was changed after it was written"] == [str(p) for p in examine(db)]


def test_a_missing_event_shows_in_the_middle_and_at_the_end(db: sqlite3.Connection) -> None:
    happen(db, 5)
    _without_guard(db, "delete from events where id in (2, 5)")
    assert ["events:3: rows 2 to 2 are missing", "events:5: rows 5 to 5 are missing at the end"] == [
        str(p) for p in examine(db)
    ]


def test_an_event_outside_a_transaction_is_refused(db: sqlite3.Connection) -> None:
    with pytest.raises(RuntimeError, match="inside write"):
        events.append(db, "order.placed", ("order", 1), actor="import:1", recorded_at=iso(NOW))


def test_a_backup_is_whole_while_others_write_and_never_overwrites(tmp_path: Path, db: sqlite3.Connection) -> None:
    happen(db)
    made = back_up(db, tmp_path, NOW)
    assert tmp_path / "backups" / "store-20261124T090000Z.db" == made
    happen(db)
    with pytest.raises(StoreError, match="already there"):
        back_up(db, tmp_path, NOW)
    assert 3 == sqlite3.connect(made).execute("select count(*) from events").fetchone()[0]


def test_what_was_there_is_kept_when_a_backup_is_restored(tmp_path: Path, db: sqlite3.Connection) -> None:
    happen(db)
    made = back_up(db, tmp_path, NOW)
    happen(db)
    kept = restore(tmp_path, made, NOW)
    assert kept is not None
    assert 3 == db.execute("select count(*) from events").fetchone()[0], "an open connection sees it at once"
    assert 6 == sqlite3.connect(kept).execute("select count(*) from events").fetchone()[0]


def test_a_damaged_backup_is_refused_and_nothing_is_changed(tmp_path: Path, db: sqlite3.Connection) -> None:
    happen(db, 400)
    made = back_up(db, tmp_path, NOW)
    data = bytearray(made.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = b"\xff" * 3000
    made.write_bytes(data)
    with pytest.raises(StoreError, match=r"damaged|not a store file"):
        restore(tmp_path, made, NOW)
    assert 400 == db.execute("select count(*) from events").fetchone()[0]


def test_a_damaged_store_is_found_by_the_doctor_and_a_backup_brings_it_back(
    tmp_path: Path, db: sqlite3.Connection
) -> None:
    happen(db, 400)
    made = back_up(db, tmp_path, NOW)
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    path = tmp_path / "store.db"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = b"\x00" * (len(data) - len(data) // 2)
    path.write_bytes(data)
    raw = sqlite3.connect(path)
    raw.row_factory = sqlite3.Row
    assert [] != examine(raw)
    raw.close()
    restore(tmp_path, made, NOW)
    assert [] == examine(open_file(path))


def test_a_script_is_split_into_its_statements() -> None:
    sql = "-- a note;\ncreate table a (b text) strict;\ncreate trigger t before delete on a\nbegin select 1; end;\n"
    assert 2 == len(list(statements(sql)))
    with pytest.raises(ValueError, match="without its semicolon"):
        list(statements("select 1"))


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_is_read_as_it_was_written(at: datetime) -> None:
    assert parse_iso(iso(at)) == at.replace(microsecond=0)
