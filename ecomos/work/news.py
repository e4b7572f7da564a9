"""What happened since a person last looked that concerns them, told in sentences from the records that tell of it
anyway: events, tasks, approvals, versions of the playbook, imports and reports. Nothing is written but how far one
read."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ecomos.store import iso, write
from ecomos.work.authority import acting_roles
from ecomos.work.happenings import MOST, News, Since, Teller
from ecomos.work.shop import Shop

__all__ = ["EVERYTHING", "News", "Since", "mark_read", "news_of", "read_up_to"]

AT_FIRST = timedelta(days=1)
"""Who never looked is told of the last day."""
EVERYTHING = frozenset({"imports", "reports"})
"""The pages that not everybody sees; what stands on them is told to who does."""


def read_up_to(shop: Shop, person_id: int, now: datetime) -> Since:
    """How far this person has read; who never looked begins a day ago."""
    row = shop.db.execute("select event_id, looked_at from looks where person_id = ?", [person_id]).fetchone()
    if row:
        return Since(row["event_id"], row["looked_at"])
    at = iso(now - AT_FIRST)
    first = shop.db.execute("select coalesce(max(id), 0) from events where recorded_at <= ?", [at]).fetchone()[0]
    return Since(first, at)


def mark_read(shop: Shop, person_id: int, shown: Sequence[News], now: datetime) -> None:
    """What was shown is read; what came after it stays new."""
    was = read_up_to(shop, person_id, now)
    event = max((n.event_id for n in shown), default=0)
    at = max((n.at for n in shown), default="")
    with write(shop.db):
        shop.db.execute(
            """insert into looks(person_id, event_id, looked_at) values (?, ?, ?) on conflict(person_id) do update
               set event_id = max(event_id, excluded.event_id), looked_at = max(looked_at, excluded.looked_at)""",
            [person_id, max(was.event_id, event), max(was.at, at)],
        )


def news_of(shop: Shop, person_id: int, now: datetime, sees: Iterable[str] = ()) -> list[News]:
    """What concerns this person and happened since they looked, the newest first, at most 200.

    `sees` are the pages (of `EVERYTHING`) that this person may open.
    """
    roles, since, pages = acting_roles(shop, person_id, now), read_up_to(shop, person_id, now), set(sees)
    names = {r["id"]: r["name"] for r in shop.db.execute("select id, name from people")}
    teller = Teller(shop, person_id, since, roles, names)
    found = [*teller.cases(), *teller.tasks(), *teller.decisions(), *teller.playbook(now), *teller.figures(now)]
    found += teller.mails()
    found += teller.imports() if "imports" in pages else []
    found += teller.reports() if "reports" in pages else []
    found += teller.people() if "founder" in roles else []
    return sorted(found, key=lambda n: (n.at, n.event_id), reverse=True)[:MOST]
