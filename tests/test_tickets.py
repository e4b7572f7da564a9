"""Tickets carried out by the engine: from the mail in the inbox to the answer at a real mail server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mails import dropped, mail
from mailserver import Mailbox, mail_server
from page_shop import Desk, deeds, said
from shops import NOW
from test_playbook_starter_run import House

from ecomos.errors import Refused
from ecomos.intake import scan_inbox
from ecomos.messages.outbox import send_due
from ecomos.pages.tickets import TicketList, TicketPage
from ecomos.store import iso, set_setting, write
from ecomos.store.home import MailServer
from ecomos.work import hear_customer, timeline
from ecomos.work.triggers import offer_events


class Desked(House):
    """The house, with mails that come in."""

    def mail(self, *given: Any, name: str = "mail.eml", **headers: Any) -> None:
        dropped(self.shop.home.path, mail(*given, **headers), name)
        scan_inbox(self.shop.home, self.shop.db, self.now)
        offer_events(self.shop, self.now)

    def ship(self, key: int) -> None:
        with write(self.shop.db):
            self.shop.db.execute(
                """insert into parcels(order_id, carrier, tracking, shipped_at, shipped_on, source)
                   values (?, 'DHL', 'JD1', ?, ?, 'ours')""",
                [key, iso(self.now), self.now.date().isoformat()],
            )

    def desk(self, role: str) -> Desk:
        return Desk(self.shop, self.people[role], [self.now])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(r) for r in self.shop.db.execute(sql)]


@pytest.fixture
def house(tmp_path: Path) -> Desked:
    return Desked(tmp_path / "shop")


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


def test_a_question_is_answered_threaded_and_closed_when_it_stays_quiet(house: Desked, box: Mailbox) -> None:
    """The answer reaches a real mail server with In-Reply-To and our own Message-ID; six days later it is closed."""
    house.mail("Do you sell lamps?", "Hello, do you?", references=["<m0@mail.example.com>"])
    assert house.todo() == [("support-agent", "Answer the customer")]
    house.do("support-agent", "Answer the customer", reply="Hello Maria,\nwe do.\nSue", goes_on="it is answered")
    home = replace(house.shop.home, live=True, mail=MailServer("127.0.0.1", box.port, "help@shop.example", False))
    with write(house.shop.db):
        set_setting(house.shop.db, "live_on", home.fingerprint)
    assert send_due(home, house.shop.db, house.now) == 1
    ((to, sent),) = box.mails
    assert to == ["maria@example.com"]
    assert sent["Subject"] == "Re: Do you sell lamps? [T1]"
    assert sent["In-Reply-To"] == "<m1@mail.example.com>"
    assert sent["References"].split() == ["<m0@mail.example.com>", "<m1@mail.example.com>"]
    assert sent["Auto-Submitted"] is None
    assert sent["Message-ID"] == house.rows("select message_id from ticket_messages where direction = 'out'")[0][0]
    assert house.rows("select status, first_replied_at from tickets") == [("waiting", iso(NOW))]
    house.later(6)
    assert house.runs() == [("answer-a-ticket", "done", "answered")]
    assert house.rows("select status from tickets") == [("closed",)]


def test_what_is_on_its_way_is_answered_without_a_person(house: Desked) -> None:
    """The buyer asks, the parcel is not late: the day goes out at once, in the buyer's thread and language."""
    house.ship(house.order("#1001"))
    house.mail()
    assert house.todo() == []
    assert house.mails() == [("on-its-way", "maria@example.com")]
    assert house.rows("select in_reply_to from ticket_messages where direction = 'out'") == [("<m1@mail.example.com>",)]
    assert house.rows("select first_replied_at is not null from tickets") == [(1,)]


def test_a_stranger_with_a_number_is_told_nothing(house: Desked) -> None:
    """A person compares first; the number that the mail names is only offered."""
    house.ship(house.order("#1001"))
    house.mail(sender="eve@elsewhere.example")
    assert house.mails() == []
    assert house.todo() == [("support-agent", "Find the order")]


