"""The people: shift hours, minutes per step, slips, doubts, and what is left until tomorrow. They click what their
Today page offers; everything that they know of a case stands there or lies before their eyes."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time

from ecomos.customers.matching import order_named
from ecomos.errors import EcomosError
from ecomos.pages.doing import carry_out
from ecomos.pages.today import wave_choices, wave_field_of
from ecomos.people import is_away
from ecomos.work import Item, Shop, correct_order, finish_batch, settle
from month.habits import ADDRESS, Eyes, answers
from month.seen import Seen, opened, today_of
from month.world import World, is_open, next_working

WRONG, UNSURE, LEFT, ASKED = 0.04, 0.03, 0.05, 0.01
MINUTES = {"approve": 3, "hand": 1, "Pick the lines": 2, "Pack the parcel": 4, "Ship the parcel": 2}
OTHERWISE = 5
DECIDING = {
    "Read the signals", "Call the customer", "Call at the named hour", "Weigh the unpaid order", "Hear the carrier",
    "Decide about the loss", "Parcel lost: Read the answer", "Read the proof of delivery", "Look at the damage",
    "Decide how it is settled", "Compare the mail with the order", "Count the shelf", "Decide about the claim",
    "Take a return in: Find the order", "Watch for the parcel", "Inspect the thing", "Decide about the return",
    "Inspect the first thing", "Hold the new thing", "Find what went wrong", "Edit an order: Find the order",
    "Stop the parcel", "Hold the parcel", "Take the customer's choice", "Hand it over", "Enter a new one",
    "Explain where it stands", "Answer the customer", "Take the box in", "Count the shelf again", "Read the tracking",
    "Find the missing parts", "Decide without an address", "Ask what is wished", "Read the whole story",
    "Read their word", "Read the answer", "Ask for the money by phone", "Capture the payment", "Call them",
    "Correct the address", "Decide about the new address",
}  # fmt: skip
"""Steps whose choice decides what the customer gets: a wrong one is a cause of its own, kept with the order."""


@dataclass
class Person:
    """Somebody of the team."""

    id: int
    name: str
    roles: tuple[str, ...]
    begins: time = time(9)
    ends: time = time(17)
    free_at: datetime | None = None
    seen_at: int = -1
    """Changes of the file when nothing was to do for this person."""
    aside: dict[int, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """One click that counts, as the team's own diary has it."""

    at: datetime
    person: int
    procedure: str
    step: str


