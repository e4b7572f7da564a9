"""A figure over time with its limits; a point leads to the rows behind it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Chart"]


class Chart(Part):
    """A card with one line.

    `title` text · `points` list of {"day": "2026-11-24", "label": "24 Nov", "value": number or None (a gap), "low",
    "centre", "high": numbers or None, "signal": "" or the rule, "part": bool (the period is not over), "says": the
    sentence shown when it is pointed at} · `target` number or None · `marks` list of {"day", "text"}: what changed ·
    `empty` what is said where there is no value. `on_pick(day)` is called by a click or Enter on a point.
    """

    _esm = Path(__file__).with_name("chart.js")
    title = traitlets.Unicode().tag(sync=True)
    points: Any = traitlets.List().tag(sync=True)
    target = traitlets.Any(None, allow_none=True).tag(sync=True)
    marks: Any = traitlets.List().tag(sync=True)
    empty = traitlets.Unicode("No figure yet.").tag(sync=True)

    def __init__(self, on_pick: Callable[[str], None] | None = None, **traits: Any) -> None:
        self.on_pick = on_pick
        super().__init__(**traits)

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        wanted = content.get("pick")
        if any(point["day"] == wanted for point in self.points):
            self.call(self.on_pick, wanted)
