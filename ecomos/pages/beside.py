"""Another tool's suggestions beside ours: what each says for a thing, and why they differ."""

from typing import Any

import ipywidgets

from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Table, column
from ecomos.pages.stock_ways import stock_ways
from ecomos.stock.beside import Beside, beside

__all__ = ["BesidePage", "build"]

LIST = (
    ("sku", "SKU", "text", 120, False),
    ("name", "Thing", "text", 190, True),
    ("tool", "Tool", "text", 120, True),
    ("theirs", "Their point", "number", 110, False),
    ("ours", "Ours", "number", 80, False),
    ("days", "Theirs lasts", "number", 120, True),
    ("says", "Why they differ", "text", 0, True),
)
EMPTY = "No other tool's list was imported. A CSV with SKU and Reorder point, dropped on the page Imports, stands here."


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The list."""
    return BesidePage(context).whole


class BesidePage:
    """The two numbers of each thing."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.head = Banner()
        columns = [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in LIST]
        self.table = Table(title="Reorder points: theirs and ours", columns=columns, empty=EMPTY, file="beside")
        self.whole = column(stock_ways(context, "stock"), self.head, self.table)
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read it again."""
        found = beside(self.context.db)
        higher = sum(1 for b in found if b.their_point is not None and b.their_point > b.our_point)
        lower = sum(1 for b in found if b.their_point is not None and b.their_point < b.our_point)
        self.head.message = (
            f"Theirs is higher for {higher:,} of {len(found):,} things, lower for {lower:,}." if found else ""
        )
        self.table.rows = [_row(b) for b in found]


def _row(b: Beside) -> dict[str, Any]:
    return {
        "id": f"{b.variant_id}:{b.tool}",
        "sku": b.sku,
        "name": b.name,
        "tool": b.tool,
        "theirs": b.their_point,
        "ours": b.our_point,
        "days": ["" if b.their_days is None else f"{b.their_days:,.0f} days", b.their_days],
        "says": b.says,
        "href": f"?page=thing&variant={b.variant_id}",
    }
