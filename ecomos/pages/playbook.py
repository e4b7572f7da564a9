"""The playbook, read: what people do here, with the limits that hold now. The text is the version in force."""

import re
from datetime import timedelta
from typing import Any

import ipywidgets

from ecomos.improve import StepFigures, procedure_figures
from ecomos.improve.procedure_figures import Week
from ecomos.pages.feedback import FeedbackOnSteps
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, Flow, Prose, Table, close_all, column, prose, row
from ecomos.pages.playbook_change import ChangeFile
from ecomos.pages.playbook_versions import Versions
from ecomos.pages.whom import actor_name
from ecomos.pages.wording import day_and_time
from ecomos.playbook import limit_named, limit_text, render_prose
from ecomos.playbook.listing import files_in
from ecomos.playbook.records import Playbook, Procedure, Step
from ecomos.work import Shop, in_force
from ecomos.work.finding import index_of

__all__ = ["build", "flow_of"]

SORTS = {
    "procedures": "procedure",
    "roles": "role",
    "policies": "limits",
    "messages": "message",
    "kpis": "figure",
}
WIDE = frozenset({"state"})
MOST_BRANCHES = 12
"""Rows of its decision tables that are shown with how often they held."""
FILES = (("title", "Title", "text", 0), ("kind", "Kind", "text", 110), ("state", "State", "state", 100))


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The list of files, and the one named by `kind` and `name`."""
    return PlaybookPage(context, params).whole


class PlaybookPage:
    """The list stays; what is read beside it changes with each file that is opened."""

    def __init__(self, context: Context, params: dict[str, str]) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.listed = Table(
            title="Playbook",
            columns=_columns(),
            rows=_rows(in_force(self.shop, context.now())),
            empty="Nothing fits.",
            file="",
            on_search=self.find,
        )
        ways = [Banner("All of it on one page:", link="?page=map", link_text="Map")]
        if "founder" in context.roles:
            ways.append(Banner("Limits and stages:", link="?page=setup", link_text="Set up"))
        self.feedback: FeedbackOnSteps | None = None
        self.read = column()
        self.whole = row(column(*ways, self.listed), self.read, shares=[1, 1.8])
        self.turn_to(params)
        context.on_params(self.turn_to)
        context.on_change(self.refresh)

    def find(self, text: str) -> None:
        """List what fits."""
        self.listed.rows = _found(in_force(self.shop, self.context.now()), text)

    def refresh(self) -> None:
        """What people said is read again; the text stays as it is being read."""
        if self.feedback is not None:
            self.feedback.refresh()

    def turn_to(self, params: dict[str, str]) -> None:
        """Show another file."""
        book = in_force(self.shop, self.context.now())
        kind, name = params.get("kind", "procedures"), params.get("name", "")
        if not name:
            name = (
                "process-an-order" if "process-an-order" in book.procedures else next(iter(sorted(book.procedures)), "")
            )
        before, self.feedback = self.read.children, None
        asked = params.get("edit") == "1", params.get("versions", "")
        self.read.children = self._reader(book, kind, name, *asked)
        close_all(before)
        (self.whole.add_class if params.get("name") else self.whole.remove_class)("eco-reading")

    def _reader(self, book: Playbook, kind: str, name: str, edited: bool, versions: str) -> list[ipywidgets.Widget]:
        shop, context = self.shop, self.context
        row_ = shop.db.execute(
            """select sha, text, from_at, approved_by from playbook_versions
               where kind = ? and name = ? and from_at is not null order by from_at desc limit 1""",
            [kind, name],
        ).fetchone()
        if row_ is None and edited:
            return [ChangeFile(context, kind, name, None, flow_of).editor]
        if row_ is None:
            return [Facts(title="No such file", note="It is not in force. Pick one from the list.")]
        facts = Facts(title="", rows=_about(shop, context, book, kind, name, row_))
        facts.rows = [*facts.rows, _change_link(kind, name, edited), _versions_link(kind, name, versions)]
        if versions:
            return [Versions(context, kind, name, versions).whole, facts]
        if kind != "procedures" or name not in book.procedures:
            return [self._text(book, kind, name, row_["text"], edited, None), facts]
        shown = flow_of(book.procedures[name])
        flow = Flow(nodes=shown[0], edges=shown[1])
        self.feedback = FeedbackOnSteps(context, book.procedures[name])
        beside = column(facts, flow, _figures(shop, context, name), self.feedback.whole)
        return [row(self._text(book, kind, name, row_["text"], edited, flow), beside, shares=[1.6, 1])]

    def _text(
        self, book: Playbook, kind: str, name: str, text: str, edited: bool, flow: Flow | None
    ) -> ipywidgets.Widget:
        """The file as it reads now, or its editor."""
        if edited:
            return ChangeFile(self.context, kind, name, flow, flow_of).editor
        body = text.split("\n---", 1)[-1].split("\n", 1)[-1] if text.startswith("---") else text
        currency = self.shop.home.currency
        live = body if kind == "messages" else _with_limits(render_prose(body, book, currency), book, self.shop)
        return Prose(html=prose(live, kind))


def _columns() -> list[dict[str, Any]]:
    return [
        {"key": k, "label": label, "kind": kind, "width": width, "wide": k in WIDE} for k, label, kind, width in FILES
    ]


def _rows(book: Playbook) -> list[dict[str, Any]]:
    return [
        {
            "id": n,
            "kind": SORTS[file.kind],
            "title": file.title,
            "name": file.name,
            "state": [file.state, "fine" if file.state == "on" else "plain"],
            "href": f"?page=playbook&kind={file.kind}&name={file.name}",
        }
        for n, file in enumerate(files_in(book))
    ]


def _found(book: Playbook, text: str) -> list[dict[str, Any]]:
    """The files that fit, best first: procedures by what they say, the others by their name; all without a word."""
    rows, bare = _rows(book), text.strip().lower()
    if not bare:
        return rows
    best = {h.stem: n for n, h in enumerate(index_of(book).search(bare, 12))}
    by_name = [r for r in rows if all(w in f"{r['title']} {r['kind']}".lower() for w in bare.split())]
    ranked = sorted((r for r in rows if r["name"] in best and r["kind"] == "procedure"), key=lambda r: best[r["name"]])
    return ranked + [r for r in by_name if r not in ranked]


def _change_link(kind: str, name: str, edited: bool) -> tuple[str, str, str]:
    here = f"?page=playbook&kind={kind}&name={name}"
    return ("change", "Back to reading", here) if edited else ("change", "Suggest a change", f"{here}&edit=1")


def _versions_link(kind: str, name: str, versions: str) -> tuple[str, str, str]:
    here = f"?page=playbook&kind={kind}&name={name}"
    return (
        ("versions", "Back to reading", here)
        if versions
        else ("versions", "Compare and put back", f"{here}&versions=all")
    )


def _figures(shop: Shop, context: Context, name: str) -> Facts:
    """How its runs went in the last 90 days."""
    now = context.now()
    last = shop.today(now)
    found = procedure_figures(shop, name, last - timedelta(days=90), last, now)
    if not found.runs:
        return Facts(title="Its figures", note="It has not run in the last 90 days.")
    rows = [
        ("runs", f"{found.runs}, {found.open} open"),
        ("from start to end", _long(found.median)),
        ("tasks late", _per_cent(found.late_share)),
        ("promise kept", _per_cent(found.promise_kept)),
        *(("ended", f"{outcome}: {n}") for outcome, n in found.outcomes[:5]),
        *((step_title(s.step), _step_words(s)) for s in found.steps),
        *((f"{step_title(step)} led on", f"{words}: {n}") for step, words, n in found.branches[:MOST_BRANCHES]),
        *(("week of " + f"{w.monday:%-d %b}", _week_words(w)) for w in found.trend[-6:]),
    ]
    return Facts(title="Its figures, last 90 days", rows=rows, note="Medians; waiting is from open to taken.")


def step_title(slug: str) -> str:
    """A step's slug as people read it."""
    return slug.replace("-", " ").capitalize()


