"""How a plan's number came about, for people: what was sold on which days, how long goods take, why this method, every
rounding, and what would change it. The numbers are the stored plan's; only the picture is read anew."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ecomos.money import format_money
from ecomos.playbook.records import Policy
from ecomos.stock.explained_steps import Change, changes_of, steps_of
from ecomos.stock.history import HistoryWeek, history_of
from ecomos.stock.plan_limits import plan_limits
from ecomos.store import Home

__all__ = ["Change", "Explanation", "HistoryWeek", "LeadPicture", "explain"]


@dataclass(frozen=True)
class LeadPicture:
    """How long goods took."""

    draws: tuple[int, ...]
    """Days of each delivery that it was measured by; empty where it is stated or assumed."""
    low: float
    median: float
    high: float
    source: str
    """measured, stated, assumed."""
    says: str


@dataclass(frozen=True)
class Explanation:
    """One plan's derivation."""

    variant_id: int
    location_id: int
    title: str
    says: tuple[str, ...]
    """Sentences from sales to quantity."""
    method: str
    because: str
    """Why demand is foreseen so."""
    steps: tuple[tuple[str, str], ...]
    """What, and the number in words: every rounding is one."""
    changes: tuple[Change, ...]
    weeks: tuple[HistoryWeek, ...]
    """Of the last year, the oldest first."""
    known: str
    """What is to be said of the picture: since when the shelf is known."""
    lead: LeadPicture
    reached: float | None
    target: float
    quantity: int
    reorder_point: int
    order_up_to: int


_PLAN = """
select s.*, v.sku, v.title as variant, p.title as product, u.name as supplier, u.order_days
from stock_plans s join variants v on v.id = s.variant_id join products p on p.id = v.product_id
left join suppliers u on u.id = s.supplier_id
where s.variant_id = ?1 and (?2 is null or s.location_id = ?2)"""
WHY = {
    "smoothed": "it sells in most weeks: the mean follows them, the newest count most",
    "intermittent": "it sells in fewer than half of the weeks: the mean is taken over sums of one to six weeks, for a "
    "single week says nothing",
    "none": "nothing was sold for a year, so nothing is foreseen",
}


def explain(
    db: sqlite3.Connection,
    home: Home,
    policies: Mapping[str, Policy],
    variant_id: int,
    now: datetime,
    location_id: int | None = None,
) -> Explanation:
    """The derivation of a thing's plan. Raises LookupError where there is none."""
    row = db.execute(_PLAN, [variant_id, location_id]).fetchone()
    if row is None:
        raise LookupError(f"no plan for thing {variant_id}")
    limits = plan_limits(policies)
    history = history_of(db, home, variant_id, date.fromisoformat(row["as_of_on"]), limits, now)
    lead = _lead(db, row, now.astimezone(home.zone).date(), limits.measured_from)
    because = _why(row)
    return Explanation(
        variant_id=variant_id,
        location_id=row["location_id"],
        title=_title(row),
        says=tuple(_sentences(row, because, lead, home)),
        method=row["method"],
        because=because,
        steps=tuple(steps_of(row)),
        changes=tuple(changes_of(row, home.currency)),
        weeks=history.weeks,
        known=history.known,
        lead=lead,
        reached=row["reached"],
        target=row["target"],
        quantity=row["quantity"],
        reorder_point=row["reorder_point"],
        order_up_to=row["order_up_to"],
    )


def _title(row: sqlite3.Row) -> str:
    variant = "" if row["variant"] == "Default Title" else f", {row['variant']}"
    return " ".join(word for word in (row["sku"], f"{row['product']}{variant}") if word)


def _why(row: sqlite3.Row) -> str:
    if row["method"] == "seasonal":
        return f"two years show the same seasons: the coming weeks bring {row['season']:.2f} times the year's mean"
    return WHY[row["method"]]


