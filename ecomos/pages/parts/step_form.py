"""One step of a procedure as a form: what to do, what to tick, what to write down, and what can be done with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part
from ecomos.pages.parts.prose import SafeHtml

__all__ = ["SentFile", "StepForm"]

LARGEST_FILE = 10 * 1024 * 1024


@dataclass(frozen=True)
class SentFile:
    """A file given as an answer."""

    name: str
    data: bytes


class StepForm(Part):
    """A card with one step. Everything is in the one dict `step`, so that an update is one message; what a person has
    typed stays as long as `key` stays the same, also over a reload of the page.

    `step`: {} shows `empty` (nothing at all where that is empty too); else {
    "key": "task:12",
    "title": "Pack order #1001", "state": {"text": "late", "kind": "late|soon|fine|plain"},
    "where": "step 2 of 5 · Process an order", "sub": "in 25 min, else Olga is told at 16:00",
    "prose": from `prose()` (any other text is shown escaped),
    "facts": [[label, value], …] shown above the checklist,
    "checks": ["item, size, colour match", …],
    "fields": [{"name": "weight", "label": "Weight", "kind": "text|number|money|yes or no|one of|day|file",
                "unit": "kg", "currency": "EUR", "choices": […], "optional": bool, "hint": "…", "value": …,
                "long": bool}],
    "buttons": [{"deed": "done", "label": "Done, on to shipping", "primary": true},
                {"deed": "not-sure", "label": "Not sure", "note": "What is unclear?", "ask": [fields],
                 "confirm": "…"}],
    "next": "next: Ben, ship by 17:00",
    "error": "…", "wrong": ["weight"], "told": "…"}.
    A button with `note` asks for it in a box before it tells; `ask` adds fields there; `confirm` a question; one with
    `more` stands behind "More". `pinned`: on a phone the primary button stays at the foot of the screen (one form a
    page).

    `on_deed(said)`, which may be a coroutine, is called with
    {"deed": "done", "answers": {"weight": "1.2", …}, "checks": [true, false, …],
    "note": "…", "asked": {…}}: a tick for each line in order; text, number and money as typed text (a decimal comma
    is a point), "yes or no" as True, False or None, a day as 2026-11-24, a file as SentFile or None; only fields and
    deeds that the step has. Whoever handles it checks everything else.
    """

    _esm = Path(__file__).with_name("step_form.js")
    step: Any = traitlets.Dict().tag(sync=True)
    empty = traitlets.Unicode("Pick a task on the left.").tag(sync=True)
    pinned = traitlets.Bool(False).tag(sync=True)

    def __init__(self, on_deed: Callable[[dict[str, Any]], Any] | None = None, **traits: Any) -> None:
        self.on_deed = on_deed
        super().__init__(**traits)

    @traitlets.validate("step")
    def _only_our_html(self, proposal: Any) -> dict[str, Any]:
        from html import escape

        step = dict(proposal["value"])
        if step.get("prose") and not isinstance(step["prose"], SafeHtml):
            step["prose"] = SafeHtml(escape(str(step["prose"])))
        return step

    def update(self, **changed: Any) -> None:
        """Change some of the step, such as `error` and `wrong`; what was typed stays."""
        self.step = {**self.step, **changed}

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        buttons = {button["deed"]: button for button in self.step.get("buttons", [])}
        button = buttons.get(str(content.get("deed")))
        if button is None or content.get("key") != self.step.get("key"):
            self.send({"ready": True})
            return
        ticked = list(content.get("checks") or [])
        said = {
            "deed": button["deed"],
            "answers": _answers(self.step.get("fields", []), dict(content.get("answers") or {}), buffers),
            "checks": [bool(ticked[i]) if i < len(ticked) else False for i in range(len(self.step.get("checks", [])))],
            "note": str(content.get("note") or "").strip()[:5000],
            "asked": _answers(button.get("ask", []), dict(content.get("asked") or {}), buffers),
        }
        self.after(self.call(self.on_deed, said), lambda _: self.send({"ready": True}))


def _answers(fields: list[dict[str, Any]], given: Mapping[str, Any], buffers: list[memoryview]) -> dict[str, Any]:
    return {f["name"]: _answer(f["kind"], given.get(f["name"]), buffers) for f in fields}


def _answer(kind: str, value: Any, buffers: list[memoryview]) -> Any:
    if kind == "yes or no":
        return value if isinstance(value, bool) else None
    if kind == "file":
        return _file(value, buffers) if isinstance(value, dict) else None
    text = str(value if value is not None else "").strip()[:20_000]
    if kind in ("number", "money") and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    return text


def _file(value: Mapping[str, Any], buffers: list[memoryview]) -> SentFile | None:
    from ecomos.pages.parts.file_drop import plain_name

    at = value.get("buffer")
    if not isinstance(at, int) or not 0 <= at < len(buffers) or len(buffers[at]) > LARGEST_FILE:
        return None
    return SentFile(plain_name(str(value.get("name", ""))), bytes(buffers[at]))
