"""Several figures over the same time, side by side: one line each, told apart by dash and name as well as by colour."""

from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Lines"]


class Lines(Part):
    """A card with lines.

    `title` text · `unit` of the values, as `EUR` · `labels` list of what stands under each point (`24 Nov`) · `lines`
    list of {"name", "values": a number or None for each label, "ours": bool, drawn boldly} · `empty` what is said where
    there is no line. Pointing at a day, or the arrow keys, say every line's value there.
    """

    _esm = Path(__file__).with_name("lines.js")
    title = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    labels: Any = traitlets.List().tag(sync=True)
    lines: Any = traitlets.List().tag(sync=True)
    empty = traitlets.Unicode("Nothing to draw yet.").tag(sync=True)
