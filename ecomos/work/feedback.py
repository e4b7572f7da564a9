"""What people say about a step of a procedure, from anyone, kept with the step until whoever owns it has answered."""

from dataclasses import dataclass
from datetime import datetime

from ecomos.errors import Refused
from ecomos.store import iso, write
from ecomos.work.authority import stands_for
from ecomos.work.changing import owner_of
from ecomos.work.shop import Shop
from ecomos.work.upkeep_tasks import close_upkeep_task, open_upkeep_task
from ecomos.work.versions import current_sha, in_force

__all__ = ["Feedback", "answer_feedback", "feedback_on", "give_feedback"]


@dataclass(frozen=True)
class Feedback:
    """One thing that somebody said."""

    id: int
    step: str
    """The step's slug; empty for the whole."""
    sha: str
    text: str
    by: str
    said_at: str
    answer: str
    """Empty until it is answered."""
    answered_by: str
    answered_at: str


def give_feedback(shop: Shop, kind: str, name: str, step: str, text: str, person_id: int, now: datetime) -> int:
    """Keep what somebody says about a step (empty: the whole file) and put it on the owner's list; gives its number.

    Raises Refused for nothing said, and for a file or step that is not in force.
    """
    if not text.strip():
        raise Refused("Write what could be better.")
    book = in_force(shop, now)
    sha = current_sha(shop, kind, name, now)
    record = getattr(book, kind, {}).get(name)
    if not sha or record is None:
        raise Refused("This file is not in force.")
    if step and step not in {s.slug for s in getattr(record, "steps", ())}:
        raise Refused("There is no such step in the version in force.")
    with write(shop.db):
        row = shop.db.execute(
            """insert into feedback(kind, name, step, sha, text, person_id, said_at) values (?, ?, ?, ?, ?, ?, ?)""",
            [kind, name, step, sha, text.strip()[:2000], person_id, iso(now)],
        )
        number = int(row.lastrowid or 0)
    where = f"“{step.replace('-', ' ').capitalize()}” in " if step else ""
    title = f"Answer what was said about {where}“{record.title}”"
    open_upkeep_task(
        shop, _key(number), title, f"{text.strip()[:300]} (answer it on its page)", now, role=owner_of(record)
    )
    return number


def _key(number: int) -> str:
    return f"feedback {number}"


def answer_feedback(shop: Shop, number: int, text: str, person_id: int, now: datetime) -> None:
    """Answer it; it leaves the owner's list. Raises Refused without words, for anybody but the owner of the file and
    the roles above, and where it is answered already."""
    if not text.strip():
        raise Refused("Write what you answer.")
    row = shop.db.execute("select * from feedback where id = ?", [number]).fetchone()
    if row is None:
        raise Refused("There is no such word.")
    if row["answered_at"]:
        raise Refused("It was answered already.")
    record = getattr(in_force(shop, now), row["kind"], {}).get(row["name"])
    if not stands_for(shop, person_id, owner_of(record), now):
        raise Refused(f"This is for {owner_of(record).replace('-', ' ')} to answer, or a role above it.")
    with write(shop.db):
        shop.db.execute(
            "update feedback set answer = ?, answered_by = ?, answered_at = ? where id = ?",
            [text.strip()[:2000], person_id, iso(now), number],
        )
    close_upkeep_task(shop, _key(number), now)


def feedback_on(shop: Shop, kind: str, name: str) -> list[Feedback]:
    """What was said about a file: what is open first, then the newest of the answered."""
    rows = shop.db.execute(
        """select f.*, p.name as by_name, coalesce(a.name, '') as answerer from feedback f
           join people p on p.id = f.person_id left join people a on a.id = f.answered_by
           where f.kind = ? and f.name = ? order by f.answered_at is not null, f.said_at desc limit 50""",
        [kind, name],
    ).fetchall()
    return [
        Feedback(
            r["id"],
            r["step"],
            r["sha"],
            r["text"],
            r["by_name"],
            r["said_at"],
            r["answer"] or "",
            r["answerer"],
            r["answered_at"] or "",
        )
        for r in rows
    ]
