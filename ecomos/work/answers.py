"""What a person wrote down at a step, read by the kind of its field; everything wrong is said in one go."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ecomos.errors import Refused
from ecomos.money import digits, format_money, to_cents
from ecomos.playbook.conditions import CannotTell
from ecomos.playbook.records import RecordField, Step
from ecomos.work.shop import Shop
from ecomos.work.values import value_of

__all__ = ["must_be_ticked", "read_answers"]

LONGEST = 4000


def read_answers(
    shop: Shop,
    step: Step,
    raw: Mapping[str, Any],
    values: Mapping[str, Any],
    currency: str,
    *,
    partly: bool = False,
) -> dict[str, Any]:
    """The answers as the store keeps them (money as NAME_cents); `partly` lets fields be missing.

    Raises Refused with every problem, a line each.
    """
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for field in step.record:
        given = raw.get(field.name)
        given = given.strip() if isinstance(given, str) else given
        if given in (None, ""):
            if not field.optional and not partly:
                wrong.append(f"{_label(field)} is missing.")
            continue
        try:
            value = _READ[field.kind](field, given, currency)
            _within_bounds(shop, field, value, values, currency)
        except ValueError as error:
            wrong.append(f"{_label(field)}: {error}")
            continue
        found[f"{field.name}_cents" if field.kind == "money" else field.name] = _stored(field, value, currency)
    unknown = set(raw) - {f.name for f in step.record}
    wrong += [f"This step records no “{name}”." for name in sorted(unknown)]
    if wrong:
        raise Refused("\n".join(wrong))
    if any(f.kind == "money" for f in step.record):
        found["currency"] = currency
    return found


def must_be_ticked(step: Step, ticked: list[int]) -> None:
    """Raises Refused naming the lines of the checklist that are not ticked."""
    open_lines = [c.text for n, c in enumerate(step.checks) if n not in set(ticked)]
    if open_lines:
        listed = "; ".join(f"“{t}”" for t in open_lines)
        raise Refused(f"Not ticked: {listed}. Where one does not hold, use “Not sure”.")


def _label(field: RecordField) -> str:
    return field.name.replace("_", " ").capitalize()


def _text(field: RecordField, given: Any, currency: str) -> str:
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", str(given))
    if len(text) > LONGEST:
        raise ValueError(f"at most {LONGEST} characters, this has {len(text)}")
    return text


def _number(field: RecordField, given: Any, currency: str) -> Decimal:
    text = str(given).replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"-?\d+,\d+", text):
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"“{given}” is not a number, as in 12.5") from None
    if not number.is_finite() or abs(number) > 10**12:
        raise ValueError(f"“{given}” is not a number that a shop uses")
    return number


def _money(field: RecordField, given: Any, currency: str) -> Decimal:
    text = str(given).upper().replace(currency, "").strip()
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    amount = _number(field, text, currency)
    if amount < 0 or -int(amount.as_tuple().exponent) > digits(currency):
        raise ValueError(f"“{given}” is no amount of {currency}, as in 12.50")
    return amount


def _yes_or_no(field: RecordField, given: Any, currency: str) -> bool:
    if given in (True, False):
        return bool(given)
    if str(given).lower() in ("yes", "no"):
        return str(given).lower() == "yes"
    raise ValueError("yes or no")


def _one_of(field: RecordField, given: Any, currency: str) -> str:
    if given not in field.choices:
        raise ValueError(f"one of: {', '.join(field.choices)}")
    return str(given)


def _day(field: RecordField, given: Any, currency: str) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise ValueError(f"“{given}” is no day, as in 2026-11-24") from None


_READ: dict[str, Any] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "yes or no": _yes_or_no,
    "one of": _one_of,
    "day": _day,
    "file": _text,
}


def _stored(field: RecordField, value: Any, currency: str) -> Any:
    if field.kind == "money":
        return to_cents(value, currency)
    return str(value) if isinstance(value, Decimal | date) else value


def _within_bounds(shop: Shop, field: RecordField, value: Any, values: Mapping[str, Any], currency: str) -> None:
    for bound, words, fits in (
        (field.at_least, "at least", lambda v, b: v >= b),
        (field.at_most, "at most", lambda v, b: v <= b),
    ):
        if bound is None:
            continue
        try:
            limit = value_of(shop, bound, values)
        except CannotTell as unknown:
            raise ValueError(f"{words} {bound.text}, which can't be told: {unknown}") from None
        if limit is not None and not fits(value, limit):
            shown = format_money(to_cents(limit, currency), currency) if field.kind == "money" else f"{limit:f}"
            raise ValueError(f"{words} {shown} ({bound.text})")
