"""Ask or report: one form for everybody in the team, and what became of each request. The kind decides which procedure
starts."""

from datetime import datetime
from typing import Any

import ipywidgets

from ecomos.customers.matching import order_named
from ecomos.errors import EcomosError
from ecomos.money import format_money
from ecomos.pages.fields import cents_of
from ecomos.pages.page import Context
from ecomos.pages.parts import StepForm, Table, column
from ecomos.pages.wording import day_and_time
from ecomos.people.requests import ASKED, make_request, requests_list
from ecomos.work import Shop, in_force, open_work, settle

__all__ = ["Requests", "build"]

LIST = (
    ("request", "No.", "text", 70, True),
    ("kind", "Kind", "text", 130, True),
    ("title", "What", "text", 0, False),
    ("by", "By", "text", 130, True),
    ("amount", "Amount", "text", 120, True),
    ("state", "State", "state", 300, False),
    ("at", "When", "text", 150, True),
)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The form and the list."""
    return Requests(context).whole


class Requests:
    """The form and the list."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        columns = [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in LIST]
        self.table = Table(title="Asked and reported", columns=columns, empty="Nothing was asked yet.", file="requests")
        self.form = StepForm(self.clicked, empty="")
        self.form.step = _form(0, self._starting(context.now()), context.home.currency)
        self.whole = column(self.form, self.table)
        self.refresh()
        context.on_change(self.refresh)

    def _starting(self, now: datetime) -> str:
        """Which kinds start something, in words."""
        found = []
        for p in in_force(self.shop, now).procedures.values():
            if p.state == "on" and p.starts and p.starts.event == "request.made" and p.starts.where:
                found += [f"{k}: {p.title}" for k in ASKED if f'"{k}"' in p.starts.where.text]
        return "; ".join(sorted(found)) or "no kind starts a procedure yet"

    def refresh(self) -> None:
        """Read the list again; what is being typed stays."""
        now = self.context.now()
        self.table.rows = [self._row(r, now) for r in requests_list(self.shop.db)]

    def _row(self, r: Any, now: datetime) -> dict[str, Any]:
        work = open_work(self.shop, ("request", r["id"]), now)
        state = _state(r, [w.words for w in work], any(w.is_late for w in work))
        return {
            "id": r["id"],
            "request": [f"R{r['id']}", r["id"]],
            "kind": r["kind"],
            "title": r["title"],
            "by": r["by"] or "",
            "amount": format_money(r["amount_cents"], self.context.home.currency) if r["amount_cents"] else "",
            "state": list(state),
            "at": [day_and_time(r["made_at"], self.context.home.zone, now), r["made_at"]],
        }

    def clicked(self, said: dict[str, Any]) -> None:
        """Write it down and start what its kind starts."""
        given, now = said["answers"], self.context.now()
        try:
            number = make_request(
                self.shop.db,
                str(given.get("kind") or ""),
                str(given.get("title") or ""),
                str(given.get("text") or ""),
                now,
                person_id=self.context.person.id,
                amount_cents=cents_of(given.get("amount"), self.context.home.currency),
                about=self._order(given.get("order")),
            )
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        settle(self.shop, now)
        self.context.toast(f"R{number} is written down.")
        self.form.step = _form(number, self._starting(now), self.context.home.currency)
        self.refresh()

    def _order(self, text: Any) -> tuple[str, int] | None:
        named = str(text or "").strip()
        return ("order", order_named(self.shop.db, named)) if named else None


def _state(r: Any, open_words: list[str], is_late: bool) -> tuple[str, str]:
    if open_words:
        return open_words[0], "late" if is_late else "soon"
    if r["outcome"]:
        return r["outcome"], "fine"
    return ("at work" if r["runs"] else "nobody's: no procedure starts on it"), "plain" if r["runs"] else "late"


def _form(after: int, starting: str, currency: str) -> dict[str, Any]:
    return {
        "key": f"new-request:{after}",
        "title": "Ask or report",
        "sub": f"What starts: {starting}.",
        "fields": [
            {"name": "kind", "label": "Kind", "kind": "one of", "choices": list(ASKED)},
            {"name": "title", "label": "In one line", "kind": "text"},
            {"name": "text", "label": "What else there is to say", "kind": "text", "long": True, "optional": True},
            {"name": "order", "label": "Order", "kind": "text", "optional": True, "hint": "as in #1001"},
            {"name": "amount", "label": "Amount", "kind": "money", "currency": currency, "optional": True},
        ],
        "buttons": [{"deed": "ask", "label": "Write it down", "primary": True}],
    }
