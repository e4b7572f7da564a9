"""The catalogue looked through: what makes a count, an order or a parcel go wrong, thing by thing, with the procedure
that mends it. Reads; what somebody accepts as right is kept."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ecomos.errors import Refused
from ecomos.orders.products import DEFAULT
from ecomos.stock.barcodes import is_barcode
from ecomos.store import iso

__all__ = ["RULES", "Finding", "Good", "accept", "findings", "goods", "looks_like", "unaccept"]


@dataclass(frozen=True)
class Good:
    """A thing of the catalogue with what the rules look at."""

    variant_id: int
    sku: str
    name: str
    product_id: int
    variant: str
    status: str
    barcode: str
    price_cents: int | None
    cost_cents: int | None
    """The product's own."""
    supplied_cents: int | None
    """The supplier's, a piece."""
    pack: int | None
    minimum: int | None
    on_hand: int | None
    """Sellable, all places together; None: no level is known."""
    siblings: int
    """Variants of its product, itself included."""
    is_bundle: bool
    gone_parts: int
    """Parts of it that are not for sale any more."""


@dataclass(frozen=True)
class Rule:
    """Something that goes wrong, and what mends it."""

    key: str
    title: str
    why: str
    """What comes of it when nobody mends it."""
    procedure: str
    is_late: bool
    """It goes wrong with the next order, not some day."""


@dataclass(frozen=True)
class Finding:
    """A rule that a thing breaks."""

    rule: Rule
    good: Good
    words: str

    @property
    def id(self) -> str:
        return f"{self.rule.key}:{self.good.variant_id}"


RULES = {
    r.key: r
    for r in (
        Rule("negative-stock", "Negative stock", "Customers wait for what is not there.", "cycle-count", True),
        Rule("repeated-sku", "Repeated SKU", "A parcel, a count and an order mean either.", "change-a-variant", True),
        Rule("blank-sku", "Blank SKU", "No supplier's list, count or scan finds it.", "change-a-variant", True),
        Rule("near-sku", "Near-equal SKUs", "One is picked for the other.", "change-a-variant", False),
        Rule("repeated-barcode", "Repeated barcode", "A scan finds the wrong one.", "change-a-variant", True),
        Rule("wrong-barcode", "Barcode that can't be right", "A till refuses it.", "change-a-variant", False),
        Rule("missing-cost", "Missing cost", "Its margin is guessed by its kind.", "new-supplier", False),
        Rule("cost-above-price", "Cost above price", "Each sale costs money.", "price-or-listing-error", True),
        Rule("mixed-units", "Mismatched units", "Twelve boxes come instead of twelve pieces.", "new-supplier", False),
        Rule(
            "orphan-variant",
            "Orphan variant",
            "A size that nobody can choose keeps its stock.",
            "change-a-variant",
            False,
        ),
        Rule("stock-not-for-sale", "Stock that is not for sale", "Money lies there unseen.", "discontinue", False),
        Rule("broken-bundle", "Bundle without its parts", "Sold, and it can't be packed.", "bundle", True),
        Rule("name-off-rule", "SKU off the rule", "The next one is made up anew.", "change-a-variant", False),
    )
}
"""By key; the order is that of the page."""

_GOODS = """
-- One row per thing that is shipped.
with level as (
  select variant_id, sum(on_hand) as on_hand from stock_levels where state = 'sellable' group by 1
),
item as (
  select variant_id, min(cost_cents) as cost_cents, min(pack) as pack, max(minimum) as minimum
  from supplier_items where variant_id is not null group by 1
),
family as (select product_id, count(*) as siblings from variants group by 1),
parts as (
  select b.bundle_id, sum(coalesce(p.status, 'active') <> 'active') as gone
  from bundle_parts b join variants v on v.id = b.part_id join products p on p.id = v.product_id group by 1
)
select v.id as variant_id, coalesce(trim(v.sku), '') as sku, p.title as product, v.title as variant, p.id as product_id,
  coalesce(p.status, 'active') as status, coalesce(v.barcode, '') as barcode, v.price_cents, v.cost_cents,
  item.cost_cents as supplied_cents, item.pack, item.minimum, level.on_hand, family.siblings,
  parts.bundle_id is not null as is_bundle, coalesce(parts.gone, 0) as gone_parts
from variants v join products p on p.id = v.product_id join family on family.product_id = p.id
left join level on level.variant_id = v.id left join item on item.variant_id = v.id
left join parts on parts.bundle_id = v.id
where v.requires_shipping and not p.is_gift_card
order by p.title, v.id
"""


