"""One function for each phase of a step, in the order they happen. Each says what follows: on to the next phase,
stopped until somebody or something comes, moved to another step, ended, or stuck (a person must look)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecomos.errors import Refused
from ecomos.money import from_cents
from ecomos.playbook.catalogue import Doer
from ecomos.playbook.conditions import CannotTell
from ecomos.playbook.records import Expression, Step, Target
from ecomos.store import iso
from ecomos.work.approving import approved_amount, ask_approval
from ecomos.work.batching import batch_for
from ecomos.work.deadlines import due_at
from ecomos.work.documents import ask_document
from ecomos.work.handwork import open_hand_task
from ecomos.work.mailing import send_message
from ecomos.work.run import Run, bring_links
from ecomos.work.shop import Shop
from ecomos.work.tasks import open_task
from ecomos.work.values import case_currency, holds, used_by, value_of, values_of
from ecomos.work.waiting import begin_wait, is_met

__all__ = ["PHASE_WORK", "Ended", "Moved", "On", "Stopped", "Stuck"]


@dataclass(frozen=True)
class On:
    """On to the next phase."""


@dataclass(frozen=True)
class Stopped:
    """Until somebody finishes a task or something happens."""


@dataclass(frozen=True)
class Moved:
    """To another step."""

    step: Step


@dataclass(frozen=True)
class Ended:
    """The run ends; the procedure that it hands the case to goes on without it."""

    outcome: str
    handed_to: str | None = None


@dataclass(frozen=True)
class Stuck:
    """A person must look, for this reason."""

    why: str


Way = On | Stopped | Moved | Ended | Stuck


def _wait(shop: Shop, run: Run, now: datetime) -> Way:
    if run.step.wait is None or is_met(shop, run, now):
        return On()
    begin_wait(shop, run, now)
    return Stopped()


def _task(shop: Shop, run: Run, now: datetime) -> Way:
    step = run.step
    if not step.is_human:
        return On()
    batch = batch_for(shop, run, now) if step.batch else None
    due = due_at(shop, step.within, now, now) or (batch[1] if batch else None) or run.promised_at
    open_task(
        shop,
        "step",
        step.title,
        step.role or run.procedure.performer,
        now,
        run=(run.id, step.slug, run.visit),
        about=run.about,
        due_at=due,
        batch_id=batch[0] if batch else None,
    )
    return Stopped()


def _sample(shop: Shop, run: Run, now: datetime) -> Way:
    """Every n-th time that the step was done, somebody else looks at it; counted over the procedure's runs."""
    sample = run.step.sample
    done = shop.db.execute(
        """select id, done_by from tasks where run_id = ? and step = ? and visit = ? and kind = 'step'
             and status = 'done' order by id desc limit 1""",
        [run.id, run.step.slug, run.visit],
    ).fetchone()
    if sample is None or done is None:
        return On()
    before = shop.db.execute(
        """select count(*) from tasks t join runs r on r.id = t.run_id
           where r.procedure = ? and t.step = ? and t.kind = 'step' and t.status = 'done'""",
        [run.procedure.stem, run.step.slug],
    ).fetchone()[0]
    if before % sample.one_in:
        return On()
    open_task(
        shop,
        "sample",
        f"Look at a sample: {run.step.title}",
        sample.role,
        now,
        run=(run.id, run.step.slug, run.visit),
        about=run.about,
        due_at=due_at(shop, run.step.within, now, now) or iso(shop.working.after_days(now, 1)),
        data={"task": done["id"], "done_by": done["done_by"]},
    )
    return Stopped()


def _document(shop: Shop, run: Run, now: datetime) -> Way:
    if run.step.document is None or _done_elsewhere(shop, run):
        return On()
    return On() if ask_document(shop, run, run.step.document, now) else Stopped()


def wanted(shop: Shop, run: Run, when: Expression | None, now: datetime) -> bool:
    return when is None or holds(shop, when, values_of(shop, run, now))


def _approve(shop: Shop, run: Run, now: datetime) -> Way:
    asked = run.step.approve
    if asked is None or _was_refused(shop, run) is False:
        return On()
    if _was_refused(shop, run):
        return Moved(run.procedure.step(asked.refused.slug))
    try:
        if not wanted(shop, run, asked.when, now):
            return On()
        amount = value_of(shop, asked.amount, values_of(shop, run, now))
    except CannotTell as unknown:
        return Stuck(f"{asked.kind} of {asked.amount.text}: {unknown}")
    if amount is None:
        return Stuck(f"{asked.kind} of {asked.amount.text}: no amount was written down")
    return On() if ask_approval(shop, run, amount, now) else Stopped()


