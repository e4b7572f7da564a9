"""How much lies where, as the platform counts it at one moment: a later file replaces an earlier one, never the other
way round. What it says is kept; the levels follow by moves."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ecomos.errors import EcomosError
from ecomos.orders.load_records import Rejected
from ecomos.stock.committed import count_committed
from ecomos.stock.matching import match_fulfilments
from ecomos.stock.moves import Move, book
from ecomos.stock.platform import Settling, settle, settle_import
from ecomos.stock.shipping import book_parcels, move_home
from ecomos.store import parse_iso

__all__ = [
    "EVERYWHERE",
    "LevelRecord",
    "OlderSnapshot",
    "Snapshot",
    "has_snapshot",
    "load_levels",
    "load_quantities",
]

EVERYWHERE = "All places (products file)"
"""The location of quantities that a products file gives without saying where."""
SNAPSHOT = "shopify-inventory"


class OlderSnapshot(EcomosError):
    """The file says how things stood before what is known already: it sets no level."""


@dataclass(frozen=True)
class LevelRecord:
    """What one row says of one thing in one place; a thing that is not stocked there has no quantities."""

    handle: str
    title: str
    """The variant's option values, joined by " / "."""
    sku: str | None
    location: str
    line: int
    on_hand: int | None = None
    """What lies there, whatever its state; None: not stocked there."""
    unavailable: int | None = None
    """Of that, what may not be sold: damaged, under inspection, held back."""
    committed: int | None = None
    """Of that, what is sold and has not left; None where the file does not say."""
    incoming: int | None = None


@dataclass
class Snapshot:
    """What a file of levels did, in rows of the file, and what can be sold before and after it."""

    import_id: int
    rows_new: int = 0
    rows_changed: int = 0
    levels: int = 0
    not_stocked: int = 0
    rejects: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    before: Mapping[int, int] = field(default_factory=dict)
    """Variant → pieces that could be sold, all places together."""
    after: Mapping[int, int] = field(default_factory=dict)


def has_snapshot(db: sqlite3.Connection, channel_id: int) -> bool:
    """Whether an inventory file of this channel was ever loaded."""
    row = db.execute(
        "select 1 from imports where channel_id = ? and kind = ? and status = 'loaded' limit 1", [channel_id, SNAPSHOT]
    ).fetchone()
    return row is not None


def load_levels(
    db: sqlite3.Connection,
    channel_id: int,
    import_id: int,
    as_of: str,
    records: Iterable[LevelRecord],
    now: str | None = None,
) -> Snapshot:
    """Keep what the platform says as of that time, inside the caller's transaction, and bring the levels there; what
    the file does not name stays. `now` is when it is recorded.

    Raises OlderSnapshot where the channel's levels are of a later time.
    """
    _must_not_be_older(db, channel_id, as_of)
    found = Snapshot(import_id, before=_sellable(db, channel_id))
    writing = _Writing(db, channel_id, found, Settling(as_of, now or as_of, f"import:{import_id}", import_id))
    for record in records:
        writing.take(record)
    writing.flush()
    _forget_everywhere(db, channel_id, writing)
    found.after = _sellable(db, channel_id)
    return found


def load_quantities(
    db: sqlite3.Connection,
    channel_id: int,
    import_id: int,
    as_of: str,
    quantities: Mapping[tuple[str, str], int],
    now: str | None = None,
) -> Snapshot:
    """Levels from a products file, (handle, variant's title) → pieces, where it is the only source; an older file sets
    none and says so."""
    found = Snapshot(import_id, before=_sellable(db, channel_id))
    try:
        _must_not_be_older(db, channel_id, as_of)
    except OlderSnapshot as older:
        found.notes.append(f"No level was set: {older}")
        return found
    writing = _Writing(db, channel_id, found, Settling(as_of, now or as_of, f"import:{import_id}", import_id))
    for (handle, title), quantity in quantities.items():
        writing.take(LevelRecord(handle, title, None, EVERYWHERE, 0, on_hand=quantity))
    writing.flush()
    found.after = _sellable(db, channel_id)
    return found


