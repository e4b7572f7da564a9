"""The team: who is here with which roles, what each role does, owns, decides and is told, who is away, and authority
that is lent for a time."""

from datetime import date, datetime
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused
from ecomos.money import format_money
from ecomos.pages.fields import cents_of
from ecomos.pages.job import JobParts, presence
from ecomos.pages.page import Context
from ecomos.pages.parts import StepForm, Table, column, row
from ecomos.people import (
    Person,
    hours_of,
    people,
    read_days,
    read_hours,
    roles_of,
    set_absence,
    set_hours,
    shift_words,
)
from ecomos.people.lending import open_lendings
from ecomos.playbook.records import Playbook
from ecomos.work import Shop, give_back_all, in_force
from ecomos.work.lending import lend, take_back

__all__ = ["TeamPage", "build"]

TEAM = (
    ("name", "Name", "text", 0, False),
    ("roles", "Roles", "text", 0, False),
    ("shift", "Works", "text", 0, True),
    ("state", "Now", "state", 110, False),
)
ROLES = (
    ("role", "Role", "text", 0, False),
    ("held", "Held by", "text", 0, False),
    ("up", "Reports to", "text", 0, True),
    ("deputy", "Deputy", "text", 0, True),
)
LENT = (
    ("number", "No.", "number", 60, False),
    ("to", "To", "text", 130, False),
    ("what", "May decide", "text", 0, False),
    ("days", "Days", "text", 190, False),
    ("by", "Lent by", "text", 130, True),
    ("why", "Why", "text", 0, True),
)
MAY_WRITE_ABSENCE = frozenset({"founder", "operations-lead", "support-lead"})


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The team and its roles; `role` names one to read."""
    return TeamPage(context, params).whole


def _columns(listed: Any) -> list[dict[str, Any]]:
    return [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in listed]


class TeamPage:
    """The page of the team."""

    def __init__(self, context: Context, params: dict[str, str]) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.role = params.get("role", "")
        self.team = Table(title="The team", columns=_columns(TEAM), empty="Nobody yet.", file="team")
        self.roles = Table(title="Roles", columns=_columns(ROLES), empty="No role is in force.", file="roles")
        self.job = JobParts(context)
        self.lent = Table(title="Authority that is lent", columns=_columns(LENT), empty="Nothing is lent.", file="lent")
        self.absence = StepForm(self.away, empty="")
        self.lending = StepForm(self.lend_or_take_back, empty="")
        self.shift = StepForm(self.work_hours, empty="")
        lists = row(self.team, self.roles)
        forms = row(column(self.absence, self.shift), column(self.lent, self.lending))
        asked = (self.job.whole, lists, forms) if self.role else (lists, forms, self.job.whole)
        self.whole = column(*asked)
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read everything again; what is being typed stays."""
        now = self.context.now()
        on, book = self.shop.today(now), in_force(self.shop, now)
        team = people(self.shop.db, on)
        self.team.rows = [self._person(p, on, now) for p in team]
        self.roles.rows = [self._role(book, name, team, on) for name in sorted(book.roles)]
        mine = roles_of(self.shop.db, self.context.person.id, on)
        own = "founder" if "founder" in mine else next(iter(mine), "founder")
        shown = self.role if self.role in book.roles else own
        if shown in book.roles:
            self.job.show(shown, book, now)
        self.lent.rows = [self._lent(r) for r in open_lendings(self.shop.db, on)]
        self._forms(set(mine), team, book, on)

    def _person(self, who: Person, on: date, now: datetime) -> dict[str, Any]:
        return {
            "id": who.id,
            "name": who.name,
            "roles": ", ".join(r.replace("-", " ") for r in roles_of(self.shop.db, who.id, on)),
            "shift": shift_words(hours_of(self.shop.db, who.id, on)),
            "state": list(presence(self.shop, who.id, now)),
            "href": f"?page=person&person={who.id}",
        }

    def _role(self, book: Playbook, name: str, team: Any, on: date) -> dict[str, Any]:
        role = book.roles[name]
        held = [p.name for p in team if name in roles_of(self.shop.db, p.id, on)]
        return {
            "id": name,
            "role": role.title,
            "held": ", ".join(held) or "nobody",
            "up": (role.reports_to or "").replace("-", " "),
            "deputy": (role.deputy or "").replace("-", " ") or "none",
            "href": f"?page=team&role={name}",
        }

    def _lent(self, r: Any) -> dict[str, Any]:
        currency = self.context.home.currency
        cap = f", {format_money(r['a_day_cents'], currency)} a day" if r["a_day_cents"] else ""
        return {
            "id": r["id"],
            "number": r["id"],
            "to": r["to_name"],
            "what": f"{r['kind']} up to {format_money(r['each_cents'], currency)} a case{cap}",
            "days": f"{r['from_on']} to {r['to_on']}",
            "by": r["by_name"],
            "why": r["reason"],
        }

    def _forms(self, mine: set[str], team: Any, book: Playbook, on: date) -> None:
        names = [p.name for p in team]
        if mine & MAY_WRITE_ABSENCE:
            _begin(self.absence, _absence_form(names, on))
            _begin(self.shift, _shift_form(names))
        kinds = sorted({k for r in mine if r in book.roles for k in book.roles[r].authority})
        if kinds:
            others = [p.name for p in team if p.id != self.context.person.id]
            _begin(self.lending, _lending_form(others, kinds, self.context.home.currency))

    def away(self, said: dict[str, Any]) -> None:
        """Write an absence down; what the person had taken is on the list again."""
        now, given = self.context.now(), said["answers"]
        try:
            on = self.shop.today(now)
            if not MAY_WRITE_ABSENCE & set(roles_of(self.shop.db, self.context.person.id, on)):
                raise Refused("An absence is written down by a lead.")
            who, first, last = self._named(given.get("who")), _day(given.get("first")), _day(given.get("last"))
            set_absence(self.shop.db, who, first, last, str(given.get("reason") or "")[:200])
            if first <= on <= last:
                give_back_all(self.shop, who, now)
        except EcomosError as error:
            self.absence.update(error=str(error))
            return
        self.context.toast("Written down; the deputy has the role's work, then the role above.")
        self.absence.step = {}
        self.refresh()

    def work_hours(self, said: dict[str, Any]) -> None:
        """Write down when somebody works, from today."""
        given, on = said["answers"], self.shop.today(self.context.now())
        try:
            if not MAY_WRITE_ABSENCE & set(roles_of(self.shop.db, self.context.person.id, on)):
                raise Refused("Working hours are written down by a lead.")
            days, hours = read_days(str(given.get("days") or "")), read_hours(str(given.get("hours") or ""))
            set_hours(self.shop.db, self._named(given.get("who")), days, hours, on)
        except EcomosError as error:
            self.shift.update(error=str(error))
            return
        self.context.toast("Written down, from today.")
        self.shift.step = {}
        self.refresh()

    def lend_or_take_back(self, said: dict[str, Any]) -> None:
        """Lend authority, or take it back."""
        now, given, me = self.context.now(), said["answers"], self.context.person.id
        try:
            if said["deed"] == "take-back":
                number = str(said["asked"].get("number") or "").strip()
                if not number.isdigit():
                    raise Refused("Write the number that stands in the list.")
                take_back(self.shop, int(number), me, now)
            else:
                to, kind = self._named(given.get("to")), str(given.get("kind") or "")
                each, cap = (
                    cents_of(given.get("each"), self.context.home.currency),
                    cents_of(given.get("a_day"), self.context.home.currency),
                )
                if each is None:
                    raise Refused("Up to how much for a case?")
                days = _day(given.get("first")), _day(given.get("last"))
                lend(self.shop, me, to, kind, each, *days, str(given.get("why") or ""), now, a_day_cents=cap)
        except EcomosError as error:
            self.lending.update(error=str(error))
            return
        self.context.toast("It holds." if said["deed"] != "take-back" else "It was taken back.")
        self.lending.step = {}
        self.refresh()

    def _named(self, name: Any) -> int:
        found = [p.id for p in people(self.shop.db, self.shop.today(self.context.now())) if p.name == name]
        if not found:
            raise Refused("Choose who it is.")
        return found[0]


