"""A supplier's bill: written down line by line, matched with order and goods, approved by itself where it matches;
where it differs a person with authority decides."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ecomos.errors import Refused, WrongUsage
from ecomos.money import format_money
from ecomos.people import roles_of
from ecomos.stock.bill_match import match_order
from ecomos.stock.buying_limits import buying_limits
from ecomos.stock.landing import per_piece, share_so_far, spread
from ecomos.stock.purchase_status import tell
from ecomos.stock.purchases import purchase
from ecomos.store import iso, write

__all__ = ["BILLERS", "Bill", "BillLine", "bills_of", "enter_bill", "match_bills", "settle_bills"]

BILLERS = frozenset({"bookkeeper", "buyer", "operations-lead", "founder"})


@dataclass(frozen=True)
class BillLine:
    """A line of a bill."""

    sku: str
    quantity: int
    unit_cost_cents: int
    """In the bill's currency."""


@dataclass(frozen=True)
class Bill:
    """A bill as it lies on the table; money in the order's currency."""

    number: str
    dated_on: date
    lines: Sequence[BillLine]
    freight_cents: int = 0
    duty_cents: int = 0
    tax_cents: int = 0
    total_cents: int | None = None
    """What stands below the line; checked where it is given."""

    @property
    def sum_cents(self) -> int:
        """Lines, freight, duty and tax."""
        goods = sum(x.quantity * x.unit_cost_cents for x in self.lines)
        return goods + self.freight_cents + self.duty_cents + self.tax_cents


def enter_bill(db: sqlite3.Connection, order_id: int, bill: Bill, person: int, now: datetime) -> tuple[str, ...]:
    """Write a bill down and match it; gives what differs, empty where it was approved by itself.

    Raises Refused for who may not, for a number that is there already, or before the order was sent; WrongUsage for a
    bill that does not add up.
    """
    if not BILLERS & set(roles_of(db, person, now.date())):
        raise Refused("Bills are entered by bookkeeper, buyer or operations lead.")
    with write(db):
        order = purchase(db, order_id)
        _check(bill, order.currency)
        if order.status in ("draft", "asked", "approved", "cancelled"):
            raise Refused(f"{order.number} is {order.status}: nothing of it is to be paid.")
        if _is_being_decided(db, order_id):
            raise Refused("What differs on this order waits for a yes: decide that first, then enter the next bill.")
        there = db.execute(
            "select entered_at from supplier_invoices where supplier_id = ? and number = ? collate nocase",
            [order.supplier_id, bill.number.strip()],
        ).fetchone()
        if there:
            raise Refused(
                f"The bill {bill.number} of {order.supplier} is here since {there[0][:10]}. Don't pay it twice."
            )
        made = db.execute(
            """insert into supplier_invoices(supplier_id, purchase_order_id, number, dated_on, currency, freight_cents,
                 duty_cents, tax_cents, total_cents, status, entered_by, entered_at)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)""",
            [order.supplier_id, order_id, bill.number.strip(), bill.dated_on.isoformat(), order.currency,
             bill.freight_cents, bill.duty_cents, bill.tax_cents, bill.sum_cents, person, iso(now)],
        )  # fmt: skip
        db.executemany(
            """insert into supplier_invoice_lines(invoice_id, line_no, sku, quantity, unit_cost_cents)
               values (?, ?, ?, ?, ?)""",
            [(made.lastrowid, n, x.sku, x.quantity, x.unit_cost_cents) for n, x in enumerate(bill.lines, 1)],
        )
        said = match_bills(db, order_id, now)
        tell(db, "purchase.billed", order_id, f"person:{person}", now, {"matches": not said})
        return said


def _is_being_decided(db: sqlite3.Connection, order_id: int) -> bool:
    """A yes that is asked for one sum must not pay for another bill."""
    row = db.execute(
        """select 1 from approvals a join runs r on r.id = a.run_id
           where a.status = 'open' and r.procedure = 'settle-a-delivery' and a.about_type = 'purchase'
             and a.about_id = ?""",
        [order_id],
    ).fetchone()
    return row is not None


def _check(bill: Bill, currency: str) -> None:
    if not bill.number.strip():
        raise WrongUsage("Write the number that stands on the bill.")
    if min(bill.freight_cents, bill.duty_cents, bill.tax_cents) < 0:
        raise WrongUsage("Freight, duty and tax are not below 0; a credit note is a bill of its own.")
    if not bill.lines or any(x.quantity <= 0 or x.unit_cost_cents < 0 for x in bill.lines):
        raise WrongUsage("A bill has lines, each with pieces and a price.")
    if bill.total_cents is not None and bill.total_cents != bill.sum_cents:
        there, ours = format_money(bill.total_cents, currency), format_money(bill.sum_cents, currency)
        raise WrongUsage(
            f"The lines, freight, duty and tax come to {ours}, the bill says {there}. Look for the difference."
        )


