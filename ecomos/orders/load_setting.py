"""How an import of orders stands before it begins, and what it did when it ended."""

import sqlite3
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ecomos.orders.load_channels import Channel
from ecomos.orders.load_records import Rejected

__all__ = ["OrderTally", "Setting", "baseline_newest"]


@dataclass(frozen=True)
class Setting:
    """How an import stands: which channel, which clock, what may start work."""

    import_id: int
    channel: Channel
    zone: ZoneInfo
    now: str
    is_baseline: bool
    since: str
    """Facts older than this are history: go-live, or the channel's newest baseline fact if that is later."""
    home_currency: str
    absent: frozenset[str] = frozenset()
    """Columns of the store that this file does not have at all."""
    absent_lines: frozenset[str] = frozenset()
    """Columns of `order_lines` that this kind of file never has."""
    makes_variants: bool = False
    """The platform has no product file: its codes become products."""
    accepted: frozenset[str] = frozenset()
    """Answers to questions asked before: `currency=INR`, `vendors=new`."""


@dataclass
class OrderTally:
    """What the import did; rows are rows of the file."""

    rows_new: int = 0
    rows_changed: int = 0
    orders: int = 0
    lines: int = 0
    unmatched: int = 0
    unmatched_examples: dict[str, int] = field(default_factory=dict)
    non_merchandise: int = 0
    no_sku: int = 0
    no_shipping: int = 0
    without_customer: int = 0
    lines_without_customer: int = 0
    adoptions: int = 0
    known: int = 0
    other_day: int = 0
    first_on: str = "9999"
    last_on: str = ""
    file_first_on: str = "9999"
    file_last_on: str = ""
    newest_at: str = ""
    events: int = 0
    history: int = 0
    older: list[str] = field(default_factory=list)
    corrected: list[tuple[int, str]] = field(default_factory=list)
    """Order and column where staff corrected what the file said and the file now says something else again."""
    rejects: list[Rejected] = field(default_factory=list)
    identities: list[str] = field(default_factory=list)


def baseline_newest(db: sqlite3.Connection, channel_id: int | None, kind: str) -> str | None:
    """The newest fact of the channel's baseline of that kind of file; None where there was no baseline yet."""
    row = db.execute(
        """select count(*), max(newest_at) from imports
           where channel_id is ? and kind = ? and status = 'loaded' and is_baseline""",
        [channel_id, kind],
    ).fetchone()
    return (row[1] or "") if row[0] else None
