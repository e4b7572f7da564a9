"""The tables of one purchase order: its lines, what came, and the match with its bills."""

from datetime import datetime
from typing import Any

from ecomos.money import format_money
from ecomos.pages.wording import day_and_time, day_words
from ecomos.stock.bill_match import match_order
from ecomos.stock.invoices import bills_of
from ecomos.stock.purchases import Purchase, PurchaseLine
from ecomos.stock.receiving import receipts_of
from ecomos.work import Shop

__all__ = ["DRAFTED", "LINES", "MATCH", "RECEIPTS", "columns_of", "line_row", "match_rows", "receipt_rows"]

LINES = (
    ("sku", "SKU", "text", 120, False),
    ("title", "Thing", "text", 0, True),
    ("quantity", "Ordered", "number", 110, False),
    ("price", "A piece", "number", 115, True),
    ("sum", "Sum", "number", 125, True),
    ("confirmed", "Confirmed", "state", 170, True),
    ("came", "Good", "number", 90, False),
    ("damaged", "Damaged", "number", 115, True),
    ("open", "To come", "number", 105, False),
    ("comes", "Comes on", "text", 160, True),
)
DRAFTED = (
    ("sku", "SKU", "text", 140, False),
    ("title", "Thing", "text", 200, True),
    ("quantity", "Pieces", "number", 100, False),
    ("price", "A piece", "number", 120, True),
    ("sum", "Sum", "number", 130, False),
    ("why", "Why", "text", 0, True),
)
RECEIPTS = (
    ("at", "When", "text", 180, False),
    ("sku", "SKU", "text", 170, False),
    ("good", "Good", "number", 95, False),
    ("damaged", "Damaged", "number", 120, True),
    ("cost", "Landed cost a piece", "number", 230, True),
    ("note", "Delivery note", "text", 0, True),
    ("by", "By", "text", 130, True),
)
MATCH = (
    ("sku", "SKU", "text", 120, False),
    ("agreed", "Agreed", "number", 110, True),
    ("came", "Came good", "number", 130, False),
    ("billed", "Billed", "number", 100, False),
    ("price", "Agreed price", "number", 150, True),
    ("asked", "Billed price", "number", 150, True),
    ("said", "Match", "state", 0, False),
)


def columns_of(listed: Any) -> list[dict[str, Any]]:
    """Columns of a table from (key, label, kind, width, left out on a phone)."""
    return [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in listed]


def line_row(order: Purchase, x: PurchaseLine) -> dict[str, Any]:
    """A line of the table."""
    sent = order.sent_at is not None
    differs = f"{x.agreed} at {format_money(x.agreed_cents, order.currency)}"
    confirmed = (
        [differs, "late"]
        if x.differs
        else ["as ordered", "fine"]
        if x.confirmed_quantity is not None
        else ["", "plain"]
    )
    return {
        "id": x.line_no,
        "sku": x.sku,
        "title": x.title,
        "why": x.because or "",
        "quantity": x.quantity,
        "price": [
            "no price known" if x.price_source == "none" else format_money(x.unit_cost_cents, order.currency),
            x.unit_cost_cents,
        ],
        "sum": [
            format_money(x.quantity * x.unit_cost_cents, order.currency),
            x.quantity * x.unit_cost_cents,
        ],
        "confirmed": confirmed,
        "came": x.good if sent else None,
        "damaged": x.damaged or None,
        "open": x.open if sent else None,
        "comes": [day_words(x.comes_on), x.comes_on or ""],
    }


def receipt_rows(shop: Shop, order: Purchase, now: datetime) -> list[dict[str, Any]]:
    """What came, a row a booked line."""
    zone = shop.home.zone
    return [
        {
            "id": f"{r['receipt_id']}:{r['line_no']}",
            "at": [day_and_time(r["received_at"], zone, now), r["received_at"]],
            "sku": r["sku"] + (" (instead)" if r["is_substitute"] else ""),
            "good": r["quantity"],
            "damaged": r["damaged"] or None,
            "cost": [
                format_money(r["unit_cost_cents"], shop.home.currency)
                if r["unit_cost_cents"] is not None
                else f"not known: billed in {order.currency}"
                if order.currency != shop.home.currency
                else "not known",
                r["unit_cost_cents"] or 0,
            ],
            "note": r["delivery_note"] or r["note"] or "",
            "by": r["by"] or "import",
        }
        for r in receipts_of(shop.db, order.id)
    ]


def match_rows(shop: Shop, order: Purchase, now: datetime) -> list[dict[str, Any]]:
    """Agreed, came and billed beside each other; nothing before the first bill."""
    if not bills_of(shop.db, order.id):
        return []
    found = match_order(shop.db, order.id, now)
    rows = [
        {
            "id": n,
            "sku": x.sku,
            "agreed": x.ordered,
            "came": x.came,
            "billed": x.billed,
            "price": [format_money(x.agreed_cents, order.currency), x.agreed_cents],
            "asked": [format_money(x.billed_cents, order.currency), x.billed_cents or 0],
            "said": [x.said.partition(": ")[2], "late"] if x.said else ["matches", "fine"],
        }
        for n, x in enumerate(found.lines)
    ]
    freight = [format_money(c, order.currency) for c in (found.freight_agreed_cents, found.freight_billed_cents)]
    differs = any(s.startswith("freight") for s in found.said)
    return [
        *rows,
        {
            "id": "freight", "sku": "freight, duty", "price": freight[0], "asked": freight[1],
            "said": ["differs", "late"] if differs else ["matches", "fine"],
        },
    ]  # fmt: skip
