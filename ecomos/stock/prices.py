"""What a supplier asks for a thing: its price list with quantity breaks and days, else the cost known of it."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from ecomos.errors import WrongUsage
from ecomos.stock.terms import must_buy, supplier_terms
from ecomos.store import write

__all__ = ["ListedPrice", "Price", "price_list", "price_of", "remove_price", "set_price"]


@dataclass(frozen=True)
class Price:
    """A piece, in the supplier's currency."""

    cents: int | None
    """None: nobody named one."""
    source: str
    """list, supplier (its cost as last known), product (the cost beside the product), none."""
    from_quantity: int = 1
    """The step of the price list that it stands on."""


@dataclass(frozen=True)
class ListedPrice:
    """A line of a price list."""

    sku: str
    from_on: date
    from_quantity: int
    cost_cents: int
    holds: bool
    """The newest day that has come."""


def price_of(db: sqlite3.Connection, supplier_id: int, sku: str, quantity: int, on: date) -> Price:
    """What a piece costs when so many are ordered on that day: the newest list that has come, its highest step not
    above the quantity; else the supplier's cost; else the product's own, where the supplier bills in no other money."""
    row = db.execute(
        """select cost_cents, from_quantity from supplier_prices where supplier_id = ?1 and sku = ?2
             and from_quantity <= ?3
             and from_on = (select max(from_on) from supplier_prices
                            where supplier_id = ?1 and sku = ?2 and from_on <= ?4)
           order by from_quantity desc limit 1""",
        [supplier_id, sku, quantity, on.isoformat()],
    ).fetchone()
    if row is not None:
        return Price(row["cost_cents"], "list", row["from_quantity"])
    return _known_cost(db, supplier_id, sku)


def _known_cost(db: sqlite3.Connection, supplier_id: int, sku: str) -> Price:
    row = db.execute(
        """select i.cost_cents, v.cost_cents as product_cents, s.currency from suppliers s
           left join supplier_items i on i.supplier_id = s.id and i.sku = ?2
           left join variants v on v.id = coalesce(i.variant_id, (select min(id) from variants where sku = ?2))
           where s.id = ?1""",
        [supplier_id, sku],
    ).fetchone()
    if row is not None and row["cost_cents"] is not None:
        return Price(row["cost_cents"], "supplier")
    if row is not None and row["product_cents"] is not None and row["currency"] is None:
        return Price(row["product_cents"], "product")
    return Price(None, "none")


def price_list(db: sqlite3.Connection, supplier_id: int, on: date) -> list[ListedPrice]:
    """Every line of a supplier's list, by SKU, the newest day first."""
    rows = db.execute(
        """select p.*, p.from_on = (select max(from_on) from supplier_prices n where n.supplier_id = p.supplier_id
             and n.sku = p.sku and n.from_on <= ?2) as holds
           from supplier_prices p where p.supplier_id = ?1 order by sku, from_on desc, from_quantity""",
        [supplier_id, on.isoformat()],
    )
    return [
        ListedPrice(
            r["sku"], date.fromisoformat(r["from_on"]), r["from_quantity"], r["cost_cents"], bool(r["holds"] or 0)
        )
        for r in rows
    ]


def set_price(
    db: sqlite3.Connection, supplier_id: int, sku: str, step: tuple[date, int, int], person: int, now: datetime
) -> None:
    """Write a line of the list: step is (from which day, from how many pieces, cents a piece).

    Raises WrongUsage for a thing that the supplier does not have, or a number that can't be meant.
    """
    must_buy(db, person, now.date())
    from_on, from_quantity, cents = step
    if from_quantity < 1 or cents < 0:
        raise WrongUsage("A price holds from one piece on, and is not below 0.")
    with write(db):
        terms = supplier_terms(db, supplier_id)
        known = db.execute(
            "select 1 from supplier_items where supplier_id = ? and sku = ?", [supplier_id, sku]
        ).fetchone()
        if known is None:
            raise WrongUsage(f"{terms.name} has no {sku}. Add it to the supplier's things first.")
        db.execute(
            """insert into supplier_prices(supplier_id, sku, from_on, from_quantity, cost_cents) values (?, ?, ?, ?, ?)
               on conflict(supplier_id, sku, from_on, from_quantity) do update set cost_cents = excluded.cost_cents""",
            [supplier_id, sku, from_on.isoformat(), from_quantity, cents],
        )


def remove_price(
    db: sqlite3.Connection, supplier_id: int, sku: str, step: tuple[date, int], person: int, now: datetime
) -> None:
    """Take a line off the list; orders that used it keep their price."""
    must_buy(db, person, now.date())
    with write(db):
        db.execute(
            "delete from supplier_prices where supplier_id = ? and sku = ? and from_on = ? and from_quantity = ?",
            [supplier_id, sku, step[0].isoformat(), step[1]],
        )
