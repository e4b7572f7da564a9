"""The playbook that a new store begins with: proved against the real catalogue, walked case by case, and held to the
marks of PROCEDURES.md that a script can see."""

import re
import sqlite3
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playbook_walk import Card, cards_of, texts_of, walk

from ecomos.customers.facts import TicketFacts
from ecomos.messages.render import as_html, render
from ecomos.orders.facts import OrderFacts
from ecomos.people.requests import RequestFacts
from ecomos.playbook import check, check_sources, limit_named, paths, policy_values, read_folder
from ecomos.playbook.catalogue import Catalogue
from ecomos.playbook.records import Playbook, Span
from ecomos.store import open_file
from ecomos.work.catalogue import catalogue
from ecomos.work.facts import DayFacts, PersonFacts, ProcedureFacts

STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter" / "playbook"
CARDS = Path(__file__).parent / "fixtures" / "playbook" / "cards"
PROCEDURES = tuple(sorted(p.stem for p in CARDS.glob("*.md")))
"""The core: each has its case cards."""
ROLES = (
    "bookkeeper",
    "buyer",
    "founder",
    "marketer",
    "operations-lead",
    "packer",
    "picker",
    "support-agent",
    "support-lead",
)
ORDER: dict[str, Any] = {
    "number": "#1001",
    "kind": "sale",
    "channel": "Demo",
    "placed_on": date(2026, 11, 23),
    "currency": "EUR",
    "total": Decimal("84.00"),
    "subtotal": Decimal("80.00"),
    "refunded": Decimal(0),
    "refundable": Decimal("84.00"),
    "outstanding": Decimal(0),
    "financial_status": "paid",
    "fulfillment_status": "unfulfilled",
    "is_paid": True,
    "payment_is_pending": False,
    "on_terms": False,
    "is_cod": False,
    "released": False,
    "cancelled_at": None,
    "is_cancelled": False,
    "risk": "low",
    "customer_known": True,
    "email": "maria@example.com",
    "has_email": True,
    "has_address": True,
    "address_problem": None,
    "needs_address": False,
    "lines_to_ship": 1,
    "gift_cards_to_issue": 0,
    "lines_without_sku": 0,
    "shipping_service": "standard",
    "is_pick_up": False,
    "fulfilled_elsewhere": False,
    "shipped_at": None,
    "days_since_placed": 1,
    "assumed_delivered_on": None,
    "country": "AT",
    "language": "de",
}
TICKET: dict[str, Any] = {
    "number": "T12",
    "topic": "where is my order",
    "status": "open",
    "subject": "Where is my order #1001?",
    "from_email": "maria@example.com",
    "has_email": True,
    "customer_known": True,
    "has_order": True,
    "is_buyer": True,
    "order_paid": True,
    "first_replied": False,
    "is_reopened": False,
    "messages": 1,
    "days_open": 0,
}
IMPORT: dict[str, Any] = {
    "file": "orders_export.csv",
    "kind": "shopify orders",
    "status": "loaded",
    "channel": "Demo",
    "rows_read": 40,
    "rows_rejected": 4,
}
KPI: dict[str, Any] = {
    "name": "on-time-dispatch",
    "day": date(2026, 11, 23),
    "value": Decimal("68.3"),
    "low": Decimal(80),
    "high": None,
    "is_healthy": False,
    "breaches_this_quarter": 1,
}
DAY: dict[str, Any] = {
    "on": date(2026, 11, 24),
    "weekday": "Tue",
    "month": 11,
    "day_of_month": 24,
    "orders_placed": 12,
    "orders_to_send": 10,
    "parcels_sent": 10,
    "parcels_not_shown": 0,
    "orders_sent_elsewhere": 0,
    "lines_short": 0,
    "refunded": Decimal(0),
    "tickets_open": 3,
    "tasks_late": 0,
    "people_away": 0,
}
PERSON: dict[str, Any] = {
    "name": "Nina",
    "email": "nina@demo.example",
    "roles": ("packer",),
    "is_founder": False,
    "days_here": 0,
    "has_left": False,
    "is_away": False,
    "open_tasks": 0,
}
PROCEDURE: dict[str, Any] = {
    "name": "refund-on-request",
    "days_since_change": 91,
    "runs": 60,
    "open_runs": 2,
    "not_sure": 1,
    "skipped": 0,
    "late": 2,
}
REQUEST: dict[str, Any] = {
    "kind": "decision",
    "title": "May I do this?",
    "text": "",
    "amount": None,
    "made_by": "Sue",
    "has_order": False,
}

