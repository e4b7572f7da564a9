"""What waits for somebody, in groups by lateness."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["TaskList"]


class TaskList(Part):
    """A card with tasks in the groups LATE, SOON, LATER, WAITING; empty groups are left out.

    `items` list of {"id": 12, "group": "late|soon|later|waiting", "title": "#1001 pack", "chip": "25 min",
    "detail": "Process an order · step 2 of 5"} in the order to be shown; chip and detail may be missing ·
    `selected` the id of the shown task, or None · `empty` what is said where there is none.
    `on_select(id)` is called when somebody picks one (only with an id that is among the items).
    """

    _esm = Path(__file__).with_name("task_list.js")
    items: Any = traitlets.List().tag(sync=True)
    selected = traitlets.Any(None, allow_none=True).tag(sync=True)
    empty = traitlets.Unicode("Nothing waits for you.").tag(sync=True)

    def __init__(self, on_select: Callable[[Any], None] | None = None, **traits: Any) -> None:
        self.on_select = on_select
        super().__init__(**traits)

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        wanted = content.get("select")
        if any(item["id"] == wanted for item in self.items):
            self.selected = wanted
            self.call(self.on_select, wanted)