def _must_not_be_older(db: sqlite3.Connection, channel_id: int, as_of: str) -> None:
    newest = db.execute(
        """select max(s.as_of) from platform_levels s join variants v on v.id = s.variant_id
           join products p on p.id = v.product_id where p.channel_id = ? and s.import_id is not null""",
        [channel_id],
    ).fetchone()[0]
    if newest is not None and as_of < newest:
        raise OlderSnapshot(
            f"it tells how things stood at {parse_iso(as_of):%Y-%m-%d %H:%M} UTC, the levels in the store are of "
            f"{parse_iso(newest):%Y-%m-%d %H:%M} UTC. Export it anew, or say when it was exported with "
            "--read as_of=2026-11-24T08:00."
        )


def _sellable(db: sqlite3.Connection, channel_id: int) -> dict[int, int]:
    rows = db.execute(
        """select s.variant_id, sum(s.on_hand - coalesce(s.committed, 0)) as pieces
           from stock_levels s join variants v on v.id = s.variant_id join products p on p.id = v.product_id
           where p.channel_id = ? and s.state = 'sellable' group by s.variant_id""",
        [channel_id],
    )
    return {row["variant_id"]: row["pieces"] for row in rows}


def _forget_everywhere(db: sqlite3.Connection, channel_id: int, writing: "_Writing") -> None:
    """A file that names places replaces what a products file said without them; parcels on top of that go along."""
    rows = db.execute(
        """select s.variant_id, s.location_id from stock_levels s join locations l on l.id = s.location_id
           join variants v on v.id = s.variant_id join products p on p.id = v.product_id
           where l.name = ? and p.channel_id = ? group by s.variant_id, s.location_id""",
        [EVERYWHERE, channel_id],
    ).fetchall()
    for row in rows:
        moved = move_home(db, row["variant_id"], row["location_id"], writing.how.at, writing.how.recorded_at)
        _leave(db, row["variant_id"], row["location_id"], writing.how)
        settle(db, moved, writing.how)


_OURS = """
select s.state, s.on_hand, coalesce((select sum(m.quantity)
    from stock_moves m left join move_facts f on f.move_id = m.id
    where m.variant_id = s.variant_id and m.location_id = s.location_id and m.state = s.state
      and m.kind not in ('opening', 'snapshot') and (f.fact_at is null or f.fact_at > ?)), 0) as ours
from stock_levels s join locations l on l.id = s.location_id and l.master = 'platform'
where s.variant_id = ? and s.location_id = ?"""


def _leave(db: sqlite3.Connection, variant: int, place: int, how: Settling) -> None:
    """Not stocked there is not zero: what lies there by our own moves alone stays, else the level goes."""
    for row in db.execute(_OURS, [how.at, variant, place]).fetchall():
        away, why = row["ours"] - row["on_hand"], "not stocked there any more"
        if away:
            ref = ("import", how.import_id)
            move = Move(variant, place, away, "snapshot", how.at, how.actor, row["state"], why, ref=ref)
            book(db, [move], how.recorded_at)
    db.execute("delete from stock_levels where variant_id = ? and location_id = ? and on_hand = 0", [variant, place])
    db.execute("delete from platform_levels where variant_id = ? and location_id = ?", [variant, place])


