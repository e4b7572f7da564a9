"""Who has a case: the people who act for a role, by name, whose it is after a step, and what became of a task."""

from collections.abc import Collection
from datetime import datetime

from ecomos.pages.wording import day_and_time, due_words
from ecomos.people import people
from ecomos.playbook.records import Procedure, Step
from ecomos.store import parse_iso
from ecomos.work import Shop, acting, case_name, told

__all__ = ["actor_name", "late_with_others", "next_words", "what_became", "who_acts"]


def actor_name(shop: Shop, actor: str | None) -> str:
    """Who did it, as people read it: the name for `person:3`, else the word that stands there (`init`, `hand`)."""
    number = (actor or "").removeprefix("person:")
    if number == actor or not number.isdigit():
        return actor or ""
    row = shop.db.execute("select name from people where id = ?", [int(number)]).fetchone()
    return str(row[0]) if row else str(actor)


def who_acts(shop: Shop, role: str, now: datetime) -> str:
    """The people who act for a role today, by name, with the role in words."""
    names = {p.id: p.name for p in people(shop.db, shop.today(now))}
    found = [names[p] for p in acting(shop, role, now) if p in names]
    words = role.replace("-", " ")
    return f"{' or '.join(found)} ({words})" if 0 < len(found) < 3 else f"the {words}"


def next_words(shop: Shop, procedure: Procedure, step: Step, now: datetime) -> str:
    """Who has the case after this step as a rule, in words; empty where that can't be said."""
    usual = ""
    for _ in range(len(procedure.steps)):
        if step.end:
            return f"then: {step.end.outcome}"
        if step.branches:
            usual, target = "as a rule ", step.branches[0 if step.record else -1].target
            below = procedure.step(target.slug)
        else:
            after = procedure.step(step.next.slug) if step.next else procedure.after(step)
            if after is None:
                return ""
            below = after
        if below.approve:
            return f"{usual}next: the {below.approve.kind} is approved"
        if below.is_human:
            return f"{usual}next: {who_acts(shop, below.role or procedure.performer, now)}, {below.title.lower()}"
        step = below
    return ""


def what_became(shop: Shop, task_id: int, now: datetime) -> str:
    """What became of a task that is not on a person's list any more."""
    task = shop.db.execute("select * from tasks where id = ?", [task_id]).fetchone()
    if task is None:
        return "There is no such task."
    name = " ".join(x for x in (task["title"], case_name(shop, task["about_type"], task["about_id"])) if x)
    names = {p.id: p.name for p in people(shop.db, shop.today(now))}
    if task["status"] in ("open", "taken", "waiting"):
        who = names.get(task["offered_to"] or task["person_id"] or 0)
        return f"“{name}” is with {who or who_acts(shop, task['role'], now)} now."
    when = day_and_time(task["done_at"], shop.home.zone, now)
    if task["status"] == "withdrawn":
        return f"“{name}” was withdrawn{f', {when}' if when else ''}: {task['note'] or 'the case went on without it'}."
    words = {"skipped": "skipped", "elsewhere": "noted as done elsewhere"}.get(task["status"], "done")
    return f"“{name}” was {words} by {names.get(task['done_by'], 'the next import')}, {when}."


def late_with_others(shop: Shop, person_id: int, now: datetime, own: Collection[int] = ()) -> list[str]:
    """What is late with others and this person is to know (without `own`), a line each."""
    rows = [r for r in told(shop, person_id, now) if r["id"] not in own]
    found = []
    for r in rows[:4]:
        case = case_name(shop, r["about_type"], r["about_id"])
        due = f", {due_words(parse_iso(r['due_at']), now)}" if r["due_at"] else ""
        found.append(f"Late: {r['title']}{f' {case}' if case else ''}, {who_acts(shop, r['role'], now)}{due}")
    return found + ([f"and {len(rows) - 4} more"] if len(rows) > 4 else [])
