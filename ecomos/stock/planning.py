"""The plans of every thing in stock: worked out each night and after an import, written in one transaction. Nothing
else writes `stock_plans` and `stock_classes`. Light to import: the arithmetic is loaded when a plan is made."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ecomos.playbook.records import Policy
from ecomos.stock.levels import EVERYWHERE
from ecomos.store import Home, get_setting, iso, set_setting, write

__all__ = ["Planned", "is_due", "plan", "plan_if_due"]

MARK = "stock.planned"
"""The setting that remembers of what the plans were made."""
WHOLE = (
    "days_counted", "days_out", "days_promoted", "pieces_sold", "bulk_pieces", "receipts", "wait_days", "on_hand",
    "available", "coming", "is_known", "days_since_sold", "days_known", "reorder_point", "order_up_to", "quantity",
    "cost_cents", "price_cents", "margin_cents", "pack", "minimum", "margin_day_cents", "cash_cents", "stake_cents",
    "location_id", "supplier_id", "variant_id",
)  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """What a planning did."""

    things: int
    proposals: int
    """Those for which something is to be done."""
    classes_changed: int
    as_of_on: str | None
    """The last complete day of demand in it; None where there is nothing to plan."""


def plan(db: sqlite3.Connection, home: Home, policies: Mapping[str, Policy], now: datetime) -> Planned:
    """Work out every plan and put it in place of the one before, in one transaction.

    Raises WrongUsage where a row of policies/replenishment.md can't be meant.
    """
    from ecomos.stock.classes import write_changes
    from ecomos.stock.criteria import criteria_in
    from ecomos.stock.outlook import look_ahead
    from ecomos.stock.plan_rows import columns_of
    from ecomos.stock.things import arrays

    criteria, mark = criteria_in(policies), _mark(db, home, now)
    look = look_ahead(db, home, policies, now)
    kinds = _kinds(arrays(db, _KINDS), look.things.ids) if len(look.things.ids) else {}
    spent = _spent(db, home, now)
    columns = columns_of(look, criteria, home.currency, spent, kinds) if len(look.things.ids) else {}
    with write(db):
        rows = _rows(columns, _place(db), iso(now)) if columns else []
        db.execute("delete from stock_plans")
        if rows:
            names = (*columns, "planned_at")
            db.executemany(_insert(names), rows)
        changed = write_changes(db, look.things.ids, look.classes, look.today.isoformat())
        set_setting(db, MARK, mark)
    proposals = int((columns["deed"] != "leave").sum()) if columns else 0
    return Planned(len(rows), proposals, changed, look.last_on.isoformat() if rows else None)


def plan_if_due(db: sqlite3.Connection, home: Home, policies: Mapping[str, Policy], now: datetime) -> Planned | None:
    """Plan where a new day began, or something came in that plans are made of; None where all is as it was."""
    return plan(db, home, policies, now) if is_due(db, home, now) else None


def is_due(db: sqlite3.Connection, home: Home, now: datetime) -> bool:
    """Whether the plans are of another day or of other facts than there are now; never where nothing is for sale."""
    if db.execute("select 1 from variants limit 1").fetchone() is None:
        return False
    return get_setting(db, MARK) != _mark(db, home, now)


_FACTS = """
select (select coalesce(max(id), 0) from imports where status = 'loaded') as imports,
  (select count(*) from purchase_orders where status not in ('draft', 'asked')) as orders,
  (select coalesce(max(id), 0) from receipts) as receipts,
  (select count(*) || ' ' || coalesce(sum(coalesce(cost_cents, 0) + 7 * pack + 13 * coalesce(minimum, 0)
    + 1009 * coalesce(lead_time_days, 0)), 0) from supplier_items) as items,
  (select group_concat(id || ':' || coalesce(lead_time_days, '') || coalesce(order_days, '')) from suppliers) as terms,
  (select coalesce(max(rowid), 0) from playbook_versions where kind = 'policies'
   and name in ('replenishment', 'purchasing')) as policies"""


def _mark(db: sqlite3.Connection, home: Home, now: datetime) -> str:
    facts = db.execute(_FACTS).fetchone()
    return json.dumps([now.astimezone(home.zone).date().isoformat(), *tuple(facts)])


_KINDS = "select v.id, coalesce(v.sku, ''), coalesce(p.type, '') from variants v join products p on p.id = v.product_id"


def _kinds(rows: Sequence[tuple[Any, ...]], ids: Any) -> dict[str, Any]:
    import numpy as np

    by_id = {r[0]: r for r in rows}
    found = [by_id[v] for v in ids.tolist()]
    return {"sku": np.array([f[1] for f in found], object), "type": np.array([f[2] for f in found], object)}


def _spent(db: sqlite3.Connection, home: Home, now: datetime) -> int:
    """What was ordered since Monday, in cents."""
    today = now.astimezone(home.zone).date()
    monday = (today - timedelta(days=today.weekday())).isoformat()
    row = db.execute(
        """select coalesce(sum(l.quantity * l.unit_cost_cents), 0) from purchase_orders o
           join purchase_order_lines l on l.purchase_order_id = o.id
           where o.currency = ? and date(coalesce(o.approved_at, o.sent_at)) >= ? and o.status <> 'cancelled'""",
        [home.currency, monday],
    ).fetchone()
    return int(row[0])


def _place(db: sqlite3.Connection) -> int:
    """Where a thing is received of which nobody says where it lies: the first place; made where there is none."""
    row = db.execute("select id from locations order by id limit 1").fetchone()
    if row is None:
        row = db.execute("insert into locations(name) values (?) returning id", [EVERYWHERE]).fetchone()
    return int(row[0])


def _rows(columns: dict[str, Any], place: int, planned_at: str) -> list[tuple[Any, ...]]:
    """As the table wants them: whole numbers whole, what is not known null."""
    import numpy as np

    ready = []
    for name, column in columns.items():
        values = np.asarray(column)
        if name == "location_id":
            values = np.where(values < 0, place, values)
        if values.dtype.kind == "f":
            listed = [None if v != v else (int(v) if name in WHOLE else v) for v in values.tolist()]
        elif values.dtype.kind == "b":
            listed = values.astype(int).tolist()
        else:
            listed = [None if v == "" else v for v in values.tolist()]
        if name == "supplier_id":
            listed = [None if v == -1 else v for v in listed]
        if name == "minimum":
            listed = [v or None for v in listed]
        ready.append(listed)
    return [(*row, planned_at) for row in zip(*ready, strict=True)]


def _insert(names: Sequence[str]) -> str:
    return f"insert into stock_plans({', '.join(names)}) values ({', '.join('?' * len(names))})"
