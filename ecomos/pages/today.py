"""Today: what is this person's, the most urgent first; the step with its case; what happens if nothing is done."""

from datetime import datetime
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError
from ecomos.pages.case import case_facts
from ecomos.pages.doing import carry_out
from ecomos.pages.fields import label_of, wave_field
from ecomos.pages.forms import form_for, step_of
from ecomos.pages.late import leads_others
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, PickList, StepForm, TaskList, column, row
from ecomos.pages.path import path_card, show_path
from ecomos.pages.shift import ShiftForms
from ecomos.pages.wave import wave_orders, wave_totals
from ecomos.pages.whom import late_with_others, what_became
from ecomos.pages.wording import counted, due_words, greeting, with_local_times
from ecomos.work import Item, Shop, acting_roles, finish_batch, proposals, queue_of, settle, task_row
from ecomos.work.escalation import late_count, went_up_itself

__all__ = ["badge", "build"]

KEEPS = ("take", "give-back", "asked")
"""Deeds after which the same task stays open before the person."""
WHOLE_WAVE = ("take", "give-back")
"""Deeds that hold for all of a wave at once."""


def badge(context: Context) -> int:
    """How many things wait for this person now."""
    shop = Shop(context.home, context.db)
    return sum(1 for i in queue_of(shop, context.person.id, context.now()) if i.group != "waiting")


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The page; `task` opens that task."""
    return Today(context, params).whole


class Today:
    """One person's Today: the list on the left; the step and, beside it, its case or the wave's pick list."""

    def __init__(self, context: Context, params: dict[str, str]) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.items: dict[int, Item] = {}
        self.open: Item | None = None
        self.over = False
        self.rounds = 0
        self.head, self.news = Facts(), Banner()
        self.head.add_class("eco-greeting")
        self.list = TaskList(self.select, empty="Your list is empty.")
        self.form = StepForm(
            self.clicked, empty="Nothing waits for you. What comes next shows here by itself.", pinned=True
        )
        self.wave, self.case, self.path = PickList(), Facts(), path_card()
        self.shift = ShiftForms(context)
        self.work = row(self.form, column(self.wave, self.case, self.path), shares=[1.25, 1])
        self.work.add_class("eco-work")
        beside = column(self.list, self.shift.form)
        beside.add_class("eco-beside")
        self.whole = column(self.head, self.news, self.shift.left, row(beside, self.work, shares=[1, 3]))
        self.whole.add_class("eco-today")
        wanted = params.get("task", "")
        self.refresh(int(wanted) if wanted.isdigit() and len(wanted) < 18 else None)
        context.on_change(self.refresh)

    def refresh(self, wanted: int | None = None, batch: int | None = None) -> None:
        """Read the queue again; the open form stays as it is while its task, or a rest of its wave, is still there."""
        now = self.context.now()
        items = sorted(queue_of(self.shop, self.context.person.id, now), key=_urgency)
        self.items = {i.task_id: i for i in items}
        self.list.items = [_listed(i, self.context.person.id, now) for i in items]
        self._headline(items, now)
        self.shift.refresh(now)
        if wanted is None and self.over:
            return
        if wanted is not None and wanted not in self.items:
            self.context.toast(what_became(self.shop, wanted, now), "soon")
        if batch is None and self.open is not None and self.open.size > 1:
            batch = self.open.batch_id
        shown = self.items.get(wanted or (self.open.task_id if self.open else 0))
        shown = shown or next((i for i in items if batch is not None and i.batch_id == batch), None)
        if shown is None and self.open is not None and wanted is None:
            self._over(self.open, now)
        else:
            self._open(shown or next((i for i in items if i.group != "waiting"), None), now)

    def select(self, task_id: int) -> None:
        """Open a task of the list."""
        self._open(self.items[task_id], self.context.now())

    def clicked(self, said: dict[str, Any]) -> None:
        """A button of the form: do it, say what became of it, go on to what is next."""
        item, now = self.open, self.context.now()
        if said["deed"] == "to-imports":
            self.context.go("imports", {})
            return
        if item is None or said["deed"] == "go-on":
            self._leave()
            return
        try:
            words = self._carry_out(item, said, now)
        except EcomosError as error:
            self._refused(str(error))
            return
        self.context.toast(words)
        self.form.update(error="", wrong=[])
        if said["deed"] in KEEPS:
            self.refresh(item.task_id)
        else:
            self._leave(item)

    def _leave(self, done: Item | None = None) -> None:
        """Go on to what is next; to the rest of a wave, where some of it was done."""
        batch = done.batch_id if done is not None and done.size > 1 else None
        self.open, self.over = None, False
        self.refresh(batch=batch)

    def _refused(self, words: str) -> None:
        fields = self.form.step.get("fields", [])
        for field in fields:
            plain = field["name"].replace("_", " ").capitalize()
            words = "\n".join(
                field["label"] + line.removeprefix(plain) if line.startswith((f"{plain}:", f"{plain} is")) else line
                for line in words.split("\n")
            )
        words = with_local_times(words, self.context.home.zone, self.context.now())
        self.form.update(error=words, wrong=[f["name"] for f in fields if f"\n{f['label']}" in f"\n{words}"])

    def _carry_out(self, item: Item, said: dict[str, Any], now: datetime) -> str:
        if item.size == 1:
            return carry_out(self.shop, item.task_id, self.context.person.id, said, now)
        if said["deed"] == "done":
            return self._wave_done(item, said, now)
        if said["deed"] in WHOLE_WAVE:
            return carry_out(self.shop, item.task_id, self.context.person.id, said, now)
        return self._wave_each(said, now)

    def _wave_done(self, item: Item, said: dict[str, Any], now: datetime) -> str:
        given = {int(k): v for k, v in self.wave.answers.items()}
        if not given:
            raise EcomosError("Say of each order what became of it, in the list beside; the others stay.")
        field = wave_field_of(self.shop, item.task_id)
        common = {k: v for k, v in said["answers"].items() if v not in (None, "")}
        assert item.batch_id is not None
        refused = finish_batch(
            self.shop,
            item.batch_id,
            self.context.person.id,
            now,
            answers={n: common | ({field: v} if field else {}) for n, v in given.items()},
            checks=[n for n, yes in enumerate(said["checks"]) if yes],
        )
        settle(self.shop, now)
        return self._told_of(len(given), refused, f"{counted(len(given) - len(refused), 'order')} done.")

    def _wave_each(self, said: dict[str, Any], now: datetime) -> str:
        """Another way out of a wave, for the orders that were answered for in the list: the others stay."""
        chosen = [int(k) for k in self.wave.answers]
        if not chosen:
            raise EcomosError("Choose in the list beside for which orders this holds; the others stay in the wave.")
        refused, told = {}, ""
        for task_id in chosen:
            try:
                told = carry_out(self.shop, task_id, self.context.person.id, said, now)
            except EcomosError as error:
                refused[task_id] = str(error)
        return self._told_of(len(chosen), refused, f"{counted(len(chosen) - len(refused), 'order')}: {told}")

    def _told_of(self, count: int, refused: dict[int, str], words: str) -> str:
        if refused and len(refused) == count:
            raise EcomosError(next(iter(refused.values())))
        self.rounds += 1
        self.wave.answers = {}
        return words + (f" {len(refused)} not: {next(iter(refused.values()))}" if refused else "")

    def _open(self, item: Item | None, now: datetime) -> None:
        self.open, self.over = item, False
        self.list.selected = item.task_id if item else None
        if item is None:
            self.form.step = {}
            self._show_case(None, now)
            return
        step = form_for(self.shop, item, self.context.person.id, now)
        if item.size > 1:
            step["key"] += f":{self.rounds}"
        if step["key"] != self.form.step.get("key"):
            self.form.step = step
        else:
            self.form.update(**{k: step.get(k, "") for k in ("title", "state", "sub", "buttons", "told")})
        self._show_case(item, now)

    def _show_case(self, item: Item | None, now: datetime) -> None:
        if item is None or item.size == 1:
            self.wave.orders = []
        else:
            self._show_wave(item)
        facts: dict[str, Any] = {"title": "", "sub": "", "state": {}, "rows": [], "note": ""}
        if item is not None and item.size == 1:
            task = task_row(self.shop, item.task_id)
            facts = case_facts(self.shop, (task["about_type"], task["about_id"]), now)
        for name, value in facts.items():
            setattr(self.case, name, value)
        is_up = item is not None and item.size == 1 and went_up_itself(self.shop, item.task_id, now)
        show_path(self.path, self.shop, [item.task_id] if item is not None and is_up else [], now)
        self.case.layout.display = "" if facts["title"] else "none"
        self.wave.layout.display = "" if self.wave.orders else "none"
        self.work.remove_class("eco-alone-step")
        (self.work.add_class if self.wave.orders else self.work.remove_class)("eco-has-wave")
        if not facts["title"] and not self.wave.orders:
            self.work.add_class("eco-alone-step")

    def _show_wave(self, item: Item) -> None:
        field, choices = wave_choices(self.shop, item.task_id)
        orders = wave_orders(self.shop, item, self.context.person.id)
        totals = wave_totals(orders)
        with self.wave.hold_sync():
            self.wave.key = f"{item.batch_id}:{self.rounds}"
            self.wave.title = f"Pick list: {counted(sum(t['quantity'] for t in totals), 'piece')}"
            self.wave.sub = f"{counted(len(totals), 'item')} for {counted(len(orders), 'order')}"
            self.wave.label, self.wave.choices = field, choices
            self.wave.totals, self.wave.orders = totals, orders
            self.wave.answers = self.wave.answers

    def _over(self, item: Item, now: datetime) -> None:
        """The shown task is somebody else's now, or done: say so, and leave what was typed to be copied."""
        words = what_became(self.shop, item.task_id, now)
        self.context.toast(words, "soon")
        self.open, self.over = None, True
        self.list.selected = None
        self.form.update(
            state={"text": "over", "kind": "soon"},
            sub="",
            told="",
            next="",
            error=f"{words} What you typed here was not saved; it is still here to copy.",
            buttons=[{"deed": "go-on", "label": "Go on to what is next", "primary": True}],
        )

    def _headline(self, items: list[Item], now: datetime) -> None:
        person, late = self.context.person, sum(1 for i in items if i.group == "late")
        mine = sum(1 for i in items if i.group != "waiting")
        done = self.shop.db.execute(
            "select count(*) from tasks where done_by = ? and done_at >= date(?, 'weekday 1', '-7 days')",
            [person.id, self.shop.today(now).isoformat()],
        ).fetchone()[0]
        self.head.title = f"{greeting(now, self.context.home.zone)}, {person.name.split()[0]}."
        self.head.sub = f"{mine} for you, {late} late, {done} done this week."
        self.head.note = f"{self._roles(now)}{self._until(now)}"
        self._news(now)

    def _until(self, now: datetime) -> str:
        span = self.shop.working.opening(self.shop.today(now))
        if span is None or now > span[1]:
            return " · the shop is closed"
        return f" · open until {span[1].astimezone(self.context.home.zone):%H:%M}"

    def _roles(self, now: datetime) -> str:
        held = acting_roles(self.shop, self.context.person.id, now)
        own = sorted(r for r in held if r in self.context.roles)
        covers = sorted(held - set(own))
        words = ", ".join(r.replace("-", " ") for r in own).capitalize()
        return words + (f" · covers {', '.join(r.replace('-', ' ') for r in covers)}" if covers else "")

    def _news(self, now: datetime) -> None:
        """What is late with others and concerns this person; a broken playbook file, to those who may adopt it."""
        lines = late_with_others(self.shop, self.context.person.id, now, set(self.items))
        if self.context.roles & {"founder", "operations-lead"}:
            broken = [c for c in proposals(self.shop, now) if c.what in ("broken", "deleted")]
            lines += [
                f"playbook/{c.kind}/{c.name}.md is {c.what}; the last good version goes on running. "
                + "; ".join(str(p) for p in c.problems[:2])
                for c in broken[:3]
            ]
        self.news.message, self.news.kind = "\n".join(lines), "soon"
        self._all_late(now, bool(lines))

    def _all_late(self, now: datetime, told: bool) -> None:
        """To who leads others: how much is late with all of them, and the way to the list."""
        who = self.context.person.id
        many = late_count(self.shop, who, now) if leads_others(self.shop, who, now) else 0
        if many and not told:
            self.news.message, self.news.kind = f"{counted(many, 'task')} late or gone up, yours included.", "soon"
        self.news.link, self.news.link_text = ("?page=late", "All that is late") if many else ("", "")
        self.news.layout.display = "" if told or many else "none"