PURCHASE: dict[str, Any] = {
    "number": "PO-2026-0007",
    "supplier": "Weber Wien",
    "contact": "",
    "language": "",
    "has_email": True,
    "status": "draft",
    "currency": "EUR",
    "lines": 3,
    "goods": Decimal("420.00"),
    "total": Decimal("432.00"),
    "costs_more": Decimal(0),
    "needed_by": None,
    "expected_on": None,
    "days_since_sent": None,
    "is_confirmed": False,
    "differs": False,
    "differences": "",
    "is_late": False,
    "is_complete": False,
    "is_partial": False,
    "rest_has_day": False,
    "rest": "12 × GLV-M Glove, M",
    "pieces_open": 12,
    "wrong": "GLV-M Glove, M: 2 damaged",
    "is_wrong": False,
    "over_value": Decimal(0),
    "is_billed": False,
    "bill_differs": False,
    "bill_differences": "",
    "billed_too_much": Decimal(0),
}


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_folder(STARTER)[0]


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return catalogue()


def all_cards() -> list[Any]:
    found = [(stem, card) for stem in PROCEDURES for card in cards_of(CARDS / f"{stem}.md")]
    return [pytest.param(stem, card, id=f"{stem}: {card.title}") for stem, card in found]


def test_nothing_is_wrong_with_it(known: Catalogue) -> None:
    """Every file parses, and every proof holds against the fields, deeds and events of this program."""
    playbook, problems, _ = read_folder(STARTER)
    assert [str(p) for p in [*problems, *check(playbook, known, known_problems=problems)]] == []
    assert tuple(sorted(p.stem for p in playbook.procedures.values() if p.size == "core")) == PROCEDURES
    assert {p.state for p in playbook.procedures.values() if p.size == "core"} == {"on"}
    assert tuple(sorted(playbook.roles)) == ROLES


def test_a_store_that_imports_files_brings_every_event_that_starts_something(book: Playbook, known: Catalogue) -> None:
    """No procedure of the starter waits for a source that a new store has not."""
    assert check_sources(book, known, ["import", "page", "clock"]) == []


@pytest.mark.parametrize("stem", PROCEDURES)
def test_every_walk_reaches_an_end(book: Playbook, stem: str) -> None:
    """From the first step each walk ends, or comes back to a step that it has passed."""
    walks = paths(book.procedures[stem])
    assert 0 < len(walks) < 200
    assert all(w[-1].startswith("→ end: ") or " → back to " in w[-1] for w in walks)
    assert any(w[-1].startswith("→ end: ") for w in walks)


@pytest.mark.parametrize(("stem", "card"), all_cards())
def test_a_stranger_with_the_text_alone_gets_there(book: Playbook, stem: str, card: Card) -> None:
    """Each case card goes through the steps that it expects, to the outcome that it expects."""
    cases = {"order": ORDER, "ticket": TICKET, "import": IMPORT, "kpi": KPI, "day": DAY}
    cases |= {"person": PERSON, "procedure": PROCEDURE, "request": REQUEST, "purchase": PURCHASE}
    values = {**cases, "policy": policy_values(book), "today": date(2026, 11, 24)}
    assert walk(book.procedures[stem], card, values) == ([s.slug for s in card.stops], card.outcome)


@pytest.mark.parametrize("stem", PROCEDURES)
def test_five_cards_a_procedure_two_of_them_odd(stem: str) -> None:
    """The cards are many enough, and every step of the procedure is on one of them."""
    cards = cards_of(CARDS / f"{stem}.md")
    steps = {s.slug for s in read_folder(STARTER)[0].procedures[stem].steps}
    assert len(cards) >= 5
    assert sum(c.title.startswith("Odd: ") for c in cards) >= 2
    assert steps - {s.slug for c in cards for s in c.stops} <= {"close-as-released"}


@pytest.mark.parametrize("stem", PROCEDURES)
def test_steps_are_short_and_begin_with_a_verb(book: Playbook, stem: str) -> None:
    """At most 12 steps, 7 checks and 120 words a step (PROCEDURES.md, a)."""
    verbs = {
        "Add", "Agree", "Answer", "Approve", "Ask", "Book", "Call", "Cancel", "Capture", "Check", "Choose", "Claim",
        "Clear", "Close", "Collect", "Compare", "Complete", "Contain", "Correct", "Count", "Decide", "Describe",
        "Draft", "Drive", "Edit", "Enter", "Explain", "Export", "Find", "Gather", "Give", "Grant", "Hand", "Hear",
        "Hold", "Inspect", "Invite", "Issue", "Judge", "Keep", "Lay", "Leave", "Load", "Log", "Look", "Make", "Name",
        "Offer", "Open", "Order", "Pack", "Pay", "Pick", "Plan", "Prepare", "Prioritise", "Prove", "Publish", "Put",
        "Raise", "Read", "Receive", "Record", "Refuse", "Release", "Remove", "Repair", "Replace", "Reply", "Report",
        "Return", "Review", "Say", "Search", "Send", "Set", "Settle", "Ship", "Sign", "Sort", "Start", "Stop", "Store",
        "Switch", "Take", "Tell", "Test", "Thank", "Trace", "Train", "Verify", "Wait", "Watch", "Weigh", "Write",
    }  # fmt: skip
    steps = book.procedures[stem].steps
    assert len(steps) <= 12
    for step in steps:
        assert step.title.split()[0] in verbs, step.title
        assert len(step.checks) <= 7
        assert len(" ".join([step.prose, *(c.text for c in step.checks)]).split()) <= 120, step.title


