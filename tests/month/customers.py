"""The customers: they write mails as files, and read what arrives in their mailbox. They know their own parcel and what
was written to them, nothing else."""

import os
import re
import time as clock
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import format_datetime
from pathlib import Path

from mailserver import Mailbox

from ecomos.demo.letters import QUESTIONS
from month.plan import LAST_DAY, ZONE
from month.world import World

TO = "hello@northside.example"
PLACED = {
    "customer cancels": ("Order {n}", "Hello, I ordered twice by mistake. Please cancel my order {n}."),
    "other address": ("Order {n}", "Hello, please change the address of {n}: I live at Am Hof 3, 1010 Wien, AT now."),
}
"""Written on the morning after the order."""
LATER = {
    "asks where": (1, "Where is my order {n}?", "Hello, where is my order {n}? I am curious."),
    "late": (6, "Where is my order {n}?", "Hello, where is my order {n}? It should be here."),
    "lost, money back": (6, "Where is my order {n}?", "Hello, where is my order {n}? It was a present."),
    "lost, sent again": (6, "Where is my order {n}?", "Hello, where is my order {n}? I still need it."),
    "not there, turned up": (4, "Parcel {n}", "The page says delivered, but nothing is here. Order {n}."),
    "not there, money back": (4, "Parcel {n}", "The page says delivered, but nothing is here. Order {n}."),
    "broken, money back": (4, "Arrived broken ({n})", "Of {n} one piece is broken, pictures are attached. I would like "
                           "the money."),
    "broken, new one": (4, "Arrived broken ({n})", "Of {n} one piece is broken, pictures are attached. Please send a "
                        "new one."),
    "wrong, right one": (4, "Order {n}", "You sent the wrong item with {n}. Please send the right thing."),
    "wrong, money back": (4, "Order {n}", "You sent the wrong item with {n}. I prefer the money."),
    "sent back soon": (5, "Sending back {n}", "I am sending back {n}, it does not fit. Where to?"),
    "sent back late": (5, "Sending back {n}", "I am sending back {n}, it does not fit. Where to?"),
    "exchange": (5, "Exchange {n}", "Could I exchange the first thing of {n}? I need another size."),
    "complaint": (5, "Disappointed", "I am disappointed with {n}: nobody answers the phone. I want the postage."),
}  # fmt: skip
"""Days after the parcel left, subject, words."""
ANSWERS = {
    "piece gone, rest sent": (r"A part of your order|Ein Teil Ihrer Bestellung", 5, "Number 1, please."),
    "piece gone, all cancelled": (r"A part of your order|Ein Teil Ihrer Bestellung", 5, "Number 4, please."),
    "no address": (r"Where may we send|Wohin dürfen wir", 20, "{name}, Lindenweg 3, 80331 München, DE"),
    "not there, turned up": (
        r"what the carrier says|was der Zusteller sagt",
        22,
        "It turned up at the neighbour's, thank you.",
    ),
    "not there, money back": (
        r"what the carrier says|was der Zusteller sagt",
        22,
        "I have not received it, and I asked everybody.",
    ),
    "risky, hard to reach": (r"A question about your order|Eine Frage zu Ihrer", 26, "Please call me at ten."),
    "came back": (r"came back to us|ist zu uns zurückgekommen", 24, "I would like the money."),
}
"""To which mail of ours, after how many hours, in which words."""
BACK_AFTER = {"sent back soon": 2, "sent back late": 9, "exchange": 9}
"""Days from our word on how to send it back until the parcel lies here."""


@dataclass(frozen=True)
class Letter:
    """A mail that will be written."""

    at: datetime
    number: str
    subject: str
    body: str
    references: tuple[str, ...] = ()


class Customers:
    """Everybody who bought, with their mail."""

    def __init__(self, world: World, box: Mailbox, inbox: Path) -> None:
        self.world, self.box, self.inbox = world, box, inbox
        self.letters = [*self._questions(), *self._mornings()]
        self.told: dict[str, list[tuple[datetime, str]]] = {}
        """E-mail → when something arrived there, and its subject."""
        self.read, self.sent, self.wrote = 0, 0, set[str]()
        self.by_email = {s.buyer.email: n for n, s in world.sales.items()}

    def _mornings(self) -> list[Letter]:
        found = []
        for order in self.world.plan.orders:
            if order.cause in PLACED:
                morning = datetime.combine(order.at.date() + timedelta(days=1), time(8, 40), ZONE)
                found.append(self._letter(order.name, morning, *PLACED[order.cause]))
        return found

    def _questions(self) -> list[Letter]:
        orders = [o for o in self.world.plan.orders if not o.cause][::23]
        return [
            Letter(o.at + timedelta(hours=30), o.name, t.subject, t.body)
            for o, t in zip(orders, QUESTIONS * 9, strict=False)
            if o.at.date() < LAST_DAY - timedelta(days=3)
        ]

    def _letter(self, number: str, at: datetime, subject: str, body: str, references: tuple[str, ...] = ()) -> Letter:
        name = self.world.sales[number].buyer.name
        words = {"n": number, "name": name}
        return Letter(at, number, subject.format(**words), body.format(**words), references)

    def pass_time(self, now: datetime) -> None:
        """Read what arrived, think of what to write, and write what is due."""
        for recipients, mail in self.box.mails[self.read :]:
            self._read(recipients[0], mail, now)
        self.read = len(self.box.mails)
        for name, parcel in self.world.parcels.items():
            cause = self.world.cause.get(name, "")
            if parcel.left_at and cause in LATER and name not in self.wrote:
                self.wrote.add(name)
                days, *words = LATER[cause]
                self.letters.append(self._letter(name, parcel.left_at + timedelta(days=days, hours=18), *words))
        due = [x for x in self.letters if x.at <= now]
        self.letters = [x for x in self.letters if x.at > now]
        for letter in due:
            self._write(letter)

    def _read(self, email: str, mail: Message, now: datetime) -> None:
        subject, key = str(make_header(decode_header(mail["Subject"]))), str(mail["Message-ID"])
        self.told.setdefault(email, []).append((now, subject))
        number = self.by_email.get(email, "")
        cause = self.world.cause.get(number, "")
        pattern, hours, words = ANSWERS.get(cause, ("", 0, ""))
        if pattern and re.search(pattern, subject) and (number, pattern) not in self.wrote:
            self.wrote.add((number, pattern))  # type: ignore[arg-type]
            at = now + timedelta(hours=hours)
            self.letters.append(self._letter(number, at, f"Re: {subject}", words, (key,)))
        if cause in BACK_AFTER and re.search(r"send back|So senden|lies ready|liegt bereit", subject):
            self.world.returns.setdefault(number, now + timedelta(days=BACK_AFTER[cause]))

    def _write(self, letter: Letter) -> None:
        buyer = self.world.sales[letter.number].buyer
        self.sent += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{buyer.name} <{buyer.email}>", TO, letter.subject
        mail["Date"], mail["Message-ID"] = format_datetime(letter.at), f"<{self.sent}@customers.example>"
        if letter.references:
            mail["In-Reply-To"], mail["References"] = letter.references[-1], " ".join(letter.references)
        mail.set_content(f"{letter.body}\n\n{buyer.name}\n")
        drop(self.inbox / f"mail-{self.sent:04}.eml", mail.as_bytes())


def drop(path: Path, content: bytes) -> None:
    """A file in the inbox to which nobody writes any more."""
    path.write_bytes(content)
    before = clock.time() - 60
    os.utime(path, (before, before))
