"""What a button of a task's form does: one plain function of `work` each, which checks role and state itself."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from ecomos.customers.matching import order_named
from ecomos.errors import Refused
from ecomos.pages.forms import CASE, LATER_CHOICES
from ecomos.pages.parts import SentFile
from ecomos.people import people
from ecomos.work import (
    Shop,
    approve,
    asked_someone,
    choose_way,
    decline,
    done_elsewhere,
    finish,
    give_back,
    hand_over,
    judge,
    later,
    not_sure,
    procedure_version,
    refuse,
    release,
    resend_mail,
    settle,
    skip,
    take,
    task_row,
)
from ecomos.work.changing import acknowledge, approve_change, changes_unread, refuse_change

__all__ = ["carry_out"]

Said = Mapping[str, Any]


def carry_out(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    """Do what was clicked, offer what it caused, and say in a few words what became of it.

    Raises Refused with what is wrong, nothing written.
    """
    deed = _DEEDS.get(str(said["deed"]))
    if deed is None:
        raise Refused("There is no such button here.")
    told = deed(shop, task_id, person_id, said, now)
    settle(shop, now)
    return told


def _done(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    ticked = [n for n, yes in enumerate(said["checks"]) if yes]
    answers = _kept(shop, said["answers"])
    chosen = answers.pop(CASE, None)
    case = ("order", order_named(shop.db, str(chosen))) if chosen else None
    finish(shop, task_id, person_id, now, answers=answers, checks=ticked, case=case)
    return "Done."


def _kept(shop: Shop, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as the engine takes them; a photo is kept under `files/` and its name is the answer."""
    found = {}
    for name, value in answers.items():
        if isinstance(value, SentFile):
            value = keep_file(shop, value)
        if value is not None and value != "":
            found[name] = value
    return found


def keep_file(shop: Shop, sent: SentFile) -> str:
    """Write an uploaded file under `files/` by its content, and give its name there."""
    from hashlib import sha256

    name = f"{sha256(sent.data).hexdigest()[:16]}-{sent.name}"
    (shop.home.path / "files").mkdir(exist_ok=True)
    (shop.home.path / "files" / name).write_bytes(sent.data)
    return name


def _by_name(shop: Shop, name: Any, now: datetime) -> int:
    found = [p.id for p in people(shop.db, shop.today(now)) if p.name == name]
    if len(found) != 1:
        raise Refused("Choose a person.")
    return found[0]


