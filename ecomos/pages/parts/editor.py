"""A file of the playbook to be edited: problems stand beside the line while somebody types."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Editor"]

LONGEST = 60_000


class Editor(Part):
    """A card with a text.

    `key` names the text and the version that it was begun from: a draft is kept in the browser as long as it stays the
    same; empty hides the card · `title`, `sub` text · `text` the text in force · `problems` list of (line, words) ·
    `error` what stopped the last proposal.
    `on_check(text)` is called a moment after each change; `on_propose(text, why)` by the button.
    """

    _esm = Path(__file__).with_name("editor.js")
    key = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    sub = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    problems: Any = traitlets.List().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)

    def __init__(self, on_check: Callable[[str], None], on_propose: Callable[[str, str], None], **traits: Any) -> None:
        self.on_check, self.on_propose = on_check, on_propose
        super().__init__(**traits)

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        checked, proposed, why = content.get("check"), content.get("propose"), content.get("why")
        if isinstance(checked, str):
            self.call(self.on_check, checked[:LONGEST])
        elif isinstance(proposed, str) and isinstance(why, str):
            self.call(self.on_propose, proposed[:LONGEST], why[:500])
