"""The page of a store that has no other page yet."""

from typing import TYPE_CHECKING

from ecomos.pages.page import Context

if TYPE_CHECKING:
    from ipywidgets import Widget


def build(context: Context, params: dict[str, str]) -> "Widget":
    """Who is here, in which store."""
    from ecomos.pages.parts import Facts

    rows = [("Store", context.home.name), ("Day", f"{context.now().astimezone(context.home.zone):%a %d %b, %H:%M}")]
    return Facts(title=f"Good day, {context.person.name}.", rows=rows)
