"""The form for a task: what a StepForm shows for each kind, with the buttons that its deeds have."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ecomos.money import format_money, from_cents
from ecomos.orders.reading import order_row
from ecomos.pages.parts import prose
from ecomos.pages.wording import day_and_time, due_words
from ecomos.people import people
from ecomos.playbook import render_prose
from ecomos.playbook.records import Procedure, RecordField, Step
from ecomos.work import Item, Shop, acting, case_name, in_force, next_after, procedure_version, task_row

__all__ = ["LATER_CHOICES", "form_for", "record_fields"]

LATER_CHOICES = {
    "in 30 minutes": timedelta(minutes=30),
    "in 1 hour": timedelta(hours=1),
    "in 3 hours": timedelta(hours=3),
}
ADDRESS = {
    "name": "ship_name",
    "company": "ship_company",
    "address1": "ship_address1",
    "address2": "ship_address2",
    "zip": "ship_zip",
    "city": "ship_city",
    "province": "ship_province",
    "country": "ship_country",
    "email": "email",
    "phone": "phone",
}
"""Fields of a record that begin with what the order says, so that nothing is asked twice."""

STATES = {"late": "late", "soon": "soon", "later": "plain", "waiting": "plain"}


def form_for(shop: Shop, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    """The `step` of a StepForm for this entry of a person's queue."""
    task = task_row(shop, item.task_id)
    made = _FORMS.get(item.kind, _plain)(shop, task, item, person_id, now)
    subject = f" {item.subject}" if item.subject and item.subject not in item.title else ""
    words = due_words(item.due_at, now)
    return {
        "key": f"task:{task['id']}:{task['role']}:{item.size}",
        "title": f"{item.title}{':' if subject else ''}{subject}",
        "state": {"text": words or "no deadline", "kind": STATES[item.group]},
        "sub": _sub(shop, task, item, now),
        "told": item.why,
        **made,
    }


def _sub(shop: Shop, task: sqlite3.Row, item: Item, now: datetime) -> str:
    if item.kind == "wait" or item.due_at is None:
        return f"until {day_and_time(item.due_at, shop.home.zone, now)}" if item.due_at else ""
    when = day_and_time(item.due_at, shop.home.zone, now)
    rung = _first_rung(shop, task)
    if item.due_at < now:
        return f"was due {when}" + (f"; {rung} was told" if rung else "")
    return f"by {when}" + (f", else {rung} is told" if rung else "")


def _first_rung(shop: Shop, task: sqlite3.Row) -> str:
    if not task["run_id"]:
        return "the founder"
    procedure = _procedure(shop, task)
    steps = [s for s in procedure.steps if s.slug == task["step"]]
    ladder = steps[0].if_late if steps else ()
    return (ladder[0].role if ladder else procedure.owner).replace("-", " ")


def _procedure(shop: Shop, task: sqlite3.Row) -> Procedure:
    row = shop.db.execute("select procedure, version_sha from runs where id = ?", [task["run_id"]]).fetchone()
    return procedure_version(shop, row["procedure"], row["version_sha"])


def _where(procedure: Procedure, step: Step) -> str:
    return f"step {procedure.steps.index(step) + 1} of {len(procedure.steps)} · {procedure.title}"


