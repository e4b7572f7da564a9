"""Today: what is this person's, the most urgent first; the step with its case; what happens if nothing is done."""

from datetime import datetime
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError
from ecomos.orders.reading import lines_of, ref_of
from ecomos.pages.case import case_facts, line_words
from ecomos.pages.doing import carry_out
from ecomos.pages.forms import form_for
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, StepForm, Table, TaskList, column, row
from ecomos.pages.wording import counted, day_and_time, due_words, greeting
from ecomos.work import Item, Shop, acting_roles, finish_batch, proposals, queue_of, settle, task_row, told

__all__ = ["badge", "build"]


def badge(context: Context) -> int:
    """How many things wait for this person now."""
    shop = Shop(context.home, context.db)
    return sum(1 for i in queue_of(shop, context.person.id, context.now()) if i.group != "waiting")


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The page; `task` opens that task."""
    return Today(context, params).whole


class Today:
    """One person's Today: the list on the left, the step and its case on the right."""

    def __init__(self, context: Context, params: dict[str, str]) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.items: dict[int, Item] = {}
        self.head, self.news = Facts(), Banner()
        self.list = TaskList(self.select)
        self.form = StepForm(self.clicked, empty="Nothing waits for you. What comes next shows here by itself.")
        self.case = Facts()
        self.wave = Table(
            title="The wave",
            columns=[
                {"key": "order", "label": "Order", "kind": "text", "width": 90},
                {"key": "what", "label": "What to pick", "kind": "text", "width": 0},
            ],
            selectable=True,
            file="",
        )
        left, right = column(self.list), column(self.form, self.wave, self.case)
        self.whole = column(self.head, self.news, row(left, right, shares=[1, 2.4]))
        self.whole.add_class("eco-today")
        wanted = params.get("task", "")
        self.refresh(int(wanted) if wanted.isdigit() else None)
        context.on_change(self.refresh)

    def refresh(self, wanted: int | None = None) -> None:
        """Read the queue again; the open form stays as it is while its task is still there."""
        now = self.context.now()
        items = queue_of(self.shop, self.context.person.id, now)
        self.items = {i.task_id: i for i in items}
        self.list.items = [_listed(i, now) for i in items]
        self._headline(items, now)
        shown = wanted if wanted is not None else self.list.selected
        if shown in self.items:
            self._open(self.items[shown], now)
        else:
            self._gone(shown)
            self._open(next((i for i in items if i.group != "waiting"), items[0] if items else None), now)

    def select(self, task_id: int) -> None:
        """Open a task of the list."""
        self._open(self.items[task_id], self.context.now())

    def clicked(self, said: dict[str, Any]) -> None:
        """A button of the form: do it, say what became of it, go on to what is next."""
        task_id, now = self.list.selected, self.context.now()
        if said["deed"] == "to-imports":
            self.context.go("imports", {})
            return
        try:
            words = self._carry_out(task_id, said, now)
        except EcomosError as error:
            self.form.update(error=str(error), wrong=_fields_in(str(error), self.form.step.get("fields", [])))
            return
        self.context.toast(words)
        keep = said["deed"] in ("take", "asked") and task_id in {
            i.task_id for i in queue_of(self.shop, self.context.person.id, now)
        }
        if not keep:
            self.list.selected = None
        self.refresh(task_id if keep else None)

    def _carry_out(self, task_id: int, said: dict[str, Any], now: datetime) -> str:
        item = self.items[task_id]
        if said["deed"] == "done" and item.size > 1:
            return self._wave_done(item, said, now)
        return carry_out(self.shop, task_id, self.context.person.id, said, now)

    def _wave_done(self, item: Item, said: dict[str, Any], now: datetime) -> str:
        chosen = list(self.wave.chosen)
        if not chosen:
            raise EcomosError("Tick the orders that this holds for.")
        ticked = [n for n, yes in enumerate(said["checks"]) if yes]
        answers = {k: v for k, v in said["answers"].items() if v not in (None, "")}
        assert item.batch_id is not None
        refused = finish_batch(
            self.shop,
            item.batch_id,
            self.context.person.id,
            now,
            answers=dict.fromkeys(chosen, answers),
            checks=ticked,
        )
        settle(self.shop, now)
        if len(refused) == len(chosen):
            raise EcomosError(next(iter(refused.values())))
        done = counted(len(chosen) - len(refused), "order")
        return f"{done} done." + (f" {len(refused)} not: {next(iter(refused.values()))}" if refused else "")

    def _open(self, item: Item | None, now: datetime) -> None:
        self.list.selected = item.task_id if item else None
        if item is None:
            self.form.step = {}
            self._show_case(None, now)
            return
        step = form_for(self.shop, item, self.context.person.id, now)
        if step["key"] != self.form.step.get("key"):
            self.form.step = step
            self._show_case(item, now)
        else:
            self.form.update(state=step["state"], sub=step["sub"], buttons=step["buttons"])

    def _show_case(self, item: Item | None, now: datetime) -> None:
        is_wave = item is not None and item.size > 1
        self.wave.layout.display = "" if is_wave else "none"
        self.case.layout.display = "none" if is_wave or item is None else ""
        if item is None:
            return
        if is_wave:
            rows = _wave_rows(self.shop, item, self.context.person.id)
            self.wave.title = item.subject
            self.wave.rows = rows
            self.wave.chosen = [r["id"] for r in rows]
            return
        task = task_row(self.shop, item.task_id)
        facts = case_facts(self.shop, (task["about_type"], task["about_id"]), now)
        for name, value in facts.items():
            setattr(self.case, name, value)
        if not facts["title"]:
            self.case.layout.display = "none"

    def _gone(self, task_id: int | None) -> None:
        if task_id is None:
            return
        task = task_row(self.shop, task_id)
        if task["status"] == "withdrawn":
            self.context.toast(f"“{task['title']}” was withdrawn: {task['note']}", "soon")
        elif task["done_by"] not in (None, self.context.person.id):
            self.context.toast(f"“{task['title']}” was done by somebody else.", "soon")

    def _headline(self, items: list[Item], now: datetime) -> None:
        person, late = self.context.person, sum(1 for i in items if i.group == "late")
        mine = sum(1 for i in items if i.group != "waiting")
        done = self.shop.db.execute(
            "select count(*) from tasks where done_by = ? and done_at >= date(?, 'weekday 1', '-7 days')",
            [person.id, self.shop.today(now).isoformat()],
        ).fetchone()[0]
        self.head.title = f"{greeting(now, self.context.home.zone)}, {person.name.split()[0]}."
        self.head.sub = f"{mine} for you, {late} late, {done} done this week. {self._roles(now)}"
        self.head.note = _told_words(self.shop, person.id, now)
        self._news(now)

    def _roles(self, now: datetime) -> str:
        held = acting_roles(self.shop, self.context.person.id, now)
        own = sorted(r for r in held if r in self.context.roles)
        covers = sorted(held - set(own))
        words = ", ".join(r.replace("-", " ") for r in own).capitalize()
        return words + (f" · covers {', '.join(r.replace('-', ' ') for r in covers)}" if covers else "")

    def _news(self, now: datetime) -> None:
        """A broken or changed playbook file is said to those who may adopt it."""
        self.news.layout.display = "none"
        if not self.context.roles & {"founder", "operations-lead"}:
            return
        broken = [c for c in proposals(self.shop, now) if c.what in ("broken", "deleted")]
        self.news.message = "\n".join(
            f"playbook/{c.kind}/{c.name}.md is {c.what}; the last good version goes on running. "
            + "; ".join(str(p) for p in c.problems[:2])
            for c in broken[:3]
        )
        self.news.kind = "soon"
        self.news.layout.display = "" if self.news.message else "none"


