"""Single cells of a row whose column may be missing, blank or unreadable: the reason names the column as the file
does."""

from collections.abc import Callable
from typing import TypeVar

from ecomos.intake.kinds import Reading
from ecomos.intake.numbers import cents, read_number, whole

__all__ = ["amount", "count", "number", "text"]

T = TypeVar("T")
NOTHING = ("", "--", "-")
"""How platforms write that there is no value."""


def text(row: list[str], reading: Reading, field: str) -> str:
    """The cell without blanks round it; empty where there is no value."""
    at = reading.at.get(field)
    found = row[at].strip() if at is not None else reading.constants.get(field, "")
    return "" if found in NOTHING else found


def amount(row: list[str], reading: Reading, field: str, currency: str) -> int | None:
    """Minor units; None where there is no value. Raises ValueError for what is no amount."""
    return _read(row, reading, field, lambda cell: cents(cell, reading.decimal, currency), "no amount")


def count(row: list[str], reading: Reading, field: str, least: int | None = None) -> int | None:
    """A whole number; None where there is no value. Raises ValueError for what is none, or less than `least`."""
    at = reading.at.get(field)
    cell = row[at] if at is not None else ""
    if least is None and cell.isascii() and cell.isdigit():  # the commonest cell costs no more than this
        return int(cell)
    found = _read(row, reading, field, lambda cell: whole(cell, reading.decimal), "no whole number")
    if found is not None and least is not None and not least <= found <= 1_000_000:
        raise ValueError(f"{_heading(reading, field)}: {found} is no number from {least} on")
    return found


def number(row: list[str], reading: Reading, field: str) -> float | None:
    """A number; None where there is no value. Raises ValueError for what is none."""
    found = _read(row, reading, field, lambda cell: read_number(cell, reading.decimal), "no number")
    return None if found is None else float(found)


def _read(row: list[str], reading: Reading, field: str, read: Callable[[str], T | None], what: str) -> T | None:
    cell = text(row, reading, field)
    if not cell:
        return None
    found = read(cell)
    if found is None:
        raise ValueError(f"{_heading(reading, field)}: “{cell[:60]}” is {what} as this file writes them")
    return found


def _heading(reading: Reading, field: str) -> str:
    at = reading.at.get(field)
    return reading.header[at].strip() if at is not None else field
