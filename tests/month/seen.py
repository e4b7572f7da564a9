"""What one person sees: their Today page, read with the functions that draw it, and the form and the case of one task.
Nothing else of the store is read here."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ecomos.pages.case import case_facts
from ecomos.pages.forms import form_for
from ecomos.pages.wave import wave_orders
from ecomos.work import Item, Shop, queue_of, task_row

NUMBER = re.compile(r"#\d{4,5}")


@dataclass(frozen=True)
class Seen:
    """A task as the page shows it."""

    item: Item
    form: dict[str, Any]
    facts: dict[str, Any]
    wave: list[dict[str, Any]] = field(default_factory=list)

    @property
    def step(self) -> tuple[str, str]:
        """The procedure's title and the step's."""
        return self.item.procedure, self.item.title

    @property
    def text(self) -> str:
        """What the customer wrote last, as the card beside the form shows it."""
        wrote = [r[1] for r in self.facts["rows"] if r[0].startswith("wrote")]
        return wrote[-1] if wrote else ""

    @property
    def all_text(self) -> str:
        """Everything that the customer wrote."""
        return "\n".join(r[1] for r in self.facts["rows"] if r[0].startswith("wrote"))

    @property
    def number(self) -> str:
        """The order that it is about; empty where nothing on the page names one."""
        shown = [self.item.subject, self.facts["title"]]
        shown += [r[1] for r in self.facts["rows"] if r[0] == "order"]
        shown += [str(f[1]) for f in self.form.get("facts", []) if f[0] == "Order"] + [self.all_text]
        return next((m[0] for s in shown if (m := NUMBER.search(s))), "")

    @property
    def fields(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.form.get("fields", [])
        return found

    @property
    def deeds(self) -> list[str]:
        """The buttons."""
        return [b["deed"] for b in self.form.get("buttons", [])]

    def fact(self, name: str) -> str:
        """A fact of the form, as `Amount`."""
        return next((str(f[1]) for f in self.form.get("facts", []) if f[0] == name), "")


def today_of(shop: Shop, person: int, now: datetime) -> list[Item]:
    """The list on the left, without what only waits; late first, as the page sorts it."""
    order = ("late", "soon", "later")
    found = [i for i in queue_of(shop, person, now) if i.group in order]
    return sorted(found, key=lambda i: (order.index(i.group), i.due_at.isoformat() if i.due_at else "9999", i.task_id))


def opened(shop: Shop, item: Item, person: int, now: datetime) -> Seen:
    """The form of a task with its case beside it; of a wave the pick list."""
    form = form_for(shop, item, person, now)
    if item.size > 1:
        return Seen(item, form, {"title": "", "rows": []}, wave_orders(shop, item, person))
    task = task_row(shop, item.task_id)
    return Seen(item, form, case_facts(shop, (task["about_type"], task["about_id"]), now))
