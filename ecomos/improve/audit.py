"""The audit: what the playbook requires compared with what the store's rows show. Each finding names the line of the
playbook that was broken."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ecomos.improve.acts import Held, between
from ecomos.money import format_money
from ecomos.playbook.records import Procedure, Step
from ecomos.playbook.ways import outcomes
from ecomos.store import get_setting, iso, parse_iso, set_setting, write
from ecomos.work import Shop, case_name, in_force, open_upkeep_task, procedure_version
from ecomos.work.authority import role_above

__all__ = ["KINDS", "Finding", "Outside", "audit", "nightly_audit", "outside"]

NIGHT = 2
"""From this hour of the store's day on, the night's audit is due."""
MOST_TOLD = 12
AUDITED = "audited until"

KINDS = {
    "refund without approval": "more money went back than was approved",
    "risky order sent unreviewed": "it was sent while its risk was medium or high and nobody released it",
    "sent unpaid": "it was sent without payment, terms or release",
    "sent after it was cancelled": "a parcel left after the order was cancelled",
    "promise missed": "the case took longer than the procedure promises",
    "scheduled work not done": "what the clock started was not done by the next day",
    "outcome that no step allows": "the case ended in a way that the procedure does not know",
    "decided above the limit": "more was approved than the limit that held",
    "own draft approved": "somebody approved what they had asked for themselves",
    "done by another role": "somebody did it who held neither the role, its deputy's nor one above it",
    "check or answer missing": "the step was done without a check or an answer that it needs",
}
"""Kind of finding -> what it means."""


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


def audit(shop: Shop, first: date, last: date, now: datetime) -> list[Finding]:
    """Every finding of the store's days `first` to `last`, by time."""
    look = _Look(shop, first, last, now)
    return sorted((f for check in _CHECKS for f in check(look)), key=lambda f: (f.at, f.kind, str(f.about)))


class _Look:
    """What every check reads."""

    def __init__(self, shop: Shop, first: date, last: date, now: datetime) -> None:
        self.shop, self.now, self.first, self.last = shop, now, first, last
        self.span = between(shop, first, last)
        self.book = in_force(shop, now)
        self.held = Held(shop, self.book)

    def rows(self, sql: str) -> list[sqlite3.Row]:
        """The rows of a query with the span's two instants as :since and :until."""
        return self.shop.db.execute(sql, {"since": self.span[0], "until": self.span[1]}).fetchall()

    def procedure(self, row: sqlite3.Row) -> Procedure:
        return procedure_version(self.shop, row["procedure"], row["version_sha"])

    def finding(
        self, kind: str, at: str, about: tuple[str, Any], text: str, where: tuple[str, int], run: int | None = None
    ) -> Finding:
        return Finding(kind, at, about, case_name(self.shop, *about), text, where[0], where[1], run)

    def line_of(self, stem: str, text: Callable[[Step], int | None] = lambda step: None) -> tuple[str, int]:
        """The first line of a procedure in force for which `text` gives one; else its title."""
        procedure = self.book.procedures.get(stem)
        if procedure is None:
            return f"procedures/{stem}.md", 1
        for step in procedure.steps:
            line = text(step)
            if line:
                return procedure.source, line
        return procedure.source, 1


def _branch_on(word: str) -> Callable[[Step], int | None]:
    return lambda step: next((b.line for b in step.branches if b.when and word in b.when.text), None)


def _refunds(look: _Look) -> Iterator[Finding]:
    rows = look.rows(
        """select o.id, o.currency, max(f.refunded_at) as at, sum(f.amount_cents) as paid,
             (select coalesce(sum(approved_cents), 0) from approvals a
              where a.kind in ('refund', 'cancel') and a.status = 'approved' and a.about_type = 'order'
                and a.about_id = o.id) as approved
           from refunds f join orders o on o.id = f.order_id
           where f.source = 'import' and f.refunded_at >= :since and f.refunded_at < :until
             and exists (select 1 from run_cases c where c.type = 'order' and c.id = +o.id)
           group by o.id having sum(f.amount_cents) > approved"""
    )
    where = look.line_of("refund-on-request", lambda s: s.approve.line if s.approve else None)
    for r in rows:
        paid, approved = format_money(r["paid"], r["currency"]), format_money(r["approved"], r["currency"])
        text = f"{paid} went back, {approved} was approved"
        yield look.finding("refund without approval", r["at"], ("order", r["id"]), text, where)


