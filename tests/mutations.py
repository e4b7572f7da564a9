"""Thirty violations of ten kinds, planted into a worked demo store as a careless colleague or another program would
leave them. Written from the issue, the starter's playbook and the store's tables alone, without sight of the audit
(which cases they take was changed once afterwards, to be found whatever the demo brings). The chain of events stays
whole."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from planting import (
    FOUNDER,
    LEAD,
    PACKER,
    PICKER,
    SAM,
    SUE,
    Case,
    add_task,
    after,
    ago,
    approval,
    approved_alone,
    begin_run,
    dear,
    finished,
    forget_run,
    insert,
    mail_in,
    mail_out,
    on_its_way_back,
    one,
    pay_back,
    refunded,
    send_by_hand,
    shipped,
)

from ecomos.demo import Plan
from ecomos.store import events

__all__ = ["PLAN", "VIOLATIONS", "Case", "Violation"]

PLAN = Plan(history_days=80, worked_days=28, orders_a_day=3.0)
"""Six weeks of work: made in fifteen seconds, and every kind finds three cases of its own in it."""


@dataclass(frozen=True)
class Violation:
    """One thing that the playbook forbids, or that it asks for and that is missing."""

    kind: str
    """What it is, in words."""
    plant: Callable[[sqlite3.Connection], Case]
    """Changes the rows, inside the caller's transaction, and gives the case that it is about."""
    file: str
    """Of the playbook."""
    line: str
    """The text of the line that it breaks, as far as it needs to be told from others."""
    under: str = ""
    """The heading below which that line stands."""

    @property
    def name(self) -> str:
        return self.plant.__name__

    def line_no(self, playbook: Path) -> int:
        """Where that line stands, counted from one."""
        lines = (playbook / self.file).read_text(encoding="utf-8").splitlines()
        begins = lines.index(self.under) if self.under else 0
        return next(no for no, text in enumerate(lines[begins:], begins + 1) if text.startswith(self.line))


# Money paid back without an approval.


def refund_whose_approval_is_gone(db: sqlite3.Connection) -> Case:
    """The lead's yes was taken off the list; the money had gone out."""
    row = approval(db, "r.procedure = 'refund-on-request' and a.by_engine = 0", "a.asked_cents")
    db.execute("delete from approvals where id = ?", [row["id"]])
    db.execute("update tasks set status = 'withdrawn', done_by = null, answers = null where id = ?", [row["task_id"]])
    return "order", row["about_id"]


def refund_before_the_return_was_seen(db: sqlite3.Connection) -> Case:
    """The thing is still on its way back; somebody paid it from the order's page in the run's name."""
    order, at = dear(db, 0), ago(days=4)
    ticket, run = on_its_way_back(db, order, at)
    mail_out(db, ticket, run, "return-instructions", after(at, minutes=20))
    pay_back(db, order, 2000, after(at, hours=3), SUE, run)
    return "order", order


def refund_that_nobody_decided(db: sqlite3.Connection) -> Case:
    """Asked for, never answered, and paid."""
    row = approval(db, "r.procedure = 'parcel-damaged' and a.by_engine = 1", "a.id desc")
    db.execute(
        """update approvals set status = 'open', approved_cents = null, decided_by = null, decided_at = null,
             by_engine = 0 where id = ?""",
        [row["id"]],
    )
    return "order", row["about_id"]


# Decided by somebody who may not.


def _cancelled(db: sqlite3.Connection, nth: int) -> sqlite3.Row:
    """The nth cancellation that the team carried out itself."""
    return one(
        db,
        f"""select r.* from runs r join order_cancellations c on c.run_id = r.id
            where r.procedure = 'cancel-an-order' and r.step = 'close-as-cancelled' and r.status = 'done'
            order by r.id limit 1 offset {nth}""",
    )


def _decided_by(db: sqlite3.Connection, order: int, at: str, person: int, role: str, cents: int) -> Case:
    """A refund that Sam named and that person approved, with a task of that role."""
    run = refunded(db, order, at, SAM, cents)
    said = {"granted": True, "amount_cents": cents, "currency": "EUR"}
    done = finished(after(at, hours=1), person, said) | {"kind": "approve"}
    task = add_task(db, run, "approve-the-refund", "Approve refund", role, at, **done)
    db.execute("update approvals set by_engine = 0, decided_by = ?, task_id = ? where run_id = ?", [person, task, run])
    return "order", order


