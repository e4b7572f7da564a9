"""Tickets: the list with whose turn it is, one ticket's thread with its order and its next deed, and the form for what
was said on the phone. An answer is written in the procedure's step, on Today."""

from datetime import datetime
from typing import Any

import ipywidgets

from ecomos.customers.reading import messages_of, ticket_row, tickets_list
from ecomos.customers.topics import TOPICS
from ecomos.errors import EcomosError
from ecomos.pages.case import case_facts
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, StepForm, Table, Timeline, column, row
from ecomos.pages.path import path_card, show_path
from ecomos.pages.ticket_case import ticket_state, who_wrote
from ecomos.pages.wording import day_and_time
from ecomos.store import parse_iso
from ecomos.work import Shop, acting_roles, hear_customer, open_work
from ecomos.work.escalation import went_up
from ecomos.work.looking import MAY_CORRECT

__all__ = ["badge", "build", "build_list"]

LIST = (
    ("ticket", "Ticket", "text", 90, True),
    ("subject", "Subject", "text", 0, False),
    ("who", "From", "text", 300, True),
    ("order", "Order", "text", 90, True),
    ("topic", "About", "text", 170, True),
    ("state", "State", "state", 200, False),
    ("age", "Age", "text", 110, False),
)
SENT = {
    "sent": "sent",
    "queued": "waits to be sent",
    "failed": "refused by the mail server",
    "bounced": "not delivered",
    "held": "held",
}


def badge(context: Context) -> int:
    """How many tickets wait for us."""
    return int(context.db.execute("select count(*) from tickets where status = 'open'").fetchone()[0])


