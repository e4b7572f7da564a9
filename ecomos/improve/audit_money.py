"""The audit of money: what went back without an approval, and what was approved by somebody who may not."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ecomos.improve.audit_look import Finding, Look, Where
from ecomos.money import format_money, to_cents
from ecomos.people.lending import lent_to
from ecomos.playbook.conditions import CannotTell
from ecomos.playbook.records import Approve, Procedure, Step
from ecomos.store import parse_iso
from ecomos.work.run import load_run
from ecomos.work.values import holds, values_of

__all__ = ["decided_by_those_who_may", "refunds_were_approved", "the_platform_paid_no_more"]

REFUND = "orders.refund"


def refunds_were_approved(look: Look) -> Iterator[Finding]:
    """What a run paid back was approved in it, where its procedure asks for an approval."""
    rows = look.rows(
        """select f.run_id, f.order_id, f.currency, sum(f.amount_cents) as paid, max(f.refunded_at) as at, r.procedure,
             r.version_sha
           from refunds f join runs r on r.id = f.run_id
           where f.source = 'ours' and f.run_id in (
             select run_id from refunds where source = 'ours' and refunded_at >= :since and refunded_at < :until)
           group by f.run_id, f.order_id"""
    )
    for row in rows:
        step = _step_that_pays(look, row)
        if step is None or step.approve is None:
            continue
        approved = _approved(look, row["run_id"], step.approve.kind)
        if row["paid"] > approved and _is_asked(look, row["run_id"], step.approve):
            yield look.finding(
                "refund without approval",
                row["at"],
                ("order", row["order_id"]),
                f"{_money(row, 'paid')} went back, {format_money(approved, row['currency'])} was approved",
                look.where(row, step.approve.line),
                row["run_id"],
            )


def _money(row: sqlite3.Row, name: str) -> str:
    return format_money(row[name], row["currency"])


def _step_that_pays(look: Look, row: sqlite3.Row) -> Step | None:
    """The step of the run's procedure that refunds: one that it came to, else the first."""
    steps = [s for s in look.procedure(row).steps if s.do and s.do.deed == REFUND]
    sql = "select step from run_visits where run_id = ?"
    visited = {r[0] for r in look.shop.db.execute(sql, [row["run_id"]])}
    return next((s for s in steps if s.slug in visited), steps[0] if steps else None)


def _approved(look: Look, run_id: int, kind: str) -> int:
    sql = "select sum(approved_cents) from approvals where run_id = ? and kind = ? and status = 'approved'"
    return int(look.shop.db.execute(sql, [run_id, kind]).fetchone()[0] or 0)


def _is_asked(look: Look, run_id: int, approve: Approve) -> bool:
    """Whether the step asks for it in this case: some do so above an amount only."""
    if approve.when is None:
        return True
    try:
        return holds(look.shop, approve.when, values_of(look.shop, load_run(look.shop, run_id), look.now))
    except CannotTell:
        return False


def the_platform_paid_no_more(look: Look) -> Iterator[Finding]:
    """Of an order whose money was decided here the platform shows no more than that; others are `outside`."""
    rows = look.rows(
        """with shown as (
             select order_id, max(refunded_at) as at, sum(amount_cents) as paid from refunds
             where source = 'import' and refunded_at >= :since and refunded_at < :until group by order_id),
           decided as (
             select s.*,
               (select coalesce(sum(amount_cents), 0) from refunds f
                where f.order_id = s.order_id and f.source = 'ours') as ours,
               (select coalesce(sum(approved_cents), 0) from approvals a where a.kind in ('refund', 'cancel')
                and a.status = 'approved' and a.about_type = 'order' and a.about_id = s.order_id) as approved
             from shown s)
           select d.*, o.currency, max(ours, approved) as allowed,
             (select max(run_id) from approvals a where a.about_type = 'order' and a.about_id = d.order_id) as by_run
           from decided d join orders o on o.id = d.order_id
           where max(ours, approved) > 0 and paid > max(ours, approved)"""
    )
    for row in rows:
        text = f"{_money(row, 'paid')} went back, {_money(row, 'allowed')} was approved"
        where, run = _where_it_was_asked(look, row["by_run"]), row["by_run"]
        yield look.finding("refund without approval", row["at"], ("order", row["order_id"]), text, where, run)


def _where_it_was_asked(look: Look, run_id: int | None) -> Where:
    if run_id is not None:
        row = look.shop.db.execute(
            """select r.procedure, r.version_sha, a.step from approvals a join runs r on r.id = a.run_id
               where r.id = ? order by a.id desc""",
            [run_id],
        ).fetchone()
        return look.where(row, _line_of(look.procedure(row), row["step"]))
    procedure, step = next(iter(look.that_do(REFUND)))
    return procedure.source, step.approve.line if step.approve else step.line


def _line_of(procedure: Procedure, slug: str) -> int:
    step = procedure.step(slug)
    return step.approve.line if step.approve else step.line


@dataclass(frozen=True)
class _Limit:
    """How far somebody's authority reached on a day, and where that is written."""

    each: int | None
    """Of one case, in minor units; None: any amount."""
    a_day: int | None
    where: Where