def refund_above_the_agents_limit(db: sqlite3.Connection) -> Case:
    """Sue may give 50.00, and approved 90.00."""
    return _decided_by(db, dear(db, 4), ago(days=8), SUE, "support-agent", 9000)


def own_draft_above_the_own_limit(db: sqlite3.Connection) -> Case:
    """Sam asked for 110.00 and said yes to it himself; he may give 100.00."""
    return _decided_by(db, dear(db, 5), ago(days=8), SAM, "support-lead", 11000)


def cancelled_with_authority_that_had_ended(db: sqlite3.Connection) -> Case:
    """Sam was lent the lead's authority until the day before."""
    run = _cancelled(db, 0)
    at = one(db, "select cancelled_at from order_cancellations where run_id = ?", run["id"])[0]
    total = one(db, "select total_cents from orders where id = ?", run["about_id"])[0]
    insert(
        db,
        "lendings",
        person_id=SAM,
        kind="cancel",
        each_cents=50000,
        from_on=after(at, days=-8)[:10],
        to_on=after(at, days=-1)[:10],
        lent_by=FOUNDER,
        reason="Olga is at the fair",
        lent_at=after(at, days=-9),
    )
    step, case = "cancel-in-the-platform", ("order", run["about_id"])
    said = {"granted": True, "amount_cents": total, "currency": "EUR"}
    db.execute("delete from approvals where run_id = ? and kind = 'cancel'", [run["id"]])
    task = add_task(
        db, run["id"], step, "Approve cancel", "support-lead", at, **(finished(at, SAM, said) | {"kind": "approve"})
    )
    more = {"kind": "cancel", "decided_by": SAM, "task_id": task, "by_engine": 0, "asked_at": at, "decided_at": at}
    approved_alone(db, run["id"], step, 1, case, total, **more)
    return case


# A limit evaded in parts.


def second_refund_in_the_same_run(db: sqlite3.Connection) -> Case:
    """30.00 and then 40.00 for one broken thing, each within Sue's 50.00."""
    order, at = dear(db, 1), ago(days=6)
    run, again = refunded(db, order, at, SUE, 3000), after(at, hours=2)
    more = {"kind": "refund", "drafted_by": SUE, "decided_by": SUE, "asked_at": again, "decided_at": again}
    approved_alone(db, run, "approve-the-refund", 2, ("order", order), 4000, **more)
    insert(db, "run_visits", run_id=run, step="approve-the-refund", visit=2, entered_at=again)
    pay_back(db, order, 4000, again, SUE, run)
    return "order", order


def second_refund_by_another_ticket(db: sqlite3.Connection) -> Case:
    """60.00 were given for it; a second ticket takes as much, and the sum is above Sam's 100.00."""
    order = dear(db, 2)
    refunded(db, order, ago(days=7), SAM, 6000)
    refunded(db, order, ago(days=5), SAM, 6000)
    return "order", order


def loss_written_off_in_two_parts(db: sqlite3.Connection) -> Case:
    """95.00 were accepted, and another 95.00 of the same count follow: the sum is above the lead's 100.00."""
    run = one(db, "select * from runs where procedure = 'cycle-count' and status = 'done' order by id")
    at, case, step = run["ended_at"], (run["about_type"], run["about_id"]), "approve-the-loss"
    db.execute("delete from approvals where run_id = ?", [run["id"]])
    for visited, visit in (("search-once-more", 1), (step, 1), (step, 2)):
        values = [run["id"], visited, visit, at]
        db.execute("insert into run_visits values (?, ?, ?, ?) on conflict do nothing", values)
    answers = {"found_again": "0", "worth_cents": 9500, "currency": "EUR"}
    done = finished(at, LEAD, answers, 2)
    add_task(db, run["id"], "search-once-more", "Search once more", "operations-lead", run["started_at"], **done)
    more = {"kind": "write-off", "drafted_by": LEAD, "decided_by": LEAD, "asked_at": at, "decided_at": at}
    for visit in (1, 2):
        approved_alone(db, run["id"], step, visit, case, 9500, **more)
    return case