def age_words(since: str, now: datetime) -> str:
    """How old something is, in the largest whole unit.

    >>> from datetime import UTC
    >>> age_words("2026-11-22T09:00:00Z", datetime(2026, 11, 24, 10, tzinfo=UTC))
    '2 days'
    """
    minutes = max(0, int((now - parse_iso(since)).total_seconds() // 60))
    amount, unit = (minutes // 1440, "day") if minutes >= 1440 else (minutes // 60, "hour")
    if not amount:
        amount, unit = minutes, "minute"
    return f"{amount} {unit}{'' if amount == 1 else 's'}"


def build_list(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """Every ticket, our turn first."""
    return TicketList(context).whole


class TicketList:
    """The list, and the form for what was heard."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        columns = [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in LIST]
        empty = "No ticket yet. Save a customer's mail (.eml) into the inbox folder, or write down a call."
        self.table = Table(title="Tickets", columns=columns, empty=empty, file="tickets")
        self.form = StepForm(self.clicked, empty="")
        self.whole = column(self.table, self.form)
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the list again; what is being typed stays."""
        now = self.context.now()
        self.table.rows = [_listed(r, now) for r in tickets_list(self.shop.db)]
        if not acting_roles(self.shop, self.context.person.id, now) & set(MAY_CORRECT):
            self.form.step = {}
        elif not self.form.step:
            self.form.step = _new_ticket(0)

    def clicked(self, said: dict[str, Any]) -> None:
        """Keep what was heard as a ticket."""
        try:
            ticket = hear_customer(self.shop, self.context.person.id, said["answers"], self.context.now())
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.context.toast(f"Kept as T{ticket}.")
        self.form.step = _new_ticket(ticket)
        self.refresh()


def _listed(r: Any, now: datetime) -> dict[str, Any]:
    since = r["waiting_since"] or r["opened_at"]
    return {
        "id": r["id"],
        "ticket": [f"T{r['id']}", r["id"]],
        "subject": r["subject"],
        "who": who_wrote(r),
        "order": r["order_number"] or "",
        "topic": r["topic"],
        "state": list(ticket_state(r)),
        "age": [age_words(since, now), since],
        "href": f"?page=ticket&ticket={r['id']}",
    }


def _new_ticket(after: int) -> dict[str, Any]:
    return {
        "key": f"new-ticket:{after}",
        "title": "Write down what a customer said",
        "sub": "It starts the procedure for its topic; mails come in by themselves through the inbox folder.",
        "fields": [
            {"name": "who", "label": "Who", "kind": "text", "hint": "the e-mail; where there is none the name"},
            {"name": "number", "label": "Order number", "kind": "text", "optional": True, "hint": "as in #1001"},
            {"name": "topic", "label": "About", "kind": "one of", "choices": list(TOPICS)},
            {"name": "text", "label": "What was said", "kind": "text", "long": True},
        ],
        "buttons": [{"deed": "hear", "label": "Keep it", "primary": True}],
    }


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """One ticket; `ticket` is its number."""
    wanted = params.get("ticket", "").removeprefix("T")
    try:
        if not wanted.isdigit() or len(wanted) > 15:
            raise LookupError
        ticket_row(context.db, int(wanted))
    except LookupError:
        return column(Banner("There is no such ticket.", "soon", link="?page=tickets", link_text="All tickets"))
    return TicketPage(context, int(wanted)).whole


class TicketPage:
    """One ticket's page."""

    def __init__(self, context: Context, ticket_id: int) -> None:
        self.context, self.ticket_id = context, ticket_id
        self.shop = Shop(context.home, context.db)
        self.next, self.facts, self.order, self.path = Banner(), Facts(), Facts(), path_card()
        self.thread = Timeline(title="The thread", empty="Nothing was written yet.")
        self.whole = column(self.next, row(column(self.facts, self.path, self.order), self.thread, shares=[1, 1.6]))
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read everything again."""
        now = self.context.now()
        ticket = ticket_row(self.shop.db, self.ticket_id)
        _show(self.facts, case_facts(self.shop, ("ticket", self.ticket_id), now, is_own_page=True))
        if ticket["order_id"] is not None:
            _show(self.order, case_facts(self.shop, ("order", ticket["order_id"]), now))
        self.order.layout.display = "none" if ticket["order_id"] is None else ""
        show_path(self.path, self.shop, went_up(self.shop, ("ticket", self.ticket_id), now), now)
        self._next(ticket, now)
        self._thread(ticket, now)

    def _next(self, ticket: Any, now: datetime) -> None:
        words, kind = ticket_state(ticket)
        work = open_work(self.shop, ("ticket", self.ticket_id), now)
        lines = [w.words for w in work] or ["Nothing is open here; an answer of the customer opens it again."]
        self.next.message = f"T{self.ticket_id}: {words}.\n" + "\n".join(lines)
        self.next.kind = "late" if any(w.is_late for w in work) else kind
        mine = [w for w in work if self.context.person.id in w.may]
        self.next.link = f"?page=today&task={mine[0].task_id}" if mine else ""
        self.next.link_text = f"Go to “{mine[0].title}”" if mine else ""

    def _thread(self, ticket: Any, now: datetime) -> None:
        self.thread.entries = [
            {
                "at": day_and_time(m["at"], self.context.home.zone, now),
                "who": who_wrote(ticket) if m["direction"] == "in" else self.context.home.name,
                "what": m["subject"] + (f" · {SENT.get(m['mail_status'], m['mail_status'])}" if m["outbox_id"] else ""),
                "detail": "\n\n".join(x for x in (_trouble(m), m["body"]) if x),
                "kind": _kind(m),
            }
            for m in messages_of(self.shop.db, self.ticket_id)
        ]


def _trouble(message: Any) -> str:
    """What the mail server or another one said of a message that did not arrive."""
    return str(message["mail_error"] or "") if message["mail_status"] in ("failed", "bounced") else ""


def _kind(message: Any) -> str:
    if message["direction"] == "in":
        return "message"
    return "late" if message["mail_status"] in ("failed", "bounced") else "step"


def _show(card: Facts, traits: dict[str, Any]) -> None:
    for name, value in traits.items():
        setattr(card, name, value)
