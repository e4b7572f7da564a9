"""The forms of one purchase order, by its state: what can be done with it now, and with the line that is picked."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ecomos.errors import Refused, WrongUsage
from ecomos.money import from_cents
from ecomos.pages.fields import cents_of
from ecomos.stock.invoices import Bill, BillLine
from ecomos.stock.purchases import Purchase, PurchaseLine

__all__ = ["bill_form", "bill_of", "confirm_form", "day_of", "draft_form", "line_form", "pieces_of", "receipt_form"]


def draft_form(order: Purchase) -> dict[str, Any]:
    """What can be changed of a draft as a whole."""
    money = {"kind": "money", "currency": order.currency}
    return {
        "key": f"draft:{order.id}:{order.freight_cents}:{order.duty_cents}:{order.needed_by_on}:{order.note}",
        "title": "Change the draft",
        "sub": "Pick a line above to change its pieces or price. It is sent or dropped by the task on Today.",
        "fields": [
            {"name": "needed_by", "label": "Needed by", "kind": "day", "optional": True, "value": order.needed_by_on},
            {"name": "freight", "label": "Freight", "value": plain(order.freight_cents, order.currency), **money},
            {"name": "duty", "label": "Duty", "value": plain(order.duty_cents, order.currency), **money},
            {"name": "note", "label": "A line for the supplier", "kind": "text", "optional": True, "value": order.note},
        ],
        "buttons": [
            {"deed": "head", "label": "Keep", "primary": True},
            {
                "deed": "add",
                "label": "Add a thing",
                "ask": [
                    {"name": "sku", "label": "SKU, ours or theirs", "kind": "text"},
                    {"name": "pieces", "label": "Pieces", "kind": "number", "unit": "pieces"},
                ],
            },
            {"deed": "fill", "label": "Fill up to the minimum again", "more": True},
        ],
    }


def line_form(order: Purchase, line: PurchaseLine) -> dict[str, Any]:
    """The picked line: of a draft its pieces and price, of an order under way what they confirm."""
    is_draft = order.status == "draft"
    value = {"pieces": line.quantity if is_draft else line.agreed}
    cents = line.unit_cost_cents if is_draft else line.agreed_cents
    fields: list[dict[str, Any]] = [
        {"name": "pieces", "label": "Pieces", "kind": "number", "unit": "pieces", "value": str(value["pieces"])},
        {
            "name": "price",
            "label": "A piece",
            "kind": "money",
            "currency": order.currency,
            "value": "" if line.price_source == "none" and is_draft else plain(cents, order.currency),
        },
    ]
    if not is_draft:
        fields.append({"name": "day", "label": "Comes on", "kind": "day", "optional": True, "value": line.comes_on})
    buttons: list[dict[str, Any]] = [{"deed": "line", "label": "Keep this line", "primary": True}]
    if is_draft:
        buttons.append({"deed": "remove", "label": "Take it off", "confirm": f"Take {line.sku} off the draft?"})
    title = f"{line.sku} {line.title}" if is_draft else f"What they confirm of {line.sku}"
    return {
        "key": f"line:{order.id}:{line.line_no}:{value['pieces']}:{cents}:{line.comes_on}:{is_draft}",
        "title": title,
        "sub": line.because or "",
        "fields": fields,
        "buttons": [*buttons, {"deed": "back", "label": "Back to the order"}],
    }


def confirm_form(order: Purchase, said: tuple[str, ...]) -> dict[str, Any]:
    """The whole confirmation."""
    return {
        "key": f"confirm:{order.id}:{order.confirmed_at}:{len(said)}",
        "title": "What the supplier confirmed",
        "sub": "Pick a line above where pieces, price or day differ. What is not picked is confirmed as ordered.",
        "facts": [["differs", text] for text in said],
        "fields": [
            {
                "name": "day",
                "label": "All of it comes on",
                "kind": "day",
                "optional": True,
                "hint": "left empty: the day of each line",
            },
        ],
        "buttons": [
            {
                "deed": "confirm",
                "label": "Write it down, it differs" if said else "Confirmed as ordered",
                "primary": True,
            }
        ],
    }


def bill_form(order: Purchase, billed: dict[str, int]) -> dict[str, Any]:
    """A supplier's bill, begun with what came good and was not billed yet."""
    money = {"kind": "money", "currency": order.currency}
    due = [(x.sku, x.good - billed.get(x.sku, 0), x.agreed_cents) for x in order.lines]
    lines = "\n".join(f"{sku} {n} {plain(cents, order.currency)}" for sku, n, cents in due if n > 0)
    is_first = not billed
    return {
        "key": f"bill:{order.id}:{lines}",
        "title": "Enter the supplier's bill",
        "sub": "It is laid beside what was agreed and what came good. What matches is approved by itself.",
        "fields": [
            {"name": "number", "label": "Number on the bill", "kind": "text"},
            {"name": "dated", "label": "Its date", "kind": "day"},
            {
                "name": "lines",
                "label": "Lines as billed: SKU, pieces, price a piece",
                "kind": "text",
                "long": True,
                "value": lines,
                "hint": "one line each, as in: GLV-M 24 4.00",
            },
            {
                "name": "freight",
                "label": "Freight",
                "value": plain(order.freight_cents if is_first else 0, order.currency),
                **money,
            },
            {
                "name": "duty",
                "label": "Duty",
                "value": plain(order.duty_cents if is_first else 0, order.currency),
                **money,
            },
            {"name": "tax", "label": "Tax", "value": "0", **money},
            {"name": "total", "label": "Total on the bill", "optional": True, **money},
        ],
        "buttons": [{"deed": "bill", "label": "Enter the bill", "primary": True}],
    }


