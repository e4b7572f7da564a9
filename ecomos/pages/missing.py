"""What is missing for the stock review, those things first that sell most: ticked and filled in in place."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused, WrongUsage
from ecomos.money import format_money
from ecomos.pages.fields import cents_of
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, StepForm, Table, column, row
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted
from ecomos.stock.coverage import Missing, coverage, fill_in, missing
from ecomos.store import write
from ecomos.work import Shop
from ecomos.work.stock_deciding import may_decide_on_stock

__all__ = ["MissingPage", "build"]

LIST = (
    ("sku", "SKU", "text", 140, False),
    ("name", "Thing", "text", 0, False),
    ("sold", "Sold in a year", "number", 140, True),
    ("lacks", "Missing", "state", 150, False),
    ("supplier", "Supplier", "text", 150, True),
    ("cost", "Cost a piece", "text", 150, True),
    ("lead", "Lead time", "text", 100, True),
)
LEVELS = "How many lie there comes with the platform's inventory export."


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The list and the form."""
    return MissingPage(context).whole


class MissingPage:
    """Things by sales; those ticked get what the form says."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.head = Banner()
        columns = [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in LIST]
        self.table = Table(
            title="Not known yet, by sales",
            columns=columns,
            empty="Nothing is missing: every thing has a supplier, a cost and a level.",
            file="missing",
            selectable=True,
            on_chosen=lambda _ids: self.draw_form(),
        )
        self.form = StepForm(self.fill, empty="")
        self.times = 0
        self.whole = column(stock_ways(context, "stock"), self.head, row(self.table, self.form, shares=[2.2, 1]))
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the list again; what is ticked and typed stays."""
        found = missing(self.shop.db)
        self.head.message = f"{coverage(self.shop.db).words}."
        self.head.link, self.head.link_text = "?page=stock", "Back to the review"
        self.table.rows = [self._row(m) for m in found]
        self.table.chosen = [m.variant_id for m in found if m.variant_id in set(self.table.chosen)]
        self.draw_form()

    def _row(self, m: Missing) -> dict[str, Any]:
        currency = self.context.home.currency
        cost = format_money(m.cost_cents, currency)
        if m.cost_cents is None and m.kind_cost_cents is not None:
            cost = f"{format_money(m.kind_cost_cents, currency)} *"
        return {
            "id": m.variant_id,
            "sku": m.sku or "none",
            "name": m.name,
            "sold": [format_money(m.sold_cents, currency), m.sold_cents],
            "lacks": [", ".join(m.lacks), "soon"],
            "supplier": m.supplier or "",
            "cost": [cost, m.cost_cents or m.kind_cost_cents or 0],
            "lead": [f"{m.lead_days} days" if m.lead_days is not None else "", m.lead_days or 0],
        }

    def draw_form(self) -> None:
        """The form for what is ticked; typed values stay while it is open."""
        chosen = len(self.table.chosen)
        is_buyer = may_decide_on_stock(self.shop, self.context.person.id, self.context.now())
        if not is_buyer or not self.table.rows:
            self.form.step = {}
            return
        title = f"For {counted(chosen, 'ticked thing')}" if chosen else "Tick the things of one supplier"
        step = self.form.step or _form(self.times, self.context.home.currency)
        if step.get("title") != title or not self.form.step:
            self.form.step = {**step, "title": title}

    def fill(self, said: dict[str, Any]) -> None:
        """Keep what was typed for the ticked things."""
        given, currency = said["answers"], self.context.home.currency
        try:
            if not may_decide_on_stock(self.shop, self.context.person.id, self.context.now()):
                raise Refused("Suppliers and costs are kept by the buyer.")
            if not self.table.chosen:
                raise WrongUsage("Tick at least one thing in the list.")
            with write(self.shop.db):
                done = fill_in(
                    self.shop.db,
                    list(self.table.chosen),
                    str(given.get("supplier") or ""),
                    cents_of(given.get("cost"), currency),
                    _whole(given.get("pack"), "Pack"),
                    _whole(given.get("minimum"), "Minimum"),
                    _whole(given.get("lead"), "Lead time"),
                    currency,
                )
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.context.toast(
            f"Known now: {counted(done, 'thing')} from {given['supplier']}. Worked out with the next beat."
        )
        self.times += 1
        self.table.chosen = []
        self.form.step = _form(self.times, currency)
        self.refresh()


def _whole(value: Any, label: str) -> int | None:
    text = str(value or "").strip()
    if not text:
        return None
    if not text.isdecimal():
        raise WrongUsage(f"{label}: write a whole number, not “{text[:20]}”.")
    return int(text)


def _form(times: int, currency: str) -> dict[str, Any]:
    return {
        "key": f"fill-in:{times}",
        "title": "Tick the things of one supplier",
        "sub": f"What is left empty stays as it is. * stands for the median cost of things of that kind. {LEVELS}",
        "fields": [
            {"name": "supplier", "label": "Supplier", "kind": "text"},
            {
                "name": "cost",
                "label": "Cost a piece",
                "kind": "money",
                "currency": currency,
                "optional": True,
            },
            {"name": "pack", "label": "Pack", "kind": "number", "unit": "pieces", "optional": True},
            {
                "name": "minimum",
                "label": "Least of it in an order",
                "kind": "number",
                "unit": "pieces",
                "optional": True,
            },
            {"name": "lead", "label": "Lead time as stated", "kind": "number", "unit": "days", "optional": True},
        ],
        "buttons": [{"deed": "fill", "label": "Keep it", "primary": True}],
    }
