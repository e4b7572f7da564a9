"""What every check of the audit reads: the days looked at, the playbook in force, who held which role; and how a
finding says which line of the playbook was broken."""

import difflib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from ecomos.improve.acts import Held, between
from ecomos.playbook.records import Procedure, Step
from ecomos.store import parse_iso
from ecomos.work import Shop, case_name, in_force, procedure_version
from ecomos.work.authority import role_above
from ecomos.work.versions import current_sha

__all__ = ["Finding", "Look", "Where"]

Where = tuple[str, int]
"""A file of the playbook and the line in it, as it reads now."""


@dataclass(frozen=True)
class Finding:
    """One thing that should not be."""

    kind: str
    at: str
    """When it happened, UTC."""
    about: tuple[str, Any]
    case: str
    """As people call it."""
    text: str
    source: str
    """The playbook's file that it breaks."""
    line: int
    run_id: int | None = None

    @property
    def key(self) -> str:
        """The same finding in two nights has the same key."""
        return f"{self.kind}|{self.about[0]}:{self.about[1]}|{self.run_id or ''}|{self.at}"


class Look:
    """The store's days `first` to `last`, read once."""

    def __init__(self, shop: Shop, first: date, last: date, now: datetime) -> None:
        self.shop, self.now, self.first, self.last = shop, now, first, last
        self.span = between(shop, first, last)
        self.book = in_force(shop, now)
        self.held = Held(shop, self.book)
        self.line_now = cache(self._line_now)

    def rows(self, sql: str, **values: Any) -> list[sqlite3.Row]:
        """The rows of a query with the span's two instants as :since and :until."""
        values |= {"since": self.span[0], "until": self.span[1]}
        return self.shop.db.execute(sql, values).fetchall()

    def procedure(self, row: sqlite3.Row) -> Procedure:
        """As the row's run began with it."""
        return self.procedure_of(row["procedure"], row["version_sha"])

    def procedure_of(self, stem: str, sha: str) -> Procedure:
        """One version of a procedure."""
        return procedure_version(self.shop, stem, sha)

    def on(self, at: str) -> date:
        """The store's day."""
        return self.shop.today(parse_iso(at))

    def where(self, row: sqlite3.Row, line: int) -> Where:
        """A line of the version that the row's run began with, where it stands in the version in force."""
        return self.procedure(row).source, self.line_now(row["procedure"], row["version_sha"], line)

    def _line_now(self, stem: str, sha: str, line: int) -> int:
        newest = current_sha(self.shop, "procedures", stem, self.now)
        if sha == newest:
            return line
        sql = "select sha, text from playbook_versions where kind = 'procedures' and name = ?"
        texts = {r["sha"]: r["text"].splitlines() for r in self.shop.db.execute(sql, [stem])}
        matcher = difflib.SequenceMatcher(None, texts[sha], texts.get(newest, []), autojunk=False)
        for block in matcher.get_matching_blocks():
            if block.a < line <= block.a + block.size:
                return line - block.a + block.b
        return line

    def finding(
        self, kind: str, at: str, about: tuple[str, Any], text: str, where: Where, run: int | None = None
    ) -> Finding:
        return Finding(kind, at, about, case_name(self.shop, *about), text, where[0], where[1], run)

    def of_run(self, kind: str, at: str, row: sqlite3.Row, text: str, line: int) -> Finding:
        """A finding about the case of the row's run; the row has the run's columns, its number as `run_id` or `id`."""
        run = row["run_id"] if "run_id" in row.keys() else row["id"]  # noqa: SIM118 a sqlite3.Row holds values
        return self.finding(kind, at, (row["about_type"], row["about_id"]), text, self.where(row, line), run)

    def that_do(self, deed: str) -> Iterable[tuple[Procedure, Step]]:
        """Every step in force that does it, those that are switched on first."""
        procedures = sorted(self.book.procedures.values(), key=lambda p: (p.state != "on", p.stem))
        return [(p, s) for p in procedures for s in p.steps if s.do and s.do.deed == deed]

    def acts_for(self, person: int | None, role: str, on: date) -> bool:
        """Whether the person held the role on that day, its deputy's, or one above it."""
        seen = set[str]()
        at: str | None = role
        while at and at not in seen:
            seen.add(at)
            described = self.book.roles.get(at)
            names = {at, described.deputy} if described and described.deputy else {at}
            if any(person in self.held.holders(name, on) for name in names):
                return True
            at = role_above(self.book, at)
        return False
