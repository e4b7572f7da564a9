"""What the table Escalate of policies/replenishment.md says that more than the buyer must know: on the list of that
role, once, until no thing is such any more."""

from datetime import datetime

from ecomos.store import get_setting, set_setting, write
from ecomos.work import Shop
from ecomos.work.upkeep_tasks import close_upkeep_task, open_upkeep_task

__all__ = ["tell_escalated"]

SHOWN = 5
TOLD_ON = "escalated_told_on"
MARK = "escalated:"


def tell_escalated(shop: Shop, now: datetime) -> int:
    """Once a day a task for each role that a plan names; gives how many things are such. Called again, nothing new."""
    found: dict[str, list[str]] = {}
    for row in shop.db.execute(
        """select p.escalate_to as role, coalesce(nullif(v.sku, ''), t.title) as name from stock_plans p
           join variants v on v.id = p.variant_id join products t on t.id = v.product_id
           where p.escalate_to is not null and p.escalate_to <> '' order by p.stake_cents desc"""
    ):
        found.setdefault(row["role"], []).append(row["name"])
    _close_what_is_over(shop, set(found), now)
    today = shop.today(now).isoformat()
    if get_setting(shop.db, TOLD_ON) == today:
        return sum(map(len, found.values()))
    standing = _open(shop)
    for role, names in found.items():
        if not any(what.startswith(f"{MARK}{role}:") for what in standing):
            _tell(shop, role, names, today, now)
    with write(shop.db):
        set_setting(shop.db, TOLD_ON, today)
    return sum(map(len, found.values()))


def _tell(shop: Shop, role: str, names: list[str], today: str, now: datetime) -> None:
    things = "1 thing" if len(names) == 1 else f"{len(names)} things"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    open_upkeep_task(
        shop,
        f"{MARK}{role}:{today}",
        f"Look at {things} in stock that the buyer should not decide alone",
        f"By the table Escalate in the policy Replenishment: {', '.join(names[:SHOWN])}{more}. The page Stock shows "
        "each with its numbers.",
        now,
        role=role,
    )


def _close_what_is_over(shop: Shop, roles: set[str], now: datetime) -> None:
    for what in _open(shop):
        if what.removeprefix(MARK).rsplit(":", 1)[0] not in roles:
            close_upkeep_task(shop, what, now)


def _open(shop: Shop) -> list[str]:
    rows = shop.db.execute(
        """with found as (select json_extract(data, '$.upkeep') as what from tasks
             where kind = 'failed' and status in ('open', 'taken'))
           select what from found where what like 'escalated:%'"""
    )
    return [row["what"] for row in rows]
