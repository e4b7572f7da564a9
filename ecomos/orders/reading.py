"""Reading orders for the pages: one order with its parts, lists, and what a typed or scanned word means."""

import sqlite3
from collections.abc import Sequence
from typing import Any

__all__ = [
    "channels",
    "customer_words",
    "lines_of",
    "order_found",
    "order_row",
    "orders_list",
    "parcels_of",
    "ref_of",
    "set_sends",
    "variant_words",
]


def order_row(db: sqlite3.Connection, order_id: int) -> sqlite3.Row:
    """One order with its channel and the address that holds (corrections included). Raises LookupError."""
    row: sqlite3.Row | None = db.execute(
        """select o.*, c.name as channel, c.platform, a.email, a.phone, a.ship_name, a.ship_company, a.ship_address1,
             a.ship_address2, a.ship_zip, a.ship_city, a.ship_province, a.ship_country, k.notes, k.note_attributes,
             (select x.cancelled_at from order_cancellations x where x.order_id = o.id) as cancelled_here_at,
             (select max(p.shipped_at) from parcels p where p.order_id = o.id and p.source = 'ours') as shipped_here_at
           from orders o join channels c on c.id = o.channel_id join order_addresses a on a.order_id = o.id
           left join order_contacts k on k.order_id = o.id where o.id = ?""",
        [order_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"no order {order_id}")
    return row


def ref_of(db: sqlite3.Connection, order_id: int) -> str:
    """How an address names the order: `1001` while that is unique, else `shopify/1001`."""
    row = db.execute(
        """select o.number, c.name, (select count(*) from orders n where n.number = o.number) as same
           from orders o join channels c on c.id = o.channel_id where o.id = ?""",
        [order_id],
    ).fetchone()
    bare = str(row["number"]).lstrip("#")
    return bare if row["same"] == 1 else f"{row['name']}/{bare}"


def lines_of(db: sqlite3.Connection, order_ids: Sequence[int]) -> list[sqlite3.Row]:
    """The lines of these orders with what is still open of each, order by order."""
    marks = ", ".join("?" * len(order_ids))
    return db.execute(
        f"""select n.*, o.number, l.unit_price_cents, l.discount_cents, l.total_cents, l.fulfillment_status, o.currency,
              v.barcode
            from open_lines n join orders o on o.id = n.order_id
            join order_lines l on l.order_id = n.order_id and l.line_no = n.line_no
            left join variants v on v.id = n.variant_id
            where n.order_id in ({marks}) order by o.placed_at, o.id, n.line_no""",
        [*order_ids],
    ).fetchall()


def parcels_of(db: sqlite3.Connection, order_id: int) -> list[sqlite3.Row]:
    """Our parcels of an order."""
    return db.execute("select * from parcels where order_id = ? and source = 'ours' order by id", [order_id]).fetchall()


def orders_list(
    db: sqlite3.Connection, most: int = 5000, *, customer: int | None = None, variant: int | None = None
) -> list[sqlite3.Row]:
    """The newest sale orders with what is open of each; of one customer, or with one variant, where it is given.

    `ref` is how an address names the order, as `ref_of` does; name and e-mail are those that hold, with corrections.
    """
    return db.execute(
        """with newest as (
             select id from orders where kind = 'sale' and (?1 is null or customer_id = ?1)
               and (?2 is null or id in (select order_id from order_lines where variant_id = ?2))
             order by placed_at desc, id desc limit ?3)
           select o.id, o.number, c.name as channel, o.placed_at, o.currency, o.total_cents, o.financial_status,
             o.fulfillment_status, o.cancelled_at,
             coalesce((select value from corrections x where x.ref_type = 'order' and x.ref_id = o.id
                       and x.field = 'ship_name' order by x.id desc limit 1), k.ship_name) as ship_name,
             coalesce((select value from corrections x where x.ref_type = 'order' and x.ref_id = o.id
                       and x.field = 'email' order by x.id desc limit 1), k.email) as email,
             case when exists (select 1 from orders n where n.number = o.number and n.id <> o.id)
               then c.name || '/' else '' end || ltrim(o.number, '#') as ref,
             (select group_concat(distinct r.procedure) from runs r join run_cases x on x.run_id = r.id
              where x.type = 'order' and x.id = +o.id and r.status <> 'done') as work  -- + lets it use the index
           from newest join orders o on o.id = newest.id join channels c on c.id = o.channel_id
           left join order_contacts k on k.order_id = o.id
           order by o.placed_at desc, o.id desc""",
        [customer, variant, most],
    ).fetchall()


def customer_words(db: sqlite3.Connection, customer_id: int) -> str:
    """A customer by name, else by e-mail; empty where there is none of that number."""
    row = db.execute("select name, email, phone from customers where id = ?", [customer_id]).fetchone()
    return next((str(x) for x in row or () if x), "a customer without a name" if row else "")


def variant_words(db: sqlite3.Connection, variant_id: int) -> str:
    """A variant by its SKU, else by its title; empty where there is none of that number."""
    row = db.execute("select sku, title from variants where id = ?", [variant_id]).fetchone()
    return next((str(x) for x in row or () if x), "")


def order_found(db: sqlite3.Connection, text: str) -> int | None:
    """The newest order that a typed or scanned word means: number, tracking, e-mail, name, SKU, barcode."""
    bare = text.strip().lstrip("#")
    queries: tuple[tuple[str, Any], ...] = (
        ("select id from orders where number in (?1, '#' || ?1)", bare),
        ("select order_id from parcels where tracking = ?1", bare),
        ("select id from orders where platform_id = ?1", bare),
        ("select order_id from order_addresses where email = ?1 collate nocase", bare),
        ("select order_id from order_contacts where ship_name like ?1 || '%' collate nocase", bare),
        (
            """select l.order_id from order_lines l left join variants v on v.id = l.variant_id
               where l.sku = ?1 collate nocase or v.barcode = ?1""",
            bare,
        ),
    )
    for sql, value in queries:
        row = db.execute(f"select max(id) from orders where id in ({sql})", [value]).fetchone()
        if row[0] is not None:
            return int(row[0])
    return None


def channels(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Every channel with its newest import and who sends what."""
    return db.execute(
        """select c.*, max(i.imported_at) as last_at, count(i.id) as imports from channels c
           left join imports i on i.channel_id = c.id and i.status = 'loaded'
           where c.platform not like '%-ads' group by c.id order by c.name"""
    ).fetchall()


def set_sends(db: sqlite3.Connection, channel_id: int, sends: str) -> None:
    """Write who sends which message of a channel; inside the caller's transaction."""
    db.execute("update channels set sends = ? where id = ?", [sends, channel_id])
