"""The playbook, read: what people do here, with the limits that hold now. The text is the version in force."""

from typing import Any

import ipywidgets

from ecomos.pages.page import Context
from ecomos.pages.parts import Facts, Prose, Table, column, prose, row
from ecomos.pages.wording import day_and_time
from ecomos.playbook import render_prose
from ecomos.playbook.records import Playbook
from ecomos.work import Shop, in_force

__all__ = ["build"]

SORTS = {
    "procedures": "procedure",
    "roles": "role",
    "policies": "limits",
    "messages": "message",
    "kpis": "figure",
}
WIDE = frozenset({"state"})
FILES = (("title", "Title", "text", 0), ("kind", "Kind", "text", 110), ("state", "State", "state", 90))


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The list of files, and the one named by `kind` and `name`."""
    shop, now = Shop(context.home, context.db), context.now()
    book = in_force(shop, now)
    listed = Table(title="Playbook", columns=_columns(), rows=_rows(book), empty="No file is in force.", file="")
    kind, name = params.get("kind", "procedures"), params.get("name", "")
    if not name:
        name = "process-an-order" if "process-an-order" in book.procedures else next(iter(sorted(book.procedures)), "")
    both = row(column(listed), column(*_reader(shop, context, book, kind, name)), shares=[1, 1.8])
    if params.get("name"):
        both.add_class("eco-reading")
    return both


def _columns() -> list[dict[str, Any]]:
    return [
        {"key": k, "label": label, "kind": kind, "width": width, "wide": k in WIDE} for k, label, kind, width in FILES
    ]


def _rows(book: Playbook) -> list[dict[str, Any]]:
    found = [
        ("procedures", p.stem, p.title, [p.state, "fine" if p.state == "on" else "plain"])
        for p in book.procedures.values()
    ]
    found += [("roles", r.stem, r.title, ["", "plain"]) for r in book.roles.values()]
    found += [("policies", p.stem, p.title, ["", "plain"]) for p in book.policies.values()]
    found += [
        ("messages", f"{s}.{lang}" if lang else s, f"{m.title}{f' ({lang})' if lang else ''}", ["", "plain"])
        for (s, lang), m in book.messages.items()
    ]
    found += [("kpis", k.stem, k.title, ["", "plain"]) for k in book.kpis.values()]
    return [
        {
            "id": n,
            "kind": SORTS[kind],
            "title": title,
            "state": state,
            "href": f"?page=playbook&kind={kind}&name={stem}",
        }
        for n, (kind, stem, title, state) in enumerate(found)
    ]


def _reader(shop: Shop, context: Context, book: Playbook, kind: str, name: str) -> list[ipywidgets.Widget]:
    row_ = shop.db.execute(
        """select sha, text, from_at, approved_by from playbook_versions
           where kind = ? and name = ? and from_at is not null order by from_at desc limit 1""",
        [kind, name],
    ).fetchone()
    if row_ is None:
        return [Facts(title="No such file", note="It is not in force. Pick one from the list.")]
    facts = Facts(title="", rows=_about(shop, context, book, kind, name, row_))
    body = row_["text"].split("\n---", 1)[-1].split("\n", 1)[-1] if row_["text"].startswith("---") else row_["text"]
    live = body if kind == "messages" else render_prose(body, book, shop.home.currency)
    return [Prose(html=prose(live, kind)), facts]


def _about(shop: Shop, context: Context, book: Playbook, kind: str, name: str, row_: Any) -> list[tuple[str, ...]]:
    since = day_and_time(row_["from_at"], context.home.zone, context.now())
    found: list[tuple[str, ...]] = [("version", f"{row_['sha'][:7]}, in force since {since} ({row_['approved_by']})")]
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
        *found,
    ]
    return [*found, ("file", f"playbook/{kind}/{name}.md")]


def _open_runs(shop: Shop, name: str) -> int:
    return int(
        shop.db.execute("select count(*) from runs where procedure = ? and status <> 'done'", [name]).fetchone()[0]
    )
