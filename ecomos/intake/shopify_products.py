"""Shopify's product export: the current layout, the one of 2017 and the names of 2026. One row per variant or image;
a product's own values on its first row only."""

from collections.abc import Iterator, Mapping

from ecomos.intake.gather import groups
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.intake.numbers import cents, whole
from ecomos.orders.load_records import ProductRecord, Rejected, Scattered, VariantRecord

__all__ = ["SHOPIFY_PRODUCTS"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "handle": ("Handle", "URL handle"),
    "title": ("Title",),
    "vendor": ("Vendor",),
    "type": ("Type", "Product Type"),
    "status": ("Status",),
    "published": ("Published", "Published on online store"),
    "gift_card": ("Gift Card",),
    "option1": ("Option1 Value",),
    "option2": ("Option2 Value",),
    "option3": ("Option3 Value",),
    "sku": ("Variant SKU", "SKU"),
    "price": ("Variant Price", "Price"),
    "ships": ("Variant Requires Shipping", "Requires shipping"),
    "barcode": ("Variant Barcode", "Barcode"),
    "cost": ("Cost per item",),
    "quantity": ("Variant Inventory Qty", "Inventory quantity"),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
}
YES = ("true", "yes", "1", "wahr")


def _read(rows: Rows, reading: Reading) -> Iterator[ProductRecord | Rejected]:
    for handle, group, goes_on in groups(rows, reading.at["handle"], reading.hold, _case):
        if goes_on:
            raise Scattered(handle)
        try:
            yield _product(handle, group, reading)
        except ValueError as bad:
            for line, row in group:
                yield Rejected(line, f"product {handle}: {bad}", ",".join(row)[:2000])


def _case(cell: str, before: str) -> str:
    return cell.strip() or before


def _product(handle: str, group: list[tuple[int, list[str]]], reading: Reading) -> ProductRecord:
    if not handle:
        raise ValueError("Handle is blank and no product stands before it")
    heads = [row for _, row in group if _text(row, reading, "title")]
    head = heads[0] if heads else group[0][1]
    is_gift_card = (_text(head, reading, "gift_card") or "").lower() in YES
    record = ProductRecord(
        handle=handle,
        title=_text(head, reading, "title") or handle,
        vendor=_text(head, reading, "vendor"),
        type=_text(head, reading, "type"),
        status=_status(head, reading),
        is_gift_card=int(is_gift_card),
        line=group[0][0],
        rows=len(group),
    )
    for line, row in group:
        variant = _variant(line, row, reading, is_gift_card)
        if variant is not None and all(v.title != variant.title for v in record.variants):
            record.variants.append(variant)
    return record


def _status(head: list[str], reading: Reading) -> str | None:
    """Layouts before 2020 have no Status; Published stands in for it."""
    said = _text(head, reading, "status")
    if said or "published" not in reading.at:
        return said.lower() if said else None
    return "active" if (_text(head, reading, "published") or "").lower() in YES else "draft"


def _variant(line: int, row: list[str], reading: Reading, is_gift_card: bool) -> VariantRecord | None:
    """The row's variant; None for a row that holds only an image."""
    options = [o for name in ("option1", "option2", "option3") if (o := _text(row, reading, name))]
    if not options and not _text(row, reading, "price") and not _text(row, reading, "sku"):
        return None
    return VariantRecord(
        title=" / ".join(options) or "Default Title",
        sku=_plain(row, reading, "sku"),
        barcode=_plain(row, reading, "barcode"),
        price_cents=_cents(line, row, reading, "price"),
        cost_cents=_cents(line, row, reading, "cost"),
        requires_shipping=int(not is_gift_card and (_text(row, reading, "ships") or "true").lower() in YES),
        line=line,
        quantity=_quantity(line, row, reading),
    )


def _quantity(line: int, row: list[str], reading: Reading) -> int | None:
    """None where the platform does not count it."""
    found = _text(row, reading, "quantity")
    if found is None or ("tracker" in reading.at and _text(row, reading, "tracker") is None):
        return None
    count = whole(found, reading.decimal)
    if count is None:
        raise ValueError(f"line {line}: {COLUMNS['quantity'][0]}: “{found[:60]}” is no whole number")
    return count


def _text(row: list[str], reading: Reading, field: str) -> str | None:
    at = reading.at.get(field)
    return (row[at].strip() or None) if at is not None else None


def _plain(row: list[str], reading: Reading, field: str) -> str | None:
    found = _text(row, reading, field)
    return (found.removeprefix("'") or None) if found else None


def _cents(line: int, row: list[str], reading: Reading, field: str) -> int | None:
    found = _text(row, reading, field)
    if found is None:
        return None
    value = cents(found, reading.decimal, reading.currency)
    if value is None:
        raise ValueError(f"line {line}: {COLUMNS[field][0]}: “{found[:60]}” is no amount as this file writes them")
    return value


SHOPIFY_PRODUCTS = Kind(
    name="shopify-products",
    title="a Shopify products export",
    platform="shopify",
    what="products",
    columns=COLUMNS,
    needed=("handle", "title", "option1", "price"),
    money=("price", "cost"),
    dates=(),
    read=_read,
    case="handle",
    ignored=(
        "Body",
        "Description",
        "Product Category",
        "Tags",
        "Option",
        "Variant",
        "Image",
        "SEO",
        "Google Shopping",
        "Price /",
        "Compare",
        "Inventory",
        "Weight",
        "Charge tax",
        "Tax code",
        "Unit price",
        "Fulfillment",
        "Included /",
    ),
)