class _Writing:
    """One snapshot on its way into the tables."""

    def __init__(self, db: sqlite3.Connection, channel_id: int, found: Snapshot, how: Settling) -> None:
        self.db, self.found, self.how = db, found, how
        self.by_name: dict[tuple[str, str], int] = {}
        self.by_sku: dict[str, int | None] = {}
        for row in db.execute(
            """select v.id, v.sku, v.title, p.handle from variants v join products p on p.id = v.product_id
               where p.channel_id = ?""",
            [channel_id],
        ):
            self.by_name[row["handle"], row["title"]] = row["id"]
            if row["sku"]:
                self.by_sku[row["sku"]] = None if row["sku"] in self.by_sku else row["id"]
        self.places: dict[str, int] = {r["name"]: r["id"] for r in db.execute("select id, name from locations")}
        self.known = {
            (r["variant_id"], r["location_id"], r["state"]): (r["on_hand"], r["committed"], r["incoming"])
            for r in db.execute("select * from platform_levels")
        }
        self.held = {
            (r["variant_id"], r["location_id"])
            for r in db.execute("select variant_id, location_id from stock_levels where state = 'hold'")
        }
        self.lines: dict[tuple[int, int], int] = {}
        self.rows: list[tuple[object, ...]] = []
        self.gone: list[tuple[int, int]] = []

    def take(self, record: LevelRecord) -> None:
        """One thing in one place."""
        variant = self.by_name.get((record.handle, record.title)) or self.by_sku.get(record.sku or "")
        if variant is None:
            if record.on_hand is not None:
                self._reject(record, "matches no product of this channel; load the products file first")
            return
        place = self._place(record.location)
        first = self.lines.setdefault((variant, place), record.line)
        if first != record.line:
            self._reject(record, f"is the same thing in the same place as line {first}")
            return
        if record.on_hand is None:
            self.found.not_stocked += 1
            self.gone.append((variant, place))
            return
        self._keep(variant, place, record)

    def _reject(self, record: LevelRecord, why: str) -> None:
        name = record.sku or f"{record.handle} {record.title}"
        self.found.rejects.append(Rejected(record.line, f"{name} {why}", f"{name}, {record.location}"))

    def _keep(self, variant: int, place: int, record: LevelRecord) -> None:
        held = record.unavailable or 0
        wanted = {"sellable": ((record.on_hand or 0) - held, record.committed, record.incoming)}
        if held or (record.unavailable is not None and self._holds(variant, place)):
            wanted["hold"] = (held, None, None)
        is_new, differs = True, False
        for state, values in wanted.items():
            before = self.known.get((variant, place, state))
            is_new = is_new and before is None
            differs = differs or values != before
            self.rows.append((variant, place, state, *values, self.how.at, self.found.import_id))
        self.found.levels += 1
        self.found.rows_new += is_new
        self.found.rows_changed += differs and not is_new

    def _holds(self, variant: int, place: int) -> bool:
        """Whether anything is or was held back there: else a zero of the file is no level."""
        return (variant, place, "hold") in self.known or (variant, place) in self.held

    def _place(self, name: str) -> int:
        if name not in self.places:
            row = self.db.execute("insert into locations(name) values (?) returning id", [name]).fetchone()
            self.places[name] = int(row[0])
        return self.places[name]

    def flush(self) -> None:
        """Keep it all, and bring the levels there."""
        self.db.executemany(
            """insert into platform_levels(variant_id, location_id, state, on_hand, committed, incoming, as_of,
                 import_id) values (?, ?, ?, ?, ?, ?, ?, ?)
               on conflict(variant_id, location_id, state) do update set on_hand = excluded.on_hand,
                 committed = excluded.committed, incoming = excluded.incoming, as_of = excluded.as_of,
                 import_id = excluded.import_id""",
            self.rows,
        )
        for variant, place in self.gone:
            _leave(self.db, variant, place, self.how)
        settle_import(self.db, self.how)
        self._open_ours()
        late = book_parcels(self.db, self.how.recorded_at, self.how.at)
        if late:
            settle(self.db, {*late, *match_fulfilments(self.db, None)}, self.how)
        count_committed(self.db)

    def _open_ours(self) -> None:
        """Where our number counts, the platform's is only the beginning of a thing that has no move yet."""
        rows = self.db.execute(
            """select p.* from platform_levels p join locations l on l.id = p.location_id
               where l.master = 'ecomos' and p.import_id = ? and p.on_hand <> 0 and not exists (
                 select 1 from stock_moves m where m.variant_id = p.variant_id and m.location_id = p.location_id)""",
            [self.how.import_id],
        ).fetchall()
        moves = [
            Move(
                r["variant_id"], r["location_id"], r["on_hand"], "opening", self.how.at, self.how.actor, r["state"],
                "first told by the platform", ref=("import", self.how.import_id),
            )
            for r in rows
        ]  # fmt: skip
        book(self.db, moves, self.how.recorded_at)
