"""What is sold: products and their variants, and which variant a line of an order means."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from ecomos.orders.load_records import ProductRecord, VariantRecord

__all__ = ["DEFAULT", "ProductTally", "VariantIndex", "load_products", "rematch_lines"]

DEFAULT = "Default Title"
"""The title of a product's only variant."""


class VariantIndex:
    """Matches lines to variants: by SKU where one variant has it, else by product and variant title."""

    def __init__(self, db: sqlite3.Connection, channel_id: int) -> None:
        self.db = db
        self.channel_id = channel_id
        self.by_sku: dict[str, int | None] = {}
        self.by_title: dict[str, int | None] = {}
        self.next_product: int = db.execute("select coalesce(max(id), 0) + 1 from products").fetchone()[0]
        self.next_variant: int = db.execute("select coalesce(max(id), 0) + 1 from variants").fetchone()[0]
        self.product_rows: list[tuple[object, ...]] = []
        self.variant_rows: list[tuple[object, ...]] = []
        for row in db.execute(
            """select v.id, v.sku, v.title, p.title as product from variants v
               join products p on p.id = v.product_id where p.channel_id = ?""",
            [channel_id],
        ):
            if row["sku"]:
                _note(self.by_sku, row["sku"], row["id"])
            _note(self.by_title, _line_title(row["product"], row["title"]), row["id"])

    def match(self, sku: str | None, title: str) -> int | None:
        """The one variant that is meant, or None: a SKU or a title that two variants share is no match."""
        found = self.by_sku.get(sku) if sku else None
        return found if found is not None else self.by_title.get(title)

    def make(self, sku: str, title: str, is_merchandise: bool) -> int:
        """A product with one variant for a platform that has no product file, its code as SKU."""
        found = self.next_product, self.next_variant
        self.next_product, self.next_variant = found[0] + 1, found[1] + 1
        kind = None if is_merchandise else "not merchandise"
        self.product_rows.append((found[0], self.channel_id, sku, title, kind))
        self.variant_rows.append((found[1], found[0], sku, DEFAULT, int(is_merchandise)))
        self.by_sku[sku] = found[1]
        return found[1]

    def flush(self) -> None:
        """Write what was made; before any row that names it."""
        self.db.executemany(
            "insert into products(id, channel_id, handle, title, type) values (?, ?, ?, ?, ?)", self.product_rows
        )
        self.db.executemany(
            "insert into variants(id, product_id, sku, title, requires_shipping) values (?, ?, ?, ?, ?)",
            self.variant_rows,
        )
        self.product_rows.clear()
        self.variant_rows.clear()


def _note(index: dict[str, int | None], key: str, variant_id: int) -> None:
    index[key] = None if key in index else variant_id


def _line_title(product: str, variant: str) -> str:
    """How the platform names the variant on a line.

    >>> _line_title("Gift Card", "$10"), _line_title("The Minimal Snowboard", DEFAULT)
    ('Gift Card - $10', 'The Minimal Snowboard')
    """
    return product if variant == DEFAULT else f"{product} - {variant}"


@dataclass
class ProductTally:
    """What a product file did, in rows of the file."""

    rows_new: int = 0
    rows_changed: int = 0
    products: int = 0
    variants: int = 0


def load_products(
    db: sqlite3.Connection, channel_id: int, import_id: int, records: Iterable[ProductRecord]
) -> ProductTally:
    """Write products and variants, keyed by handle and by option values; what is not in the file stays."""
    tally = ProductTally()
    for record in records:
        known = db.execute(
            "select * from products where channel_id = ? and handle = ?", [channel_id, record.handle]
        ).fetchone()
        changed = _save_product(db, channel_id, import_id, record, known)
        product_id = db.execute(
            "select id from products where channel_id = ? and handle = ?", [channel_id, record.handle]
        ).fetchone()[0]
        for variant in record.variants:
            changed |= _save_variant(db, product_id, import_id, variant)
        tally.rows_new += record.rows if known is None else 0
        tally.rows_changed += record.rows if known is not None and changed else 0
        tally.products += 1
        tally.variants += len(record.variants)
    rematch_lines(db, channel_id)
    return tally


def _save_product(
    db: sqlite3.Connection, channel_id: int, import_id: int, record: ProductRecord, known: sqlite3.Row | None
) -> bool:
    names = ("title", "vendor", "type", "status", "is_gift_card")
    values = [getattr(record, name) for name in names]
    if known is None:
        db.execute(
            "insert into products(channel_id, handle, title, vendor, type, status, is_gift_card) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [channel_id, record.handle, *values],
        )
        return True
    return _update(db, "product", known, dict(zip(names, values, strict=True)), import_id)


def _save_variant(db: sqlite3.Connection, product_id: int, import_id: int, record: VariantRecord) -> bool:
    names = ("sku", "barcode", "price_cents", "cost_cents", "requires_shipping")
    values = [getattr(record, name) for name in names]
    known = db.execute(
        "select * from variants where product_id = ? and title = ?", [product_id, record.title]
    ).fetchone()
    if known is None:
        db.execute(
            "insert into variants(product_id, title, sku, barcode, price_cents, cost_cents, requires_shipping) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [product_id, record.title, *values],
        )
        return True
    return _update(db, "variant", known, dict(zip(names, values, strict=True)), import_id)


_UPDATES = {
    ("product", "title"): "update products set title = ? where id = ?",
    ("product", "vendor"): "update products set vendor = ? where id = ?",
    ("product", "type"): "update products set type = ? where id = ?",
    ("product", "status"): "update products set status = ? where id = ?",
    ("product", "is_gift_card"): "update products set is_gift_card = ? where id = ?",
    ("variant", "sku"): "update variants set sku = ? where id = ?",
    ("variant", "barcode"): "update variants set barcode = ? where id = ?",
    ("variant", "price_cents"): "update variants set price_cents = ? where id = ?",
    ("variant", "cost_cents"): "update variants set cost_cents = ? where id = ?",
    ("variant", "requires_shipping"): "update variants set requires_shipping = ? where id = ?",
}


def _update(
    db: sqlite3.Connection, kind: str, known: sqlite3.Row, values: dict[str, str | int | None], import_id: int
) -> bool:
    changed = {name: value for name, value in values.items() if value is not None and value != known[name]}
    for name, value in changed.items():
        db.execute(_UPDATES[kind, name], [value, known["id"]])
        db.execute(
            "insert into changes(import_id, ref_type, ref_id, field, old, new) values (?, ?, ?, ?, ?, ?)",
            [import_id, kind, known["id"], name, known[name], value],
        )
    return bool(changed)


def rematch_lines(db: sqlite3.Connection, channel_id: int) -> int:
    """Match the channel's lines that had no variant yet; how many kinds of line found theirs."""
    index = VariantIndex(db, channel_id)
    open_kinds = db.execute(
        """select distinct l.sku, l.title from order_lines l join orders o on o.id = l.order_id
           where o.channel_id = ? and l.variant_id is null""",
        [channel_id],
    ).fetchall()
    found = [(index.match(r["sku"], r["title"]), r["sku"], r["title"], channel_id) for r in open_kinds]
    matched = [f for f in found if f[0] is not None]
    db.executemany(
        """update order_lines set variant_id = ? where variant_id is null and sku is ? and title = ?
           and order_id in (select id from orders where channel_id = ?)""",
        matched,
    )
    return len(matched)
