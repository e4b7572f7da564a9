"""What a condition may ask about a purchase order, and a mail to its supplier may show."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from ecomos.money import from_cents
from ecomos.playbook.catalogue import Money
from ecomos.stock.confirming import differences
from ecomos.stock.purchases import Purchase, days_between, purchase
from ecomos.store import iso

__all__ = ["PurchaseFacts", "purchase_facts", "settle_wrong"]


@dataclass(frozen=True)
class PurchaseFacts:
    """A purchase order as it stands now; money in its own currency, without tax."""

    number: str
    """As PO-2026-0001."""
    supplier: str
    """Its name."""
    contact: str
    """Whom to write to there; empty where no name is known."""
    language: str
    """The supplier's, as de; empty: English."""
    has_email: bool
    """The supplier takes orders by e-mail."""
    status: str
    """draft, asked, approved, sent, confirmed, part received, received, closed, cancelled."""
    currency: str
    """As EUR."""
    lines: int
    """How many things are on it."""
    goods: Money
    """The goods as ordered."""
    total: Money
    """Goods, freight and duty as ordered."""
    costs_more: Money
    """What the confirmation costs beyond what was ordered; 0 where it costs less."""
    needed_by: date | None
    """The day by which we need it; null where none was named."""
    expected_on: date | None
    """The day on which it comes, as last heard; null before it was sent."""
    days_since_sent: int | None
    """Days since it left for the supplier; null before."""
    is_confirmed: bool
    """The supplier confirmed it."""
    differs: bool
    """Confirmed with other pieces, another price, or later than needed."""
    differences: str
    """What differs, in words; empty where nothing does."""
    is_late: bool
    """Pieces are open whose day has passed."""
    is_complete: bool
    """Everything came or was given up."""
    is_partial: bool
    """A part came, and more is to come."""
    rest_has_day: bool
    """What is open has a day that lies ahead."""
    rest: str
    """What is still to come, a line each; empty where nothing is."""
    pieces_open: int
    """Pieces still to come."""
    wrong: str
    """What came over, damaged, instead of something or unordered, a line each; what is settled is left out."""
    is_wrong: bool
    """Something came over, damaged, instead of something, or was not ordered, and nobody decided about it yet."""
    over_value: Money
    """What the good pieces beyond the order cost at the agreed price."""
    is_billed: bool
    """Every piece that is to be paid is billed, and no bill waits for a decision."""
    bill_differs: bool
    """A bill waits for a decision."""
    bill_differences: str
    """What differs on it, in words; empty where nothing does."""
    billed_too_much: Money
    """What the bills ask beyond what came good at the agreed price."""


