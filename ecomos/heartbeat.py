"""The heartbeat: everything that happens without anybody clicking. Can be killed at any instruction and run again;
two at once do no harm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ecomos.improve import nightly_audit
from ecomos.intake import Account, scan_inbox
from ecomos.kpis import look, refresh
from ecomos.messages.outbox import send_due
from ecomos.reports.carrying import run_due
from ecomos.stock.lateness import tell_late_orders
from ecomos.stock.planning import plan_if_due
from ecomos.upkeep import carry_levels, check_a_restore, nightly_backup, tell_escalated, tell_stale
from ecomos.work import (
    Shop,
    adopt_playbook,
    after_import,
    announce_reviews,
    in_force,
    pass_time,
    proposals,
    settle,
    start_by_the_clock,
    tell_by_mail,
)
from ecomos.work.changing import remind_of_unread, write_due_changes
from ecomos.work.documents import write_files

__all__ = ["Beat", "measure", "tick"]

T = TypeVar("T")


@dataclass(frozen=True)
class Beat:
    """What one beat did."""

    imports: tuple[Account, ...]
    adopted: int
    events: int
    timed: int
    sent: int
    reports: int = 0

    def summary(self) -> Mapping[str, int]:
        """The numbers, for the log and `--json`."""
        return {
            "imports": len(self.imports),
            "adopted": self.adopted,
            "events": self.events,
            "timed": self.timed,
            "sent": self.sent,
            "reports": self.reports,
        }


def measure(shop: Shop, now: datetime) -> tuple[str, ...]:
    """Bring the figures up to date and look whether the newest complete day lies outside a range.

    Gives the cards that can't be run or began to be outside; a card that can't be run stops no other.
    """
    cards = tuple(in_force(shop, now).kpis.values())
    problems = refresh(shop.db, cards, now)
    return (*(str(p) for p in problems), *look(shop.db, cards, shop.today(now), now))


def tick(shop: Shop, now: datetime) -> Beat:
    """One beat: inbox, playbook (where it is adopted on save), events, figures, waits, deadlines, outbox, reports.

    A part that fails stops no other: what failed is raised when all is done.
    """
    failed: list[Exception] = []

    def part(work: Callable[[], T]) -> T | None:
        try:
            return work()
        except Exception as error:  # each part is a runner of its own; whoever called us keeps the evidence
            failed.append(error)
            return None

    imports = part(lambda: tuple(scan_inbox(shop.home, shop.db, now))) or ()
    part(lambda: write_due_changes(shop, now))
    adopted = part(lambda: _adopt_on_save(shop, now)) or 0
    events = part(lambda: after_import(shop, now)) or 0
    part(lambda: measure(shop, now))
    part(lambda: plan_if_due(shop.db, shop.home, in_force(shop, now).policies, now))
    part(lambda: tell_escalated(shop, now))
    part(lambda: tell_stale(shop, now))
    part(lambda: carry_levels(shop, now))
    part(lambda: announce_reviews(shop, now))
    part(lambda: remind_of_unread(shop, now))
    events += part(lambda: start_by_the_clock(shop, now)) or 0
    part(lambda: tell_late_orders(shop.db, shop.home, now))
    events += part(lambda: settle(shop, now)) or 0
    timed = part(lambda: pass_time(shop, now)) or 0
    events += part(lambda: settle(shop, now)) or 0
    part(lambda: tell_by_mail(shop, now))
    part(lambda: write_files(shop))
    sent = part(lambda: send_due(shop.home, shop.db, now)) or 0
    reports = part(lambda: run_due(shop, now)) or 0
    if reports:
        sent += part(lambda: send_due(shop.home, shop.db, now)) or 0
    part(lambda: nightly_backup(shop, now))
    part(lambda: nightly_audit(shop, now))
    part(lambda: check_a_restore(shop, now))
    if failed:
        raise failed[0] if len(failed) == 1 else ExceptionGroup("several parts of the heartbeat failed", failed)
    return Beat(imports, adopted, events, timed, sent, reports)


def _adopt_on_save(shop: Shop, now: datetime) -> int:
    if shop.home.adopt == "on save" and any(c.what in ("new", "changed") for c in proposals(shop, now)):
        return len(adopt_playbook(shop, now, "on save")[0])
    return 0
