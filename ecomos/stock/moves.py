"""The stock ledger: every piece that came, left or was moved is a row, and a level is the sum of its rows. Nothing else
writes `stock_levels.on_hand`."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Move", "book"]


@dataclass(frozen=True)
class Move:
    """So many pieces of one thing in one place and state, up or down."""

    variant_id: int
    location_id: int
    quantity: int
    """Above 0: there are more now. May bring the level below 0: the parcel has left, whatever the level says."""
    kind: str
    """ship, receive, return, count, adjust, transfer, state, build; opening and snapshot are an import's."""
    happened_at: str
    """Instant, UTC."""
    actor: str
    """person:3, import:5, run:12, clock."""
    state: str = "sellable"
    """sellable, hold, damaged."""
    reason: str | None = None
    unit_cost_cents: int | None = None
    """What a piece cost, in the store's currency, freight and duty included."""
    ref: tuple[str, Any] | None = None
    """What it belongs to, as ("order", 7)."""
    ref_line: int | None = None
    bin_id: int | None = None
    pair: int | None = None
    """Shared by the two halves of one deed."""
    key: str | None = None
    """What may happen once only, as `ship:parcel:7:2`."""


def book(db: sqlite3.Connection, moves: Iterable[Move], recorded_at: str) -> list[int]:
    """Write moves inside the caller's transaction; gives their ids. One whose key is there already is left out."""
    written = []
    for m in moves:
        row = db.execute(
            """insert into stock_moves(happened_at, recorded_at, actor, variant_id, location_id, state, quantity, kind,
                 reason, unit_cost_cents, ref_type, ref_id, ref_line, bin_id, pair, key)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do nothing returning id""",
            [
                m.happened_at,
                recorded_at,
                m.actor,
                m.variant_id,
                m.location_id,
                m.state,
                m.quantity,
                m.kind,
                m.reason,
                m.unit_cost_cents,
                *(m.ref or (None, None)),
                m.ref_line,
                m.bin_id,
                m.pair,
                m.key,
            ],
        ).fetchone()
        if row is not None:
            written.append(int(row[0]))
    return written
