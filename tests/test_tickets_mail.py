"""Mails from the inbox: threaded, matched, counted once; read with suspicion."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from mails import dropped, mail
from shops import NOW, make_shop, order

from ecomos.customers.topics import rules_in_force, topic_of
from ecomos.intake import scan_inbox
from ecomos.messages.outbox import enqueue
from ecomos.store import write
from ecomos.work import Shop
from ecomos.work.triggers import offer_events


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path / "shop")


def scan(shop: Shop) -> list[str]:
    """What the inbox said of each file."""
    return [a.status for a in scan_inbox(shop.home, shop.db, NOW)]


def rows(shop: Shop, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in shop.db.execute(sql)]


def events(shop: Shop) -> list[str]:
    return [r[0] for r in rows(shop, "select kind from events where about_type = 'ticket' order by id")]


def sold(shop: Shop, number: str = "#1001", email: str = "maria@example.com", **changes: Any) -> int:
    return order(shop, number, email=email, **changes)


def test_a_mail_opens_a_ticket_with_its_order_and_topic(shop: Shop) -> None:
    """Matched by the e-mail that it was bought with, and by the number in the subject."""
    key = sold(shop)
    sold(shop, "#1002")
    dropped(shop.home.path, mail())
    assert scan(shop) == ["loaded"]
    assert rows(shop, "select order_id, topic, status, subject, from_email, opened_at from tickets") == [
        (key, "where is my order", "open", "Where is my order #1001?", "maria@example.com", "2026-11-24T08:15:00Z")
    ]
    assert events(shop) == ["ticket.opened"]
    assert (shop.home.path / "inbox" / "read" / "mail.eml").exists()


def test_the_only_open_order_is_meant_where_no_number_stands(shop: Shop) -> None:
    """Of two orders one is fulfilled."""
    done, open_ = sold(shop), sold(shop, "#1002")
    with write(shop.db):
        shop.db.execute("update orders set fulfillment_status = 'fulfilled' where id = ?", [done])
    dropped(shop.home.path, mail("A question"))
    scan(shop)
    assert rows(shop, "select order_id from tickets") == [(open_,)]


def test_a_strangers_number_links_no_order(shop: Shop) -> None:
    """Anybody can write #1001; whoever did not buy it is compared by a person first."""
    sold(shop)
    dropped(shop.home.path, mail(sender="eve@elsewhere.example"))
    scan(shop)
    assert rows(shop, "select order_id, customer_id from tickets") == [(None, None)]


def test_the_same_message_id_twice_is_taken_once(shop: Shop) -> None:
    """A mail saved twice, under two names."""
    dropped(shop.home.path, mail(), "a.eml")
    dropped(shop.home.path, mail(), "b.eml")
    assert scan(shop) == ["loaded", "loaded"]
    assert rows(shop, "select count(*) from ticket_messages") == [(1,)]
    assert events(shop) == ["ticket.opened"]


def test_several_mails_of_one_person_are_one_case(shop: Shop) -> None:
    """Impatience is no second case."""
    dropped(shop.home.path, mail(), "a.eml")
    dropped(shop.home.path, mail("Hello??", message_id="<m2@mail.example.com>"), "b.eml")
    scan(shop)
    assert rows(shop, "select count(*) from tickets") == [(1,)]
    assert events(shop) == ["ticket.opened", "ticket.replied"]


def test_an_answer_to_a_closed_ticket_opens_it_again(shop: Shop) -> None:
    """Threaded by In-Reply-To; it starts whoever answers tickets, not the first procedure once more."""
    dropped(shop.home.path, mail(), "a.eml")
    scan(shop)
    offer_events(shop, NOW)
    with write(shop.db):
        shop.db.execute("update tickets set status = 'closed', closed_at = '2026-11-24T09:00:00Z'")
        shop.db.execute("update runs set status = 'done'")
    again = mail("Re: Where", message_id="<m2@mail.example.com>", references=["<m1@mail.example.com>"])
    dropped(shop.home.path, again, "b.eml")
    scan(shop)
    offer_events(shop, NOW)
    assert rows(shop, "select status, reopened_at is not null from tickets") == [("open", 1)]
    assert events(shop) == ["ticket.opened", "ticket.replied", "ticket.opened"]
    assert rows(shop, "select procedure from runs order by id")[-1] == ("answer-a-ticket",)


