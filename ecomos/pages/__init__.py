"""The pages: one shell in one kernel per person, a function for each page, and parts they are made of. A page asks the
rooms below and calls their deeds; it never writes SQL and never decides what a person may do."""

from ecomos.pages.page import Context, Page, lazily, pages_of, registered

__all__ = ["Context", "Page", "lazily", "open_page", "pages_of", "registered"]


def open_page(name: str) -> None:
    """Show the shell at this page, or at the one that the browser's address names."""
    from ecomos.pages.shell import open_shell

    open_shell(name)