def purchase_facts(db: sqlite3.Connection, order_id: int, today: date) -> PurchaseFacts:
    """Everything that a condition may ask about an order. Raises LookupError where there is none."""
    if db.execute("select 1 from purchase_orders where id = ?", [order_id]).fetchone() is None:
        raise LookupError(f"no purchase order {order_id}")
    order = purchase(db, order_id)
    supplier = db.execute("select * from suppliers where id = ?", [order.supplier_id]).fetchone()
    said, wrong, days = differences(order), _not_settled(db, order), _days_open(order)
    bills = _bills(db, order_id)
    return PurchaseFacts(
        number=order.number,
        supplier=order.supplier,
        contact=supplier["contact"] or "",
        language=supplier["language"] or "",
        has_email=bool(supplier["email"]),
        status=order.status,
        currency=order.currency,
        lines=len(order.lines),
        goods=from_cents(order.goods_cents, order.currency),
        total=from_cents(order.total_cents, order.currency),
        costs_more=from_cents(max(0, order.agreed_cents - order.total_cents), order.currency),
        needed_by=_day(order.needed_by_on),
        expected_on=_day(max(days) if days else order.expected_on),
        days_since_sent=days_between(order.sent_at, today.isoformat()),
        is_confirmed=order.confirmed_at is not None,
        differs=bool(said),
        differences="; ".join(said),
        is_late=bool(days) and min(days) < today.isoformat(),
        is_complete=order.open == 0 and order.status in ("received", "closed"),
        is_partial=order.open > 0 and order.came > 0,
        rest_has_day=order.open > 0 and len(days) == _lines_open(order) and min(days) >= today.isoformat(),
        rest="\n".join(f"{x.open} × {x.sku} {x.title}" for x in order.lines if x.open),
        pieces_open=order.open,
        wrong="\n".join(wrong),
        is_wrong=bool(wrong),
        over_value=from_cents(sum(max(0, x.good - x.agreed) * x.agreed_cents for x in order.lines), order.currency),
        is_billed=_is_billed(db, order) and not any(b["status"] in ("open", "differs") for b in bills),
        bill_differs=any(b["status"] == "differs" for b in bills),
        bill_differences="; ".join(b["because"] or "" for b in bills if b["status"] == "differs"),
        billed_too_much=from_cents(_too_much(db, order_id, bills), order.currency),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _days_open(order: Purchase) -> list[str]:
    return [x.comes_on for x in order.lines if x.open and x.comes_on]


def _lines_open(order: Purchase) -> int:
    return sum(1 for x in order.lines if x.open)


def _bills(db: sqlite3.Connection, order_id: int) -> list[sqlite3.Row]:
    return db.execute(
        "select status, because from supplier_invoices where purchase_order_id = ? and status <> 'refused'", [order_id]
    ).fetchall()


def _too_much(db: sqlite3.Connection, order_id: int, bills: list[sqlite3.Row]) -> int:
    """Billed less due, at the prices agreed; the tolerance is the match's matter, not that of the sum to decide on."""
    if not bills:
        return 0
    (billed,) = db.execute(
        """select coalesce(sum(total_cents - tax_cents), 0) from supplier_invoices
           where purchase_order_id = ? and status <> 'refused'""",
        [order_id],
    ).fetchone()
    order = purchase(db, order_id)
    due = sum(order.payable(x) * order.due_cents(x) for x in order.lines) + order.freight_cents + order.duty_cents
    return max(0, billed - due)


def _wrong(db: sqlite3.Connection, order: Purchase) -> list[str]:
    """What came otherwise than agreed; what is only missing is no wrong: it may come yet."""
    found = []
    for x in order.lines:
        over = x.good + x.damaged - x.agreed
        if over > 0:
            found.append(f"{x.sku} {x.title}: {over} more than ordered")
        if x.damaged > 0:
            found.append(f"{x.sku} {x.title}: {x.damaged} damaged")
        if x.substitutes > 0:
            found.append(f"{x.sku} {x.title}: {x.substitutes} of another thing instead")
    rows = db.execute(
        """select l.sku, sum(l.quantity + l.damaged) as pieces from receipt_lines l
           join receipts r on r.id = l.receipt_id where r.purchase_order_id = ? and l.order_line_no is null
           group by l.sku having pieces > 0 order by l.sku""",
        [order.id],
    )
    return [*found, *(f"{r['sku']}: {r['pieces']} that nobody ordered" for r in rows)]


def _not_settled(db: sqlite3.Connection, order: Purchase) -> list[str]:
    (settled,) = db.execute("select settled from purchase_orders where id = ?", [order.id]).fetchone()
    done = (settled or "").splitlines()
    return [line for line in _wrong(db, order) if line not in done]


def settle_wrong(db: sqlite3.Connection, order_id: int, kept: bool, now: datetime) -> None:
    """Write down that what came wrong so far was decided on, and whether it is kept; in the caller's transaction."""
    text = "\n".join(_wrong(db, purchase(db, order_id)))
    at = iso(now) if kept else None
    db.execute("update purchase_orders set settled = ?, kept_at = ? where id = ?", [text, at, order_id])


def _is_billed(db: sqlite3.Connection, order: Purchase) -> bool:
    billed = dict(
        db.execute(
            """select l.sku, sum(l.quantity) from supplier_invoice_lines l
               join supplier_invoices i on i.id = l.invoice_id
               where i.purchase_order_id = ? and i.status <> 'refused' group by l.sku""",
            [order.id],
        ).fetchall()
    )
    return all(billed.get(x.sku, 0) >= order.payable(x) for x in order.lines)
