"""What was lost and where it came from, month by month; and what a place is worth by its yearly audit."""

import csv
import io
import sqlite3
from dataclasses import dataclass

from ecomos.stock.count_entry import cost_of

__all__ = ["Shrink", "Valued", "shrink", "shrink_by_month", "valued_csv", "valued_list"]


@dataclass(frozen=True)
class Shrink:
    """What one cause took, or gave back, since a day."""

    cause: str
    step: str
    lost: int
    """Pieces."""
    found: int
    lost_cents: int
    found_cents: int
    times: int


_LINES = """
-- One row per difference that was booked: by a count, or written off from hold and damaged.
with booked as (
  select x.cause, x.step, x.variance as pieces, x.variance_cents as cents, m.happened_at as at
  from count_lines x join stock_moves m on m.id = x.move_id
  union all
  select 'written off', 'returns and storage', m.quantity,
    m.quantity * coalesce(m.unit_cost_cents, v.cost_cents, 0), m.happened_at
  from stock_moves m join variants v on v.id = m.variant_id
  where m.kind = 'adjust' and m.state <> 'sellable' and m.quantity < 0
  union all
  select 'corrected by hand', 'unknown', m.quantity, m.quantity * coalesce(m.unit_cost_cents, v.cost_cents, 0),
    m.happened_at
  from stock_moves m join variants v on v.id = m.variant_id where m.kind = 'adjust' and m.state = 'sellable'
)"""


def shrink(db: sqlite3.Connection, since: str) -> list[Shrink]:
    """By cause since an instant, the dearest first; money at cost."""
    rows = db.execute(
        f"""{_LINES} select cause, step, sum(case when pieces < 0 then -pieces else 0 end) as lost,
              sum(case when pieces > 0 then pieces else 0 end) as found,
              sum(case when cents < 0 then -cents else 0 end) as lost_cents,
              sum(case when cents > 0 then cents else 0 end) as found_cents, count(*) as times
            from booked where at >= ? group by cause, step order by lost_cents - found_cents desc, cause""",
        [since],
    )
    return [Shrink(**dict(row)) for row in rows]


def shrink_by_month(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """(month as 2026-11, what was lost less what was found, in minor units at cost), the oldest first."""
    rows = db.execute(
        f"{_LINES} select substr(at, 1, 7) as month, -sum(cents) as cents from booked group by 1 order by 1"
    )
    return [(row["month"], row["cents"]) for row in rows]


@dataclass(frozen=True)
class Valued:
    """One thing of an audit, with what it is worth."""

    sku: str
    name: str
    bins: str
    state: str
    pieces: int
    source: str
    """counted, or by the ledger: what is held back or damaged stands on sheets of its own."""
    unit_cents: int
    cents: int


_COUNTED = """
select x.variant_id, coalesce(v.sku, '') as sku,
  case v.title when 'Default Title' then p.title else p.title || ' ' || v.title end as name,
  group_concat(b.name, ', ') as bins, sum(coalesce(x.recounted, x.counted)) + max(coalesce(x.picked, 0)) as pieces
from count_lines x join variants v on v.id = x.variant_id join products p on p.id = v.product_id
left join bins b on b.id = x.bin_id where x.count_id = ? and x.status = 'settled' group by x.variant_id order by sku"""


def valued_list(db: sqlite3.Connection, number: int) -> list[Valued]:
    """What an audit has settled so far, at cost: what was counted and what stood at packing; and by the ledger what is
    held back or damaged there."""
    found = []
    for row in db.execute(_COUNTED, [number]).fetchall():
        unit = cost_of(db, row["variant_id"])
        worth = row["pieces"] * unit
        found.append(
            Valued(row["sku"], row["name"], row["bins"] or "", "sellable", row["pieces"], "counted", unit, worth)
        )
    for row in db.execute(
        """select s.variant_id, s.state, s.on_hand, coalesce(v.sku, '') as sku,
             case v.title when 'Default Title' then p.title else p.title || ' ' || v.title end as name
           from stock_levels s join counts c on c.id = ? and c.location_id = s.location_id
           join variants v on v.id = s.variant_id join products p on p.id = v.product_id
           where s.state <> 'sellable' and s.on_hand <> 0 order by sku""",
        [number],
    ).fetchall():
        unit, pieces = cost_of(db, row["variant_id"]), row["on_hand"]
        found.append(Valued(row["sku"], row["name"], "", row["state"], pieces, "by the ledger", unit, pieces * unit))
    return found


def valued_csv(db: sqlite3.Connection, number: int, currency: str) -> str:
    """The valued list as a file, money in major units, its sum in the last row."""
    from ecomos.money import from_cents

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["SKU", "Name", "Bins", "State", "Pieces", "Source", f"Cost a piece ({currency})", f"Value ({currency})"]
    )
    rows = valued_list(db, number)
    for v in rows:
        unit, worth = from_cents(v.unit_cents, currency), from_cents(v.cents, currency)
        writer.writerow([_plain(v.sku), _plain(v.name), _plain(v.bins), v.state, v.pieces, v.source, unit, worth])
    total = from_cents(sum(v.cents for v in rows), currency)
    writer.writerow(["", "Sum", "", "", sum(v.pieces for v in rows), "", "", total])
    return out.getvalue()


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
