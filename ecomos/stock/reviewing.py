"""The morning's list: what the plans propose, ranked by the money at stake, gathered so that a page of rows holds all
of it; and what somebody looked at and left, with the reason. Reads the plans, never makes them."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from ecomos.errors import Refused
from ecomos.orders.products import DEFAULT
from ecomos.store import iso

__all__ = [
    "BUCKETS",
    "DEEDS",
    "Entry",
    "Kept",
    "Proposal",
    "Rules",
    "bucket_counts",
    "entries",
    "keep",
    "kept",
    "proposal",
    "put_back",
    "standing",
    "whole",
]

DEEDS = ("order", "expedite", "count", "mark down", "discontinue", "transfer", "leave")
FEW = 3
"""Up to so many things of one deed stand in rows of their own."""
LINES = 40
"""So many proposals of a row are read at first."""
BUCKETS = ("already lost", "must be ordered now", "only into safety stock", "still achievable")
"""How bad it is for a thing that is short, the worst first."""


@dataclass(frozen=True)
class Rules:
    """What policies/stock.md says of the list."""

    rows: int
    """The most rows that are shown."""
    comes_back_days: int
    """After so many days a thing that was left is shown again, whatever happened."""
    cover_fell: Decimal
    """The share of its cover that a thing may lose until it is shown again: 0.25."""


@dataclass(frozen=True)
class Proposal:
    """What the plan proposes for one thing in one place."""

    variant_id: int
    location_id: int
    sku: str
    name: str
    deed: str
    rule: str
    bucket: str | None
    quantity: int
    """Pieces to order, whole packs; 0 where nothing is to be ordered."""
    cost_cents: int | None
    cost_source: str | None
    """supplier, product, or category: the median of things like it."""
    supplier_id: int | None
    supplier: str | None
    available: int
    coming: int
    cover_days: float | None
    demand_a_day: float
    lead_days: float
    lead_source: str
    margin_day_cents: int
    cash_cents: int
    stake_cents: int
    order_by_on: str | None
    drafted: int
    """Pieces on an order that is being drafted or waits for its yes."""

    @property
    def sum_cents(self) -> int | None:
        """What the proposed pieces cost; None without a cost."""
        return None if self.cost_cents is None else self.quantity * self.cost_cents


@dataclass(frozen=True)
class Entry:
    """One row of the list: an order at one supplier, one thing, or the things of one deed."""

    key: str
    deed: str
    title: str
    things: int
    stake_cents: int
    sum_cents: int
    """What its pieces cost, of all that have a cost."""
    cash_cents: int
    proposals: tuple[Proposal, ...]
    """The highest stake first; of many only the first ones: see `whole`."""
    supplier_id: int | None = None
    is_gathered: bool = False
    """Several things that have nothing but the deed in common."""
    suppliers: tuple[int | None, ...] = ()
    """Of the row of those suppliers that did not fit."""


@dataclass(frozen=True)
class Kept:
    """A proposal that somebody looked at and did nothing about, or has set going."""

    id: int
    variant_id: int
    location_id: int
    sku: str
    name: str
    deed: str
    because: str
    person: str
    reviewed_at: str
    until_on: str


_DRAFTED = """
with drafted as (
  select l.variant_id, o.location_id, sum(l.quantity) as pieces
  from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
  where o.status in ('draft', 'asked') group by 1, 2
),
reviewed as (
  select r.* from stock_reviews r
  join (select max(id) as id from stock_reviews group by variant_id, location_id) n on n.id = r.id
),
-- Proposals that wait for somebody: not on a draft already, not looked at and left since something changed.
standing as (
  select p.*, coalesce(d.pieces, 0) as drafted
  from stock_plans p
  left join drafted d on d.variant_id = p.variant_id and d.location_id = p.location_id
  left join reviewed r on r.variant_id = p.variant_id and r.location_id = p.location_id
  where p.deed <> 'leave'
    and not (p.deed = 'order' and coalesce(d.pieces, 0) > 0)
    and (r.id is null or :on >= r.until_on
      or r.deed <> p.deed or r.bucket is not p.bucket or r.cost_cents is not p.cost_cents
      or round(p.lead_days) <> round(coalesce(r.lead_days, 0))
      or (p.cover_days <= r.cover_days * (1 - :cover_fell) and p.cover_days < r.cover_days))
)
"""
_NAMED = """
select p.*, v.sku, v.title as variant, t.title as product, s.name as supplier
from {rows} p
join variants v on v.id = p.variant_id join products t on t.id = v.product_id
left join suppliers s on s.id = p.supplier_id
"""
_RANKED = " order by p.stake_cents desc, v.sku, p.variant_id"


def proposal(db: sqlite3.Connection, variant_id: int, location_id: int) -> Proposal:
    """The plan of one thing in one place, *leave* included. Raises LookupError where nothing is planned."""
    rows = "(select *, 0 as drafted from stock_plans where variant_id = ? and location_id = ?)"
    row = db.execute(_NAMED.format(rows=rows), [variant_id, location_id]).fetchone()
    if row is None:
        raise LookupError(f"no plan for thing {variant_id} in place {location_id}")
    return _proposal(row)


def _proposal(row: sqlite3.Row) -> Proposal:
    title = "" if row["variant"] == DEFAULT else row["variant"]
    given = {n: row[n] for n in Proposal.__dataclass_fields__ if n not in ("name", "sku")}
    return Proposal(**given, sku=row["sku"] or "", name=" ".join(w for w in (row["product"], title) if w))


def _given(on: date, rules: Rules) -> dict[str, object]:
    return {"on": on.isoformat(), "cover_fell": float(rules.cover_fell)}


def standing(db: sqlite3.Connection, on: date, rules: Rules) -> list[Proposal]:
    """The proposals that wait for somebody, the highest stake first: not on a draft already, not looked at and left
    since what was weighed then has changed."""
    rows = db.execute(_DRAFTED + _NAMED.format(rows="standing") + _RANKED, _given(on, rules))
    return [_proposal(row) for row in rows]


_GROUPS = """
select deed, case when deed = 'order' then p.supplier_id end as supplier_id, max(s.name) as supplier,
  count(*) as things, sum(stake_cents) as stake_cents, sum(cash_cents) as cash_cents,
  sum(coalesce(quantity * cost_cents, 0)) as sum_cents
