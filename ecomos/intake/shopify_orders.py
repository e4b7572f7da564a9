"""Shopify's orders_export.csv, in the layouts of 79, 75 and 73 columns and what people made of them: one row per line,
the order's own values on its first row only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from ecomos.intake.dates import Stamp
from ecomos.intake.gather import groups
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.intake.numbers import cents, identifier, whole
from ecomos.intake.shopify_columns import COLUMNS, STORE_COLUMNS
from ecomos.orders.load_records import LineRecord, OrderRecord, Rejected, Scattered

__all__ = ["SHOPIFY_ORDERS"]

GIFT_CARD = re.compile(r"\be?-?gift[ -]?(card|voucher)|geschenkkarte|geschenkgutschein|carte[ -]cadeau", re.IGNORECASE)
ON_THE_HEAD = ("total", "currency", "financial_status", "id", "subtotal")


class _Bad(Exception):
    """A cell of this order can't be read; its rows are rejected together."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass
class _Cells:
    """One row by field, read in the file's reading."""

    line: int
    row: list[str]
    reading: Reading

    def text(self, field: str) -> str | None:
        at = self.reading.at.get(field)
        return (self.row[at].strip() or None) if at is not None else None

    def plain(self, field: str) -> str | None:
        """Text that a spreadsheet may have marked with one apostrophe (zip, phone, id)."""
        found = self.text(field)
        return (found.removeprefix("'") or None) if found else None

    def cents(self, field: str, currency: str) -> int | None:
        found = self.text(field)
        if found is None:
            return None
        value = cents(found, self.reading.decimal, currency)
        return self._bad(field, found, "amount") if value is None else value

    def whole(self, field: str) -> int | None:
        found = self.text(field)
        if found is None:
            return None
        value = whole(found, self.reading.decimal)
        return self._bad(field, found, "whole number") if value is None else value

    def stamp(self, field: str) -> Stamp | None:
        found = self.text(field)
        if found is None:
            return None
        value = self.reading.dates.read(found)
        return self._bad(field, found, "date") if value is None else value

    def _bad(self, field: str, found: str, what: str) -> NoReturn:
        raise _Bad(self.line, f"{COLUMNS[field][0]}: “{found[:60]}” is no {what} as this file writes them")


def _case(cell: str, before: str) -> str:
    return cell.strip().removeprefix("'") or before


def _read(rows: Rows, reading: Reading) -> Iterator[OrderRecord | Rejected]:
    for number, group, goes_on in groups(rows, reading.at["name"], reading.hold, _case):
        if goes_on:
            raise Scattered(number)
        cells = [_Cells(line, row, reading) for line, row in group]
        try:
            if not number:
                raise _Bad(cells[0].line, "Name is blank and no order stands before it")
            yield _order(number, cells)
        except _Bad as bad:
            yield from _rejected(number, cells, bad)


def _rejected(number: str, cells: list[_Cells], bad: _Bad) -> Iterator[Rejected]:
    for row in cells:
        reason = str(bad) if row.line == bad.line else f"belongs to {number}, rejected for line {bad.line}"
        yield Rejected(row.line, reason, ",".join(row.row)[:2000])


def _order(number: str, cells: list[_Cells]) -> OrderRecord:
    head = max(cells, key=lambda row: sum(row.text(field) is not None for field in ON_THE_HEAD))
    ids = {found for row in cells if (found := _whole_id(row))}
    if len(ids) > 1:
        raise _Bad(cells[0].line, f"{number} stands here with two Ids ({', '.join(sorted(ids))}): another shop's file?")
    placed = head.stamp("created_at") or next((s for row in cells if (s := row.stamp("created_at"))), None)
    if placed is None:
        raise _Bad(head.line, "Created at is blank")
    currency = (head.text("currency") or head.reading.currency).upper()
    status = _fulfillment(head)
    cancelled = head.stamp("cancelled_at")
    lines = [line for row in cells if (line := _line(row, currency, status, cancelled is not None))]
    return OrderRecord(
        number=number,
        platform_id=next(iter(ids), None),
        placed_at=placed.at,
        placed_on=placed.on,
        file_on=placed.file_on,
        coarse=not placed.exact,
        currency=currency,
        lines=lines,
        line=cells[0].line,
        rows=len(cells),
        country=head.text("ship_country") or head.text("bill_country"),
        financial_status=(head.text("financial_status") or "").lower() or None,
        fulfillment_status=status,
        tip_cents=sum(line.total_cents for line in lines if _is_tip(line.title)),
        cancelled_at=cancelled.at if cancelled else None,
        customer_name=head.text("bill_name") or head.text("ship_name"),
        contact=_contact(head, cells),
        **_amounts(head, currency),
        **_rest(head),
    )


def _whole_id(row: _Cells) -> str | None:
    found = identifier(row.text("id") or "")
    return found if found and found.isdigit() else None


