"""What is stale: a channel whose newest orders are older than they should be. Announced once, on the operations
lead's list until a newer import is there."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecomos.store import events, iso, parse_iso, write
from ecomos.work import Shop, close_upkeep_task, open_upkeep_task

__all__ = ["OLDEST", "Stale", "stale_channels", "tell_stale"]

OLDEST = timedelta(days=1)
"""Open time that a channel may be without an import (one working day), before it counts as stale."""


@dataclass(frozen=True)
class Stale:
    """A channel without a fresh import."""

    channel: str
    import_id: int
    last_at: datetime
    open_hours: float
    """Open time since then."""


def stale_channels(shop: Shop, now: datetime) -> list[Stale]:
    """Every channel whose newest loaded orders are more than one working day old, by the shop's own hours."""
    rows = shop.db.execute(
        """select c.name, max(i.id) as import_id, max(i.imported_at) as last_at from channels c
           join imports i on i.channel_id = c.id and i.status = 'loaded' and i.kind like '%orders'
           group by c.id order by c.name"""
    )
    found = []
    for row in rows:
        last = parse_iso(row["last_at"])
        if shop.working.after_days(last, OLDEST.days) < now:
            hours = shop.working.between(last, now).total_seconds() / 3600
            found.append(Stale(row["name"], row["import_id"], last, hours))
    return found


def tell_stale(shop: Shop, now: datetime) -> int:
    """Put each stale channel on the operations lead's list, once, and take it off when it is fresh; gives how many
    began to be stale."""
    if shop.home.clock == "demo":
        return 0
    stale = {s.channel: s for s in stale_channels(shop, now)}
    for row in shop.db.execute(_OPEN).fetchall():
        what = json.loads(row["data"])["upkeep"]
        if what.removeprefix("stale ").rpartition(" ")[0] not in stale:
            close_upkeep_task(shop, what, now)
    return sum(_tell(shop, s, now) for s in stale.values())


_OPEN = """select data from tasks where kind = 'failed' and status in ('open', 'taken')
             and json_extract(data, '$.upkeep') like 'stale %'"""


def _tell(shop: Shop, stale: Stale, now: datetime) -> int:
    at = stale.last_at.astimezone(shop.home.zone)
    title = f"No new orders file of {stale.channel} since {at:%a} {at.day} {at:%b}, {at:%H:%M}"
    why = "Orders that are not loaded stand on nobody's list. Export it and drop it on the Imports page."
    with write(shop.db):
        what = f"stale {stale.channel} {stale.import_id}"
        if not open_upkeep_task(shop, what, title, why, now, role="operations-lead"):
            return 0
        events.append(shop.db, "data.stale", ("import", stale.import_id), actor="clock", recorded_at=iso(now))
    return 1