from standing p left join suppliers s on s.id = p.supplier_id group by 1, 2
"""
_FIRST = """,
-- Only keys are ranked: a plan has too many columns to be sorted.
ranked as (
  select variant_id, location_id, drafted, row_number() over (
    partition by deed, case when deed = 'order' then supplier_id end order by stake_cents desc, variant_id) as nth
  from standing
),
firsts as (
  select p.*, r.drafted from ranked r
  join stock_plans p on p.variant_id = r.variant_id and p.location_id = r.location_id
  where r.nth <= :lines
)
"""


def entries(db: sqlite3.Connection, on: date, rules: Rules, lines: int = LINES) -> list[Entry]:
    """The rows of the list, at most `rules.rows` of them, the highest stake first, all of the money in them: orders
    under one row for each supplier; other deeds by thing as long as there are few, else under one row for the deed.
    Suppliers that do not fit stand in one row behind the others. Each row holds its first `lines` proposals."""
    given = _given(on, rules)
    first: dict[tuple[str, int | None], list[Proposal]] = {}
    sql = _DRAFTED + _FIRST + _NAMED.format(rows="firsts") + _RANKED
    for row in db.execute(sql, {**given, "lines": max(lines, FEW)}):
        first.setdefault((row["deed"], row["supplier_id"] if row["deed"] == "order" else None), []).append(
            _proposal(row)
        )
    made: list[Entry] = []
    for row in db.execute(_DRAFTED + _GROUPS, given):
        things = tuple(first[row["deed"], row["supplier_id"]])
        if row["deed"] == "order":
            made.append(_order(row, things))
        elif row["things"] <= FEW:
            made += [_single(p) for p in things]
        else:
            made.append(_gathered(row, things))
    made.sort(key=lambda e: (-e.stake_cents, e.title))
    return _fitted(made, rules.rows, lines)


def whole(db: sqlite3.Connection, entry: Entry, on: date, rules: Rules) -> list[Proposal]:
    """All that a row stands for."""
    if len(entry.proposals) == entry.things:
        return list(entry.proposals)
    found = [p for p in standing(db, on, rules) if p.deed == entry.deed]
    if entry.deed == "order":
        return [p for p in found if p.supplier_id in (entry.suppliers or (entry.supplier_id,))]
    return found


def _order(row: sqlite3.Row, things: tuple[Proposal, ...]) -> Entry:
    title, supplier = row["supplier"] or "No supplier known", row["supplier_id"]
    sums = (row["things"], row["stake_cents"], row["sum_cents"], row["cash_cents"])
    return Entry(f"order:{supplier or 0}", "order", title, *sums, things, supplier)


def _single(p: Proposal) -> Entry:
    key = f"thing:{p.variant_id}:{p.location_id}"
    return Entry(key, p.deed, p.name, 1, p.stake_cents, p.sum_cents or 0, p.cash_cents, (p,))


def _gathered(row: sqlite3.Row, things: tuple[Proposal, ...]) -> Entry:
    sums = (row["things"], row["stake_cents"], row["sum_cents"], row["cash_cents"])
    title = f"{row['things']:,} things to {row['deed']}"
    return Entry(f"deed:{row['deed']}", row["deed"], title, *sums, things, is_gathered=True)


def _fitted(made: list[Entry], most: int, lines: int) -> list[Entry]:
    """All of them; where they are too many, the smallest orders as one row, so that no money is left out."""
    over = len(made) - most
    if over <= 0:
        return made
    rest = [e for e in made if e.deed == "order"][-(over + 1) :]
    last = Entry(
        "order:rest",
        "order",
        f"{len(rest)} more suppliers",
        sum(e.things for e in rest),
        sum(e.stake_cents for e in rest),
        sum(e.sum_cents for e in rest),
        sum(e.cash_cents for e in rest),
        tuple(p for e in rest for p in e.proposals)[:lines],
        is_gathered=True,
        suppliers=tuple(e.supplier_id for e in rest),
    )
    return [*(e for e in made if e not in rest), last]


def bucket_counts(db: sqlite3.Connection, on: date, rules: Rules) -> dict[str, int]:
    """How many short things lie in each bucket, the worst first; those without any are left out."""
    sql = _DRAFTED + "select bucket, count(*) from standing where bucket is not null group by 1"
    found = dict(tuple(row) for row in db.execute(sql, _given(on, rules)))
    return {b: found[b] for b in BUCKETS if b in found}


def keep(
    db: sqlite3.Connection, p: Proposal, because: str, person_id: int, now: datetime, on: date, rules: Rules
) -> int:
    """Write down that somebody looked at it, and why nothing more is to be done now; inside the caller's transaction.

    Raises Refused without a reason.
    """
    because = " ".join(because.split())
    if not because:
        raise Refused("Say why nothing is done: it stands there for whoever looks next.")
    row = db.execute(
        """insert into stock_reviews(variant_id, location_id, person_id, reviewed_at, deed, because, bucket, cover_days,
             cost_cents, lead_days, until_on) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id""",
        [
            p.variant_id,
            p.location_id,
            person_id,
            iso(now),
            p.deed,
            because[:500],
            p.bucket,
            p.cover_days,
            p.cost_cents,
            p.lead_days,
            (on + timedelta(days=rules.comes_back_days)).isoformat(),
        ],
    ).fetchone()
    return int(row[0])


def put_back(db: sqlite3.Connection, review_id: int, on: date) -> None:
    """End a review today, so that its thing stands on the list again; inside the caller's transaction."""
    db.execute(
        "update stock_reviews set until_on = min(until_on, ?) where id = ?",
        [on.isoformat(), review_id],
    )


def kept(db: sqlite3.Connection, on: date) -> list[Kept]:
    """What was looked at and left, and has not come back by its day; the newest first."""
    rows = db.execute(
        """select r.*, v.sku, v.title as variant, t.title as product, w.name as person
           from stock_reviews r join (select max(id) as id from stock_reviews group by variant_id, location_id) n
             on n.id = r.id
           join variants v on v.id = r.variant_id join products t on t.id = v.product_id
           join people w on w.id = r.person_id
           where r.until_on > ? order by r.id desc""",
        [on.isoformat()],
    )
    return [_kept(row) for row in rows]


def _kept(row: sqlite3.Row) -> Kept:
    title = "" if row["variant"] == DEFAULT else row["variant"]
    given = {n: row[n] for n in Kept.__dataclass_fields__ if n not in ("name", "sku")}
    return Kept(**given, sku=row["sku"] or "", name=" ".join(w for w in (row["product"], title) if w))
