"""Neutral records: an order or a product as a file states it, whichever platform wrote it. Money in minor units of the
record's currency, instants as UTC text, days as the store's days; None where the file is silent."""

from dataclasses import dataclass, field
from typing import NamedTuple

from ecomos.errors import EcomosError

__all__ = [
    "CONTACT_FIELDS",
    "ORDER_FIELDS",
    "AskFirst",
    "LineRecord",
    "OrderRecord",
    "ProductRecord",
    "Rejected",
    "Scattered",
    "VariantRecord",
]

ORDER_FIELDS = (
    "platform_id",
    "kind",
    "placed_at",
    "placed_on",
    "country",
    "currency",
    "financial_status",
    "fulfillment_status",
    "subtotal_cents",
    "shipping_cents",
    "tax_cents",
    "discount_cents",
    "tip_cents",
    "total_cents",
    "refunded_cents",
    "outstanding_cents",
    "cancelled_at",
    "paid_at",
    "fulfilled_at",
    "shipping_method",
    "payment_method",
    "payment_reference",
    "payment_terms",
    "risk",
    "source",
    "discount_code",
    "tags",
)
"""The columns of `orders` that a file fills, in the order in which they are written."""

CONTACT_FIELDS = (
    "email",
    "phone",
    "ship_name",
    "ship_company",
    "ship_address1",
    "ship_address2",
    "ship_city",
    "ship_zip",
    "ship_province",
    "ship_country",
    "ship_phone",
    "bill_name",
    "bill_company",
    "bill_address1",
    "bill_address2",
    "bill_city",
    "bill_zip",
    "bill_province",
    "bill_country",
    "notes",
    "note_attributes",
)
"""The columns of `order_contacts`: personal data, kept apart."""


class LineRecord(NamedTuple):
    """One line of an order; a tuple, since a file has half a million."""

    sku: str | None
    title: str
    quantity: int
    unit_price_cents: int
    discount_cents: int
    is_merchandise: int
    is_gift_card: int
    requires_shipping: int
    fulfillment_status: str | None
    open_quantity: int | None
    total_cents: int
    vendor: str | None


@dataclass(slots=True)
class OrderRecord:
    """One order with its lines, as the file states it."""

    number: str
    placed_at: str
    placed_on: str
    file_on: str
    """The day that the file's own text names; it may differ from the store's."""
    currency: str
    lines: list[LineRecord]
    line: int
    """Where the order begins in the file."""
    rows: int
    """How many rows of the file it takes."""
    kind: str = "sale"
    platform_id: str | None = None
    country: str | None = None
    financial_status: str | None = None
    fulfillment_status: str | None = None
    subtotal_cents: int | None = None
    shipping_cents: int | None = None
    tax_cents: int | None = None
    discount_cents: int | None = None
    tip_cents: int | None = None
    total_cents: int | None = None
    refunded_cents: int = 0
    outstanding_cents: int | None = None
    cancelled_at: str | None = None
    paid_at: str | None = None
    fulfilled_at: str | None = None
    shipping_method: str | None = None
    payment_method: str | None = None
    payment_reference: str | None = None
    payment_terms: str | None = None
    risk: str | None = None
    source: str | None = None
    discount_code: str | None = None
    tags: str | None = None
    employee: str | None = None
    """Who took it, where the file names somebody."""
    customer_key: str | None = None
    """The platform's own id of the customer."""
    customer_name: str | None = None
    contact: dict[str, str | None] | None = None
    """By CONTACT_FIELDS; None where the file has no personal data at all."""
    coarse: bool = False
    """Its times have lost offset or seconds."""
    continues: bool = False
    """These lines belong to an order that stood earlier in the same file."""


@dataclass(slots=True)
class VariantRecord:
    """One variant; its title is its option values, joined by " / "."""

    title: str
    sku: str | None
    barcode: str | None
    price_cents: int | None
    cost_cents: int | None
    requires_shipping: int
    line: int
    quantity: int | None = None
    """What the platform has of it, all places together, where it keeps count."""


@dataclass(slots=True)
class ProductRecord:
    """One product with its variants."""

    handle: str
    title: str
    vendor: str | None
    type: str | None
    status: str | None
    is_gift_card: int
    line: int
    rows: int
    variants: list[VariantRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that is not loaded, and why."""

    line: int
    reason: str
    raw: str | None = None


class AskFirst(EcomosError):
    """Two readings fit, or the file may be another shop's: nothing is loaded until somebody says which."""

    def __init__(self, question: str, choices: list[tuple[str, str]]) -> None:
        super().__init__(question)
        self.choices = choices
        """What may be meant, and the value for `--read` that says so."""


class Scattered(EcomosError):
    """The rows of these cases are not adjacent: the file is read again with them gathered."""
