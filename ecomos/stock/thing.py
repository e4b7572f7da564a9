"""One thing of the catalogue, read whole: what it is, where it lies, what moved, what is coming, who supplies it."""

import sqlite3
from dataclasses import dataclass

from ecomos.orders.products import DEFAULT

__all__ = ["Listed", "Thing", "coming_of", "find_thing", "levels_of", "list_things", "moves_of", "supply_of", "thing"]

MOVES_SHOWN = 200


@dataclass(frozen=True)
class Thing:
    """What it is."""

    id: int
    sku: str
    name: str
    barcode: str
    type: str
    vendor: str
    status: str
    price_cents: int | None
    cost_cents: int | None
    channel: str


@dataclass(frozen=True)
class Listed:
    """A line of the list of things."""

    id: int
    sku: str
    name: str
    barcode: str
    price_cents: int | None
    cost_cents: int | None
    available: int | None
    """Sellable less committed, all places together; None: no level is known."""
    coming: int
    cover_days: float | None
    abc: str
    xyz: str
    supplier: str
    bins: str


def thing(db: sqlite3.Connection, variant_id: int) -> Thing:
    """The thing with that number. Raises LookupError where there is none."""
    row = db.execute(
        """select v.id, coalesce(v.sku, '') as sku, v.title as variant, p.title as product,
             coalesce(v.barcode, '') as barcode, coalesce(p.type, '') as type, coalesce(p.vendor, '') as vendor,
             coalesce(p.status, 'active') as status, v.price_cents, v.cost_cents, c.name as channel
           from variants v join products p on p.id = v.product_id join channels c on c.id = p.channel_id
           where v.id = ?""",
        [variant_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"no thing {variant_id}")
    return Thing(**{n: row[n] for n in Thing.__dataclass_fields__ if n != "name"}, name=_name(row))


def _name(row: sqlite3.Row) -> str:
    title = "" if row["variant"] == DEFAULT else row["variant"]
    return " ".join(w for w in (row["product"], title) if w)


def find_thing(db: sqlite3.Connection, text: str) -> int | None:
    """The one thing that has this barcode or SKU, whatever its capitals; None for none or several."""
    wanted = text.strip().removeprefix("'")
    rows = db.execute(
        "select id from variants where barcode = ?1 or sku = ?1 or (sku like ?2 and lower(sku) = lower(?1)) limit 3",
        [wanted, wanted.replace("%", "").replace("_", "")],
    ).fetchall()
    return int(rows[0][0]) if len(rows) == 1 else None


def list_things(db: sqlite3.Connection) -> list[Listed]:
    """Every thing that is for sale and is shipped, by name."""
    rows = db.execute(
        """with level as (
             select variant_id, sum(on_hand - coalesce(committed, 0)) as available from stock_levels
             where state = 'sellable' group by 1
           ),
           coming as (select variant_id, sum(quantity) as pieces from coming_lines group by 1),
           binned as (
             select x.variant_id, group_concat(b.name, ', ') as bins from variant_bins x join bins b on b.id = x.bin_id
             group by 1
           ),
           item as (
             select variant_id, min(supplier_id) as supplier_id, min(cost_cents) as cost_cents from supplier_items
             where variant_id is not null group by 1
           )
           select v.id, coalesce(v.sku, '') as sku, v.title as variant, p.title as product,
             coalesce(v.barcode, '') as barcode, v.price_cents, coalesce(item.cost_cents, v.cost_cents) as cost_cents,
             level.available, coalesce(coming.pieces, 0) as coming, max(plan.cover_days) as cover_days,
             coalesce(plan.abc, '') as abc, coalesce(plan.xyz, '') as xyz, coalesce(s.name, '') as supplier,
             coalesce(binned.bins, '') as bins
           from variants v join products p on p.id = v.product_id
           left join level on level.variant_id = v.id left join coming on coming.variant_id = v.id
           left join binned on binned.variant_id = v.id left join item on item.variant_id = v.id
           left join suppliers s on s.id = item.supplier_id left join stock_plans plan on plan.variant_id = v.id
           where v.requires_shipping and not p.is_gift_card and coalesce(p.status, 'active') = 'active'
           group by v.id order by p.title, v.id"""
    )
    return [Listed(**{n: r[n] for n in Listed.__dataclass_fields__ if n != "name"}, name=_name(r)) for r in rows]


def levels_of(db: sqlite3.Connection, variant_id: int) -> list[sqlite3.Row]:
    """A row per place and state: place, state, on_hand, committed, as_of, bins."""
    return db.execute(
        """select l.name as place, s.state, s.on_hand, s.committed, s.as_of,
             coalesce((select group_concat(b.name, ', ') from variant_bins x join bins b on b.id = x.bin_id
                       where x.variant_id = s.variant_id and b.location_id = s.location_id), '') as bins
           from stock_levels s join locations l on l.id = s.location_id where s.variant_id = ?
           order by l.name, s.state <> 'sellable', s.state""",
        [variant_id],
    ).fetchall()


def moves_of(db: sqlite3.Connection, variant_id: int, most: int = MOVES_SHOWN) -> list[sqlite3.Row]:
    """The newest moves, with the level after each in its place and state."""
    return db.execute(
        """with run as (
             select m.*, l.name as place, sum(m.quantity) over (
               partition by m.location_id, m.state order by m.happened_at, m.id) as after
             from stock_moves m join locations l on l.id = m.location_id where m.variant_id = ?
           )
           select * from run order by happened_at desc, id desc limit ?""",
        [variant_id, most],
    ).fetchall()


def coming_of(db: sqlite3.Connection, variant_id: int) -> list[sqlite3.Row]:
    """What is on its way: order, number, supplier, pieces, expected day."""
    return db.execute(
        """select c.purchase_order_id as id, o.number, s.name as supplier, c.quantity, c.expected_on, c.status
           from coming_lines c join purchase_orders o on o.id = c.purchase_order_id
           join suppliers s on s.id = c.supplier_id where c.variant_id = ? and c.quantity > 0
           order by c.expected_on""",
        [variant_id],
    ).fetchall()


def supply_of(db: sqlite3.Connection, variant_id: int) -> list[sqlite3.Row]:
    """Who supplies it: supplier_id, supplier, cost, pack, minimum, lead time as stated."""
    return db.execute(
        """select i.supplier_id, s.name as supplier, i.cost_cents, coalesce(s.currency, '') as currency, i.pack,
             i.minimum, coalesce(i.lead_time_days, s.lead_time_days) as lead_days
           from supplier_items i join suppliers s on s.id = i.supplier_id where i.variant_id = ?
           order by i.cost_cents is null, i.cost_cents""",
        [variant_id],
    ).fetchall()
