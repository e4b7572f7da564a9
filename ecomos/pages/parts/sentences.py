"""What happened, a sentence a line, day by day, with one button that says it was read."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Sentences"]


class Sentences(Part):
    """A card with a list of sentences.

    `title` text · `lines` list of {"day": "Today, Tue 24 Nov", "at": "09:00", "words": "…", "kind":
    "late|soon|fine|plain", "link": "?page=…" or empty}, in the order shown · `empty` what is said where there is none.
    `on_read()` is called by the button, which stands there while there are lines.
    """

    _esm = Path(__file__).with_name("sentences.js")
    title = traitlets.Unicode().tag(sync=True)
    lines: Any = traitlets.List().tag(sync=True)
    empty = traitlets.Unicode("Nothing new.").tag(sync=True)

    def __init__(self, on_read: Callable[[], None] | None = None, **traits: Any) -> None:
        self.on_read = on_read
        super().__init__(**traits)

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        if content.get("read") is True:
            self.call(self.on_read)
