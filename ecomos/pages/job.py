"""A role's job, compiled: what it does, owns, decides and is told, who reports what to whom and whether that happened,
who holds it, when they work and who stands in for them."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import ipywidgets

from ecomos.improve.reporting import Heard, Reporting, heard_of, reporting_of
from ecomos.money import format_money
from ecomos.pages.page import Context
from ecomos.pages.parts import Facts, Table, column, row
from ecomos.pages.whom import who_acts
from ecomos.pages.wording import day_and_time
from ecomos.people import absences_ahead, holders, hours_of, is_away, is_on_shift, person, shift_words
from ecomos.people.lending import open_lendings
from ecomos.playbook import limit_named, limit_text
from ecomos.playbook.jobs import Duty, Job, job_of
from ecomos.playbook.records import Authority, Playbook
from ecomos.work import Shop

__all__ = ["JobParts", "presence"]

DUTIES = (
    ("what", "Step", "text", 0, False),
    ("how", "Does", "text", 110, True),
    ("of", "In", "text", 0, True),
    ("when", "By when", "text", 220, True),
    ("state", "State", "state", 90, True),
)
REPORTS = (
    ("what", "What", "text", 0, False),
    ("by", "From", "text", 150, True),
    ("to", "To", "text", 0, True),
    ("when", "When", "text", 190, True),
    ("last", "Last", "text", 170, True),
    ("state", "Did it happen", "state", 190, False),
)
OWNS = (("title", "Owns", "text", 0, False), ("kind", "Kind", "text", 120, False))
TOLD = (
    ("what", "What", "text", 0, False),
    ("of", "In", "text", 0, True),
    ("soon", "How soon", "text", 280, True),
    ("times", "In 4 weeks", "number", 130, False),
    ("last", "Last", "text", 170, True),
)
OWN_WORDS = {"procedures": "procedure", "policies": "limits", "kpis": "figure"}
Say = Callable[[str], str]
_LIMIT = re.compile(r"policy(?:\.[a-z][a-z0-9_]*){2}")
AHEAD = timedelta(days=60)


def _columns(listed: Any) -> list[dict[str, Any]]:
    return [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in listed]


class JobParts:
    """The parts of a page that show one role."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.facts = Facts()
        self.owns = Table(title="Owns", columns=_columns(OWNS), empty="It owns nothing.", file="owned")
        self.told = Table(
            title="Is told, and takes over",
            columns=_columns(TOLD),
            empty="No procedure tells this role of anything.",
            file="told",
        )
        self.duties = Table(
            title="Performs, approves, looks at",
            columns=_columns(DUTIES),
            empty="No step is for this role.",
            file="duties",
        )
        self.reports = Table(
            title="Who reports what to whom",
            columns=_columns(REPORTS),
            empty="Nothing is reported by or to this role.",
            file="reporting",
        )
        self.whole: ipywidgets.Widget = column(
            self.facts, self.reports, row(self.duties, self.owns, shares=[2, 1]), self.told
        )

    def show(self, name: str, book: Playbook, now: datetime) -> None:
        """Show this role as it is now."""
        job = job_of(book, name)
        self.facts.title = job.role.title
        self.facts.rows = [*self._people(name, now), *self._authority(job, now), *_described(job, book)]
        self.facts.note = (
            "Compiled from the playbook: what it performs, owns and decides is found there, not typed here."
        )
        self.duties.rows = _duty_rows(job, self._said(book))
        self.reports.rows = [self._reporting(n, r, now) for n, r in enumerate(reporting_of(self.shop, book, name, now))]
        self.owns.rows = [
            {"id": n, "kind": OWN_WORDS[kind], "title": title, "href": f"?page=playbook&kind={kind}&name={stem}"}
            for n, (kind, stem, title) in enumerate(job.owns)
        ]
        heard = sorted(heard_of(self.shop, book, job, now), key=lambda h: -h.times)
        self.told.rows = [self._heard(n, h, self._said(book), now) for n, h in enumerate(heard)]

    def _said(self, book: Playbook) -> Say:
        """A text with the limits that it names as they hold now."""

        def value(found: re.Match[str]) -> str:
            limit = limit_named(book, found[0])
            return limit_text(limit, self.context.home.currency) if limit else found[0]

        return lambda text: _LIMIT.sub(value, text)

    def _people(self, name: str, now: datetime) -> list[tuple[str, ...]]:
        """Who holds it, with hours and absences, and who acts for it now."""
        on, db = self.shop.today(now), self.context.db
        held = holders(db, name, on)
        rows: list[tuple[str, ...]] = []
        for number in held:
            words = [person(db, number).name, presence(self.shop, number, now)[0]]
            words += [shift_words(hours_of(db, number, on))]
            rows.append(("held by", ", ".join(w for w in words if w), f"?page=person&person={number}"))
            rows += [("absent", f"{person(db, number).name}, {_days(a, b)}") for a, b in _soon(db, number, on)]
        if not held:
            rows.append(("held by", "nobody"))
        if not any(not is_away(db, p, on) for p in held):
            rows.append(("today", f"{who_acts(self.shop, name, now)} acts for it"))
        return rows

    def _authority(self, job: Job, now: datetime) -> list[tuple[str, ...]]:
        """What it may decide, and what was lent to those who hold it."""
        on, currency = self.shop.today(now), self.context.home.currency
        rows = [("may decide", f"{kind}: {_limit(a, currency)}") for kind, a in sorted(job.role.authority.items())]
        held = holders(self.context.db, job.role.stem, on)
        for r in open_lendings(self.context.db, on):
            if r["person_id"] in held:
                each = format_money(r["each_cents"], currency)
                until = date.fromisoformat(r["to_on"])
                rows.append(("lent", f"{r['to_name']}: {r['kind']} up to {each} a case, until {until:%a %-d %b}"))
        return list(rows)

    def _reporting(self, number: int, r: Reporting, now: datetime) -> dict[str, Any]:
        last = day_and_time(r.last_at, self.context.home.zone, now) if r.last_at else "never"
        return {
            "id": number,
            "what": r.what,
            "by": r.by.replace("-", " "),
            "to": ", ".join(t.replace("-", " ") for t in r.to) or "kept there",
            "when": r.when,
            "last": [last, r.last_at or ""],
            "state": [r.state, r.kind],
            "href": r.page,
        }

    def _heard(self, number: int, h: Heard, say: Say, now: datetime) -> dict[str, Any]:
        return {
            "id": number,
            "what": h.told.what,
            "of": h.told.procedure,
            "soon": say(h.told.how_soon),
            "times": h.times,
            "last": [day_and_time(h.last_at, self.context.home.zone, now), h.last_at or ""],
        }