def _lead(db: sqlite3.Connection, row: sqlite3.Row, on: date, least: float) -> LeadPicture:
    from ecomos.stock.lead_times import draws_of

    source, ends = row["lead_source"], f"{row['lead_low']:.3g}–{row['lead_high']:.3g} days"
    if source == "measured":
        draws = tuple(draws_of(db, row["supplier_id"], row["variant_id"], on, least))
        says = f"Lead time {ends}, median {row['lead_days']:.3g} ({row['receipts']} receipts; one in ten was faster, "
        says += "one in ten slower)."
    elif source == "stated":
        draws = ()
        says = (
            f"Lead time as {row['supplier']} states it: {row['lead_days']:.0f} days, taken as {ends}, for fewer than "
        )
        says += f"{least:.0f} receipts were measured."
    else:
        draws = ()
        says = f"Lead time assumed: {row['lead_days']:.0f} days, taken as {ends}. No delivery and no supplier says it."
    return LeadPicture(draws, row["lead_low"], row["lead_days"], row["lead_high"], source, says)


def _sentences(row: sqlite3.Row, because: str, lead: LeadPicture, home: Home) -> Sequence[str]:
    return [
        _sold(row),
        f"Foreseen: {row['demand_a_day']:.3g} a day ({7 * row['demand_a_day']:.3g} a week); {because}.",
        lead.says + _waits(row),
        _service(row),
        _standing(row),
        _result(row, home.currency),
    ]


def _sold(row: sqlite3.Row) -> str:
    left = [
        f"{row['days_out']} {_days(row['days_out'])} without stock" if row["days_out"] else "",
        f"{row['days_promoted']} of a promotion" if row["days_promoted"] else "",
    ]
    out = ", ".join(word for word in left if word)
    said = f"Sold {row['pieces_sold']} in the last 91 days"
    if row["days_counted"] < 91:
        said = f"Sold {row['pieces_sold']} in {row['days_counted']} of the last 91 days"
    said += f" ({out}, left out)" if out else ""
    if row["bulk_pieces"]:
        said += f"; {row['bulk_pieces']} more in bulk orders, which are planned apart"
    return said + "."


def _days(count: int) -> str:
    return "day" if count == 1 else "days"


def _waits(row: sqlite3.Row) -> str:
    if not row["order_days"]:
        return ""
    wait = f", the next in {row['wait_days']} {_days(row['wait_days'])}" if row["wait_days"] else ", today too"
    return f" {row['supplier']} takes orders on {row['order_days']}{wait}."


def _service(row: sqlite3.Row) -> str:
    said = f"Target: {row['target']:.1%} of the pieces leave from the shelf"
    said += f" (class {row['abc']} by margin)." if row["abc"] else "."
    if row["reached"] is None:
        return said + " Too little history to replay what that reaches."
    return said + f" The last months, replayed so, would have reached {row['reached']:.1%}."


def _standing(row: sqlite3.Row) -> str:
    if not row["is_known"]:
        return "Nothing tells how many lie there: load the platform's inventory file, or count."
    have = f"Have {row['available']}" if row["available"] >= 0 else f"{-row['available']} are sold and not there"
    said = f"{have}, {row['coming']} on order"
    said += f" (next on {_day(row['coming_on'])})" if row["coming_on"] and row["coming"] else ""
    if row["cover_days"] is None:
        return said + "."
    return said + (f": lasts {row['cover_days']:.0f} days at that pace." if row["cover_days"] > 0 else ".")


def _result(row: sqlite3.Row, currency: str) -> str:
    if not row["quantity"]:
        return f"{row['deed'].capitalize()}: {row['rule']}."
    pack = f" (packs of {row['pack']})" if row["pack"] > 1 else ""
    money = "" if row["cost_cents"] is None else f": {format_money(row['quantity'] * row['cost_cents'], currency)}"
    by = f" by {_day(row['order_by_on'])}" if row["order_by_on"] and row["bucket"] != "already lost" else " today"
    guess = ", by the median cost of its kind" if row["cost_source"] == "category" else ""
    return f"Order {row['quantity']}{pack}{by}{money}{guess}; {row['rule']}."


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%a} {day.day} {day:%b}"
