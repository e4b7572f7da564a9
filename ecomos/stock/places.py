"""Places where goods lie: whose number counts there, who carries ours to the platform, the bins in walking order."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from ecomos.errors import Refused
from ecomos.stock.committed import count_committed
from ecomos.stock.hands import LEADS, SHELF, Hand
from ecomos.stock.platform import Settling, settle
from ecomos.store import write

__all__ = [
    "Bin",
    "Place",
    "add_bin",
    "bins_of",
    "bins_of_thing",
    "change_bin",
    "lay_in_bin",
    "place_id",
    "place_named",
    "places",
    "say_master",
    "set_master",
    "take_from_bin",
    "way",
]

WAY = "On the way"
MASTERS = ("platform", "ecomos")


@dataclass(frozen=True)
class Place:
    """A place and what lies there, in pieces of all states."""

    id: int
    name: str
    master: str
    """platform or ecomos: whose number counts."""
    owner: str | None
    """The role that carries our number to the platform."""
    since: str | None
    things: int
    pieces: int
    below: int
    """Things of which there are less than none."""
    bins: int
    told_at: str | None
    """When the platform's last word was so."""


_PLACES = """
select l.id, l.name, l.master, l.owner, l.master_since as since,
  (select count(distinct s.variant_id) from stock_levels s where s.location_id = l.id) as things,
  (select coalesce(sum(s.on_hand), 0) from stock_levels s where s.location_id = l.id) as pieces,
  (select count(*) from stock_levels s where s.location_id = l.id and s.on_hand < 0) as below,
  (select count(*) from bins b where b.location_id = l.id) as bins,
  (select max(p.as_of) from platform_levels p where p.location_id = l.id) as told_at
from locations l where l.kind = 'shelf' and l.id = coalesce(?, l.id) order by l.name"""


def places(db: sqlite3.Connection) -> list[Place]:
    """Every place with a shelf, by name; what is on the way between two is none."""
    return [Place(**row) for row in map(dict, db.execute(_PLACES, [None]).fetchall())]


def place_named(db: sqlite3.Connection, place: int) -> Place:
    """Raises Refused where there is no such place."""
    row = db.execute(_PLACES, [place]).fetchone()
    if row is None:
        raise Refused("There is no such place any more.")
    return Place(**dict(row))


def place_id(db: sqlite3.Connection, name: object) -> int:
    """The number of the place with that name. Raises Refused for none."""
    row = db.execute("select id from locations where name = ? and kind = 'shelf'", [str(name or "")]).fetchone()
    if row is None:
        raise Refused("Choose a place.")
    return int(row[0])


def set_master(
    db: sqlite3.Connection, hand: Hand, place: int, master: str, owner: str | None, roles: Sequence[str]
) -> None:
    """Say whose number counts in a place; `roles` are those of the playbook in force. Raises Refused without an owner
    where it is ours: nobody would carry it to the platform."""
    hand.must_be(LEADS, "Saying whose number counts")
    place_named(db, place)
    if owner and owner not in roles:
        raise Refused(f"There is no role “{owner}” in the playbook.")
    with write(db):
        say_master(db, place, master, owner, hand.at, hand.actor)


def say_master(db: sqlite3.Connection, place: int, master: str, owner: str | None, now: str, actor: str) -> None:
    """As `set_master`, inside the caller's transaction and without asking who."""
    if master not in MASTERS:
        raise Refused("The platform's number counts, or ecomos's: choose one of the two.")
    if master == "ecomos" and not owner:
        raise Refused(
            "Our number can count here only with an owner: the role that uploads the differing levels each day. "
            "Choose a role."
        )
    before = db.execute("select master from locations where id = ?", [place]).fetchone()
    since = now if before["master"] != master else None
    db.execute(
        "update locations set master = ?, owner = ?, master_since = coalesce(?, master_since) where id = ?",
        [master, owner, since, place],
    )
    if since and master == "platform":
        things = db.execute(
            "select distinct variant_id, location_id from platform_levels where location_id = ?", [place]
        ).fetchall()
        settle(db, [(row[0], row[1]) for row in things], Settling(now, now, actor))
    count_committed(db)