# A risky order that left without its review.


def risky_order_without_a_review(db: sqlite3.Connection) -> Case:
    """The platform marked it high; it was picked and sent as any other."""
    order = shipped(db, 0)
    db.execute("update orders set risk = 'High' where id = ?", [order["id"]])
    return "order", order["id"]


def risky_order_that_the_review_stopped(db: sqlite3.Connection) -> Case:
    """The review said no, and the parcel left all the same."""
    order = shipped(db, 5)
    db.execute("update orders set risk = 'Medium' where id = ?", [order["id"]])
    event = one(db, "select id, recorded_at from events where kind = 'order.placed' and about_id = ?", order["id"])
    ended = {"status": "done", "phase": "ended", "outcome": "handed to cancel-an-order"}
    at, case = event["recorded_at"], ("order", order["id"])
    done = after(at, hours=1)
    step = "hand-over-to-cancelling"
    run = begin_run(db, "review-a-risky-order", case, event["id"], at, step, ended_at=done, **ended)
    answers = {"finding": "fraud", "why": "three cards were tried"}
    add_task(db, run, "read-the-signals", "Read the signals", "support-agent", at, **finished(done, SAM, answers, 5))
    insert(db, "run_visits", run_id=run, step="read-the-signals", visit=1, entered_at=at)
    return case


def risky_order_sent_while_it_is_reviewed(db: sqlite3.Connection) -> Case:
    """Its review is still open; the packer thought it was cleared."""
    order = one(
        db,
        """select o.id from orders o join runs r on r.about_type = 'order' and r.about_id = o.id
           where r.procedure = 'review-a-risky-order' and r.status = 'open' and o.risk = 'Medium' order by o.id""",
    )
    return send_by_hand(db, order["id"], ago(hours=1), "JD014600990001")


# Sent before it was paid.


def sent_and_never_paid(db: sqlite3.Connection) -> Case:
    """The import calls it pending now, and no payment of it is known."""
    order = shipped(db, 0, adopted=True)
    db.execute("update orders set financial_status = 'pending', paid_at = null where id = ?", [order["id"]])
    db.execute("delete from payments where order_id = ?", [order["id"]])
    return "order", order["id"]


def sent_while_the_payment_is_awaited(db: sqlite3.Connection) -> Case:
    """A bank transfer is awaited; the box was sent from the bench."""
    order = one(
        db,
        """select o.id from orders o join runs r on r.about_type = 'order' and r.about_id = o.id
           where r.procedure = 'verify-a-payment' and r.status = 'open' and o.financial_status = 'pending'
           order by o.id""",
    )
    return send_by_hand(db, order["id"], ago(hours=17), "JD014600990002")


def sent_three_days_before_it_was_paid(db: sqlite3.Connection) -> Case:
    """It was paid in the end."""
    order = shipped(db, 1, adopted=True)
    paid = after(order["shipped_at"], days=3)
    db.execute("update orders set paid_at = ? where id = ?", [paid, order["id"]])
    db.execute("update payments set paid_at = ? where order_id = ?", [paid, order["id"]])
    return "order", order["id"]


# A promise missed, and nobody was told.


def mail_left_lying_for_a_week(db: sqlite3.Connection) -> Case:
    """No answer, no word to the lead, no note."""
    at = ago(days=7)
    ticket, event = mail_in(db, "other", "Do you have it in green?", at)
    promised = {"promised_at": ago(days=6)}
    run = begin_run(db, "answer-a-ticket", ("ticket", ticket), event, at, "answer-the-customer", **promised)
    due = {"due_at": after(at, hours=4)}
    add_task(db, run, "answer-the-customer", "Answer the customer", "support-agent", at, **due)
    return "ticket", ticket


