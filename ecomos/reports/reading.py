"""What a report reads from the store beside the KPI cards: plain sums, what is open, what waits, what did not load."""

import sqlite3
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from ecomos.store import iso

__all__ = [
    "daily_orders",
    "daily_totals",
    "imports_with_trouble",
    "newest_imports",
    "open_by_state",
    "promised_runs",
    "reasons",
    "waiting_tasks",
]

DECIDED = ("approve", "unclear", "held", "adopt", "missing", "mail", "failed")
"""Kinds of tasks on which somebody decides how it goes on."""


def daily_orders(db: sqlite3.Connection, first_on: date, last_on: date) -> Mapping[date, float]:
    """Day -> sale orders placed that were not cancelled; days without any are missing."""
    rows = db.execute(
        """select placed_on, count(*) from orders
           where kind = 'sale' and cancelled_at is null and placed_on between ? and ? group by placed_on""",
        [first_on.isoformat(), last_on.isoformat()],
    )
    return {date.fromisoformat(r[0]): float(r[1]) for r in rows}


def daily_totals(db: sqlite3.Connection, first_on: date, last_on: date, currency: str) -> Mapping[date, float]:
    """Day -> the totals of those orders in this currency, in minor units."""
    rows = db.execute(
        """select placed_on, sum(total_cents) from orders
           where kind = 'sale' and cancelled_at is null and currency = ? and placed_on between ? and ?
           group by placed_on""",
        [currency, first_on.isoformat(), last_on.isoformat()],
    )
    return {date.fromisoformat(r[0]): float(r[1] or 0) for r in rows}


def first_order_day(db: sqlite3.Connection) -> date | None:
    """The day of the oldest order."""
    row = db.execute("select min(placed_on) from orders where kind = 'sale'").fetchone()
    return date.fromisoformat(row[0]) if row[0] else None


def open_by_state(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Orders still to be sent by what the platform says of them, the most frequent first."""
    rows = db.execute(
        """select coalesce(financial_status, 'payment unknown') as paid,
             coalesce(fulfillment_status, 'fulfilment unknown') as sent, count(*) as n
           from orders o
           where kind = 'sale' and cancelled_at is null and coalesce(fulfillment_status, '') <> 'fulfilled'
             and financial_status is not null
           group by 1, 2 order by n desc, 1, 2""",
    )
    return [(f"{r['paid'].replace('_', ' ')}, {r['sent']}", int(r["n"])) for r in rows]


def promised_runs(db: sqlite3.Connection, now: datetime) -> list[sqlite3.Row]:
    """Open runs whose promise was for before now, the oldest promise first."""
    return db.execute(
        """select id, about_type, about_id, procedure, promised_at from runs
           where status <> 'done' and promised_at < ? order by promised_at limit 500""",
        [iso(now)],
    ).fetchall()


def waiting_tasks(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Tasks on which somebody must decide, the oldest first."""
    marks = ", ".join("?" * len(DECIDED))
    return db.execute(
        f"""select id, title, role, about_type, about_id, opened_at, due_at from tasks
            where status in ('open', 'taken') and kind in ({marks}) order by opened_at, id""",
        DECIDED,
    ).fetchall()


def imports_with_trouble(db: sqlite3.Connection, since: datetime, until: datetime) -> list[sqlite3.Row]:
    """Imports of that time which were refused, wait for a choice, or left rows out."""
    return db.execute(
        """select id, path, status, rows_rejected, imported_at from imports
           where imported_at >= ? and imported_at <= ?
             and (status in ('refused', 'asks', 'failed') or rows_rejected > 0) order by id""",
        [iso(since), iso(until)],
    ).fetchall()


def reasons(db: sqlite3.Connection, import_id: int) -> list[tuple[str, int]]:
    """Why rows of an import were left out, the most frequent reason first; three at most."""
    rows = db.execute(
        """select reason, count(*) as n from rejects where import_id = ? group by reason
           order by n desc, reason limit 3""",
        [import_id],
    )
    return [(r["reason"], int(r["n"])) for r in rows]


def newest_imports(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Each channel's newest import that was loaded, the newest first."""
    return db.execute(
        """select coalesce(c.name, 'no channel') as channel, max(i.imported_at) as imported_at
           from imports i left join channels c on c.id = i.channel_id
           where i.status = 'loaded' group by 1 order by 2 desc"""
    ).fetchall()


def days_between(first_on: date, last_on: date) -> list[date]:
    """Every day of the span."""
    return [first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1)]