def _was_refused(shop: Shop, run: Run) -> bool | None:
    """Whether the approval of this visit was refused; None while it was not asked."""
    row = shop.db.execute(
        """select status from approvals where run_id = ? and step = ? and visit = ?
             and status in ('approved', 'refused') order by id desc limit 1""",
        [run.id, run.step.slug, run.visit],
    ).fetchone()
    return None if row is None else row[0] == "refused"


def _done_elsewhere(shop: Shop, run: Run) -> bool:
    row = shop.db.execute(
        "select 1 from tasks where run_id = ? and step = ? and visit = ? and kind = 'step' and status = 'elsewhere'",
        [run.id, run.step.slug, run.visit],
    ).fetchone()
    return row is not None


def _do(shop: Shop, run: Run, now: datetime) -> Way:
    do = run.step.do
    if do is None or _done_elsewhere(shop, run):
        return On()
    values = values_of(shop, run, now)
    try:
        if not wanted(shop, run, do.when, now):
            return On()
        arguments = {name: _argument(shop, run, e, values) for name, e in do.arguments.items()}
    except CannotTell as unknown:
        return Stuck(f"{do.deed}: {unknown}")
    deed = shop.catalogue.deeds[do.deed]
    case = case_of(run, shop, deed.about)
    if deed.outside:
        return On() if open_hand_task(shop, run, deed, case, arguments, now) else Stopped()
    deed.call(shop.db, case, arguments, doer_of(shop, run, now))
    bring_links(shop, run.id)
    return On()


def _argument(shop: Shop, run: Run, expression: Expression, values: dict[str, Any]) -> Any:
    """A deed's argument; the amount that an approval named is the approved one, which may be lower."""
    asked = run.step.approve
    if asked is not None and asked.amount.text == expression.text:
        cents = approved_amount(shop, run)
        if cents is not None:
            return from_cents(cents, case_currency(shop, run))
    return value_of(shop, expression, values)


def case_of(run: Run, shop: Shop, kind: str) -> Any:
    if run.about[0] == kind:
        return run.about[1]
    row = shop.db.execute("select id from run_cases where run_id = ? and type = ?", [run.id, kind]).fetchone()
    if row is None:
        raise Refused(f"No {kind} belongs to this case.")
    return row[0]


def doer_of(shop: Shop, run: Run, now: datetime) -> Doer:
    """On whose behalf the engine acts: the person who finished the step's task, else the run itself."""
    row = shop.db.execute(
        "select done_by from tasks where run_id = ? and step = ? and visit = ? and done_by is not null"
        " order by done_at desc, id desc limit 1",
        [run.id, run.step.slug, run.visit],
    ).fetchone()
    who = row[0] if row else None
    return Doer(f"person:{who}" if who else f"run:{run.id}", who, run.id, now, shop.today(now), run.cause_event_id)


def _send(shop: Shop, run: Run, now: datetime) -> Way:
    if run.step.send is None or _done_elsewhere(shop, run):
        return On()
    try:
        if wanted(shop, run, run.step.send.when, now):
            send_message(shop, run, run.step.send, values_of(shop, run, now), now)
    except CannotTell as unknown:
        return Stuck(f"{run.step.send.message}: {unknown}")
    return On()


def _out(shop: Shop, run: Run, now: datetime) -> Way:
    step = run.step
    if step.branches:
        return _branch(shop, run, now)
    if step.end:
        return Ended(step.end.outcome, step.end.handed_to)
    if step.next:
        return Moved(run.procedure.step(step.next.slug))
    below = run.procedure.after(step)
    return Moved(below) if below else Stuck("the last step does not end")


def _branch(shop: Shop, run: Run, now: datetime) -> Way:
    values = values_of(shop, run, now)
    used: dict[str, Any] = {}
    for branch in run.step.branches:
        try:
            if branch.when is not None:
                used |= used_by(shop, branch.when, values)
                if not holds(shop, branch.when, values):
                    continue
        except CannotTell as unknown:
            return Stuck(f"“{branch.when.text if branch.when else ''}” can't be told: {unknown}")
        _decided(shop, run, branch.when.text if branch.when else "otherwise", branch.target, used, now)
        return Moved(run.procedure.step(branch.target.slug))
    return Stuck("no row of the table holds")


def _decided(shop: Shop, run: Run, row: str, target: Target, used: dict[str, Any], now: datetime) -> None:
    kept = {k: v if isinstance(v, bool | int | None) else str(v) for k, v in used.items()}
    shop.db.execute(
        "insert into decisions(run_id, step, visit, decided_at, row, target, used) values (?, ?, ?, ?, ?, ?, ?)",
        [run.id, run.step.slug, run.visit, iso(now), row, target.slug, json.dumps(kept)],
    )


PHASE_WORK: dict[str, Callable[[Shop, Run, datetime], Way]] = {
    "wait": _wait,
    "task": _task,
    "sample": _sample,
    "approve": _approve,
    "do": _do,
    "document": _document,
    "send": _send,
    "out": _out,
}
