"""What was done on the platform without a run here: no violation of itself, but work that nobody here knows of."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from ecomos.improve.acts import between
from ecomos.store import parse_iso
from ecomos.work import Shop

__all__ = ["NOBODY_NAMED", "Outside", "outside"]

NOBODY_NAMED = "nobody named"
"""An export seldom says who did it."""


@dataclass(frozen=True)
class Outside:
    """What one person did on the platform in one week without a run here."""

    week: date
    """Its Monday."""
    person: str
    """As the export names them, else `nobody named`."""
    sent: int
    """Orders sent without a parcel of ours."""
    refunded: int
    """Orders paid back without an approval or a refund here."""
    cancelled: int
    """Orders cancelled without a run that dealt with it."""


def outside(shop: Shop, first: date, last: date) -> list[Outside]:
    """What was done on the platform without a run, by week and person, of the store's days `first` to `last`."""
    span = {"since": between(shop, first, last)[0], "until": between(shop, first, last)[1]}
    counted: Counter[tuple[date, str, str]] = Counter()
    for what, sql in _DONE.items():
        for row in shop.db.execute(sql, span):
            on = shop.today(parse_iso(row["at"]))
            counted[on - timedelta(days=on.weekday()), row["person"] or NOBODY_NAMED, what] += 1
    return [
        Outside(week, person, *(counted[week, person, what] for what in _DONE))
        for week, person in sorted({(week, person) for week, person, _ in counted})
    ]


_DONE = {
    "sent": """select min(p.shipped_at) as at, null as person from parcels p
       where p.source <> 'ours' and p.shipped_at >= :since and p.shipped_at < :until
         and not exists (select 1 from parcels x where x.order_id = p.order_id and x.source = 'ours')
       group by p.order_id""",
    "refunded": """select max(f.refunded_at) as at, null as person from refunds f
       where f.source = 'import' and f.refunded_at >= :since and f.refunded_at < :until
         and not exists (select 1 from refunds x where x.order_id = f.order_id and x.source = 'ours')
         and not exists (select 1 from approvals a where a.about_type = 'order' and a.about_id = +f.order_id
                         and a.kind in ('refund', 'cancel') and a.status = 'approved') group by f.order_id""",
    "cancelled": """select o.cancelled_at as at, null as person from orders o
       where o.cancelled_at >= :since and o.cancelled_at < :until
         and not exists (select 1 from order_cancellations x where x.order_id = o.id)
         and not exists (select 1 from run_cases c join runs r on r.id = c.run_id
                         where c.type = 'order' and c.id = +o.id and r.outcome = 'cancelled')""",
}
