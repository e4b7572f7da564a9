"""What a wave takes from the shelves: a total per item to walk by, and each order with its lines to tick and to answer
for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["PickList"]


class PickList(Part):
    """A card with two lists of the same goods: by item, and by order. Ticking an item ticks it in every order.

    `title`, `sub` text · `key` names the wave: ticks are kept in the browser as long as it stays the same ·
    `totals` list of {"item": "TEE-M Cotton tee", "quantity": 7, "warning": "no SKU: compare the name"} in the order to
    be walked · `orders` list of {"id", "order": "#1001", "href", "detail": "Maria L., Wien", "lines": [{"item",
    "quantity"}]}; items are matched by their text · `label` and `choices`: what is answered for each order, such as
    Found: all, some missing; without choices an order is ticked as done.
    `answers` {id as text: choice}: what was answered, set by the browser; only orders and choices that are shown.
    """

    _esm = Path(__file__).with_name("pick_list.js")
    from_browser: ClassVar[frozenset[str]] = frozenset({"answers"})
    title = traitlets.Unicode().tag(sync=True)
    sub = traitlets.Unicode().tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode("Done").tag(sync=True)
    choices: Any = traitlets.List().tag(sync=True)
    totals: Any = traitlets.List().tag(sync=True)
    orders: Any = traitlets.List().tag(sync=True)
    answers: Any = traitlets.Dict().tag(sync=True)

    @traitlets.validate("answers")
    def _only_shown(self, proposal: Any) -> dict[str, Any]:
        given: Mapping[Any, Any] = proposal["value"]
        known = {str(order["id"]) for order in self.orders}
        fits = self.choices or ["done"]
        return {str(k): v for k, v in given.items() if str(k) in known and v in fits}
