"""The pages about stock, as a row of links at the head of each of them."""

from ecomos.pages.page import Context, registered
from ecomos.pages.parts import Ways
from ecomos.stock.beside import has_suggestions

__all__ = ["stock_ways"]

STOCK = (
    ("stock", "Review"),
    ("purchases", "Purchase orders"),
    ("receiving", "Receiving"),
    ("suppliers", "Suppliers"),
    ("counts", "Counts"),
    ("goods", "Products"),
    ("places", "Places"),
    ("what-if", "What if"),
    ("beside", "Old tool"),
)


def stock_ways(context: Context, here: str) -> Ways:
    """Links to those that there are and that this person may see; `here` is marked."""
    open_to = {p.name for p in registered().PAGES if p.roles is None or p.roles & context.roles}
    if not has_suggestions(context.db):
        open_to.discard("beside")
    return Ways(
        label="Pages about stock",
        ways=[{"title": t, "href": f"?page={n}", "here": n == here} for n, t in STOCK if n in open_to],
    )
