"""What became of the month, read from the store file at its end: promises, waits, who was told, whose each case is."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from email.message import Message
from typing import Any

from ecomos.store import iso, parse_iso
from ecomos.work import acting
from month.plan import BREAKS, CANCELLED, MONEY_BACK
from month.play import Month
from month.staff import LOOKED_FOR

DAY = re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d|\b\d\d\.\d\d\.20\d\d|tomorrow|\d+ days?\b|\d+ Tage?\b")
OLDEST = timedelta(days=14)


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept."""

    number: str
    procedure: str
    began: datetime
    promised: datetime
    kept: datetime | None


def broken_promises(month: Month) -> list[Broken]:
    """Runs of orders and tickets that ended after their promise, or are still open after it."""
    rows = month.shop.db.execute(
        """select r.*, coalesce(o.number, t_o.number, '') as number, exists (
             select 1 from tasks w where w.run_id = r.id and w.status = 'waiting') as waits
           from runs r
           left join orders o on r.about_type = 'order' and o.id = r.about_id
           left join tickets t on r.about_type = 'ticket' and t.id = r.about_id
           left join orders t_o on t_o.id = t.order_id
           where r.about_type in ('order', 'ticket') and r.promised_at is not null order by r.id"""
    ).fetchall()
    found = []
    for row in rows:
        ended = parse_iso(row["ended_at"]) if row["ended_at"] else None
        promised = parse_iso(row["promised_at"])
        if (ended or month.end) > promised and not (ended is None and row["waits"]):
            found.append(Broken(row["number"], row["procedure"], parse_iso(row["started_at"]), promised, ended))
    return found


def planted_breaks(month: Month) -> set[str]:
    """The orders whose promise the planted causes break."""
    return month.plan.caused(*BREAKS)


def was_told(month: Month, broken: Broken) -> bool:
    """Whether something reached the customer between the beginning and the hour of the promise."""
    email = month.world.sales[broken.number].buyer.email
    return any(broken.began <= at < broken.promised for at, _ in month.customers.told.get(email, []))


def misjudged(month: Month) -> set[str]:
    """Orders for which somebody chose wrongly where a choice decides what the customer gets."""
    return {number for number, _, _ in month.staff.slips}


def cancelled_wrongly(month: Month) -> tuple[set[str], set[str]]:
    """Cancelled and not on the planted list, and the other way round; without those that were misjudged."""
    planted = month.plan.caused(*CANCELLED)
    found = {n for n, s in month.world.sales.items() if s.cancelled_at}
    return found - planted - misjudged(month), planted - found - misjudged(month)


def refunded_wrongly(month: Month) -> tuple[set[str], set[str]]:
    """Refunded and not on the planted list, and the other way round; without those that were misjudged."""
    planted = month.plan.caused(*MONEY_BACK)
    found = {n for n, s in month.world.sales.items() if s.refunded_cents}
    return found - planted - misjudged(month), planted - found - misjudged(month)


def delivered_share(month: Month) -> float:
    """Of the orders that should have arrived, how many did."""
    should = month.world.shippable() - misjudged(month)
    return sum(month.world.delivered(n, month.end) for n in should) / len(should)


def old_waits(month: Month) -> list[str]:
    """Waits for outsiders, and tasks put off for them, that are older than two weeks or have no date."""
    titles = ", ".join("?" * len(LOOKED_FOR))
    rows = month.shop.db.execute(
        f"""select t.*, r.procedure, coalesce(o.number, t_o.number, '') as number
            from tasks t join runs r on r.id = t.run_id
            left join orders o on r.about_type = 'order' and o.id = r.about_id
            left join tickets x on r.about_type = 'ticket' and x.id = r.about_id
            left join orders t_o on t_o.id = x.order_id
            where r.about_type in ('order', 'ticket') and (t.status = 'waiting'
              or (t.status in ('open', 'taken') and t.title in ({titles})))""",
        [*sorted(LOOKED_FOR)],
    ).fetchall()
    return [
        f"{r['procedure']}: {r['title']} since {r['opened_at']}"
        for r in rows
        if r["number"] not in misjudged(month)
        and (r["due_at"] is None or month.end - parse_iso(r["opened_at"]) > OLDEST)
    ]


def untold_waits(month: Month) -> list[str]:
    """Waits of an order or a ticket, older than a day, whose customer has had no mail with a day in it since the case
    began; what waits for money was told its day with the platform's own confirmation."""
    rows = month.shop.db.execute(
        """select t.title, r.started_at, r.procedure, coalesce(o.number, t_o.number, '') as number from tasks t
           join runs r on r.id = t.run_id
           left join orders o on r.about_type = 'order' and o.id = r.about_id
           left join tickets x on r.about_type = 'ticket' and x.id = r.about_id
           left join orders t_o on t_o.id = x.order_id
           where t.status = 'waiting' and r.about_type in ('order', 'ticket') and r.procedure <> 'verify-a-payment'
             and t.opened_at < ?""",
        [iso(month.end - timedelta(days=1))],
    ).fetchall()
    return [f"{r['procedure']}: {r['title']} {r['number']}" for r in rows if not _heard_a_day(month, r)]


def _heard_a_day(month: Month, row: Any) -> bool:
    email = month.world.sales[row["number"]].buyer.email
    mails = [m for to, m in month.customers.box.mails if to[0] == email]
    return any(DAY.search(_text(part)) for mail in mails for part in mail.walk())


def _text(part: Message) -> str:
    content = part.get_payload(decode=True) if part.get_content_type() == "text/plain" else None
    return content.decode("utf-8") if isinstance(content, bytes) else ""


def asked_amounts(month: Month) -> dict[str, list[Decimal]]:
    """What was asked in the month by the kind of decision, in the store's currency, the smallest first."""
    found: dict[str, list[Decimal]] = {}
    for row in month.shop.db.execute(
        "select kind, asked_cents from approvals where status <> 'withdrawn' order by asked_cents"
    ):
        found.setdefault(row["kind"], []).append(Decimal(row["asked_cents"]) / 100)
    return found


def nine_of_ten(amounts: list[Decimal]) -> Decimal:
    """The amount that nine of ten don't exceed: the 90th percentile by rank."""
    return amounts[-(-9 * len(amounts) // 10) - 1]


def nobodys(month: Month) -> list[str]:
    """Open cases without an open task, and open tasks for whose role nobody acts."""
    db = month.shop.db
    idle = db.execute(
        """select procedure, id from runs r where status <> 'done'
           and not exists (select 1 from tasks t where t.run_id = r.id and t.status in ('open', 'taken', 'waiting'))
           and not exists (select 1 from runs c where c.parent_run_id = r.id and c.status <> 'done')"""
    ).fetchall()
    roles = db.execute("select distinct role from tasks where status in ('open', 'taken')").fetchall()
    return [f"{r['procedure']} {r['id']}" for r in idle] + [
        r["role"] for r in roles if not acting(month.shop, r["role"], month.end)
    ]