def _not_sure(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    role = not_sure(shop, task_id, person_id, now, said["note"])
    return f"The {role.replace('-', ' ')} has it now."


def _hand_over(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    hand_over(shop, task_id, person_id, now, _by_name(shop, said["asked"].get("to"), now), said["note"])
    return f"Offered to {said['asked']['to']}."


def _later(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    span = LATER_CHOICES.get(said["asked"].get("until"))
    if span is None:
        raise Refused("Choose when it shall be shown again.")
    later(shop, task_id, person_id, now, now + span)
    return f"Shown again {said['asked']['until']}; the deadline stays."


def _asked(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    asked_someone(shop, task_id, person_id, now, _by_name(shop, said["asked"].get("whom"), now))
    return "Noted."


def _skip(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    skip(shop, task_id, person_id, now, said["note"])
    return "Skipped; nothing of it was done or sent."


def _elsewhere(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    done_elsewhere(shop, task_id, person_id, now, said["note"], _kept(shop, said["answers"]))
    return "Noted as done elsewhere."


def _take(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    take(shop, task_id, person_id, now)
    return "It is yours."


def _give_back(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    give_back(shop, task_id, person_id, now)
    return "It is on the list again."


def _decline(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    decline(shop, task_id, person_id, now)
    return "Declined; it is on the role's list."


def _approve(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    try:
        amount = Decimal(str(said["answers"].get("amount") or ""))
    except InvalidOperation:
        raise Refused("Amount: not a number, as in 12.50") from None
    if not amount.is_finite() or not 0 <= amount < 10**12:
        raise Refused("Amount: not an amount, as in 12.50")
    approve(shop, task_id, person_id, now, amount=amount, reason=str(said["answers"].get("reason") or ""))
    return "Approved."


def _refuse(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    refuse(shop, task_id, person_id, now, reason=said["note"] or str(said["answers"].get("reason") or ""))
    return "Refused."


def _fine(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    judge(shop, task_id, person_id, now, fine=True)
    return "It goes on."


def _not_right(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    judge(shop, task_id, person_id, now, fine=False, why=said["note"])
    return "It is done again, with your words."


def _change_approve(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    text = str(said["answers"].get("from") or "").strip()
    try:
        day = date.fromisoformat(text) if text else shop.today(now)
    except ValueError:
        raise Refused("Holds from: a day, as in 2026-12-01.") from None
    begins = None if day <= shop.today(now) else shop.working.at(day, time(0))
    approve_change(shop, _proposal_of(shop, task_id), person_id, now, begins)
    return "In force." if begins is None else f"In force from {day:%a %-d %b}."


def _change_refuse(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    refuse_change(shop, _proposal_of(shop, task_id), person_id, said["note"], now)
    return "Refused, with your words."


def _proposal_of(shop: Shop, task_id: int) -> int:
    task = task_row(shop, task_id)
    if task["kind"] != "change":
        raise Refused(f"“{task['title']}” is no change of the playbook.")
    return int(json.loads(task["data"])["proposal"])


def _change_read(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    task = task_row(shop, task_id)
    row = shop.db.execute("select procedure from runs where id = ?", [task["run_id"]]).fetchone()
    unread = [u for u in changes_unread(shop, person_id, now) if row and u.name == row["procedure"]]
    if not unread:
        raise Refused("Nothing is unread here.")
    acknowledge(shop, person_id, unread[0].name, unread[0].sha, now)
    return "Kept: you have read it."


def _choose(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    task = task_row(shop, task_id)
    row = shop.db.execute("select procedure, version_sha from runs where id = ?", [task["run_id"]]).fetchone()
    if row is None:
        raise Refused("There is no procedure here whose way could be chosen.")
    steps = {s.title: s.slug for s in procedure_version(shop, row["procedure"], row["version_sha"]).steps}
    to = {**steps, "End the case": "end"}.get(str(said["answers"].get("to")))
    if to is None:
        raise Refused("Choose where the case goes on.")
    choose_way(shop, task_id, person_id, now, to=to, why=str(said["answers"].get("why") or ""))
    return "It goes on."


def _release(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    return f"{release(shop, task_id, person_id, now, start=True, why=said['note'])} started."


def _drop(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    return f"{release(shop, task_id, person_id, now, start=False, why=said['note'])} dropped."


def _resend(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    resend_mail(shop, task_id, person_id, now, again=True, why=said["note"])
    return "It leaves with the next beat, within a minute."


def _leave_mail(shop: Shop, task_id: int, person_id: int, said: Said, now: datetime) -> str:
    resend_mail(shop, task_id, person_id, now, again=False, why=said["note"])
    return "Left as it is."


_DEEDS: dict[str, Callable[[Shop, int, int, Said, datetime], str]] = {
    "done": _done,
    "not-sure": _not_sure,
    "hand-over": _hand_over,
    "later": _later,
    "asked": _asked,
    "skip": _skip,
    "elsewhere": _elsewhere,
    "take": _take,
    "give-back": _give_back,
    "decline": _decline,
    "approve": _approve,
    "refuse": _refuse,
    "fine": _fine,
    "not-right": _not_right,
    "change-approve": _change_approve,
    "change-refuse": _change_refuse,
    "change-read": _change_read,
    "choose": _choose,
    "release": _release,
    "drop": _drop,
    "resend": _resend,
    "leave-mail": _leave_mail,
}
