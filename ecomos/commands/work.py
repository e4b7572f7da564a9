"""tick, start, queue, adopt."""

import argparse
import json
from datetime import datetime
from typing import Any

from ecomos.commands.opening import instant, open_shop, print_rows, say_problems
from ecomos.errors import WrongUsage
from ecomos.store import now_in, wind
from ecomos.work import Shop, adopt_orders, adopt_playbook, in_force, listed, order_by_ref, queue_of, queue_of_roles
from ecomos.work import start as start_run
from ecomos.work.catalogue import facts_of

__all__ = ["adopt", "queue", "start", "tick"]


def tick(asked: argparse.Namespace) -> int:
    """One beat; exit 1 where an import had problems."""
    from ecomos.heartbeat import tick as beat

    shop, now = open_shop(asked)
    if asked.now:
        now = instant(asked.now)
    elif shop.home.clock == "demo":
        now = wind(shop.home, shop.db)
    found = beat(shop, now)
    if asked.json:
        print(json.dumps(found.summary()))
    else:
        print(", ".join(f"{name} {count}" for name, count in found.summary().items()))
    return say_problems(p for a in found.imports for p in a.problems)


def case_of(shop: Shop, ref: str) -> tuple[str, Any]:
    """The case meant by `order:1001`, `ticket:12`, `import:3`, `person:2`, `request:4`, `day:2026-11-24`."""
    kind, sign, key = ref.partition(":")
    if kind == "order" and sign:
        return "order", order_by_ref(shop.db, ref)
    case: tuple[str, Any] | None = None
    if kind in ("import", "person", "ticket", "request") and key.isdigit():
        case = kind, int(key)
    elif kind in ("day", "procedure", "kpi") and key:
        case = kind, key
    if case is not None:
        try:
            facts_of(shop.db, case, shop.today(now_in(shop.home, shop.db)), shop.home)
        except LookupError as missing:
            raise WrongUsage(f"There is {missing}.") from None
        return case
    raise WrongUsage(f"{ref!r} names no case, as in order:1001 or import:3.")


def start(asked: argparse.Namespace) -> int:
    """Start a procedure by hand."""
    shop, now = open_shop(asked)
    run_id, is_new = start_run(shop, asked.procedure, case_of(shop, asked.about), now)
    if asked.json:
        print(json.dumps({"run": run_id, "started": is_new}))
    else:
        print(f"Run {run_id} " + ("started." if is_new else "is open for this case already."))
    return 0


def queue(asked: argparse.Namespace) -> int:
    """What stands on a person's list, on a role's, or on all."""
    shop, now = open_shop(asked)
    items = _items(shop, asked.whose, now)
    rows = [
        {
            "task": i.task_id,
            "when": i.group,
            "due": i.due_at.astimezone(shop.home.zone).strftime("%a %d %b %H:%M") if i.due_at else "",
            "role": i.role,
            "who": i.person,
            "what": i.title,
            "case": i.subject,
            "procedure": i.procedure,
            "why": i.why,
        }
        for i in items
    ]
    print_rows(rows, asked.json, "Nothing is waiting.")
    return 0


def _items(shop: Shop, whose: str | None, now: datetime) -> list[Any]:
    if whose is None:
        roles = {
            r[0] for r in shop.db.execute("select distinct role from tasks where status in ('open','taken','waiting')")
        }
        return queue_of_roles(shop, sorted(roles), now)
    row = shop.db.execute("select id from people where email = ? or name = ? collate nocase", [whose, whose]).fetchone()
    if row:
        return queue_of(shop, row[0], now)
    if whose in in_force(shop, now).roles:
        return queue_of_roles(shop, [whose], now)
    raise WrongUsage(f"{whose!r} is no person's name or e-mail and no role in force.")


def adopt(asked: argparse.Namespace) -> int:
    """Adopt the changed playbook, or open orders."""
    shop, now = open_shop(asked)
    if asked.what == "playbook":
        changes, problems = adopt_playbook(shop, now, "hand")
        for change in changes:
            print(f"{change.what}: {change.kind}/{change.name}")
        if not changes and not problems:
            print("Nothing has changed.")
        return say_problems(problems)
    return _adopt_orders(shop, asked, now)


def _adopt_orders(shop: Shop, asked: argparse.Namespace, now: datetime) -> int:
    waiting = listed(shop)
    if not asked.refs and not asked.all:
        rows = [
            {
                "order": f"order:{r['channel']}/{r['number'].lstrip('#')}",
                "paid": r["financial_status"],
                "fulfilled": r["fulfillment_status"],
                "to ship": r["to_ship"],
                "to issue": r["to_issue"],
            }
            for r in waiting
        ]
        print_rows(rows, asked.json, "No open order waits to be adopted.")
        return 0
    ids = [r["order_id"] for r in waiting] if asked.all else [order_by_ref(shop.db, ref) for ref in asked.refs]
    found = adopt_orders(shop, ids, now, actor="hand", at=asked.at, leave=asked.leave)
    names = {r["order_id"]: r["number"] for r in waiting}
    for order_id, state in found.items():
        print(f"{names.get(order_id, order_id)}: {state}")
    return 1 if "not on the list" in found.values() else 0
