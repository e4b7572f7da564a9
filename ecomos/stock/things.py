"""Everything that is for sale and lies on a shelf, with what it costs, who supplies it and how many are there: one
column a fact, in the order of the variants' ids. Reads; writes nothing. Needs numpy."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

__all__ = ["Things", "arrays", "read_things"]

Array = Any


@dataclass(frozen=True)
class Things:
    """Columns of the same length; not a number where something is not known, -1 where nobody supplies it."""

    ids: Array
    price: Array
    """Cents of the store's currency; what it was sold for on average where the product names none."""
    cost: Array
    cost_source: Array
    """supplier, product, category, or empty."""
    supplier: Array
    pack: Array
    minimum: Array
    """0: none."""
    stated_lead: Array
    stated_spread: Array
    on_hand: Array
    """Sellable, all places together."""
    committed: Array
    is_known: Array
    """Something tells how many lie there."""
    coming: Array
    coming_on: list[str | None]
    location: Array
    """Where most of it lies."""

    @property
    def margin(self) -> Array:
        """Cents a piece: price less cost."""
        return self.price - self.cost


_THINGS = """
-- One row per thing that can be planned: for sale, shipped, made of no other things.
select v.id, v.price_cents, v.cost_cents, coalesce(p.type, '') as type
from variants v join products p on p.id = v.product_id
where coalesce(p.status, 'active') = 'active' and v.requires_shipping and not p.is_gift_card
  and coalesce(p.type, '') <> 'not merchandise'
  and not exists (select 1 from bundle_parts b where b.bundle_id = v.id)
order by v.id"""
_SOLD_FOR = """
-- One row per thing without a price: what it was sold for on average.
select l.variant_id, sum(l.total_cents - l.discount_cents) * 1.0 / sum(l.quantity)
from order_lines l where l.variant_id in (select id from variants where price_cents is null)
  and l.quantity > 0 and l.unit_price_cents > 0 group by 1"""
_ITEMS = """
-- One row per thing and supplier, the chosen one last: the cheapest, where a cost is known.
select coalesce(i.variant_id, (select min(w.id) from variants w where w.sku = i.sku)) as variant_id, i.supplier_id,
  case when coalesce(s.currency, ?1) = ?1 then coalesce((
    select p.cost_cents from supplier_prices p where p.supplier_id = i.supplier_id and p.sku = i.sku
    and p.from_on <= ?2 order by p.from_on desc, p.from_quantity limit 1), i.cost_cents) end as cost_cents,
  coalesce(i.pack, 1) as pack, coalesce(i.minimum, 0) as minimum,
  coalesce(i.lead_time_days, s.lead_time_days) as lead, s.stated_spread
from supplier_items i join suppliers s on s.id = i.supplier_id
order by i.cost_cents is not null, i.cost_cents desc, i.supplier_id desc"""
_LEVELS = """
-- One row per thing and place: sellable pieces, what of them is sold, and what the platform says is incoming. What is
-- on the way between two places counts, and is no place to buy for: -1.
select n.variant_id, case when l.kind = 'shelf' then n.location_id else -1 end, n.on_hand, coalesce(n.committed, 0),
  coalesce(n.incoming, 0)
from stock_levels n join locations l on l.id = n.location_id where n.state = 'sellable'"""
_COMING = """
select variant_id, sum(quantity), min(case when quantity > 0 then expected_on end)
from coming_lines where variant_id is not null group by 1"""


def arrays(db: sqlite3.Connection, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples."""
    cursor = db.cursor()
    cursor.row_factory = None
    return cursor.execute(sql, values).fetchall()


def read_things(db: sqlite3.Connection, currency: str, on: date) -> Things:
    """All of them, as they stand."""
    rows = arrays(db, _THINGS)
    ids = np.array([r[0] for r in rows], np.int64)
    at = {variant: n for n, variant in enumerate(ids.tolist())}
    price = _floats([r[1] for r in rows])
    for variant, cents in arrays(db, _SOLD_FOR):
        if variant in at and np.isnan(price[at[variant]]):
            price[at[variant]] = cents
    items = {r[0]: r[1:] for r in arrays(db, _ITEMS, [currency, on.isoformat()]) if r[0] in at}
    cost, source = _costs(rows, items, price)
    level = _levels(db, at)
    coming, coming_on = level[3], _nothing(len(ids))
    for variant, pieces, day in arrays(db, _COMING):
        if variant in at:
            # What the platform says is incoming and what we ordered ourselves are often the same pieces.
            coming[at[variant]] = max(coming[at[variant]], pieces)
            coming_on[at[variant]] = day
    empty = (-1, None, 1, 0, None, 0.5)
    chosen = [items.get(v, empty) for v in ids.tolist()]
    return Things(
        ids=ids,
        price=price,
        cost=cost,
        cost_source=source,
        supplier=np.array([c[0] for c in chosen], np.int64),
        pack=np.array([max(1, c[2]) for c in chosen], float),
        minimum=np.array([c[3] for c in chosen], float),
        stated_lead=_floats([c[4] for c in chosen]),
        stated_spread=np.array([c[5] for c in chosen], float),
        on_hand=level[0],
        committed=level[1],
        is_known=level[2],
        coming=coming,
        coming_on=coming_on,
        location=level[4],
    )


def _nothing(count: int) -> list[str | None]:
    return [None] * count


def _floats(values: list[Any]) -> Array:
    return np.array([np.nan if v is None else v for v in values], float)


def _costs(rows: list[tuple[Any, ...]], items: dict[int, Any], price: Array) -> tuple[Array, Array]:
    """The supplier's cost, else the product's, else the price times the median share that costs have in its kind (in
    the whole shop where its kind has none)."""
    said = _floats([items.get(r[0], (0, None))[1] for r in rows])
    own = _floats([r[2] for r in rows])
    cost: Array = np.where(np.isnan(said), own, said)
    source: Array = np.where(~np.isnan(said), "supplier", np.where(~np.isnan(own), "product", ""))
    missing = np.isnan(cost)
    if missing.any() and not missing.all():
        kinds, kind = np.unique([r[3] for r in rows], return_inverse=True)
        share, whole = cost / np.where(price > 0, price, np.nan), None
        for number in range(len(kinds)):
            here = kind == number
            if not (missing & here).any():
                continue
            known = share[here & ~np.isnan(share)]
            if not len(known):
                whole = np.nanmedian(share) if whole is None and not np.isnan(share).all() else whole
            middle = float(np.median(known)) if len(known) else whole
            if middle is not None:
                cost = np.where(missing & here, np.round(price * middle), cost)
        source = np.where(missing & ~np.isnan(cost), "category", source)
    return cost, source


def _levels(db: sqlite3.Connection, at: dict[int, int]) -> tuple[Array, ...]:
    count = len(at)
    on_hand, committed, known, incoming = (np.zeros(count) for _ in range(4))
    where: Array = np.full(count, -1, np.int64)
    most: Array = np.full(count, -np.inf)
    for variant, place, pieces, taken, comes in arrays(db, _LEVELS):
        row = at.get(variant)
        if row is None:
            continue
        on_hand[row] += pieces
        committed[row] += taken
        incoming[row] += comes
        known[row] = 1
        if place >= 0 and pieces > most[row]:
            where[row], most[row] = place, pieces
    return on_hand, committed, known > 0, incoming, where
