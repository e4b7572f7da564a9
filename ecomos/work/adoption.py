"""What was open before the team began: put once before the operations lead as a list; adopted at a step, or left."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from ecomos.errors import Refused, WrongUsage
from ecomos.store import events, iso, write
from ecomos.work.authority import acting
from ecomos.work.engine import start_run
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, open_task
from ecomos.work.versions import in_force

__all__ = ["adopt_orders", "list_adoptions", "listed", "order_by_ref"]

LEAD = "operations-lead"


def order_by_ref(db: sqlite3.Connection, ref: str) -> int:
    """The order meant by `order:CHANNEL/1001`, `order:1001`, `#1001` or `1001`.

    Raises WrongUsage where there is none, or several (with the candidates).
    """
    text = ref.removeprefix("order:").strip()
    channel, _, number = text.rpartition("/")
    bare = number.lstrip("#")
    rows = db.execute(
        """select o.id, c.name, o.number from orders o join channels c on c.id = o.channel_id
           where o.number in (?, ?) and (? = '' or c.name = ?) order by c.name""",
        [bare, f"#{bare}", channel, channel],
    ).fetchall()
    if not rows:
        raise WrongUsage(f"There is no order {ref}.")
    if len(rows) > 1:
        known = ", ".join(f"order:{r['name']}/{r['number'].lstrip('#')}" for r in rows)
        raise WrongUsage(f"{ref} is not unique: {known}.")
    return int(rows[0]["id"])


def listed(shop: Shop) -> list[sqlite3.Row]:
    """The orders that wait to be adopted or left, with what the list shows of each."""
    return shop.db.execute(
        """select a.order_id, o.number, o.placed_at, o.financial_status, o.fulfillment_status, o.total_cents,
             o.currency, o.payment_terms, c.name as channel,
             (select count(*) from open_lines l where l.order_id = o.id and l.open_quantity > 0
                and l.requires_shipping) as to_ship,
             (select count(*) from open_lines l where l.order_id = o.id and l.open_quantity > 0
                and not l.requires_shipping) as to_issue
           from adoptions a join orders o on o.id = a.order_id join channels c on c.id = o.channel_id
           where a.state = 'listed' order by o.placed_at, o.id"""
    ).fetchall()


def list_adoptions(shop: Shop, now: datetime) -> None:
    """Keep one task of the operations lead while orders wait to be adopted; what is no longer open leaves the list."""
    db = shop.db
    task = db.execute("select id from tasks where kind = 'adopt' and status in ('open', 'taken')").fetchone()
    waiting = db.execute("select count(*) from adoptions where state = 'listed'").fetchone()[0]
    if not waiting and task is None:
        return
    with write(db):
        db.execute(
            """update adoptions set state = 'ended' where state = 'listed' and order_id in
               (select id from orders where cancelled_at is not null or fulfillment_status = 'fulfilled')"""
        )
        waiting = db.execute("select count(*) from adoptions where state = 'listed'").fetchone()[0]
        task = db.execute("select id from tasks where kind = 'adopt' and status in ('open', 'taken')").fetchone()
        title = f"Adopt {waiting} open orders, or leave them" if waiting > 1 else "Adopt one open order, or leave it"
        if task is None and waiting:
            due = iso(shop.working.after_days(now, 1))
            open_task(shop, "adopt", title, LEAD, now, due_at=due, why="open when the store was first loaded")
        elif task is not None and waiting:
            db.execute("update tasks set title = ? where id = ?", [title, task["id"]])
        elif task is not None:
            close(shop, task["id"], "done", now, None)


def adopt_orders(
    shop: Shop,
    order_ids: Sequence[int],
    now: datetime,
    *,
    actor: str,
    person_id: int | None = None,
    at: str | None = None,
    leave: bool = False,
) -> dict[int, str]:
    """Adopt open orders at a step (default the first; the engine passes what already holds), or leave them.

    Gives what became of each. A person must act for the operations lead. An order that is not on the list is refused.
    """
    if (
        person_id is not None
        and person_id not in acting(shop, LEAD, now)
        and person_id not in acting(shop, "founder", now)
    ):
        raise Refused("Open orders are adopted by the operations lead.")
    found: dict[int, str] = {}
    for order_id in order_ids:
        with write(shop.db):
            row = shop.db.execute(
                "select state from adoptions where order_id = ? and state in ('listed', 'left')", [order_id]
            ).fetchone()
            if row is None:
                found[order_id] = "not on the list"
                continue
            found[order_id] = _leave(shop, order_id) if leave else _adopt(shop, order_id, now, actor, at)
    list_adoptions(shop, now)
    return found


def _leave(shop: Shop, order_id: int) -> str:
    shop.db.execute("update adoptions set state = 'left' where order_id = ?", [order_id])
    return "left"


def _adopt(shop: Shop, order_id: int, now: datetime, actor: str, at: str | None) -> str:
    event = events.append(shop.db, "order.adopted", ("order", order_id), actor=actor, recorded_at=iso(now))
    runs = []
    for procedure in in_force(shop, now).procedures.values():
        if procedure.starts and procedure.starts.event == "order.placed" and procedure.state == "on":
            if at and not any(s.slug == at.lstrip("#") for s in procedure.steps):
                raise WrongUsage(f"“{procedure.title}” has no step #{at.lstrip('#')}.")
            runs.append(start_run(shop, procedure.stem, ("order", order_id), now, cause=event, at=at)[0])
    if not runs:
        raise WrongUsage("No procedure in force starts on order.placed; adopt the playbook first.")
    shop.db.execute("update adoptions set state = 'adopted', run_id = ? where order_id = ?", [runs[0], order_id])
    return "adopted"
