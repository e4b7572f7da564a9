"""Finishing a task: record, checklist, authority and state are checked here, whatever the page showed; the deeds, the
events and the next task stand in the same transaction."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ecomos.errors import EcomosError, Refused
from ecomos.people import person
from ecomos.store import write
from ecomos.work.answers import must_be_ticked, read_answers
from ecomos.work.approving import decide
from ecomos.work.catalogue import link
from ecomos.work.documents import keep_document
from ecomos.work.engine import advance, end_run, jump
from ecomos.work.handwork import finish_hand_task
from ecomos.work.run import Run, load_run, set_phase
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, mine, note
from ecomos.work.values import case_currency, values_of

__all__ = ["approve", "choose_way", "finish", "finish_batch", "judge", "refuse"]


def finish(
    shop: Shop,
    task_id: int,
    person_id: int,
    now: datetime,
    *,
    answers: Mapping[str, Any] | None = None,
    checks: list[int] | None = None,
    case: tuple[str, Any] | None = None,
) -> None:
    """Done: the run goes on to the next task. Raises Refused, with nothing written, where it may not be."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if task["kind"] == "step":
            _finish_step(shop, task, person_id, now, answers or {}, checks or [], case)
        elif task["kind"] == "document":
            keep_document(shop, task, person_id, str((answers or {}).get("number", "")), now)
            _go_on(shop, task, now)
        elif task["kind"] == "hand":
            finish_hand_task(shop, task, person_id, str((answers or {}).get("reference", "")), now)
            _go_on(shop, task, now)
        elif task["kind"] in ("missing", "mail", "failed", "held"):
            _finish_plain(shop, task, person_id, now, answers or {})
        else:
            raise Refused(f"“{task['title']}” is decided with its own buttons.")


def _finish_step(
    shop: Shop,
    task: sqlite3.Row,
    person_id: int,
    now: datetime,
    answers: Mapping[str, Any],
    checks: list[int],
    case: tuple[str, Any] | None,
) -> None:
    run = _run_at(shop, task)
    step = run.step
    must_be_ticked(step, checks)
    if step.case:
        _link_case(shop, run, step.case, case)
    kept = read_answers(shop, step, answers, values_of(shop, run, now), case_currency(shop, run))
    close(shop, task["id"], "done", now, person_id, kept, {"checks": sorted(set(checks))})
    set_phase(shop, run.id, "sample")
    advance(shop, run.id, now, finishing=(step.slug, run.visit))


def _run_at(shop: Shop, task: sqlite3.Row) -> Run:
    run = load_run(shop, task["run_id"])
    if (run.step.slug, run.visit, run.status) != (task["step"], task["visit"], "open"):
        raise Refused(f"“{task['title']}” is over: the case stands at “{run.step.title}”.")
    return run


def _link_case(shop: Shop, run: Run, kind: str, case: tuple[str, Any] | None) -> None:
    known = shop.db.execute("select 1 from run_cases where run_id = ? and type = ?", [run.id, kind]).fetchone()
    if known:
        return
    if case is None or case[0] != kind:
        raise Refused(f"Choose the {kind} that this is about.")
    shop.db.execute("insert into run_cases(run_id, type, id) values (?, ?, ?)", [run.id, *case])
    link(shop.db, run.about, case)


def _go_on(shop: Shop, task: sqlite3.Row, now: datetime) -> None:
    advance(shop, task["run_id"], now, finishing=(task["step"], task["visit"]))


def _finish_plain(shop: Shop, task: sqlite3.Row, person_id: int, now: datetime, answers: Mapping[str, Any]) -> None:
    said = str(answers.get("found", "")).strip()
    if not said:
        raise Refused("Write what you found or did: it stays with the case.")
    close(shop, task["id"], "done", now, person_id, {"found": said})


def finish_batch(
    shop: Shop,
    batch_id: int,
    person_id: int,
    now: datetime,
    *,
    answers: Mapping[int, Mapping[str, Any]],
    checks: list[int],
) -> dict[int, str]:
    """Finish the cases of a wave that are named (task id -> answers); gives what was refused, by task.

    A case that is refused stays on the list; the others go on.
    """
    refused: dict[int, str] = {}
    for task_id, given in answers.items():
        row = shop.db.execute("select batch_id from tasks where id = ?", [task_id]).fetchone()
        if row is None or row["batch_id"] != batch_id:
            refused[task_id] = "This case is not in the wave."
            continue
        try:
            finish(shop, task_id, person_id, now, answers=given, checks=checks)
        except EcomosError as error:
            refused[task_id] = str(error)
    return refused


def approve(
    shop: Shop, task_id: int, person_id: int, now: datetime, *, amount: Decimal | None = None, reason: str = ""
) -> None:
    """Grant what was asked, or less of it."""
    _decide(shop, task_id, person_id, now, True, reason, amount)


def refuse(shop: Shop, task_id: int, person_id: int, now: datetime, *, reason: str) -> None:
    """Refuse it; the run takes the step's way for that."""
    _decide(shop, task_id, person_id, now, False, reason, None)


def _decide(
    shop: Shop, task_id: int, person_id: int, now: datetime, grant: bool, reason: str, amount: Decimal | None
) -> None:
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if task["kind"] != "approve":
            raise Refused(f"“{task['title']}” is not an approval.")
        decide(shop, task, person_id, grant=grant, reason=reason, now=now, amount=amount)
        _go_on(shop, task, now)


def choose_way(shop: Shop, task_id: int, person_id: int, now: datetime, *, to: str, why: str) -> None:
    """Say how a stopped case goes on: at a step (its slug), or `end` with the reason as its outcome."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if task["kind"] != "unclear":
            raise Refused(f"“{task['title']}” is not a stopped case.")
        if not why.strip():
            raise Refused("Write why: it stays with the case, and shows what the procedure should say.")
        run = load_run(shop, task["run_id"])
        close(shop, task_id, "done", now, person_id, {"to": to, "why": why.strip()})
        if to == "end":
            end_run(shop, run, why.strip(), now)
        elif any(s.slug == to for s in run.procedure.steps):
            jump(shop, run, to, now, f"decided by hand: {why.strip()}")
        else:
            raise Refused(f"“{run.procedure.title}” has no step #{to}.")


def judge(shop: Shop, task_id: int, person_id: int, now: datetime, *, fine: bool, why: str = "") -> None:
    """Say whether a sampled step was done well: the case goes on, or the step is done again with the reason."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if task["kind"] != "sample":
            raise Refused(f"“{task['title']}” is no sample.")
        if person_id == json.loads(task["data"])["done_by"] and task["role"] != "founder":
            raise Refused("Your own work is looked at by somebody else.")
        if not fine and not why.strip():
            raise Refused("Write what is to be done otherwise: whoever does it again reads it.")
        run = _run_at(shop, task)
        close(shop, task_id, "done", now, person_id, {"fine": fine, "why": why.strip() or None})
        if fine:
            set_phase(shop, run.id, "approve")
            return _go_on(shop, task, now)
        note(shop, json.loads(task["data"])["task"], "sample failed", now, person_id, why.strip())
        jump(shop, run, run.step.slug, now, f"looked at by {person(shop.db, person_id).name}: {why.strip()}")
