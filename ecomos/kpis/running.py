"""Running a card's SQL: on a connection that can't write, with tables of secrets denied, and a limit of time and rows.
Staff write this SQL."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ecomos.errors import EcomosError

__all__ = ["COLUMNS", "CardError", "read_only", "run_card"]

COLUMNS = ("day_on", "channel_id", "ref_type", "ref_id", "numerator", "denominator")
"""What a card's SQL yields: one row a fact."""

DENIED_TABLES = frozenset({"settings"})
DENIED_COLUMNS = frozenset({("people", "password_hash")})
ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
DENIED_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit"})
LONGEST_SECONDS = 20.0
MOST_ROWS = 5_000_000


class CardError(EcomosError):
    """A card's SQL that can't be run: the message names the card and what SQLite says."""


def _authorise(action: int, first: str | None, second: str | None, *_: Any) -> int:
    if action not in ALLOWED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ and (first in DENIED_TABLES or (first, second) in DENIED_COLUMNS):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and second in DENIED_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@contextmanager
def read_only(db: sqlite3.Connection, seconds: float = LONGEST_SECONDS) -> Iterator[sqlite3.Connection]:
    """The same store on a connection that only reads, denies secrets, and gives up after `seconds`."""
    path = next(row["file"] for row in db.execute("pragma database_list") if row["name"] == "main")
    other = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    other.row_factory = sqlite3.Row
    until = time.monotonic() + seconds
    other.set_progress_handler(lambda: int(time.monotonic() > until), 20_000)
    other.set_authorizer(_authorise)
    try:
        yield other
    finally:
        other.close()


def run_card(
    db: sqlite3.Connection, name: str, sql: str, outer: str = "select * from card", values: Sequence[Any] = ()
) -> list[sqlite3.Row]:
    """Run `outer` over the card's rows, named `card`. Raises CardError."""
    with read_only(db) as other:
        try:
            rows = other.execute(f"with card as ({sql.rstrip().rstrip(';')}\n) {outer}", list(values)).fetchmany(
                MOST_ROWS
            )
        except sqlite3.Error as error:
            words = "it took longer than 20 s" if "interrupted" in str(error) else str(error)
            raise CardError(f"kpis/{name}.md: its SQL can't be run: {words}.") from error
    return rows
