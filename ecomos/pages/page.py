"""What a page is, and what it is given. Light to import: the server reads the list of pages too."""

import importlib
import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecomos.people import Person
from ecomos.store import Home

if TYPE_CHECKING:
    from ipywidgets import Widget

__all__ = ["Context", "Page", "lazily", "pages_of", "registered"]


@dataclass(frozen=True)
class Context:
    """What the shell gives to a page when it is built."""

    home: Home
    db: sqlite3.Connection
    """One connection for all pages of this kernel."""
    person: Person
    """Who looks: told by the server. A deed still checks for itself what this person may do."""
    roles: frozenset[str]
    """Held on the day the kernel was opened; ask `roles_of` where it matters."""
    now: Callable[[], datetime]
    """The store's clock."""
    go: Callable[[str, Mapping[str, str]], None]
    """go(page, params): show another page, as if its link were clicked."""
    on_change: Callable[[Callable[[], None]], None]
    """on_change(again): `again` is called when the store was changed by anybody, and once a minute for the sake of the
    clock; while the page is hidden it waits until it is shown. It must not touch what a person is typing."""
    on_params: Callable[[Callable[[dict[str, str]], None]], None]
    """on_params(tell): keep this page for other params and tell it; without it, other params build it anew."""
    toast: Callable[..., None]
    """toast(text, kind="fine"): a short word at the foot of the screen; kinds: fine, soon, late."""
    guarded: Callable[[Callable[..., Any]], Callable[..., Any]]
    """guarded(f): f for a callback; what it raises becomes a toast in words, a surprise is logged under a number."""


@dataclass(frozen=True)
class Page:
    """One page of the cockpit."""

    name: str
    """As in the address: `?page=orders`."""
    title: str
    roles: frozenset[str] | None
    """Who may see it; None: everybody on the team."""
    build: "Callable[[Context, dict[str, str]], Widget]"
    """Called when it is first shown."""
    in_nav: bool = True
    badge: Callable[[Context], int] | None = None
    """The number beside its name in the navigation; 0 shows none."""


def lazily(where: str) -> Callable[..., Any]:
    """`module:function` as a function that imports the module when it is first called."""
    module, _, name = where.partition(":")

    def call(*given: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*given)

    call.__module__ = module
    return call


def registered() -> Any:
    """The module that lists the pages: `PAGES`, `search(context, text)` giving (page, params) or None, and where it has
    them `suggestions(context, text)` for the search field and `news(context)`, the number in the bar.

    ECOMOS_PAGES names another one, as the tests do.
    """
    return importlib.import_module(os.environ.get("ECOMOS_PAGES") or "ecomos.pages.registry")


def pages_of(roles: frozenset[str] | None) -> tuple[Page, ...]:
    """The pages that somebody with these roles may see; all of them for None."""
    found: tuple[Page, ...] = registered().PAGES
    return tuple(p for p in found if roles is None or p.roles is None or p.roles & roles)
