"""Approvals: the engine approves where the drafter's own authority holds for the sum over the case; else it is a task
of the first role up that may. The founder's own draft above every limit is self-approved with a reason."""

import json
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ecomos.errors import Refused
from ecomos.money import format_money, from_cents, to_cents
from ecomos.stock import purchase_status
from ecomos.store import iso
from ecomos.work.authority import decided_today, first_that_may, limit_of_person, limit_of_role, may_decide, role_above
from ecomos.work.deadlines import due_at
from ecomos.work.run import Run
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, open_task
from ecomos.work.values import case_currency
from ecomos.work.versions import in_force

__all__ = ["ask_approval", "decide", "history_cents"]


def history_cents(shop: Shop, kind: str, case: tuple[str, Any], now: datetime) -> int:
    """What was approved of that kind for that case before: a limit is for the sum, so that splitting gains nothing.

    Orders to one supplier on one day of the store are one case too.
    """
    others = _same_day(shop, case, now) if case[0] == "purchase" else 0
    return others + int(
        shop.db.execute(
            "select coalesce(sum(approved_cents), 0) from approvals"
            " where kind = ? and about_type = ? and about_id = ? and status = 'approved'",
            [kind, *case],
        ).fetchone()[0]
    )


def _same_day(shop: Shop, case: tuple[str, Any], now: datetime) -> int:
    """What was approved today for other orders to the same supplier that were not dropped."""
    begins = shop.working.at(shop.today(now), time(0))
    return int(
        shop.db.execute(
            """select coalesce(sum(a.approved_cents), 0) from approvals a
               join purchase_orders o on o.id = a.about_id join purchase_orders this on this.id = ?1
               where a.kind = 'purchase' and a.about_type = 'purchase' and a.status = 'approved' and o.id <> this.id
                 and o.supplier_id = this.supplier_id and o.status <> 'cancelled'
                 and a.decided_at >= ?2 and a.decided_at < ?3""",
            [case[1], iso(begins), iso(begins + timedelta(days=1))],
        ).fetchone()[0]
    )


def money_case(shop: Shop, run: Run) -> tuple[str, Any]:
    """Whose money it is about: the run's order, also where a ticket asked for it; else what the run is about."""
    row = shop.db.execute("select id from run_cases where run_id = ? and type = 'order'", [run.id]).fetchone()
    return ("order", row[0]) if row else run.about


def ask_approval(shop: Shop, run: Run, amount: Decimal, now: datetime) -> bool:
    """Ask for the approval of this step; True where the engine could give it at once."""
    asked = run.step.approve
    assert asked is not None
    currency = case_currency(shop, run)
    cents = to_cents(Decimal(amount), currency)
    total = cents + history_cents(shop, asked.kind, money_case(shop, run), now)
    drafter = _drafter(shop, run, asked.amount.text)
    limit = limit_of_person(shop, drafter, asked.kind, currency, now) if drafter else 0
    if drafter and may_decide(shop, drafter, None, asked.kind, total, cents, currency, now):
        _keep(shop, run, cents, currency, now, drafter, None, "approved", limit)
        return True
    performer = run.step.role or run.procedure.performer
    start = performer if drafter else role_above(in_force(shop, now), performer) or "founder"
    role = first_that_may(shop, start, asked.kind, total, cents, currency, drafter, now)
    task = open_task(
        shop,
        "approve",
        f"Approve {asked.kind}: {format_money(cents, currency)}",
        role,
        now,
        run=(run.id, run.step.slug, run.visit),
        about=run.about,
        due_at=due_at(shop, run.step.within, now, now) or run.promised_at or iso(shop.working.after_days(now, 1)),
        why=_why(shop, asked.kind, total, limit, currency, drafter, now),
        data={"kind": asked.kind, "asked_cents": cents, "currency": currency, "drafted_by": drafter},
    )
    _keep(shop, run, cents, currency, now, drafter, task, "open", limit)
    return False


def _why(
    shop: Shop, kind: str, total: int, limit: int | None, currency: str, drafter: int | None, now: datetime
) -> str:
    if drafter and (limit is None or total <= limit):
        spent = format_money(decided_today(shop, drafter, kind, now), currency)
        return f"with {spent} of {kind} decided today, the drafter's cap for a day is reached"
    held = format_money(limit or 0, currency)
    return f"{format_money(total, currency)} of {kind} for this case is above the drafter's limit of {held}"


def _drafter(shop: Shop, run: Run, amount: str) -> int | None:
    """Who recorded the latest value that the approval names; None where a fact is named, but of a purchase order who
    finished the last step: that is who wants to spend it."""
    if not amount.startswith("answers."):
        return _buyer(shop, run) if amount.startswith("purchase.") else None
    name = amount.removeprefix("answers.")
    rows = shop.db.execute(
        "select done_by, answers from tasks where run_id = ? and kind = 'step' and answers is not null"
        " order by done_at desc, id desc",
        [run.id],
    )
    for row in rows:
        answers = json.loads(row["answers"])
        if name in answers or f"{name}_cents" in answers:
            return int(row["done_by"]) if row["done_by"] else None
    return None


