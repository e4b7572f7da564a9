"""A step's record as fields of a form, and the names of facts and answers as people say them."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ecomos.errors import Refused
from ecomos.money import to_cents
from ecomos.orders.deeds import ADDRESS
from ecomos.orders.reading import order_row
from ecomos.playbook.records import RecordField, Step
from ecomos.work import Shop

__all__ = ["LABELS", "cents_of", "in_words", "label_of", "record_fields", "said", "wave_field"]

LABELS = {
    "name": "Name",
    "company": "Company",
    "address1": "Street and number",
    "address2": "Address, second line",
    "zip": "Postcode",
    "city": "City",
    "province": "Province",
    "country": "Country, two letters",
    "email": "E-mail",
    "phone": "Phone",
}
"""How these fields are called on every page."""


def record_fields(shop: Shop, fields: Sequence[RecordField], about: tuple[str | None, Any]) -> list[dict[str, Any]]:
    """A step's record as fields of a form, begun with what the order says already."""
    row = order_row(shop.db, about[1]) if about[0] == "order" else None
    currency = row["currency"] if row else shop.home.currency
    return [
        {
            "name": f.name,
            "label": label_of(f.name),
            "kind": f.kind,
            "unit": f.unit,
            "currency": currency,
            "choices": list(f.choices),
            "optional": f.optional,
            "hint": in_words(f"at most {f.at_most.text}") if f.at_most else "",
            "value": (row[ADDRESS[f.name]] or "") if row and f.name in ADDRESS and f.kind == "text" else None,
            "long": f.kind == "text"
            and (f.name in ("why", "reason", "note", "said", "reply") or f.name.endswith("_because")),
        }
        for f in fields
    ]


def wave_field(step: Step) -> RecordField | None:
    """The field of a step that is answered for each order of a wave by itself: its first choice among a few."""
    return next((f for f in step.record if f.kind == "one of" and len(f.choices) <= 5), None)


def label_of(name: str) -> str:
    """A recorded field's name in words."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def in_words(text: str) -> str:
    """The names of facts and answers in a line of text, as people say them.

    >>> in_words("at most order.refundable"), in_words("at least answers.paid_back (x)")
    ('at most the order’s refundable', 'at least paid back (x)')
    """
    said = re.sub(r"\banswers\.(\w+)", lambda m: m[1].replace("_", " "), text)
    said = re.sub(r"\bpolicy\.\w+\.(\w+)", lambda m: f"the policy’s {m[1].replace('_', ' ')}", said)
    return re.sub(r"\b(order|ticket|person)\.(\w+)", lambda m: f"the {m[1]}’s {m[2].replace('_', ' ')}", said)


def said(value: Any) -> str:
    """An answer in words."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def cents_of(text: Any, currency: str) -> int | None:
    """An amount as typed, in minor units; None where the field was left empty. Raises Refused for what is no amount."""
    if not str(text or "").strip():
        return None
    try:
        return to_cents(Decimal(str(text).replace(",", ".")), currency)
    except (InvalidOperation, ValueError):
        raise Refused(f"“{text}” is no amount, as in 12.50.") from None
