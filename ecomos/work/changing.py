"""Changing the playbook with care: a text is proposed, read as a difference in sentences, approved by the role that
owns the file or by one above it, holds from a date on, and is read by those whose work it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ecomos.errors import Problem, Refused, WrongUsage, nearest
from ecomos.people import person, roles_of
from ecomos.playbook import KINDS, check, parse_text
from ecomos.playbook.difference import Difference, differences
from ecomos.playbook.folder import playbook_of
from ecomos.playbook.records import Playbook, Procedure, Span
from ecomos.store import iso, parse_iso, write
from ecomos.work.authority import stands_for
from ecomos.work.deadlines import after_span, span_or
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, open_task
from ecomos.work.versions import current_sha, in_force, keep_period, sha_of

__all__ = [
    "Proposal",
    "Unread",
    "acknowledge",
    "approve_change",
    "changes_unread",
    "owner_of",
    "problems_of",
    "proposal",
    "proposals_open",
    "propose",
    "refuse_change",
    "remind_of_unread",
    "text_in_force",
    "version_text",
    "write_due_changes",
]

DECIDE_WITHIN = Span(Decimal(3), "days", working=True)
"""In which the owner decides about a proposal, where `policy.changes.decide_within` does not say it."""
READ_WITHIN = Span(Decimal(3), "days", working=True)
"""After which an unread change goes to the owner, where `policy.changes.read_within` does not say it."""


@dataclass(frozen=True)
class Proposal:
    """A change that waits for a decision, or was decided."""

    id: int
    kind: str
    name: str
    sha: str
    base_sha: str
    why: str
    proposed_by: int
    proposed_at: str
    status: str
    differences: tuple[Difference, ...]
    owner: str
    """The role that decides."""
    from_at: str | None


@dataclass(frozen=True)
class Unread:
    """A change of a procedure that a person has not read."""

    name: str
    title: str
    sha: str
    since: str
    differences: tuple[Difference, ...]


def version_text(shop: Shop, kind: str, name: str, sha: str) -> str:
    """The text of a version; empty for no version."""
    row = shop.db.execute(
        "select text from playbook_versions where kind = ? and name = ? and sha = ?", [kind, name, sha]
    ).fetchone()
    return row[0] if row else ""


def text_in_force(shop: Shop, kind: str, name: str, now: datetime) -> tuple[str, str]:
    """(text, sha) of the version in force; both empty where none is."""
    sha = current_sha(shop, kind, name, now)
    return version_text(shop, kind, name, sha), sha


def problems_of(shop: Shop, kind: str, name: str, text: str, now: datetime) -> list[Problem]:
    """What would be wrong with that file, read beside everything else in force; in the order of its lines."""
    record, found = parse_text(kind, name, text, f"{kind}/{name}.md")
    if record is not None:
        found += check(_with(in_force(shop, now), kind, name, record), shop.catalogue, known_problems=found)
    mine = [p for p in found if p.source.endswith(f"{kind}/{name}.md")]
    return sorted(set(mine), key=lambda p: (p.line, p.message))


def _with(book: Playbook, kind: str, name: str, record: Any) -> Playbook:
    records: dict[tuple[str, str], Any] = {}
    for each in KINDS:
        for key, one in getattr(book, each).items():
            records[(each, ".".join(x for x in key if x) if isinstance(key, tuple) else key)] = one
    records[(kind, name)] = record
    return playbook_of(records)


def propose(shop: Shop, kind: str, name: str, text: str, base_sha: str, why: str, person_id: int, now: datetime) -> int:
    """Propose a text for a file of the playbook; gives the proposal's number. Nothing is in force yet.

    Raises Refused where the version in force is no longer the one that the text was written from, where nothing
    changed, without a reason, and with every problem where it can't be read.
    """
    if kind not in KINDS:
        raise WrongUsage(f"No kind of playbook file named “{kind}”{nearest(kind, KINDS)}.")
    if not why.strip():
        raise Refused("Write why: whoever decides reads it beside the change.")
    current = current_sha(shop, kind, name, now)
    if current != base_sha:
        raise Refused("Somebody has changed this file in the meantime. Copy your text, open it anew, and put it in.")
    text = text.rstrip() + "\n"
    if sha_of(text) == current:
        raise Refused("Nothing has changed.")
    problems = problems_of(shop, kind, name, text, now)
    if problems:
        raise Refused("\n".join(f"line {p.line}: {p.message}" for p in problems))
    with write(shop.db):
        shop.db.execute(
            """insert into playbook_versions(sha, kind, name, text, from_at, proposed_by) values (?, ?, ?, ?, null, ?)
               on conflict(kind, name, sha) do nothing""",
            [sha_of(text), kind, name, text, f"person:{person_id}"],
        )
        row = shop.db.execute(
            """insert into proposals(kind, name, sha, base_sha, why, proposed_by, proposed_at, status)
               values (?, ?, ?, ?, ?, ?, ?, 'open')""",
            [kind, name, sha_of(text), base_sha, why.strip(), person_id, iso(now)],
        )
        number = int(row.lastrowid or 0)
        _ask_owner(shop, number, why.strip(), now)
    return number


def _ask_owner(shop: Shop, number: int, why: str, now: datetime) -> None:
    found = proposal(shop, number, now)
    open_task(
        shop,
        "change",
        f"Decide about a change of {found.kind}/{found.name}",
        found.owner,
        now,
        due_at=iso(after_span(shop, now, span_or(shop, "policy.changes.decide_within", DECIDE_WITHIN, now), now)),
        why=why,
        data={"proposal": number},
    )


def _close_task(shop: Shop, number: int, person_id: int, granted: bool, now: datetime) -> None:
    sql = "select id from tasks where kind = 'change' and status in ('open', 'taken')"
    for (task,) in shop.db.execute(f"{sql} and json_extract(data, '$.proposal') = ?", [number]).fetchall():
        close(shop, task, "done", now, person_id, {"granted": granted})


def proposal(shop: Shop, number: int, now: datetime) -> Proposal:
    """One proposal with what it changes. Raises Refused where there is none."""
    row = shop.db.execute("select * from proposals where id = ?", [number]).fetchone()
    if row is None:
        raise Refused(f"There is no proposal {number}.")
    return _proposal(shop, row, now)


def proposals_open(shop: Shop, now: datetime) -> list[Proposal]:
    """What waits for a decision, oldest first."""
    rows = shop.db.execute("select * from proposals where status = 'open' order by id").fetchall()
    return [_proposal(shop, row, now) for row in rows]


def _proposal(shop: Shop, row: Any, now: datetime) -> Proposal:
    kind, name = row["kind"], row["name"]
    old = _read(shop, kind, name, row["base_sha"])
    new = _read(shop, kind, name, row["sha"])
    return Proposal(
        id=row["id"],
        kind=kind,
        name=name,
        sha=row["sha"],
        base_sha=row["base_sha"],
        why=row["why"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        status=row["status"],
        differences=tuple(differences(old, new, shop.home.currency)),
        owner=owner_of(old or new),
        from_at=row["from_at"],
    )


def _read(shop: Shop, kind: str, name: str, sha: str) -> Any:
    text = version_text(shop, kind, name, sha)
    return parse_text(kind, name, text, f"{kind}/{name}.md")[0] if text else None


def owner_of(record: Any) -> str:
    """Who answers for a file: its owner; a role's is the one above it; a message's the operations lead."""
    return getattr(record, "owner", None) or getattr(record, "reports_to", None) or "founder"


def approve_change(shop: Shop, number: int, person_id: int, now: datetime, from_at: datetime | None = None) -> None:
    """Put a proposal in force from a time on (default: now), and write it into the playbook's folder.

    Raises Refused: not the owner's to decide, decided already, the version in force has changed, it no longer holds
    beside the others, or the file in the folder was changed by hand and would be lost.
    """
    found = proposal(shop, number, now)
    _may_decide(shop, found, person_id, now)
    begins = from_at or now
    if begins < now:
        raise Refused("A change can't hold from a time that is over.")
    if current_sha(shop, found.kind, found.name, now) != found.base_sha:
        raise Refused("The version in force has changed since. Refuse it and propose it anew.")
    text = version_text(shop, found.kind, found.name, found.sha)
    problems = problems_of(shop, found.kind, found.name, text, now)
    if problems:
        raise Refused("\n".join(f"line {p.line}: {p.message}" for p in problems))
    if not _is_ours(shop, found.kind, found.name, (found.base_sha, found.sha)):
        raise Refused(f"{found.kind}/{found.name}.md was changed by hand in the folder; adopt or undo that first.")
    with write(shop.db):
        keep_period(shop, found.kind, found.name, found.sha)
        shop.db.execute(
            "update playbook_versions set from_at = ?, approved_by = ? where kind = ? and name = ? and sha = ?",
            [iso(begins), f"person:{person_id}", found.kind, found.name, found.sha],
        )
        shop.db.execute(
            "update proposals set status = 'approved', decided_by = ?, decided_at = ?, from_at = ? where id = ?",
            [person_id, iso(now), iso(begins), number],
        )
        _close_task(shop, number, person_id, True, now)
    write_due_changes(shop, now)


def _file(shop: Shop, kind: str, name: str) -> Path:
    return shop.home.playbook / kind / f"{name}.md"


def _is_ours(shop: Shop, kind: str, name: str, shas: tuple[str, ...]) -> bool:
    """Whether the folder's file is not there, or is one of these versions: nobody's work would be lost."""
    file = _file(shop, kind, name)
    return not file.exists() or sha_of(file.read_text(encoding="utf-8")) in shas


def write_due_changes(shop: Shop, now: datetime) -> int:
    """Write approved changes whose time has come into the playbook's folder; gives how many. A file that somebody
    changed by hand is left as it is."""
    rows = shop.db.execute(
        "select kind, name, sha, base_sha from proposals where status = 'approved' and from_at <= ?", [iso(now)]
    ).fetchall()
    written = 0
    for row in rows:
        kind, name = row["kind"], row["name"]
        if current_sha(shop, kind, name, now) != row["sha"] or not _is_ours(shop, kind, name, (row["base_sha"],)):
            continue
        file = _file(shop, kind, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(version_text(shop, kind, name, row["sha"]), encoding="utf-8")
        written += 1
    return written


def refuse_change(shop: Shop, number: int, person_id: int, why: str, now: datetime) -> None:
    """Refuse a proposal with the reason, which its writer reads; the writer may take it back the same way."""
    found = proposal(shop, number, now)
    if not why.strip():
        raise Refused("Write why: whoever proposed it reads it.")
    if person_id != found.proposed_by:
        _may_decide(shop, found, person_id, now)
    status = "withdrawn" if person_id == found.proposed_by else "refused"
    with write(shop.db):
        shop.db.execute(
            """update proposals set status = ?, decided_by = ?, decided_at = ?, said = ?
               where id = ? and status = 'open'""",
            [status, person_id, iso(now), why.strip(), number],
        )
        _close_task(shop, number, person_id, False, now)


def _may_decide(shop: Shop, found: Proposal, person_id: int, now: datetime) -> None:
    if found.status != "open":
        raise Refused(f"This proposal was {found.status} already.")
    if stands_for(shop, person_id, found.owner, now):
        return
    raise Refused(f"This is for {found.owner} to decide, or a role above it.")


def changes_unread(shop: Shop, person_id: int, now: datetime) -> list[Unread]:
    """The changes of procedures in this person's roles that hold and that they have not read: the newest of each."""
    rows = shop.db.execute(
        """select v.name, v.sha, v.from_at, p.started_on from playbook_versions v join people p on p.id = ?1
           where v.kind = 'procedures' and v.from_at <= ?2 and v.from_at > p.started_on
             and v.from_at = (select max(from_at) from playbook_versions n
                              where n.kind = v.kind and n.name = v.name and n.from_at <= ?2)
             and exists (select 1 from playbook_versions o
                         where o.kind = v.kind and o.name = v.name and o.from_at < v.from_at)
             and not exists (select 1 from acknowledgements a
                             where a.person_id = ?1 and a.kind = v.kind and a.name = v.name and a.sha = v.sha)
           order by v.from_at""",
        [person_id, iso(now)],
    ).fetchall()
    held = set(roles_of(shop.db, person_id, shop.today(now)))
    found = []
    for row in rows:
        new = _read(shop, "procedures", row["name"], row["sha"])
        old = _read(shop, "procedures", row["name"], _before(shop, row["name"], row["from_at"]))
        said = [d for d in differences(old, new, shop.home.currency) if _concerns(new, d, held)]
        if said:
            found.append(Unread(row["name"], new.title, row["sha"], row["from_at"], tuple(said)))
    return found


