"""The form for a task: what a StepForm shows for each kind, with the buttons that its deeds have."""

import json
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from ecomos.customers.matching import named_order
from ecomos.customers.reading import messages_of
from ecomos.improve import replays_of
from ecomos.money import format_money, from_cents
from ecomos.orders.reading import order_row, ref_of
from ecomos.pages.fields import in_words, label_of, record_fields, said, wave_field
from ecomos.pages.parts import prose
from ecomos.pages.whom import next_words, who_acts
from ecomos.pages.wording import day_and_time, due_words, with_local_times
from ecomos.people import people
from ecomos.playbook import render_prose
from ecomos.playbook.records import Procedure, Step
from ecomos.store import iso
from ecomos.work import Item, Shop, acting, case_name, in_force, procedure_version, task_row
from ecomos.work.catalogue import event_kinds
from ecomos.work.changing import changes_unread, proposal

__all__ = ["CASE", "LATER_CHOICES", "form_for", "step_of"]

CASE = "case_order"
"""The field in which a person says which order a step is about."""

LATER_CHOICES = {
    "in 30 minutes": timedelta(minutes=30),
    "in 1 hour": timedelta(hours=1),
    "in 3 hours": timedelta(hours=3),
    "tomorrow": timedelta(days=1),
    "in 3 days": timedelta(days=3),
    "in a week": timedelta(days=7),
}
STATES = {"late": "late", "soon": "soon", "later": "plain", "waiting": "plain"}