def _listed(item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    title = f"{item.subject} · {item.title}" if item.subject else item.title
    who = f" · {item.person} has it" if item.person else ""
    if item.offered or item.person_id == person_id:
        who = " · offered to you" if item.offered else " · you have it"
    return {
        "id": item.task_id,
        "group": item.group,
        "title": title,
        "chip": due_words(item.due_at, now),
        "detail": f"{item.procedure or item.role.replace('-', ' ')}{who}",
    }


def wave_choices(shop: Shop, task_id: int) -> tuple[str, list[str]]:
    """What is answered for each order of a wave, in words, and its choices; ("Done", []) where there is none."""
    step = step_of(shop, task_row(shop, task_id))
    field = wave_field(step)
    return (label_of(field.name), list(field.choices)) if field else ("Done", [])


def wave_field_of(shop: Shop, task_id: int) -> str:
    """The name of that field; empty where there is none."""
    field = wave_field(step_of(shop, task_row(shop, task_id)))
    return field.name if field else ""


def _urgency(item: Item) -> tuple[int, str, int, int]:
    """Late first; of what is due at the same time, the largest wave first."""
    group = ("late", "soon", "later", "waiting").index(item.group)
    return group, item.due_at.isoformat() if item.due_at else "9999", -item.size, item.task_id
