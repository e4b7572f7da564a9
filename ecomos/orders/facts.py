"""What a condition may ask about an order: one frozen record, read in a handful of indexed queries."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ecomos.money import from_cents
from ecomos.playbook.catalogue import Money
from ecomos.store import parse_iso

__all__ = ["ImportFacts", "OrderFacts", "address_problem", "import_facts", "order_facts"]

TRANSIT_DAYS = 5
"""Assumed when no carrier says more; shown as assumed."""

NEEDED = {
    "ship_name": "name",
    "ship_address1": "street",
    "ship_zip": "postcode",
    "ship_city": "city",
    "ship_country": "country",
    "email": "e-mail",
}


@dataclass(frozen=True)
class OrderFacts:
    """An order as conditions see it; money in major units of its currency."""

    number: str
    """The platform's number, as in #1001."""
    kind: str
    """sale, cancellation, adjustment."""
    channel: str
    """The channel's name."""
    placed_on: date
    """The store's day of the order."""
    currency: str
    """The currency that the customer pays in, three letters."""
    total: Money
    """What the customer pays, shipping and tax included."""
    subtotal: Money
    """The goods after discounts."""
    refunded: Money
    """What went back so far."""
    refundable: Money
    """What was paid and has not gone back."""
    outstanding: Money
    """What is still to be paid."""
    financial_status: str | None
    """paid, pending, authorized, partially_paid, partially_refunded, refunded, voided, expired."""
    fulfillment_status: str | None
    """unfulfilled, partial, fulfilled."""
    is_paid: bool
    """The platform says paid, or partly refunded after it was paid."""
    payment_is_pending: bool
    """Neither paid, refunded, voided nor expired."""
    on_terms: bool
    """Payment terms such as Net 7 were agreed: shipped before it is paid."""
    is_cod: bool
    """Cash on delivery."""
    released: bool
    """Somebody with the authority released it for shipping."""
    cancelled_at: datetime | None
    """When it was cancelled."""
    is_cancelled: bool
    """It was cancelled, here or in the platform."""
    risk: str | None
    """low, medium, high; null where the export is silent."""
    customer_known: bool
    """The order belongs to a customer that we can name."""
    email: str | None
    """The e-mail to write to, corrections included."""
    has_email: bool
    """There is an e-mail to write to."""
    has_address: bool
    """Name, street, postcode, city and country are there."""
    address_problem: str | None
    """What is missing, as `street, postcode, e-mail`; null where nothing is."""
    needs_address: bool
    """Something is to be shipped and the address or the e-mail is incomplete."""
    lines_to_ship: int
    """Open lines that have to be picked and packed."""
    gift_cards_to_issue: int
    """Open gift cards and other lines that need no shipping."""
    lines_without_sku: int
    """Open lines to ship that are packed by name."""
    shipping_service: str
    """The shipping method that the customer chose; `standard` where the export is silent."""
    is_pick_up: bool
    """The customer collects it."""
    fulfilled_elsewhere: bool
    """The platform shows all of it fulfilled."""
    shipped_at: datetime | None
    """When we handed our last parcel to the carrier."""
    days_since_placed: int
    """Whole days since the order."""
    assumed_delivered_on: date | None
    """Shipped plus the usual days in transit: assumed, since no order export has a delivered date."""
    country: str | None
    """Where it goes, two letters."""
    language: str
    """The customer's language where the country tells (de for AT, DE, CH); else empty: the store's own."""


@dataclass(frozen=True)
class ImportFacts:
    """An import as conditions see it."""

    file: str
    """The file's name."""
    kind: str
    """What it was taken for."""
    status: str
    """loaded, refused, asks."""
    channel: str | None
    """The channel's name."""
    rows_read: int
    """Rows read."""
    rows_rejected: int
    """Rows that could not be read."""


