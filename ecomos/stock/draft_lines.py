"""The lines of a draft: written with price and pack, and filled up to the supplier's minimum."""

import sqlite3
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ecomos.money import format_money
from ecomos.stock.buying_limits import buying_limits
from ecomos.stock.filling import Candidate, fill_up, whole_packs
from ecomos.stock.prices import price_of
from ecomos.stock.terms import supplier_terms
from ecomos.stock.wanted import Wanted, wanted_thing

__all__ = ["refill", "set_line", "sum_cents"]


def set_line(
    db: sqlite3.Connection, order_id: int, thing: Wanted, today: date, because: str = "", filled: bool = False
) -> None:
    """Write the thing's line, or set the quantity of the one that is there."""
    supplier = db.execute("select supplier_id from purchase_orders where id = ?", [order_id]).fetchone()[0]
    quantity = whole_packs(thing.quantity, thing.pack, thing.minimum)
    price = price_of(db, supplier, thing.sku, quantity, today)
    there = db.execute(
        "select line_no from purchase_order_lines where purchase_order_id = ? and variant_id = ?",
        [order_id, thing.variant_id],
    ).fetchone()
    values = [quantity, price.cents or 0, price.source, int(filled), because or _rounded(thing, quantity)]
    if there:
        db.execute(
            """update purchase_order_lines set quantity = ?, unit_cost_cents = ?, price_source = ?, is_filled = ?,
                 because = ? where purchase_order_id = ? and line_no = ?""",
            [*values, order_id, there[0]],
        )
        return
    _insert_line(db, order_id, thing, values)


def _insert_line(db: sqlite3.Connection, order_id: int, thing: Wanted, values: list[Any]) -> None:
    last = db.execute(
        "select coalesce(max(line_no), 0) from purchase_order_lines where purchase_order_id = ?", [order_id]
    ).fetchone()[0]
    db.execute(
        """insert into purchase_order_lines(purchase_order_id, line_no, variant_id, sku, supplier_sku, title,
             quantity, unit_cost_cents, price_source, is_filled, because) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [order_id, last + 1, thing.variant_id, thing.sku, thing.supplier_sku, thing.title, *values],
    )


def _rounded(thing: Wanted, quantity: int) -> str | None:
    if quantity == thing.quantity:
        return None
    step = f"packs of {thing.pack}" if thing.pack > 1 else ""
    least = f"at least {thing.minimum}" if thing.minimum and thing.minimum > thing.quantity else ""
    return f"{thing.quantity} became {quantity}: {', '.join(w for w in (least, step) if w)}."


def refill(db: sqlite3.Connection, order_id: int, now: datetime, today: date) -> None:
    """Put what would be low next on a draft until the supplier's minimum is reached; what was filled before is gone."""
    order = db.execute("select * from purchase_orders where id = ?", [order_id]).fetchone()
    terms, cap = supplier_terms(db, order["supplier_id"]), buying_limits(db, now).lasts_at_most_days
    db.execute("delete from purchase_order_lines where purchase_order_id = ? and is_filled", [order_id])
    missing = (terms.minimum_cents or 0) - sum_cents(db, order_id)
    if missing <= 0 or cap is None:
        return
    candidates = _candidates(db, order, today)
    money = format_money(terms.minimum_cents, order["currency"])
    for filled in fill_up(missing, [c for c, _ in candidates.values()], float(cap)):
        thing = candidates[filled.variant_id][1]
        because = f"For the minimum of {money}: lasts {filled.cover_days:.0f} days, with these {filled.lasts_days:.0f}."
        set_line(db, order_id, replace(thing, quantity=filled.quantity), today, because, filled=True)


def _candidates(db: sqlite3.Connection, order: sqlite3.Row, today: date) -> dict[int, tuple[Candidate, Wanted]]:
    """What else this supplier has that sells there, is not given up and stands on no draft."""
    rows = db.execute(
        """select s.*, i.sku, i.minimum as least, i.pack as packed, i.supplier_sku from stock_plans s
           join supplier_items i on i.supplier_id = s.supplier_id and i.variant_id = s.variant_id
           where s.supplier_id = ? and s.location_id = ? and s.deed not in ('discontinue', 'mark down')
             and s.demand_a_day > 0 and s.cover_days is not null
             and not exists (select 1 from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
                             where l.variant_id = s.variant_id and o.status in ('draft', 'asked'))
           order by s.cover_days, s.variant_id""",
        [order["supplier_id"], order["location_id"]],
    ).fetchall()
    found = {}
    for row in rows:
        thing = wanted_thing(db, row["variant_id"], order["location_id"], 1)
        pack, least = row["packed"] or 1, row["least"] or 0
        price = price_of(db, order["supplier_id"], row["sku"], whole_packs(1, pack, least), today)
        if isinstance(thing, str) or price.cents is None:
            continue
        one = Candidate(row["variant_id"], row["demand_a_day"], row["cover_days"], pack, least, price.cents)
        found[row["variant_id"]] = (one, thing)
    return found


def sum_cents(db: sqlite3.Connection, order_id: int) -> int:
    """What the goods of an order cost, in its currency."""
    return int(
        db.execute(
            "select coalesce(sum(quantity * unit_cost_cents), 0) from purchase_order_lines where purchase_order_id = ?",
            [order_id],
        ).fetchone()[0]
    )
