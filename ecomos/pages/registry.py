"""The pages there are, in the order of the navigation, and what the search field does."""

from typing import Any

from ecomos.pages.page import Context, Page, lazily

__all__ = ["PAGES", "news", "search", "suggestions"]

BUYING = frozenset({"founder", "operations-lead", "buyer", "bookkeeper"})
TAKING_IN = frozenset({"founder", "operations-lead", "buyer", "packer", "picker"})
PAGES: tuple[Page, ...] = (
    Page("today", "Today", None, lazily("ecomos.pages.today:build"), badge=lazily("ecomos.pages.today:badge")),
    Page("orders", "Orders", None, lazily("ecomos.pages.orders:build_list")),
    Page("order", "Order", None, lazily("ecomos.pages.orders:build"), in_nav=False),
    Page(
        "tickets",
        "Tickets",
        None,
        lazily("ecomos.pages.tickets:build_list"),
        badge=lazily("ecomos.pages.tickets:badge"),
    ),
    Page("ticket", "Ticket", None, lazily("ecomos.pages.tickets:build"), in_nav=False),
    Page("stock", "Stock", None, lazily("ecomos.pages.stock:build"), badge=lazily("ecomos.pages.stock:badge")),
    Page("goods", "Products", None, lazily("ecomos.pages.goods:build"), in_nav=False),
    Page("thing", "Thing", None, lazily("ecomos.pages.thing:build"), in_nav=False),
    Page("beside", "Another tool's numbers", None, lazily("ecomos.pages.beside:build"), in_nav=False),
    Page("missing", "What is missing", None, lazily("ecomos.pages.missing:build"), in_nav=False),
    Page("purchases", "Purchase orders", BUYING, lazily("ecomos.pages.purchases:build"), in_nav=False),
    Page("receiving", "Receiving", TAKING_IN, lazily("ecomos.pages.receiving:build"), in_nav=False),
    Page("suppliers", "Suppliers", BUYING, lazily("ecomos.pages.suppliers:build"), in_nav=False),
    Page(
        "what-if",
        "What if",
        frozenset({"founder", "operations-lead", "buyer"}),
        lazily("ecomos.pages.what_if:build"),
        in_nav=False,
    ),
    Page("counts", "Counts", None, lazily("ecomos.pages.counts:build"), in_nav=False),
    Page("places", "Places", None, lazily("ecomos.pages.places:build"), in_nav=False),
    Page("imports", "Imports", frozenset({"founder", "operations-lead"}), lazily("ecomos.pages.imports:build")),
    Page("scoreboard", "Scoreboard", None, lazily("ecomos.pages.scoreboard:build")),
    Page("reports", "Reports", frozenset({"founder", "operations-lead"}), lazily("ecomos.pages.reports:build")),
    Page("playbook", "Playbook", None, lazily("ecomos.pages.playbook:build")),
    Page("late", "Late", None, lazily("ecomos.pages.late:build"), in_nav=False),
    Page("map", "Map", None, lazily("ecomos.pages.map:build"), in_nav=False),
    Page("requests", "Ask", None, lazily("ecomos.pages.requests:build")),
    Page("team", "People", None, lazily("ecomos.pages.team:build")),
    Page("oversight", "Oversight", frozenset({"founder", "operations-lead"}), lazily("ecomos.pages.oversight:build")),
    Page("setup", "Set up", frozenset({"founder"}), lazily("ecomos.pages.setup:build"), in_nav=False),
    Page("person", "Colleague", None, lazily("ecomos.pages.colleague:build"), in_nav=False),
    Page("news", "What's new", None, lazily("ecomos.pages.news:build"), in_nav=False),
)


def search(context: Context, text: str) -> Any:
    """Where a typed or scanned word leads: a page and its params; None where nothing fits."""
    from ecomos.pages.finding import search as find_page

    return find_page(context, text)


def suggestions(context: Context, text: str) -> list[dict[str, Any]]:
    """What the search field shows while somebody types."""
    from ecomos.pages.finding import suggestions as found

    return found(context, text)


def news(context: Context) -> int:
    """The number in the bar of every page: what is new to this person."""
    from ecomos.pages.news import count

    return count(context)
