"""What lies where and how, for lists: what is held back or damaged, what is below zero, what a bin holds."""

import sqlite3
from dataclasses import dataclass

__all__ = ["InBin", "OddLevel", "odd_levels", "things_in_bin"]

WORDS = {"hold": "held back", "damaged": "damaged", "sellable": "sellable"}


@dataclass(frozen=True)
class OddLevel:
    """A level that somebody has to settle."""

    variant_id: int
    location_id: int
    state: str
    pieces: int
    sku: str
    name: str
    place: str
    why: str
    """The reason of the newest move."""
    since: str

    @property
    def words(self) -> str:
        """Its state as people say it."""
        return WORDS[self.state]


@dataclass(frozen=True)
class InBin:
    """A thing in a bin, and the pieces of it in the bin's place."""

    variant_id: int
    sku: str
    name: str
    pieces: int


_ODD = """
select s.variant_id, s.location_id, s.state, s.on_hand as pieces, coalesce(v.sku, '') as sku,
  case v.title when 'Default Title' then p.title else p.title || ' ' || v.title end as name, l.name as place,
  coalesce((select m.reason from stock_moves m where m.variant_id = s.variant_id and m.location_id = s.location_id
    and m.state = s.state order by m.id desc limit 1), '') as why,
  coalesce((select max(m.happened_at) from stock_moves m where m.variant_id = s.variant_id
    and m.location_id = s.location_id and m.state = s.state), s.as_of) as since
from stock_levels s join locations l on l.id = s.location_id and l.kind = 'shelf'
join variants v on v.id = s.variant_id join products p on p.id = v.product_id
where s.on_hand < 0 or (s.state <> 'sellable' and s.on_hand > 0) order by s.on_hand >= 0, since"""


def odd_levels(db: sqlite3.Connection) -> list[OddLevel]:
    """Every level below zero, then what is held back or damaged, the oldest first."""
    return [OddLevel(**dict(row)) for row in db.execute(_ODD)]


def things_in_bin(db: sqlite3.Connection, number: int) -> list[InBin]:
    """What lies in a bin, by SKU; a thing in two bins of a place has its pieces in both."""
    rows = db.execute(
        """select v.id as variant_id, coalesce(v.sku, '') as sku,
             case v.title when 'Default Title' then p.title else p.title || ' ' || v.title end as name,
             coalesce((select sum(s.on_hand) from stock_levels s where s.variant_id = v.id
               and s.location_id = b.location_id), 0) as pieces
           from variant_bins x join bins b on b.id = x.bin_id join variants v on v.id = x.variant_id
           join products p on p.id = v.product_id where x.bin_id = ? order by v.sku""",
        [number],
    )
    return [InBin(**dict(row)) for row in rows]