def test_an_answer_is_never_without_a_reader(shop: Shop) -> None:
    """Its run was ended by hand, the ticket still waits: somebody is asked again."""
    dropped(shop.home.path, mail(), "a.eml")
    scan(shop)
    offer_events(shop, NOW)
    with write(shop.db):
        shop.db.execute("update tickets set status = 'waiting'")
        shop.db.execute("update runs set status = 'done'")
    dropped(shop.home.path, mail("And?", message_id="<m2@mail.example.com>"), "b.eml")
    scan(shop)
    offer_events(shop, NOW)
    assert rows(shop, "select procedure, status from runs order by id")[-1] == ("answer-a-ticket", "open")


def test_a_reply_to_our_address_question_lands_on_its_order(shop: Shop) -> None:
    """Our own Message-ID is known, whatever address the customer answers from."""
    key = sold(shop)
    with write(shop.db):
        enqueue(
            shop.db, key="k", run_id=None, message="address-question", about=("order", key), to="maria@example.com",
            subject="Where to?", body="Hello", now=NOW,
        )  # fmt: skip
    ours = rows(shop, "select message_id from outbox")[0][0]
    dropped(shop.home.path, mail("Re: Where to?", "Ring 5", sender="m.lang@work.example", references=[ours]))
    scan(shop)
    assert rows(shop, "select order_id, from_email from tickets") == [(key, "m.lang@work.example")]


def test_our_own_words_say_nothing_of_what_a_customer_wants(shop: Shop) -> None:
    """An answer to our mail about a missing piece is no mail about a missing piece: its subject and quote are ours."""
    key = sold(shop)
    with write(shop.db):
        enqueue(
            shop.db, key="k", run_id=None, message="out-of-stock-options", about=("order", key), to="maria@example.com",
            subject="A part of your order #1001 is missing here", body="Hello", now=NOW,
        )  # fmt: skip
    ours = rows(shop, "select message_id from outbox")[0][0]
    body = "Number 1, please.\n\n> the price of what is missing"
    dropped(shop.home.path, mail("Re: A part of your order #1001 is missing here", body, references=[ours]))
    scan(shop)
    assert rows(shop, "select order_id, topic from tickets") == [(key, "other")]


MACHINES = {
    "holiday answer": mail(Auto_Submitted="auto-replied"),
    "list": mail(Precedence="bulk"),
    "bounce": mail(sender="MAILER-DAEMON@mx.example"),
    "empty return path": mail(Return_Path="<>"),
    "no reply": mail(sender="no-reply@carrier.example"),
}


@pytest.mark.parametrize("content", MACHINES.values(), ids=MACHINES.keys())
def test_what_machines_write_opens_no_ticket(shop: Shop, content: EmailMessage) -> None:
    """Else two machines would write to each other for ever."""
    dropped(shop.home.path, content)
    assert scan(shop) == ["loaded"]
    assert rows(shop, "select count(*) from tickets") == [(0,)]
    assert events(shop) == []


def test_an_html_mail_is_read_as_text(shop: Shop) -> None:
    """No script, no style, no markup; entities are letters."""
    content = mail()
    content.set_content(
        "<html><head><style>p{}</style></head><body><p>Fish &amp; chips</p><script>alert(1)</script>"
        "<div>for <b>two</b><br>please</div></body></html>",
        subtype="html",
    )
    dropped(shop.home.path, content)
    scan(shop)
    assert rows(shop, "select body from ticket_messages") == [("Fish & chips\n\nfor two\nplease",)]