def match_bills(db: sqlite3.Connection, order_id: int, now: datetime) -> tuple[str, ...]:
    """Match the open bills of an order anew, as after goods came; those that match are approved by themselves.

    In the caller's transaction. Gives what differs; without an open bill nothing does.
    """
    waiting = db.execute(
        "select id from supplier_invoices where purchase_order_id = ? and status in ('open', 'differs')", [order_id]
    ).fetchall()
    if not waiting:
        return ()
    found = match_order(db, order_id, now)
    for (invoice,) in waiting:
        state = "differs" if found.said else "approved"
        db.execute(
            "update supplier_invoices set status = ?, because = ?, approved_at = ? where id = ?",
            [state, "; ".join(found.said) or "matches order and goods", None if found.said else iso(now), invoice],
        )
    if not found.said:
        land_by_bills(db, order_id, now)
    return found.said


def settle_bills(db: sqlite3.Connection, order_id: int, pay: bool, person: int | None, why: str, now: datetime) -> None:
    """A person decided about the bills that differ: paid as they are, or refused for a corrected one.

    In the caller's transaction, after the approval. Raises Refused where none is open.
    """
    changed = db.execute(
        """update supplier_invoices set status = ?, approved_by = ?, approved_at = ?, because = because || ' · ' || ?
           where purchase_order_id = ? and status = 'differs'""",
        ["approved" if pay else "refused", person, iso(now), why, order_id],
    )
    if not changed.rowcount:
        raise Refused("No bill of this order waits for a decision.")
    if pay:
        land_by_bills(db, order_id, now)


def land_by_bills(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
    """Cost of what came anew, by what was billed for freight and duty and at which price; moves keep what was known
    when they were written. What could not be landed in the store's currency stays without a cost."""
    order = purchase(db, order_id)
    extra, prices = _by_bills(db, order_id)
    by = buying_limits(db, now).freight_by
    cents = {x.line_no: prices.get(x.sku, x.agreed_cents) for x in order.lines}
    weights = [x.good if by == "pieces" else x.good * cents[x.line_no] for x in order.lines]
    shares = dict(zip((x.line_no for x in order.lines), spread(extra, weights), strict=True))
    so_far = dict.fromkeys(shares, 0)
    rows = db.execute(
        """select l.receipt_id, l.line_no, l.order_line_no, l.quantity from receipt_lines l
           join receipts r on r.id = l.receipt_id where r.purchase_order_id = ? and l.order_line_no is not null
             and l.landed_cents is not null order by l.receipt_id, l.line_no""",
        [order_id],
    ).fetchall()
    good = {x.line_no: x.good for x in order.lines}
    for row in rows:
        line = row["order_line_no"]
        before = share_so_far(shares[line], so_far[line], good[line])
        so_far[line] += row["quantity"]
        landed = row["quantity"] * cents[line] + share_so_far(shares[line], so_far[line], good[line]) - before
        unit = per_piece(landed, row["quantity"])
        db.execute(
            """update receipt_lines set landed_cents = ?, unit_cost_cents = coalesce(?, unit_cost_cents)
               where receipt_id = ? and line_no = ?""",
            [landed, unit, row["receipt_id"], row["line_no"]],
        )


def _by_bills(db: sqlite3.Connection, order_id: int) -> tuple[int, dict[str, int]]:
    """(freight and duty, SKU → mean price) on the approved bills."""
    (extra,) = db.execute(
        """select coalesce(sum(freight_cents + duty_cents), 0) from supplier_invoices
           where purchase_order_id = ? and status = 'approved'""",
        [order_id],
    ).fetchone()
    rows = db.execute(
        """select l.sku, sum(l.quantity * l.unit_cost_cents) as cents, sum(l.quantity) as pieces
           from supplier_invoice_lines l join supplier_invoices i on i.id = l.invoice_id
           where i.purchase_order_id = ? and i.status = 'approved' group by l.sku""",
        [order_id],
    )
    return int(extra), {r["sku"]: per_piece(r["cents"], r["pieces"]) or 0 for r in rows}


def bills_of(db: sqlite3.Connection, order_id: int) -> list[sqlite3.Row]:
    """The bills of an order, the oldest first, with who entered and who approved them."""
    return db.execute(
        """select i.*, e.name as entered, a.name as approved from supplier_invoices i
           left join people e on e.id = i.entered_by left join people a on a.id = i.approved_by
           where i.purchase_order_id = ? order by i.id""",
        [order_id],
    ).fetchall()