def order_facts(db: sqlite3.Connection, order_id: int, today: date, zone: ZoneInfo) -> OrderFacts:
    """Everything a condition may ask about that order. Raises LookupError where there is none."""
    row = db.execute(
        """select o.*, c.name as channel, coalesce(o.cancelled_at,
             (select min(cancelled_at) from order_cancellations x where x.order_id = o.id)) as ended_at
           from orders o join channels c on c.id = o.channel_id where o.id = ?""",
        [order_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"no order {order_id}")
    lines, contact = _line_facts(db, order_id), _contact(db, order_id)
    return OrderFacts(
        number=row["number"],
        kind=row["kind"],
        channel=row["channel"],
        placed_on=date.fromisoformat(row["placed_on"]),
        currency=row["currency"],
        days_since_placed=(today - date.fromisoformat(row["placed_on"])).days,
        **_money_facts(row),
        **_payment_facts(db, row),
        cancelled_at=parse_iso(row["ended_at"]) if row["ended_at"] else None,
        is_cancelled=row["ended_at"] is not None,
        customer_known=row["customer_id"] is not None,
        **_address_facts(contact, lines["lines_to_ship"] > 0),
        **lines,
        **_shipping_facts(db, row, zone),
    )


def _money_facts(row: sqlite3.Row) -> dict[str, Any]:
    def money(name: str) -> Decimal:
        return from_cents(row[name] or 0, row["currency"])

    paid = row["total_cents"] or 0
    if row["financial_status"] not in ("paid", "partially_refunded", "refunded"):
        paid -= row["outstanding_cents"] if row["outstanding_cents"] is not None else paid
    return {
        "total": money("total_cents"),
        "subtotal": money("subtotal_cents"),
        "refunded": money("refunded_cents"),
        "outstanding": money("outstanding_cents"),
        "refundable": from_cents(max(paid - row["refunded_cents"], 0), row["currency"]),
    }


def _payment_facts(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    status = row["financial_status"]
    is_paid = status in ("paid", "partially_refunded", "refunded")
    method = (row["payment_method"] or "").lower()
    released = db.execute("select 1 from order_releases where order_id = ?", [row["id"]]).fetchone()
    return {
        "financial_status": status,
        "fulfillment_status": row["fulfillment_status"],
        "is_paid": is_paid,
        "payment_is_pending": not is_paid and status not in ("voided", "expired"),
        "on_terms": bool(row["payment_terms"]),
        "is_cod": "cash on delivery" in method or "(cod)" in method,
        "released": released is not None,
        "risk": row["risk"].lower() if row["risk"] else None,
    }


def _line_facts(db: sqlite3.Connection, order_id: int) -> dict[str, Any]:
    row = db.execute(
        """select count(*) filter (where requires_shipping) as to_ship,
             count(*) filter (where not requires_shipping) as to_issue,
             count(*) filter (where requires_shipping and coalesce(sku, '') = '') as without_sku
           from open_lines where order_id = ? and open_quantity > 0 and title <> 'Tip'""",
        [order_id],
    ).fetchone()
    return {
        "lines_to_ship": row["to_ship"],
        "gift_cards_to_issue": row["to_issue"],
        "lines_without_sku": row["without_sku"],
    }


def _contact(db: sqlite3.Connection, order_id: int) -> sqlite3.Row:
    row: sqlite3.Row = db.execute("select * from order_addresses where order_id = ?", [order_id]).fetchone()
    return row


def address_problem(contact: sqlite3.Row) -> str | None:
    """What is missing from an address, in the order of the label; None where it is whole."""
    missing = [word for column, word in NEEDED.items() if not (contact[column] or "").strip()]
    return ", ".join(missing) or None


def _address_facts(contact: sqlite3.Row, ships: bool) -> dict[str, Any]:
    problem = address_problem(contact)
    country = (contact["ship_country"] or "").upper() or None
    return {
        "email": contact["email"],
        "has_email": bool(contact["email"]),
        "has_address": problem in (None, "e-mail"),
        "address_problem": problem,
        "needs_address": ships and problem is not None,
        "country": country,
        "language": "de" if country in ("AT", "DE", "CH", "LI") else "",
    }


def _shipping_facts(db: sqlite3.Connection, row: sqlite3.Row, zone: ZoneInfo) -> dict[str, Any]:
    at = db.execute(
        "select max(shipped_at) from parcels where order_id = ? and source = 'ours'", [row["id"]]
    ).fetchone()[0]
    shipped = parse_iso(at) if at else None
    service = (row["shipping_method"] or "").strip()
    return {
        "shipping_service": service or "standard",
        "is_pick_up": bool(re.search(r"pick.?up|abholung|collect", service, re.IGNORECASE)),
        "fulfilled_elsewhere": row["fulfillment_status"] == "fulfilled",
        "shipped_at": shipped,
        "assumed_delivered_on": shipped.astimezone(zone).date() + timedelta(days=TRANSIT_DAYS) if shipped else None,
    }


def import_facts(db: sqlite3.Connection, import_id: int) -> ImportFacts:
    """Everything a condition may ask about that import. Raises LookupError where there is none."""
    row = db.execute(
        """select i.*, c.name as channel from imports i left join channels c on c.id = i.channel_id where i.id = ?""",
        [import_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"no import {import_id}")
    return ImportFacts(
        file=row["path"].rsplit("/", 1)[-1],
        kind=row["kind"],
        status=row["status"],
        channel=row["channel"],
        rows_read=row["rows_read"],
        rows_rejected=row["rows_rejected"],
    )
