"""Rows as the engine and the demo's people would have left them: what the planted violations are made of."""

import json
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from ecomos.store import events, iso
from ecomos.store.file import parse_iso

NOW = datetime.fromisoformat("2026-11-24T08:00:00+00:00")

Case = tuple[str, int | str]
"""Its type and row id, as ("order", 153) or ("day", "2026-11-04")."""

FOUNDER, LEAD, SUE, SAM, PICKER, PACKER = 1, 2, 3, 4, 5, 6
"""The demo's team: Fiona; Olga, who leads operations and buys; Sue, support; Sam, who leads support; Pia; Ben."""


def one(db: sqlite3.Connection, sql: str, *values: Any) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(sql, values).fetchone()
    assert row is not None, f"the demo has no such case any more: {sql}"
    return row


def insert(db: sqlite3.Connection, table: str, **values: Any) -> int:
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    return int(db.execute(f"insert into {table}({names}) values ({marks})", list(values.values())).lastrowid or 0)


def ago(**parts: float) -> str:
    return iso(NOW - timedelta(**parts))


def after(at: str, **parts: float) -> str:
    return iso(parse_iso(at) + timedelta(**parts))


def forget_run(db: sqlite3.Connection, run: int) -> None:
    """A run and everything that hangs on it, as if it had never begun; what it had done to the trade stays."""
    tasks = "(select id from tasks where run_id = ?)"
    for sql in (
        f"delete from task_notes where task_id in {tasks}",
        "delete from waits where run_id = ?",
        "delete from hand_deeds where run_id = ?",
        "delete from approvals where run_id = ?",
        "delete from decisions where run_id = ?",
        "delete from run_visits where run_id = ?",
        "delete from run_cases where run_id = ?",
        "delete from run_causes where run_id = ?",
        "delete from triggers where run_id = ?",
        "delete from tasks where run_id = ?",
        "delete from runs where id = ?",
    ):
        db.execute(sql, [run])


def begin_run(db: sqlite3.Connection, procedure: str, about: Case, event: int, at: str, step: str, **more: Any) -> int:
    """A run as the engine would have begun it by that event, standing at that step."""
    sha = one(db, "select version_sha from runs where procedure = ? order by id desc", procedure)[0]
    values: dict[str, Any] = {
        "procedure": procedure,
        "version_sha": sha,
        "about_type": about[0],
        "about_id": about[1],
        "cause_event_id": event,
        "status": "open",
        "step": step,
        "phase": "task",
        "entered_at": at,
        "started_at": at,
    }
    run = insert(db, "runs", **(values | more))
    insert(db, "run_cases", run_id=run, type=about[0], id=about[1])
    insert(db, "run_causes", run_id=run, event_id=event)
    insert(db, "run_visits", run_id=run, step=step, visit=1, entered_at=at)
    insert(db, "triggers", event_id=event, procedure=procedure, result="started", run_id=run)
    return run


def add_task(db: sqlite3.Connection, run: int, step: str, title: str, role: str, at: str, **more: Any) -> int:
    about = one(db, "select about_type, about_id from runs where id = ?", run)
    values = {
        "run_id": run,
        "kind": "step",
        "step": step,
        "visit": 1,
        "title": title,
        "role": role,
        "about_type": about[0],
        "about_id": about[1],
        "opened_at": at,
        "status": "open",
    }
    return insert(db, "tasks", **(values | more))


def finished(at: str, person: int, answers: dict[str, Any], checks: int = 0) -> dict[str, Any]:
    return {
        "status": "done",
        "person_id": person,
        "taken_at": at,
        "done_at": at,
        "done_by": person,
        "answers": json.dumps(answers),
        "data": json.dumps({"checks": list(range(checks))}, separators=(",", ":")),
    }


def mail_in(db: sqlite3.Connection, topic: str, subject: str, at: str, order: int | None = None) -> tuple[int, int]:
    """(ticket, event) of a mail that came then."""
    email = "lena.fuchs@example.com"
    ticket = insert(
        db,
        "tickets",
        channel_id=1,
        order_id=order,
        subject=subject,
        topic=topic,
        status="open",
        opened_at=at,
        waiting_since=at,
        from_email=email,
        from_name="Lena Fuchs",
    )
    insert(
        db,
        "ticket_messages",
        ticket_id=ticket,
        direction="in",
        message_id=f"<planted-{ticket}@mail.example>",
        at=at,
        from_email=email,
        subject=subject,
        body="Hello, could you please help me? Lena Fuchs",
    )
    data = {"is_reopened": False, "topic": topic}
    event = events.append(db, "ticket.opened", ("ticket", ticket), actor="mail", recorded_at=at, data=data)
    return ticket, event