def presence(shop: Shop, person_id: int, now: datetime) -> tuple[str, str]:
    """Whether somebody is here, in words and with its weight."""
    if is_away(shop.db, person_id, shop.today(now)):
        return "away", "soon"
    on_shift = is_on_shift(shop.db, person_id, now.astimezone(shop.home.zone))
    if on_shift is None:
        return "here", "fine"
    return ("on shift", "fine") if on_shift else ("off shift", "plain")


def _soon(db: Any, person_id: int, on: date) -> list[tuple[date, date]]:
    return [(a, b) for a, b in absences_ahead(db, person_id, on) if a <= on + AHEAD]


def _days(first: date, last: date) -> str:
    return f"{first:%a %-d %b}" if first == last else f"{first:%a %-d %b} to {last:%a %-d %b}"


def _described(job: Job, book: Playbook) -> list[tuple[str, ...]]:
    role = job.role
    rows: list[tuple[str, ...]] = [("reports to", (role.reports_to or "nobody").replace("-", " "))]
    rows += [("deputy", (role.deputy or "none: its work goes up").replace("-", " "))]
    rows += [("answers for", text) for text in role.responsibilities]
    rows += [
        ("is measured by", book.kpis[k].title, f"?page=scoreboard&kpi={k}") for k in role.expectations if k in book.kpis
    ]
    rows += [("leads", ", ".join(r.replace("-", " ") for r in job.leads))] if job.leads else []
    rows += [("covers for", ", ".join(r.replace("-", " ") for r in job.covers))] if job.covers else []
    rows += [("tells", text) for text in role.communication]
    return rows


def _limit(held: Authority, currency: str) -> str:
    if held.each is None:
        return "any amount"
    cap = f", {held.a_day} {currency} a day" if held.a_day is not None else ""
    return f"up to {held.each} {currency} a case{cap}"


def _duty_rows(job: Job, say: Say) -> list[dict[str, Any]]:
    said = [("performs", d) for d in job.performs] + [("approves", d) for d in job.approves]
    said += [("samples", d) for d in job.samples]
    return [_duty_row(n, how, d, say) for n, (how, d) in enumerate(said)]


def _duty_row(number: int, how: str, d: Duty, say: Say) -> dict[str, Any]:
    return {
        "id": number,
        "what": d.step,
        "how": how,
        "of": d.title,
        "when": say(d.by_when),
        "state": [d.state, "fine" if d.state == "on" else "plain"],
        "href": f"?page=playbook&kind=procedures&name={d.procedure}",
    }
