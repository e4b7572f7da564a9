"""What was sold, for exploring: goods by product, and who came back in which month. Counts what was not cancelled;
reversals (a platform's own cancellation orders) stand against what they reverse."""

import sqlite3
from collections.abc import Sequence
from datetime import date

__all__ = [
    "buyers",
    "channels_of_orders",
    "days_of_orders",
    "goods_by_product",
    "newest_load",
    "other_currencies",
    "returns_by_month",
]


def days_of_orders(db: sqlite3.Connection, channel_id: int | None = None) -> tuple[date, date] | None:
    """The days of the oldest and of the newest order; None where there is none."""
    row = db.execute(
        "select min(placed_on), max(placed_on) from orders where ?1 is null or channel_id = ?1", [channel_id]
    ).fetchone()
    return (date.fromisoformat(row[0]), date.fromisoformat(row[1])) if row[0] else None


def channels_of_orders(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """The channels that have an order; one that only advertises has none."""
    return db.execute(
        """select c.id, c.name from channels c
           where exists (select 1 from orders o where o.channel_id = c.id) order by c.name"""
    ).fetchall()


def newest_load(db: sqlite3.Connection, channel_id: int | None = None) -> str | None:
    """The instant of the newest import that was loaded."""
    row = db.execute(
        "select max(imported_at) from imports where status = 'loaded' and (?1 is null or channel_id = ?1)", [channel_id]
    ).fetchone()
    return row[0] if row else None


def goods_by_product(
    db: sqlite3.Connection, first_on: date, last_on: date, channel_id: int | None = None
) -> list[sqlite3.Row]:
    """One row per product and title: pieces, and goods in cents after a line's own discount."""
    return db.execute(
        """select coalesce(nullif(l.sku, ''), l.title) as product, l.title, sum(l.quantity) as pieces,
             sum(l.total_cents - l.discount_cents) as cents
           from orders o join order_lines l on l.order_id = o.id
           where o.cancelled_at is null and l.is_merchandise and not l.is_gift_card
             and o.placed_on between ?1 and ?2 and (?3 is null or o.channel_id = ?3)
           group by 1, 2""",
        [first_on.isoformat(), last_on.isoformat(), channel_id],
    ).fetchall()


BOUGHT = """
-- One row per order of a known customer that cost something.
with bought as (
  select o.customer_id, o.id, substr(o.placed_on, 1, 7) as month
  from orders o
  where o.kind = 'sale' and o.cancelled_at is null and o.customer_id is not null and o.total_cents > 0
    and o.placed_on <= ?1 and (?2 is null or o.channel_id = ?2)
)"""


def returns_by_month(db: sqlite3.Connection, last_on: date, channel_id: int | None = None) -> Sequence[sqlite3.Row]:
    """One row per month of first order and month of buying: how many customers."""
    return db.execute(
        f"""{BOUGHT}, firsts as (select customer_id, min(month) as first from bought group by customer_id)
            select f.first, b.month, count(distinct b.customer_id) as customers
            from bought b join firsts f on f.customer_id = b.customer_id group by 1, 2 order by 1, 2""",
        [last_on.isoformat(), channel_id],
    ).fetchall()


def buyers(db: sqlite3.Connection, last_on: date, channel_id: int | None = None) -> tuple[int, int, int]:
    """Known customers, those of them who ordered more than once, and their orders."""
    row = db.execute(
        f"""{BOUGHT}, each as (select customer_id, count(*) as orders from bought group by customer_id)
            select count(*), coalesce(sum(orders > 1), 0), coalesce(sum(orders), 0) from each""",
        [last_on.isoformat(), channel_id],
    ).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def other_currencies(db: sqlite3.Connection, currency: str, channel_id: int | None = None) -> list[sqlite3.Row]:
    """The currencies of orders that are not the store's, with how many orders."""
    return db.execute(
        """select currency, count(*) as orders from orders
           where currency <> ?1 and (?2 is null or channel_id = ?2) group by currency order by 2 desc""",
        [currency, channel_id],
    ).fetchall()
