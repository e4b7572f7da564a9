"""From shift to shift on Today: the note that the shift before left, until it is read, and the button that hands one's
own shift over."""

from datetime import datetime
from typing import Any

from ecomos.errors import EcomosError, Refused
from ecomos.pages.page import Context
from ecomos.pages.parts import StepForm
from ecomos.pages.wording import counted, day_and_time
from ecomos.people import person
from ecomos.work import Shop
from ecomos.work.handing import Handover, open_of_shift, read_handover, unread_handovers, write_handover

__all__ = ["ShiftForms"]


class ShiftForms:
    """Two forms of one person: what was left for them, and what they leave."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.writing = False
        self.left = StepForm(self.read, empty="")
        self.form = StepForm(self.clicked, empty="")

    def refresh(self, now: datetime) -> None:
        """Read both again; what is being typed stays."""
        notes = unread_handovers(self.shop, self.context.person.id, now)
        shown = self._note(notes[0], len(notes), now) if notes else {}
        if shown.get("key") != self.left.step.get("key"):
            self.left.step = shown
        self.left.layout.display = "" if shown else "none"
        step = self._writing(now) if self.writing else _closed()
        if step["key"] != self.form.step.get("key"):
            self.form.step = step
        elif self.writing:
            self.form.update(facts=step["facts"], sub=step["sub"])

    def _note(self, note: Handover, count: int, now: datetime) -> dict[str, Any]:
        who, zone = person(self.shop.db, note.written_by).name, self.context.home.zone
        when, more = day_and_time(note.written_at, zone, now), f" · {count - 1} more after it" if count > 1 else ""
        return {
            "key": f"note:{note.id}",
            "title": f"{who} hands over",
            "sub": f"{', '.join(r.replace('-', ' ') for r in note.roles)}, {when}{more}",
            "told": note.text,
            "facts": [["open then", words] for _, words in note.work[:12]]
            + ([["", f"and {len(note.work) - 12} more"]] if len(note.work) > 12 else []),
            "buttons": [{"deed": "read", "label": "I have read it", "primary": True}],
        }

    def _writing(self, now: datetime) -> dict[str, Any]:
        work = open_of_shift(self.shop, self.context.person.id, now)
        return {
            "key": "shift:writing",
            "title": "Hand over your shift",
            "sub": f"{counted(len(work), 'thing')} open; the next one of your role sees the list with your words.",
            "facts": [["open", words] for _, words in work],
            "fields": [
                {
                    "name": "text",
                    "label": "What the next one should know",
                    "kind": "text",
                    "long": True,
                    "optional": True,
                },
                {
                    "name": "back",
                    "label": "Put back on the list what you have in hand",
                    "kind": "yes or no",
                    "value": True,
                    "optional": True,
                },
            ],
            "buttons": [
                {"deed": "write", "label": "Leave the note", "primary": True},
                {"deed": "close", "label": "Not now"},
            ],
        }

    def clicked(self, said: dict[str, Any]) -> None:
        """Open the form, leave the note, or not now."""
        now = self.context.now()
        if said["deed"] in ("open", "close"):
            self.writing = said["deed"] == "open"
            self.refresh(now)
            return
        try:
            given = said["answers"]
            text, keep = str(given.get("text") or ""), given.get("back") is False
            write_handover(self.shop, self.context.person.id, text, now, give_all_back=not keep)
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.writing = False
        self.context.toast("Left for the next one; your leads see it too.")
        self.refresh(now)

    def read(self, said: dict[str, Any]) -> None:
        """Somebody of the role has read the note that is shown."""
        now = self.context.now()
        try:
            number = str(self.left.step.get("key", "")).removeprefix("note:")
            if not number.isdigit():
                raise Refused("There is no note here.")
            read_handover(self.shop, int(number), self.context.person.id, now)
        except EcomosError as error:
            self.context.toast(str(error), "soon")
        self.refresh(now)


def _closed() -> dict[str, Any]:
    return {"key": "shift", "title": "Your shift", "buttons": [{"deed": "open", "label": "Hand over the shift"}]}
