"""The versions of a file of the playbook: which text held from when to when, what two of them say differently, and an
older one put back by the same way as every other change."""

import difflib
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ecomos.errors import Refused
from ecomos.playbook import parse_text
from ecomos.playbook.difference import Difference, differences
from ecomos.work.changing import propose
from ecomos.work.shop import Shop
from ecomos.work.versions import current_sha

__all__ = ["Held", "compared", "history", "lines_compared", "put_back"]


@dataclass(frozen=True)
class Held:
    """A time in which one text was in force."""

    sha: str
    from_at: str
    until_at: str | None
    """None for the one that holds now, or will hold last."""
    approved_by: str
    why: str
    """What whoever proposed it wrote; empty where it was adopted from the folder."""


def history(shop: Shop, kind: str, name: str) -> list[Held]:
    """Every time in which a text of this file held or will hold, the newest first. A text that was put back stands
    there once for each time."""
    rows = shop.db.execute(
        """select sha, from_at, approved_by from playbook_versions
           where kind = ?1 and name = ?2 and from_at is not null
           union select sha, from_at, approved_by from version_periods where kind = ?1 and name = ?2
           order by from_at desc""",
        [kind, name],
    ).fetchall()
    ends = [None, *(r["from_at"] for r in rows)]
    return [
        Held(r["sha"], r["from_at"], end, r["approved_by"] or "", _why(shop, kind, name, r))
        for r, end in zip(rows, ends, strict=False)
    ]


def _why(shop: Shop, kind: str, name: str, row: sqlite3.Row) -> str:
    found = shop.db.execute(
        "select why from proposals where kind = ? and name = ? and sha = ? and from_at = ? and status = 'approved'",
        [kind, name, row["sha"], row["from_at"]],
    ).fetchone()
    return found[0] if found else ""


def compared(shop: Shop, kind: str, name: str, before: str, after: str) -> list[Difference]:
    """What the version `after` says otherwise than `before`, in sentences. Raises Refused for an unknown version."""
    old, new = (_text(shop, kind, name, sha) for sha in (before, after))
    source = f"{kind}/{name}.md"
    read_before, read_after = (parse_text(kind, name, text, source)[0] for text in (old, new))
    return differences(read_before, read_after, shop.home.currency)


def lines_compared(shop: Shop, kind: str, name: str, before: str, after: str) -> list[str]:
    """The same line by line, each beginning with `-`, `+` or a space, three lines around each change."""
    old, new = (_text(shop, kind, name, sha).splitlines() for sha in (before, after))
    return list(difflib.unified_diff(old, new, before[:7], after[:7], lineterm="", n=3))[2:]


def _text(shop: Shop, kind: str, name: str, sha: str) -> str:
    row = shop.db.execute(
        "select text from playbook_versions where kind = ? and name = ? and sha = ?", [kind, name, sha]
    ).fetchone()
    if row is None:
        raise Refused(f"There is no version {sha[:7]} of this file.")
    return str(row[0])


def put_back(shop: Shop, kind: str, name: str, sha: str, why: str, person_id: int, now: datetime) -> int:
    """Propose an older text anew; gives the proposal's number. Raises Refused as `propose` does."""
    text = _text(shop, kind, name, sha)
    if not why.strip():
        raise Refused("Write why: whoever decides reads it beside the change.")
    said = f"Put back version {sha[:7]}: {why.strip()}"
    return propose(shop, kind, name, text, current_sha(shop, kind, name, now), said, person_id, now)
