"""The playbook in force: what runs is the last adopted version of each file. A changed file is a proposal; a broken
or deleted one leaves the last good version running."""

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecomos.errors import EcomosError, Problem
from ecomos.playbook import KINDS, check, parse_text, policy_values, read_folder
from ecomos.playbook.records import Playbook, Procedure
from ecomos.store import iso, write
from ecomos.work.shop import Shop

__all__ = [
    "Change",
    "adopt_playbook",
    "in_force",
    "keep_period",
    "policies",
    "procedure_version",
    "proposals",
    "sha_of",
]


@dataclass(frozen=True)
class Change:
    """A file that differs from the version in force."""

    kind: str
    name: str
    what: str
    """new, changed, deleted, broken."""
    problems: tuple[Problem, ...] = ()


def sha_of(text: str) -> str:
    """The name of a version: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_READ: dict[tuple[str, str, str], Any] = {}
"""What was parsed, by (kind, name, sha): a sha names its text, so nothing here grows old, whatever store it is of."""
_BOOKS: dict[tuple[tuple[str, str, str], ...], tuple[Playbook, Mapping[str, Any]]] = {}
"""A playbook with its policies' values, by the versions that it is made of."""
MOST_KEPT = 512


_BEGINNINGS: dict[str, tuple[str, ...]] = {}
"""The instants from which some version holds, in order, by the mark of the store's versions."""
_IN_FORCE: dict[tuple[str, int], tuple[tuple[str, str, str], ...]] = {}
"""The versions in force, by that mark and by how many of its instants have come."""
LAST_ADOPTED = """
select kind, name, sha from playbook_versions v
where from_at = (select max(from_at) from playbook_versions n
                 where n.kind = v.kind and n.name = v.name and n.from_at <= ?)
group by kind, name order by kind, name"""


def _record(shop: Shop, kind: str, name: str, sha: str) -> Any:
    """A version as parsed, read from the store once. Raises EcomosError where the store does not have it."""
    found = _READ.get((kind, name, sha))
    if found is not None:
        return found
    row = shop.db.execute(
        "select text from playbook_versions where kind = ? and name = ? and sha = ?", [kind, name, sha]
    ).fetchone()
    if row is None:
        raise EcomosError(f"The version {sha} of {name} is not in this store file; restore a backup that has it.")
    if len(_READ) >= MOST_KEPT:
        _READ.clear()
    record = _READ[(kind, name, sha)] = parse_text(kind, name, row[0], f"{kind}/{name}.md")[0]
    return record


def _book(shop: Shop, now: datetime) -> tuple[Playbook, Mapping[str, Any]]:
    versions = _in_force(shop, now)
    if versions not in _BOOKS:
        if len(_BOOKS) >= 16:
            _BOOKS.clear()
        book = _put_together(shop, versions)
        _BOOKS[versions] = book, policy_values(book)
    return _BOOKS[versions]


def _put_together(shop: Shop, versions: tuple[tuple[str, str, str], ...]) -> Playbook:
    found: dict[str, dict[Any, Any]] = {k: {} for k in KINDS}
    for kind, name, sha in versions:
        record = _record(shop, kind, name, sha) if kind in found else None
        if record is not None:
            stem, _, language = name.partition(".")
            found[kind][(stem, language) if kind == "messages" else name] = record
    return Playbook(**found)


def _in_force(shop: Shop, now: datetime) -> tuple[tuple[str, str, str], ...]:
    """(kind, name, sha) of every file's last adopted version."""
    (mark,) = shop.db.execute("select mark from playbook_mark").fetchone()
    if mark not in _BEGINNINGS:
        if len(_BEGINNINGS) >= 64:
            _BEGINNINGS.clear()
            _IN_FORCE.clear()
        rows = shop.db.execute("select distinct from_at from playbook_versions where from_at is not null order by 1")
        _BEGINNINGS[mark] = tuple(row[0] for row in rows)
    told = (mark, bisect_right(_BEGINNINGS[mark], iso(now)))
    if told not in _IN_FORCE:
        _IN_FORCE[told] = tuple(tuple(r) for r in shop.db.execute(LAST_ADOPTED, [iso(now)]))
    return _IN_FORCE[told]


def in_force(shop: Shop, now: datetime) -> Playbook:
    """The playbook as adopted."""
    return _book(shop, now)[0]


