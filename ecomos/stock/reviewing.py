"""The morning's list: what the plans propose, ranked by the money at stake, gathered so that a page of rows holds all
of it; and what somebody looked at and left, with the reason. Reads the plans, never makes them."""

import sqlite3
from collections.abc import Iterable, Sequence
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
    "proposals",
    "put_back",
    "standing",
]

DEEDS = ("order", "expedite", "count", "mark down", "discontinue", "transfer", "leave")
FEW = 3
"""Up to so many things of one deed stand in rows of their own."""
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
    proposals: tuple[Proposal, ...]
    """The highest stake first."""
    supplier_id: int | None = None
    is_gathered: bool = False
    """Several things that have nothing but the deed in common."""

    @property
    def stake_cents(self) -> int:
        return sum(p.stake_cents for p in self.proposals)

    @property
    def sum_cents(self) -> int:
        """Of all that have a cost."""
        return sum(p.sum_cents or 0 for p in self.proposals)


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


_PROPOSALS = """
-- One row per thing and place with a proposal, the highest stake first.
with drafted as (
  select l.variant_id, o.location_id, sum(l.quantity) as pieces
  from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
  where o.status in ('draft', 'asked') group by 1, 2
)
select p.*, v.sku, v.title as variant, t.title as product, s.name as supplier, coalesce(d.pieces, 0) as drafted
from stock_plans p
join variants v on v.id = p.variant_id join products t on t.id = v.product_id
left join suppliers s on s.id = p.supplier_id
left join drafted d on d.variant_id = p.variant_id and d.location_id = p.location_id
where {which}
order by p.stake_cents desc, v.sku, p.variant_id
"""


def proposals(db: sqlite3.Connection) -> list[Proposal]:
    """Every proposal but *leave*, the highest stake first."""
    return [_proposal(row) for row in db.execute(_PROPOSALS.format(which="p.deed <> 'leave'"))]


def proposal(db: sqlite3.Connection, variant_id: int, location_id: int) -> Proposal:
    """The plan of one thing in one place, *leave* included. Raises LookupError where nothing is planned."""
    which = "p.variant_id = ? and p.location_id = ?"
    row = db.execute(_PROPOSALS.format(which=which), [variant_id, location_id]).fetchone()
    if row is None:
        raise LookupError(f"no plan for thing {variant_id} in place {location_id}")
    return _proposal(row)


def _proposal(row: sqlite3.Row) -> Proposal:
    title = "" if row["variant"] == DEFAULT else row["variant"]
    given = {n: row[n] for n in Proposal.__dataclass_fields__ if n not in ("name", "sku")}
    return Proposal(**given, sku=row["sku"] or "", name=" ".join(w for w in (row["product"], title) if w))


def standing(db: sqlite3.Connection, on: date, rules: Rules) -> list[Proposal]:
    """The proposals that wait for somebody: not on a draft already, not looked at and left since something changed."""
    left = _newest_reviews(db)
    found = proposals(db)
    return [p for p in found if not _is_drafted(p) and not _stays_away(p, left.get(_at(p)), on, rules)]


def _at(p: Proposal) -> tuple[int, int]:
    return p.variant_id, p.location_id


def _is_drafted(p: Proposal) -> bool:
    return p.deed == "order" and p.drafted > 0


def _newest_reviews(db: sqlite3.Connection) -> dict[tuple[int, int], sqlite3.Row]:
    rows = db.execute(
        """select r.* from stock_reviews r join (
             select max(id) as id from stock_reviews group by variant_id, location_id) n on n.id = r.id"""
    )
    return {(r["variant_id"], r["location_id"]): r for r in rows}


def _stays_away(p: Proposal, review: sqlite3.Row | None, on: date, rules: Rules) -> bool:
    """It was left, and nothing that was weighed then has changed."""
    if review is None or on.isoformat() >= review["until_on"]:
        return False
    then, now = review["cover_days"], p.cover_days
    fell = then is not None and now is not None and now <= then * (1 - float(rules.cover_fell)) and now < then
    same = (p.deed, p.bucket, p.cost_cents) == (review["deed"], review["bucket"], review["cost_cents"])
    return same and not fell and round(p.lead_days) == round(review["lead_days"] or 0)


def entries(found: Sequence[Proposal], most: int) -> list[Entry]:
    """The rows of the list, at most `most` of them, the highest stake first, all of the money in them: orders under one
    row for each supplier; other deeds by thing as long as there are few, else under one row for the deed. Suppliers
    that do not fit stand in one row behind the others."""
    by_supplier: dict[int | None, list[Proposal]] = {}
    by_deed: dict[str, list[Proposal]] = {}
    for p in found:
        if p.deed == "order":
            by_supplier.setdefault(p.supplier_id, []).append(p)
        else:
            by_deed.setdefault(p.deed, []).append(p)
    made = [_order(supplier, tuple(group)) for supplier, group in by_supplier.items()]
    for deed, things in by_deed.items():
        made += [_gathered(deed, things)] if len(things) > FEW else [_single(p) for p in things]
    made.sort(key=lambda e: (-e.stake_cents, e.title))
    return _fitted(made, most)


def _order(supplier: int | None, group: tuple[Proposal, ...]) -> Entry:
    title = group[0].supplier or "No supplier known"
    return Entry(f"order:{supplier or 0}", "order", title, group, supplier)


def _single(p: Proposal) -> Entry:
    return Entry(f"thing:{p.variant_id}:{p.location_id}", p.deed, p.name, (p,))


def _gathered(deed: str, things: Sequence[Proposal]) -> Entry:
    return Entry(f"deed:{deed}", deed, f"{len(things):,} things to {deed}", tuple(things), is_gathered=True)


def _fitted(made: list[Entry], most: int) -> list[Entry]:
    """All of them; where they are too many, the smallest orders as one row, so that no money is left out."""
    over = len(made) - most
    if over <= 0:
        return made
    orders = [e for e in made if e.deed == "order"]
    rest = orders[-(over + 1) :]
    things = tuple(p for e in rest for p in e.proposals)
    last = Entry("order:rest", "order", f"{len(rest)} more suppliers", things, is_gathered=True)
    return [*(e for e in made if e not in rest), last]


def bucket_counts(found: Iterable[Proposal]) -> dict[str, int]:
    """How many short things lie in each bucket, the worst first; those without any are left out."""
    all_of = [p.bucket for p in found]
    return {b: all_of.count(b) for b in BUCKETS if b in all_of}


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
