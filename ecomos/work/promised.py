"""What a run promises: waiting for outsiders is taken off its clock, however the wait ends."""

from datetime import datetime
from decimal import Decimal

from ecomos.store import iso, parse_iso
from ecomos.work.shop import Shop

__all__ = ["after_waiting", "stop_the_clock", "stop_withdrawn"]


def after_waiting(shop: Shop, promised: datetime, since: datetime, now: datetime) -> datetime:
    """The promise after a wait from `since` to `now`: the open time that was left when it began is left when it ends.

    One that was broken before the wait stays as it was.
    """
    if promised <= since:
        return promised
    left = shop.working.between(since, promised)
    return shop.working.after_hours(now, Decimal(left.total_seconds()) / 3600)


def stop_the_clock(shop: Shop, run_id: int, since: str, now: datetime) -> None:
    """Waiting for outsiders does not count: the promise moves by it, and so do those of the runs above."""
    at: int | None = run_id
    while at is not None:
        row = shop.db.execute("select parent_run_id, promised_at from runs where id = ?", [at]).fetchone()
        if row["promised_at"]:
            promised = after_waiting(shop, parse_iso(row["promised_at"]), parse_iso(since), now)
            shop.db.execute("update runs set promised_at = ? where id = ?", [iso(promised), at])
        at = row["parent_run_id"]


def stop_withdrawn(shop: Shop, run_id: int, now: datetime) -> None:
    """The waits of a run that is taken out of its step, or ends: what was waited until now does not count."""
    rows = shop.db.execute(
        "select opened_at from tasks where run_id = ? and kind = 'wait' and status = 'waiting'", [run_id]
    ).fetchall()
    for row in rows:
        stop_the_clock(shop, run_id, row["opened_at"], now)
