"""The first morning: for how much of what is sold the list can propose anything, and what is missing for the rest. What
is filled in here is the house's own list of suppliers, as if it were imported."""

import sqlite3
from dataclasses import dataclass

from ecomos.errors import Refused
from ecomos.orders.products import DEFAULT
from ecomos.stock.supplying import SupplyRecord, load_supplies

__all__ = ["Coverage", "Missing", "coverage", "fill_in", "missing"]


@dataclass(frozen=True)
class Coverage:
    """Counts of things that are for sale and are shipped."""

    things: int
    proposed: int
    """Those with a supplier and a cost, so that an order can be proposed."""
    sold_share: float | None
    """Their share of what was sold in the last year, in money; None where nothing was sold."""
    without_supplier: int
    without_cost: int
    """Neither the supplier's nor the product's own: the median of their kind stands in, marked, or none at all."""
    without_level: int
    """No file says how many lie there."""
    stated: int
    """Lead time as the supplier states it: fewer than five deliveries were measured."""

    @property
    def words(self) -> str:
        """The line over the list."""
        share = "" if self.sold_share is None else f" ({self.sold_share:.0%} of sales)"
        lacking = {"supplier": self.without_supplier, "cost": self.without_cost, "level": self.without_level}
        said = ", ".join(f"{what} {n:,}" for what, n in lacking.items() if n)
        return f"Proposals for {self.proposed:,} of {self.things:,} SKUs{share}" + (
            f"; missing: {said}" if said else ""
        )


@dataclass(frozen=True)
class Missing:
    """A thing for which something is not known, with what it sold."""

    variant_id: int
    sku: str
    name: str
    type: str
    sold_cents: int
    """In the last year."""
    supplier: str | None
    cost_cents: int | None
    """The supplier's, else the product's own."""
    kind_cost_cents: int | None
    """Where neither is known: the median of its kind, which stands in."""
    pack: int
    minimum: int | None
    lead_days: int | None
    """As stated; None: the policy's default is used."""
    has_level: bool

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is missing, in the words of the head line."""
        found = {"supplier": self.supplier is None, "cost": self.cost_cents is None, "level": not self.has_level}
        return tuple(what for what, is_so in found.items() if is_so)


_SOLD_BY_PLANS = "select variant_id, sum(sold_cents) as cents from stock_plans group by 1"
_SOLD_BY_ORDERS = """
  select l.variant_id, sum(l.total_cents - l.discount_cents) as cents
  from orders o join order_lines l on l.order_id = o.id
  where o.placed_on > (select date(max(placed_on), '-365 days') from orders) and o.cancelled_at is null
    and l.variant_id is not null
  group by 1"""
_THINGS = """
-- One row per thing that is for sale and is shipped, with what it sold in a year.
with sold as ({sold}),
item as (
  select variant_id, min(supplier_id) as supplier_id from supplier_items where variant_id is not null group by 1
),
level as (select distinct variant_id from stock_levels),
plan as (
  select variant_id, max(cost_cents) as cost_cents, max(lead_source) as lead_source from stock_plans group by 1
)
select v.id as variant_id, v.sku, v.title as variant, p.title as product, coalesce(p.type, '') as type,
  coalesce(sold.cents, 0) as sold_cents, s.name as supplier, coalesce(i.cost_cents, v.cost_cents) as cost_cents,
  case when coalesce(i.cost_cents, v.cost_cents) is null then plan.cost_cents end as kind_cost_cents,
  coalesce(i.pack, 1) as pack, i.minimum, coalesce(i.lead_time_days, s.lead_time_days) as lead_days,
  coalesce(plan.lead_source, '') as lead_source, level.variant_id is not null as has_level
