"""Search anywhere: what the search field shows while somebody types, and where Enter or a scan leads."""

from typing import Any

from ecomos.orders.reading import order_found, ref_of
from ecomos.pages.page import Context, pages_of
from ecomos.work import Shop
from ecomos.work.finding import Found, find

__all__ = ["search", "suggestions"]

KINDS = {
    "order": "order",
    "ticket": "ticket",
    "purchase": "purchase",
    "customer": "customer",
    "product": "product",
    "person": "colleague",
}


def suggestions(context: Context, text: str) -> list[dict[str, Any]]:
    """What fits, a line each, with the page that it opens."""
    found = _seen(context, find(Shop(context.home, context.db), text, context.now()))
    return [_line(context, f) for f in found]


def search(context: Context, text: str) -> tuple[str, dict[str, str]] | None:
    """Where Enter or a scan leads: a ticket by its T12, the order that is meant, else the first thing that fits."""
    found = _seen(context, find(Shop(context.home, context.db), text, context.now()))
    ticket = next((f for f in found if f.kind == "ticket" and text.upper() == f"T{f.key}"), None)
    if ticket:
        return _page(context, ticket)
    order = order_found(context.db, text)
    if order is not None:
        return "order", {"order": ref_of(context.db, order)}
    return _page(context, found[0]) if found else None


def _seen(context: Context, found: list[Found]) -> list[Found]:
    """Without what leads to a page that this person may not see."""
    may = {p.name for p in pages_of(context.roles)}
    return [f for f in found if f.kind != "purchase" or "purchases" in may]


def _line(context: Context, found: Found) -> dict[str, Any]:
    page, params = _page(context, found)
    kind = KINDS.get(found.kind, "playbook")
    return {"kind": kind, "text": found.text, "detail": found.detail, "page": page, "params": params}


def _page(context: Context, found: Found) -> tuple[str, dict[str, str]]:
    if found.kind == "order":
        return "order", {"order": ref_of(context.db, found.key)}
    if found.kind == "purchase":
        return "purchases", {"order": found.text}
    if found.kind == "customer":
        return "orders", {"customer": str(found.key)}
    if found.kind == "product":
        return "thing", {"variant": str(found.key)}
    if found.kind in ("ticket", "person"):
        return found.kind, {found.kind: str(found.key)}
    return "playbook", {"kind": found.kind, "name": str(found.key)}
