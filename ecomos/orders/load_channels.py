"""The channels that orders come in through. A channel is made once, by hand or by its first import."""

import re
import sqlite3
from dataclasses import dataclass

from ecomos.errors import WrongUsage

__all__ = ["NO_CHANNEL", "Channel", "channels_of", "ensure_channel", "find_channel"]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}")


@dataclass(frozen=True)
class Channel:
    """One channel; `currency` and `tax_inclusive` are None until somebody, or an import, decided them."""

    id: int
    name: str
    platform: str
    currency: str | None
    time_zone: str | None
    tax_inclusive: bool | None


NO_CHANNEL = Channel(0, "", "", None, None, None)
"""Where a list of the house's own stands, as that of its suppliers."""


def _channel(row: sqlite3.Row) -> Channel:
    inclusive = None if row["tax_inclusive"] is None else bool(row["tax_inclusive"])
    return Channel(row["id"], row["name"], row["platform"], row["currency"], row["time_zone"], inclusive)


def find_channel(db: sqlite3.Connection, name: str) -> Channel | None:
    """The channel of that name, or None."""
    row = db.execute("select * from channels where name = ?", [name]).fetchone()
    return _channel(row) if row else None


def channels_of(db: sqlite3.Connection, platform: str) -> list[Channel]:
    """Every channel of a platform, oldest first."""
    return [_channel(r) for r in db.execute("select * from channels where platform = ? order by id", [platform])]


def ensure_channel(db: sqlite3.Connection, name: str, platform: str, currency: str | None = None) -> Channel:
    """The channel of that name, made where it is not there; inside the caller's transaction.

    Raises WrongUsage where the name is taken by another platform or is no plain name (it stands in references and
    as a folder of the inbox).
    """
    if not NAME.fullmatch(name) or name in ("read", "refused"):
        raise WrongUsage(f"“{name}” is no name for a channel: letters, digits, blank, dot, dash; not read or refused.")
    found = find_channel(db, name)
    if found is None:
        db.execute("insert into channels(name, platform, currency) values (?, ?, ?)", [name, platform, currency])
        found = find_channel(db, name)
        assert found is not None
    if found.platform != platform:
        raise WrongUsage(f"The channel {name} is of {found.platform}, this file is of {platform}.")
    return found
