"""Mails that come back: matched to the message that did not arrive, shown at its case, and a person's to decide."""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mails import dropped, mail
from mailserver import Mailbox, mail_server
from shops import NOW
from test_tickets import Desked

from ecomos.cli import main
from ecomos.intake import scan_inbox
from ecomos.messages.outbox import send_due
from ecomos.pages.imports import Imports
from ecomos.pages.tickets import TicketPage
from ecomos.store import set_setting, write
from ecomos.store.home import MailServer
from ecomos.work import pass_time, timeline
from ecomos.work.news import news_of

DSN = """From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: help@shop.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn-1@mx.example.net>
Date: Tue, 24 Nov 2026 09:31:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address
    rejected: User unknown

--b1
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Re: Where is my order #1001? [T1]
To: {recipient}

Hello
--b1--
"""
OLD = """From: MAILER-DAEMON@old.example
To: help@shop.example
Subject: failure notice

Hi. This is the qmail-send program. I'm afraid I wasn't able to deliver your message.

--- Below this line is a copy of the message.

Message-ID: {message_id}
"""
ANSWER = """From: maria@example.com
To: help@shop.example
Message-ID: <m9@mail.example.com>
Date: Tue, 24 Nov 2026 09:20:00 +0000
Subject: Re: {message_id}

> Message-ID: {message_id}
mailer-daemon said nothing, I only quote you.
"""


class Answered(Desked):
    """A question that was answered; the answer left the house."""

    def __init__(self, path: Path, box: Mailbox) -> None:
        super().__init__(path)
        home = replace(self.shop.home, live=True, mail=MailServer("127.0.0.1", box.port, "help@shop.example", False))
        self.shop = replace(self.shop, home=home)
        with write(self.shop.db):
            set_setting(self.shop.db, "live_on", home.fingerprint)
        self.mail("Do you sell lamps?", "Hello")
        self.do("support-agent", "Answer the customer", reply="Yes, three of them.", goes_on="it is answered")
        send_due(home, self.shop.db, self.now)

    @property
    def message_id(self) -> str:
        return str(self.rows("select message_id from outbox where message = 'ticket-reply'")[0][0])

    def state(self) -> tuple[Any, ...]:
        return self.rows("select status, error from outbox where message = 'ticket-reply'")[0]

    def comes(self, template: str, name: str = "dsn.eml", **given: str) -> list[str]:
        words = {"message_id": self.message_id, "recipient": "maria@example.com"} | given
        words = {"action": "failed", "status": "5.1.1"} | words
        dropped(self.shop.home.path, template.format(**words).encode(), name)
        return [a.notes[0] for a in scan_inbox(self.shop.home, self.shop.db, self.now) if a.notes]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Answered]:
    with mail_server() as box:
        yield Answered(tmp_path / "shop", box)


REASON = "not delivered: 5.1.1 550 5.1.1 <maria@example.com>: Recipient address rejected: User unknown"


def test_a_report_is_noted_with_the_message_that_did_not_arrive(shop: Answered) -> None:
    assert shop.state() == ("sent", None)
    (words,) = shop.comes(DSN)
    assert words.startswith("dsn.eml: “Re: Do you sell lamps? [T1]” to maria@example.com was not delivered: 5.1.1")
    assert shop.state() == ("bounced", REASON)
    assert shop.rows("select count(*) from tickets") == [(1,)]


def test_it_is_shown_at_the_case_and_is_a_persons_to_decide(shop: Answered) -> None:
    shop.now += (minute := NOW.replace(minute=31) - NOW)
    shop.comes(DSN)
    page = TicketPage(shop.desk("support-agent").context(), 1)
    entry = page.thread.entries[-1]
    assert entry["what"].endswith("· not delivered")
    assert (entry["kind"], entry["detail"].split("\n")[0]) == ("late", REASON)
    assert any(e.what.startswith("Message not delivered") for e in timeline(shop.shop, ("ticket", 1)))
    pass_time(shop.shop, shop.now + minute)
    pass_time(shop.shop, shop.now + minute)
    assert shop.rows("select title, role, note from tasks where kind = 'mail'") == [
        (
            "A message was not delivered: Re: Do you sell lamps? [T1]",
            "support-lead",
            f"{REASON}; Message-ID {shop.message_id}, 1 attempts",
        )
    ]
    news = [n.words for n in news_of(shop.shop, shop.people["support-agent"], shop.now)]
    assert "“Re: Do you sell lamps? [T1]” about T1 Do you sell lamps? was not delivered." in news


def test_the_old_kind_of_server_is_understood_too(shop: Answered) -> None:
    shop.comes(OLD)
    assert shop.state() == ("bounced", "not delivered: the other server gives no reason")


