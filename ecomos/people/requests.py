"""What a member of the team asks for or reports: a decision, a defect, a purchase, an absence. Written down once, it
starts the procedure that deals with it."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ecomos.errors import WrongUsage, nearest
from ecomos.money import from_cents
from ecomos.playbook.catalogue import EventKind, FactField, Money
from ecomos.store import events, iso, write

__all__ = [
    "ASKED",
    "EVENTS",
    "KINDS",
    "RequestFacts",
    "make_request",
    "request_about",
    "request_facts",
    "requests_list",
]

KINDS = (
    "decision",
    "defect",
    "listing error",
    "promotion",
    "purchase",
    "absence",
    "access",
    "chargeback",
    "goods arrived",
    "idea",
    "stock",
)
ASKED = tuple(k for k in KINDS if k != "stock")
"""What people choose from; a request about stock comes from the morning's list, with the procedure that it starts."""
ABOUT = ("order", "ticket", "person")
LONGEST_TITLE = 120

EVENTS = (
    EventKind(
        "request.made",
        "request",
        "Somebody in the team asked for something or reported it.",
        {"kind": FactField("kind", "text", doc="What kind of request it is.", choices=KINDS)},
        sources=("page", "hand"),
    ),
)


@dataclass(frozen=True)
class RequestFacts:
    """A request as conditions see it; money in the store's currency."""

    kind: str
    """decision, defect, listing error, promotion, purchase, absence, access, chargeback, goods arrived, idea, stock."""
    title: str
    """What is asked, in one line."""
    text: str
    """What else was written."""
    amount: Money | None
    """The money that it is about; null where none was named."""
    made_by: str
    """Who asked."""
    has_order: bool
    """It is about an order."""


def make_request(
    db: sqlite3.Connection,
    kind: str,
    title: str,
    text: str,
    now: datetime,
    *,
    person_id: int | None,
    amount_cents: int | None = None,
    about: tuple[str, int] | None = None,
    actor: str | None = None,
) -> int:
    """Write a request down and announce it; gives its number. Raises WrongUsage for an unknown kind or no title."""
    title = " ".join(title.split())
    if kind not in KINDS:
        raise WrongUsage(f"No kind of request named “{kind}”{nearest(kind, KINDS)}; known: {', '.join(KINDS)}.")
    if not title or len(title) > LONGEST_TITLE:
        raise WrongUsage(f"Say in one line of at most {LONGEST_TITLE} characters what is asked.")
    if amount_cents is not None and amount_cents <= 0:
        raise WrongUsage("The amount is more than nothing, or it is left out.")
    if about is not None and about[0] not in ABOUT:
        raise WrongUsage(f"A request is about one of: {', '.join(ABOUT)}; or about none.")
    with write(db):
        row = db.execute(
            """insert into requests(kind, title, text, amount_cents, about_type, about_id, made_by, made_at)
               values (?, ?, ?, ?, ?, ?, ?, ?)""",
            [kind, title, text.strip(), amount_cents, *(about or (None, None)), person_id, iso(now)],
        )
        number = int(row.lastrowid or 0)
        who = actor or (f"person:{person_id}" if person_id else "hand")
        events.append(db, "request.made", ("request", number), actor=who, recorded_at=iso(now), data={"kind": kind})
    return number


def request_facts(db: sqlite3.Connection, number: int, currency: str) -> RequestFacts:
    """Everything that a condition may ask about a request. Raises LookupError where there is none."""
    row = db.execute(
        """select r.*, p.name as person from requests r left join people p on p.id = r.made_by where r.id = ?""",
        [number],
    ).fetchone()
    if row is None:
        raise LookupError(f"no request {number}")
    about = request_about(db, number)
    return RequestFacts(
        kind=row["kind"],
        title=row["title"],
        text=row["text"],
        amount=from_cents(row["amount_cents"], currency) if row["amount_cents"] is not None else None,
        made_by=row["person"] or "",
        has_order=about is not None and about[0] in ("order", "ticket"),
    )


def request_about(db: sqlite3.Connection, number: int) -> tuple[str, int] | None:
    """The case that a request is about, None where it is about none."""
    row = db.execute("select about_type, about_id from requests where id = ?", [number]).fetchone()
    return (row[0], row[1]) if row and row[0] else None


def requests_list(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Every request, newest first, with who made it, how many runs it started and how the last of them ended."""
    return db.execute(
        """select r.*, p.name as by,
             (select count(*) from runs x where x.about_type = 'request' and x.about_id = r.id) as runs,
             (select x.outcome from runs x where x.about_type = 'request' and x.about_id = r.id
              and x.status = 'done' order by x.id desc limit 1) as outcome
           from requests r left join people p on p.id = r.made_by order by r.id desc"""
    ).fetchall()