def _begin(form: StepForm, step: dict[str, Any]) -> None:
    """Show the form where it is not there; what is being typed stays."""
    if not form.step:
        form.step = step


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        raise Refused("Choose the first and the last day.") from None


def _absence_form(names: list[str], on: date) -> dict[str, Any]:
    return {
        "key": "absence",
        "title": "Write down an absence",
        "fields": [
            {"name": "who", "label": "Who", "kind": "one of", "choices": names},
            {"name": "first", "label": "First day", "kind": "day", "value": on.isoformat()},
            {"name": "last", "label": "Last day", "kind": "day", "value": on.isoformat()},
            {"name": "reason", "label": "Reason", "kind": "text", "optional": True},
        ],
        "buttons": [{"deed": "away", "label": "Write it down", "primary": True}],
    }


def _shift_form(names: list[str]) -> dict[str, Any]:
    return {
        "key": "shift",
        "title": "Write down working hours",
        "sub": "From today; the other weekdays stay as they are.",
        "fields": [
            {"name": "who", "label": "Who", "kind": "one of", "choices": names},
            {"name": "days", "label": "On", "kind": "text", "hint": "as in Mon-Fri or Mon, Thu", "value": "Mon-Fri"},
            {"name": "hours", "label": "From and to", "kind": "text", "hint": "as in 09:00-17:00, or off"},
        ],
        "buttons": [{"deed": "shift", "label": "Write them down", "primary": True}],
    }


def _lending_form(names: list[str], kinds: list[str], currency: str) -> dict[str, Any]:
    return {
        "key": "lending",
        "title": "Lend authority",
        "sub": "Up to what your own roles allow, for at most a quarter. It ends by itself.",
        "fields": [
            {"name": "to", "label": "To", "kind": "one of", "choices": names},
            {"name": "kind", "label": "May decide", "kind": "one of", "choices": kinds},
            {"name": "each", "label": "Up to, for a case", "kind": "money", "currency": currency},
            {"name": "a_day", "label": "Up to, in a day", "kind": "money", "currency": currency, "optional": True},
            {"name": "first", "label": "First day", "kind": "day"},
            {"name": "last", "label": "Last day", "kind": "day"},
            {"name": "why", "label": "Why", "kind": "text"},
        ],
        "buttons": [
            {"deed": "lend", "label": "Lend it", "primary": True},
            {
                "deed": "take-back",
                "label": "Take back",
                "ask": [{"name": "number", "label": "Which number", "kind": "number"}],
            },
        ],
    }
