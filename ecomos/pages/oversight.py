"""Oversight: does the shop run without its founder, what was not as the playbook wants it, and where the playbook has
holes."""

from datetime import date, datetime, timedelta
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused
from ecomos.improve import Finding, Outside, Score, answer_outside, audit, away_drill, founder_free, outside
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, StepForm, Table, column, row
from ecomos.pages.wording import day_and_time
from ecomos.people import people, roles_of
from ecomos.playbook.mapping import map_of
from ecomos.work import Shop, in_force

__all__ = ["Oversight", "build"]

WEEKS = 4
PARTS = (
    ("name", "Where", "text", 0),
    ("acts", "Acts", "number", 90),
    ("score", "Without the founder", "text", 180),
    ("alone", "Nobody else may", "number", 150),
    ("hats", "In another's role", "number", 150),
)
NEXT = (
    ("what", "What to hand over next", "text", 0),
    ("times", "Times", "number", 90),
    ("hours", "Your hours", "text", 120),
    ("waited", "Waited for you", "text", 140),
)
FOUND = (
    ("at", "When", "text", 165),
    ("case", "Case", "text", 130),
    ("kind", "What", "text", 235),
    ("text", "In words", "text", 0),
    ("line", "Breaks", "text", 215),
)
OUTSIDE = (
    ("week", "Week of", "text", 150),
    ("person", "Taken by", "text", 0),
    ("sent", "Sent", "number", 110),
    ("refunded", "Paid back", "number", 110),
    ("cancelled", "Cancelled", "number", 110),
)
GAPS = (("kind", "What", "text", 110), ("text", "In words", "text", 0))
HOLES = (("kind", "Kind", "text", 110), ("text", "Hole", "text", 0))


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """Score, what to hand over, findings, holes."""
    return Oversight(context).whole