def goods(db: sqlite3.Connection) -> list[Good]:
    """Every thing of the catalogue that is shipped, archived ones included."""
    return [_good(row) for row in db.execute(_GOODS)]


def _good(row: sqlite3.Row) -> Good:
    title = "" if row["variant"] == DEFAULT else row["variant"]
    given = {n: row[n] for n in Good.__dataclass_fields__ if n not in ("name", "is_bundle")}
    return Good(**given, name=" ".join(w for w in (row["product"], title) if w), is_bundle=bool(row["is_bundle"]))


def findings(db: sqlite3.Connection, sku_rule: str = "") -> list[Finding]:
    """What is wrong with the catalogue and was not accepted, in the order of the rules, then by SKU.

    `sku_rule` is how an SKU is built, as in `AAA-AAA-99` (see `looks_like`); empty: any is right.
    """
    found = goods(db)
    accepted = {(r["rule"], r["variant_id"]) for r in db.execute("select rule, variant_id from goods_accepted")}
    made = [f for look in _LOOKS for f in look(found, sku_rule)]
    order = list(RULES)
    made.sort(key=lambda f: (order.index(f.rule.key), f.good.sku, f.good.variant_id))
    return [f for f in made if (f.rule.key, f.good.variant_id) not in accepted]


def looks_like(sku: str, rule: str) -> bool:
    """Whether an SKU is built by the rule: A stands for one to four capital letters, 9 for a digit, X for capital
    letters or digits, one to four of them; anything else for itself. An empty rule holds for all.

    >>> looks_like("TSH-FIE-03", "A-A-99"), looks_like("tsh 3", "A-A-99"), looks_like("TEE-BLK-M", "A-A-X")
    (True, False, True)
    """
    import re

    if not rule:
        return True
    parts = {"A": "[A-Z]{1,4}", "9": "[0-9]", "X": "[A-Z0-9]{1,4}"}
    return re.fullmatch("".join(parts.get(c, re.escape(c)) for c in rule), sku) is not None


# ---- the rules


def _each(key: str, wrong: Callable[[Good], str]) -> Callable[[list[Good], str], Iterator[Finding]]:
    """A rule that looks at one thing by itself: what is wrong in words, or empty."""

    def look(found: list[Good], _sku_rule: str) -> Iterator[Finding]:
        for good in found:
            words = wrong(good)
            if words:
                yield Finding(RULES[key], good, words)

    return look


def _negative(g: Good) -> str:
    return f"{-g.on_hand} more sold than were there" if g.on_hand is not None and g.on_hand < 0 else ""


def _blank(g: Good) -> str:
    return "no SKU" if not g.sku and g.status == "active" else ""


def _no_cost(g: Good) -> str:
    is_known = g.cost_cents is not None or g.supplied_cents is not None
    return (
        "" if is_known or g.status != "active" or g.is_bundle else "neither the product nor a supplier names its cost"
    )


def _too_dear(g: Good) -> str:
    cost = g.supplied_cents if g.supplied_cents is not None else g.cost_cents
    if cost is None or not g.price_cents or cost < g.price_cents or g.status != "active":
        return ""
    return "" if _by_the_pack(g) else f"costs {cost / 100:.2f} and sells for {g.price_cents / 100:.2f}"


def _by_the_pack(g: Good) -> bool:
    """Is the supplier's cost that of a pack, though it should be that of a piece?"""
    if not g.supplied_cents or not g.cost_cents or not g.pack or g.pack < 2:
        return False
    return abs(g.supplied_cents - g.pack * g.cost_cents) <= 0.15 * g.pack * g.cost_cents


def _units(g: Good) -> str:
    if _by_the_pack(g):
        return f"the supplier's cost looks like that of a pack of {g.pack}, not of a piece"
    if g.pack and g.minimum and g.minimum % g.pack:
        return f"at least {g.minimum} pieces, in packs of {g.pack}: no order fits both"
    return ""