def mail_out(db: sqlite3.Connection, ticket: int, run: int, message: str, at: str) -> None:
    """A mail that went out to them."""
    subject, body = "Re: your mail", "Dear Lena, we look after it."
    out = insert(
        db,
        "outbox",
        key=f"run:{run}/{message}",
        run_id=run,
        message=message,
        about_type="ticket",
        about_id=ticket,
        recipient="lena.fuchs@example.com",
        subject=subject,
        body=body,
        message_id=f"<planted-out-{ticket}@ecomos.invalid>",
        queued_at=at,
        status="queued",
    )
    insert(
        db,
        "ticket_messages",
        ticket_id=ticket,
        direction="out",
        message_id=f"<planted-out-{ticket}@ecomos.invalid>",
        at=at,
        subject=subject,
        body=body,
        outbox_id=out,
    )
    db.execute(
        "update tickets set status = 'waiting', first_replied_at = ?, waiting_since = null where id = ?", [at, ticket]
    )


def answered(db: sqlite3.Connection, ticket: int, run: int, message: str, at: str) -> None:
    """The mail that went out to them, and the ticket closed with it."""
    mail_out(db, ticket, run, message, at)
    db.execute("update tickets set status = 'closed', closed_at = ? where id = ?", [at, ticket])


def pay_back(db: sqlite3.Connection, order: int, cents: int, at: str, person: int, run: int | None) -> None:
    """The deed: our row, what the platform shows of it, and the event."""
    insert(
        db,
        "refunds",
        order_id=order,
        amount_cents=cents,
        currency="EUR",
        reason="damaged",
        refunded_at=at,
        source="ours",
        run_id=run,
    )
    insert(db, "refunds", order_id=order, amount_cents=cents, currency="EUR", refunded_at=at, source="import")
    db.execute("update orders set refunded_cents = refunded_cents + ? where id = ?", [cents, order])
    data = {"amount_cents": cents, "currency": "EUR"}
    events.append(
        db,
        "order.refunded",
        ("order", order),
        actor=f"person:{person}",
        recorded_at=at,
        data=data,
        run_id=run,
    )


def send_by_hand(db: sqlite3.Connection, order: int, at: str, tracking: str) -> Case:
    """Somebody labels the box and writes the number down, past the order's own task."""
    parcel = insert(
        db,
        "parcels",
        order_id=order,
        carrier="DHL",
        tracking=tracking,
        shipped_at=at,
        shipped_on=at[:10],
        source="ours",
    )
    db.execute(
        """insert into parcel_lines(parcel_id, line_no, quantity)
           select ?, line_no, quantity from order_lines where order_id = ? and requires_shipping and quantity > 0""",
        [parcel, order],
    )
    events.append(
        db,
        "parcel.shipped",
        ("order", order),
        actor=f"person:{PACKER}",
        recorded_at=at,
        data={"parcel_id": parcel},
    )
    return "order", order


def approved_alone(db: sqlite3.Connection, run: int, step: str, visit: int, case: Case, cents: int, **more: Any) -> int:
    """An approval that the engine gave by the drafter's own authority, as it saw it: alone."""
    values = {
        "run_id": run,
        "step": step,
        "visit": visit,
        "about_type": case[0],
        "about_id": case[1],
        "asked_cents": cents,
        "approved_cents": cents,
        "currency": "EUR",
        "by_engine": 1,
        "status": "approved",
    }
    return insert(db, "approvals", **(values | more))


def approval(db: sqlite3.Connection, where: str, order: str = "a.id", nth: int = 0) -> sqlite3.Row:
    """The nth approval for which `where` holds."""
    return one(
        db,
        f"""select a.*, r.procedure, r.about_type as run_type, r.about_id as run_about from approvals a
            join runs r on r.id = a.run_id
            where a.status = 'approved' and {where} order by {order} limit 1 offset {nth}""",
    )


