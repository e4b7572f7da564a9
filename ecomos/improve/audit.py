"""The audit: what the playbook requires compared with what the store's rows show. Each finding names the line of the
playbook that was broken; the checks stand by noun in the files beside this one."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from ecomos.improve.audit_clock import promises_were_kept_or_told, scheduled_work_was_done, what_should_begin_began
from ecomos.improve.audit_look import Finding, Look
from ecomos.improve.audit_money import decided_by_those_who_may, refunds_were_approved, the_platform_paid_no_more
from ecomos.improve.audit_parcels import nothing_held_was_sent
from ecomos.improve.audit_steps import (
    ended_as_a_step_allows,
    nothing_left_out,
    tickets_were_answered,
    who_did_it_and_how,
)
from ecomos.store import get_setting, set_setting, write
from ecomos.work import Shop, open_upkeep_task

__all__ = ["KINDS", "audit", "nightly_audit"]

NIGHT = 2
"""From this hour of the store's day on, the night's audit is due."""
MOST_TOLD = 12
AUDITED = "audited until"

KINDS = {
    "refund without approval": "more money went back than was approved",
    "decided above the limit": "more was approved than whoever decided it may",
    "split below the limit": "each part lay within the limit, their sum for the case did not",
    "own draft approved": "somebody approved what they had asked for themselves",
    "risky order sent unreviewed": "it was sent while its risk held it and nobody had released it",
    "sent unpaid": "it was sent without payment, terms or release",
    "sent after it was cancelled": "a parcel left after the order was cancelled",
    "promise missed": "the promise passed, and neither the customer nor a colleague was told",
    "scheduled work not done": "what the clock started was not done by the next day, and nobody was told",
    "never begun": "what the procedure begins with happened, and nobody began it",
    "step left out without a reason": "the case passed a step that it had to come to, or skipped it without a word",
    "outcome that no step allows": "the case ended in a way that the step in which it stood does not know",
    "done by another role": "somebody did it who held neither the role, its deputy's nor one above it",
    "check or answer missing": "the step was done without a check or an answer that it needs",
}
"""Kind of finding -> what it means."""

_CHECKS: tuple[Callable[[Look], Iterator[Finding]], ...] = (
    refunds_were_approved,
    the_platform_paid_no_more,
    decided_by_those_who_may,
    nothing_held_was_sent,
    promises_were_kept_or_told,
    scheduled_work_was_done,
    what_should_begin_began,
    ended_as_a_step_allows,
    who_did_it_and_how,
    nothing_left_out,
    tickets_were_answered,
)


def audit(shop: Shop, first: date, last: date, now: datetime) -> list[Finding]:
    """Every finding of the store's days `first` to `last`, by time."""
    look = Look(shop, first, last, now)
    return sorted((f for check in _CHECKS for f in check(look)), key=lambda f: (f.at, f.kind, str(f.about)))


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
