"""Purchase orders, receipts and another tool's suggestions, as lists of the house or of an old tool: the names that
people use are known, others are named by a mapping."""

from collections.abc import Iterator, Mapping
from datetime import time

from ecomos.intake.cells import amount, count, text
from ecomos.intake.dates import Stamp
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.orders.load_records import Rejected
from ecomos.stock.bought import BoughtRecord, ReceivedRecord, SuggestedRecord
from ecomos.store import parse_iso

__all__ = ["PURCHASE_ORDERS", "RECEIPTS", "SUGGESTIONS"]

NUMBER = ("PO number", "Purchase order", "PO", "PO no.")
SKU = ("SKU", "Item")
SUPPLIER = ("Supplier", "Supplier name", "Vendor")
BOUGHT: Mapping[str, tuple[str, ...]] = {
    "number": NUMBER,
    "supplier": SUPPLIER,
    "sku": SKU,
    "title": ("Product", "Title", "Description"),
    "quantity": ("Quantity ordered", "Ordered", "Quantity"),
    "cost": ("Unit cost", "Cost", "Purchase price"),
    "ordered": ("Ordered on", "Order date", "PO date"),
    "promised": ("Promised on", "Expected on", "Expected date"),
    "status": ("Status",),
    "currency": ("Currency",),
}
RECEIVED: Mapping[str, tuple[str, ...]] = {
    "number": NUMBER,
    "supplier": SUPPLIER,
    "sku": SKU,
    "quantity": ("Quantity received", "Received"),
    "damaged": ("Damaged", "Quantity damaged"),
    "received": ("Received on", "Receipt date", "Date received"),
}
SUGGESTED: Mapping[str, tuple[str, ...]] = {
    "sku": SKU,
    "tool": ("Tool",),
    "reorder_point": ("Reorder point", "Reorder level", "Low stock threshold"),
    "quantity": ("Suggested quantity", "Order quantity", "Reorder quantity"),
}


def _bought(rows: Rows, reading: Reading) -> Iterator[BoughtRecord | Rejected]:
    for line, row in rows:
        try:
            yield _order_line(line, row, reading)
        except ValueError as bad:
            yield Rejected(line, str(bad), ",".join(row)[:2000])


def _order_line(line: int, row: list[str], reading: Reading) -> BoughtRecord:
    currency = (text(row, reading, "currency") or reading.currency).upper()
    quantity = count(row, reading, "quantity", least=1)
    if quantity is None:
        raise ValueError("the quantity is blank")
    return BoughtRecord(
        number=_needed(row, reading, "number"),
        supplier=_needed(row, reading, "supplier"),
        sku=_needed(row, reading, "sku"),
        title=text(row, reading, "title"),
        quantity=quantity,
        cost_cents=amount(row, reading, "cost", currency),
        currency=currency,
        ordered_at=_instant(row, reading, "ordered"),
        promised_on=_day(row, reading, "promised"),
        status=text(row, reading, "status").lower(),
        line=line,
    )


def _received(rows: Rows, reading: Reading) -> Iterator[ReceivedRecord | Rejected]:
    for line, row in rows:
        try:
            received = _instant(row, reading, "received")
            quantity = count(row, reading, "quantity", least=0)
            if received is None or quantity is None:
                raise ValueError("the day or the quantity is blank")
            yield ReceivedRecord(
                number=_needed(row, reading, "number"),
                supplier=text(row, reading, "supplier"),
                sku=_needed(row, reading, "sku"),
                quantity=quantity,
                damaged=count(row, reading, "damaged", least=0) or 0,
                received_at=received,
                received_on=_day(row, reading, "received") or "",
                line=line,
            )
        except ValueError as bad:
            yield Rejected(line, str(bad), ",".join(row)[:2000])


def _suggested(rows: Rows, reading: Reading) -> Iterator[SuggestedRecord | Rejected]:
    for line, row in rows:
        try:
            yield SuggestedRecord(
                sku=_needed(row, reading, "sku"),
                tool=text(row, reading, "tool") or "the old tool",
                reorder_point=count(row, reading, "reorder_point", least=0),
                quantity=count(row, reading, "quantity", least=0),
                line=line,
            )
        except ValueError as bad:
            yield Rejected(line, str(bad), ",".join(row)[:2000])


def _needed(row: list[str], reading: Reading, field: str) -> str:
    found = text(row, reading, field).removeprefix("'")
    if not found:
        raise ValueError(f"{field} is blank")
    return found


def _instant(row: list[str], reading: Reading, field: str) -> str | None:
    """When it was, UTC; a bare day counts from its noon, so that it is the same day in every zone."""
    stamp = _stamp(row, reading, field)
    if stamp is None:
        return None
    is_bare = parse_iso(stamp.at).astimezone(reading.zone).time() == time()
    return f"{stamp.on}T12:00:00Z" if is_bare else stamp.at


def _day(row: list[str], reading: Reading, field: str) -> str | None:
    stamp = _stamp(row, reading, field)
    return stamp.on if stamp else None


def _stamp(row: list[str], reading: Reading, field: str) -> Stamp | None:
    cell = text(row, reading, field)
    stamp = reading.dates.read(cell) if cell else None
    if cell and stamp is None:
        raise ValueError(f"{field}: “{cell[:60]}” is no date as this file writes them")
    return stamp


PURCHASE_ORDERS = Kind(
    name="purchase-orders",
    title="a list of purchase orders",
    platform="",
    what="bought",
    columns=BOUGHT,
    needed=("number", "supplier", "sku", "quantity"),
    money=("cost",),
    dates=("ordered", "promised"),
    read=_bought,
    case="number",
)
RECEIPTS = Kind(
    name="receipts",
    title="a list of receipts",
    platform="",
    what="received",
    columns=RECEIVED,
    needed=("number", "sku", "quantity", "received"),
    money=(),
    dates=("received",),
    read=_received,
    case="number",
)
SUGGESTIONS = Kind(
    name="suggestions",
    title="another tool's suggestions",
    platform="",
    what="suggested",
    columns=SUGGESTED,
    needed=("sku", "reorder_point"),
    money=(),
    dates=(),
    read=_suggested,
    case="sku",
)
