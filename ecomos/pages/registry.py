"""The pages there are, in the order of the navigation, and what the search field does."""

from ecomos.pages.page import Context, Page, lazily

__all__ = ["PAGES", "search"]

PAGES: tuple[Page, ...] = (Page("today", "Today", None, lazily("ecomos.pages.welcome:build")),)


def search(context: Context, text: str) -> tuple[str, dict[str, str]] | None:
    """Where a typed or scanned word leads: a page and its params; None where nothing fits."""
    return None
