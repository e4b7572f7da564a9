"""kpi_daily: a card's facts summed by channel and day, refreshed from the first day that an import or an event
touched."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from ecomos.errors import Problem
from ecomos.kpis.running import CardError, run_card
from ecomos.playbook.records import Kpi
from ecomos.store import iso, write

__all__ = ["refresh"]

SUMS = """
select coalesce(channel_id, 0) as channel_id, day_on, sum(numerator) as numerator, sum(denominator) as denominator,
  count(*) as facts
from card where day_on >= ? and day_on is not null group by 1, 2"""

TOUCHED = """
select min(day) from (
  select min(placed_on) as day from orders where first_import_id > ?1
  union all
  select min(o.placed_on) from changes c join orders o on c.ref_type = 'order' and o.id = c.ref_id
  where c.import_id > ?1
  union all
  select min(o.placed_on) from events e join orders o on e.about_type = 'order' and o.id = e.about_id where e.id > ?2
  union all
  select min(substr(happened_at, 1, 10)) from events where id > ?2
  union all
  select min(day_on) from ad_spend where import_id > ?1
)"""


def refresh(db: sqlite3.Connection, cards: Iterable[Kpi], now: datetime) -> list[Problem]:
    """Bring kpi_daily up to date; gives the cards that could not be run, the others go on.

    A card whose SQL is another than before is made anew; else only from the first touched day on.
    """
    newest = db.execute("select (select coalesce(max(id), 0) from imports), (select coalesce(max(id), 0) from events)")
    import_id, event_id = newest.fetchone()
    found = []
    touched: dict[tuple[int, int], str | None] = {}
    for card in cards:
        since = _since(db, card, import_id, event_id, touched)
        if since is None:
            continue
        try:
            rows = run_card(db, card.stem, card.sql, SUMS, [since])
        except CardError as error:
            found.append(Problem(card.source, card.line, str(error)))
            continue
        with write(db):
            db.execute("delete from kpi_daily where kpi = ? and day_on >= ?", [card.stem, since])
            db.executemany(
                """insert into kpi_daily(kpi, channel_id, day_on, numerator, denominator, facts)
                   values (?, ?, ?, ?, ?, ?)""",
                [(card.stem, r[0], r[1], float(r[2] or 0), r[3], r[4]) for r in rows],
            )
            db.execute(
                """insert into kpi_fresh(kpi, sha, import_id, event_id, refreshed_at) values (?, ?, ?, ?, ?)
                   on conflict(kpi) do update set sha = excluded.sha, import_id = excluded.import_id,
                     event_id = excluded.event_id, refreshed_at = excluded.refreshed_at""",
                [card.stem, _sha(card), import_id, event_id, iso(now)],
            )
    return found


def _sha(card: Kpi) -> str:
    return sha256(card.sql.encode()).hexdigest()[:16]


def _since(
    db: sqlite3.Connection, card: Kpi, import_id: int, event_id: int, touched: dict[tuple[int, int], str | None]
) -> str | None:
    """The first day to make anew: all of them for a new SQL, None where nothing was touched.

    Cards that were fresh at the same moment share the answer, kept in `touched`.
    """
    fresh = db.execute("select * from kpi_fresh where kpi = ?", [card.stem]).fetchone()
    if fresh is None or fresh["sha"] != _sha(card):
        return "0000-00-00"
    if (fresh["import_id"], fresh["event_id"]) == (import_id, event_id):
        return None
    then = (fresh["import_id"], fresh["event_id"])
    if then not in touched:
        touched[then] = db.execute(TOUCHED, list(then)).fetchone()[0]
    return touched[then]
