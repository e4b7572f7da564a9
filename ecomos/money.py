"""Money: whole minor units with a currency, read from and written as decimals only at the edge."""

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["digits", "format_money", "from_cents", "to_cents"]

_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "XAF": 0, "XOF": 0, "UGX": 0} | {
    "BHD": 3,
    "JOD": 3,
    "KWD": 3,
    "OMR": 3,
    "TND": 3,
}


def digits(currency: str) -> int:
    """How many decimal places a currency's minor unit has (ISO 4217).

    >>> digits("EUR"), digits("JPY")
    (2, 0)
    """
    return _DIGITS.get(currency, 2)


def to_cents(amount: Decimal, currency: str) -> int:
    """A decimal amount in minor units, rounded half up.

    >>> to_cents(Decimal("10.255"), "EUR")
    1026
    """
    return int(amount.scaleb(digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_cents(cents: int, currency: str) -> Decimal:
    """Minor units as a decimal in major units.

    >>> from_cents(1026, "EUR")
    Decimal('10.26')
    """
    return Decimal(cents).scaleb(-digits(currency))


def format_money(cents: int | None, currency: str) -> str:
    """An amount as people read it, the currency behind it; a dash for none.

    >>> format_money(165995, "EUR"), format_money(None, "EUR")
    ('1,659.95 EUR', '–')
    """
    return "–" if cents is None else f"{from_cents(cents, currency):,.{digits(currency)}f} {currency}"