def _buyer(shop: Shop, run: Run) -> int | None:
    row = shop.db.execute(
        """select done_by from tasks where run_id = ? and kind = 'step' and done_by is not null
           order by done_at desc, id desc limit 1""",
        [run.id],
    ).fetchone()
    drafted = "select drafted_by from purchase_orders where id = ?"
    row = row or shop.db.execute(drafted, [run.about[1]]).fetchone()
    return int(row[0]) if row and row[0] else None


def _keep(
    shop: Shop,
    run: Run,
    cents: int,
    currency: str,
    now: datetime,
    drafter: int | None,
    task: int | None,
    status: str,
    limit: int | None,
) -> None:
    asked, done = run.step.approve, status == "approved"
    assert asked is not None
    if run.about[0] == "purchase":
        purchase_status.asked(shop.db, run.about[1])
        if done:
            purchase_status.approved(shop.db, run.about[1], drafter, now, run.id)
    shop.db.execute(
        """insert into approvals(run_id, step, visit, task_id, kind, about_type, about_id, asked_cents, approved_cents,
             currency, drafted_by, decided_by, by_engine, status, limit_cents, asked_at, decided_at)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            run.id,
            run.step.slug,
            run.visit,
            task,
            asked.kind,
            *money_case(shop, run),
            cents,
            cents if done else None,
            currency,
            drafter,
            drafter if done else None,
            int(done),
            status,
            limit,
            iso(now),
            iso(now) if done else None,
        ],
    )


def decide(
    shop: Shop,
    task: Any,
    person_id: int,
    *,
    grant: bool,
    reason: str,
    now: datetime,
    amount: Decimal | None = None,
) -> None:
    """Grant (perhaps a lower amount) or refuse. Raises Refused: an own draft, an amount above the limit, no reason."""
    row = shop.db.execute("select * from approvals where task_id = ? and status = 'open'", [task["id"]]).fetchone()
    if row is None:
        raise Refused("This approval is no longer open.")
    currency, founder = row["currency"], task["role"] == "founder"
    cents = row["asked_cents"] if amount is None else to_cents(amount, currency)
    if not 0 < cents <= row["asked_cents"]:
        asked = from_cents(row["asked_cents"], currency)
        raise Refused(f"You may lower the amount, not raise it: between 0.01 and {asked} {currency}.")
    if row["drafted_by"] == person_id and not founder:
        raise Refused("Your own draft needs somebody else's approval.")
    if cents < row["asked_cents"] and row["about_type"] == "purchase":
        raise Refused("An order is approved as it stands, or refused with the reason: then it can be changed.")
    if not reason.strip() and (not grant or row["drafted_by"] == person_id):
        raise Refused("Write the reason: the person who asked reads it, and it stands in the weekly review.")
    total = cents + history_cents(shop, row["kind"], (row["about_type"], row["about_id"]), now)
    may = founder or may_decide(shop, person_id, task["role"], row["kind"], total, cents, currency, now)
    limit = None if founder else _limit_shown(shop, person_id, task["role"], row["kind"], currency, now)
    if grant and not may:
        raise Refused(_refused(shop, person_id, row["kind"], total, limit, currency, now))
    shop.db.execute(
        """update approvals set status = ?, approved_cents = ?, decided_by = ?, limit_cents = ?, reason = ?,
             decided_at = ? where id = ?""",
        [
            "approved" if grant else "refused",
            cents if grant else None,
            person_id,
            limit,
            reason.strip() or None,
            iso(now),
            row["id"],
        ],
    )
    if row["about_type"] == "purchase":
        _order_decided(shop, row, person_id, grant, now)
    close(shop, task["id"], "done", now, person_id, {"granted": grant, "amount_cents": cents, "currency": currency})


def _order_decided(shop: Shop, row: Any, person_id: int, grant: bool, now: datetime) -> None:
    if grant:
        purchase_status.approved(shop.db, row["about_id"], person_id, now, row["run_id"])
    else:
        purchase_status.refused(shop.db, row["about_id"])


def _limit_shown(shop: Shop, person_id: int, role: str, kind: str, currency: str, now: datetime) -> int | None:
    limits = [limit_of_person(shop, person_id, kind, currency, now), limit_of_role(shop, role, kind, currency, now)]
    return None if None in limits else max(x for x in limits if x is not None)


def _refused(shop: Shop, person_id: int, kind: str, total: int, limit: int | None, currency: str, now: datetime) -> str:
    if limit is not None and total > limit:
        return f"Your limit for {kind} is {format_money(limit, currency)} a case."
    spent = format_money(decided_today(shop, person_id, kind, now), currency)
    return f"You have decided {spent} of {kind} today; your cap for a day leaves less than that. Ask the role above."


def approved_amount(shop: Shop, run: Run) -> int | None:
    """What was approved at this visit of the step, in minor units."""
    row = shop.db.execute(
        "select approved_cents from approvals where run_id = ? and step = ? and visit = ? and status = 'approved'"
        " order by id desc limit 1",
        [run.id, run.step.slug, run.visit],
    ).fetchone()
    return row[0] if row else None