def _before(shop: Shop, name: str, from_at: str) -> str:
    row = shop.db.execute(
        """select sha from playbook_versions where kind = 'procedures' and name = ? and from_at < ?
           order by from_at desc limit 1""",
        [name, from_at],
    ).fetchone()
    return row[0] if row else ""


def _concerns(procedure: Procedure, said: Difference, held: set[str]) -> bool:
    """A change of a step concerns its role; one of the whole those who do anything in it."""
    steps = {s.slug: s for s in procedure.steps}
    if said.step in steps:
        return (steps[said.step].role or procedure.performer) in held
    return bool(held & {procedure.performer, *(s.role for s in procedure.steps if s.role)})


def acknowledge(shop: Shop, person_id: int, name: str, sha: str, now: datetime) -> None:
    """Keep that the person has read this version."""
    with write(shop.db):
        shop.db.execute(
            """insert into acknowledgements(person_id, kind, name, sha, read_at) values (?, 'procedures', ?, ?, ?)
               on conflict do nothing""",
            [person_id, name, sha, iso(now)],
        )


def remind_of_unread(shop: Shop, now: datetime) -> int:
    """Put a change that somebody has not read within three working days before its owner, once; gives how many."""
    told = 0
    within = span_or(shop, "policy.changes.read_within", READ_WITHIN, now)
    for member in _team(shop, now):
        for unread in changes_unread(shop, member, now):
            if after_span(shop, parse_iso(unread.since), within, now) <= now:
                told += _tell_owner(shop, member, unread, now)
    return told


def _team(shop: Shop, now: datetime) -> Iterable[int]:
    on = shop.today(now).isoformat()
    sql = "select id from people where left_on is null or left_on > ?"
    return [row[0] for row in shop.db.execute(sql, [on]).fetchall()]


def _tell_owner(shop: Shop, member: int, unread: Unread, now: datetime) -> int:
    key = f"unread {unread.name} {unread.sha} {member}"
    with write(shop.db):
        known = shop.db.execute("select 1 from tasks where json_extract(data, '$.upkeep') = ?", [key]).fetchone()
        if known:
            return 0
        owner = in_force(shop, now).procedures[unread.name].owner
        open_task(
            shop,
            "failed",
            f"{person(shop.db, member).name} has not read the change of “{unread.title}”",
            owner,
            now,
            due_at=iso(shop.working.after_days(now, 1)),
            why=" ".join(d.text for d in unread.differences)[:400],
            data={"upkeep": key},
        )
    return 1