def receipt_form(receipt: int, line_no: int, sku: str, pieces: int) -> dict[str, Any]:
    """A booked line that is picked: it can be taken back."""
    return {
        "key": f"receipt:{receipt}:{line_no}",
        "title": f"Receipt {receipt}, {sku}",
        "sub": f"{pieces} pieces were booked in. Taking it back writes the opposite; both stay to be read.",
        "buttons": [{"deed": "take-back", "label": "Take it back", "note": "Why?"}],
    }


def bill_of(given: dict[str, Any], currency: str) -> Bill:
    """The bill as typed. Raises WrongUsage for a line that can't be read."""
    lines = [
        _bill_line(n, text, currency) for n, text in enumerate(str(given["lines"]).splitlines(), 1) if text.strip()
    ]
    total = cents_of(given.get("total"), currency)
    dated = day_of(given.get("dated"))
    if dated is None:
        raise WrongUsage("Write the date that stands on the bill.")
    return Bill(
        str(given["number"]), dated, lines, cents_of(given.get("freight"), currency) or 0,
        cents_of(given.get("duty"), currency) or 0, cents_of(given.get("tax"), currency) or 0, total,
    )  # fmt: skip


def _bill_line(number: int, text: str, currency: str) -> BillLine:
    words = text.split()
    try:
        sku, pieces, price = " ".join(words[:-2]), int(words[-2]), cents_of(words[-1], currency)
    except (IndexError, ValueError, Refused):
        raise WrongUsage(f"Line {number} can't be read: “{text.strip()[:60]}”. Write it as in: GLV-M 24 4.00") from None
    if not sku or price is None:
        raise WrongUsage(f"Line {number} can't be read: “{text.strip()[:60]}”. Write it as in: GLV-M 24 4.00")
    return BillLine(sku, pieces, price)


def pieces_of(text: Any) -> int:
    """Whole pieces as typed. Raises WrongUsage for anything else."""
    try:
        found = Decimal(str(text or "").strip())
    except InvalidOperation:
        raise WrongUsage(f"“{text}” is no number of pieces.") from None
    if found != found.to_integral_value() or abs(found) > 10**9:
        raise WrongUsage(f"“{text}” is no whole number of pieces.")
    return int(found)


def day_of(text: Any) -> date | None:
    """A day as typed; None for an empty field. Raises WrongUsage for what is none."""
    if not str(text or "").strip():
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise WrongUsage(f"“{text}” is no day, as in 2026-11-24.") from None


def plain(cents: int, currency: str) -> str:
    """An amount as it is typed.

    >>> plain(1250, "EUR")
    '12.50'
    """
    return str(from_cents(cents, currency))
