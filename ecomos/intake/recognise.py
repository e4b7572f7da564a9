"""What a file is, by its header: case and order of the columns do not matter, aliases are known, the file's name is
never asked."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ecomos.intake.kinds import Kind
from ecomos.intake.shopify_orders import SHOPIFY_ORDERS
from ecomos.intake.shopify_products import SHOPIFY_PRODUCTS
from ecomos.intake.text import Source, Unreadable
from ecomos.intake.uci import UCI_ORDERS

__all__ = ["KINDS", "Sheet", "recognise"]

KINDS: Mapping[str, Kind] = {k.name: k for k in (SHOPIFY_ORDERS, SHOPIFY_PRODUCTS, UCI_ORDERS)}
SEPARATORS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Sheet:
    """A recognised file: its kind, its separator, and where each known column stands."""

    source: Source
    kind: Kind
    separator: str
    skip: int
    """Records before the header."""
    header: tuple[str, ...]
    at: Mapping[str, int]
    """Field of the kind → position of its column."""
    extra: tuple[str, ...]
    """Columns that the kind does not know: noted, not fatal."""

    @property
    def separator_name(self) -> str:
        return NAMES[self.separator]


def recognise(source: Source, kind: str | None = None) -> Sheet:
    """What the file is. Raises Unreadable that names what is missing from the nearest kind."""
    separator, skip, header = _header(source)
    wanted = [KINDS[kind]] if kind else list(KINDS.values())
    placed = [(k, k.place(header)) for k in wanted]
    whole = [(k, at) for k, at in placed if not k.missing(at)]
    if not whole:
        raise Unreadable(_unknown(source, header, placed))
    best, at = max(whole, key=lambda found: len(found[1]))
    known = set(at.values())
    extra = tuple(name for i, name in enumerate(header) if i not in known and name.strip())
    return Sheet(source, best, separator, skip, header, at, tuple(n for n in extra if not best.ignores(n)))


def _header(source: Source) -> tuple[str, int, tuple[str, ...]]:
    """The separator under which the first record has most known names."""
    with source.open() as file:
        text = file.read(64 << 10)
    skip = 1 if text[:4].lower() == "sep=" else 0
    read = [(_score(row), s, row) for s in SEPARATORS for row in [_first_row(text, s, skip)]]
    _, separator, row = max(read, key=lambda found: (found[0], len(found[2])))
    return separator, skip, tuple(row)


def _first_row(text: str, separator: str, skip: int) -> list[str]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    row: list[str] = []
    for row in reader:
        if skip:
            skip -= 1
            continue
        if any(cell.strip() for cell in row):
            return row
    return row


def _score(row: Sequence[str]) -> int:
    return max(len(k.place(row)) for k in KINDS.values())


def _unknown(source: Source, header: Sequence[str], placed: Sequence[tuple[Kind, Mapping[str, int]]]) -> str:
    kind, at = max(placed, key=lambda found: len(found[1]) - len(found[0].missing(found[1])))
    name = source.path.name
    if not at:
        first = ", ".join(header[:5])[:200]
        known = "; ".join(k.title for k in KINDS.values())
        return f"{name} was not recognised by its header ({first}). Known files: {known}."
    missing = ", ".join(kind.heading(field) for field in kind.missing(at))
    return f"{name} looks like {kind.title}, but these columns are missing: {missing}."