_SENT = """
select o.id, min(p.shipped_at) as at, o.risk, o.financial_status, o.payment_terms, o.payment_method, o.total_cents,
  coalesce(o.cancelled_at, (select min(cancelled_at) from order_cancellations x where x.order_id = o.id)) as cancelled,
  max(p.shipped_at) as last_at,
  (select min(released_at) from order_releases x where x.order_id = o.id) as released
from parcels p join orders o on o.id = p.order_id
where p.source = 'ours' and p.shipped_at >= :since and p.shipped_at < :until group by o.id
"""


def _risky(look: _Look) -> Iterator[Finding]:
    where = look.line_of("process-an-order", _branch_on("order.risk"))
    reviewed = {
        r[0]
        for r in look.shop.db.execute(
            """select c.id from runs r join run_cases c on c.run_id = r.id and c.type = 'order'
               where r.procedure = 'review-a-risky-order' and r.status = 'done'"""
        )
    }
    for r in look.rows(_SENT):
        risky = (r["risk"] or "").lower() in ("medium", "high")
        if risky and not (r["released"] and r["released"] <= r["at"]) and r["id"] not in reviewed:
            text = f"its risk was {r['risk'].lower()}, and nobody had released it"
            yield look.finding("risky order sent unreviewed", r["at"], ("order", r["id"]), text, where)


def _unpaid(look: _Look) -> Iterator[Finding]:
    where = look.line_of("process-an-order", _branch_on("order.is_paid"))
    for r in look.rows(_SENT):
        paid = r["financial_status"] in ("paid", "partially_refunded", "refunded") or not r["total_cents"]
        by_terms = bool(r["payment_terms"]) or "cash on delivery" in (r["payment_method"] or "").lower()
        if not (paid or by_terms or (r["released"] and r["released"] <= r["at"])):
            text = f"it is {r['financial_status'] or 'without a payment'}, without terms or release"
            yield look.finding("sent unpaid", r["at"], ("order", r["id"]), text, where)


def _cancelled(look: _Look) -> Iterator[Finding]:
    where = look.line_of("process-an-order", _branch_on("order.is_cancelled"))
    for r in look.rows(_SENT):
        if r["cancelled"] and r["cancelled"] < r["last_at"]:
            text = f"it was cancelled at {r['cancelled']}"
            yield look.finding("sent after it was cancelled", r["last_at"], ("order", r["id"]), text, where)


def _promises(look: _Look) -> Iterator[Finding]:
    for r in look.rows(
        """select * from runs where promised_at is not null and promised_at >= :since and promised_at < :until
             and (ended_at > promised_at or ended_at is null)"""
    ):
        if r["ended_at"] is None and (r["promised_at"] > iso(look.now) or _waits(look, r["id"])):
            continue
        procedure = look.procedure(r)
        late = parse_iso(r["ended_at"] or iso(look.now)) - parse_iso(r["promised_at"])
        text = f"{_hours(late)} late" + ("" if r["ended_at"] else ", and still open")
        where = (procedure.source, procedure.lines.get("promise", 1))
        yield look.finding("promise missed", r["promised_at"], (r["about_type"], r["about_id"]), text, where, r["id"])


def _waits(look: _Look, run_id: int) -> bool:
    return bool(
        look.shop.db.execute(
            """with recursive below(id) as (
                 select ? union all select r.id from runs r join below b on r.parent_run_id = b.id)
               select 1 from tasks where run_id in (select id from below) and kind = 'wait' and status = 'waiting'
               limit 1""",
            [run_id],
        ).fetchone()
    )


