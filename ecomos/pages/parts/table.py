"""A table of many rows: drawn as far as it is seen, sorted and filtered in the browser, downloaded as CSV."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Table"]


class Table(Part):
    """A card with a table.

    `title` text · `columns` list of {"key", "label", "kind": "text|number|state", "width": pixels or 0 for a share,
    "wide": True for one that is left out on a phone} ·
    `rows` list of {"id": …, KEY: cell, …, "href": "?page=order&order=7"}; a cell is text, a number, None, or
    [text, value to sort by]; for kind state it is [text, "late|soon|fine|plain"]. A row with `href` opens that page
    (in a new tab too), else `on_row(id)` is called by a click or Enter ·
    with `on_search(text)` the field above asks Python, which sets the rows; else it filters what is there ·
    `selectable` shows boxes to tick; `chosen` are the ids ticked, and `on_chosen(ids)` tells ·
    `empty` what is said where there is no row · `file` the name of the CSV (its cells that begin with = + - @ are
    defused; numbers stay numbers), empty for no download.
    """

    _esm = Path(__file__).with_name("table.js")
    from_browser = frozenset({"chosen"})
    title = traitlets.Unicode().tag(sync=True)
    columns: Any = traitlets.List().tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    clickable = traitlets.Bool(False).tag(sync=True)
    searched = traitlets.Bool(False).tag(sync=True)
    selectable = traitlets.Bool(False).tag(sync=True)
    chosen: Any = traitlets.List().tag(sync=True)
    empty = traitlets.Unicode("Nothing here.").tag(sync=True)
    file = traitlets.Unicode("table").tag(sync=True)

    def __init__(
        self,
        on_row: Callable[[Any], None] | None = None,
        on_chosen: Callable[[list[Any]], None] | None = None,
        on_search: Callable[[str], None] | None = None,
        **traits: Any,
    ) -> None:
        self.on_row, self.on_chosen, self.on_search = on_row, on_chosen, on_search
        super().__init__(clickable=on_row is not None, searched=on_search is not None, **traits)
        self.observe(lambda _change: self.call(self.on_chosen, list(self.chosen)), "chosen")

    @traitlets.validate("chosen")
    def _only_rows(self, proposal: Any) -> list[Any]:
        known = {row["id"] for row in self.rows}
        return [number for number in proposal["value"] if number in known]

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        if self.searched and isinstance(content.get("search"), str):
            self.call(self.on_search, content["search"][:200])
            return
        wanted = content.get("row")
        if any(row["id"] == wanted for row in self.rows):
            self.call(self.on_row, wanted)