def test_no_word_that_leaves_it_to_the_reader(book: Playbook) -> None:
    """None of the words behind which nothing stands (b)."""
    hollow = r"\b(as appropriate|if necessary|regularly|promptly|ensure|relevant|timely|asap|etc)\b"
    texts = [pair for p in book.procedures.values() for pair in texts_of(p)]
    assert [where for where, text in texts if re.search(hollow, text, re.IGNORECASE)] == []


def test_no_quantity_stands_in_the_text_but_in_a_policy(book: Playbook) -> None:
    """Digits in the prose are values of a policy (b); a picture of a thing is none (07520 into 7520, as in 2)."""
    shown = re.compile(r"\{\{.*?\}\}|07520 into 7520|as in 2")
    texts = [pair for p in book.procedures.values() for pair in texts_of(p)]
    assert [(where, text) for where, text in texts if re.search(r"\d", shown.sub("", text))] == []


def test_every_human_step_has_a_deadline_from_a_policy_and_a_ladder(book: Playbook) -> None:
    """No task lies without a time, and each moves to another role by itself (b, d)."""
    for procedure in book.procedures.values():
        for step in procedure.steps:
            if step.is_human:
                within = step.within or (step.batch.latest if step.batch else None)
                assert within is not None, (procedure.stem, step.slug)
                assert within.by_policy or (within.span and within.span.policy), (procedure.stem, step.slug)
                assert [r.deed for r in step.if_late] == ["tell", "hand to"], (procedure.stem, step.slug)


def test_every_check_names_the_error_and_how_it_is_seen(book: Playbook) -> None:
    """Scan, count, compare, look, read, hear, see, say, weigh, write …: an act that can be watched (f)."""
    acts = {"Scan", "Count", "Compare", "Look", "Read", "Search", "Hear", "Shake", "See", "Say", "Write", "Weigh"}
    for procedure in book.procedures.values():
        for step in procedure.steps:
            assert bool(step.checks) == step.is_human or not step.is_human, (procedure.stem, step.slug)
            for one in step.checks:
                assert one.prevents, (procedure.stem, one.text)
                assert one.text.split()[0] in acts, (procedure.stem, one.text)


def test_every_wait_has_an_end(book: Playbook) -> None:
    """At most so long, else a way out; or a time (d)."""
    waits = [s.wait for p in book.procedures.values() for s in p.steps if s.wait]
    assert len(waits) >= 7
    assert all((w.at_most and w.otherwise) or w.until for w in waits)


def test_every_limit_says_why_and_when_to_move_it(book: Playbook) -> None:
    """Why, basis, raise it when, lower it when; a law's name goes with its country (e)."""
    for policy in book.policies.values():
        for value in policy.values.values():
            said = (value.meaning, value.why, value.basis, value.raise_when, value.lower_when)
            assert all(said), value.name
            assert "law" not in value.basis.split(":")[0] or value.country, value.name


def test_every_limit_is_used(book: Playbook) -> None:
    """A value that no text, no step and no part of the program reads would be a second home of something."""
    readers = [f for f in STARTER.rglob("*.md") if f.parent.name != "policies"]
    readers += STARTER.parent.parent.rglob("*.py")
    texts = "\n".join(f.read_text(encoding="utf-8") for f in readers)
    names = [f"policy.{s.replace('-', '_')}.{n}" for s, p in book.policies.items() for n in p.values]
    assert [name for name in names if name not in texts] == []


def test_a_limit_named_by_a_hyphened_file_is_found(book: Playbook) -> None:
    """`policy.out_of_stock.answer_within` lives in out-of-stock.md."""
    found = limit_named(book, "policy.out_of_stock.answer_within")
    assert found is not None
    assert isinstance(found.value, Span)
    assert (found.value.amount, found.value.unit) == (Decimal(3), "days")


def test_no_run_of_twelve_words_stands_in_more_than_three_procedures(book: Playbook) -> None:
    """Not filler (j)."""
    seen: dict[tuple[str, ...], set[str]] = {}
    for procedure in book.procedures.values():
        for _, text in texts_of(procedure):
            words = text.split()
            for at in range(len(words) - 11):
                seen.setdefault(tuple(words[at : at + 12]), set()).add(procedure.stem)
    assert [" ".join(run) for run, stems in seen.items() if len(stems) > 3] == []


