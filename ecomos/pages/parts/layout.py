"""Putting parts under and beside each other; at 390 px everything stands in one column."""

from collections.abc import Iterable, Sequence

import ipywidgets

__all__ = ["close_all", "column", "row"]


def column(*parts: ipywidgets.Widget) -> ipywidgets.VBox:
    """Parts under each other."""
    box = ipywidgets.VBox(list(parts))
    box.add_class("eco-column")
    return box


def row(*parts: ipywidgets.Widget, shares: Sequence[float] = ()) -> ipywidgets.HBox:
    """Parts beside each other, as wide as their `shares` say (equal where none are given)."""
    for part, share in zip(parts, shares or [1.0] * len(parts), strict=True):
        part.layout.flex = f"{share} 1 0"
    box = ipywidgets.HBox(list(parts))
    box.add_class("eco-row")
    return box


def close_all(widgets: Iterable[ipywidgets.Widget]) -> None:
    """End widgets that are shown no more, with all that stands in them."""
    for widget in widgets:
        close_all(getattr(widget, "children", ()))
        widget.close()