def _per_cent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def _long(span: timedelta | None) -> str:
    if span is None:
        return "–"
    minutes = span.total_seconds() / 60
    return (
        f"{minutes:.0f} min"
        if minutes < 120
        else f"{minutes / 60:.1f} h"
        if minutes < 2880
        else f"{minutes / 1440:.1f} days"
    )


def _step_words(s: StepFigures) -> str:
    words = [f"waits {_long(s.waited)}, takes {_long(s.took)}"]
    counted = {"late": s.late, "not sure": s.not_sure, "skipped": s.skipped, "sample not right": s.sample_failed}
    words += [f"{n} {what}" for what, n in counted.items() if n]
    return ", ".join(words)


def _week_words(w: Week) -> str:
    return f"{w.runs} runs, {_long(w.median)}, {_per_cent(w.late_share)} late"


_DEADLINES = re.compile(r"(?m)^- \*\*(?:Within|If late|Wait for|Batch):\*\*.*$")
_LIMIT = re.compile(r"policy(?:\.[a-z][a-z0-9_]*){2}")


def _with_limits(markdown: str, book: Playbook, shop: Shop) -> str:
    """The words of a step that name a limit, with the value that holds now."""

    def value(found: re.Match[str]) -> str:
        limit = limit_named(book, found[0])
        return f"*{limit_text(limit, shop.home.currency)}*" if limit else found[0]

    return _DEADLINES.sub(lambda line: _LIMIT.sub(value, line[0]), markdown)