def test_the_cases_facts_are_those_of_the_rooms() -> None:
    """The cards stand on the real facts: none is missing, none is made up."""
    assert {f.name for f in fields(OrderFacts)} == set(ORDER)
    assert {f.name for f in fields(TicketFacts)} == set(TICKET)
    assert {f.name for f in fields(DayFacts)} == set(DAY)
    assert {f.name for f in fields(PersonFacts)} == set(PERSON)
    assert {f.name for f in fields(ProcedureFacts)} == set(PROCEDURE)
    assert {f.name for f in fields(RequestFacts)} == set(REQUEST)


ANSWERS: dict[str, Any] = {
    "carrier": "DHL",
    "tracking": "JD014600003",
    "line": "Vase blue",
    "quantity": Decimal(2),
    "stands_at": "delivered",
    "place": "with Huber, next door",
    "carriers_case": "NF-2026-881",
    "offer": "send it again",
    "new_order": "#1077",
    "amount": Decimal("19.90"),
    "changed": "one blue shirt, L",
    "difference": "we pay it back",
    "reason": "not collected",
    "reply": "The code is 12.",
    "wanted": "Vase green",
    "instead": "Vase red",
}


def values(book: Playbook, **changes: Any) -> dict[str, Any]:
    return {
        "order": ORDER | changes,
        "ticket": TICKET,
        "purchase": PURCHASE,
        "answers": ANSWERS,
        "policy": policy_values(book),
        "today": date(2026, 11, 24),
        "store": {"name": "Demo shop", "email": "help@demo.example"},
    }


CASES: tuple[dict[str, Any], ...] = (
    {},
    {"number": "#1019", "address_problem": "name, street, postcode, city, country", "has_address": False},
    {"number": "#1013", "refundable": Decimal(0), "assumed_delivered_on": date(2026, 11, 29), "risk": None},
)


@pytest.mark.parametrize("changes", CASES, ids=lambda c: c.get("number", "#1001"))
def test_every_message_is_whole_for_three_cases(book: Playbook, changes: dict[str, Any]) -> None:
    """Order number, one contact, a day where something follows, at most 120 words (h)."""
    for (_, language), message in book.messages.items():
        subject, body = render(message, values(book, **changes))
        asks_for_it = "order.number" not in message.used
        number = TICKET["number"] if asks_for_it else changes.get("number", "#1001")
        number = PURCHASE["number"] if message.about == "purchase" else number
        assert number in subject, message.source
        assert number in body, message.source
        assert body.endswith("Demo shop\nhelp@demo.example\n"), message.source
        assert len(body.split()) <= 120, message.source
        assert re.search(r"\d{2}\.\d{2}\.\d{4}" if language else r"\d{1,2} [A-Z][a-z]+ \d{4}", body), message.source
        assert "\n\n\n" not in body, message.source
        assert as_html(body).startswith("<p>")


def test_the_shipped_message_reads_so(book: Playbook) -> None:
    """A preview, word for word."""
    changes = {"shipped_at": datetime(2026, 11, 24, 14, 0, tzinfo=UTC), "assumed_delivered_on": date(2026, 11, 29)}
    assert render(book.messages["shipped", ""], values(book, **changes)) == (
        "Your order #1001 is on its way",
        "Hello,\n\n"
        "your order #1001 left our house on 24 November 2026 with DHL.\n\n"
        "Tracking number: JD014600003\n\n"
        "We expect it at your door by 29 November 2026.\n\n"
        "The carrier shows where it is from the evening on. Should it not be there on that day, answer this mail and "
        "we look for it.\n\n"
        "Demo shop\nhelp@demo.example\n",
    )


def test_every_message_has_its_german_version(book: Playbook) -> None:
    """Each in two languages, with the same names."""
    stems = {stem for stem, _ in book.messages}
    assert len(stems) >= 17
    assert all({(stem, ""), (stem, "de")} <= set(book.messages) for stem in stems)
    assert [s for s in stems if set(book.messages[s, ""].used) != set(book.messages[s, "de"].used)] == []


def test_every_card_of_a_kpi_runs_on_the_real_tables(book: Playbook, tmp_path: Path) -> None:
    """The SQL yields the six columns, one row a fact."""
    db: sqlite3.Connection = open_file(tmp_path / "store.db", create=True)
    for kpi in book.kpis.values():
        columns = [c[0] for c in db.execute(kpi.sql).description]
        assert columns == ["day_on", "channel_id", "ref_type", "ref_id", "numerator", "denominator"], kpi.stem
        assert kpi.benchmark, kpi.stem
