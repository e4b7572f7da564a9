"""Everybody's late list for whoever leads them, in one: what, whose, since when, where it goes next; and the notes from
shift to shift."""

from datetime import datetime, timedelta
from typing import Any

import ipywidgets

from ecomos.orders.reading import ref_of
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Table, column
from ecomos.pages.whom import who_acts
from ecomos.pages.wording import counted, day_and_time, due_words
from ecomos.people import person
from ecomos.work import Shop, acting, acting_roles, in_force
from ecomos.work.escalation import LateWork, late_under, roles_under
from ecomos.work.handing import Handover, handovers_under

__all__ = ["LatePage", "build", "leads_others"]

LATE = (
    ("task", "Task", "text", 0, False),
    ("case", "Case", "text", 140, True),
    ("who", "With", "text", 150, True),
    ("due", "Due", "text", 180, True),
    ("late", "How late", "state", 130, False),
    ("how", "Because", "text", 120, True),
    ("next", "If nothing is done", "text", 330, True),
)
NOTES = (
    ("at", "When", "text", 150, False),
    ("who", "From", "text", 170, True),
    ("text", "Said", "text", 0, False),
    ("open", "Open then", "number", 100, True),
    ("read", "Read by", "state", 220, True),
)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The list of this person's roles and of all below them."""
    return LatePage(context).whole


def leads_others(shop: Shop, person_id: int, now: datetime) -> bool:
    """Does a role report to one of this person's?"""
    own = acting_roles(shop, person_id, now)
    return roles_under(in_force(shop, now), own) != own


class LatePage:
    """The page of what is late."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.head = Banner()
        self.late = Table(
            title="Late, not sure, to decide", columns=_columns(LATE), empty="Nothing is late.", file="late"
        )
        self.notes = Table(
            title="Hand-over notes of the last two weeks",
            columns=_columns(NOTES),
            empty="No shift left a note.",
            file="hand-over-notes",
        )
        self.whole = column(self.head, self.late, self.notes)
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read everything again."""
        now, who = self.context.now(), self.context.person.id
        found = late_under(self.shop, who, now)
        late = sum(1 for w in found if w.is_late)
        self.head.message = (
            f"{counted(late, 'task')} late, {len(found) - late} more that went up or wait for a decision."
        )
        self.head.kind = "soon" if late else "fine"
        self.late.rows = [self._late(w, now) for w in found]
        self.notes.rows = [self._note(h, now) for h in handovers_under(self.shop, who, now)]

    def _late(self, w: LateWork, now: datetime) -> dict[str, Any]:
        has = (w.person_id,) if w.person_id else acting(self.shop, w.role, now)
        name = " or ".join(person(self.shop.db, p).name for p in has[:2]) or "nobody"
        due = w.due_at
        return {
            "id": w.task_id,
            "task": w.title,
            "case": w.case,
            "who": name,
            "due": [
                day_and_time(due, self.context.home.zone, now) if due else "no deadline",
                due.isoformat() if due else "",
            ],
            "late": [due_words(due, now) or "no deadline", "late" if w.is_late else "plain"],
            "how": w.how,
            "next": self._next(w, now),
            "href": self._link(w),
        }

    def _next(self, w: LateWork, now: datetime) -> str:
        if w.next is None:
            return "stays there: the ladder ends here"
        rung, when = w.next
        who = who_acts(self.shop, rung.role, now)
        deed = f"{who} is told" if rung.deed == "tell" else f"moves to {who}"
        return f"{deed}, {due_words(when, now)}" if when - now < timedelta(days=2) else deed

    def _link(self, w: LateWork) -> str:
        """The case's page, which shows the way; the task itself where the case has none."""
        kind, key = w.about
        if kind == "order":
            return f"?page=order&order={ref_of(self.shop.db, key)}"
        return f"?page=ticket&ticket={key}" if kind == "ticket" else f"?page=today&task={w.task_id}"

    def _note(self, h: Handover, now: datetime) -> dict[str, Any]:
        zone = self.context.home.zone
        read = ["not read yet", "soon"]
        if h.read_by is not None and h.read_at is not None:
            read = [f"{person(self.shop.db, h.read_by).name}, {day_and_time(h.read_at, zone, now)}", "fine"]
        roles = ", ".join(r.replace("-", " ") for r in h.roles)
        return {
            "id": h.id,
            "at": [day_and_time(h.written_at, zone, now), h.written_at.isoformat()],
            "who": f"{person(self.shop.db, h.written_by).name} ({roles})",
            "text": h.text or "; ".join(words for _, words in h.work),
            "open": len(h.work),
            "read": read,
        }


def _columns(listed: Any) -> list[dict[str, Any]]:
    return [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in listed]