def _columns(listed: tuple[tuple[str, str, str, int], ...], wide: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    return [{"key": k, "label": n, "kind": t, "width": w, "wide": k in wide} for k, n, t, w in listed]


class Oversight:
    """The page of oversight."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.score = Facts(title="Without the founder")
        self.answer = StepForm(self.answered, empty="")
        self.areas = Table(
            title="By area and procedure",
            columns=_columns(PARTS, frozenset({"alone", "hats"})),
            file="founder-free",
            empty="Nobody did anything yet.",
        )
        self.next = Table(
            title="Hand over next",
            columns=_columns(NEXT, frozenset({"waited"})),
            file="hand-over",
            empty="Nothing reached the founder in these weeks.",
        )
        self.found = Table(
            title="Not as the playbook wants it",
            columns=_columns(FOUND, frozenset({"at", "text", "line"})),
            file="findings",
            empty="Nothing in these weeks.",
        )
        self.holes = Table(
            title="Holes in the playbook",
            columns=_columns(HOLES),
            file="holes",
            empty="Every event, figure and role has somebody.",
        )
        self.outside = Table(
            title="Done on the platform without a run here",
            columns=_columns(OUTSIDE),
            file="outside",
            empty="Nothing in these weeks.",
        )
        self.drill = StepForm(self.drilled, empty="")
        self.gaps = Table(title="If they were away", columns=_columns(GAPS), file="", empty="Choose who is away.")
        late = Banner(
            "Everybody's late list, with where each goes next:", link="?page=late", link_text="All that is late"
        )
        self.whole = column(
            late,
            row(self.score, self.answer, shares=[1.4, 1]),
            self.next,
            self.areas,
            self.found,
            self.outside,
            self.drill,
            self.gaps,
            self.holes,
        )
        self.refresh()

    def refresh(self) -> None:
        """Read everything again."""
        now = self.context.now()
        last = self.shop.today(now)
        first = last - timedelta(weeks=WEEKS)
        score = founder_free(self.shop, first, last, now)
        self.score.sub, self.score.rows = _span(first, last), _score_rows(score)
        self.score.state = _state(score)
        self.score.note = (
            "The engine's own deeds are no acts. Each founder's approval, step and answer to “I asked” counts."
        )
        self.areas.rows = [_part(n, p) for n, p in enumerate((*score.by_area, *score.by_procedure))]
        self.next.rows = [_handover(n, h) for n, h in enumerate(score.next)]
        self.found.rows = self._findings(first, last, now)
        self.outside.rows = [_outside(n, week) for n, week in enumerate(outside(self.shop, first, last, now))]
        book = in_force(self.shop, now)
        self.holes.rows = [
            {"id": n, "kind": h.kind, "text": h.text} for n, h in enumerate(map_of(book, self.shop.catalogue).holes)
        ]
        self.answer.step = self._question(last, now)
        if not self.drill.step:
            self.drill.step = self._drill_form(last)

    def _findings(self, first: date, last: date, now: datetime) -> list[dict[str, Any]]:
        zone = self.context.home.zone
        return [
            {
                "id": n,
                "at": [day_and_time(f.at, zone, now), f.at],
                "kind": f.kind,
                "case": f.case,
                "text": f.text,
                "line": f"{f.source.removeprefix('procedures/').removesuffix('.md')}, line {f.line}",
                "href": _place_of(f),
            }
            for n, f in enumerate(reversed(audit(self.shop, first, last, now)))
        ]

    def _question(self, today: date, now: datetime) -> dict[str, Any]:
        if "founder" not in roles_of(self.shop.db, self.context.person.id, today):
            return {}
        monday = today - timedelta(days=today.weekday() + 7)
        return {
            "key": f"outside:{monday}",
            "title": "Last week, outside of here",
            "sub": "By phone, chat or across the table: what was not asked here is not counted here.",
            "fields": [{"name": "decisions", "label": "How many decisions reached you", "kind": "number"}],
            "buttons": [{"deed": "answer", "label": "Keep the answer", "primary": True}],
        }

    def _drill_form(self, on: date) -> dict[str, Any]:
        return {
            "key": "drill",
            "title": "Away drill",
            "sub": "Nothing is written: it only shows what would happen.",
            "fields": [
                {
                    "name": "who",
                    "label": "Away",
                    "kind": "one of",
                    "choices": [p.name for p in people(self.shop.db, on)],
                },
                {
                    "name": "also",
                    "label": "And also",
                    "kind": "one of",
                    "choices": ["nobody else", *(p.name for p in people(self.shop.db, on))],
                    "optional": True,
                },
                {"name": "on", "label": "On", "kind": "day", "value": on.isoformat()},
            ],
            "buttons": [{"deed": "drill", "label": "Show what happens", "primary": True}],
        }

    def drilled(self, said: dict[str, Any]) -> None:
        """Show whose work would go where."""
        now, given = self.context.now(), said["answers"]
        try:
            on = date.fromisoformat(str(given.get("on") or ""))
        except ValueError:
            self.drill.update(error="On: a day, as in 2026-12-01.")
            return
        names = {given.get("who"), given.get("also")}
        gone = [p.id for p in people(self.shop.db, on) if p.name in names]
        self.drill.update(error="" if gone else "Choose who is away.")
        self.gaps.rows = [
            {"id": n, "kind": g.kind, "text": g.text} for n, g in enumerate(away_drill(self.shop, gone, on, now))
        ]

    def answered(self, said: dict[str, Any]) -> None:
        """Keep the founder's answer for last week."""
        now = self.context.now()
        try:
            if "founder" not in roles_of(self.shop.db, self.context.person.id, self.shop.today(now)):
                raise Refused("Only the founder can say that.")
            text = str(said["answers"].get("decisions") or "").strip()
            if not text.isdigit() or len(text) > 4:
                raise Refused("How many decisions: a whole number, 0 or more.")
            week = self.shop.today(now) - timedelta(days=7)
            answer_outside(self.shop, self.context.person.id, week, int(text), now)
        except EcomosError as error:
            self.answer.update(error=str(error))
            return
        self.context.toast("Kept.")
        self.refresh()


def _span(first: date, last: date) -> str:
    return f"{first:%-d %b} to {last:%-d %b %Y}"


def _share(part: float | None) -> str:
    return "–" if part is None else f"{part:.1%}".replace("%", " %")


def _state(score: Score) -> dict[str, str]:
    if not score.says_enough:
        return {
            "text": f"too little to say: under {score.least_covered:.0%} of the shop goes through here".replace(
                "%", " %"
            ),
            "kind": "soon",
        }
    whole = score.whole.score or 0
    return {"text": f"{_share(score.whole.score)} of the acts", "kind": "fine" if whole >= 0.95 else "soon"}


def _score_rows(score: Score) -> list[tuple[str, str]]:
    covered = ", ".join(f"{c.kind} {c.with_run} of {c.all}" for c in score.coverage)
    rows = [
        ("acts", f"{score.whole.acts}, of these {score.whole.others} by others"),
        ("founder, nobody else may", str(score.whole.nobody_else)),
        ("founder, in another's role", str(score.whole.hats)),
        ("covered", f"{_share(score.covered)} ({covered})"),
    ]
    if score.busiest:
        rows.append(("busiest of the others", f"{score.busiest[0]}, {_share(score.busiest[1])} of all acts"))
    outside = "not answered yet" if score.outside is None else f"{score.outside} decisions in these weeks"
    rows.append(("outside of here", outside))
    stuck = ", ".join(f"{name} ({n})" for name, n in score.stuck) or "nothing"
    return [*rows, ("with the founder now", stuck)]


def _part(number: int, part: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": part.name,
        "acts": part.acts,
        "score": [_share(part.score), part.score],
        "alone": part.nobody_else,
        "hats": part.hats,
    }


def _handover(number: int, one: Any) -> dict[str, Any]:
    return {
        "id": number,
        "what": one.what,
        "times": one.times,
        "hours": [f"{one.hours:.1f} h", one.hours],
        "waited": [f"{one.waited_hours:.1f} h", one.waited_hours],
    }


def _place_of(found: Finding) -> str:
    """The page of the case, else that of the file which it breaks."""
    if found.about[0] == "order":
        return f"?page=order&order={found.case.lstrip('#')}"
    if found.about[0] == "ticket":
        return f"?page=ticket&ticket={found.about[1]}"
    kind, _, name = found.source.removesuffix(".md").partition("/")
    return f"?page=playbook&kind={kind}&name={name}"


def _outside(number: int, week: Outside) -> dict[str, Any]:
    return {
        "id": number,
        "week": f"{week.week:%-d %b %Y}",
        "person": week.person,
        "sent": week.sent,
        "refunded": week.refunded,
        "cancelled": week.cancelled,
    }
