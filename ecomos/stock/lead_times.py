"""How long it takes from an order sent to goods on the shelf: as measured from receipts, as a distribution; stated by
the supplier where too few came; assumed where nobody says. Reads; writes nothing. Needs numpy."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from ecomos.stock.plan_limits import PlanLimits
from ecomos.stock.things import Things, arrays

__all__ = ["LeadTimes", "draws_of", "read_lead_times"]

Array = Any
LOW, HIGH = 0.1, 0.9
"""Shares of the deliveries that were faster than the lower and than the upper end."""


@dataclass(frozen=True)
class LeadTimes:
    """A row a thing, in calendar days."""

    median: Array
    low: Array
    high: Array
    sd: Array
    source: Array
    """measured, stated, assumed: texts."""
    receipts: Array
    """Deliveries that it was measured by."""


_RECEIVED = """
-- One row per thing and delivery: days from the order's sending to the goods' arrival.
select o.supplier_id, coalesce(l.variant_id, p.variant_id) as variant_id, r.id,
  cast(julianday(r.received_on) - julianday(date(coalesce(o.sent_at, o.approved_at))) as integer) as days
from receipts r join purchase_orders o on o.id = r.purchase_order_id
join receipt_lines l on l.receipt_id = r.id
left join purchase_order_lines p on p.purchase_order_id = o.id and p.line_no = l.order_line_no
where coalesce(o.sent_at, o.approved_at) is not null and r.received_on <= ?
  and r.received_on >= date(coalesce(o.sent_at, o.approved_at))
order by r.received_on, r.id, l.line_no"""


def _draws(db: sqlite3.Connection, on: date) -> tuple[dict[tuple[int, int], list[int]], dict[int, dict[int, int]]]:
    """((supplier, thing) → days of each delivery, supplier → delivery → days)."""
    by_thing: dict[tuple[int, int], list[int]] = {}
    by_supplier: dict[int, dict[int, int]] = {}
    for supplier, variant, receipt, days in arrays(db, _RECEIVED, [on.isoformat()]):
        by_supplier.setdefault(supplier, {})[receipt] = days
        if variant is not None:
            by_thing.setdefault((supplier, variant), []).append(days)
    return by_thing, by_supplier


def draws_of(db: sqlite3.Connection, supplier_id: int | None, variant_id: int, on: date, least: float) -> list[int]:
    """Days of each delivery that the lead time of a thing is measured by: its own, where there are `least` of them,
    else all of its supplier's; empty where those are fewer too."""
    if supplier_id is None:
        return []
    by_thing, by_supplier = _draws(db, on)
    own = by_thing.get((supplier_id, variant_id), [])
    if len(own) >= least:
        return own
    every = list(by_supplier.get(supplier_id, {}).values())
    return every if len(every) >= least else []


def read_lead_times(db: sqlite3.Connection, things: Things, on: date, limits: PlanLimits) -> LeadTimes:
    """Of every thing, from the deliveries up to that day."""
    known = things.supplier >= 0
    stated = ~np.isnan(things.stated_lead)
    median = np.where(stated, things.stated_lead, limits.assumed_lead_time)
    spread = np.where(known, things.stated_spread, 0.5)
    low, high = median * (1 - spread), median * (1 + spread)
    # Any day between the ends is as likely as another: the standard deviation of such a draw.
    sd = (high - low) / np.sqrt(12.0)
    source = np.where(stated, "stated", "assumed").astype("U8")
    receipts = np.zeros(len(things.ids), np.int64)
    by_thing, by_supplier = _draws(db, on)
    seen: dict[Any, tuple[float, ...]] = {}
    for row in np.flatnonzero(known).tolist() if by_supplier else ():
        supplier, variant = int(things.supplier[row]), int(things.ids[row])
        own = by_thing.get((supplier, variant), [])
        key = (supplier, variant) if len(own) >= limits.measured_from else supplier
        if key not in seen:
            days = own if key != supplier else list(by_supplier.get(supplier, {}).values())
            seen[key] = _measured(days) if len(days) >= limits.measured_from else (0.0,) * 5
        if seen[key][4]:
            median[row], low[row], high[row], sd[row] = seen[key][:4]
            receipts[row], source[row] = int(seen[key][4]), "measured"
    return LeadTimes(median, low, high, sd, source, receipts)


def _measured(days: list[int]) -> tuple[float, ...]:
    """(median, lower end, upper end, standard deviation, how many)."""
    low, middle, high = (float(q) for q in np.quantile(days, [LOW, 0.5, HIGH]))
    return middle, low, high, float(np.std(days, ddof=1)), float(len(days))
