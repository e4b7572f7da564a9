"""Where our number counts, the platform is told: the differing rows of a place go out as the platform's own inventory
layout, once a day, until somebody says that they were uploaded."""

import csv
import io
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecomos.errors import Refused
from ecomos.stock.hands import LEADS, Hand
from ecomos.store import iso, parse_iso, write

__all__ = [
    "LATE_AFTER",
    "Upload",
    "UploadRow",
    "differing_rows",
    "make_upload",
    "open_uploads",
    "upload_csv",
    "uploaded",
]

LATE_AFTER = timedelta(hours=24)
HEADER = (
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,"
    "Location,Bin name,Incoming (not editable),Unavailable (not editable),Committed (not editable),"
    "Available (not editable),On hand (current),On hand (new)"
).split(",")


@dataclass(frozen=True)
class UploadRow:
    """A thing of which the platform should say something else."""

    variant_id: int
    before: int
    """On hand as the platform is thought to have it: its last word and what it was seen to do since."""
    after: int
    """On hand as it should be: ours, and the parcels that it will take off itself when they are entered."""


@dataclass(frozen=True)
class Upload:
    """One file that waits to be uploaded."""

    id: int
    location_id: int
    place: str
    owner: str
    made_at: str
    rows: int

    def is_late(self, now: datetime) -> bool:
        """Is it older than a day?"""
        return now - parse_iso(self.made_at) > LATE_AFTER


_ROWS = """
-- One row per thing of a place where our number counts and the platform should be told otherwise.
with said as (
  select variant_id, sum(on_hand) as pieces from platform_levels where location_id = ?1 group by 1
), since as (
  select t.variant_id, sum(t.quantity) as pieces from moves_on_top t
  where t.location_id = ?1 and t.fact_at is not null group by 1
), lies as (
  select variant_id, sum(on_hand) as pieces from stock_levels where location_id = ?1 group by 1
), to_be_sent as (
  select m.variant_id, sum(m.quantity) as pieces from stock_moves m left join move_facts f on f.move_id = m.id
  where m.location_id = ?1 and m.kind = 'ship' and f.move_id is null group by 1
), both as (
  select s.variant_id, s.pieces + coalesce(n.pieces, 0) as before,
    coalesce(l.pieces, 0) - coalesce(t.pieces, 0) as after
  from said s left join since n on n.variant_id = s.variant_id left join lies l on l.variant_id = s.variant_id
  left join to_be_sent t on t.variant_id = s.variant_id
)
select b.variant_id, b.before, b.after from both b join locations l on l.id = ?1 and l.master = 'ecomos'
where b.before <> b.after order by b.variant_id"""


def differing_rows(db: sqlite3.Connection, place: int) -> list[UploadRow]:
    """What the platform should be told of a place; empty where its own number counts."""
    return [UploadRow(**dict(row)) for row in db.execute(_ROWS, [place]).fetchall()]


def make_upload(db: sqlite3.Connection, place: int, now: datetime) -> int | None:
    """Put today's differing rows into a file for upload; gives its number, or that of the one that waits with the same
    rows; None where nothing differs. A file that waits with other rows is dropped for the new one, which keeps its age.
    """
    with write(db):
        rows = differing_rows(db, place)
        waiting = db.execute(
            "select * from stock_uploads where location_id = ? and uploaded_at is null and dropped_at is null", [place]
        ).fetchone()
        if waiting is not None and _lines(db, waiting["id"]) == [(r.variant_id, r.before, r.after) for r in rows]:
            return int(waiting["id"])
        if waiting is not None:
            db.execute("update stock_uploads set dropped_at = ? where id = ?", [iso(now), waiting["id"]])
        if not rows:
            return None
        made_at = waiting["made_at"] if waiting is not None else iso(now)
        number = db.execute(
            "insert into stock_uploads(location_id, made_at) values (?, ?) returning id", [place, made_at]
        ).fetchone()[0]
        db.executemany(
            """insert into stock_upload_lines(upload_id, variant_id, before, after, newest_move_id)
               values (?, ?, ?, ?, (select coalesce(max(id), 0) from stock_moves))""",
            [(number, r.variant_id, r.before, r.after) for r in rows],
        )
    return int(number)


def _lines(db: sqlite3.Connection, upload: int) -> list[tuple[int, int, int]]:
    rows = db.execute(
        "select variant_id, before, after from stock_upload_lines where upload_id = ? order by variant_id", [upload]
    )
    return [(row[0], row[1], row[2]) for row in rows]


