"""Counts: a sheet in walking order, and how far it is. The sheet says what to count and never how much should lie
there."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ecomos.errors import Refused
from ecomos.stock.count_plan import Rhythm, due_bins
from ecomos.stock.hands import COUNTERS, LEADS, Hand
from ecomos.stock.places import place_named
from ecomos.store import write

__all__ = [
    "Count",
    "SheetLine",
    "count_of",
    "counts_list",
    "drop_count",
    "make_audit",
    "make_count",
    "make_cycle_count",
    "sheet",
]

OPEN = ("open", "recount", "to approve")


@dataclass(frozen=True)
class Count:
    """A count and how far it is."""

    id: int
    kind: str
    """cycle, asked, audit."""
    status: str
    location_id: int
    place: str
    planned_on: str
    made_at: str
    closed_at: str | None
    because: str
    lines: int
    open: int
    """Lines that nobody has counted."""
    recount: int
    to_approve: int
    wrong: int
    """Settled lines that differed."""
    bins: int
    bins_done: int

    @property
    def title(self) -> str:
        """As people call it."""
        words = {"cycle": "Count", "asked": "Count asked for", "audit": "Yearly audit"}
        return f"{words[self.kind]} {self.id}, {self.place}"


@dataclass(frozen=True)
class SheetLine:
    """What a counter may know of a line: where, what, and whether it is to be counted. Never how much."""

    line_no: int
    bin: str
    variant_id: int
    sku: str
    name: str
    barcode: str
    status: str
    counted_by: int | None
    """Who counted first: another person counts again."""
    because: str


_COUNTS = """
-- One row per count, with how many of its lines and bins stand how.
with lines as (
  select count_id, count(*) as lines, sum(status = 'open') as open, sum(status = 'recount') as recount,
    sum(status = 'to approve') as to_approve, sum(status = 'settled' and variance <> 0) as wrong
  from count_lines {of_count} group by 1
), each_bin as (
  select count_id, sum(status not in ('settled', 'dropped')) = 0 as is_done
  from count_lines {of_count} group by count_id, coalesce(bin_id, -variant_id)
), bins as (select count_id, count(*) as bins, sum(is_done) as bins_done from each_bin group by 1)
select c.id, c.kind, c.status, c.location_id, l.name as place, c.planned_on, c.made_at, c.closed_at,
  coalesce(c.because, '') as because, n.lines, n.open, n.recount, n.to_approve, coalesce(n.wrong, 0) as wrong,
  b.bins, b.bins_done