def way(db: sqlite3.Connection) -> int:
    """The place of what is between two places, made when it is first needed; inside the caller's transaction."""
    db.execute("insert into locations(name, kind) values (?, 'way') on conflict(name) do nothing", [WAY])
    return int(db.execute("select id from locations where name = ?", [WAY]).fetchone()[0])


@dataclass(frozen=True)
class Bin:
    """A bin, and how many things lie in it."""

    id: int
    name: str
    place: str
    location_id: int
    walk: int | None
    things: int


def bins_of(db: sqlite3.Connection, place: int | None = None) -> list[Bin]:
    """The bins of a place, or all, as one walks past them."""
    rows = db.execute(
        """select b.id, b.name, l.name as place, b.location_id, b.walk,
             (select count(*) from variant_bins v where v.bin_id = b.id) as things
           from bins b join locations l on l.id = b.location_id where b.location_id = coalesce(?, b.location_id)
           order by l.name, b.walk is null, b.walk, b.name""",
        [place],
    )
    return [Bin(**dict(row)) for row in rows]


def bins_of_thing(db: sqlite3.Connection, variant: int) -> list[Bin]:
    """Where a thing lies, as one walks past."""
    mine = {row[0] for row in db.execute("select bin_id from variant_bins where variant_id = ?", [variant])}
    return [b for b in bins_of(db) if b.id in mine]


def add_bin(db: sqlite3.Connection, hand: Hand, place: int, name: str, walk: int | None = None) -> int:
    """A new bin; gives its number. Raises Refused for a name that the place has already, and for none."""
    hand.must_be(SHELF, "Adding a bin")
    place_named(db, place)
    name = _name(name)
    with write(db):
        _must_be_free(db, place, name, 0)
        row = db.execute(
            "insert into bins(location_id, name, walk) values (?, ?, ?) returning id", [place, name, walk]
        ).fetchone()
    return int(row[0])


def change_bin(db: sqlite3.Connection, hand: Hand, number: int, name: str, place: int, walk: int | None) -> None:
    """Another name, place or turn in the walk. Raises Refused for another place while something lies in it."""
    hand.must_be(SHELF, "Changing a bin")
    name = _name(name)
    with write(db):
        known = db.execute("select * from bins where id = ?", [number]).fetchone()
        if known is None:
            raise Refused("There is no such bin any more.")
        _must_be_free(db, place, name, number)
        if (
            known["location_id"] != place
            and db.execute("select 1 from variant_bins where bin_id = ? limit 1", [number]).fetchone()
        ):
            raise Refused("Something lies in this bin. Transfer its goods first, then move the empty bin.")
        db.execute("update bins set name = ?, location_id = ?, walk = ? where id = ?", [name, place, walk, number])


def lay_in_bin(db: sqlite3.Connection, hand: Hand, variant: int, number: int) -> None:
    """A thing lies in that bin from now on, beside any other it lies in."""
    hand.must_be(SHELF, "Saying where a thing lies")
    with write(db):
        if db.execute("select 1 from bins where id = ?", [number]).fetchone() is None:
            raise Refused("There is no such bin any more.")
        db.execute(
            "insert into variant_bins(variant_id, bin_id) values (?, ?) on conflict do nothing", [variant, number]
        )


def take_from_bin(db: sqlite3.Connection, hand: Hand, variant: int, number: int) -> None:
    """A thing lies in that bin no more."""
    hand.must_be(SHELF, "Saying where a thing lies")
    with write(db):
        db.execute("delete from variant_bins where variant_id = ? and bin_id = ?", [variant, number])


def _name(name: str) -> str:
    found = " ".join(name.split())
    if not found or len(found) > 40:
        raise Refused("Write the bin's name as it stands on the shelf, at most 40 letters.")
    return found


def _must_be_free(db: sqlite3.Connection, place: int, name: str, but: int) -> None:
    row = db.execute("select id from bins where location_id = ? and name = ?", [place, name]).fetchone()
    if row is not None and row[0] != but:
        raise Refused(f"This place has a bin “{name}” already.")