def _fulfillment(head: _Cells) -> str | None:
    """What the column says; a blank one means that nothing was shipped."""
    if "fulfillment_status" not in head.reading.at:
        return None
    return (head.text("fulfillment_status") or "unfulfilled").lower()


def _amounts(head: _Cells, currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"{name}_cents": head.cents(field, currency)
        for name, field in {
            "subtotal": "subtotal",
            "shipping": "shipping",
            "tax": "taxes",
            "discount": "discount",
            "total": "total",
            "outstanding": "outstanding",
        }.items()
    }
    return found | {"refunded_cents": head.cents("refunded", currency) or 0}


def _rest(head: _Cells) -> dict[str, Any]:
    paid, fulfilled = head.stamp("paid_at"), head.stamp("fulfilled_at")
    texts = (
        "shipping_method",
        "payment_method",
        "payment_terms",
        "payment_reference",
        "risk",
        "source",
        "tags",
        "employee",
    )
    return {
        "paid_at": paid.at if paid else None,
        "fulfilled_at": fulfilled.at if fulfilled else None,
        "discount_code": head.text("discount_code"),
        **{name: head.text(name) for name in texts},
    }


def _contact(head: _Cells, cells: list[_Cells]) -> dict[str, str | None] | None:
    at = head.reading.at
    if not {"email", "phone", "ship_name", "bill_name", "ship_zip", "ship_address1"} & set(at):
        return None
    found: dict[str, str | None] = {}
    for side in ("ship", "bill"):
        for name in ("name", "company", "address1", "address2", "city", "province", "country"):
            found[f"{side}_{name}"] = head.text(f"{side}_{name}")
        found[f"{side}_address1"] = found[f"{side}_address1"] or head.text(f"{side}_street")
        found[f"{side}_zip"] = head.plain(f"{side}_zip")
    found["ship_phone"] = head.plain("ship_phone")
    found["email"] = next((e for row in cells if (e := row.text("email"))), None)
    phone = next((p for row in cells if (p := row.plain("phone"))), None)
    found["phone"] = phone or head.plain("ship_phone") or head.plain("bill_phone")
    found["notes"] = head.text("notes")
    found["note_attributes"] = head.text("note_attributes")
    return found


def _line(row: _Cells, currency: str, order_status: str | None, cancelled: bool) -> LineRecord | None:
    title, quantity = row.text("line_name"), row.whole("line_quantity")
    if title is None and quantity is None:
        return None
    if title is None or quantity is None:
        raise _Bad(row.line, f"{COLUMNS['line_name' if title is None else 'line_quantity'][0]} is blank")
    price = row.cents("line_price", currency)
    if price is None:
        raise _Bad(row.line, f"{COLUMNS['line_price'][0]} is blank")
    tip = _is_tip(title)
    ships = not tip and (row.text("line_ships") or "true").lower() not in ("false", "no", "0")
    gift_card = not ships and not tip and GIFT_CARD.search(title) is not None
    status = (row.text("line_status") or "").lower() or None
    return LineRecord(
        sku=row.plain("line_sku"),
        title=title,
        quantity=quantity,
        unit_price_cents=price,
        discount_cents=row.cents("line_discount", currency) or 0,
        is_merchandise=int(not tip and not gift_card),
        is_gift_card=int(gift_card),
        requires_shipping=int(ships),
        fulfillment_status=status,
        open_quantity=0 if cancelled or tip else _open(quantity, status, order_status),
        total_cents=price * quantity,
        vendor=row.text("vendor"),
    )


def _is_tip(title: str) -> bool:
    return title == "Tip"


def _open(quantity: int, status: str | None, order_status: str | None) -> int | None:
    """How many pieces are still to be fulfilled; None where the export says only "partial".

    >>> _open(2, "pending", "partial"), _open(2, "partial", "partial"), _open(2, "fulfilled", "partial")
    (2, None, 0)
    >>> _open(2, None, "unfulfilled"), _open(2, None, "fulfilled"), _open(2, None, "partial")
    (2, 0, None)
    """
    said = status or order_status
    if said in ("fulfilled", "restocked"):
        return 0
    if said == "partial":
        return None
    return max(quantity, 0)


SHOPIFY_ORDERS = Kind(
    name="shopify-orders",
    title="a Shopify orders export",
    platform="shopify",
    what="orders",
    columns=COLUMNS,
    needed=("name", "created_at", "total", "line_quantity", "line_name", "line_price"),
    money=("line_price", "total", "subtotal", "shipping", "taxes"),
    dates=("created_at", "paid_at", "fulfilled_at", "cancelled_at"),
    read=_read,
    case="name",
    ignored=(
        "Accepts Marketing",
        "Lineitem",
        "Location",
        "Device ID",
        "Tax ",
        "Receipt",
        "Duties",
        "Billing",
        "Shipping",
        "Payment",
        "Next Payment Due At",
    ),
    store_columns=STORE_COLUMNS,
)