def test_the_same_report_twice_changes_nothing(shop: Answered) -> None:
    shop.comes(DSN)
    shop.comes(DSN, "again.eml", status="5.7.7")
    assert shop.state() == ("bounced", REASON)


@pytest.mark.parametrize(
    ("template", "given"),
    [
        (DSN, {"action": "delayed", "status": "4.4.1"}),
        (DSN, {"action": "delivered", "status": "2.0.0"}),
        (DSN, {"recipient": "somebody@else.example"}),
        (DSN, {"message_id": f"<{'0' * 32}@ecomos.invalid>"}),
        (ANSWER, {}),
    ],
    ids=["delayed", "delivered", "of another recipient", "of no message of ours", "an answer that quotes us"],
)
def test_what_is_no_report_of_a_failure_changes_nothing(shop: Answered, template: str, given: dict[str, str]) -> None:
    shop.comes(template, **given)
    assert shop.state() == ("sent", None)


def test_a_forged_report_can_not_stop_what_still_waits_to_leave(shop: Answered) -> None:
    with write(shop.shop.db):
        shop.shop.db.execute("update outbox set status = 'queued', sent_at = null")
    shop.comes(DSN)
    assert shop.state()[0] == "queued"


def test_a_broken_report_stops_no_scan(shop: Answered) -> None:
    for n, broken in enumerate((DSN.split("Final-")[0], DSN.replace("boundary", "b"), DSN[:300] + "\x00\ufffd" * 50)):
        shop.comes(broken, f"{n}.eml")
    assert shop.rows("select count(*) from tickets") == [(1,)]


# ---- a flood of mails, and mails that come another way


def test_a_flood_of_mails_holds_what_it_would_start_as_an_import_does(tmp_path: Path) -> None:
    shop = Desked(tmp_path / "shop")
    for n in range(51):
        letter = mail("Do you sell lamps?", "Hello", sender=f"c{n}@example.com", message_id=f"<f{n}@example.com>")
        dropped(shop.shop.home.path, letter, f"{n}.eml")
    shop.mail("Do you sell lamps?", "Hello", sender="last@example.com", message_id="<last@example.com>")
    assert shop.rows("select count(*) from tickets") == [(52,)]
    assert shop.rows("select count(*) from runs") == [(0,)]
    assert shop.rows("select title, role, note from tasks where kind = 'held'") == [
        (
            "Release or drop 52 starts of “Answer a ticket” from one fetch of mails",
            "support-lead",
            "more than 50, three times the usual day: is this spam, or has something happened?",
        )
    ]


def test_the_next_fetch_is_worked_as_usual(tmp_path: Path) -> None:
    shop = Desked(tmp_path / "shop")
    for n in range(51):
        letter = mail("Do you sell lamps?", "Hello", sender=f"c{n}@example.com", message_id=f"<f{n}@example.com>")
        dropped(shop.shop.home.path, letter, f"{n}.eml")
    scan_inbox(shop.shop.home, shop.shop.db, shop.now)
    shop.now = shop.now.replace(minute=45)
    shop.mail("Do you sell lamps?", "Hello", sender="last@example.com", message_id="<last@example.com>")
    assert shop.rows("select about_id from runs") == [(52,)]


def test_a_mail_is_taken_by_the_command_line_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    store = ["--store", str(tmp_path / "shop")]
    main(["init", str(tmp_path / "shop"), "--go-live", "2026-01-01"])
    path, letter = tmp_path / "Where is it.EML", mail("Do you sell lamps?", "Hello")
    del letter["Date"]
    path.write_bytes(letter.as_bytes())
    capsys.readouterr()
    assert main(["import", str(path), *store]) == 0
    assert capsys.readouterr().out == "Where is it.EML: a customer's mail, opened ticket T1.\n"
    assert path.exists()
    main(["queue", *store])
    assert "Answer the customer" in capsys.readouterr().out
    path.write_bytes(b"Subject: x\n\nhello")
    assert main(["import", str(path), *store]) == 1
    assert "nobody can be answered" in capsys.readouterr().out


def test_a_mail_is_taken_by_the_imports_page_too(tmp_path: Path) -> None:
    shop = Desked(tmp_path / "shop")
    page = Imports(shop.desk("operations-lead").context(), {})
    letter = mail("Do you sell lamps?", "Hello").as_bytes()
    told = asyncio.run(page.take_file("lamps.eml", letter))  # type: ignore[arg-type]
    assert told == "lamps.eml: a customer's mail, opened ticket T1."
    assert page.account.state == {"text": "loaded", "kind": "fine"}
    assert page.account.rows == [["taken for", "a customer's mail, opened ticket T1."]]
    assert shop.rows("select procedure from runs") == [("answer-a-ticket",)]