from counts c join locations l on l.id = c.location_id join lines n on n.count_id = c.id
join bins b on b.count_id = c.id
order by c.status in ('done', 'dropped'), c.id desc"""
_ALL = _COUNTS.format(of_count="")
_ONE = _COUNTS.format(of_count="where count_id = ?1")


def counts_list(db: sqlite3.Connection) -> list[Count]:
    """Every count, those under way first, then the newest."""
    return [Count(**dict(row)) for row in db.execute(_ALL)]


def count_of(db: sqlite3.Connection, number: int) -> Count:
    """Raises Refused where there is no such count."""
    row = db.execute(_ONE, [number]).fetchone()
    if row is None:
        raise Refused("There is no such count.")
    return Count(**dict(row))


def sheet(db: sqlite3.Connection, number: int) -> list[SheetLine]:
    """The lines in walking order, blind."""
    rows = db.execute(
        """select x.line_no, coalesce(b.name, '') as bin, x.variant_id, coalesce(v.sku, '') as sku,
             case v.title when 'Default Title' then p.title else p.title || ' ' || v.title end as name,
             coalesce(v.barcode, '') as barcode, x.status, x.counted_by, coalesce(x.recount_because, '') as because
           from count_lines x join variants v on v.id = x.variant_id join products p on p.id = v.product_id
           left join bins b on b.id = x.bin_id where x.count_id = ? order by x.line_no""",
        [number],
    )
    return [SheetLine(**dict(row)) for row in rows]


def make_cycle_count(db: sqlite3.Connection, hand: Hand, place: int, rhythm: Rhythm, today: date) -> int:
    """A count of the bins whose time has come, as many as the policy says; gives its number. Raises Refused where
    nothing is due."""
    hand.must_be(LEADS | {"buyer"}, "Planning a count")
    place_named(db, place)
    with write(db):
        due = due_bins(db, place, rhythm, today)[: rhythm.bins]
        if not due:
            raise Refused("Nothing is due in this place: every bin was counted within its time.")
        variants = {v for d in due for v in d.variants}
        return _make(db, hand, place, ("cycle", today.isoformat(), due[0].why), variants)


def make_count(
    db: sqlite3.Connection, hand: Hand, place: int, variants: Sequence[int], today: date, because: str
) -> int:
    """A count of these things in a place, asked for by somebody; gives its number."""
    hand.must_be(COUNTERS, "Asking for a count")
    place_named(db, place)
    if not variants:
        raise Refused("Which things? Name one at least.")
    with write(db):
        return _make(db, hand, place, ("asked", today.isoformat(), because.strip()[:200]), set(variants))


def make_audit(db: sqlite3.Connection, hand: Hand, place: int, today: date) -> int:
    """The yearly audit: everything in a place, bin by bin, while selling goes on; gives its number."""
    hand.must_be(LEADS, "Beginning a yearly audit")
    place_named(db, place)
    with write(db):
        if db.execute(
            """select 1 from counts where kind = 'audit' and location_id = ?
                 and status in ('open', 'recount', 'to approve')""",
            [place],
        ).fetchone():
            raise Refused("An audit of this place is under way already.")
        rows = db.execute(
            """select variant_id from stock_levels where location_id = ?1 and state = 'sellable' union
               select x.variant_id from variant_bins x join bins b on b.id = x.bin_id where b.location_id = ?1""",
            [place],
        )
        variants = {row[0] for row in rows}
        if not variants:
            raise Refused("Nothing lies in this place by the ledger, and no bin has a thing.")
        return _make(db, hand, place, ("audit", today.isoformat(), "everything in this place"), variants)


def _make(db: sqlite3.Connection, hand: Hand, place: int, what: tuple[str, str, str], variants: Iterable[int]) -> int:
    number = db.execute(
        """insert into counts(location_id, kind, status, planned_on, made_at, made_by, because)
           values (?, ?, 'open', ?, ?, ?, ?) returning id""",
        [place, what[0], what[1], hand.at, hand.person_id, what[2]],
    ).fetchone()[0]
    newest = db.execute("select coalesce(max(id), 0) from stock_moves").fetchone()[0]
    lines = [line for variant in variants for line in _lines(db, place, variant)]
    lines.sort(key=lambda line: line[0])
    db.executemany(
        """insert into count_lines(count_id, line_no, variant_id, bin_id, sheet_move_id, status)
           values (?, ?, ?, ?, ?, 'open')""",
        [(number, n, variant, bin_id, newest) for n, (_, variant, bin_id) in enumerate(lines, 1)],
    )
    return int(number)


def _lines(db: sqlite3.Connection, place: int, variant: int) -> list[tuple[tuple[object, ...], int, int | None]]:
    """(its turn in the walk, thing, bin) for each bin of the place that the thing lies in, or one without a bin."""
    sku = db.execute("select coalesce(sku, '') from variants where id = ?", [variant]).fetchone()
    if sku is None:
        raise Refused("There is no such thing.")
    bins = db.execute(
        """select b.id, b.name, b.walk from variant_bins x join bins b on b.id = x.bin_id
           where x.variant_id = ? and b.location_id = ?""",
        [variant, place],
    ).fetchall()
    if not bins:
        return [((1, 0, "", sku[0], variant), variant, None)]
    return [((0, *_turn(b), sku[0], variant), variant, b["id"]) for b in bins]


def _turn(b: sqlite3.Row) -> tuple[float, str]:
    return (b["walk"] if b["walk"] is not None else float("inf"), b["name"])


def drop_count(db: sqlite3.Connection, hand: Hand, number: int) -> None:
    """Give a count up: what is settled stays, the other lines are dropped. Raises Refused for one that is over."""
    hand.must_be(LEADS | {"buyer"}, "Dropping a count")
    with write(db):
        if count_of(db, number).status not in OPEN:
            raise Refused("This count is over already.")
        db.execute("update count_lines set status = 'dropped' where count_id = ? and status <> 'settled'", [number])
        db.execute("update counts set status = 'dropped', closed_at = ? where id = ?", [hand.at, number])