def test_the_order_that_a_person_finds_is_the_runs_case(house: Desked) -> None:
    """Then its facts decide, and the ticket stands on the order's timeline."""
    key = house.order("#1001")
    house.mail(sender="maria@work.example")
    house.do("support-agent", "Find the order", found="found", number="1001")
    assert house.rows("select type, id from run_cases where run_id = 1") == [("order", key), ("ticket", 1)]
    assert house.todo() == [("support-agent", "Explain where it stands")]
    assert [e.what for e in timeline(house.shop, ("order", key)) if e.kind == "message"] == [
        "Wrote: Where is my order #1001? (T1)"
    ]


def test_found_without_a_number_is_refused(house: Desked) -> None:
    """Nothing is written."""
    house.mail(sender="maria@work.example")
    with pytest.raises(Refused, match="There is no order"):
        house.do("support-agent", "Find the order", found="found")
    assert house.todo() == [("support-agent", "Find the order")]


def test_a_late_parcel_that_is_lost_is_paid_back_in_the_customers_thread(house: Desked) -> None:
    """The search is about the order, and still knows who asked."""
    key = house.order("#1001", total=9000)
    house.ship(key)
    house.now += timedelta(days=8)
    house.mail()
    assert house.todo() == [("support-agent", "Read the tracking")]
    house.do("support-agent", "Read the tracking", stands_at="silent", place="Wien")
    house.do("support-agent", "Ask the carrier", carriers_case="NF-1")
    house.do("support-agent", "Hear the carrier", heard="lost")
    house.do("operations-lead", "Decide about the loss", offer="money back", why="the last one")
    house.do("operations-lead", "Approve refund: 90.00 EUR")
    house.do("support-agent", "Refund in Shopify", reference="R-1")
    assert house.mails() == [("parcel-search", "maria@example.com"), ("parcel-lost", "maria@example.com")]
    assert house.rows("select count(*) from ticket_messages where direction = 'out' and in_reply_to is not null") == [
        (2,)
    ]


def test_a_broken_cheap_thing_is_paid_at_once_and_the_ticket_closed(house: Desked) -> None:
    """15 is within support's own limit; the person types the order, which the stranger's mail could not link."""
    key = house.order("#1001")
    house.ship(key)
    house.mail("My vase #1001 is broken", sender="maria@work.example")
    page = house.desk("support-agent").today()
    field = page.form.step["fields"][0]
    assert (field["label"], field["value"]) == ("Which order", "1001")
    seen = {"damage": "broken on the way", "line": "vase", "wish": "money back", "pictures": "none"}
    page.clicked(said(page, "done", **seen, amount="15"))
    assert page.form.step.get("error", "") == ""
    assert house.rows("select order_id from tickets") == [(key,)]
    assert house.todo() == [("support-agent", "Refund in Shopify")]
    house.do("support-agent", "Refund in Shopify", reference="R-1")
    assert house.mails() == [("damage-settled", "maria@work.example")]
    assert house.runs()[0] == ("parcel-damaged", "done", "settled")
    assert house.rows("select status from tickets") == [("closed",)]


def test_an_order_must_be_chosen_where_none_is_known(house: Desked) -> None:
    """The form says so and keeps what was typed."""
    house.mail("I want a refund", sender="nobody@else.example")
    page = house.desk("support-agent").today()
    page.clicked(said(page, "done", reason="late", arrived=True, amount="15"))
    assert page.form.step["error"] == "Choose the order that this is about."
    page.clicked(said(page, "done", case_order="#404", reason="late", arrived=True, amount="15"))
    assert page.form.step["error"] == "There is no order #404."


def test_refunds_of_one_order_are_summed_over_its_tickets(house: Desked) -> None:
    """40 and then 40 more are above support's limit of 50, whoever asks."""
    house.ship(house.order("#1001", total=20000))
    house.mail("refund #1001")
    refund = {"reason": "damaged", "arrived": "yes", "amount": "18"}
    house.do("support-agent", "Find the order", **refund)
    house.do("support-agent", "Refund in Shopify", reference="R-1")
    assert house.rows("select about_type, kind, approved_cents from approvals") == [("order", "refund", 1800)]


