"""The operation as a map: boxes and ways where Python has put them."""

from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["OperationMap"]


class OperationMap(Part):
    """A card with boxes and the ways between them. What a box is tied to stands out while it is pointed at.

    `title`, `sub` text · `tabs` list of {"title", "href", "here": bool} above the map ·
    `sheets` list of {"width", "height", "boxes": [{"id", "kind", "title", "lines", "hole", "told", "quiet", "href",
    "x", "y", "w", "h"}], "ways": [{"source", "to", "kind", "said", "path"}]}, the widest first: the first that fits
    is drawn, else the last.
    """

    _esm = Path(__file__).with_name("map.js")
    title = traitlets.Unicode().tag(sync=True)
    sub = traitlets.Unicode().tag(sync=True)
    tabs: Any = traitlets.List().tag(sync=True)
    sheets: Any = traitlets.List().tag(sync=True)
