"""Shopify's inventory export in its three layouts: a column for each place, a row for each place, and a row for each
place with columns for the next count. `not stocked` is not zero."""

from collections.abc import Iterator, Mapping

from ecomos.intake.cells import count, text
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.intake.numbers import whole
from ecomos.intake.text import Unreadable
from ecomos.orders.load_records import Rejected
from ecomos.stock.levels import LevelRecord

__all__ = ["SHOPIFY_INVENTORY"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "handle": ("Handle", "URL handle"),
    "title": ("Title",),
    "option1_name": ("Option1 Name",),
    "option1": ("Option1 Value",),
    "option2_name": ("Option2 Name",),
    "option2": ("Option2 Value",),
    "option3_name": ("Option3 Name",),
    "option3": ("Option3 Value",),
    "sku": ("SKU",),
    "hs_code": ("HS Code",),
    "origin": ("COO",),
    "location": ("Location",),
    "bin": ("Bin name",),
    "incoming": ("Incoming", "Incoming (not editable)"),
    "unavailable": ("Unavailable", "Unavailable (not editable)"),
    "committed": ("Committed", "Committed (not editable)"),
    "available": ("Available", "Available (not editable)"),
    "on_hand": ("On hand (current)", "On hand"),
    "counted": ("On hand (new)",),
}
QUANTITIES = ("incoming", "unavailable", "committed", "available", "on_hand")
NOT_STOCKED = "not stocked"


def _read(rows: Rows, reading: Reading) -> Iterator[LevelRecord | Rejected]:
    if "location" not in reading.at and "origin" not in reading.at:
        raise Unreadable("It looks like a Shopify inventory export, but neither Location nor COO is there.")
    places = [] if "location" in reading.at else _places(reading)
    for line, row in rows:
        try:
            yield from _by_column(line, row, reading, places) if places else [_by_place(line, row, reading)]
        except ValueError as bad:
            yield Rejected(line, str(bad), ",".join(row)[:2000])


def _places(reading: Reading) -> list[tuple[int, str]]:
    """Position and name of each place, behind the country of origin."""
    known, first = set(reading.at.values()), reading.at["origin"]
    named = [(at, name.strip()) for at, name in enumerate(reading.header)]
    return [(at, name) for at, name in named if at > first and at not in known and name]


def _by_column(line: int, row: list[str], reading: Reading, places: list[tuple[int, str]]) -> list[LevelRecord]:
    """What is available in each place; this layout does not say what is sold and still there."""
    found = []
    for at, place in places:
        cell = row[at].strip()
        left = None if cell.lower() in ("", NOT_STOCKED) else whole(cell, reading.decimal)
        if left is None and cell.lower() not in ("", NOT_STOCKED):
            raise ValueError(f"{place}: “{cell[:60]}” is no whole number")
        found.append(_record(line, row, reading, place, {"on_hand": left}))
    return found


def _by_place(line: int, row: list[str], reading: Reading) -> LevelRecord:
    place = text(row, reading, "location")
    if not place:
        raise ValueError("Location is blank")
    is_stocked = not any(text(row, reading, name).lower() == NOT_STOCKED for name in ("available", "on_hand"))
    if not is_stocked:
        return _record(line, row, reading, place, {})
    found = {name: count(row, reading, name) for name in QUANTITIES}
    if found["on_hand"] is None and found["available"] is not None:
        found["on_hand"] = found["available"] + (found["committed"] or 0) + (found["unavailable"] or 0)
    if found["on_hand"] is None:
        raise ValueError("neither On hand nor Available holds a number")
    return _record(line, row, reading, place, found)


def _record(
    line: int, row: list[str], reading: Reading, place: str, quantities: Mapping[str, int | None]
) -> LevelRecord:
    options = [o for name in ("option1", "option2", "option3") if (o := text(row, reading, name))]
    return LevelRecord(
        handle=text(row, reading, "handle"),
        title=" / ".join(options) or "Default Title",
        sku=text(row, reading, "sku").removeprefix("'") or None,
        location=place,
        line=line,
        on_hand=quantities.get("on_hand"),
        unavailable=quantities.get("unavailable"),
        committed=quantities.get("committed"),
        incoming=quantities.get("incoming"),
    )


SHOPIFY_INVENTORY = Kind(
    name="shopify-inventory",
    title="a Shopify inventory export",
    platform="shopify",
    what="levels",
    columns=COLUMNS,
    needed=("handle", "option1", "sku"),
    money=(),
    dates=(),
    read=_read,
    case="handle",
    is_snapshot=True,
    columns_are_places=True,
)
