"""The engine: starts a run, carries it on until it waits for somebody or has ended, ends or stops it. Everything here
stands in the caller's transaction."""

from datetime import datetime
from typing import Any

from ecomos.errors import EcomosError, WrongUsage, nearest
from ecomos.playbook.conditions import CannotTell
from ecomos.playbook.records import StartChild, Step, Target
from ecomos.store import iso
from ecomos.work.deadlines import after_span
from ecomos.work.phases import PHASE_WORK, Ended, Moved, On, Stopped, Stuck, Way, case_of, wanted
from ecomos.work.run import PHASES, Run, bring_links, load_run, move_to, note_visit, open_run_of, set_phase
from ecomos.work.shop import Shop
from ecomos.work.tasks import open_task, withdraw_tasks
from ecomos.work.versions import current_sha, in_force, procedure_version

__all__ = ["advance", "end_run", "jump", "start_run", "stop_run"]

MOST_PASSES = 100
"""Steps passed without a person or a wait before a run counts as going round in circles."""


def start_run(
    shop: Shop,
    procedure: str,
    about: tuple[str, Any],
    now: datetime,
    *,
    cause: int | None = None,
    parent: int | None = None,
    lives_on: bool = False,
    at: str | None = None,
) -> tuple[int, bool]:
    """Start a procedure for a case and carry it on; gives (run id, started).

    Where one is open for the case already, the cause is added to it and `started` is False.
    Raises WrongUsage for an unknown procedure, case type or step.
    """
    book = in_force(shop, now)
    if procedure not in book.procedures:
        raise WrongUsage(f"No procedure named {procedure} is in force{nearest(procedure, book.procedures)}.")
    found = book.procedures[procedure]
    if found.about != about[0]:
        raise WrongUsage(f"“{found.title}” is about a {found.about}, not about a {about[0]}.")
    existing = None if found.again else open_run_of(shop, procedure, about)
    if existing:
        _add_cause(shop, existing, cause)
        return existing, False
    sha = current_sha(shop, "procedures", procedure, now)
    record = procedure_version(shop, procedure, sha)
    first = _first_step(record.steps, at)
    promised = iso(after_span(shop, now, record.promise, now, working=True)) if record.promise else None
    run_id = shop.db.execute(
        """insert into runs(procedure, version_sha, about_type, about_id, cause_event_id, parent_run_id, lives_on,
             status, step, phase, visit, entered_at, started_at, promised_at)
           values (?, ?, ?, ?, ?, ?, ?, 'open', ?, 'wait', 1, ?, ?, ?)""",
        [procedure, sha, *about, cause, parent, int(lives_on), first.slug, iso(now), iso(now), promised],
    ).lastrowid
    assert run_id is not None
    shop.db.execute("insert into run_cases(run_id, type, id) values (?, ?, ?)", [run_id, *about])
    _inherit_cases(shop, run_id, parent, about[0])
    bring_links(shop, run_id)
    note_visit(shop, run_id, first.slug, now)
    _add_cause(shop, run_id, cause)
    advance(shop, run_id, now)
    return run_id, True


def _inherit_cases(shop: Shop, run_id: int, parent: int | None, about: str) -> None:
    """A procedure that another one starts knows its cases too: who asked about a late parcel is answered."""
    shop.db.execute(
        """insert or ignore into run_cases(run_id, type, id)
           select ?, type, id from run_cases where run_id = ? and type <> ?""",
        [run_id, parent, about],
    )


def _first_step(steps: tuple[Step, ...], at: str | None) -> Step:
    if at is None:
        return steps[0]
    for step in steps:
        if step.slug == at.lstrip("#"):
            return step
    raise WrongUsage(f"There is no step #{at}{nearest(at, [s.slug for s in steps])}.")


def _add_cause(shop: Shop, run_id: int, cause: int | None) -> None:
    if cause is not None:
        shop.db.execute("insert or ignore into run_causes(run_id, event_id) values (?, ?)", [run_id, cause])


def advance(shop: Shop, run_id: int, now: datetime, *, finishing: tuple[str, int] | None = None) -> None:
    """Carry a run on until it waits for somebody or has ended.

    What can't be told, a deed that is refused or a message that can't be written stops the case for a person; while
    somebody is `finishing` that step (slug, visit) it is theirs to read: it is raised and nothing was written.
    """
    for _ in range(MOST_PASSES):
        run = load_run(shop, run_id)
        if run.status != "open":
            return
        try:
            work = _start_children if run.phase == "start" else PHASE_WORK[run.phase]
            went = work(shop, run, now)
        except EcomosError as refused:
            if finishing == (run.step.slug, run.visit):
                raise
            return stop_run(shop, run, str(refused), now)
        if isinstance(went, Stopped):
            return
        if isinstance(went, Stuck):
            return stop_run(shop, run, went.why, now)
        if isinstance(went, Ended):
            return end_run(shop, run, went.outcome, now, spare=went.handed_to)
        if isinstance(went, Moved):
            move_to(shop, run, went.step, now)
        else:
            set_phase(shop, run.id, PHASES[PHASES.index(run.phase) + 1])
    stop_run(shop, load_run(shop, run_id), "the steps go round without a person or a wait", now)