def order_left_lying_for_a_week(db: sqlite3.Connection) -> Case:
    """Paid on Tuesday last; it stands on the picking list and has never been late for anybody."""
    like, at = shipped(db, 1), ago(days=7)
    columns = {k: like[k] for k in ("channel_id", "customer_id", "country", "currency", "subtotal_cents")}
    columns |= {k: like[k] for k in ("shipping_cents", "total_cents", "shipping_method", "payment_method", "import_id")}
    order = insert(
        db,
        "orders",
        number="#5001",
        placed_at=at,
        placed_on=at[:10],
        paid_at=at,
        financial_status="paid",
        fulfillment_status="unfulfilled",
        risk="Low",
        **columns,
    )
    db.execute(
        """insert into order_lines(order_id, line_no, variant_id, sku, title, quantity, unit_price_cents, open_quantity,
             total_cents)
           select ?, line_no, variant_id, sku, title, quantity, unit_price_cents, quantity, total_cents
           from order_lines where order_id = ?""",
        [order, like["id"]],
    )
    db.execute(
        """insert into order_contacts(order_id, email, ship_name, ship_address1, ship_city, ship_zip, ship_country)
           select ?, email, ship_name, ship_address1, ship_city, ship_zip, ship_country from order_contacts
           where order_id = ?""",
        [order, like["id"]],
    )
    total = like["total_cents"]
    insert(db, "payments", order_id=order, amount_cents=total, currency="EUR", paid_at=at, source="import")
    event = events.append(db, "order.placed", ("order", order), actor="import:1", recorded_at=at, data={"columns": []})
    events.append(db, "order.paid", ("order", order), actor="import:1", recorded_at=at, data={"columns": []})
    promised = {"promised_at": ago(days=6)}
    run = begin_run(db, "process-an-order", ("order", order), event, at, "pick-the-lines", **promised)
    insert(db, "run_visits", run_id=run, step="look-at-the-order", visit=1, entered_at=at)
    add_task(db, run, "pick-the-lines", "Pick the lines", "picker", at, due_at=after(at, hours=5))
    return "order", order


def return_of_which_the_customer_never_heard(db: sqlite3.Connection) -> Case:
    """The mail with the way back never went out: it is not in the outbox, and not in the thread."""
    ticket, _ = on_its_way_back(db, dear(db, 3), ago(days=5))
    return "ticket", ticket


# What should have begun, and never did.


def count_that_was_not_done(db: sqlite3.Connection) -> Case:
    """A Wednesday without its count."""
    run = one(db, "select * from runs where procedure = 'cycle-count' order by id limit 1 offset 2")
    forget_run(db, run["id"])
    return "day", run["about_id"]


def goods_that_were_never_received(db: sqlite3.Connection) -> Case:
    """They stand by the gate since Wednesday; nobody has counted them, and nobody is to."""
    at = ago(days=6)
    request = insert(
        db,
        "requests",
        kind="goods arrived",
        title="Two pallets from Alder & Sons",
        text="",
        made_by=PACKER,
        made_at=at,
    )
    data = {"kind": "goods arrived"}
    events.append(db, "request.made", ("request", request), actor=f"person:{PACKER}", recorded_at=at, data=data)
    return "request", request


def order_that_nobody_processes(db: sqlite3.Connection) -> Case:
    """Paid, to be sent, and on nobody's list: its run was deleted."""
    run = one(
        db,
        """select r.* from runs r join orders o on o.id = r.about_id
           where r.procedure = 'process-an-order' and r.status = 'open' and r.step = 'pick-the-lines'
             and o.financial_status = 'paid' order by r.id""",
    )
    forget_run(db, run["id"])
    return "order", run["about_id"]


# A step that is required, and was left out without a reason.


def parcel_that_was_not_packed_by_the_list(db: sqlite3.Connection) -> Case:
    """Skipped, and nobody wrote down why."""
    order = shipped(db, 2)
    db.execute(
        """update tasks set status = 'skipped', answers = null, data = '{}'
           where run_id = ? and step = 'pack-the-parcel' and kind = 'step'""",
        [order["run_id"]],
    )
    return "order", order["id"]


def return_that_was_not_inspected(db: sqlite3.Connection) -> Case:
    """The money went back without a look at the thing: the step is not among what was done."""
    run = one(
        db,
        """select r.* from runs r join tasks t on t.run_id = r.id and t.step = 'inspect-the-return'
           where r.procedure = 'refund-on-request' and r.outcome = 'refunded' and t.status = 'done'
             and exists (select 1 from run_visits v where v.run_id = r.id and v.step = 'ask-for-the-return')
           order by r.id desc""",
    )
    inspected = "(select id from tasks where run_id = ? and step = 'inspect-the-return')"
    for table in ("task_notes", "waits"):
        db.execute(f"delete from {table} where task_id in {inspected}", [run["id"]])
    for table in ("tasks", "run_visits", "decisions"):
        db.execute(f"delete from {table} where run_id = ? and step = 'inspect-the-return'", [run["id"]])
    return run["about_type"], run["about_id"]


