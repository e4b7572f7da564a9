"""The other ways out of a task, which every step has: not sure, hand over, later, skip with a reason, done elsewhere,
and the note that somebody was asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecomos.errors import Refused
from ecomos.people import holders, person
from ecomos.store import iso, write
from ecomos.work.answers import read_answers
from ecomos.work.approving import history_cents
from ecomos.work.authority import acting, limit_of_person, role_above, role_here_above
from ecomos.work.engine import advance
from ecomos.work.handwork import finish_hand_task
from ecomos.work.run import load_run, set_phase
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, mine, note, task_row
from ecomos.work.values import case_currency, values_of
from ecomos.work.versions import in_force

__all__ = ["asked_someone", "decline", "done_elsewhere", "hand_over", "later", "not_sure", "skip"]


def not_sure(shop: Shop, task_id: int, person_id: int, now: datetime, why: str) -> str:
    """Move the task up with its context, past who is away; gives the role that has it now. Counted against the step."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if not why.strip():
            raise Refused("Write what is unclear: who has it next reads it.")
        above = role_here_above(shop, task["role"], now)
        if above is None and role_above(in_force(shop, now), task["role"]) is None:
            raise Refused("There is no role above yours: decide it, or skip it with a reason.")
        if above is None:
            raise Refused("Nobody above you is here today: ask a colleague, hand it over, or decide it.")
        note(shop, task_id, "not sure", now, person_id, why.strip())
        shop.db.execute(
            "update tasks set role = ?, status = 'open', person_id = null, offered_to = null, batch_id = null, note = ?"
            " where id = ?",
            [above, f"{person(shop.db, person_id).name} is not sure: {why.strip()}", task_id],
        )
    return above


def hand_over(shop: Shop, task_id: int, person_id: int, now: datetime, to: int, why: str) -> None:
    """Offer the task to somebody who acts for its role; it stays with the giver until the other takes it."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if not why.strip():
            raise Refused("Write a note: the other reads it before accepting.")
        if to == person_id:
            raise Refused("You have it already.")
        if to not in acting(shop, task["role"], now) and to not in holders(shop.db, task["role"], shop.today(now)):
            raise Refused(f"{person(shop.db, to).name} does not act for the role {task['role']} today.")
        note(shop, task_id, "handed over", now, person_id, why.strip(), to)
        shop.db.execute(
            "update tasks set offered_to = ?, status = 'open', person_id = null, note = ? where id = ?",
            [to, f"{person(shop.db, person_id).name} hands over: {why.strip()}", task_id],
        )


def decline(shop: Shop, task_id: int, person_id: int, now: datetime) -> None:
    """Not accept what was offered: it is on the role's list again."""
    with write(shop.db):
        task = task_row(shop, task_id)
        if task["offered_to"] != person_id or task["status"] != "open":
            raise Refused("This task is not offered to you.")
        note(shop, task_id, "declined", now, person_id)
        shop.db.execute("update tasks set offered_to = null where id = ?", [task_id])


def later(shop: Shop, task_id: int, person_id: int, now: datetime, until: datetime) -> None:
    """Out of sight until then; the deadline stays."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if until <= now:
            raise Refused("Choose a time that is still to come.")
        if task["due_at"] and iso(until) > task["due_at"] > iso(now):
            raise Refused("That is after the deadline. Choose an earlier time, or hand it over.")
        note(shop, task_id, "later", now, person_id, iso(until))
        shop.db.execute("update tasks set later_until = ? where id = ?", [iso(until), task_id])


def skip(shop: Shop, task_id: int, person_id: int, now: datetime, why: str) -> None:
    """Leave the step out with a reason: nothing of it is done or sent, the case goes on by the step's way out."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if not why.strip():
            raise Refused("Write the reason: a step that is often skipped is a step to change.")
        if task["kind"] not in ("step", "hand"):
            raise Refused("Only a step can be skipped; this has to be decided.")
        note(shop, task_id, "skipped", now, person_id, why.strip())
        close(shop, task_id, "skipped", now, person_id)
        shop.db.execute("update hand_deeds set status = 'withdrawn' where task_id = ? and status = 'open'", [task_id])
        set_phase(shop, task["run_id"], "out")
        advance(shop, task["run_id"], now)


def done_elsewhere(
    shop: Shop, task_id: int, person_id: int, now: datetime, how: str, answers: Mapping[str, Any] | None = None
) -> None:
    """It was done outside the procedure: its deed is not done again, its message not sent. Within authority, counted.

    What is known of the record may be given.
    """
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if not how.strip():
            raise Refused("Write where and how it was done, with the reference.")
        if task["kind"] == "hand":
            finish_hand_task(shop, task, person_id, how, now)
            advance(shop, task["run_id"], now, finishing=(task["step"], task["visit"]))
            return
        if task["kind"] != "step":
            raise Refused("Only a step can have been done elsewhere; this has to be decided.")
        _must_be_within_authority(shop, task["run_id"], person_id, now)
        run = load_run(shop, task["run_id"])
        currency = case_currency(shop, run)
        kept = read_answers(shop, run.step, answers or {}, values_of(shop, run, now), currency, partly=True)
        note(shop, task_id, "done elsewhere", now, person_id, how.strip())
        close(shop, task_id, "elsewhere", now, person_id, kept)
        set_phase(shop, task["run_id"], "do")
        advance(shop, task["run_id"], now, finishing=(task["step"], task["visit"]))


def _must_be_within_authority(shop: Shop, run_id: int, person_id: int, now: datetime) -> None:
    run = load_run(shop, run_id)
    asked = run.step.approve
    if asked is None:
        return
    limit = limit_of_person(shop, person_id, asked.kind, shop.home.currency, now)
    if limit is not None and limit <= history_cents(shop, asked.kind, run.about, now):
        raise Refused(f"This step needs an authority for {asked.kind}; ask a role that has it.")


def asked_someone(shop: Shop, task_id: int, person_id: int, now: datetime, whom: int) -> None:
    """Note whom one asked: their answer counts as theirs, the task stays with the asker."""
    with write(shop.db):
        mine(shop, task_id, person_id, now)
        if whom == person_id:
            raise Refused("Choose whom you asked.")
        note(shop, task_id, "asked", now, person_id, person(shop.db, whom).name, whom)
