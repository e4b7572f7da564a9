"""The forms of one supplier: its terms, a thing with its price steps, a holiday."""

from datetime import date
from hashlib import sha256
from typing import Any

from ecomos.pages.fields import cents_of
from ecomos.pages.purchase_forms import pieces_of, plain
from ecomos.stock.prices import ListedPrice
from ecomos.stock.supplier_items import Item
from ecomos.stock.terms import Holiday, Terms

__all__ = ["holiday_form", "item_form", "terms_form", "terms_of"]

MONEY = {
    "minimum_cents": "Least value of an order",
    "freight_cents": "Freight of an order",
    "freight_free_cents": "Free freight from",
}
NUMBERS = {"payment_days": ("Paid within, net", "days"), "lead_time_days": ("Lead time as stated", "days")}
TEXTS = {
    "email": ("E-mail for orders", ""),
    "phone": ("Phone", ""),
    "contact": ("Whom to write to", ""),
    "language": ("Language", "two letters, as in de; empty: English"),
    "currency": ("Currency", "three letters, as in EUR; empty: the store's"),
    "order_days": ("Order days", "as in: mon, thu; empty: any day"),
}


def terms_form(mine: Terms, currency: str) -> dict[str, Any]:
    """Everything that an order to it goes by."""
    fields: list[dict[str, Any]] = [
        {
            "name": name,
            "label": label,
            "kind": "text",
            "optional": True,
            "hint": hint,
            "value": getattr(mine, name) or "",
        }
        for name, (label, hint) in TEXTS.items()
    ]
    fields += [
        {"name": name, "label": label, "kind": "money", "currency": currency, "optional": True,
         "value": "" if getattr(mine, name) is None else plain(getattr(mine, name), currency)}
        for name, label in MONEY.items()
    ]  # fmt: skip
    fields += [
        {"name": name, "label": label, "kind": "number", "unit": unit, "optional": True,
         "value": "" if getattr(mine, name) is None else str(getattr(mine, name))}
        for name, (label, unit) in NUMBERS.items()
    ]  # fmt: skip
    fields.append(
        {
            "name": "address",
            "label": "Address",
            "kind": "text",
            "long": True,
            "optional": True,
            "value": mine.address or "",
        }
    )
    return {
        "key": f"terms:{mine.id}:{sha256(repr(mine).encode()).hexdigest()[:12]}",
        "title": f"Terms of {mine.name}",
        "sub": "Each change is kept with who made it.",
        "fields": fields,
        "buttons": [
            {"deed": "keep", "label": "Keep the terms", "primary": True},
            {
                "deed": "undo",
                "label": "Take the last change back",
                "confirm": "Set the terms back as they were before?",
            },
        ],
    }


def terms_of(mine: Terms, given: dict[str, Any], currency: str) -> dict[str, Any]:
    """What was typed, each term with what this page showed."""
    found: dict[str, Any] = {name: str(given.get(name) or "") for name in (*TEXTS, "address")}
    found |= {name: cents_of(given.get(name), currency) for name in MONEY}
    found |= {name: pieces_of(given[name]) if str(given.get(name) or "").strip() else None for name in NUMBERS}
    return {name: (getattr(mine, name), value) for name, value in found.items()}


def item_form(
    supplier_id: int, item: Item | None, steps: list[ListedPrice], currency: str, today: date
) -> dict[str, Any]:
    """A thing that is picked, else a new one."""
    fields: list[dict[str, Any]] = [] if item else [{"name": "sku", "label": "SKU", "kind": "text"}]
    cost = "" if item is None or item.cost_cents is None else plain(item.cost_cents, currency)
    shown = item or Item("", None)
    pieces = {"kind": "number", "unit": "pieces"}
    fields += [
        {
            "name": "theirs",
            "label": "Their number",
            "kind": "text",
            "optional": True,
            "value": shown.supplier_sku or "",
        },
        {
            "name": "cost",
            "label": "Cost a piece",
            "kind": "money",
            "currency": currency,
            "optional": True,
            "value": cost,
            "hint": "a price list goes before it",
        },
        {"name": "pack", "label": "Pack", "value": str(shown.pack), **pieces},
        {"name": "minimum", "label": "Least ordered", "optional": True, "value": _typed(shown.minimum), **pieces},
        {
            "name": "lead",
            "label": "Lead time",
            "kind": "number",
            "unit": "days",
            "optional": True,
            "hint": "empty: the supplier's",
            "value": _typed(shown.lead_time_days),
        },
    ]
    buttons: list[dict[str, Any]] = [
        {"deed": "item", "label": "Keep this thing" if item else "Add this thing", "primary": True}
    ]
    if item:
        buttons += _price_buttons(item, steps, currency, today)
    return {
        "key": f"item:{supplier_id}:{item}:{len(steps)}" if item else f"item:{supplier_id}:new",
        "title": f"{item.sku} {item.title}" if item else "Add a thing",
        "sub": "" if item else "Pick a row to change a thing or its prices.",
        "fields": fields,
        "buttons": buttons,
    }


def _typed(number: int | None) -> str:
    return "" if number is None else str(number)


def _price_buttons(item: Item, steps: list[ListedPrice], currency: str, today: date) -> list[dict[str, Any]]:
    ask = [
        {"name": "from_quantity", "label": "From", "kind": "number", "unit": "pieces", "value": "1"},
        {"name": "price", "label": "A piece", "kind": "money", "currency": currency},
        {"name": "from_on", "label": "From this day on", "kind": "day", "value": today.isoformat()},
    ]
    named = [f"{s.from_on}, from {s.from_quantity} pieces" for s in steps]
    found: list[dict[str, Any]] = [{"deed": "step", "label": "Set a price", "ask": ask}]
    if named:
        which = {"name": "which", "label": "Which", "kind": "one of", "choices": named}
        found.append({"deed": "drop-step", "label": "Take a price off", "ask": [which], "more": True})
    off = f"{item.sku} with its price list goes off this supplier. Orders stay."
    return [*found, {"deed": "off", "label": "They don't have it any more", "confirm": off, "more": True}]


def holiday_form(supplier_id: int, picked: Holiday | None) -> dict[str, Any]:
    """A new holiday, or the picked one to be taken off."""
    if picked is not None:
        return {
            "key": f"holiday:{supplier_id}:{picked.from_on}",
            "title": f"{picked.name}, {picked.from_on} to {picked.to_on}",
            "buttons": [{"deed": "open", "label": "They are there after all", "primary": True}],
        }
    return {
        "key": f"holiday:{supplier_id}:new",
        "title": "Closed on",
        "fields": [
            {"name": "from_on", "label": "From", "kind": "day"},
            {"name": "to_on", "label": "To, the last day", "kind": "day"},
            {"name": "name", "label": "For", "kind": "text", "hint": "as in: summer holiday"},
        ],
        "buttons": [{"deed": "close", "label": "Write it down", "primary": True}],
    }