def open_uploads(db: sqlite3.Connection) -> list[Upload]:
    """Every file that waits, the oldest first."""
    rows = db.execute(
        """select u.id, u.location_id, l.name as place, l.owner, u.made_at,
             (select count(*) from stock_upload_lines x where x.upload_id = u.id) as rows
           from stock_uploads u join locations l on l.id = u.location_id
           where u.uploaded_at is null and u.dropped_at is null order by u.made_at, u.id"""
    )
    return [Upload(**dict(row)) for row in rows]


def upload_csv(db: sqlite3.Connection, upload: int) -> str:
    """The file as Shopify takes it: its own inventory layout, what it has as `On hand (current)` and what it should
    have as `On hand (new)`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(r) for r in db.execute(_FILE, [upload]).fetchall())
    return out.getvalue()


_FILE = """
select x.before, x.after, v.sku, v.title, p.handle, p.title as product, l.name as place, s.committed, s.incoming,
  (select sum(on_hand) from platform_levels h where h.variant_id = x.variant_id and h.location_id = u.location_id
     and h.state <> 'sellable') as held
from stock_upload_lines x join stock_uploads u on u.id = x.upload_id
join variants v on v.id = x.variant_id join products p on p.id = v.product_id
join locations l on l.id = u.location_id
left join platform_levels s on s.variant_id = x.variant_id and s.location_id = u.location_id and s.state = 'sellable'
where x.upload_id = ? order by p.handle, v.id"""


def _row(r: sqlite3.Row) -> dict[str, object]:
    options = _options(r["title"])
    held, committed = r["held"] or 0, r["committed"] or 0
    named = {f"Option{n} Value": value for n, value in enumerate(options, 1)}
    return named | {
        "Handle": r["handle"],
        "Title": r["product"],
        "Option1 Name": "Title" if r["title"] == "Default Title" else "",
        "SKU": r["sku"] or "",
        "Location": r["place"],
        "Incoming (not editable)": r["incoming"] or 0,
        "Unavailable (not editable)": held,
        "Committed (not editable)": committed,
        "Available (not editable)": r["before"] - held - committed,
        "On hand (current)": r["before"],
        "On hand (new)": r["after"],
    }


def _options(title: str) -> Sequence[str]:
    return title.split(" / ")[:3]


def uploaded(db: sqlite3.Connection, hand: Hand, upload: int) -> None:
    """Somebody uploaded the file: the platform has our numbers since now, and knows the moves that led there. Raises
    Refused for another role than the place's owner, and for a file that a newer one replaced."""
    with write(db):
        row = db.execute(
            "select u.*, l.owner from stock_uploads u join locations l on l.id = u.location_id where u.id = ?", [upload]
        ).fetchone()
        if row is None:
            raise Refused("There is no such file.")
        hand.must_be(LEADS | {row["owner"]}, "Uploading levels")
        if row["uploaded_at"]:
            raise Refused("This file was uploaded already.")
        if row["dropped_at"]:
            raise Refused("A newer file has taken its place: download that one and upload it.")
        db.execute(
            "update stock_uploads set uploaded_at = ?, uploaded_by = ? where id = ?", [hand.at, hand.person_id, upload]
        )
        db.execute(_KNOWN_THERE, [f"uploaded by {hand.actor}", hand.at, upload])
        for line in _lines(db, upload):
            _said(db, row["location_id"], line, hand.at)


_KNOWN_THERE = """
insert into move_facts(move_id, fact, fact_at)
select m.id, ?, ? from stock_upload_lines x join stock_uploads u on u.id = x.upload_id
join stock_moves m on m.variant_id = x.variant_id and m.location_id = u.location_id and m.id <= x.newest_move_id
left join move_facts f on f.move_id = m.id
where x.upload_id = ? and m.kind not in ('opening', 'snapshot', 'ship') and f.move_id is null"""


def _said(db: sqlite3.Connection, place: int, line: tuple[int, int, int], now: str) -> None:
    """The platform's word is what was uploaded; what it holds back it still holds back."""
    variant, _, after = line
    db.execute(
        """update platform_levels set as_of = ?1, import_id = null, on_hand = case state when 'sellable' then ?2
             - coalesce((select sum(h.on_hand) from platform_levels h where h.variant_id = ?3 and h.location_id = ?4
                 and h.state <> 'sellable'), 0) else on_hand end
           where variant_id = ?3 and location_id = ?4""",
        [now, after, variant, place],
    )
