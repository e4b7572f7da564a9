"""The sentences of what is new, source by source: cases, tasks, decisions, mails, the playbook, figures, imports,
reports, people. Each source is read once, from how far somebody has read."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecomos.money import format_money
from ecomos.playbook.records import Procedure
from ecomos.store import iso
from ecomos.work.queue import case_name
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = ["MOST", "News", "Since", "Teller"]

MOST = 200
MOST_VERSIONS = 3
"""Files of one adoption that are told one by one."""

CASE_WORDS = {
    "order.cancelled": "{case} was cancelled.",
    "order.paid": "{case} is paid.",
    "order.payment_failed": "The payment of {case} failed.",
    "order.address_changed": "{case} goes to another address now.",
    "order.lines_changed": "The lines of {case} were changed.",
    "order.refunded": "Money went back on {case}.",
    "order.partly_fulfilled_elsewhere": "A part of {case} was shipped elsewhere.",
    "order.fulfilled_elsewhere": "{case} was shipped elsewhere.",
    "ticket.replied": "The customer wrote again: {case}.",
    "ticket.closed": "Closed: {case}.",
    "purchase.confirmed": "{case} was confirmed.",
    "purchase.late": "{case} is late.",
    "goods.received": "Goods of {case} came.",
    "purchase.cancelled": "{case} was dropped.",
}
LATE = frozenset({"order.payment_failed", "purchase.late"})


@dataclass(frozen=True)
class Since:
    """How far somebody has read: the newest event, and the newest instant of what has no event."""

    event_id: int
    at: str


@dataclass(frozen=True)
class News:
    """One thing that happened."""

    at: str
    """When it became known here, UTC."""
    words: str
    about: tuple[str, Any]
    """What to open: an order, a ticket, a task, a kpi, an import, a report, or a file as ("procedures", name)."""
    kind: str = "plain"
    """late, soon, fine, plain."""
    event_id: int = 0


@dataclass(frozen=True)
class Teller:
    """Tells one person what happened since they looked."""

    shop: Shop
    me: int
    since: Since
    roles: set[str]
    names: dict[int, str]

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self.shop.db.execute(sql, values).fetchall()

    def _case(self, row: sqlite3.Row) -> str:
        return case_name(self.shop, row["about_type"], row["about_id"]) or str(row["about_id"] or "")

    def _task(self, row: sqlite3.Row) -> str:
        case = self._case(row) if row["about_type"] else ""
        return f"“{row['title']}”{f' of {case}' if case else ''}"

    def _who(self, person_id: int | None) -> str:
        return self.names.get(person_id or 0, "ecomos")

    def cases(self) -> Iterator[News]:
        """What became of cases after this person had worked on them; of the same thing the newest."""
        rows = self._rows(
            f"""select e.id, e.recorded_at, e.kind, e.about_type, e.about_id from events e
                where e.id > ?1 and e.kind in ({", ".join(f"'{k}'" for k in CASE_WORDS)}) and e.actor <> ?2
                  and exists (select 1 from run_cases c join tasks t on t.run_id = c.run_id
                    where c.type = e.about_type and c.id = e.about_id and ?3 in (t.done_by, t.person_id)
                      and coalesce(t.taken_at, t.opened_at) < e.recorded_at)
                  and not exists (select 1 from tasks t where t.run_id = e.run_id and t.done_by = ?3
                    and t.done_at = e.recorded_at)
                order by e.id desc limit ?4""",
            self.since.event_id,
            f"person:{self.me}",
            self.me,
            MOST,
        )
        newest = {(r["kind"], r["about_type"], r["about_id"]): r for r in reversed(rows)}
        for r in newest.values():
            words = CASE_WORDS[r["kind"]].format(case=self._case(r))
            kind = "late" if r["kind"] in LATE else "plain"
            yield News(r["recorded_at"], words, (r["about_type"], r["about_id"]), kind, r["id"])

    def tasks(self) -> Iterator[News]:
        """What was given to this person or taken from them, and what became of what they gave away."""
        yield from self._given()
        yield from self._taken()
        rows = self._rows(
            "select * from tasks where person_id = ?1 and status = 'withdrawn' and done_at > ?2", self.me, self.since.at
        )
        for r in rows:
            why = r["note"] or "the case went on without it"
            yield News(r["done_at"], f"{self._task(r)} was withdrawn: {why}.", _page_of(r), "soon")

    def _given(self) -> Iterator[News]:
        roles = sorted(self.roles)
        rows = self._rows(
            f"""select n.*, t.title, t.about_type, t.about_id, t.status, t.role from task_notes n
                join tasks t on t.id = n.task_id
                where n.at > ?1 and coalesce(n.person_id, 0) <> ?2 and (
                  (n.kind in ('handed over', 'asked') and n.other_person_id = ?2)
                  or (n.kind = 'not sure' and t.role in ({", ".join("?" * len(roles))}))
                  or (n.kind = 'moved' and n.note = t.role and t.role in ({", ".join("?" * len(roles))})))
                order by n.id""",
            self.since.at,
            self.me,
            *roles,
            *roles,
        )
        for r in rows:
            yield News(r["at"], self._given_words(r), ("task", r["task_id"]), "soon")

    def _given_words(self, r: sqlite3.Row) -> str:
        who, task = self._who(r["person_id"]), self._task(r)
        if r["kind"] == "handed over":
            return f"{who} hands {task} over to you: {r['note']}"
        if r["kind"] == "asked":
            return f"{who} asked you about {task}."
        if r["kind"] == "not sure":
            return f"{who} is not sure about {task}: {r['note']}"
        return f"{task} was late and stands with the {r['role'].replace('-', ' ')} now."

    def _taken(self) -> Iterator[News]:
        """What others did with what this person had handed over or was not sure about, or declined."""
        rows = self._rows(
            """select n.kind as given, t.id as task_id, t.title, t.about_type, t.about_id, t.status, t.person_id,
                 t.taken_at, t.done_by, t.done_at,
                 (select d.at from task_notes d where d.task_id = t.id and d.kind = 'declined' and d.id > n.id
                  order by d.id desc limit 1) as declined_at,
                 (select d.person_id from task_notes d where d.task_id = t.id and d.kind = 'declined' and d.id > n.id
                  order by d.id desc limit 1) as declined_by
               from task_notes n join tasks t on t.id = n.task_id
               where n.person_id = ?1 and n.kind in ('handed over', 'not sure')
                 and n.id = (select max(m.id) from task_notes m where m.task_id = t.id and m.person_id = ?1
                             and m.kind in ('handed over', 'not sure'))
                 and (t.taken_at > ?2 or t.done_at > ?2 or declined_at > ?2)""",
            self.me,
            self.since.at,
        )
        for r in rows:
            about = ("task", r["task_id"])
            if r["declined_at"] and r["declined_at"] > self.since.at and not r["person_id"]:
                words = f"{self._who(r['declined_by'])} did not take {self._task(r)}: it is on the role's list."
                yield News(r["declined_at"], words, about, "soon")
            elif r["done_at"] and r["done_at"] > self.since.at and r["done_by"] not in (None, self.me):
                yield News(r["done_at"], f"{self._who(r['done_by'])} did {self._task(r)}.", about, "fine")
            elif r["status"] == "taken" and r["person_id"] not in (None, self.me) and r["taken_at"] > self.since.at:
                yield News(r["taken_at"], f"{self._who(r['person_id'])} took {self._task(r)}.", about, "fine")

    def decisions(self) -> Iterator[News]:
        """What others decided about this person's drafts."""
        rows = self._rows(
            """select * from approvals where drafted_by = ?1 and coalesce(decided_by, 0) <> ?1 and by_engine = 0
               and status in ('approved', 'refused') and decided_at > ?2""",
            self.me,
            self.since.at,
        )
        for r in rows:
            asked = format_money(r["asked_cents"], r["currency"])
            done = f"{self._who(r['decided_by'])} {r['status']} your {r['kind']} of {asked} for {self._case(r)}"
            if r["status"] == "approved" and r["approved_cents"] not in (None, r["asked_cents"]):
                done += f", with {format_money(r['approved_cents'], r['currency'])}"
            why = f": {r['reason']}" if r["reason"] else "."
            kind = "fine" if r["status"] == "approved" else "late"
            yield News(r["decided_at"], done + why, (r["about_type"], r["about_id"]), kind)

    def mails(self) -> Iterator[News]:
        """Messages of cases that this person worked on, and that came back."""
        rows = self._rows(
            """select * from outbox o where status = 'bounced' and next_at > ?1
               and exists (select 1 from tasks t where t.run_id = o.run_id and t.done_by = ?2)""",
            self.since.at,
            self.me,
        )
        for r in rows:
            case = f" about {self._case(r)}" if r["about_type"] in ("order", "ticket") else ""
            words = f"“{r['subject']}”{case} was not delivered."
            yield News(r["next_at"], words, (r["about_type"], r["about_id"]), "late")

    def playbook(self, now: datetime) -> Iterator[News]:
        """New versions of the procedures that this person's roles perform or own, and of the roles themselves."""
        rows = self._rows(
            """select kind, name, from_at, approved_by, exists (select 1 from playbook_versions o
                 where o.kind = v.kind and o.name = v.name and o.from_at < v.from_at) as is_known
               from playbook_versions v where from_at > ?1 and from_at <= ?2 and kind in ('procedures', 'roles')
               order by from_at, kind, name""",
            self.since.at,
            iso(now),
        )
        book = in_force(self.shop, now)
        mine = [
            r for r in rows if r["approved_by"] != f"person:{self.me}" and _concerns(r, book.procedures, self.roles)
        ]
        for at in dict.fromkeys(r["from_at"] for r in mine):
            same = [r for r in mine if r["from_at"] == at]
            if len(same) > MOST_VERSIONS:
                words = f"{len(same)} files of the playbook that concern you were put in force."
                yield News(at, words, (same[0]["kind"], same[0]["name"]))
                continue
            for r in same:
                titles: dict[str, str] = {s: d.title for s, d in getattr(book, r["kind"]).items()}
                title = titles.get(r["name"], r["name"])
                what = "has a new version" if r["is_known"] else "is new in the playbook"
                yield News(at, f"“{title}” {what}.", (r["kind"], r["name"]))

    def figures(self, now: datetime) -> Iterator[News]:
        """Figures outside their range, and back in it, for who owns the card and for the founder."""
        cards = in_force(self.shop, now).kpis
        rows = self._rows(
            "select * from events where kind in ('kpi.breached', 'kpi.recovered') and id > ?", self.since.event_id
        )
        for r in rows:
            card = cards.get(r["about_id"])
            if card is None or not {card.owner, "founder"} & self.roles:
                continue
            out = r["kind"] == "kpi.breached"
            words = f"{card.title} {'lies outside its range' if out else 'is in its range again'}."
            yield News(r["recorded_at"], words, ("kpi", card.stem), "late" if out else "fine", r["id"])

    def imports(self) -> Iterator[News]:
        """Files that came in, and channels from which none came."""
        rows = self._rows("select * from imports where imported_at > ?", self.since.at)
        for r in rows:
            yield News(r["imported_at"], *_import_words(r))
        stale = self._rows("select * from events where kind = 'data.stale' and id > ?", self.since.event_id)
        for r in stale:
            words = f"Nothing newer came since {self._case(r)}: that channel is stale."
            yield News(r["recorded_at"], words, ("import", r["about_id"]), "late", r["id"])

    def reports(self) -> Iterator[News]:
        """Reports that failed, or did not run because their data were old."""
        rows = self._rows(
            "select * from report_runs where status in ('failed', 'stale') and coalesce(ended_at, queued_at) > ?",
            self.since.at,
        )
        for r in rows:
            why = "failed" if r["status"] == "failed" else "was not written: its data are not fresh"
            day = f" of {r['day_on']}" if r["day_on"] else ""
            words = f"The report “{r['report']}”{day} {why}."
            yield News(r["ended_at"] or r["queued_at"], words, ("report", r["id"]), "late")

    def people(self) -> Iterator[News]:
        """Who joined and who left."""
        rows = self._rows(
            "select * from events where kind in ('person.joined', 'person.left') and id > ? and about_id <> ?",
            self.since.event_id,
            self.me,
        )
        for r in rows:
            words = f"{self._who(r['about_id'])} {'joined' if r['kind'] == 'person.joined' else 'left'} the team."
            yield News(r["recorded_at"], words, ("person", r["about_id"]), "plain", r["id"])


def _page_of(task: sqlite3.Row) -> tuple[str, Any]:
    """A task that is gone leads to its case, where there is one."""
    return (task["about_type"], task["about_id"]) if task["about_type"] else ("task", task["id"])


def _concerns(row: sqlite3.Row, procedures: Any, roles: set[str]) -> bool:
    if row["kind"] == "roles":
        return row["name"] in roles
    found: Procedure | None = procedures.get(row["name"])
    if found is None:
        return False
    return bool({found.performer, found.owner, *(s.role for s in found.steps if s.role)} & roles)


def _import_words(r: sqlite3.Row) -> tuple[str, tuple[str, int], str]:
    file, about = r["path"].rsplit("/", 1)[-1], ("import", r["id"])
    if r["status"] == "asks":
        return f"{file} waits for your choice.", about, "soon"
    if r["status"] != "loaded":
        return f"{file} was {r['status']}.", about, "late"
    counts = f"{r['rows_new']:,} new, {r['rows_changed']:,} changed"
    if r["rows_rejected"]:
        return f"{file} was loaded: {counts}, {r['rows_rejected']:,} rejected.", about, "late"
    return f"{file} was loaded: {counts}.", about, "fine"
