"""What an import says for itself: kept as JSON with the import, told in plain words on the command line and page."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ecomos.errors import Problem

__all__ = ["Account", "read_account", "save_account"]

SHOWN = 50


@dataclass(frozen=True)
class Account:
    """One import's account. Rows are rows of the file."""

    file: str
    status: str
    """loaded, refused, asks (nothing is loaded until somebody chooses), already (this very file was loaded before)."""
    import_id: int = 0
    kind: str = ""
    """As for `--as`; empty where the file was not recognised."""
    channel: str = ""
    is_baseline: bool = False
    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_rejected: int = 0
    readings: Mapping[str, str] = field(default_factory=dict)
    """What was chosen for the whole file: encoding, separator, decimal, date, currency, zone."""
    choices: Sequence[tuple[str, str]] = ()
    """What may be meant, and the value for `--read` that says so."""
    rejects: Sequence[tuple[int, str]] = ()
    """Line and reason of the first rejected rows; all of them stand in the table `rejects`."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """orders, lines, no_sku, no_shipping, non_merchandise, unmatched, without_customer, adoptions, …"""
    unmatched: Mapping[str, int] = field(default_factory=dict)
    """Examples of lines that match no product, by SKU or title, with how often they occur."""
    identities: Sequence[str] = ()
    days: Sequence[str] = ()
    """The store's days against the file's own."""
    older: Sequence[str] = ()
    """Orders whose state would run backwards: an older file? Nothing of them was applied."""
    corrected: Sequence[str] = ()
    """What staff corrected and the file now says otherwise: both are shown, the correction stays."""
    notes: Sequence[str] = ()
    history: int = 0
    """Facts older than go-live or the baseline: rows, but no events."""
    events: int = 0
    problems: Sequence[Problem] = ()
    newest_at: str = ""
    low: Sequence[tuple[str, str]] = ()
    """Things that became low by this file, and what can still be sold of each, in words; the least first."""
    mark: str = ""
    """Which file in the inbox it was, where it was not loaded: so that one that was not moved yet is told once."""

    @property
    def is_fine(self) -> bool:
        """Loaded (now or before) and every row was read."""
        return self.status in ("loaded", "already") and not self.rows_rejected

    def lines(self) -> list[str]:
        """The account in plain words, one fact a line."""
        return [*self._headline(), *self._readings(), *self._noted(), *self._listed()]

    def _headline(self) -> list[str]:
        if self.status == "already":
            return [f"{self.file}: this very file was loaded before (import {self.import_id}); nothing to do."]
        if self.status != "loaded":
            asks = "nothing is loaded until you choose" if self.status == "asks" else "refused, nothing was loaded"
            return [f"{self.file}: {asks}.", *[p.message for p in self.problems], *self._choices()]
        if self.kind == "mail":
            return []  # its note says what became of it
        which = "channel and kind" if self.channel else "kind"
        first = f"the first of this {which}: rows, no events" if self.is_baseline else f"{self.events} events"
        of = f" of the channel {self.channel}" if self.channel else ""
        return [
            f"{self.file}: taken for {self.kind}{of} ({first}).",
            f"Rows: {self.rows_read} read, {self.rows_new} new, {self.rows_changed} changed, "
            f"{self.rows_rejected} rejected.",
        ]

    def _choices(self) -> list[str]:
        return [f"  {text}: --channel {v[8:]}" if v.startswith("channel=") else f"  {text}: --read {v}"
                for text, v in self.choices]  # fmt: skip

    def _readings(self) -> list[str]:
        if not self.readings:
            return []
        return ["Read as: " + ", ".join(f"{name} {value}" for name, value in self.readings.items()) + "."]

    def _noted(self) -> list[str]:
        words = {
            "orders": "orders",
            "lines": "lines",
            "products": "products",
            "variants": "variants",
            "levels": "levels of stock",
            "not_stocked": "places where a thing is not stocked",
            "suppliers": "suppliers",
            "items": "things that they supply",
            "unknown_items": "of them match no product",
            "campaigns": "campaigns",
            "no_sku": "lines without a SKU",
            "no_shipping": "lines that need no shipping",
            "non_merchandise": "lines that are not merchandise",
            "unmatched": "lines that match no product",
            "without_customer": "orders without a known customer",
            "lines_without_customer": "lines without a known customer",
            "adoptions": "orders still open, listed to be adopted or left",
        }
        counted = [f"{self.counts[name]} {word}" for name, word in words.items() if self.counts.get(name)]
        found = [", ".join(counted[:2]) + "."] if counted else []
        found += [f"{text}." for text in counted[2:]]
        if self.unmatched:
            found.append("Unmatched, for example: " + ", ".join(f"{n} ({c})" for n, c in self.unmatched.items()) + ".")
        if self.history:
            found.append(
                f"{self.history} facts are history (older than go-live or the first load): they start nothing."
            )
        if self.low:
            named = ", ".join(f"{name} ({left})" for name, left in self.low[:SHOWN])
            found.append(f"Low since this file: {named}.")
        return [*found, *self.identities, *self.days, *self.notes]

    def _listed(self) -> list[str]:
        found = [f"line {line}: {reason}" for line, reason in self.rejects]
        if self.rows_rejected > len(self.rejects):
            found.append(f"and {self.rows_rejected - len(self.rejects)} more rejected rows.")
        found += [f"older file? {text}; not applied" for text in self.older[:SHOWN]]
        if len(self.older) > SHOWN:
            found.append(f"and {len(self.older) - SHOWN} more that would run backwards.")
        return found + list(self.corrected)


def save_account(db: sqlite3.Connection, account: Account) -> None:
    """Keep the account with its import, inside the caller's transaction; personal values are left out."""
    kept = asdict(account) | {"corrected": list(account.corrected)}
    db.execute("update imports set account = ? where id = ?", [json.dumps(kept, ensure_ascii=False), account.import_id])


def read_account(db: sqlite3.Connection, import_id: int) -> Account:
    """The account of an import. Raises LookupError where there is no such import."""
    row = db.execute("select account from imports where id = ?", [import_id]).fetchone()
    if row is None:
        raise LookupError(f"no import {import_id}")
    kept: dict[str, Any] = json.loads(row["account"])
    kept["choices"] = [tuple(c) for c in kept.get("choices", [])]
    kept["rejects"] = [tuple(r) for r in kept.get("rejects", [])]
    kept["low"] = [tuple(one) for one in kept.get("low", [])]
    kept["problems"] = [Problem(**p) for p in kept.get("problems", [])]
    kept["corrected"] = [_told(db, *c.split("|")) for c in kept.get("corrected", [])]
    return Account(**kept)


def _told(db: sqlite3.Connection, order_id: str, column: str) -> str:
    """Both values of a corrected column, from the tables where they can be erased."""
    row = db.execute(
        """select c.value, o.number, h.name as channel from corrections c
           join orders o on o.id = c.ref_id join channels h on h.id = o.channel_id
           where c.ref_type = 'order' and c.ref_id = ? and c.field = ? order by c.id desc limit 1""",
        [int(order_id), column],
    ).fetchone()
    says = db.execute("select * from order_contacts where order_id = ?", [int(order_id)]).fetchone()
    if row is None or says is None or column not in set(says.keys()):
        return f"a correction of order {order_id} ({column}) differs from the file"
    return (
        f"order:{row['channel']}/{row['number'].lstrip('#')} {column}: staff wrote “{row['value']}”, "
        f"the file now says “{says[column] or ''}”; the correction stays"
    )
