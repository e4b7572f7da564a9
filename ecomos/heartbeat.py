"""The heartbeat: everything that happens without anybody clicking. Can be killed at any instruction and run again;
two at once do no harm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ecomos.intake import Account, scan_inbox
from ecomos.kpis import look, refresh
from ecomos.messages.outbox import send_due
from ecomos.work import Shop, adopt_playbook, after_import, in_force, pass_time, proposals, settle

__all__ = ["Beat", "measure", "tick"]


@dataclass(frozen=True)
class Beat:
    """What one beat did."""

    imports: tuple[Account, ...]
    adopted: int
    events: int
    timed: int
    sent: int

    def summary(self) -> Mapping[str, int]:
        """The numbers, for the log and `--json`."""
        return {
            "imports": len(self.imports),
            "adopted": self.adopted,
            "events": self.events,
            "timed": self.timed,
            "sent": self.sent,
        }


def measure(shop: Shop, now: datetime) -> tuple[str, ...]:
    """Bring the figures up to date and look whether the newest complete day lies outside a range.

    Gives the cards that can't be run or began to be outside; a card that can't be run stops no other.
    """
    cards = tuple(in_force(shop, now).kpis.values())
    problems = refresh(shop.db, cards, now)
    return (*(str(p) for p in problems), *look(shop.db, cards, shop.today(now), now))


def tick(shop: Shop, now: datetime) -> Beat:
    """One beat: inbox, playbook (where it is adopted on save), events, waits, deadlines, outbox."""
    imports = tuple(scan_inbox(shop.home, shop.db, now))
    adopted = 0
    if shop.home.adopt == "on save" and any(c.what in ("new", "changed") for c in proposals(shop, now)):
        adopted = len(adopt_playbook(shop, now, "on save")[0])
    events = after_import(shop, now)
    measure(shop, now)
    timed = pass_time(shop, now)
    events += settle(shop, now)
    return Beat(imports, adopted, events, timed, send_due(shop.home, shop.db, now))
