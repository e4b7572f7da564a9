"""What is counted next: what sells much comes round often, what was found wrong sooner, and a bin is counted whole."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

__all__ = ["Due", "Rhythm", "due_bins", "rhythm_of"]


@dataclass(frozen=True)
class Rhythm:
    """How often each class is counted, and how a difference is taken; values of policies/counting.md."""

    every: Mapping[str, timedelta]
    """By class A, B, C."""
    again_after: timedelta
    """How soon what was found wrong is counted again."""
    bins: int
    """How many bins a count has."""
    tolerance_pieces: int
    tolerance_percent: int
    """A difference of at most so many pieces, or so much of what was expected, is taken without a second count."""

    def allows(self, expected: int, counted: int) -> bool:
        """Is this difference within tolerance?"""
        off = abs(counted - expected)
        return off <= self.tolerance_pieces or off * 100 <= self.tolerance_percent * abs(expected)


def rhythm_of(said: Mapping[str, Any]) -> Rhythm:
    """The rhythm as the policy `counting` says: policy.counting.class_a_every, policy.counting.class_b_every,
    policy.counting.class_c_every, policy.counting.again_after, policy.counting.bins_a_week,
    policy.counting.tolerance_pieces, policy.counting.tolerance_percent; the starter's values where one is not there."""
    days = {"A": 28, "B": 84, "C": 182}
    return Rhythm(
        {c: said.get(f"class_{c.lower()}_every", timedelta(days=n)) for c, n in days.items()},
        said.get("again_after", timedelta(days=14)),
        int(said.get("bins_a_week", 20)),
        int(said.get("tolerance_pieces", 0)),
        int(said.get("tolerance_percent", 0)),
    )


@dataclass(frozen=True)
class Due:
    """A bin whose time has come, or a thing without one."""

    bin_id: int | None
    bin: str
    location_id: int
    variants: tuple[int, ...]
    overdue: float
    """How many of its rhythms have passed; 1 is just due, more is late."""
    why: str


_THINGS = """
-- One row per thing, place and bin: its class, when it was counted last and whether that was right.
with last as (
  select l.variant_id, c.location_id, max(coalesce(l.recounted_at, l.counted_at)) as at
  from count_lines l join counts c on c.id = l.count_id where l.status = 'settled' group by 1, 2
), wrong as (
  select l.variant_id, c.location_id, coalesce(l.recounted_at, l.counted_at) as at, max(l.variance <> 0) as is_wrong
  from count_lines l join counts c on c.id = l.count_id where l.status = 'settled' group by 1, 2, 3
)
select s.variant_id, s.location_id, b.id as bin_id, b.name as bin, b.walk,
  coalesce((select abc from stock_classes k where k.variant_id = s.variant_id order by day_on desc limit 1),
    (select max(p.abc) from stock_plans p where p.variant_id = s.variant_id), 'C') as abc,
  last.at, coalesce(wrong.is_wrong, 0) as is_wrong,
  (select min(happened_at) from stock_moves m
    where m.variant_id = s.variant_id and m.location_id = s.location_id) as since
from stock_levels s join locations l on l.id = s.location_id and l.kind = 'shelf'
left join variant_bins x on x.variant_id = s.variant_id
  and x.bin_id in (select id from bins where location_id = s.location_id)
left join bins b on b.id = x.bin_id
left join last on last.variant_id = s.variant_id and last.location_id = s.location_id
left join wrong on wrong.variant_id = s.variant_id and wrong.location_id = s.location_id and wrong.at = last.at
where s.state = 'sellable' and s.location_id = ?
  and not exists (select 1 from count_lines o join counts c on c.id = o.count_id where o.variant_id = s.variant_id
    and c.location_id = s.location_id and c.status in ('open', 'recount', 'to approve')
    and o.status not in ('settled', 'dropped'))"""


def due_bins(db: sqlite3.Connection, place: int, rhythm: Rhythm, today: date) -> list[Due]:
    """Every bin of a place whose time has come, the most overdue first; what is being counted already is left out."""
    found: dict[tuple[int | None, int], list[tuple[float, str, sqlite3.Row]]] = {}
    for row in db.execute(_THINGS, [place]).fetchall():
        overdue, why = _overdue(row, rhythm, today)
        key = (row["bin_id"], 0 if row["bin_id"] else row["variant_id"])
        found.setdefault(key, []).append((overdue, why, row))
    due = []
    for (bin_id, _), things in found.items():
        worst = max(things, key=lambda t: t[0])
        if worst[0] >= 1:
            variants = tuple(sorted(t[2]["variant_id"] for t in things))
            due.append(Due(bin_id, worst[2]["bin"] or "no bin", place, variants, round(worst[0], 2), worst[1]))
    return sorted(due, key=lambda d: (-d.overdue, d.bin, d.variants))


def _overdue(row: sqlite3.Row, rhythm: Rhythm, today: date) -> tuple[float, str]:
    abc = row["abc"]
    span = rhythm.every[abc]
    if row["at"] is None:
        days = (today - date.fromisoformat(row["since"][:10])).days if row["since"] else 0
        return 1 + days / span.days, f"class {abc}, never counted"
    days = (today - date.fromisoformat(row["at"][:10])).days
    if row["is_wrong"]:
        span = min(span, rhythm.again_after)
        return days / span.days, f"class {abc}, was wrong {days} days ago"
    return days / span.days, f"class {abc}, counted {days} days ago"
