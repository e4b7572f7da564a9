"""What was done on the platform without a run here: no violation of itself, but work that nobody here knows of."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ecomos.improve.acts import between
from ecomos.store import parse_iso
from ecomos.work import Shop, in_force

__all__ = ["NOBODY_NAMED", "Outside", "outside"]

NOBODY_NAMED = "nobody named"
"""Exports name at most who took an order, at the counter or over the phone."""


@dataclass(frozen=True)
class Outside:
    """What was done on the platform in one week, to orders that one person took, without a run here."""

    week: date
    """Its Monday."""
    person: str
    """Who took the orders, as the export names them; else `nobody named`."""
    sent: int
    """Orders sent without a parcel of ours."""
    refunded: int
    """Orders paid back without an approval or a refund here."""
    cancelled: int
    """Orders cancelled before any procedure that cancels had begun for them."""


def outside(shop: Shop, first: date, last: date, now: datetime) -> list[Outside]:
    """What was done on the platform without a run, by week and person, of the store's days `first` to `last`."""
    since, until = between(shop, first, last)
    values = {"since": since, "until": until, "cancelling": json.dumps(_that_cancel(shop, now))}
    counted: Counter[tuple[date, str, str]] = Counter()
    for what, sql in _DONE.items():
        for row in shop.db.execute(sql, values):
            on = shop.today(parse_iso(row["at"]))
            counted[on - timedelta(days=on.weekday()), row["person"] or NOBODY_NAMED, what] += 1
    return [
        Outside(week, person, *(counted[week, person, what] for what in _DONE))
        for week, person in sorted({(week, person) for week, person, _ in counted})
    ]


def _that_cancel(shop: Shop, now: datetime) -> list[str]:
    """The procedures in force that cancel an order."""
    procedures = in_force(shop, now).procedures.values()
    return [p.stem for p in procedures if any(s.do and s.do.deed == "orders.cancel" for s in p.steps)]


_DONE = {
    "sent": """select min(e.happened_at) as at, p.name as person from events e
       left join order_staff p on p.order_id = e.about_id
       where e.kind in ('order.fulfilled_elsewhere', 'order.partly_fulfilled_elsewhere')
         and e.happened_at >= :since and e.happened_at < :until
         and not exists (select 1 from parcels x where x.order_id = e.about_id and x.source = 'ours')
       group by e.about_id""",
    "refunded": """select max(f.refunded_at) as at, p.name as person from refunds f
       left join order_staff p on p.order_id = f.order_id
       where f.source = 'import' and f.refunded_at >= :since and f.refunded_at < :until
         and not exists (select 1 from refunds x where x.order_id = f.order_id and x.source = 'ours')
         and not exists (select 1 from approvals a where a.about_type = 'order' and a.about_id = +f.order_id
                         and a.kind in ('refund', 'cancel') and a.status = 'approved') group by f.order_id""",
    "cancelled": """select o.cancelled_at as at, p.name as person from orders o
       left join order_staff p on p.order_id = o.id
       where o.cancelled_at >= :since and o.cancelled_at < :until
         and not exists (select 1 from order_cancellations x where x.order_id = o.id)
         and not exists (select 1 from run_cases c join runs r on r.id = c.run_id
                         where c.type = 'order' and c.id = +o.id and r.started_at <= o.cancelled_at
                           and r.procedure in (select value from json_each(:cancelling)))""",
}
