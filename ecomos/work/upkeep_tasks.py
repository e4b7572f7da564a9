"""Tasks about the store itself: each thing that is wrong stands on a list once, and leaves it when it is mended."""

import json
from datetime import datetime

from ecomos.store import iso, write
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, open_task

__all__ = ["close_upkeep_task", "open_upkeep_task"]


def open_upkeep_task(
    shop: Shop, what: str, title: str, why: str, now: datetime, *, role: str = "founder", due_at: datetime | None = None
) -> bool:
    """Put it on a role's list where it never stood there under this name, due the next working day where nothing else
    is said; True where it is new."""
    with write(shop.db):
        known = shop.db.execute(
            "select 1 from tasks where kind = 'failed' and json_extract(data, '$.upkeep') = ?", [what]
        ).fetchone()
        if known:
            return False
        due = iso(due_at or shop.working.after_days(now, 1))
        open_task(shop, "failed", title, role, now, due_at=due, why=why, data={"upkeep": what})
    return True


def close_upkeep_task(shop: Shop, what: str, now: datetime) -> None:
    """It is mended: off the list, with the word."""
    with write(shop.db):
        for row in shop.db.execute(
            """select id, data from tasks where kind = 'failed' and status in ('open', 'taken')
                 and json_extract(data, '$.upkeep') = ?""",
            [what],
        ).fetchall():
            close(shop, row["id"], "done", now, None, {"found": "it was mended"}, json.loads(row["data"]))
