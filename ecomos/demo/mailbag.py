"""The demo's post: who writes when, put into the inbox as mails in files, as a mail program would save them."""

import random
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from ecomos.demo.export import Sale
from ecomos.demo.letters import AGAIN, MOVED, QUESTIONS, THANKS, WISHES
from ecomos.intake import scan_inbox
from ecomos.work import Shop

__all__ = ["Letter", "Mailbag"]

TO = "hello@northside.example"
A_DAY = ((0, 1, 2, 3, 4), (14, 30, 28, 18, 10))
"""Letters on a day, and how often."""
ANSWERS, THANKFUL = 0.3, 0.55
GERMAN = ("AT", "DE", "CH")
AGES = {"where": (1, 6), "return": (4, 16), "damaged": (2, 7)}
"""How many days after the order, or after the parcel left, somebody writes."""
WISHED = (*("where",) * 9, *("return",) * 5, *("damaged",) * 3)
"""What every seventeen letters about an order are about, in an order of their own: no kind runs out by bad luck."""

REMEMBERED = timedelta(days=60)
"""How old an order is at most about which somebody writes: older ones needn't be looked at, letter after letter."""


@dataclass(frozen=True)
class Letter:
    """A mail that will come."""

    at: datetime
    name: str
    email: str
    subject: str
    body: str
    answers: tuple[str, ...] = ()
    """The Message-IDs that it answers, the oldest first."""


@dataclass
class Mailbag:
    """Letters on their way; what is known of each writer's order and wish."""

    shop: Shop
    chance: random.Random
    to_come: list[Letter] = field(default_factory=list)
    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    """E-mail → (kind of wish, number of the order)."""
    wrote: set[str] = field(default_factory=set)
    """Numbers of orders that somebody wrote about."""
    kinds: list[str] = field(default_factory=list)
    """What the next letters about an order are about, the last one first."""
    read_up_to: int = 0
    sent: int = 0

    def post(self, letters: Iterable[Letter]) -> None:
        """Letters that will come, each at its time."""
        self.to_come = sorted([*self.to_come, *letters], key=lambda one: (one.at, one.email))

    def deliver(self, now: datetime) -> None:
        """Put what came until now into the inbox, and let the shop read it."""
        due = [one for one in self.to_come if one.at <= now]
        self.to_come = [one for one in self.to_come if one.at > now]
        inbox = self.shop.home.path / "inbox"
        inbox.mkdir(exist_ok=True)
        for letter in due:
            self.sent += 1
            (inbox / f"mail-{self.sent:04}.eml").write_bytes(_mail(letter, self.sent).as_bytes())
        if due:
            scan_inbox(self.shop.home, self.shop.db, now, settle_seconds=0)

    def write_today(self, morning: datetime, sales: Iterable[Sale]) -> None:
        """Who writes between yesterday evening and this afternoon, about what they bought or before they buy."""
        known = [s for s in sales if s.at > morning - REMEMBERED]
        for _ in range(self.chance.choices(*A_DAY)[0]):
            at = morning + timedelta(minutes=self.chance.randint(-700, 400))
            letter = self._ask(at) if self.chance.random() < 0.24 else self._complain(at, known)
            self.post([letter] if letter else [])
        self.post(self._answers(morning))

    def _ask(self, at: datetime) -> Letter:
        talk = self.chance.choice(QUESTIONS)
        name = self.chance.choice(("Nora Felder", "Matt Cole", "Inès Roux", "Jakob Stern", "Lea Winter", "Piet Mulder"))
        email = f"{name.lower().replace(' ', '.').replace('è', 'e')}{self.chance.randint(1, 99)}@mail.example"
        return Letter(at, name, email, talk.subject, f"{talk.body}\n\n{name}")

    def _complain(self, at: datetime, known: list[Sale]) -> Letter | None:
        """Somebody writes about an order; one in twelve from another address than they bought with."""
        if not self.kinds:
            self.kinds = self.chance.sample(WISHED, len(WISHED))
        sales = [s for s in known if self.may_be_about(s, self.kinds[-1], at)]
        if not sales:
            return None
        sale, kind = self.chance.choice(sales), self.kinds.pop()
        return self.letter(at, sale, kind, moved=kind == "where" and self.chance.random() < 0.08)

    def may_be_about(self, sale: Sale, kind: str, at: datetime) -> bool:
        """Whether its buyer may write so at that time; about one order somebody writes once."""
        since = sale.at if kind == "where" else sale.fulfilled_at
        if since is None or not timedelta(days=AGES[kind][0]) <= at - since <= timedelta(days=AGES[kind][1]):
            return False
        plain = sale.prefix == "#" and sale.paid == "paid" and sale.email and sale.lines and not sale.cancelled_at
        return bool(plain) and sale.service != "Store pick-up" and sale.name not in self.wrote

    def waiting(self) -> sqlite3.Row | None:
        """Our newest answer to a ticket that waits for its customer."""
        row: sqlite3.Row | None = self.shop.db.execute(
            """select m.message_id, m.subject, t.from_email, t.from_name from ticket_messages m
               join tickets t on t.id = m.ticket_id
               where m.direction = 'out' and t.status = 'waiting' and m.message_id is not null
               order by m.id desc limit 1"""
        ).fetchone()
        return row

    def letter(self, at: datetime, sale: Sale, kind: str, *, moved: bool = False) -> Letter:
        """What the buyer of that order writes."""
        german = sale.buyer.country in GERMAN and self.chance.random() < 0.6
        fitting = [w for w in WISHES if w.kind == kind and w.is_german == german]
        wish, buyer = self.chance.choice(fitting), sale.buyer
        email = f"home.{buyer.email}" if moved else buyer.email
        self.wrote.add(sale.name)
        self.about[email] = (kind, sale.name)
        body = (MOVED if moved else wish.body).format(number=sale.name, name=buyer.name)
        return Letter(at, buyer.name, email, wish.subject.format(number=sale.name), body)

    def _answers(self, morning: datetime) -> list[Letter]:
        """Some of those to whom we wrote answer: most say thank you, some ask on."""
        rows = self.shop.db.execute(
            """select m.id, m.message_id, m.subject, t.from_email, t.from_name from ticket_messages m
               join tickets t on t.id = m.ticket_id
               where m.direction = 'out' and m.id > ? and t.from_email is not null and m.message_id is not null
               order by m.id""",
            [self.read_up_to],
        ).fetchall()
        found = []
        for row in rows:
            self.read_up_to = row["id"]
            if self.chance.random() < ANSWERS:
                thanks = self.chance.random() < THANKFUL
                body = self.chance.choice(THANKS) if thanks else self.chance.choice(AGAIN).body
                at = morning + timedelta(minutes=self.chance.randint(-300, 300))
                found.append(self.reply(row, at, body))
        return found

    def reply(self, row: sqlite3.Row, at: datetime, body: str) -> Letter:
        """An answer to a mail of ours: a row of `ticket_messages` with the ticket's sender."""
        subject = row["subject"] if row["subject"].startswith("Re:") else f"Re: {row['subject']}"
        return Letter(at, row["from_name"] or "", row["from_email"], subject, body, (row["message_id"],))


def _mail(letter: Letter, number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{letter.name} <{letter.email}>"
    mail["To"], mail["Subject"], mail["Date"] = TO, letter.subject, format_datetime(letter.at)
    mail["Message-ID"] = f"<{number:04}.{letter.at:%Y%m%d%H%M%S}@mail.example>"
    if letter.answers:
        mail["In-Reply-To"], mail["References"] = letter.answers[-1], " ".join(letter.answers)
    mail.set_content(letter.body)
    return mail