def stop_run(shop: Shop, run: Run, why: str, now: datetime) -> None:
    """Stop the case for a person: the procedure's owner chooses how it goes on."""
    shop.db.execute("update runs set status = 'stopped' where id = ?", [run.id])
    open_task(
        shop,
        "unclear",
        f"Decide how “{run.procedure.title}” goes on",
        run.procedure.owner,
        now,
        run=(run.id, run.step.slug, run.visit),
        about=run.about,
        due_at=iso(shop.working.after_days(now, 1)),
        why=why,
    )


def end_run(
    shop: Shop, run: Run, outcome: str, now: datetime, why: str | None = None, spare: str | None = None
) -> None:
    """End a run with its outcome: its open work is withdrawn, its children end with it (but `spare`, the procedure that
    it hands the case to), its parent goes on."""
    ended = f"“{run.procedure.title}” ended: {outcome}"
    withdraw_tasks(shop, run.id, now, why or ended, mail=why is not None)
    shop.db.execute(
        "update runs set status = 'done', outcome = ?, ended_at = ? where id = ?", [outcome, iso(now), run.id]
    )
    children = """select id from runs
                  where parent_run_id = ? and status <> 'done' and not lives_on and procedure is not ?"""
    for (child,) in shop.db.execute(children, [run.id, spare]).fetchall():
        end_run(shop, load_run(shop, child), f"ended with {run.procedure.stem}", now, why)
    if run.parent_run_id:
        _child_ended(shop, run.parent_run_id, now)


def _start_children(shop: Shop, run: Run, now: datetime) -> Way:
    """The phase that starts other procedures; waits where the step says so."""
    waits = False
    for child in run.step.starts:
        try:
            if not wanted(shop, run, child.when, now):
                continue
        except CannotTell as unknown:
            return Stuck(f"start {child.procedure}: {unknown}")
        for case in _cases_of(shop, run, child):
            waits = _start_child(shop, run, child, case, now) or waits
    return Stopped() if waits else On()


def _cases_of(shop: Shop, run: Run, child: StartChild) -> list[tuple[str, Any]]:
    """The case that a child is started for; with `for each`, all of them."""
    if child.for_each is None:
        return [(child.about, case_of(run, shop, child.about))]
    what, of = child.for_each
    members = shop.catalogue.members[child.for_each]
    return [(what, key) for key in members(shop.db, case_of(run, shop, of))]


def _start_child(shop: Shop, run: Run, child: StartChild, case: tuple[str, Any], now: datetime) -> bool:
    """Start one; gives whether the parent waits for it."""
    started, is_new = start_run(
        shop, child.procedure, case, now, cause=run.cause_event_id, parent=run.id, lives_on=child.lives_on
    )
    if child.wait and not is_new:
        shop.db.execute("update runs set parent_run_id = coalesce(parent_run_id, ?) where id = ?", [run.id, started])
    row = shop.db.execute("select status, parent_run_id from runs where id = ?", [started]).fetchone()
    return bool(child.wait and row["status"] != "done" and row["parent_run_id"] == run.id)


def _child_ended(shop: Shop, parent_id: int, now: datetime) -> None:
    parent = load_run(shop, parent_id)
    if parent.status == "open" and parent.phase == "start" and any(c.wait for c in parent.step.starts):
        waited = shop.db.execute(
            "select count(*) from runs where parent_run_id = ? and status <> 'done'", [parent_id]
        ).fetchone()[0]
        if not waited:
            set_phase(shop, parent_id, "out")
            advance(shop, parent_id, now)


def jump(shop: Shop, run: Run, target: Target | str, now: datetime, why: str, *, mail: bool = True) -> None:
    """Take a run out of its step and put it to another one; its open work is withdrawn, with `mail` its unsent mail."""
    slug = target if isinstance(target, str) else target.slug
    withdraw_tasks(shop, run.id, now, why, mail=mail)
    for (child,) in shop.db.execute(
        "select id from runs where parent_run_id = ? and status <> 'done' and not lives_on", [run.id]
    ).fetchall():
        end_quietly(shop, load_run(shop, child), f"taken back by {run.procedure.stem}", now)
    move_to(shop, run, run.procedure.step(slug), now)
    advance(shop, run.id, now)


def end_quietly(shop: Shop, run: Run, outcome: str, now: datetime) -> None:
    """End a child whose parent has gone elsewhere: the parent is not told."""
    withdraw_tasks(shop, run.id, now, outcome)
    shop.db.execute(
        "update runs set status = 'done', outcome = ?, ended_at = ? where id = ?", [outcome, iso(now), run.id]
    )