def test_two_tickets_about_one_order_dont_refund_it_twice(house: Desked) -> None:
    """The second joins the first one's run, and whoever wrote it is somebody's task."""
    key = house.order("#1001")
    house.ship(key)
    house.mail("refund #1001")
    with write(house.shop.db):
        house.shop.db.execute("update order_contacts set email = 'paul@example.com' where order_id = ?", [key])
    house.mail("refund #1001", sender="paul@example.com", message_id="<p@x.example>", name="b.eml")
    assert [r[0] for r in house.runs()] == ["refund-on-request"]
    assert house.todo() == [
        ("support-agent", "Find the order"),
        ("support-agent", "“Refund on request” is at work for the same order already: tell whoever wrote here"),
    ]


def test_what_was_said_on_the_phone_is_a_ticket_too(house: Desked) -> None:
    """Without an e-mail the answer is noted, and no mail leaves."""
    house.order("#1001")
    found = {"who": "Frau Lang", "number": "1001", "topic": "other", "text": "Do you gift-wrap?"}
    hear_customer(house.shop, house.people["support-agent"], found, house.now)
    house.do("support-agent", "Answer the customer", reply="Yes, for free.", goes_on="it is answered")
    assert house.mails() == []
    assert house.rows("select status, from_name from tickets") == [("waiting", "Frau Lang")]


def test_only_support_and_leads_take_tickets_in(house: Desked) -> None:
    """Whatever a page showed."""
    with pytest.raises(Refused, match="support"):
        hear_customer(house.shop, house.people["picker"], {"who": "x", "text": "y"}, house.now)


def test_the_pages_show_whose_turn_it_is_and_lead_to_the_step(house: Desked) -> None:
    """The list, the thread, the order beside it, and the next deed as a link."""
    house.order("#1001")
    house.mail("<img src=x onerror=alert(1)> where is my order")
    desk = house.desk("support-agent")
    rows = TicketList(desk.context()).table.rows
    assert [(r["ticket"][0], r["state"], r["age"][0]) for r in rows] == [("T1", ["waits for us", "soon"], "1 hour")]
    page = TicketPage(desk.context(), 1)
    assert page.order.title == "#1001 · 84.00 EUR"
    assert page.next.link_text == "Go to “Explain where it stands”"
    assert [e["detail"] for e in page.thread.entries] == ["Hello,\nI wait for it.\nMaria"]


def test_a_form_on_the_page_keeps_a_call(house: Desked) -> None:
    """And says what is missing."""
    desk = house.desk("support-agent")
    page = TicketList(desk.context())
    assert deeds(page) == ["hear"]
    page.clicked(said(page, "hear", topic="other"))
    assert page.form.step["error"].startswith("Write who it was")
    page.clicked(said(page, "hear", who="a@b.example", topic="refund", text="money back please"))
    assert desk.toasts == ["Kept as T1."]
    assert [r[0] for r in house.runs()] == ["refund-on-request"]
    assert TicketList(house.desk("picker").context()).form.step == {}


def test_a_second_answer_of_a_person_is_a_second_mail(house: Desked) -> None:
    """Each with its own Message-ID, in one thread."""
    house.mail("Do you sell lamps?")
    house.do("support-agent", "Answer the customer", reply="We do.", goes_on="it is answered")
    house.mail("Which?", message_id="<m2@mail.example.com>", name="b.eml")
    house.do("support-agent", "Answer the customer", reply="Red ones.", goes_on="it is answered")
    assert house.rows("select in_reply_to from ticket_messages where direction = 'out' order by id") == [
        ("<m1@mail.example.com>",),
        ("<m2@mail.example.com>",),
    ]
    assert len({m for (m,) in house.rows("select message_id from outbox")}) == 2
