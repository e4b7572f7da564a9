"""Orders whose day has passed: told once for each day that was named, so that the chase starts by itself."""

import sqlite3
from datetime import datetime, timedelta

from ecomos.stock.buying_limits import buying_limits
from ecomos.stock.purchase_status import tell
from ecomos.store import Home, write

__all__ = ["tell_late_orders"]


def tell_late_orders(db: sqlite3.Connection, home: Home, now: datetime) -> int:
    """Write purchase.late for each order with pieces open after its expected day and the policy's days; gives how many.

    Once for each expected day: another day that is named and passes is told anew.
    """
    today = now.astimezone(home.zone).date()
    if not db.execute(_OPEN, [today.isoformat()]).fetchone():
        return 0
    last = today - timedelta(days=int(buying_limits(db, now).late_after_days))
    with write(db):
        rows = db.execute(_OPEN, [last.isoformat()]).fetchall()
        for row in rows:
            tell(db, "purchase.late", row["id"], "clock", now, {"expected_on": row["comes_on"], "open": row["open"]})
    return len(rows)


_OPEN = """
select s.purchase_order_id as id, min(s.comes_on) as comes_on, sum(s.open) as open from purchase_line_states s
where s.status in ('sent', 'confirmed', 'part received') and s.open > 0 and s.comes_on < ?
  and not exists (select 1 from events e where e.kind = 'purchase.late' and e.about_type = 'purchase'
                  and e.about_id = s.purchase_order_id and json_extract(e.data, '$.expected_on') = s.comes_on)
group by s.purchase_order_id"""
