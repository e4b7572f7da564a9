"""The way of a task that is late or went up, in words: who had it, when and why it moved, to whom next and when."""

from datetime import datetime
from typing import Any

from ecomos.pages.parts import Facts
from ecomos.pages.whom import who_acts
from ecomos.pages.wording import day_and_time, due_words
from ecomos.people import person
from ecomos.store import parse_iso
from ecomos.work import Shop, task_row
from ecomos.work.escalation import Climb, climbs_of

__all__ = ["path_card", "show_path"]

PAST = {
    "opened": "came to {role}",
    "not sure": "{who} was not sure: {note}; {role} has it from there",
    "moved": "late: moved up by the clock to {role}",
    "told": "late: {role} was told by the clock",
    "handed over": "{who} offered it to {other}: {note}",
    "given back": "back on the list: {note}",
    "declined": "{who} declined it",
    "asked": "{who} asked {other}",
}
AHEAD = {"tell": "{role} is told", "hand to": "it moves to {role}"}


def path_card() -> Facts:
    """An empty card, shown once there is a way to show."""
    card = Facts()
    card.layout.display = "none"
    return card


def show_path(card: Facts, shop: Shop, task_ids: list[int], now: datetime) -> None:
    """Show the ways of these tasks on the card; nothing at all where there is none."""
    rows: list[tuple[str, str]] = []
    for number in task_ids:
        rows += ([("task", task_row(shop, number)["title"])] if len(task_ids) > 1 else []) + _rows(shop, number, now)
    card.title, card.rows = ("How it went up", rows) if rows else ("", [])
    card.note = "Absent people are skipped: their deputy or the role above has it." if rows else ""
    card.layout.display = "" if rows else "none"


def _rows(shop: Shop, task_id: int, now: datetime) -> list[tuple[str, str]]:
    climbs = climbs_of(shop, task_id, now)
    task = task_row(shop, task_id)
    found = [(day_and_time(c.at, shop.home.zone, now), _words(shop, c, now)) for c in climbs if c.deed != "now"]
    held = next((c for c in climbs if c.deed == "now"), None)
    if held is None:
        return found
    due = due_words(parse_iso(task["due_at"]), now) if task["due_at"] else "no deadline"
    at = sum(1 for c in climbs if not c.is_ahead) - 1
    found.insert(at, ("now", f"{_holder(shop, held, now)}, {due}"))
    if not any(c.is_ahead for c in climbs):
        found.append(("next", "the ladder ends here: it stays on this list, and on its leads' late list"))
    return found


def _holder(shop: Shop, held: Climb, now: datetime) -> str:
    if held.person_id is not None:
        return f"{person(shop.db, held.person_id).name} has it ({held.role.replace('-', ' ')})"
    if held.other_id is not None:
        return f"offered to {person(shop.db, held.other_id).name}"
    return f"on the list of {who_acts(shop, held.role, now)}"


def _words(shop: Shop, climb: Climb, now: datetime) -> str:
    names: dict[str, Any] = {
        "who": person(shop.db, climb.person_id).name if climb.person_id else "somebody",
        "other": person(shop.db, climb.other_id).name if climb.other_id else "nobody",
        "role": who_acts(shop, climb.role, now) if climb.is_ahead else f"the {climb.role.replace('-', ' ')}",
        "note": climb.note,
    }
    said = (AHEAD if climb.is_ahead else PAST)[climb.deed].format(**names)
    return f"{said}: {climb.note}" if climb.deed == "opened" and climb.note else said