def _listed(item: Item, now: datetime) -> dict[str, Any]:
    title = f"{item.subject} · {item.title}" if item.subject else item.title
    who = " · offered to you" if item.offered else f" · {item.person} has it" if item.person else ""
    return {
        "id": item.task_id,
        "group": item.group,
        "title": title,
        "chip": due_words(item.due_at, now),
        "detail": f"{item.procedure or item.role.replace('-', ' ')}{who}",
    }


def _wave_rows(shop: Shop, item: Item, person_id: int) -> list[dict[str, Any]]:
    tasks = shop.db.execute(
        """select id, about_id from tasks where batch_id = ? and status in ('open', 'taken')
             and (person_id is null or person_id = ?) order by id""",
        [item.batch_id, person_id],
    ).fetchall()
    found = []
    for task in tasks:
        lines = [x for x in lines_of(shop.db, [task["about_id"]]) if x["open_quantity"] and x["requires_shipping"]]
        what = "; ".join(line_words(x) for x in lines)
        number = ref_of(shop.db, task["about_id"])
        found.append({"id": task["id"], "order": f"#{number}", "what": what})
    return found


def _told_words(shop: Shop, person_id: int, now: datetime) -> str:
    rows = told(shop, person_id, now)
    if not rows:
        return ""
    zone = shop.home.zone
    listed = "; ".join(
        f"{r['title']} ({r['role'].replace('-', ' ')}, due {day_and_time(r['due_at'], zone, now)})" for r in rows[:4]
    )
    return f"Late with others: {listed}"


def _fields_in(words: str, fields: list[dict[str, Any]]) -> list[str]:
    return [f["name"] for f in fields if words.startswith(f["label"]) or f"\n{f['label']}" in words]
