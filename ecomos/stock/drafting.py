"""A draft changed by hand: lines, prices, what is needed by when. Only while it is a draft; what somebody else changed
meanwhile is not overwritten."""

import sqlite3
from datetime import date, datetime

from ecomos.errors import Refused, WrongUsage
from ecomos.stock.draft_lines import refill, set_line, sum_cents
from ecomos.stock.purchases import Purchase, PurchaseLine, purchase
from ecomos.stock.terms import must_buy, supplier_terms
from ecomos.stock.wanted import wanted_thing
from ecomos.store import write

__all__ = ["add_thing", "change_head", "change_line", "fill_again", "remove_line"]

MOST_PIECES = 1_000_000


def change_line(
    db: sqlite3.Connection, order_id: int, seen: PurchaseLine, quantity: int, cents: int, person: int, now: datetime
) -> None:
    """Set pieces and price of a line as the person saw it. Raises Refused where it is no draft any more, or somebody
    changed the line meanwhile; WrongUsage for numbers that can't be meant."""
    must_buy(db, person, now.date())
    if not 0 < quantity <= MOST_PIECES or cents < 0:
        raise WrongUsage("Write how many pieces, one at the least, and a price that is not below 0.")
    with write(db):
        line = _line(_draft(db, order_id), seen.line_no)
        if (line.quantity, line.unit_cost_cents) != (seen.quantity, seen.unit_cost_cents):
            raise Refused(f"Somebody set {line.sku} to {line.quantity} pieces meanwhile. Look again.")
        source = line.price_source if cents == line.unit_cost_cents and cents else "written"
        db.execute(
            """update purchase_order_lines set quantity = ?, unit_cost_cents = ?, price_source = ?, is_filled = 0
               where purchase_order_id = ? and line_no = ?""",
            [quantity, cents, source, order_id, line.line_no],
        )
        _set_freight(db, order_id)


def remove_line(db: sqlite3.Connection, order_id: int, line_no: int, person: int, now: datetime) -> str:
    """Take a line off a draft; gives its SKU. Raises Refused where it is no draft, or the line is gone."""
    must_buy(db, person, now.date())
    with write(db):
        line = _line(_draft(db, order_id), line_no)
        db.execute("delete from purchase_order_lines where purchase_order_id = ? and line_no = ?", [order_id, line_no])
        _set_freight(db, order_id)
        return line.sku


def add_thing(
    db: sqlite3.Connection, order_id: int, sku: str, pieces: int, person: int, now: datetime, today: date
) -> None:
    """Put one of the supplier's things on a draft, or set its pieces. Raises WrongUsage for a SKU that the supplier
    does not have, Refused where it stands on another order."""
    must_buy(db, person, now.date())
    if not 0 < pieces <= MOST_PIECES:
        raise WrongUsage("Write how many pieces, one at the least.")
    with write(db):
        order = _draft(db, order_id)
        row = db.execute(
            """select variant_id from supplier_items where supplier_id = ?1 and variant_id is not null
                 and (sku = ?2 collate nocase or supplier_sku = ?2 collate nocase)""",
            [order.supplier_id, sku.strip()],
        ).fetchone()
        if row is None:
            raise WrongUsage(
                f"{order.supplier} has no {sku.strip() or 'SKU'}. Add it to its things on the page Suppliers."
            )
        thing = wanted_thing(db, row["variant_id"], order.location_id, pieces, order.supplier_id)
        if isinstance(thing, str):
            raise Refused(thing)
        set_line(db, order_id, thing, today)
        _set_freight(db, order_id)


def change_head(
    db: sqlite3.Connection, order_id: int, needed_by: date | None, freight: int, duty: int, note: str, person: int,
    now: datetime,
) -> None:  # fmt: skip
    """Write by when it is needed, what freight and duty come to, and a line for the supplier; until it was sent."""
    must_buy(db, person, now.date())
    if freight < 0 or duty < 0:
        raise WrongUsage("Freight and duty are not below 0.")
    with write(db):
        _draft(db, order_id)
        db.execute(
            "update purchase_orders set needed_by_on = ?, freight_cents = ?, duty_cents = ?, note = ? where id = ?",
            [needed_by.isoformat() if needed_by else None, freight, duty, note.strip() or None, order_id],
        )


def fill_again(db: sqlite3.Connection, order_id: int, person: int, now: datetime, today: date) -> None:
    """Fill a draft up to the supplier's minimum anew, by what would be low next as it stands now."""
    must_buy(db, person, now.date())
    with write(db):
        _draft(db, order_id)
        refill(db, order_id, now, today)
        _set_freight(db, order_id)


def _draft(db: sqlite3.Connection, order_id: int) -> Purchase:
    order = purchase(db, order_id)
    if order.status != "draft":
        raise Refused(f"{order.number} is {order.status}: only a draft is changed here.")
    return order


def _line(order: Purchase, line_no: int) -> PurchaseLine:
    for line in order.lines:
        if line.line_no == line_no:
            return line
    raise Refused(f"The line {line_no} of {order.number} was taken off meanwhile.")


def _set_freight(db: sqlite3.Connection, order_id: int) -> None:
    """Freight by the supplier's step, as the sum is now."""
    (supplier,) = db.execute("select supplier_id from purchase_orders where id = ?", [order_id]).fetchone()
    freight = supplier_terms(db, supplier).freight_of(sum_cents(db, order_id))
    db.execute("update purchase_orders set freight_cents = ? where id = ?", [freight, order_id])
