"""Suppliers: the list with how each keeps its word, and the way to one supplier."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError
from ecomos.money import format_money
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, StepForm, Table, column
from ecomos.pages.purchase_rows import columns_of
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted
from ecomos.stock.scorecard import Scorecard, scorecard
from ecomos.stock.supplier_items import add_supplier
from ecomos.stock.terms import suppliers_list

__all__ = ["SuppliersPage", "build", "days_words", "share_words"]

LIST = (
    ("name", "Supplier", "text", 0, False),
    ("items", "Things", "number", 90, True),
    ("lead", "Real lead time", "text", 170, False),
    ("stated", "Stated", "text", 110, True),
    ("in_time", "In time", "state", 150, False),
    ("fill", "Fill rate", "text", 130, True),
    ("minimum", "Minimum", "number", 130, True),
    ("open", "Open orders", "number", 145, True),
    ("coming", "To come", "number", 130, True),
)
GOOD = 0.9
"""A share that is drawn as fine; it decides nothing."""


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """One supplier where `supplier` names its number, else the list."""
    ways, number = stock_ways(context, "suppliers"), params.get("supplier", "")
    if number.isdigit() and len(number) < 16:
        found = [r for r in suppliers_list(context.db) if r["id"] == int(number)]
        if found:
            from ecomos.pages.supplier import SupplierPage

            return column(ways, SupplierPage(context, int(number)).whole)
        return column(
            ways, Banner("There is no such supplier.", "soon", link="?page=suppliers", link_text="All suppliers")
        )
    return column(ways, SuppliersPage(context).whole)


class SuppliersPage:
    """The list, and a form for a new one."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.table = Table(
            title="Suppliers",
            columns=columns_of(LIST),
            empty="No supplier yet. Drop a list (SKU, supplier, cost, pack, minimum, lead time) on the page Imports, "
            "or write the first one down below.",
            file="suppliers",
        )
        self.form = StepForm(self.clicked, empty="")
        self.form.step = {
            "key": "new-supplier",
            "title": "A new supplier",
            "fields": [{"name": "name", "label": "Name", "kind": "text"}],
            "buttons": [{"deed": "add", "label": "Write it down", "primary": True}],
        }
        self.whole = column(self.table, self.form)
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the list again."""
        self.table.rows = [self._row(r, scorecard(self.context.db, r["id"])) for r in suppliers_list(self.context.db)]

    def _row(self, r: Any, card: Scorecard) -> dict[str, Any]:
        currency = r["currency"] or self.context.home.currency
        return {
            "id": r["id"],
            "name": r["name"],
            "items": r["items"],
            "lead": [days_words(card.real_days), card.real_days or 0],
            "stated": [days_words(r["lead_time_days"]), r["lead_time_days"] or 0],
            "in_time": _in_time(card),
            "fill": [share_words(card.fill), card.fill or 0],
            "minimum": [
                format_money(r["minimum_cents"], currency) if r["minimum_cents"] else "none",
                r["minimum_cents"] or 0,
            ],
            "open": r["open_orders"] or None,
            "coming": [counted(r["coming"], "piece") if r["coming"] else "", r["coming"]],
            "href": f"?page=suppliers&supplier={r['id']}",
        }

    def clicked(self, said: dict[str, Any]) -> None:
        """Write a new supplier down and open it."""
        try:
            number = add_supplier(
                self.context.db, str(said["answers"].get("name") or ""), self.context.person.id, self.context.now()
            )
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.context.go("suppliers", {"supplier": str(number)})


def _in_time(card: Scorecard) -> list[Any]:
    if card.deliveries == 0:
        return ["no delivery yet", "plain"]
    if card.few or card.in_time is None:
        return ["too few to tell", "plain"]
    return [share_words(card.in_time), "fine" if card.in_time >= GOOD else "late"]


def share_words(share: float | None) -> str:
    """A share in words.

    >>> share_words(0.945), share_words(None)
    ('94 %', 'not known')
    """
    return "not known" if share is None else f"{share * 100:.0f} %"


def days_words(days: float | None) -> str:
    """Calendar days in words.

    >>> days_words(10.0), days_words(1), days_words(None), days_words(9.4)
    ('10 days', '1 day', 'not known', '9.4 days')
    """
    if days is None:
        return "not known"
    return f"{days:g} day" if days == 1 else f"{days:g} days"
