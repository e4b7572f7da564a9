"""A kind of file: its columns with their aliases, and the function that reads its rows into neutral records."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from ecomos.intake.dates import DateReader

__all__ = ["Kind", "Reading", "Rows"]

Rows = Iterator[tuple[int, list[str]]]
"""Line of the file (its first one) and the cells, as many as the header has."""


@dataclass(frozen=True)
class Reading:
    """How a whole file is read; chosen once and stated in the account."""

    decimal: str
    dates: DateReader
    currency: str
    """Of orders that name none."""
    at: Mapping[str, int]
    hold: frozenset[str] = frozenset()
    """Cases whose rows are not adjacent, as far as that was looked into."""
    is_second: bool = False
    """The file did not go straight through: it is read again, more carefully."""
    header: tuple[str, ...] = ()
    """The names of the columns, as the file has them."""
    before: tuple[str, ...] = ()
    """What stands above the header, a text for each row: a report's name, its days."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Field → what every row says of it."""

    @property
    def zone(self) -> ZoneInfo:
        return self.dates.zone


@dataclass(frozen=True)
class Kind:
    """One kind of file of one platform."""

    name: str
    """As for `--as`."""
    title: str
    platform: str
    """Empty for a list of the house's own, which belongs to no channel."""
    what: str
    """orders, products, levels, suppliers, spend."""
    columns: Mapping[str, tuple[str, ...]]
    """Field → the names that its column may have, the current one first."""
    needed: tuple[str, ...]
    money: tuple[str, ...]
    """Fields that show which decimal sign the file uses."""
    dates: tuple[str, ...]
    """Fields that show the order of day and month."""
    read: Callable[[Rows, Reading], Iterator[Any]]
    """Neutral records, or Rejected rows."""
    case: str
    """The field whose value gathers the rows of one case; where blank, the row belongs to the case before it."""
    makes_variants: bool = False
    """The platform has no product file: the codes of its lines become products."""
    inclusive: bool | None = None
    """Do prices include tax? None: decided by the first import."""
    ignored: tuple[str, ...] = ()
    """Beginnings of columns that are known and not used."""
    absent_lines: frozenset[str] = frozenset()
    """Columns of `order_lines` that it never has."""
    store_columns: Mapping[str, tuple[str, ...]] | None = None
    """Field → columns of the store that are not touched where the file lacks it."""
    preamble: int = 0
    """How many rows may stand above its header."""
    currency_in_names: bool = False
    """A column's name may carry the currency in brackets, as in `Amount spent (USD)`."""
    columns_are_places: bool = False
    """Without a column for the place, columns that it does not know are places."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Field → what every row says of it, where a mapping gives it instead of a column."""
    mapped_by: str = ""
    """The file of the home that names its columns."""
    is_snapshot: bool = False
    """It says how things stand: the same file again, after another one, is news."""

    @cached_property
    def _known(self) -> Mapping[str, str]:
        """Plain name of a column → its field."""
        return {_plain(alias): field for field, aliases in self.columns.items() for alias in aliases}

    def place(self, header: Sequence[str]) -> dict[str, int]:
        """Field → position, for every known column of this header."""
        known = self._known
        found: dict[str, int] = {}
        for position, name in enumerate(header):
            field = known.get(_plain(name)) or (known.get(_bare(name)) if self.currency_in_names else None)
            if field is not None:
                found.setdefault(field, position)
        return found

    def missing(self, at: Mapping[str, int]) -> list[str]:
        """The needed fields that are not there."""
        return [name for name in self.needed if name not in at and name not in self.constants]

    def heading(self, field: str) -> str:
        """The column's current name, as people know it."""
        return self.columns[field][0]

    def ignores(self, name: str) -> bool:
        """Is it a column that we know and do not use?"""
        return _plain(name).startswith(tuple(_plain(i) for i in self.ignored)) if self.ignored else False

    def absent(self, at: Mapping[str, int]) -> frozenset[str]:
        """Columns of the store that a file with these columns says nothing about."""
        found: set[str] = set()
        for name, columns in (self.store_columns or {}).items():
            if name not in at:
                found.update(columns)
        return frozenset(found)


def _bare(name: str) -> str:
    return re.sub(r" \([a-z]{3}\)$", "", _plain(name))


def _plain(name: str) -> str:
    return " ".join(name.strip().lower().replace("_", " ").split())
