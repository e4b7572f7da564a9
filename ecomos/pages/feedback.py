"""What people say about a procedure's steps, on its page: a form for anyone, what is open, and the answers of whoever
owns it."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError
from ecomos.pages.page import Context
from ecomos.pages.parts import Facts, StepForm, column
from ecomos.pages.wording import day_and_time
from ecomos.playbook.records import Procedure
from ecomos.work import Shop, in_force
from ecomos.work.authority import stands_for
from ecomos.work.changing import owner_of
from ecomos.work.feedback import Feedback, answer_feedback, feedback_on, give_feedback

__all__ = ["FeedbackOnSteps"]

WHOLE = "the whole of it"


class FeedbackOnSteps:
    """What was said about one procedure."""

    def __init__(self, context: Context, procedure: Procedure) -> None:
        self.context, self.shop, self.procedure = context, Shop(context.home, context.db), procedure
        self.steps = {WHOLE: "", **{s.title: s.slug for s in procedure.steps}}
        self.said, self.form, self.answers = Facts(), StepForm(self.say, empty=""), StepForm(self.answer, empty="")
        self.form.step = self._asking(0)
        self.whole: ipywidgets.Widget = column(self.said, self.answers, self.form)
        self.refresh()

    def refresh(self) -> None:
        """Read again; what is being typed stays."""
        found = feedback_on(self.shop, "procedures", self.procedure.stem)
        open_ones = [f for f in found if not f.answered_at]
        self.said.title = "Said about its steps"
        self.said.note = "" if found else "Nothing yet. Whoever does the work sees first what could be better."
        self.said.rows = [row for f in found for row in self._rows(f)]
        book = in_force(self.shop, self.context.now())
        owner = owner_of(book.procedures.get(self.procedure.stem, self.procedure))
        mine = stands_for(self.shop, self.context.person.id, owner, self.context.now())
        first = open_ones[0] if open_ones and mine else None
        if first is None:
            self.answers.step = {}
        elif self.answers.step.get("key") != f"answer:{first.id}":
            self.answers.step = {
                "key": f"answer:{first.id}",
                "title": f"Answer {first.by}: {self._title(first.step)}",
                "told": first.text,
                "fields": [{"name": "answer", "label": "Your answer", "kind": "text", "long": True}],
                "buttons": [{"deed": "answer", "label": "Answer", "primary": True}],
            }

    def _title(self, slug: str) -> str:
        return next((title for title, s in self.steps.items() if s == slug), slug.replace("-", " "))

    def _rows(self, f: Feedback) -> list[tuple[str, ...]]:
        zone, now = self.context.home.zone, self.context.now()
        rows: list[tuple[str, ...]] = [
            (self._title(f.step), f"{f.by}, {day_and_time(f.said_at, zone, now)}: {f.text}"),
        ]
        answer = f"{f.answered_by}: {f.answer}" if f.answered_at else "not answered yet"
        return [*rows, ("answer", answer)]

    def _asking(self, times: int) -> dict[str, Any]:
        return {
            "key": f"feedback:{self.procedure.stem}:{times}",
            "title": "What could be better?",
            "sub": "It stays with the step until its owner has answered.",
            "fields": [
                {"name": "step", "label": "About", "kind": "one of", "choices": list(self.steps), "value": WHOLE},
                {"name": "text", "label": "What you noticed", "kind": "text", "long": True},
            ],
            "buttons": [{"deed": "say", "label": "Say it", "primary": True}],
        }

    def say(self, said: dict[str, Any]) -> None:
        """Keep it with the step."""
        given, stem = said["answers"], self.procedure.stem
        step = self.steps.get(str(given.get("step") or WHOLE), "")
        try:
            number = give_feedback(
                self.shop,
                "procedures",
                stem,
                step,
                str(given.get("text") or ""),
                self.context.person.id,
                self.context.now(),
            )
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.context.toast("Kept; the owner has it on the list.")
        self.form.step = self._asking(number)
        self.refresh()

    def answer(self, said: dict[str, Any]) -> None:
        """Answer the oldest that is open."""
        number = int(str(self.answers.step["key"]).removeprefix("answer:"))
        text = str(said["answers"].get("answer") or "")
        try:
            answer_feedback(self.shop, number, text, self.context.person.id, self.context.now())
        except EcomosError as error:
            self.answers.update(error=str(error))
            return
        self.context.toast("Answered.")
        self.answers.step = {}
        self.refresh()