def form_for(shop: Shop, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    """The `step` of a StepForm for this entry of a person's queue."""
    task = task_row(shop, item.task_id)
    made = _FORMS.get(item.kind, _plain)(shop, task, item, person_id, now)
    subject = f" {item.subject}" if item.subject and item.subject not in item.title else ""
    words = due_words(item.due_at, now)
    return {
        "key": f"task:{task['id']}:{task['role']}" if item.size == 1 else f"wave:{task['batch_id']}:{task['role']}",
        "title": f"{item.title}{' ·' if subject else ''}{subject}",
        "state": {"text": words or "no deadline", "kind": STATES[item.group]},
        "sub": _sub(shop, task, item, person_id, now),
        "told": in_words(with_local_times(item.why, shop.home.zone, now)),
        **made,
    }


def _sub(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> str:
    if item.kind == "wait" or item.due_at is None:
        return f"until {day_and_time(item.due_at, shop.home.zone, now)}" if item.due_at else ""
    when = day_and_time(item.due_at, shop.home.zone, now)
    rung = _first_rung(shop, task)
    if acting(shop, rung, now) == (person_id,):
        return f"was due {when}" if item.due_at < now else f"by {when}"
    who = who_acts(shop, rung, now)
    return f"was due {when}; {who} is told" if item.due_at < now else f"by {when}, else {who} is told"


def _first_rung(shop: Shop, task: sqlite3.Row) -> str:
    if not task["run_id"]:
        return "founder"
    procedure = _procedure(shop, task)
    steps = [s for s in procedure.steps if s.slug == task["step"]]
    ladder = steps[0].if_late if steps else ()
    return ladder[0].role if ladder else procedure.owner


def _procedure(shop: Shop, task: sqlite3.Row) -> Procedure:
    row = shop.db.execute("select procedure, version_sha from runs where id = ?", [task["run_id"]]).fetchone()
    return procedure_version(shop, row["procedure"], row["version_sha"])


def step_of(shop: Shop, task: sqlite3.Row) -> Step:
    """The step that a task belongs to, in the version that its run keeps."""
    return _procedure(shop, task).step(task["step"])


def _where(procedure: Procedure, step: Step) -> str:
    return f"step {procedure.steps.index(step) + 1} of {len(procedure.steps)} · {procedure.title}"


def _step(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    procedure = _procedure(shop, task)
    step = procedure.step(task["step"])
    of_each = wave_field(step) if item.size > 1 else None
    record = [f for f in step.record if f is not of_each]
    changed = _unread(shop, procedure, step, person_id, now)
    told = in_words(with_local_times(item.why, shop.home.zone, now))
    read = [{"deed": "change-read", "label": "I have read the change"}] if changed else []
    return {
        "told": "\n".join(x for x in (told, changed) if x),
        "where": _where(procedure, step),
        "prose": prose(render_prose(step.prose, in_force(shop, now), shop.home.currency)),
        "checks": [c.text for c in step.checks],
        "fields": [
            *_case_field(shop, task, step),
            *record_fields(shop, record, _order_of(shop, task) if item.size == 1 else (None, None)),
        ],
        "buttons": [
            *_buttons(shop, task, person_id, now, "Done" if item.size == 1 else "Done with the answered orders"),
            *read,
        ],
        "next": next_words(shop, procedure, step, now),
    }


def _order_of(shop: Shop, task: sqlite3.Row) -> tuple[str | None, Any]:
    """The order that the task's case is, or that its ticket is about."""
    if task["about_type"] == "order":
        return "order", task["about_id"]
    row = shop.db.execute("select id from run_cases where run_id = ? and type = 'order'", [task["run_id"]]).fetchone()
    return ("order", row["id"]) if row else (task["about_type"], task["about_id"])


def _case_field(shop: Shop, task: sqlite3.Row, step: Step) -> list[dict[str, Any]]:
    """Which order it is, where the step asks for one and none is known; begun with the one that the mail names."""
    if step.case != "order" or _order_of(shop, task)[0] == "order":
        return []
    wrote = messages_of(shop.db, task["about_id"]) if task["about_type"] == "ticket" else []
    text = "\n".join(f"{m['subject']}\n{m['body']}" for m in wrote if m["direction"] == "in")
    named = named_order(shop.db, text)
    hint = "named in the mail, and bought with another e-mail: compare the name" if named else "as in #1001"
    value = ref_of(shop.db, named) if named is not None else ""
    return [{"name": CASE, "label": "Which order", "kind": "text", "hint": hint, "value": value}]


def _buttons(
    shop: Shop, task: sqlite3.Row, person_id: int, now: datetime, done: str, *, elsewhere: bool = True
) -> list[dict[str, Any]]:
    """What is offered is first accepted or declined; then Done, and the other ways out."""
    if task["offered_to"] == person_id:
        return [
            {"deed": "take", "label": "Accept it", "primary": True},
            {"deed": "decline", "label": "Decline", "confirm": "It goes back on the list of everybody who may do it."},
        ]
    out = _ways_out(shop, task, person_id, now, elsewhere=elsewhere)
    return [{"deed": "done", "label": done, "primary": True}, *out]


def _later_choices(due_at: str | None, now: datetime) -> list[str]:
    """The times that lie before the deadline; all of them where there is none, or it is over; the nearest at least."""
    free = not due_at or due_at <= iso(now)
    found = [words for words, span in LATER_CHOICES.items() if free or iso(now + span) <= str(due_at)]
    return found or [next(iter(LATER_CHOICES))]


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
    until = {
        "name": "until",
        "label": "Show it again",
        "kind": "one of",
        "choices": _later_choices(task["due_at"], now),
    }
    found.append({"deed": "later", "label": "Later", "ask": [until]})
    if team:
        whom = {"name": "whom", "label": "Whom did you ask?", "kind": "one of", "choices": team}
        found.append({"deed": "asked", "label": "I asked someone", "ask": [whom], "more": True})
    found.append({"deed": "skip", "label": "Skip this step", "note": "Why is this step left out?", "more": True})
    if elsewhere:
        note = "Where and how, with the reference?"
        found.append({"deed": "elsewhere", "label": "Done elsewhere", "note": note, "more": True})
    if task["status"] == "taken":
        return [*found, {"deed": "give-back", "label": "Give it back", "more": True}]
    return [*found, {"deed": "take", "label": "Take it: put my name on it", "more": True}]


def _approve(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    asked = json.loads(task["data"])
    names = {p.id: p.name for p in people(shop.db, shop.today(now))}
    amount = from_cents(asked["asked_cents"], asked["currency"])
    procedure = _procedure(shop, task)
    drafter = names.get(asked["drafted_by"], "the procedure itself")
    return {
        "where": _where(procedure, procedure.step(task["step"])),
        "told": "It comes to you because it is more than whoever asked may decide alone.",
        "facts": [
            ["Asked", f"{asked['kind']} of {format_money(asked['asked_cents'], asked['currency'])}"],
            ["Asked by", drafter],
            *_answers_so_far(shop, task),
        ],
        "fields": [
            {
                "name": "amount",
                "label": "Amount",
                "kind": "money",
                "currency": asked["currency"],
                "value": f"{amount:f}",
                "hint": "You may lower it.",
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
        """select t.title, t.answers, p.name from tasks t left join people p on p.id = t.done_by
           where t.run_id = ? and t.answers is not null and t.kind = 'step' order by t.done_at, t.id""",
        [task["run_id"]],
    )
    found = []
    for row in rows:
        answers = json.loads(row["answers"])
        currency = answers.pop("currency", shop.home.currency)
        for name, value in answers.items():
            shown = format_money(value, currency) if name.endswith("_cents") else said(value)
            by = f" ({row['name']})" if row["name"] else ""
            found.append([label_of(name.removesuffix("_cents")), f"{shown}{by}"])
    return found


def _hand(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    data = json.loads(task["data"])
    procedure = _procedure(shop, task)
    facts = [[label_of(k), said(v)] for k, v in data["arguments"].items()]
    kind, key = _order_of(shop, task)
    if kind == "order":
        row = order_row(shop.db, key)
        facts = [["Order", row["number"]], *facts]
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
        "buttons": _buttons(shop, task, person_id, now, "Done in the platform", elsewhere=False),
        "next": next_words(shop, procedure, procedure.step(task["step"]), now),
    }


def _sample(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    procedure = _procedure(shop, task)
    step = procedure.step(task["step"])
    names = {p.id: p.name for p in people(shop.db, shop.today(now))}
    return {
        "where": _where(procedure, step),
        "told": f"One in {step.sample.one_in if step.sample else 1} is looked at by somebody else before it goes on.",
        "facts": [
            ["Done by", names.get(json.loads(task["data"])["done_by"], "")],
            *([f"Check {n}", c.text] for n, c in enumerate(step.checks, 1)),
            *_answers_so_far(shop, task),
        ],
        "buttons": [
            {"deed": "fine", "label": "It is right", "primary": True},
            {"deed": "not-right", "label": "Not right", "note": "What is to be done otherwise?"},
        ],
    }


def _document(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    kind, procedure = json.loads(task["data"])["document"].replace("-", " "), _procedure(shop, task)
    return {
        "where": _where(procedure, procedure.step(task["step"])),
        "prose": prose(f"Make the {kind} where you make them today, then write the number that stands on it here."),
        "facts": _answers_so_far(shop, task),
        "fields": [{"name": "number", "label": "Number", "kind": "text"}],
        "buttons": [{"deed": "done", "label": "It is made", "primary": True}],
    }


def _change(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    found = proposal(shop, json.loads(task["data"])["proposal"], now)
    names = {p.id: p.name for p in people(shop.db, shop.today(now))}
    return {
        "where": f"playbook/{found.kind}/{found.name}.md",
        "facts": [
            ["Proposed by", f"{names.get(found.proposed_by, '')}: {found.why}"],
            *(["Changes", d.text] for d in found.differences),
            *(["On past cases", words] for words in replays_of(shop, found, now)),
            ["Running cases", "keep the version that they began with"],
        ],
        "fields": [
            {
                "name": "from",
                "label": "Holds from",
                "kind": "day",
                "value": shop.today(now).isoformat(),
                "optional": True,
            }
        ],
        "buttons": [
            {"deed": "change-approve", "label": "Put it in force", "primary": True},
            {"deed": "change-refuse", "label": "Refuse", "note": "Why? Whoever proposed it reads it."},
        ],
    }


def _unread(shop: Shop, procedure: Procedure, step: Step, person_id: int, now: datetime) -> str:
    """What has changed in this step, or in the whole, since this person last read it; empty where nothing."""
    for one in changes_unread(shop, person_id, now):
        if one.name == procedure.stem:
            said = [d.text for d in one.differences if d.step in ("", step.slug)]
            if said:
                return "Changed since you last worked here:\n" + "\n".join(said)
    return ""


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
        "facts": [["To", row["recipient"]], ["Subject", row["subject"]], ["Text", row["body"][:600]]],
        "buttons": [
            {"deed": "resend", "label": "Send it again", "primary": True, "note": "What did you find?"},
            {"deed": "leave-mail", "label": "Leave it", "note": "What did you find?"},
        ],
    }


def _plain(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    name = case_name(shop, task["about_type"], task["about_id"])
    return {
        "facts": [["About", name]] if name else [],
        "fields": [{"name": "found", "label": "What you found or did", "kind": "text", "long": True}],
        "buttons": [{"deed": "done", "label": "Done", "primary": True}],
    }


def _wait(shop: Shop, task: sqlite3.Row, item: Item, person_id: int, now: datetime) -> dict[str, Any]:
    procedure = _procedure(shop, task)
    events = {k.kind: k.doc.rstrip(".").lower() for k in event_kinds().values()}
    names = "; or: ".join(events.get(n, in_words(n)) for n in json.loads(task["data"]).get("for", [])) or "its time"
    return {
        "where": _where(procedure, procedure.step(task["step"])),
        "prose": prose("Nothing to do: the case goes on by itself."),
        "facts": [["Waits for", names]],
        "buttons": [],
    }


_FORMS = {
    "step": _step,
    "approve": _approve,
    "hand": _hand,
    "sample": _sample,
    "change": _change,
    "document": _document,
    "unclear": _unclear,
    "adopt": _adopt,
    "held": _held,
    "mail": _mail,
    "wait": _wait,
}