def test_the_text_part_is_preferred_and_attachments_are_kept_by_their_content(shop: Shop) -> None:
    """A name that walks out of the folder is only a name."""
    content = mail(body="the vase is broken")
    content.add_alternative("<p>other</p>", subtype="html")
    content.add_attachment(b"\xff\xd8picture", maintype="image", subtype="jpeg", filename="../../etc/passwd.html")
    dropped(shop.home.path, content)
    scan(shop)
    assert rows(shop, "select body from ticket_messages") == [("the vase is broken",)]
    ((file, name, size),) = rows(shop, "select file, name, bytes from ticket_files")
    assert (name, size) == ("passwd.html", 9)
    assert file.endswith(".bin")
    assert [p.name for p in (shop.home.path / "files").iterdir()] == [file]
    assert rows(shop, "select topic from tickets") == [("damaged",)]


HOSTILE = {
    "wrong charset": b"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset=utf-9\n\nGr\xfc\xdfe",
    "latin as utf-8": b"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe",
    "raw bytes in headers": b"From: \xff\xfe <a@b.example>\nSubject: \xff\xfe\x00\n\nhello",
    "header injection": b"From: a@b.example\nSubject: =?utf-8?q?x=0ABcc=3A_e=40vil.example?=\n\nhello",
    "no message id, odd date": b"From: a@b.example\nDate: the day before\n\nhello",
    "broken multipart": b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: a\n\nhi",
    "broken references": b"From: a@b.example\nMessage-ID: <[\nReferences: <<>>\n\nhello",
    "broken name": b"From: a@b.example\nContent-Type: image/x; name*=utf-8'\nX: y; filename*0*=%\n\nx",
    "nul": b"From: a@b.example\nSubject: \x00\n\n\x00\x01",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_is_a_ticket_like_any_other(shop: Shop, content: bytes) -> None:
    """What can't be decoded costs a letter, never the mail, never the scan."""
    dropped(shop.home.path, content)
    assert scan(shop) == ["loaded"]
    ((subject, body),) = rows(
        shop, "select m.subject, m.body from tickets t join ticket_messages m on t.id = ticket_id"
    )
    assert "\n" not in subject
    assert "\x00" not in subject + body


def test_a_giant_mail_is_refused_in_words(shop: Shop) -> None:
    """And stands on somebody's list."""
    path = dropped(shop.home.path, b"From: a@b.example\n\n" + b"x" * (26 << 20))
    assert scan(shop) == ["refused"]
    note = shop.home.path / "inbox" / "refused" / f"{path.name}.problems.txt"
    assert "larger than 25 MB; ask the sender for a smaller one." in note.read_text()
    assert rows(shop, "select kind from events") == [("data.rejected",)]


def test_a_mail_nobody_can_be_answered_to_is_refused(shop: Shop) -> None:
    dropped(shop.home.path, b"Subject: x\n\nhello")
    assert scan(shop) == ["refused"]
    assert rows(shop, "select count(*) from tickets") == [(0,)]


def test_a_mail_from_before_go_live_is_kept_and_starts_nothing(shop: Shop) -> None:
    content = mail()
    content.replace_header("Date", "Mon, 12 Oct 2026 08:15:00 +0000")
    dropped(shop.home.path, content)
    scan(shop)
    assert rows(shop, "select status from tickets") == [("closed",)]
    assert events(shop) == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I want my money back", "refund"),
        ("Where is my order?", "where is my order"),
        ("Die Vase ist zerbrochen, ich will mein Geld zurück", "damaged"),
        ("Do you sell lamps?", "other"),
    ],
)
def test_a_topic_is_the_first_row_that_holds(shop: Shop, text: str, topic: str) -> None:
    """The rows stand in the policy tickets, adopted like everything."""
    assert topic_of(text, rules_in_force(shop.db, NOW)) == topic
