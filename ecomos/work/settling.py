"""What follows a deed or an import: hand deeds are matched, open orders listed, events offered. Called by whoever
wrote, and by the heartbeat; safe to call at any time."""

from datetime import datetime
from typing import Any

from ecomos.errors import EcomosError, Refused
from ecomos.playbook.records import Procedure
from ecomos.store import write
from ecomos.work.adoption import list_adoptions
from ecomos.work.authority import acting_roles
from ecomos.work.clockwork import resend
from ecomos.work.engine import advance, start_run
from ecomos.work.handwork import deeds_to_match, match_hand_deed, put_aside
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, mine
from ecomos.work.triggers import offer_events, release_held
from ecomos.work.versions import in_force

__all__ = ["after_import", "may_start", "release", "resend_mail", "settle", "start"]


def settle(shop: Shop, now: datetime) -> int:
    """Offer what happened to whom it concerns; gives how many events were offered."""
    return offer_events(shop, now)


def after_import(shop: Shop, now: datetime) -> int:
    """What an import may have changed: deeds shown by it, orders to adopt, events to offer."""
    for deed_id in deeds_to_match(shop):
        _match(shop, deed_id, now)
    list_adoptions(shop, now)
    return settle(shop, now)


def _match(shop: Shop, deed_id: int, now: datetime) -> None:
    """The deed and what follows from it in one transaction: a kill never leaves a run that nobody carries on."""
    try:
        with write(shop.db):
            run_id = match_hand_deed(shop, deed_id, now)
            if run_id is not None:
                advance(shop, run_id, now)
    except EcomosError as refused:
        with write(shop.db):
            put_aside(shop, deed_id, str(refused), now)


def may_start(shop: Shop, person_id: int, procedure: Procedure, now: datetime) -> bool:
    """Whether a person starts this procedure by hand: its performer, its owner, who has its first step (they hold what
    it is about in their hands), the operations lead, the founder."""
    first = next((s.role for s in procedure.steps if s.is_human and s.role), None)
    may = {procedure.performer, procedure.owner, "operations-lead", "founder"} | ({first} if first else set())
    return bool(acting_roles(shop, person_id, now) & may)


def start(
    shop: Shop, procedure: str, about: tuple[str, Any], now: datetime, *, person_id: int | None = None
) -> tuple[int, bool]:
    """Start a procedure by hand for a case; gives (run id, started): False where one is open for it already.

    Raises Refused for a person whose role does not start it.
    """
    with write(shop.db):
        known = in_force(shop, now).procedures.get(procedure)
        if known is not None and person_id is not None and not may_start(shop, person_id, known, now):
            raise Refused(f"“{known.title}” is started by the {known.performer}, the {known.owner} or a lead.")
        found = start_run(shop, procedure, about, now)
        if found[1] and person_id is not None:
            shop.db.execute("update runs set started_by = ? where id = ?", [person_id, found[0]])
    settle(shop, now)
    return found


def release(shop: Shop, task_id: int, person_id: int, now: datetime, *, start: bool, why: str) -> int:
    """Start what one import had held, or drop it; gives how many."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if task["kind"] != "held":
            raise Refused(f"“{task['title']}” holds nothing.")
        if not why.strip():
            raise Refused("Write why: it stays with the decision.")
        count = release_held(shop, task_id, now, start=start)
        close(shop, task_id, "done", now, person_id, {"started": start, "why": why.strip(), "count": count})
    return count


def resend_mail(shop: Shop, task_id: int, person_id: int, now: datetime, *, again: bool, why: str) -> None:
    """A message of unknown fate: send it again, or leave it; a person's decision with its reason."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        if task["kind"] != "mail":
            raise Refused(f"“{task['title']}” is not about a message.")
        if not why.strip():
            raise Refused("Write what you found: it stays with the message.")
        if again:
            resend(shop, task_id, now)
        close(shop, task_id, "done", now, person_id, {"sent_again": again, "why": why.strip()})