def ticket_closed_without_an_answer(db: sqlite3.Connection) -> Case:
    """Closed from the list, to have it off there."""
    at, done = ago(days=4), ago(days=4, hours=-2)
    ticket, event = mail_in(db, "other", "Is the blue one softer?", at)
    ended = {"status": "done", "phase": "ended", "outcome": "closed", "ended_at": done, "promised_at": ago(days=3)}
    run = begin_run(db, "answer-a-ticket", ("ticket", ticket), event, at, "answer-the-customer", **ended)
    withdrawn = {"status": "withdrawn", "due_at": after(at, hours=4), "note": f"ticket.closed at {done} (person:3)"}
    add_task(db, run, "answer-the-customer", "Answer the customer", "support-agent", at, **withdrawn)
    db.execute("update tickets set status = 'closed', waiting_since = null, closed_at = ? where id = ?", [done, ticket])
    events.append(db, "ticket.closed", ("ticket", ticket), actor=f"person:{SUE}", recorded_at=done)
    return "ticket", ticket


# An outcome that no step allows.


def order_left_at_the_door(db: sqlite3.Connection) -> Case:
    """A word of somebody's own."""
    order = shipped(db, 3)
    db.execute("update runs set outcome = 'left at the door' where id = ?", [order["run_id"]])
    return "order", order["id"]


def search_that_ended_as_a_refund(db: sqlite3.Connection) -> Case:
    """An outcome of another procedure."""
    run = one(db, "select * from runs where procedure = 'where-is-my-order' and outcome = 'answered' order by id")
    db.execute("update runs set outcome = 'refunded' where id = ?", [run["id"]])
    return "ticket", run["about_id"]


def cancellation_that_ended_as_kept(db: sqlite3.Connection) -> Case:
    """An outcome of the same procedure that its last step can't have."""
    run = _cancelled(db, 1)
    db.execute("update runs set outcome = 'kept' where id = ?", [run["id"]])
    return "order", run["about_id"]


# Done by somebody without the role.


def _done_by(db: sqlite3.Connection, run: int, step: str, person: int) -> None:
    db.execute(
        "update tasks set done_by = ?, person_id = ? where run_id = ? and step = ? and kind = 'step'",
        [person, person, run, step],
    )


def picked_by_support(db: sqlite3.Connection) -> Case:
    """Sue fetched it herself."""
    order = shipped(db, 4)
    _done_by(db, order["run_id"], "pick-the-lines", SUE)
    return "order", order["id"]


def signals_read_by_the_packer(db: sqlite3.Connection) -> Case:
    """Ben looked at the risk of an order; its release waits for the founder."""
    run = one(
        db,
        """select r.* from runs r join tasks t on t.run_id = r.id and t.step = 'read-the-signals'
           join orders o on o.id = r.about_id
           where r.procedure = 'review-a-risky-order' and r.status = 'open' and t.status = 'done' and o.risk = 'High'
           order by r.id desc""",
    )
    _done_by(db, run["id"], "read-the-signals", PACKER)
    return "order", run["about_id"]


def bins_chosen_by_the_picker(db: sqlite3.Connection) -> Case:
    """Who counts does not choose what is counted: that is the lead's."""
    run = one(db, "select * from runs where procedure = 'cycle-count' and status = 'done' order by id desc")
    _done_by(db, run["id"], "choose-the-bins", PICKER)
    return "day", run["about_id"]


UNAPPROVED = "money paid back without an approval"
MAY_NOT = "decided by somebody who may not"
SPLIT = "a limit evaded in parts"
RISKY = "a risky order sent without its review"
UNPAID = "sent before it was paid"
SILENT = "a promise missed, and nobody was told"
NOT_BEGUN = "what should have begun never did"
LEFT_OUT = "a required step left out without a reason"
OUTCOME = "an outcome that no step allows"
NOT_THEIRS = "done by somebody without the role"