def _step(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    procedure = _procedure(shop, task)
    step = procedure.step(task["step"])
    return {
        "where": _where(procedure, step),
        "prose": prose(render_prose(step.prose, in_force(shop, now), shop.home.currency)),
        "checks": [c.text for c in step.checks],
        "fields": record_fields(shop, step.record, (task["about_type"], task["about_id"])),
        "buttons": [
            {"deed": "done", "label": "Done" if item.size == 1 else "Done for the ticked orders", "primary": True},
            *_ways_out(shop, task, person_id, now),
        ],
        "next": next_after(shop, task["run_id"], step.slug),
    }


def record_fields(shop: Shop, fields: Sequence[RecordField], about: tuple[str | None, Any]) -> list[dict[str, Any]]:
    """A step's record as fields of a form, begun with what the order says already."""
    row = order_row(shop.db, about[1]) if about[0] == "order" else None
    currency = row["currency"] if row else shop.home.currency
    return [
        {
            "name": f.name,
            "label": f.name.replace("_", " ").capitalize(),
            "kind": f.kind,
            "unit": f.unit,
            "currency": currency,
            "choices": list(f.choices),
            "optional": f.optional,
            "hint": f"at most {f.at_most.text}" if f.at_most else "",
            "value": (row[ADDRESS[f.name]] or "") if row and f.name in ADDRESS and f.kind == "text" else None,
            "long": f.name in ("why", "reason", "note", "said"),
        }
        for f in fields
    ]


def _ways_out(
    shop: Shop, task: sqlite3.Row, person_id: int, now: datetime, *, elsewhere: bool = True
) -> list[dict[str, Any]]:
    """What every step has besides Done."""
    others = [p for p in acting(shop, task["role"], now) if p != person_id]
    names = {p.id: p.name for p in people(shop.db, shop.today(now))}
    team = [n for i, n in sorted(names.items(), key=lambda x: x[1]) if i != person_id]
    found: list[dict[str, Any]] = [
        {"deed": "not-sure", "label": "Not sure", "note": "What is unclear? Who has it next reads it."}
    ]
    if others:
        ask = {"name": "to", "label": "To", "kind": "one of", "choices": [names[p] for p in others]}
        found.append({"deed": "hand-over", "label": "Hand over", "note": "What should they know?", "ask": [ask]})
    until = {"name": "until", "label": "Show it again", "kind": "one of", "choices": list(LATER_CHOICES)}
    found.append({"deed": "later", "label": "Later", "ask": [until]})
    if team:
        whom = {"name": "whom", "label": "Whom did you ask?", "kind": "one of", "choices": team}
        found.append({"deed": "asked", "label": "I asked someone", "ask": [whom]})
    found.append({"deed": "skip", "label": "Skip", "note": "Why is this step left out?"})
    if elsewhere:
        found.append({"deed": "elsewhere", "label": "Done elsewhere", "note": "Where and how, with the reference?"})
    if task["status"] == "taken":
        found.append({"deed": "give-back", "label": "Give back"})
    else:
        found.insert(0, {"deed": "take", "label": "Take it"})
    if task["offered_to"] == person_id:
        found.insert(1, {"deed": "decline", "label": "Decline"})
    return found


def _approve(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    asked = json.loads(task["data"])
    names = {p.id: p.name for p in people(shop.db, shop.today(now))}
    amount = from_cents(asked["asked_cents"], asked["currency"])
    procedure = _procedure(shop, task)
    drafter = names.get(asked["drafted_by"], "nobody: the procedure asks")
    return {
        "where": _where(procedure, procedure.step(task["step"])),
        "facts": [
            ["asked", f"{asked['kind']} of {format_money(asked['asked_cents'], asked['currency'])}"],
            ["drafted by", drafter],
            *_answers_so_far(shop, task),
        ],
        "fields": [
            {
                "name": "amount",
                "label": "Amount",
                "kind": "money",
                "currency": asked["currency"],
                "value": f"{amount:f}",
                "hint": "you may lower it",
            },
            {"name": "reason", "label": "Reason", "kind": "text", "optional": True, "long": True},
        ],
        "buttons": [
            {"deed": "approve", "label": "Approve", "primary": True},
            {"deed": "refuse", "label": "Refuse", "note": "Why? The person who asked reads it."},
        ],
    }


def _answers_so_far(shop: Shop, task: sqlite3.Row) -> list[list[str]]:
    rows = shop.db.execute(
        "select title, answers from tasks where run_id = ? and answers is not null and kind = 'step' order by done_at",
        [task["run_id"]],
    )
    found = []
    for row in rows:
        answers = json.loads(row["answers"])
        currency = answers.pop("currency", shop.home.currency)
        for name, value in answers.items():
            shown = format_money(value, currency) if name.endswith("_cents") else str(value)
            found.append([name.removesuffix("_cents").replace("_", " "), shown])
    return found


def _hand(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    data = json.loads(task["data"])
    procedure = _procedure(shop, task)
    facts = [[k.replace("_", " "), str(v)] for k, v in data["arguments"].items()]
    if task["about_type"] == "order":
        row = order_row(shop.db, task["about_id"])
        facts = [["order", f"{row['number']}, id {row['platform_id'] or 'unknown'}"], *facts]
    return {
        "where": _where(procedure, procedure.step(task["step"])),
        "prose": prose("Do it in the platform, then write its reference here. The next import is held against it."),
        "facts": facts,
        "fields": [
            {
                "name": "reference",
                "label": "Reference",
                "kind": "text",
                "hint": "the platform's number for it, or “none” where it gives none",
            }
        ],
        "buttons": [
            {"deed": "done", "label": "Done in the platform", "primary": True},
            *_ways_out(shop, task, person_id, now, elsewhere=False),
        ],
        "next": next_after(shop, task["run_id"], task["step"]),
    }


def _unclear(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    procedure = _procedure(shop, task)
    step = procedure.step(task["step"])
    return {
        "where": _where(procedure, step),
        "prose": prose("The procedure could not tell how the case goes on. Choose the way, and say why."),
        "facts": _answers_so_far(shop, task),
        "fields": [
            {
                "name": "to",
                "label": "Go on at",
                "kind": "one of",
                "choices": [*(s.title for s in procedure.steps), "End the case"],
            },
            {"name": "why", "label": "Why", "kind": "text", "long": True},
        ],
        "buttons": [{"deed": "choose", "label": "Go on there", "primary": True}],
    }


def _adopt(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "prose": prose("They were open when the store was first loaded. Adopt each at its step, or leave it as it is."),
        "buttons": [{"deed": "to-imports", "label": "Open the list", "primary": True}],
    }


def _held(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "prose": prose("One import would start far more than usual. Look at its account before you release them."),
        "buttons": [
            {"deed": "release", "label": "Start them all", "primary": True, "note": "Why are they right?"},
            {"deed": "drop", "label": "Drop them", "note": "Why must they not start?"},
        ],
    }


def _mail(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    row = shop.db.execute("select * from outbox where id = ?", [json.loads(task["data"])["outbox"]]).fetchone()
    return {
        "prose": prose("Look in the mail server's log or ask the customer before you send it again."),
        "facts": [["to", row["recipient"]], ["subject", row["subject"]], ["text", row["body"][:600]]],
        "buttons": [
            {"deed": "resend", "label": "Send it again", "primary": True, "note": "What did you find?"},
            {"deed": "leave-mail", "label": "Leave it", "note": "What did you find?"},
        ],
    }


def _plain(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "facts": [["case", case_name(shop, task["about_type"], task["about_id"])]],
        "fields": [{"name": "found", "label": "What you found or did", "kind": "text", "long": True}],
        "buttons": [{"deed": "done", "label": "Done", "primary": True}],
    }


def _wait(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    procedure = _procedure(shop, task)
    names = ", ".join(json.loads(task["data"]).get("for", [])) or "its time"
    return {
        "where": _where(procedure, procedure.step(task["step"])),
        "prose": prose("Nothing to do: the case goes on by itself."),
        "facts": [["waits for", names]],
        "buttons": [],
    }


_FORMS = {
    "step": _step,
    "approve": _approve,
    "hand": _hand,
    "unclear": _unclear,
    "adopt": _adopt,
    "held": _held,
    "mail": _mail,
    "wait": _wait,
}