class Staff:
    """Everybody at work."""

    def __init__(self, shop: Shop, world: World, people: list[Person], seed: int) -> None:
        self.shop, self.world, self.people = shop, world, people
        self.chance = random.Random(f"the staff of {seed}")
        self.diary: list[Act] = []
        self.slips: list[tuple[str, str, str]] = []
        self.odd: list[str] = []
        self.read: dict[str, str] = {}
        self.decided: dict[int, bool] = {}
        """Tasks that somebody has looked at: whether they are left until tomorrow."""
        self.in_hand: set[int] = set()
        self.left_over = 0
        self.noise: Counter[str] = Counter()
        """How often something could go wrong, and did."""

    def works(self, person: Person, now: datetime) -> bool:
        """Whether the person is here: a working day, their hours, not ill, not on holiday."""
        here = is_open(now.date()) and person.begins <= now.time() < person.ends
        return here and not is_away(self.shop.db, person.id, now.date())

    def look(self, person: Person, now: datetime) -> tuple[Seen, int] | None:
        """What this person does next, and how many minutes it takes; None where their list has nothing for now."""
        if person.seen_at == self.shop.db.total_changes and now.minute % 30:
            return None
        for item in today_of(self.shop, person.id, now):
            if self._lies(person, item, now) or (item.batch_id or -item.task_id) in self.in_hand:
                continue
            seen = opened(self.shop, item, person.id, now)
            if not self._can(seen, now):
                person.aside[item.task_id] = now.date()
                continue
            self.in_hand.add(item.batch_id or -item.task_id)
            each = MINUTES.get(item.kind) or MINUTES.get(item.title) or OTHERWISE
            return seen, each * item.size
        person.seen_at = self.shop.db.total_changes
        return None

    def _lies(self, person: Person, item: Item, now: datetime) -> bool:
        """Put aside by this person for today, or left until tomorrow by whoever saw it first; never what is due."""
        if item.offered or person.aside.get(item.task_id, date.min) >= now.date():
            return True
        if is_away(self.shop.db, person.id, next_working(now.date())):
            return False  # who is away from tomorrow leaves nothing
        if item.task_id not in self.decided:
            tomorrow = datetime.combine(next_working(now.date()), time(10), now.tzinfo)
            free = item.due_at is not None and item.due_at > tomorrow
            self.noise["could be left"] += free and item.size == 1
            self.decided[item.task_id] = free and item.size == 1 and self.chance.random() < LEFT
            if self.decided[item.task_id]:
                self.left_over += 1
                for one in self.people:
                    one.aside[item.task_id] = now.date()
                return True
        return False

    def _can(self, seen: Seen, now: datetime) -> bool:
        """Whether there is something to record yet, seen with one's own eyes."""
        if seen.item.kind == "hand" and seen.fact("Order"):
            gone = self.world.sales[seen.number].cancelled_at or seen.number in self.world.slips
            return not (gone and "shipment" in seen.item.title)
        if seen.item.kind != "step" or seen.item.size > 1:
            return seen.item.kind not in ("wait", "adopt")
        if seen.step[1] in ("Pack the parcel", "Ship the parcel"):
            return self.world.box_found(seen.number, now)
        if seen.step[1] in LOOKED_FOR:
            return answers(Eyes(seen, self.world, now, self.read)) is not None
        return True

    def act(self, person: Person, seen: Seen, now: datetime) -> None:
        """Click: whatever is refused is shown to the person, who then says that they are not sure."""
        self.in_hand.discard(seen.item.batch_id or -seen.item.task_id)
        self._note(seen)
        try:
            if seen.item.size > 1:
                self._wave(person, seen, now)
            else:
                self._one(person, seen, now)
        except EcomosError as refused:
            self.odd.append(f"{now:%d %b %H:%M} {person.name} {seen.step} {seen.number}: {refused}")
            person.aside[seen.item.task_id] = now.date()

    def _note(self, seen: Seen) -> None:
        if seen.text and seen.number:
            self.read[seen.number] = f"{self.read.get(seen.number, '')}\n{seen.text}"

    def _wave(self, person: Person, seen: Seen, now: datetime) -> None:
        name = wave_field_of(self.shop, seen.item.task_id)
        given = {}
        for order in seen.wave:
            number = order["order"]
            shown = [line["item"] for line in order["lines"]]
            right = "all" if self.world.is_there(number, shown) else "some missing"
            given[order["id"]] = {name: self._perhaps_wrong(number, seen.step, wave_choices(self.shop, order["id"])[1],
                                                            right)}  # fmt: skip
            if given[order["id"]][name] == "all":
                self.world.pick(number)
        assert seen.item.batch_id is not None
        refused = finish_batch(self.shop, seen.item.batch_id, person.id, now, answers=given,
                               checks=list(range(len(seen.form["checks"]))))  # fmt: skip
        settle(self.shop, now)
        self.odd += [f"{now} {person.name} wave: {why}" for why in refused.values()]
        self._wrote(person, seen, now, len(given) - len(refused))

    def _perhaps_wrong(self, number: str, step: tuple[str, str], choices: list[str], right: str) -> str:
        if len(choices) < 2:
            return right
        self.noise["choices"] += 1
        if self.chance.random() >= WRONG:
            return right
        self.noise["wrong"] += 1
        wrong = self.chance.choice([c for c in choices if c != right])
        if step[1] in DECIDING or ": ".join(step) in DECIDING:
            self.slips.append((number, step[1], wrong))
        return wrong

    def _one(self, person: Person, seen: Seen, now: datetime) -> None:
        kind = seen.item.kind
        if kind == "step" and "not-sure" in seen.deeds and seen.item.role != "founder":
            self.noise["steps"] += 1
            if self.chance.random() < UNSURE:
                self.noise["unsure"] += 1
                if self._pass_up(person, seen, now):
                    return None
            if self.chance.random() < ASKED:
                self._ask(person, seen, now)
        if kind == "step":
            return self._record(person, seen, now)
        if kind == "hand":
            return self._in_the_platform(person, seen, now)
        deed, note, given = OTHERS.get(kind, ("done", "", {"found": "Looked at it: settled."}))
        if kind == "approve":
            given = {"amount": next(f["value"] for f in seen.fields if f["name"] == "amount"), "reason": "as asked"}
        if kind == "document":
            given = {"number": f"2026-{seen.item.task_id}"}
        if kind == "unclear":
            self.odd.append(f"{now:%d %b %H:%M} stopped: {seen.step} {seen.number} {seen.item.why}")
            to = next(f["choices"] for f in seen.fields if f["name"] == "to")
            again = any(seen.number in o and "stopped" in o for o in self.odd[:-1])
            given = {"to": to[-1] if again else to[0], "why": "It can't be told: looked at it from the beginning."}
        self._click(person, seen, now, deed, given, note)
        return self._wrote(person, seen, now)

    def _pass_up(self, person: Person, seen: Seen, now: datetime) -> bool:
        """Not sure: whoever is above has it; where nobody above is here, one decides oneself."""
        try:
            self._click(person, seen, now, "not-sure", note="Never had this before: how do we do it?")
        except EcomosError:
            return False
        return True

    def _ask(self, person: Person, seen: Seen, now: datetime) -> None:
        asked = [b for b in seen.form["buttons"] if b["deed"] == "asked"]
        names = [n for n in (asked[0]["ask"][0]["choices"] if asked else []) if n.split()[0] in ("Olga", "Leo", "Sue")]
        if names:
            self._click(person, seen, now, "asked", asked={"whom": names[0]})
            who = next(p for p in self.people if p.name == names[0])
            self._wrote(who, seen, now)

    def _record(self, person: Person, seen: Seen, now: datetime) -> None:
        given = answers(Eyes(seen, self.world, now, self.read))
        if given is None:
            person.aside[seen.item.task_id] = now.date()
            return
        choices = [f for f in seen.fields if f["kind"] == "one of"]
        if choices:
            name = choices[0]["name"]
            given[name] = self._perhaps_wrong(seen.number, seen.step, choices[0]["choices"], given[name])
        self._enter_address(person, seen, now)
        try:
            self._click(person, seen, now, "done", given)
        except EcomosError as refused:
            if "at least 1" not in str(refused):
                raise
            counted = {f["name"] for f in seen.fields if f["kind"] == "number"}
            self._click(person, seen, now, "done", given | dict.fromkeys(counted, "1"))
        if seen.step[0] in ("Edit an order", "Cancel an order") and seen.step[1] not in HOLDING:
            self.world.slips.discard(seen.number)
        if seen.step[1] == "Pick the lines" and given.get("found") == "all":
            self.world.pick(seen.number)
        self._wrote(person, seen, now)

    def _enter_address(self, person: Person, seen: Seen, now: datetime) -> None:
        """A mail with the missing address is first entered where it belongs: on the order's page."""
        found = ADDRESS.search(seen.text)
        if seen.step == ("Answer a ticket", "Answer the customer") and found and seen.number:
            correct_order(self.shop, order_named(self.shop.db, seen.number), person.id, found.groupdict(), now)

    def _in_the_platform(self, person: Person, seen: Seen, now: datetime) -> None:
        number, title, world = seen.number, seen.item.title, self.world
        self._click(person, seen, now, "done", {"reference": f"{number}-{seen.item.task_id}"})
        if "shipment" in title or "gift cards" in title:
            world.fulfil(number, now)
        elif "Cancel" in title:
            world.cancel(number, now)
            world.slips.discard(number)
        elif "Refund" in title:
            amount = re.sub(r"[^\d.]", "", seen.fact("Amount"))
            world.refund(number, round(float(amount) * 100))
        self._wrote(person, seen, now)

    def _click(
        self,
        person: Person,
        seen: Seen,
        now: datetime,
        deed: str,
        given: dict[str, str] | None = None,
        note: str = "",
        asked: dict[str, str] | None = None,
    ) -> None:
        assert deed in seen.deeds, (deed, seen.step, seen.deeds)
        said = {"deed": deed, "answers": given or {}, "note": note, "asked": asked or {}}
        checks = [True] * len(seen.form.get("checks", []))
        carry_out(self.shop, seen.item.task_id, person.id, {**said, "checks": checks}, now)

    def _wrote(self, person: Person, seen: Seen, now: datetime, times: int = 1) -> None:
        self.diary += [Act(now, person.id, *seen.step)] * times


LOOKED_FOR = {
    "Take the customer's choice", "Call at the named hour", "Hear the carrier", "Watch for the parcel", "Hand it over",
}  # fmt: skip
"""Steps that are put off until somebody has written, or something lies there."""
HOLDING = {"Find the order", "Hold the parcel", "Stop the parcel"}
OTHERS = {
    "approve": ("approve", "", {}),
    "held": ("release", "It is the right file: the busiest week of the year.", {}),
    "mail": ("leave-mail", "Called instead.", {}),
    "unclear": ("choose", "", {}),
    "document": ("done", "", {}),
    "sample": ("fine", "", {}),
    "change": ("change-approve", "", {}),
}
"""Other tasks: the button, its note, its fields."""
