"""The ledger of report runs: each time that a report is due happens once, whoever looks. A run is claimed with a lease;
what it caused is written in the transaction that ends it, by whoever holds the latest attempt."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ecomos.store import iso, write

__all__ = [
    "LEASE",
    "MOST_ATTEMPTS",
    "TIME_OUT_SECONDS",
    "add_by_hand",
    "add_slots",
    "claim",
    "end",
    "put_off",
    "run_row",
    "runs_list",
]

TIME_OUT_SECONDS = 120.0
LEASE = timedelta(seconds=TIME_OUT_SECONDS + 60)
"""Longer than a run may take: who still holds a lease that is over has died."""
MOST_ATTEMPTS = 3
AGAIN_AFTER = timedelta(minutes=5)


def add_slots(
    db: sqlite3.Connection, report: str, runs: Iterable[datetime], skipped: Iterable[datetime], now: datetime
) -> None:
    """Write down the times that are due, and those that are left out; known ones stay as they are."""
    rows: list[tuple[str | None, ...]] = [(report, iso(at), "due", iso(now), iso(now)) for at in runs]
    rows += [(report, iso(at), "skipped", None, iso(now)) for at in skipped]
    if rows:
        with write(db):
            db.executemany(
                """insert into report_runs(report, slot, status, next_at, queued_at) values (?, ?, ?, ?, ?)
                   on conflict(report, slot) do nothing""",
                rows,
            )


def add_by_hand(
    db: sqlite3.Connection, report: str, now: datetime, *, day_on: str | None, given: Mapping[str, str], who: int | None
) -> int:
    """Write down a run that somebody asked for; gives its id."""
    with write(db):
        number = db.execute("select count(*) from report_runs where report = ? and by_hand", [report]).fetchone()[0]
        row = db.execute(
            """insert into report_runs(report, slot, by_hand, asked_by, day_on, given, status, next_at, queued_at)
               values (?, ?, 1, ?, ?, ?, 'due', ?, ?)""",
            [report, f"{iso(now)} by hand {number + 1}", who, day_on, json.dumps(dict(given)), iso(now), iso(now)],
        )
    return int(row.lastrowid or 0)


def claim(db: sqlite3.Connection, now: datetime, run_id: int | None = None) -> sqlite3.Row | None:
    """The next run that is due, or whose runner died, now ours until its lease is over; None where there is none."""
    with write(db):
        row = db.execute(
            """select id from report_runs
               where (?2 is null or id = ?2)
                 and (status = 'due' and next_at <= ?1 or status = 'running' and lease_until <= ?1)
               order by by_hand desc, id limit 1""",
            [iso(now), run_id],
        ).fetchone()
        if row is None:
            return None
        db.execute(
            """update report_runs set status = 'running', attempts = attempts + 1, lease_until = ?,
                 started_at = ?, next_at = null where id = ?""",
            [iso(now + LEASE), iso(now), row["id"]],
        )
    return run_row(db, row["id"])


def runs_list(db: sqlite3.Connection, most: int = 500) -> list[sqlite3.Row]:
    """The runs of every report, the newest first."""
    return db.execute("select * from report_runs order by id desc limit ?", [most]).fetchall()


def run_row(db: sqlite3.Connection, run_id: int) -> sqlite3.Row:
    """One run. Raises LookupError where there is none."""
    row: sqlite3.Row | None = db.execute("select * from report_runs where id = ?", [run_id]).fetchone()
    if row is None:
        raise LookupError(f"There is no report run {run_id}.")
    return row


def end(db: sqlite3.Connection, run: sqlite3.Row, status: str, now: datetime, **values: Any) -> bool:
    """Write how a run ended, in the caller's transaction; False where another attempt has taken it over meanwhile."""
    kept = {"folder": None, "error": None, "sent_to": "[]", **values}
    return (
        db.execute(
            """update report_runs set status = ?, ended_at = ?, lease_until = null, folder = coalesce(?, folder),
                 error = ?, sent_to = ? where id = ? and attempts = ? and status = 'running'""",
            [status, iso(now), kept["folder"], kept["error"], kept["sent_to"], run["id"], run["attempts"]],
        ).rowcount
        == 1
    )


def put_off(db: sqlite3.Connection, run: sqlite3.Row, why: str, folder: str, now: datetime) -> bool:
    """Try it again later, as a further attempt; False where another has taken it over meanwhile."""
    with write(db):
        found = db.execute(
            """update report_runs set status = 'due', lease_until = null, next_at = ?, error = ?, folder = ?
               where id = ? and attempts = ? and status = 'running'""",
            [iso(now + AGAIN_AFTER), why, folder, run["id"], run["attempts"]],
        )
    return found.rowcount == 1