def policies(shop: Shop, now: datetime) -> Mapping[str, Any]:
    """The policies' values in force, for conditions."""
    return _book(shop, now)[1]


def current_from(shop: Shop, kind: str, name: str, now: datetime) -> str:
    """Since when the version in force of one file holds. The file must be in force."""
    sql = "select max(from_at) from playbook_versions where kind = ? and name = ? and from_at <= ?"
    return str(shop.db.execute(sql, [kind, name, iso(now)]).fetchone()[0])


def current_sha(shop: Shop, kind: str, name: str, now: datetime) -> str:
    """The version in force of one file; empty where there is none."""
    sql = """select sha from playbook_versions where kind = ? and name = ? and from_at <= ?
             order by from_at desc limit 1"""
    row = shop.db.execute(sql, [kind, name, iso(now)]).fetchone()
    return row[0] if row else ""


def procedure_version(shop: Shop, name: str, sha: str) -> Procedure:
    """A procedure as a run began with it."""
    found: Procedure = _record(shop, "procedures", name, sha)
    return found


def proposals(shop: Shop, now: datetime) -> list[Change]:
    """Every file of the playbook folder that differs from the version in force, with its problems."""
    force = {(k, n): sha for k, n, sha in _in_force(shop, now)}
    if _shas(shop) == force:
        return []  # Today asks at each change of the store, and reading it all takes a third of a second
    book, problems, texts = read_folder(shop.home.playbook)
    return _changes(force, texts, problems + check(book, shop.catalogue, known_problems=problems))


def _changes(
    force: Mapping[tuple[str, str], str], texts: Mapping[tuple[str, str], str], problems: list[Problem]
) -> list[Change]:
    found = []
    for (kind, name), text in sorted(texts.items()):
        ours = tuple(p for p in problems if p.source.endswith(f"{kind}/{name}.md"))
        if force.get((kind, name)) != sha_of(text):
            what = "broken" if ours else "changed" if (kind, name) in force else "new"
            found.append(Change(kind, name, what, ours))
    return found + [Change(k, n, "deleted") for (k, n) in sorted(force) if (k, n) not in texts]


def _shas(shop: Shop) -> dict[tuple[str, str], str]:
    """The version of each file in the folder, unread; a file that is no text has none."""
    files = [f for kind in KINDS for f in (shop.home.playbook / kind).glob("*.md") if not f.name.startswith(".")]
    return {
        (f.parent.name, f.name.removesuffix(".md")): sha_of(f.read_bytes().decode("utf-8", "replace"))
        for f in files
        if f.name.lower() != "readme.md" and f.is_file()
    }


def keep_period(shop: Shop, kind: str, name: str, sha: str) -> None:
    """A text that holds anew keeps the time in which it held before. In the caller's transaction."""
    shop.db.execute(
        """insert or ignore into version_periods(kind, name, sha, from_at, approved_by)
           select kind, name, sha, from_at, approved_by from playbook_versions
           where kind = ? and name = ? and sha = ? and from_at is not null""",
        [kind, name, sha],
    )


def adopt_playbook(shop: Shop, now: datetime, who: str) -> tuple[list[Change], list[Problem]]:
    """Adopt every changed file, if the whole playbook then holds; with a problem nothing is adopted.

    Gives what was adopted and every problem of every file.
    """
    book, problems, texts = read_folder(shop.home.playbook)
    problems += check(book, shop.catalogue, known_problems=problems)
    if problems:
        return [], sorted(set(problems))
    force = {(k, n): sha for k, n, sha in _in_force(shop, now)}
    adopted = [c for c in _changes(force, texts, []) if c.what in ("new", "changed")]
    with write(shop.db):
        for change in adopted:
            text = texts[(change.kind, change.name)]
            keep_period(shop, change.kind, change.name, sha_of(text))
            shop.db.execute(
                """insert into playbook_versions(sha, kind, name, text, from_at, proposed_by, approved_by)
                   values (?, ?, ?, ?, ?, ?, ?)
                   on conflict(kind, name, sha) do update
                   set from_at = excluded.from_at, approved_by = excluded.approved_by""",
                [sha_of(text), change.kind, change.name, text, iso(now), who, who],
            )
    return adopted, []
