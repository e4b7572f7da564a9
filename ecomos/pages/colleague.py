"""A colleague: roles, whether they are here today, and what they have in hand."""

from datetime import datetime

import ipywidgets

from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, Table, column
from ecomos.pages.wording import due_words
from ecomos.people import Person, is_away, people, roles_of
from ecomos.work import Shop, queue_of

__all__ = ["build"]

COLUMNS = (("task", "Task", "text", 0), ("case", "Case", "text", 200), ("due", "Due", "text", 130))


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """One colleague; `person` is the number."""
    found = [p for p in people(context.db, context.now().date()) if str(p.id) == params.get("person", "")]
    if not found:
        return column(
            Banner("There is nobody of that number on the team.", "soon", link="?page=today", link_text="To Today")
        )
    facts, table = Facts(), Table(title="In hand now", columns=_columns(), empty="Nothing is in hand.", file="")

    def read() -> None:
        now, shop = context.now(), Shop(context.home, context.db)
        facts.title, facts.rows = found[0].name, _rows(shop, found[0], now)
        facts.state = _state(shop, found[0], now)
        table.rows = _in_hand(shop, found[0], now)

    read()
    context.on_change(read)
    return column(facts, table)


def _columns() -> list[dict[str, object]]:
    return [{"key": k, "label": label, "kind": kind, "width": w, "wide": k == "case"} for k, label, kind, w in COLUMNS]


def _rows(shop: Shop, who: Person, now: datetime) -> list[tuple[str, ...]]:
    roles = roles_of(shop.db, who.id, shop.today(now))
    found: list[tuple[str, ...]] = [("role", r.replace("-", " "), f"?page=playbook&kind=roles&name={r}") for r in roles]
    return [*found, ("e-mail", who.email)]


def _state(shop: Shop, who: Person, now: datetime) -> dict[str, str]:
    if is_away(shop.db, who.id, shop.today(now)):
        return {"text": "away today", "kind": "soon"}
    return {"text": "on the team", "kind": "fine"}


def _in_hand(shop: Shop, who: Person, now: datetime) -> list[dict[str, object]]:
    mine = [i for i in queue_of(shop, who.id, now) if i.person_id == who.id and i.group != "waiting"]
    return [{"id": i.task_id, "task": i.title, "case": i.subject, "due": due_words(i.due_at, now)} for i in mine]
