"""A card of facts: label and value, line by line."""

from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Facts"]


class Facts(Part):
    """A card with a title, an optional state in words, and facts.

    `title` text · `sub` text under it · `state` {"text": "late", "kind": "late|soon|fine|plain"} or {} ·
    `rows` list of (label, value) or (label, value, link) where link is an address such as `?page=order&order=1001`
    or of a download, `/files/MESSAGE/NAME` or `/documents/KIND/NUMBER.pdf` ·
    `note` a last line. All of it is text; nothing is read as HTML.
    """

    _esm = Path(__file__).with_name("facts.js")
    title = traitlets.Unicode().tag(sync=True)
    sub = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("rows")
    def _as_text(self, proposal: Any) -> list[list[str]]:
        return [[str(part) for part in row] for row in proposal["value"]]