from variants v join products p on p.id = v.product_id
left join sold on sold.variant_id = v.id
left join item on item.variant_id = v.id
left join supplier_items i on i.variant_id = v.id and i.supplier_id = item.supplier_id
left join suppliers s on s.id = item.supplier_id
left join level on level.variant_id = v.id
left join plan on plan.variant_id = v.id
where v.requires_shipping and not p.is_gift_card and coalesce(p.status, 'active') = 'active'
group by v.id
"""


def _things(db: sqlite3.Connection) -> str:
    """What was sold stands in the plans; before the first night the orders are asked, which takes longer."""
    is_planned = db.execute("select 1 from stock_plans limit 1").fetchone() is not None
    return _THINGS.format(sold=_SOLD_BY_PLANS if is_planned else _SOLD_BY_ORDERS)


def coverage(db: sqlite3.Connection) -> Coverage:
    """How much the list can propose for, and what is missing."""
    row = db.execute(
        f"""select count(*) as things, coalesce(sum(ready), 0) as proposed,
              coalesce(sum(case when ready then max(0, sold_cents) end), 0) * 1.0
                / nullif(sum(max(0, sold_cents)), 0) as sold_share,
              coalesce(sum(supplier is null), 0) as without_supplier,
              coalesce(sum(cost_cents is null), 0) as without_cost,
              coalesce(sum(not has_level), 0) as without_level, coalesce(sum(lead_source = 'stated'), 0) as stated
            from (select *, supplier is not null and coalesce(cost_cents, kind_cost_cents) is not null as ready
                  from ({_things(db)}))"""
    ).fetchone()
    return Coverage(**row)


def missing(db: sqlite3.Connection) -> list[Missing]:
    """The things for which something is not known, those that sold most first."""
    rows = db.execute(_things(db) + " order by sold_cents desc, v.sku, v.id")
    found = [_missing(row) for row in rows]
    return [m for m in found if m.lacks]


def _missing(row: sqlite3.Row) -> Missing:
    title = "" if row["variant"] == DEFAULT else row["variant"]
    given = {n: row[n] for n in Missing.__dataclass_fields__ if n not in ("name", "sku", "has_level")}
    name = " ".join(w for w in (row["product"], title) if w)
    return Missing(**given, sku=row["sku"] or "", name=name, has_level=bool(row["has_level"]))


def fill_in(
    db: sqlite3.Connection,
    variant_ids: list[int],
    supplier: str,
    cost_cents: int | None = None,
    pack: int | None = None,
    minimum: int | None = None,
    lead_time_days: int | None = None,
    currency: str | None = None,
) -> int:
    """Say who supplies these things and at which terms, inside the caller's transaction; gives how many it is now
    known of. What is not given stays as it was. `currency`: in which the cost was said.

    Raises Refused without a supplier, for a thing without an SKU, or for a cost, pack, minimum or lead time below what
    can be.
    """
    supplier = " ".join(supplier.split())
    if not supplier:
        raise Refused("Name the supplier.")
    if any(x is not None and x < least for x, least in ((cost_cents, 0), (pack, 1), (minimum, 0), (lead_time_days, 0))):
        raise Refused("A cost, a minimum or a lead time is never below 0, and a pack holds at least 1 piece.")
    theirs = db.execute("select currency from suppliers where name = ?", [supplier]).fetchone()
    if cost_cents is not None and currency and theirs and theirs[0] not in (None, currency):
        raise Refused(f"{supplier} bills in {theirs[0]}: write the cost on the page Suppliers, in that currency.")
    skus = [_sku(db, variant) for variant in variant_ids]
    records = [SupplyRecord(supplier, sku, 0, cost_cents, pack, minimum, lead_time_days) for sku in dict.fromkeys(skus)]
    load_supplies(db, records)
    return len(records)


def _sku(db: sqlite3.Connection, variant: int) -> str:
    row = db.execute(
        "select v.sku, p.title from variants v join products p on p.id = v.product_id where v.id = ?", [variant]
    ).fetchone()
    if row is None:
        raise Refused("That thing is not there any more.")
    if not row["sku"]:
        raise Refused(f"{row['title']} has no SKU: give it one in the platform first, the supplier's list goes by it.")
    return str(row["sku"])