def _hours(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _scheduled(look: _Look) -> Iterator[Finding]:
    """A run that the clock started and that was not ended by the end of the next day."""
    for r in look.rows(
        """select r.* from runs r join events e on e.id = r.cause_event_id
           where e.kind = 'day.began' and r.started_at >= :since and r.started_at < :until"""
    ):
        due = iso(look.shop.working.after_days(parse_iso(r["started_at"]), 1))
        if due < (r["ended_at"] or iso(look.now)):
            procedure = look.procedure(r)
            where = (procedure.source, procedure.lines.get("starts", 1))
            text = f"“{procedure.title}” was " + ("done late" if r["ended_at"] else "not done")
            yield look.finding(
                "scheduled work not done", r["started_at"], (r["about_type"], r["about_id"]), text, where, r["id"]
            )


def _outcomes(look: _Look) -> Iterator[Finding]:
    allowed_by_engine = ("ended with ", "taken back by ")
    for r in look.rows("select * from runs where ended_at >= :since and ended_at < :until"):
        procedure = look.procedure(r)
        said = str(r["outcome"] or "")
        if said in outcomes(procedure) or said.startswith(allowed_by_engine) or _decided_by_hand(look, r["id"], said):
            continue
        where = (procedure.source, procedure.steps[-1].line)
        text = f"it ended “{said}”"
        yield look.finding(
            "outcome that no step allows", r["ended_at"], (r["about_type"], r["about_id"]), text, where, r["id"]
        )


def _decided_by_hand(look: _Look, run_id: int, outcome: str) -> bool:
    """A stopped case that a person ended in words of their own."""
    rows = look.shop.db.execute(
        "select answers from tasks where run_id = ? and kind = 'unclear' and answers is not null", [run_id]
    )
    return any(json.loads(r[0]).get("why") == outcome for r in rows)


def _approvals(look: _Look) -> Iterator[Finding]:
    for r in look.rows(
        """select a.*, r.procedure, r.version_sha, t.role as task_role,
             (select coalesce(sum(b.approved_cents), 0) from approvals b where b.kind = a.kind
              and b.about_type = a.about_type and b.about_id = a.about_id and b.status = 'approved' and b.id < a.id
             ) as before_cents
           from approvals a join runs r on r.id = a.run_id left join tasks t on t.id = a.task_id
           where a.status = 'approved' and a.decided_at >= :since and a.decided_at < :until"""
    ):
        step = look.procedure(r).step(r["step"])
        where = (look.procedure(r).source, step.approve.line if step.approve else step.line)
        about, total = (r["about_type"], r["about_id"]), r["approved_cents"] + r["before_cents"]
        by_founder = r["decided_by"] and look.held.is_founder(
            r["decided_by"], look.shop.today(parse_iso(r["decided_at"]))
        )
        if r["limit_cents"] is not None and total > r["limit_cents"]:
            limit = format_money(r["limit_cents"], r["currency"])
            said = f"{format_money(total, r['currency'])} of {r['kind']}, limit {limit}"
            yield look.finding("decided above the limit", r["decided_at"], about, said, where, r["run_id"])
        elif r["approved_cents"] > r["asked_cents"]:
            said = f"{format_money(r['asked_cents'], r['currency'])} was asked, more was approved"
            yield look.finding("decided above the limit", r["decided_at"], about, said, where, r["run_id"])
        if not r["by_engine"] and r["drafted_by"] and r["drafted_by"] == r["decided_by"] and not by_founder:
            said = f"{look.held.names.get(r['decided_by'], '')} asked for it and approved it"
            yield look.finding("own draft approved", r["decided_at"], about, said, where, r["run_id"])


def _roles_and_answers(look: _Look) -> Iterator[Finding]:
    for r in look.rows(
        """select t.*, r.procedure, r.version_sha from tasks t join runs r on r.id = t.run_id
           where t.kind = 'step' and t.status = 'done' and t.done_at >= :since and t.done_at < :until"""
    ):
        procedure = look.procedure(r)
        step = procedure.step(r["step"])
        about = (r["about_type"], r["about_id"])
        if not _may(look, r):
            who = look.held.names.get(r["done_by"], "nobody")
            where = (procedure.source, step.lines.get("Role", procedure.lines.get("performer", 1)))
            text = f"“{step.title}” is for {r['role']}; {who} did it"
            yield look.finding("done by another role", r["done_at"], about, text, where, r["run_id"])
        missing = _missing(step, r)
        if missing:
            text, where = f"“{step.title}” was done without {missing[0]}", (procedure.source, missing[1])
            yield look.finding("check or answer missing", r["done_at"], about, text, where, r["run_id"])


def _may(look: _Look, task: sqlite3.Row) -> bool:
    """Whether the doer held the role on that day, its deputy's, or one above it; a task handed over is theirs too."""
    if task["done_by"] is None:
        return True
    on, role, seen = look.shop.today(parse_iso(task["done_at"])), task["role"], set[str]()
    while role and role not in seen:
        seen.add(role)
        described = look.book.roles.get(role)
        names = {role, described.deputy} if described and described.deputy else {role}
        if any(task["done_by"] in look.held.holders(name, on) for name in names):
            return True
        role = role_above(look.book, role)
    return False


def _missing(step: Step, task: sqlite3.Row) -> tuple[str, int] | None:
    ticked = json.loads(task["data"]).get("checks", [])
    for number, check in enumerate(step.checks):
        if number not in ticked:
            return f"“{check.text}”", check.line
    answers = json.loads(task["answers"] or "{}")
    for one in step.record:
        if not one.optional and one.name not in answers and f"{one.name}_cents" not in answers:
            return f"“{one.name.replace('_', ' ')}”", one.line
    return None


_CHECKS: tuple[Callable[[_Look], Iterator[Finding]], ...] = (
    _refunds,
    _risky,
    _unpaid,
    _cancelled,
    _promises,
    _scheduled,
    _outcomes,
    _approvals,
    _roles_and_answers,
)


@dataclass(frozen=True)
class Outside:
    """What was done on the platform in a week without a run here. No export says by whom."""

    week: date
    """Its Monday."""
    sent: int
    """Orders sent without a parcel of ours."""
    refunded: int
    """Orders paid back without an approval here."""
    cancelled: int
    """Orders cancelled without a run that dealt with it."""


def outside(shop: Shop, first: date, last: date) -> list[Outside]:
    """What was done on the platform without a run, by week, of the store's days `first` to `last`."""
    span = {"since": between(shop, first, last)[0], "until": between(shop, first, last)[1]}
    counted: dict[date, list[int]] = {}
    for column, sql in enumerate(_OUTSIDE):
        for (at,) in shop.db.execute(sql, span).fetchall():
            on = shop.today(parse_iso(at))
            counted.setdefault(on - timedelta(days=on.weekday()), [0, 0, 0])[column] += 1
    return [Outside(week, *numbers) for week, numbers in sorted(counted.items())]


_OUTSIDE = (
    """select min(p.shipped_at) from parcels p join orders o on o.id = p.order_id
       where p.source <> 'ours' and p.shipped_at >= :since and p.shipped_at < :until
         and not exists (select 1 from parcels x where x.order_id = o.id and x.source = 'ours') group by o.id""",
    """select max(f.refunded_at) from refunds f
       where f.source = 'import' and f.refunded_at >= :since and f.refunded_at < :until
         and not exists (select 1 from approvals a where a.about_type = 'order' and a.about_id = +f.order_id
                         and a.kind in ('refund', 'cancel') and a.status = 'approved') group by f.order_id""",
    """select o.cancelled_at from orders o where o.cancelled_at >= :since and o.cancelled_at < :until
         and not exists (select 1 from order_cancellations x where x.order_id = o.id)
         and not exists (select 1 from run_cases c join runs r on r.id = c.run_id
                         where c.type = 'order' and c.id = +o.id and r.procedure = 'cancel-an-order')""",
)


def nightly_audit(shop: Shop, now: datetime) -> int:
    """Once a night, look over yesterday and put what was not as the playbook wants it before the operations lead, in
    one task; gives how many findings. A demo store is not audited by night."""
    here = now.astimezone(shop.home.zone)
    yesterday = here.date() - timedelta(days=1)
    if shop.home.clock == "demo" or here.hour < NIGHT or get_setting(shop.db, AUDITED, "") >= yesterday.isoformat():
        return 0
    found = audit(shop, yesterday, yesterday, now)
    with write(shop.db):
        set_setting(shop.db, AUDITED, yesterday.isoformat())
        if found:
            lines = [f"{f.case}: {f.kind}, {f.text} ({f.source}, line {f.line})" for f in found[:MOST_TOLD]]
            more = [f"and {len(found) - MOST_TOLD} more"] if len(found) > MOST_TOLD else []
            open_upkeep_task(
                shop,
                f"audit {yesterday}",
                f"Look into {len(found)} findings of {yesterday:%a %-d %b}",
                "\n".join([*lines, *more]),
                now,
                role="operations-lead",
            )
    return len(found)