def _orphan(g: Good) -> str:
    if g.variant == DEFAULT and g.siblings > 1:
        return f"has no options, beside {g.siblings - 1} that have"
    return ""


def _idle(g: Good) -> str:
    return f"{g.on_hand} lie there, and it is {g.status}" if g.status != "active" and (g.on_hand or 0) > 0 else ""


def _code(g: Good) -> str:
    return f"{g.barcode} fails its check digit" if g.barcode and not is_barcode(g.barcode) else ""


def _bundle(g: Good) -> str:
    return f"{g.gone_parts} of its parts are not for sale any more" if g.gone_parts and g.status == "active" else ""


def _off_rule(found: list[Good], rule: str) -> Iterator[Finding]:
    for g in found:
        if g.sku and g.status == "active" and not looks_like(g.sku, rule):
            yield Finding(RULES["name-off-rule"], g, f"is not built as {rule}")


def _repeated(key: str, of: Callable[[Good], str]) -> Callable[[list[Good], str], Iterator[Finding]]:
    def look(found: list[Good], _sku_rule: str) -> Iterator[Finding]:
        times = Counter(of(g) for g in found if of(g))
        for g in found:
            if times[of(g)] > 1:
                yield Finding(RULES[key], g, f"{of(g)} stands on {times[of(g)]} things")

    return look


def _near(found: list[Good], _sku_rule: str) -> Iterator[Finding]:
    """SKUs that differ in a sign, a capital, O for 0, I for 1, or two letters that changed places."""
    by_sku = {g.sku: g for g in found if g.sku and g.status == "active"}
    alike = defaultdict(set)
    for sku in by_sku:
        alike[_plain(sku)].add(sku)
    for sku, g in by_sku.items():
        others = (alike[_plain(sku)] | {s for s in _swapped(sku) if s in by_sku}) - {sku}
        if others:
            yield Finding(RULES["near-sku"], g, f"beside {', '.join(sorted(others))}")


def _plain(sku: str) -> str:
    kept = "".join(c for c in sku.casefold() if c.isalnum())
    return kept.translate(str.maketrans("oil", "011"))


def _swapped(sku: str) -> Iterator[str]:
    for n in range(len(sku) - 1):
        a, b = sku[n], sku[n + 1]
        if a != b and a.isalpha() and b.isalpha():
            yield sku[:n] + b + a + sku[n + 2 :]


_LOOKS: tuple[Callable[[list[Good], str], Iterator[Finding]], ...] = (
    _each("negative-stock", _negative),
    _repeated("repeated-sku", lambda g: g.sku),
    _each("blank-sku", _blank),
    _near,
    _repeated("repeated-barcode", lambda g: g.barcode),
    _each("wrong-barcode", _code),
    _each("missing-cost", _no_cost),
    _each("cost-above-price", _too_dear),
    _each("mixed-units", _units),
    _each("orphan-variant", _orphan),
    _each("stock-not-for-sale", _idle),
    _each("broken-bundle", _bundle),
    _off_rule,
)


# ---- what is right as it is


def accept(db: sqlite3.Connection, rule: str, variant_id: int, because: str, person_id: int, now: datetime) -> None:
    """Keep that this is right as it is, inside the caller's transaction. Raises Refused without a reason, or for a
    rule that there is not."""
    because = " ".join(because.split())
    if rule not in RULES or not because:
        raise Refused("Say why it is right as it is: it stands there for whoever looks next.")
    db.execute(
        """insert into goods_accepted(rule, variant_id, because, person_id, accepted_at) values (?, ?, ?, ?, ?)
           on conflict(rule, variant_id) do update set because = excluded.because, person_id = excluded.person_id,
             accepted_at = excluded.accepted_at""",
        [rule, variant_id, because[:500], person_id, iso(now)],
    )


def unaccept(db: sqlite3.Connection, rule: str, variant_id: int) -> None:
    """Look at it again, inside the caller's transaction."""
    db.execute("delete from goods_accepted where rule = ? and variant_id = ?", [rule, variant_id])
