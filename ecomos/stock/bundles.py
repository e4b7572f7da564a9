"""Bundles: things that are sold as one and lie on the shelf as their parts. A bundle has no stock of its own: there are
as many as its scarcest part allows."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from ecomos.errors import Refused

__all__ = ["Part", "bundle_levels", "parts_of", "set_parts"]


@dataclass(frozen=True)
class Part:
    """So many of a thing in one bundle."""

    variant_id: int
    sku: str
    title: str
    quantity: int
    available: int | None
    """Sellable less committed, all places together; None: no level is known."""

    @property
    def allows(self) -> int | None:
        """How many bundles it is enough for."""
        return None if self.available is None else max(0, self.available) // self.quantity


def parts_of(db: sqlite3.Connection, bundle_id: int) -> list[Part]:
    """What a bundle is made of, the scarcest first."""
    rows = db.execute(
        """select b.part_id as variant_id, coalesce(v.sku, '') as sku, p.title, b.quantity,
             (select sum(on_hand - coalesce(committed, 0)) from stock_levels s
              where s.variant_id = b.part_id and s.state = 'sellable') as available
           from bundle_parts b join variants v on v.id = b.part_id join products p on p.id = v.product_id
           where b.bundle_id = ? order by v.sku""",
        [bundle_id],
    )
    found = [Part(**row) for row in rows]
    return sorted(found, key=lambda p: (p.allows is None, p.allows or 0))


def bundle_levels(db: sqlite3.Connection) -> dict[int, int | None]:
    """Bundle → how many can be packed from what lies there; None where a part's level is not known."""
    allowed: dict[int, list[int | None]] = {}
    for row in db.execute("select distinct bundle_id from bundle_parts"):
        allowed[row[0]] = [p.allows for p in parts_of(db, row[0])]
    return {b: None if None in found else min(x for x in found if x is not None) for b, found in allowed.items()}


def set_parts(db: sqlite3.Connection, bundle_id: int, parts: Mapping[int, int]) -> None:
    """Say what a bundle is made of, part → pieces, instead of what was said before; inside the caller's transaction. No
    parts: it is no bundle any more.

    Raises Refused for a quantity below 1, for a bundle inside itself, or one made of bundles.
    """
    if any(n < 1 for n in parts.values()):
        raise Refused("At least 1 piece of each part goes into a bundle.")
    if bundle_id in parts:
        raise Refused("A bundle can't be a part of itself.")
    inner = [p for p in parts if db.execute("select 1 from bundle_parts where bundle_id = ?", [p]).fetchone()]
    outer = db.execute("select 1 from bundle_parts where part_id = ?", [bundle_id]).fetchone()
    if inner or (parts and outer):
        raise Refused("A part is itself a bundle: name the single things.")
    db.execute("delete from bundle_parts where bundle_id = ?", [bundle_id])
    db.executemany(
        "insert into bundle_parts(bundle_id, part_id, quantity) values (?, ?, ?)",
        [(bundle_id, part, quantity) for part, quantity in parts.items()],
    )
