"""What a file is, by its header: case and order of the columns do not matter, aliases are known, the file's name is
never asked."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ecomos.intake.ads import GOOGLE_ADS, META_ADS
from ecomos.intake.bought import PURCHASE_ORDERS, RECEIPTS, SUGGESTIONS
from ecomos.intake.kinds import Kind
from ecomos.intake.shopify_inventory import SHOPIFY_INVENTORY
from ecomos.intake.shopify_orders import SHOPIFY_ORDERS
from ecomos.intake.shopify_products import SHOPIFY_PRODUCTS
from ecomos.intake.suppliers import SUPPLIERS
from ecomos.intake.text import Source, Unreadable
from ecomos.intake.uci import UCI_ORDERS

__all__ = ["KINDS", "Sheet", "recognise"]

ALL = (
    SHOPIFY_ORDERS,
    SHOPIFY_PRODUCTS,
    SHOPIFY_INVENTORY,
    UCI_ORDERS,
    SUPPLIERS,
    PURCHASE_ORDERS,
    RECEIPTS,
    SUGGESTIONS,
    GOOGLE_ADS,
    META_ADS,
)
KINDS: Mapping[str, Kind] = {k.name: k for k in ALL}
SEPARATORS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Sheet:
    """A recognised file: its kind, its separator, and where each known column stands."""

    source: Source
    kind: Kind
    separator: str
    header: tuple[str, ...]
    at: Mapping[str, int]
    """Field of the kind → position of its column."""
    extra: tuple[str, ...]
    """Columns that the kind does not know: noted, not fatal."""
    before: tuple[str, ...] = ()
    """The rows above the header, a text each."""

    @property
    def separator_name(self) -> str:
        return NAMES[self.separator]


def recognise(source: Source, kind: str | None = None, mapped: Iterable[Kind] = ()) -> Sheet:
    """What the file is; a kind whose columns the home names itself goes before one with as many known columns.

    Raises Unreadable that names what is missing from the nearest kind.
    """
    separator, before, header = _header(source)
    all_kinds = [*mapped, *KINDS.values()]
    wanted = [k for k in all_kinds if kind in (None, k.name)]
    placed = [(k, k.place(header)) for k in wanted]
    whole = [(k, at) for k, at in placed if not k.missing(at)]
    if not whole:
        raise Unreadable(_unknown(source, header, placed))
    best, at = max(whole, key=lambda found: len(found[1]))
    known = set(at.values())
    extra = tuple(name for i, name in enumerate(header) if i not in known and name.strip())
    extra = tuple(n for n in extra if not best.ignores(n))
    return Sheet(source, best, separator, header, at, extra, before)


def _header(source: Source) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """(separator, the rows above, the header): the row and separator under which most names are known."""
    with source.open() as file:
        text = file.read(64 << 10)
    most = max(k.preamble for k in KINDS.values())
    found = [
        (_score(row, n - (rows[0][0].startswith("sep="))), -n, s, rows, row)
        for s in SEPARATORS
        for rows in [_first_rows(text, s, most + 2)]
        for n, row in enumerate(rows)
    ]
    _, minus_n, separator, rows, row = max(found, key=lambda f: (f[0], f[1], len(f[4])))
    return separator, tuple(separator.join(r) for r in rows[:-minus_n]), tuple(row)


def _first_rows(text: str, separator: str, most: int) -> list[list[str]]:
    """The first rows that hold anything."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=separator):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) == most:
                break
    except csv.Error:
        pass
    return rows or [[""]]


def _score(row: Sequence[str], above: int) -> int:
    return max((len(k.place(row)) for k in KINDS.values() if above <= k.preamble), default=0)


def _unknown(source: Source, header: Sequence[str], placed: Sequence[tuple[Kind, Mapping[str, int]]]) -> str:
    kind, at = max(placed, key=lambda found: len(found[1]) - len(found[0].missing(found[1])))
    name = source.path.name
    if not at:
        first = ", ".join(header[:5])[:200]
        known = "; ".join(k.title for k in KINDS.values())
        return f"{name} was not recognised by its header ({first}). Known files: {known}."
    missing = ", ".join(kind.heading(field) for field in kind.missing(at))
    return f"{name} looks like {kind.title}, but these columns are missing: {missing}."
