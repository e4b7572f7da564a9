"""Numbers as exports write them: which decimal sign a whole file uses, and one number in that reading."""

import re
from decimal import Decimal, InvalidOperation

from ecomos.money import to_cents

__all__ = ["NumberSurvey", "cents", "identifier", "read_number", "whole"]

AFFIX = re.compile(r"^[^\d.,\-+]*|[^\d.,]*$")
"""A currency before or behind: `৳2,999`, `EUR 90,00`, `1 234,50 €`."""
BLANKS = re.compile(r"(?<=\d)[\s\u00a0\u202f\u2009'’](?=\d)")
WESTERN = re.compile(r"\d{1,3}(?:,\d{3})+")
INDIAN = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}")
POWER = re.compile(r"^([+-]?\d+(?:[.,]\d+)?)[eE]([+-]?\d{1,3})$")


def read_number(text: str, decimal: str) -> Decimal | None:
    """One number, its decimal sign being `.` or `,`; None where it is none in that reading.

    >>> read_number("1,23,456.78", "."), read_number("৳2,999", "."), read_number("1\\u00a0234,50\\u00a0€", ",")
    (Decimal('123456.78'), Decimal('2999'), Decimal('1234.50'))
    >>> read_number("\\u221212,50", ","), read_number("12.5%", "."), read_number("4,086918E+00", ",")
    (Decimal('-12.50'), Decimal('0.125'), Decimal('4.086918'))
    """
    body = text.strip().replace("\u2212", "-")
    power = POWER.match(body)
    if power:
        return _decimal(power[1].replace(decimal, "."), int(power[2]))
    percent = body.endswith("%")
    negative = body.startswith("(") and body.endswith(")")
    body = BLANKS.sub("", body.strip("()%").strip())
    sign = "-" if negative or "-" in body[: _first_digit(body)] else ""
    body = AFFIX.sub("", body).lstrip("+-")
    body = AFFIX.sub("", body)
    plain = _without_groups(body, decimal)
    return None if plain is None else _decimal(sign + plain, -2 if percent else 0)


def _first_digit(text: str) -> int:
    found = re.search(r"\d", text)
    return found.start() if found else len(text)


def _without_groups(body: str, decimal: str) -> str | None:
    group = "," if decimal == "." else "."
    whole_part, sign, fraction = body.partition(decimal)
    if group in fraction or decimal in fraction or (sign and not re.fullmatch(r"\d+", fraction)):
        return None
    if group in whole_part:
        groups = whole_part.replace(group, ",")
        if not WESTERN.fullmatch(groups) and not INDIAN.fullmatch(groups):
            return None
        if whole_part.startswith("0"):
            return None
    joined = whole_part.replace(group, "")
    if joined and not joined.isdigit():
        return None
    return (joined or "0") + ("." + fraction if fraction else "") if joined or fraction else None


def _decimal(text: str, exponent: int) -> Decimal | None:
    try:
        return Decimal(text).scaleb(exponent)
    except InvalidOperation:
        return None


def cents(text: str, decimal: str, currency: str) -> int | None:
    """An amount in minor units, rounded half up; None where it is no number.

    >>> cents("1659.95", ".", "EUR"), cents("90,00", ",", "EUR"), cents("2999", ".", "JPY")
    (165995, 9000, 2999)
    """
    found = read_number(text, decimal)
    return None if found is None else to_cents(found, currency)


def whole(text: str, decimal: str) -> int | None:
    """A count; None where it is no whole number.

    >>> whole("6", "."), whole("1,200", "."), whole("-12.0", "."), whole("1.5", ".")
    (6, 1200, -12, None)
    """
    found = read_number(text, decimal)
    return int(found) if found is not None and found == found.to_integral_value() else None


def identifier(text: str) -> str | None:
    """An id as text: one apostrophe before it goes, leading zeros stay, `17850.0` is 17850.

    None where it is blank or a spreadsheet has spoiled it (`6,63424E+12`): no whole id then.
    >>> identifier("'07520"), identifier("17850.0"), identifier("6,63424E+12"), identifier("4,086918E+00")
    ('07520', '17850', None, None)
    """
    body = text.strip().removeprefix("'")
    if POWER.match(body) and "e" in body.lower():
        return None
    return re.sub(r"^(\d+)[.,]0+$", r"\1", body) or None


class NumberSurvey:
    """Finds the decimal sign that a whole file uses."""

    def __init__(self) -> None:
        self.fits = {".", ","}
        self.example: str | None = None
        """A value that the two readings take for different numbers."""

    @property
    def decided(self) -> bool:
        return len(self.fits) == 1

    def add(self, text: str) -> None:
        """Look at one value; one that fits no reading tells nothing here and is a rejected row later."""
        if text.isdigit():
            return
        found = {sign: read_number(text, sign) for sign in self.fits}
        fitting = {sign for sign, value in found.items() if value is not None}
        if fitting:
            self.fits = fitting
        if len(fitting) == 2 and found["."] != found[","]:
            self.example = self.example or text

    def reading(self) -> str | None:
        """The decimal sign; a point where it makes no difference; None where both fit and they differ."""
        if self.decided:
            return next(iter(self.fits))
        return None if self.example else "."
