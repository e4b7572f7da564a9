"""Setting the store up: the few limits that every shop sets for itself, the stages in which procedures are switched on
with what each will bring, and a new file of the playbook. For founders."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, WrongUsage
from ecomos.improve.forecast import Forecast, Stage, stages
from ecomos.pages.page import Context
from ecomos.pages.parts import StepForm, Table, column, row
from ecomos.playbook import KINDS
from ecomos.playbook.questions import LIMITS, Question
from ecomos.playbook.templates import ONE, check_name
from ecomos.work import Shop, in_force
from ecomos.work.setting_up import answer, limits_said, switch_on

__all__ = ["SetUp", "build"]

LIST = (
    ("procedure", "Procedure", "text", 0, False),
    ("stage", "Stage", "number", 92, False),
    ("state", "State", "state", 100, False),
    ("starts", "A week", "number", 105, False),
    ("hours", "Hours", "number", 85, True),
    ("roles", "For", "text", 150, True),
    ("basis", "From", "text", 100, True),
)
UNKNOWN = "How often they will start is not known yet: import four weeks of orders, and it is counted."
KINDS_OF_FILE = tuple(one for one, folder in ONE.items() if folder in KINDS)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The page."""
    return SetUp(context).whole


class SetUp:
    """Limits, stages and new files."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        columns = [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in LIST]
        self.table = Table(
            title="Procedures by stage", columns=columns, empty="No procedure is in force.", file="stages"
        )
        self.limits, self.stage = StepForm(self.set_limits, empty=""), StepForm(self.switch, empty="")
        self.new = StepForm(self.open_new, empty="")
        self.limits.step, self.new.step = self._limits(0), _new_form()
        self.whole = row(column(self.limits, self.new), column(self.stage, self.table), shares=[1, 2.3])
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the stages again; what is being typed stays."""
        found = stages(self.shop, self.context.now())
        self.table.rows = [_row(n, s, f) for s in found for n, f in enumerate(s.forecasts, 1000 * (s.number or 99))]
        step = _stage_form(next((s for s in found if not s.is_on), None))
        if self.stage.step.get("key") != step["key"]:
            self.stage.step = step

    def _limits(self, times: int) -> dict[str, Any]:
        said, currency = limits_said(self.shop, self.context.now()), self.context.home.currency
        return {
            "key": f"limits:{times}",
            "title": "Limits and promises",
            "sub": "Each is a change of the playbook like any other: a version with your name and its reason.",
            "fields": [_field(q, said[q.key], currency) for q in LIMITS if said[q.key]],
            "buttons": [{"deed": "set", "label": "Put in force", "primary": True}],
        }

    def set_limits(self, said: dict[str, Any]) -> None:
        """Put the answers that changed in force."""
        given = {k: str(v or "") for k, v in said["answers"].items()}
        try:
            changed = answer(self.shop, given, self.context.person.id, self.context.now())
        except EcomosError as error:
            self.limits.update(error=str(error))
            return
        self.context.toast("In force: " + "; ".join(changed) if changed else "Nothing has changed.")
        self.limits.step = self._limits(int(str(self.limits.step["key"]).rpartition(":")[2]) + 1)

    def switch(self, said: dict[str, Any]) -> None:
        """Switch the next stage on."""
        number = str(self.stage.step["key"]).rpartition(":")[2]
        try:
            stage = int(number) if number.isdigit() else None
            titles = switch_on(self.shop, stage, self.context.person.id, self.context.now())
        except EcomosError as error:
            self.stage.update(error=str(error))
            return
        self.context.toast(f"{len(titles)} procedures are switched on.")
        self.refresh()

    def open_new(self, said: dict[str, Any]) -> None:
        """Open the editor with a good starting text; nothing is there until it was proposed and put in force."""
        given = said["answers"]
        kind, name = str(given.get("kind") or ""), str(given.get("name") or "").strip()
        try:
            check_name(name)
            if name in {
                key for key in getattr(in_force(self.shop, self.context.now()), ONE[kind]) if isinstance(key, str)
            }:
                raise WrongUsage(f"{ONE[kind]}/{name} is there already; choose another name, or change it on its page.")
        except EcomosError as error:
            self.new.update(error=str(error))
            return
        self.context.go("playbook", {"kind": ONE[kind], "name": name, "edit": "1"})


def _field(question: Question, value: str, currency: str) -> dict[str, Any]:
    kind = {"hour": "text", "whole number": "number", "money": "money"}[question.answer]
    field = {"name": question.key, "label": question.asks, "kind": kind, "value": value}
    return {**field, "currency": currency} if kind == "money" else {**field, "unit": question.unit}


def _row(number: int, stage: Stage, f: Forecast) -> dict[str, Any]:
    return {
        "id": number,
        "stage": [str(stage.number or "all"), stage.number or 99],
        "procedure": f.title,
        "state": [f.state, "fine" if f.state == "on" else "plain"],
        "starts": None if f.starts is None else round(float(f.starts), 1),
        "hours": None if f.hours is None else round(float(f.hours), 1),
        "roles": ", ".join(r.replace("-", " ") for r in f.roles),
        "basis": f.basis or "unknown",
        "href": f"?page=playbook&kind=procedures&name={f.procedure}",
    }


def _stage_form(stage: Stage | None) -> dict[str, Any]:
    if stage is None:
        return {"key": "stage:done", "title": "Every stage is on", "sub": "The outlines are yours to write out."}
    off = [f for f in stage.forecasts if f.state != "on"]
    hours = [f"{role.replace('-', ' ')} {h:.1f} h" for role, h in stage.hours_by_role().items() if h >= 0.05]
    return {
        "key": f"stage:{stage.number or 'all'}",
        "title": f"Next: {stage.number} procedures" if stage.number else "Next: all that are written to the mark",
        "sub": f"It adds {', '.join(f.title for f in off)}.",
        "told": f"A week: {stage.hours:.1f} hours ({', '.join(hours)})." if hours else UNKNOWN,
        "buttons": [
            {
                "deed": "on",
                "label": f"Switch on {len(off)} procedures",
                "primary": True,
                "confirm": "They start by themselves from now on.",
            }
        ],
    }


def _new_form() -> dict[str, Any]:
    return {
        "key": "new",
        "title": "A new file",
        "sub": "A good starting text opens in the editor; it is proposed like any other change.",
        "fields": [
            {"name": "kind", "label": "What", "kind": "one of", "choices": list(KINDS_OF_FILE)},
            {"name": "name", "label": "Name", "kind": "text", "hint": "small letters and hyphens: gift-wrapping"},
        ],
        "buttons": [{"deed": "new", "label": "Open it", "primary": True}],
    }
