"""The three-way match: agreed, came good, billed, line by line, within the policy's tolerance."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from ecomos.money import format_money
from ecomos.stock.buying_limits import BuyingLimits, buying_limits
from ecomos.stock.purchases import Purchase, purchase

__all__ = ["Match", "MatchLine", "match_order"]


@dataclass(frozen=True)
class MatchLine:
    """One thing in three columns; money in the order's currency."""

    sku: str
    ordered: int
    """As confirmed, else as ordered."""
    came: int
    """Good pieces: damaged ones are not paid for."""
    billed: int
    """On all bills of the order that were not refused."""
    agreed_cents: int
    billed_cents: int | None
    """The highest price that was billed; None: not billed."""
    said: str
    """What differs, in words; empty where nothing does."""


@dataclass(frozen=True)
class Match:
    """An order beside its goods and its bills."""

    lines: tuple[MatchLine, ...]
    freight_agreed_cents: int
    freight_billed_cents: int
    """Freight and duty."""
    too_much_cents: int
    """What is billed beyond what came at the agreed price; 0 where it is less."""
    said: tuple[str, ...]
    """Everything that differs, a sentence each; empty: it matches."""


def match_order(db: sqlite3.Connection, order_id: int, now: datetime) -> Match:
    """Lay an order, its receipts and its bills beside each other."""
    order, limits = purchase(db, order_id), buying_limits(db, now)
    pieces, price, billed_value = _billed(db, order_id)
    lines = [_line(x.sku, order, limits, x.line_no, pieces, price) for x in order.lines]
    known = {x.sku for x in order.lines}
    lines += [
        MatchLine(sku, 0, 0, n, 0, price[sku], f"{sku}: {n} billed, nobody ordered it")
        for sku, n in pieces.items()
        if sku not in known
    ]
    extra = _freight(db, order_id)
    agreed = order.freight_cents + order.duty_cents
    said = [line.said for line in lines if line.said]
    if extra > agreed + _within(agreed, limits):
        now_, then = format_money(extra, order.currency), format_money(agreed, order.currency)
        said.append(f"freight and duty: {now_} billed, {then} agreed")
    due = sum(order.payable(x) * order.due_cents(x) for x in order.lines) + agreed
    taxed = _tax_beyond(db, order_id, billed_value + extra, limits)
    if taxed:
        said.append(f"tax: {format_money(taxed, order.currency)} beyond {limits.tax_at_most_percent:g} per cent")
    return Match(tuple(lines), agreed, extra, max(0, billed_value + extra - due) + taxed, tuple(said))


def _tax_beyond(db: sqlite3.Connection, order_id: int, net_cents: int, limits: BuyingLimits) -> int:
    """What the bills add as tax beyond the highest rate there is."""
    if limits.tax_at_most_percent is None:
        return 0
    (tax,) = db.execute(
        """select coalesce(sum(tax_cents), 0) from supplier_invoices
           where purchase_order_id = ? and status <> 'refused'""",
        [order_id],
    ).fetchone()
    return max(0, int(tax) - round(net_cents * limits.tax_at_most_percent / 100))


def _billed(db: sqlite3.Connection, order_id: int) -> tuple[dict[str, int], dict[str, int], int]:
    pieces, price, value = defaultdict[str, int](int), dict[str, int](), 0
    for row in db.execute(
        """select l.* from supplier_invoice_lines l join supplier_invoices i on i.id = l.invoice_id
           where i.purchase_order_id = ? and i.status <> 'refused'""",
        [order_id],
    ):
        pieces[row["sku"]] += row["quantity"]
        price[row["sku"]] = max(price.get(row["sku"], 0), row["unit_cost_cents"])
        value += row["quantity"] * row["unit_cost_cents"]
    return dict(pieces), price, value


def _freight(db: sqlite3.Connection, order_id: int) -> int:
    row = db.execute(
        """select coalesce(sum(freight_cents + duty_cents), 0) from supplier_invoices
           where purchase_order_id = ? and status <> 'refused'""",
        [order_id],
    ).fetchone()
    return int(row[0])


def _within(cents: int, limits: BuyingLimits) -> int:
    return int(cents * (limits.price_tolerance_percent or 0) / 100)


def _line(
    sku: str, order: Purchase, limits: BuyingLimits, line_no: int, pieces: dict[str, int], price: dict[str, int]
) -> MatchLine:
    line = next(x for x in order.lines if x.line_no == line_no)
    billed, asked = pieces.get(sku, 0), price.get(sku)
    said = []
    if billed > order.payable(line) + (limits.pieces_tolerance or 0):
        kept = "" if order.payable(line) == line.good else f", {order.payable(line)} of them to be paid"
        said.append(f"{billed} pieces billed, {line.good} came good{kept}")
    due = order.due_cents(line)
    if asked is not None and asked > due + _within(due, limits):
        now, then = format_money(asked, order.currency), format_money(due, order.currency)
        said.append(f"{now} a piece billed, {then} agreed")
    words = f"{sku}: {', '.join(said)}" if said else ""
    return MatchLine(sku, line.agreed, line.good, billed, due, asked, words)
