"""The map: the whole operation drawn from the playbook in force, one area unfolded at a click, and its holes in
words."""

from dataclasses import asdict
from typing import Any

import ipywidgets

from ecomos.pages.page import Context
from ecomos.pages.parts import Facts, OperationMap, column
from ecomos.playbook.map_sheet import BROAD, Box, Sheet, area_sheet, in_words, whole_sheet
from ecomos.playbook.mapping import Map, map_of
from ecomos.playbook.records import Playbook
from ecomos.work import Shop, in_force

__all__ = ["MapPage", "build"]

NARROW = 328
"""Pixels beside the margins of a phone 390 wide."""
NO_HOLES = "Every event, figure and role has somebody, and every procedure is started."
SUB = (
    "Drawn from the playbook in force. Click an area to unfold it; point at a box to see what it is tied to. "
    "A red mark is a hole."
)
AREA_SUB = (
    "Click a procedure to read it, a role for its job. Solid lines start or hand over; dotted ones say who does it."
)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The map; `area` unfolds one."""
    return MapPage(context, params).whole


class MapPage:
    """The page of the map."""

    def __init__(self, context: Context, params: dict[str, str]) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.area = params.get("area", "")
        self.map = OperationMap()
        self.holes = Facts(title="Holes, in words")
        self.whole = column(self.map, self.holes)
        self.refresh()
        context.on_params(self.turn_to)
        context.on_change(self.refresh)

    def turn_to(self, params: dict[str, str]) -> None:
        """Unfold another area, or fold all of them."""
        self.area = params.get("area", "")
        self.refresh()

    def refresh(self) -> None:
        """Draw it anew from what is in force now."""
        book = in_force(self.shop, self.context.now())
        found = map_of(book, self.shop.catalogue)
        area = self.area if self.area in {a.name for a in found.areas} else ""
        with self.map.hold_sync():
            self.map.title = in_words(area).capitalize() if area else "The whole operation"
            self.map.sub = AREA_SUB if area else SUB
            self.map.tabs = _tabs(found, area)
            self.map.sheets = [_drawn(_sheet(found, book, area, width)) for width in (BROAD, NARROW)]
        self.holes.rows = [(h.kind, h.text) for h in found.holes]
        self.holes.note = "" if found.holes else NO_HOLES


def _sheet(found: Map, book: Playbook, area: str, width: int) -> Sheet:
    return area_sheet(found, book, area, width) if area else whole_sheet(found, book, width)


def _tabs(found: Map, area: str) -> list[dict[str, Any]]:
    tabs = [{"title": "All areas", "href": "?page=map", "here": not area}]
    return tabs + [
        {"title": in_words(a.name).capitalize(), "href": f"?page=map&area={a.name}", "here": a.name == area}
        for a in found.areas
    ]


def _drawn(sheet: Sheet) -> dict[str, Any]:
    boxes = [{**asdict(b), "lines": list(b.lines), "href": _link(b)} for b in sheet.boxes]
    return {"width": sheet.width, "height": sheet.height, "boxes": boxes, "ways": [asdict(w) for w in sheet.ways]}


def _link(box: Box) -> str:
    """Where a box leads: an area unfolds, a procedure is read, a role is its job, a figure its chart."""
    name = box.id.rsplit(":", 1)[-1]
    return {
        "area": f"?page=map&area={name}",
        "procedure": f"?page=playbook&kind=procedures&name={name}",
        "elsewhere": f"?page=playbook&kind=procedures&name={name}",
        "role": f"?page=team&role={name}",
        "figure": f"?page=scoreboard&kpi={name}",
    }.get(box.kind, "")
