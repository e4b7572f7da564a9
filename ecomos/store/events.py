"""The event log: append-only and chained. Each row's hash covers its own values and the row before it, so that a
changed, missing or reordered row shows. Events carry ids, never names or addresses."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from ecomos.errors import Problem

__all__ = ["append", "verify"]

_HASHED = "id, happened_at, recorded_at, actor, kind, about_type, about_id, data, run_id, cause_event_id, depth"


def append(
    db: sqlite3.Connection,
    kind: str,
    about: tuple[str, int | str],
    *,
    actor: str,
    recorded_at: str,
    happened_at: str | None = None,
    data: Mapping[str, Any] | None = None,
    run_id: int | None = None,
    cause_event_id: int | None = None,
) -> int:
    """Write one event inside the caller's transaction and give its id.

    `about` is (type, row id); `actor` is `person:3`, `import:5`, `run:12` or `clock`; `data` holds plain values.
    An event caused by another is one deeper than it, so that a chain of events can be stopped.
    """
    if not db.in_transaction:
        raise RuntimeError("an event is written inside write(), together with what it tells")
    last = db.execute("select id, hash from events order by id desc limit 1").fetchone()
    depth = 0
    if cause_event_id is not None:
        depth = db.execute("select depth from events where id = ?", [cause_event_id]).fetchone()[0] + 1
    number = (last["id"] if last else 0) + 1
    row: list[Any] = [
        number,
        happened_at or recorded_at,
        recorded_at,
        actor,
        kind,
        about[0],
        about[1],
        json.dumps(data or {}, sort_keys=True, ensure_ascii=False),
        run_id,
        cause_event_id,
        depth,
    ]
    prev = last["hash"] if last else ""
    db.execute(
        f"insert into events({_HASHED}, prev_hash, hash) values ({', '.join('?' * 13)})",
        [*row, prev, _hash(prev, row)],
    )
    return number


def _hash(prev: str, row: list[Any]) -> str:
    text = json.dumps([prev, *row], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(db: sqlite3.Connection) -> list[Problem]:
    """Every place where the chain does not hold: a changed row, a gap, a missing end."""
    found, prev, expected = [], "", 1
    for row in db.execute(f"select {_HASHED}, prev_hash, hash from events order by id"):
        values = list(row)
        if row["id"] != expected:
            found.append(Problem("events", row["id"], f"rows {expected} to {row['id'] - 1} are missing"))
        elif row["prev_hash"] != prev:
            found.append(Problem("events", row["id"], "does not follow from the row before it"))
        if row["hash"] != _hash(row["prev_hash"], values[:-2]):
            found.append(Problem("events", row["id"], "was changed after it was written"))
        prev, expected = row["hash"], row["id"] + 1
    written = db.execute("select seq from sqlite_sequence where name = 'events'").fetchone()
    if written and written[0] >= expected:
        found.append(Problem("events", expected, f"rows {expected} to {written[0]} are missing at the end"))
    return found