REFUND, DAMAGED = "procedures/refund-on-request.md", "procedures/parcel-damaged.md"
ORDER, COUNT = "procedures/process-an-order.md", "procedures/cycle-count.md"
ANSWER, CANCEL = "procedures/answer-a-ticket.md", "procedures/cancel-an-order.md"
APPROVE = "- **Approve:** refund of answers.amount"
RISK_ROW = '| (order.risk ?? "low") in ["medium", "high"] and not order.released |'
PAID_ROW = "| not (order.is_paid or order.on_terms or order.is_cod or order.released or order.total == 0) |"

VIOLATIONS = (
    Violation(UNAPPROVED, refund_whose_approval_is_gone, REFUND, APPROVE),
    Violation(UNAPPROVED, refund_before_the_return_was_seen, REFUND, APPROVE),
    Violation(UNAPPROVED, refund_that_nobody_decided, DAMAGED, APPROVE),
    Violation(MAY_NOT, refund_above_the_agents_limit, "roles/support-agent.md", "  refund: 50 each"),
    Violation(MAY_NOT, own_draft_above_the_own_limit, "roles/support-lead.md", "  refund: 100 each"),
    Violation(MAY_NOT, cancelled_with_authority_that_had_ended, CANCEL, "- **Approve:** cancel of order.total"),
    Violation(SPLIT, second_refund_in_the_same_run, "roles/support-agent.md", "  refund: 50 each"),
    Violation(SPLIT, second_refund_by_another_ticket, "roles/support-lead.md", "  refund: 100 each"),
    Violation(SPLIT, loss_written_off_in_two_parts, "roles/operations-lead.md", "  write-off: 100 each"),
    Violation(RISKY, risky_order_without_a_review, ORDER, RISK_ROW),
    Violation(RISKY, risky_order_that_the_review_stopped, ORDER, RISK_ROW),
    Violation(RISKY, risky_order_sent_while_it_is_reviewed, ORDER, RISK_ROW),
    Violation(UNPAID, sent_and_never_paid, ORDER, PAID_ROW),
    Violation(UNPAID, sent_while_the_payment_is_awaited, ORDER, PAID_ROW),
    Violation(UNPAID, sent_three_days_before_it_was_paid, ORDER, PAID_ROW),
    Violation(SILENT, mail_left_lying_for_a_week, ANSWER, "promise: 1 working day"),
    Violation(SILENT, order_left_lying_for_a_week, ORDER, "promise: policy.shipping.dispatch_within"),
    Violation(SILENT, return_of_which_the_customer_never_heard, REFUND, "promise: 1 working day"),
    Violation(NOT_BEGUN, count_that_was_not_done, COUNT, "starts: every Wed at 13:00"),
    Violation(NOT_BEGUN, goods_that_were_never_received, "procedures/receive-goods.md", "starts: request.made where"),
    Violation(NOT_BEGUN, order_that_nobody_processes, ORDER, "starts: order.placed where"),
    Violation(LEFT_OUT, parcel_that_was_not_packed_by_the_list, ORDER, "## Pack the parcel"),
    Violation(LEFT_OUT, return_that_was_not_inspected, REFUND, "## Inspect the return"),
    Violation(LEFT_OUT, ticket_closed_without_an_answer, ANSWER, "## Answer the customer"),
    Violation(OUTCOME, order_left_at_the_door, ORDER, "- **End:** shipped"),
    Violation(OUTCOME, search_that_ended_as_a_refund, "procedures/where-is-my-order.md", "- **End:** answered"),
    Violation(OUTCOME, cancellation_that_ended_as_kept, CANCEL, "- **End:** cancelled"),
    Violation(NOT_THEIRS, picked_by_support, ORDER, "- **Role:** picker", "## Pick the lines"),
    Violation(NOT_THEIRS, signals_read_by_the_packer, "procedures/review-a-risky-order.md", "performer: support-agent"),
    Violation(NOT_THEIRS, bins_chosen_by_the_picker, COUNT, "- **Role:** operations-lead", "## Choose the bins"),
)
"""Three of each of ten kinds, each at a case of its own."""