def shipped(db: sqlite3.Connection, nth: int, adopted: bool = False) -> sqlite3.Row:
    """The nth ordinary order that went the whole way, with the run that sent it; adopted ones have no payment event."""
    order: sqlite3.Row = one(
        db,
        f"""select o.*, r.id as run_id, p.shipped_at from orders o
            join runs r on r.about_type = 'order' and r.about_id = o.id and r.procedure = 'process-an-order'
            join parcels p on p.order_id = o.id and p.source = 'ours'
            where r.outcome = 'shipped' and o.risk = 'Low' and o.financial_status = 'paid'
              and o.refunded_cents = 0 and o.total_cents > 0
              and not exists (select 1 from tickets t where t.order_id = o.id)
              and not exists (select 1 from order_lines l where l.order_id = o.id and l.is_gift_card)
              and (select count(*) from runs x where x.about_type = 'order' and x.about_id = o.id) = 1
              and {"exists" if adopted else "not exists"} (select 1 from adoptions a where a.order_id = o.id)
              and r.ended_at <= coalesce(r.promised_at, r.ended_at)
            order by o.id limit 1 offset {nth}""",
    )
    return order


def dear(db: sqlite3.Connection, nth: int) -> int:
    """The nth of the newest orders above 120.00 that went the whole way and had no money back."""
    row = one(
        db,
        f"""select o.id from orders o join runs r on r.about_type = 'order' and r.about_id = o.id
            where r.procedure = 'process-an-order' and r.outcome = 'shipped' and o.financial_status = 'paid'
              and o.risk = 'Low' and o.total_cents >= 12000
              and not exists (select 1 from tickets t where t.order_id = o.id and t.from_name <> 'Lena Fuchs')
            order by o.id desc limit 1 offset {nth}""",
    )
    return int(row[0])


def wants_it_back(
    db: sqlite3.Connection, order: int, at: str, person: int, cents: int, step: str, **more: Any
) -> tuple[int, int]:
    """(ticket, run) of a refund on request, the order found and the amount named by that person."""
    ticket, event = mail_in(db, "refund", "I want my money back", at, order)
    promised = {"promised_at": after(at, days=1)}
    run = begin_run(db, "refund-on-request", ("ticket", ticket), event, at, step, **promised, **more)
    insert(db, "run_cases", run_id=run, type="order", id=order)
    answers = {"reason": "damaged", "arrived": True, "amount_cents": cents, "currency": "EUR"}
    found = after(at, minutes=20)
    add_task(db, run, "find-the-order", "Find the order", "support-agent", at, **finished(found, person, answers, 2))
    insert(db, "run_visits", run_id=run, step="find-the-order", visit=1, entered_at=at)
    return ticket, run


def on_its_way_back(db: sqlite3.Connection, order: int, at: str) -> tuple[int, int]:
    """(ticket, run) that waits for the thing that was sent back."""
    ticket, run = wants_it_back(db, order, at, SUE, 2000, "inspect-the-return")
    found = after(at, minutes=20)
    insert(db, "run_visits", run_id=run, step="ask-for-the-return", visit=1, entered_at=found)
    due = {"due_at": after(at, days=14)}
    add_task(db, run, "inspect-the-return", "Inspect the return", "picker", found, **due)
    return ticket, run


def refunded(db: sqlite3.Connection, order: int, at: str, person: int, cents: int) -> int:
    """A refund on request from its first word to its last, approved by the engine by that person's own limit."""
    done = after(at, hours=1)
    ended = {"status": "done", "phase": "ended", "outcome": "refunded", "ended_at": done}
    ticket, run = wants_it_back(db, order, at, person, cents, "tell-that-it-is-paid", **ended)
    insert(db, "run_visits", run_id=run, step="approve-the-refund", visit=1, entered_at=done)
    more = {"kind": "refund", "drafted_by": person, "decided_by": person, "asked_at": done, "decided_at": done}
    approved_alone(db, run, "approve-the-refund", 1, ("order", order), cents, **more)
    pay_back(db, order, cents, done, person, run)
    answered(db, ticket, run, "refund-paid", done)
    return run
