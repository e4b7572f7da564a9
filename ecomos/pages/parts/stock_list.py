"""The morning's list: a row for each order, thing or rest, with what is at stake and what can be done; an order unfolds
to its lines."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["StockList"]


class StockList(Part):
    """A card with rows that unfold.

    `title` text · `sub` text · `chips` list of {"text", "kind"} · `entries` list of
    {"id", "word": what stands in front, "kind": "late|soon|fine|plain", "title", "words", "stake", "at_stake",
    "buttons": [{"deed", "label", "primary"}], "reasons": [text], "more": how many lines are not read yet,
    "lines": [{"id", "sku", "name", "words", "cover", "kind", "quantity": number or None, "unit", "sum"}]}:
    an entry of one line shows that line when it is picked; one of several unfolds, and each of its lines can be left
    out · `empty` what is said where there is no entry · `picked` the id of the line whose derivation is shown.

    `on_more(entry)` is called when all lines are wanted · `on_pick(line)` when a line is looked at · `on_do(said)` with
    {"entry", "deed", "because", "quantities": {line: typed text}, "left": [lines]} for a button; deeds `none` ask for
    one of `reasons` or a text.
    """

    _esm = Path(__file__).with_name("stock_list.js")
    title = traitlets.Unicode().tag(sync=True)
    sub = traitlets.Unicode().tag(sync=True)
    chips: Any = traitlets.List().tag(sync=True)
    entries: Any = traitlets.List().tag(sync=True)
    empty = traitlets.Unicode("Nothing needs money or attention.").tag(sync=True)
    picked = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        on_pick: Callable[[str], None] | None = None,
        on_do: Callable[[dict[str, Any]], None] | None = None,
        on_more: Callable[[str], None] | None = None,
        **traits: Any,
    ) -> None:
        self.on_pick, self.on_do, self.on_more = on_pick, on_do, on_more
        super().__init__(**traits)

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        lines = {line["id"]: entry for entry in self.entries for line in entry["lines"]}
        if content.get("pick") in lines:
            self.call(self.on_pick, content["pick"])
            return
        if any(e["id"] == content.get("more") and e["more"] for e in self.entries):
            self.call(self.on_more, content["more"])
            return
        entry = next((e for e in self.entries if e["id"] == content.get("do")), None)
        if entry is None or content.get("deed") not in {b["deed"] for b in entry["buttons"]}:
            return
        own = {line["id"] for line in entry["lines"]}
        given = content.get("quantities")
        typed = given if isinstance(given, dict) else {}
        left = content.get("left") if isinstance(content.get("left"), list) else []
        said = {
            "entry": entry["id"],
            "deed": content["deed"],
            "because": str(content.get("because") or "")[:500],
            "quantities": {k: str(v)[:12] for k, v in typed.items() if k in own},
            "left": [line for line in left or [] if line in own],
        }
        self.call(self.on_do, said)
        self.send({"ready": entry["id"]})
