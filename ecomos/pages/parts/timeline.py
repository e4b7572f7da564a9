"""What happened, in order: who, when, and which version of the procedure."""

from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Timeline"]


class Timeline(Part):
    """A card with a list of entries, in the order given.

    `title` text · `entries` list of {"at": "Tue 24 Nov, 16:00", "who": "Ana Pires", "what": "Packed", "detail": "more
    lines", "version": "process-an-order 3f2a91", "kind": "import|step|message|late|fine|plain", "link": "?page=…"};
    all but `at` and `what` may be missing · `empty` what is said where there is none.
    """

    _esm = Path(__file__).with_name("timeline.js")
    title = traitlets.Unicode("Timeline").tag(sync=True)
    entries: Any = traitlets.List().tag(sync=True)
    empty = traitlets.Unicode("Nothing has happened yet.").tag(sync=True)
