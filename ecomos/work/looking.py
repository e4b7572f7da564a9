"""What is open for a case and who has it, and the corrections that staff make outside a step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ecomos.customers.matching import order_named
from ecomos.customers.taking import Incoming, take_in
from ecomos.customers.topics import TOPICS
from ecomos.errors import Refused
from ecomos.orders.deeds import ADDRESS, correct
from ecomos.people import person
from ecomos.playbook.catalogue import Doer
from ecomos.store import events, iso, parse_iso, write
from ecomos.work.authority import acting, acting_roles
from ecomos.work.promised import after_waiting
from ecomos.work.shop import Shop
from ecomos.work.triggers import offer_events
from ecomos.work.versions import procedure_version

__all__ = ["OpenWork", "Promise", "correct_order", "hear_customer", "open_work", "promises"]

MAY_CORRECT = ("support-agent", "support-lead", "operations-lead", "founder")


@dataclass(frozen=True)
class OpenWork:
    """One open task of a case."""

    task_id: int
    title: str
    words: str
    """`Pack it: with Ben, by 16:00`."""
    may: tuple[int, ...]
    """Who may do it now."""
    is_late: bool


@dataclass(frozen=True)
class Promise:
    """What a run promises, and both clocks: open time since it began, and the time it waited for others."""

    procedure: str
    promised_at: datetime
    """Moved by what was waited so far."""
    waited: timedelta
    """Waiting for outsiders, which does not count."""
    is_waiting: bool


def promises(shop: Shop, about: tuple[str, Any], now: datetime) -> list[Promise]:
    """The promises of a case's open runs, the waits of the procedures that they started included."""
    rows = shop.db.execute(
        """select r.* from runs r join run_cases c on c.run_id = r.id
           where c.type = ? and c.id = ? and r.status <> 'done' and r.promised_at is not null order by r.id""",
        [*about],
    ).fetchall()
    return [_promise(shop, row, now) for row in rows]


def _promise(shop: Shop, row: Any, now: datetime) -> Promise:
    waits = shop.db.execute(
        """with recursive below(id) as (
             select ? union all select r.id from runs r join below b on r.parent_run_id = b.id)
           select opened_at, done_at, status from tasks
           where kind = 'wait' and run_id in (select id from below) and status in ('waiting', 'done', 'withdrawn')""",
        [row["id"]],
    ).fetchall()
    waited = sum((parse_iso(w["done_at"] or iso(now)) - parse_iso(w["opened_at"]) for w in waits), timedelta())
    still = [w for w in waits if w["status"] == "waiting"]
    promised = parse_iso(row["promised_at"])
    if still:
        promised = after_waiting(shop, promised, min(parse_iso(w["opened_at"]) for w in still), now)
    title = procedure_version(shop, row["procedure"], row["version_sha"]).title
    return Promise(title, promised, waited, bool(still))


def open_work(shop: Shop, about: tuple[str, Any], now: datetime) -> list[OpenWork]:
    """Every open task of a case, waits last."""
    rows = shop.db.execute(
        """select t.*, r.procedure from tasks t join runs r on r.id = t.run_id
           join run_cases c on c.run_id = r.id
           where c.type = ? and c.id = ? and t.status in ('open', 'taken', 'waiting')
           order by t.status = 'waiting', t.id""",
        [*about],
    ).fetchall()
    return [_as_work(shop, row, now) for row in rows]


def _as_work(shop: Shop, row: Any, now: datetime) -> OpenWork:
    due = parse_iso(row["due_at"]).astimezone(shop.home.zone) if row["due_at"] else None
    until = (
        f", {'until' if row['status'] == 'waiting' else 'by'} {due:%a} {due.day} {due:%b}, {due:%H:%M}" if due else ""
    )
    if row["status"] == "waiting":
        return OpenWork(row["id"], row["title"], f"Waiting: {row['title']}{until}", (), False)
    may = (row["person_id"],) if row["person_id"] else acting(shop, row["role"], now)
    names = " or ".join(person(shop.db, p).name for p in may[:3]) or "nobody"
    words = f"Next: {row['title']}, {row['role'].replace('-', ' ')} ({names}){until}"
    return OpenWork(row["id"], row["title"], words, may, bool(due and due < now))


def correct_order(shop: Shop, order_id: int, person_id: int, values: Mapping[str, Any], now: datetime) -> str:
    """Lay staff's values over the imported ones; gives what became of it. Raises Refused for another role."""
    if not acting_roles(shop, person_id, now) & set(MAY_CORRECT):
        raise Refused("Addresses are corrected by support, the operations lead or the founder.")
    if values.get("email") and "@" not in str(values["email"]):
        raise Refused(f"“{values['email']}” is no e-mail address.")
    if values.get("country") and len(str(values["country"]).strip()) != 2:
        raise Refused("Country: two letters, as in AT.")
    doer = Doer(f"person:{person_id}", person_id, 0, now, shop.today(now))
    given = {ADDRESS[k]: str(v) for k, v in values.items() if k in ADDRESS and v not in (None, "")}
    with write(shop.db):
        if not correct(shop.db, order_id, given, doer, "corrected on the order's page"):
            return "Nothing was changed."
        columns = sorted(k for k, v in given.items())
        events.append(
            shop.db,
            "order.address_changed",
            ("order", order_id),
            actor=doer.actor,
            recorded_at=iso(now),
            data={"columns": columns},
        )
    offer_events(shop, now)
    return "Corrected. It outlives the next import."


def hear_customer(shop: Shop, person_id: int, values: Mapping[str, Any], now: datetime) -> int:
    """Keep what a customer said on the phone or elsewhere as a ticket, which starts its procedure; gives its id.

    `values`: who (e-mail or name), number, topic, text. Raises Refused for another role or a missing part.
    """
    if not acting_roles(shop, person_id, now) & set(MAY_CORRECT):
        raise Refused("Tickets are taken in by support, the operations lead or the founder.")
    who, text = str(values.get("who") or "").strip(), str(values.get("text") or "").strip()
    number, topic = str(values.get("number") or "").strip(), str(values.get("topic") or "").strip()
    if not who or not text:
        raise Refused("Write who it was (an e-mail where there is one), and what was said.")
    if topic and topic not in TOPICS:
        raise Refused(f"Topic: one of {', '.join(TOPICS)}.")
    is_mail = "@" in who and " " not in who
    with write(shop.db):
        mail = Incoming(
            subject=text.splitlines()[0][:80],
            body=text,
            at=iso(now),
            from_email=who if is_mail else None,
            from_name=None if is_mail else who[:100],
            order_id=order_named(shop.db, number) if number else None,
            topic=topic or None,
        )
        taken = take_in(shop.db, mail, now, f"person:{person_id}")
    offer_events(shop, now)
    return taken.ticket_id
