"""The heartbeat: everything that happens without anybody clicking. Can be killed at any instruction and run again;
two at once do no harm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ecomos.intake import Account, scan_inbox
from ecomos.messages.outbox import send_due
from ecomos.work import Shop, adopt_playbook, after_import, pass_time, proposals, settle

__all__ = ["Beat", "tick"]


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


def tick(shop: Shop, now: datetime) -> Beat:
    """One beat: inbox, playbook (where it is adopted on save), events, waits, deadlines, outbox."""
    imports = tuple(scan_inbox(shop.home, shop.db, now))
    adopted = 0
    if shop.home.adopt == "on save" and any(c.what in ("new", "changed") for c in proposals(shop, now)):
        adopted = len(adopt_playbook(shop, now, "on save")[0])
    events = after_import(shop, now)
    timed = pass_time(shop, now)
    events += settle(shop, now)
    return Beat(imports, adopted, events, timed, send_due(shop.home, shop.db, now))