def _about(shop: Shop, context: Context, book: Playbook, kind: str, name: str, row_: Any) -> list[tuple[str, ...]]:
    since = day_and_time(row_["from_at"], context.home.zone, context.now())
    by = actor_name(shop, row_["approved_by"])
    found: list[tuple[str, ...]] = [("version", f"{row_['sha'][:7]}, in force since {since} ({by})")]
    if kind != "procedures" or name not in book.procedures:
        return [*found, ("file", f"playbook/{kind}/{name}.md")]
    p = book.procedures[name]
    starts = p.starts.event or p.starts.schedule if p.starts else None
    where = f" where {p.starts.where.text}" if p.starts and p.starts.where else ""
    found = [
        ("starts", f"{starts}{where}" if starts else "by hand, or from another procedure"),
        ("performed by", p.performer.replace("-", " "), f"?page=playbook&kind=roles&name={p.performer}"),
        ("owned by", p.owner.replace("-", " "), f"?page=playbook&kind=roles&name={p.owner}"),
        ("approves", ", ".join(sorted({s.approve.kind for s in p.steps if s.approve})) or "nothing"),
        ("open now", str(_open_runs(shop, name))),
        *_leads_to(book, p),
        *found,
    ]
    return [*found, ("file", f"playbook/{kind}/{name}.md")]


def _leads_to(book: Playbook, p: Procedure) -> list[tuple[str, ...]]:
    """What it starts, and what starts it."""
    own = sorted({c.procedure for s in p.steps for c in s.starts})
    others = sorted(
        o.stem for o in book.procedures.values() if any(c.procedure == p.stem for s in o.steps for c in s.starts)
    )
    found: list[tuple[str, ...]] = [("starts", *_linked(book, stem)) for stem in own]
    return found + [("is started by", *_linked(book, stem)) for stem in others]


def _linked(book: Playbook, stem: str) -> tuple[str, str]:
    title = book.procedures[stem].title if stem in book.procedures else stem
    return title, f"?page=playbook&kind=procedures&name={stem}"


def flow_of(p: Procedure) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The boxes and ways of a procedure's flow chart."""
    nodes = [{"slug": s.slug, "title": s.title, "says": _says(p, s), "kind": _kind(s)} for s in p.steps]
    return nodes, [e for s in p.steps for e in _ways(p, s)]


def _says(p: Procedure, s: Step) -> str:
    if s.is_human:
        return (s.role or p.performer).replace("-", " ")
    if s.wait:
        return "waits for " + (", ".join(n.replace("_", " ") for n in s.wait.names) or "its time")
    if s.starts:
        return "starts " + ", ".join(c.procedure.replace("-", " ") for c in s.starts)
    if s.end:
        return f"ends: {s.end.outcome}"
    return f"sends {s.send.message.replace('-', ' ')}" if s.send else "decided by the facts"


def _kind(s: Step) -> str:
    if s.is_human:
        return "person"
    return "wait" if s.wait else "end" if s.end else "engine"


def _ways(p: Procedure, s: Step) -> list[dict[str, str]]:
    found = [{"from": s.slug, "to": b.target.slug, "label": b.when.text if b.when else "otherwise"} for b in s.branches]
    if s.wait and s.wait.otherwise:
        found.append({"from": s.slug, "to": s.wait.otherwise.slug, "label": "nothing came in time"})
    if s.approve:
        found.append({"from": s.slug, "to": s.approve.refused.slug, "label": "refused"})
    below = p.after(s)
    if s.next:
        found.append({"from": s.slug, "to": s.next.slug, "label": ""})
    elif not s.branches and not s.end and below:
        found.append({"from": s.slug, "to": below.slug, "label": ""})
    return found


def _open_runs(shop: Shop, name: str) -> int:
    return int(
        shop.db.execute("select count(*) from runs where procedure = ? and status <> 'done'", [name]).fetchone()[0]
    )
