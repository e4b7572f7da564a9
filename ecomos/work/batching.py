"""Waves: the tasks of one step that are worked together, gathered by a fact of their case until they are full, taken,
or their hour has come."""

from datetime import datetime

from ecomos.errors import EcomosError
from ecomos.store import iso
from ecomos.work.catalogue import facts_of
from ecomos.work.deadlines import due_at
from ecomos.work.run import Run
from ecomos.work.shop import Shop

__all__ = ["batch_for", "close_batches"]


def batch_for(shop: Shop, run: Run, now: datetime) -> tuple[int, str]:
    """The wave that gathers cases like this one, opened where there is none; gives (batch id, closes at)."""
    batch = run.step.batch
    assert batch is not None
    key = _key(shop, run, batch.by, now)
    row = shop.db.execute(
        """select b.id, b.closes_at from batches b
           where b.status = 'gathering' and b.procedure = ? and b.step = ? and b.key = ? and b.closes_at > ?
             and (select count(*) from tasks t where t.batch_id = b.id and t.status <> 'withdrawn') < b.capacity
           order by b.id limit 1""",
        [run.procedure.stem, run.step.slug, key, iso(now)],
    ).fetchone()
    if row:
        return row["id"], row["closes_at"]
    closes = due_at(shop, batch.latest, now, now)
    made = shop.db.execute(
        """insert into batches(procedure, step, key, opened_at, closes_at, capacity, status)
           values (?, ?, ?, ?, ?, ?, 'gathering')""",
        [run.procedure.stem, run.step.slug, key, iso(now), closes, batch.up_to],
    )
    assert made.lastrowid is not None
    assert closes is not None
    return made.lastrowid, closes


def _key(shop: Shop, run: Run, by: str | None, now: datetime) -> str:
    if by is None:
        return ""
    case, _, name = by.rpartition(".")
    facts = facts_of(shop.db, run.about, shop.today(now), shop.home)
    if case not in ("", run.about[0]) or not hasattr(facts, name):
        raise EcomosError(f"a wave by {by}: a {run.about[0]} has no such fact")
    return str(getattr(facts, name))


def close_batches(shop: Shop, now: datetime) -> None:
    """A wave whose hour has come takes no more cases."""
    shop.db.execute("update batches set status = 'out' where status = 'gathering' and closes_at <= ?", [iso(now)])
