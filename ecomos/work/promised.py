"""What a run promises: waiting for outsiders is taken off its clock, however the wait ends."""

from datetime import datetime

from ecomos.store import iso, parse_iso
from ecomos.work.shop import Shop

__all__ = ["stop_the_clock", "stop_withdrawn"]


def stop_the_clock(shop: Shop, run_id: int, since: str, now: datetime) -> None:
    """Waiting for outsiders does not count: the promise moves by the time waited, and so do those of the runs above."""
    at: int | None = run_id
    while at is not None:
        row = shop.db.execute("select parent_run_id, promised_at from runs where id = ?", [at]).fetchone()
        if row["promised_at"]:
            promised = parse_iso(row["promised_at"]) + (now - parse_iso(since))
            shop.db.execute("update runs set promised_at = ? where id = ?", [iso(promised), at])
        at = row["parent_run_id"]


def stop_withdrawn(shop: Shop, run_id: int, now: datetime) -> None:
    """The waits of a run that is taken out of its step, or ends: what was waited until now does not count."""
    rows = shop.db.execute(
        "select opened_at from tasks where run_id = ? and kind = 'wait' and status = 'waiting'", [run_id]
    ).fetchall()
    for row in rows:
        stop_the_clock(shop, run_id, row["opened_at"], now)
