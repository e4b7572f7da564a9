"""What the demo's people write at a step for which nothing of their own is kept: read off the step's fields, so that a
procedure that joins the starter's playbook is worked from its first day."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

from ecomos.playbook.records import RecordField, Step

__all__ = ["usual_answers"]

KEEPS_TO_IT = 0.8
"""How often the first choice is the one: it is the ordinary case, as the texts are written."""
IN_DAYS = 5
SEEN = (
    "looked at it on the spot: as expected",
    "nothing unusual; checked against the list",
    "as it was last time",
    "compared with last week: about the same",
)
SAID: Mapping[str, tuple[str, ...]] = {
    "carriers_case": ("DHL 4713-26", "DPD 88-1204"),
    "changed": ("the one line, as asked in the mail",),
    "covered_by": ("Pia Moser", "Sam Adler"),
    "done_by": ("Ben Cole", "Sue Park"),
    "instead": ("the same in Black / M",),
    "line": ("1", "2"),
    "new_order": ("#R-3",),
    "told": ("all who were here, at the bench at nine",),
    "wanted": ("the same in the next size", "sent to the office instead"),
    "why": ("within what we do for everybody", "an old customer, and the price is small"),
}


def usual_answers(step: Step, visit: int, today: date, money: str, chance: random.Random) -> dict[str, str]:
    """The record of that step at its `visit` (from 1), where an amount is asked for `money`.

    Whoever comes back to a step often chooses anew each time, so no case goes round for ever.
    """
    fields = [f for f in step.record if not f.optional]
    return {f.name: _of_field(f, visit, today, money, chance) for f in fields}


def _of_field(field: RecordField, visit: int, today: date, money: str, chance: random.Random) -> str:
    if field.kind == "one of":
        return field.choices[0] if visit < 3 and chance.random() < KEEPS_TO_IT else chance.choice(field.choices)
    if field.kind == "yes or no":
        return "yes"
    if field.kind == "number":
        return _number(field)
    if field.kind == "money":
        return money
    if field.kind == "day":
        return (today + timedelta(days=IN_DAYS)).isoformat()
    return chance.choice(SAID.get(field.name, SEEN))


def _number(field: RecordField) -> str:
    least = field.at_least.text if field.at_least else "1"
    return least if least.isdecimal() else "1"
