"""DESIGN.md's refund example, word for word, with every value that it says."""

from decimal import Decimal
from pathlib import Path

import pytest

from ecomos.playbook import parse_text
from ecomos.playbook.records import (
    Approve,
    Branch,
    Check,
    Do,
    End,
    Expression,
    LateRung,
    Procedure,
    RecordField,
    Send,
    Span,
    StartChild,
    Starts,
    Target,
    WaitFor,
    Within,
)

FIXTURE = Path(__file__).parent / "fixtures" / "playbook" / "clean" / "procedures" / "refund.md"


@pytest.fixture(scope="module")
def refund() -> Procedure:
    record, problems = parse_text("procedures", "refund", FIXTURE.read_text(encoding="utf-8"), "procedures/refund.md")
    assert problems == []
    assert isinstance(record, Procedure)
    return record


def to(title: str, line: int) -> Target:
    return Target(title, title.lower().replace(",", "").replace(" ", "-"), line)


def row(when: str, title: str, line: int) -> Branch:
    return Branch(Expression(when, line) if when else None, to(title, line), line)


def test_the_front_matter_says_who_when_and_how_long(refund: Procedure) -> None:
    assert (refund.stem, refund.title) == ("refund", "Refund on request")
    assert refund.purpose == "Give the money back fast when we owe it, and never twice."
    assert (refund.area, refund.owner, refund.performer) == ("customer-experience", "support-lead", "support-agent")
    assert refund.starts == Starts("ticket.opened", Expression('event.topic == "refund"', 5), None, "", 5)
    assert refund.about == "ticket"
    assert refund.promise == Span(Decimal(1), "days", working=True, line=7)
    assert refund.review_every == Span(Decimal(90), "days", line=8)
    assert refund.kpis == ("refund-hours", "refund-rate")
    assert refund.on == {"order.refunded": to("Tell that it is paid", 11)}
    assert refund.ends_when == {"ticket.closed": End("closed by the customer", None, 13)}
    assert (refund.state, refund.again, refund.certificate, refund.was) == ("on", False, False, None)


def test_every_h2_is_a_step_in_order(refund: Procedure) -> None:
    assert [(s.slug, s.title, s.line) for s in refund.steps] == [
        ("find-the-order", "Find the order", 21),
        ("cancel-instead", "Cancel instead", 42),
        ("ask-the-carrier", "Ask the carrier", 47),
        ("decide-the-exception", "Decide the exception", 52),
        ("inspect-the-return", "Inspect the return", 64),
        ("approve-the-refund", "Approve the refund", 76),
        ("tell-that-it-is-paid", "Tell that it is paid", 81),
        ("close-not-sent-back", "Close, not sent back", 86),
        ("say-no-kindly", "Say no kindly", 91),
    ]


def test_the_first_step_holds_prose_checklist_case_record_deadline_and_ladder(refund: Procedure) -> None:
    step = refund.step("find-the-order")
    assert step.prose == "Open the customer's orders from the ticket and read the timeline before you answer."
    assert step.checks == (
        Check("Name and e-mail on the ticket match the order", "", 25),
        Check("No refund was paid for the same lines before", "", 26),
    )
    assert step.case == "order"
    assert step.record == (
        RecordField("reason", "one of", choices=("damaged", "wrong item", "late", "changed mind"), line=28),
        RecordField("arrived", "yes or no", line=28),
        RecordField("amount", "money", at_most=Expression("order.refundable", 28), line=28),
    )
    assert step.within == Within(span=Span(Decimal(2), "hours", working=True, line=29), line=29)
    assert step.if_late == (
        LateRung("tell", "support-lead", None, 30),
        LateRung("hand to", "support-lead", Span(Decimal(4), "hours", working=True, line=30), 30),
    )
    assert step.is_human


def test_the_first_decision_has_its_seven_rows(refund: Procedure) -> None:
    small = 'answers.reason == "damaged" and answers.amount <= policy.returns.keep_item_below'
    assert refund.step("find-the-order").branches == (
        row("order.refunded_in_full", "Tell that it is paid", 34),
        row("order.cancelled_at != null", "Approve the refund", 35),
        row("order.shipped_at == null", "Cancel instead", 36),
        row("not answers.arrived", "Ask the carrier", 37),
        row(small, "Approve the refund", 38),
        row("order.days_since_delivery > policy.returns.window_days", "Decide the exception", 39),
        row("", "Inspect the return", 40),
    )


def test_a_step_may_start_another_procedure_and_hand_over(refund: Procedure) -> None:
    cancel, ask = refund.step("cancel-instead"), refund.step("ask-the-carrier")
    assert cancel.starts == (StartChild("cancel-an-order", "order", None, False, False, None, 44),)
    assert cancel.end == End("handed to cancel-an-order", "cancel-an-order", 45)
    assert ask.starts == (StartChild("parcel-late", "order", None, False, False, None, 49),)
    assert ask.end == End("handed to parcel-late", "parcel-late", 50)
    assert not cancel.is_human


def test_the_exception_is_another_roles(refund: Procedure) -> None:
    step = refund.step("decide-the-exception")
    assert step.prose == "The window is over. A good customer with a good reason is worth more than one refund."
    assert step.role == "support-lead"
    assert step.record == (
        RecordField("exception", "one of", choices=("grant", "decline"), line=57),
        RecordField("why", "text", line=57),
    )
    assert step.branches == (
        row('answers.exception == "grant"', "Inspect the return", 61),
        row("", "Say no kindly", 62),
    )


def test_the_wait_has_an_end_a_reminder_and_a_way_out(refund: Procedure) -> None:
    step = refund.step("inspect-the-return")
    assert step.wait == WaitFor(
        names=("return.received",),
        every=False,
        until=None,
        at_most=Span(Decimal(14), "days", line=66),
        remind_after=Span(Decimal(7), "days", line=66),
        remind_with="return-reminder",
        remind_whom="customer",
        otherwise=to("Close, not sent back", 66),
        line=66,
    )
    assert step.role == "picker"
    assert step.checks == (Check("Right item, complete", "", 68),)
    assert step.record == (
        RecordField("condition", "one of", choices=("as new", "opened", "damaged"), line=69),
        RecordField("photo", "file", optional=True, line=69),
    )
    assert step.branches == (
        row('answers.condition == "damaged" and answers.reason != "damaged"', "Decide the exception", 73),
        row("", "Approve the refund", 74),
    )


def test_approval_deed_and_messages(refund: Procedure) -> None:
    step = refund.step("approve-the-refund")
    assert step.approve == Approve("refund", Expression("answers.amount", 78), to("Say no kindly", 78), None, 78)
    assert step.do == Do(
        "orders.refund",
        {"amount": Expression("answers.amount", 79), "reason": Expression("answers.reason", 79)},
        None,
        79,
    )
    assert [(s.send, s.end) for s in refund.steps[-3:]] == [
        (Send("refund-paid", "customer", None, 83), End("refunded", None, 84)),
        (Send("return-not-received", "customer", None, 88), End("not sent back", None, 89)),
        (Send("refund-declined", "customer", None, 93), End("declined", None, 94)),
    ]
    assert refund.after(step) == refund.steps[6]
    assert refund.after(refund.steps[-1]) is None