def decided_by_those_who_may(look: Look) -> Iterator[Finding]:
    """Each approval lay within a limit that its decider held on that day, counted over the case, and was not their own
    draft. The limits are those of today: whoever lowers one sees what would be above it."""
    rows = look.rows(
        """select a.*, r.procedure, r.version_sha, t.role as task_role,
             (select coalesce(sum(b.approved_cents), 0) from approvals b where b.kind = a.kind
              and b.about_type = a.about_type and b.about_id = a.about_id and b.status = 'approved' and b.id < a.id
             ) as before_cents
           from approvals a join runs r on r.id = a.run_id left join tasks t on t.id = a.task_id
           where a.status = 'approved' and a.decided_at >= :since and a.decided_at < :until"""
    )
    for row in rows:
        where = look.where(row, _line_of(look.procedure(row), row["step"]))
        found = _judged(look, row, where)
        if found:
            kind, text, broken = found
            about = (row["about_type"], row["about_id"])
            yield look.finding(kind, row["decided_at"], about, text, broken, row["run_id"])


def _judged(look: Look, row: sqlite3.Row, asked: Where) -> tuple[str, str, Where] | None:
    """(kind, text, where) of what is wrong with an approval."""
    on = look.on(row["decided_at"])
    if row["approved_cents"] > row["asked_cents"]:
        return "decided above the limit", f"{_money(row, 'asked_cents')} was asked, more was approved", asked
    if row["decided_by"] is None or look.held.is_founder(row["decided_by"], on):
        return None
    limits = _limits(look, row)
    broken = None if any(_reaches(look, row, limit) for limit in limits) else _highest(limits)
    who = look.held.names.get(row["decided_by"], "nobody")
    if not row["by_engine"] and row["drafted_by"] == row["decided_by"]:
        where = broken.where if broken else asked
        return "own draft approved", f"{who} asked for {_money(row, 'asked_cents')} and approved it", where
    if not limits:
        return "decided above the limit", f"{who} may approve no {row['kind']} on that day", asked
    return _above(look, row, broken, who) if broken else None


def _above(look: Look, row: sqlite3.Row, limit: _Limit, who: str) -> tuple[str, str, Where]:
    cents = row["approved_cents"] + row["before_cents"]
    total = format_money(cents, row["currency"])
    if limit.a_day is not None and (limit.each is None or cents <= limit.each):
        spent, cap = (format_money(x, row["currency"]) for x in (_on_that_day(look, row), limit.a_day))
        return "decided above the limit", f"{spent} of {row['kind']} by {who} on that day, limit {cap}", limit.where
    held = "" if limit.each is None else f" {format_money(limit.each, row['currency'])}"
    if row["before_cents"] and (limit.each is None or row["approved_cents"] <= limit.each):
        return "split below the limit", f"{total} in parts by {who}, limit{held}", limit.where
    return "decided above the limit", f"{total} of {row['kind']} by {who}, limit{held}", limit.where


def _highest(limits: list[_Limit]) -> _Limit | None:
    return max(limits, key=lambda x: x.each or 0, default=None)


def _limits(look: Look, row: sqlite3.Row) -> list[_Limit]:
    """What the decider held on that day: by role, for the role that the task was for, and lent."""
    if row["currency"] != look.shop.home.currency:
        return []
    on, person = look.on(row["decided_at"]), row["decided_by"]
    names = {role for role in look.book.roles if person in look.held.holders(role, on)}
    if row["task_role"] and look.acts_for(person, row["task_role"], on):
        names.add(row["task_role"])
    return [*_by_role(look, names, row), *_lent(look, row)]


def _by_role(look: Look, names: set[str], row: sqlite3.Row) -> Iterator[_Limit]:
    for name in sorted(names & set(look.book.roles)):
        role = look.book.roles[name]
        held = role.authority.get(row["kind"])
        if held:
            each, a_day = _cents(held.each, row["currency"]), _cents(held.a_day, row["currency"])
            yield _Limit(each, a_day, (role.source, held.line))


def _cents(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else to_cents(Decimal(amount), currency)


def _lent(look: Look, row: sqlite3.Row) -> Iterator[_Limit]:
    at = parse_iso(row["decided_at"])
    where = look.where(row, _line_of(look.procedure(row), row["step"]))
    for lent in lent_to(look.shop.db, row["decided_by"], row["kind"], look.shop.today(at), at):
        yield _Limit(lent["each_cents"], lent["a_day_cents"], where)


def _reaches(look: Look, row: sqlite3.Row, limit: _Limit) -> bool:
    if limit.each is not None and row["approved_cents"] + row["before_cents"] > limit.each:
        return False
    return limit.a_day is None or _on_that_day(look, row) <= limit.a_day


def _on_that_day(look: Look, row: sqlite3.Row) -> int:
    """What the decider had approved of that kind on that day, this one included."""
    rows = look.shop.db.execute(
        """select decided_at, approved_cents from approvals where kind = ? and decided_by = ? and status = 'approved'
           and id <= ? and decided_at > date(?, '-1 day')""",
        [row["kind"], row["decided_by"], row["id"], row["decided_at"]],
    ).fetchall()
    on = look.on(row["decided_at"])
    return sum(r["approved_cents"] for r in rows if look.on(r["decided_at"]) == on)
