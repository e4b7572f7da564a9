"""The pages there are, in the order of the navigation, and what the search field does."""

from typing import Any

from ecomos.pages.page import Context, Page, lazily

__all__ = ["PAGES", "search"]

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
    Page("imports", "Imports", frozenset({"founder", "operations-lead"}), lazily("ecomos.pages.imports:build")),
    Page("scoreboard", "Scoreboard", None, lazily("ecomos.pages.scoreboard:build")),
    Page("reports", "Reports", frozenset({"founder", "operations-lead"}), lazily("ecomos.pages.reports:build")),
    Page("playbook", "Playbook", None, lazily("ecomos.pages.playbook:build")),
)


def search(context: Context, text: str) -> Any:
    """Where a typed or scanned word leads: a page and its params; None where nothing fits."""
    from ecomos.pages.orders import search as find_order

    return find_order(context, text)
