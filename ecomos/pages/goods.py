"""Products in order: what the linter found with the procedure that mends it, and the list of all things, with barcodes
to give and labels to print."""

from datetime import datetime
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, WrongUsage
from ecomos.money import format_money
from ecomos.pages.page import Context
from ecomos.pages.parts import Facts, StepForm, Table, column, row
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted
from ecomos.stock.linting import Finding, findings
from ecomos.stock.thing import Listed, list_things
from ecomos.work import Shop, in_force
from ecomos.work.goods_mending import barcodes, label_file, mend, right_as_it_is, sku_rule
from ecomos.work.stock_deciding import may_decide_on_stock

__all__ = ["GoodsPage", "build"]

FOUND = (
    ("rule", "What is wrong", "state", 190, False),
    ("sku", "SKU", "text", 140, False),
    ("name", "Thing", "text", 220, True),
    ("words", "In words", "text", 0, True),
)
THINGS = (
    ("sku", "SKU", "text", 135, False),
    ("name", "Thing", "text", 0, False),
    ("left", "Left", "number", 80, False),
    ("coming", "Coming", "number", 95, True),
    ("cover", "Lasts", "number", 100, True),
    ("class", "Class", "text", 80, True),
    ("price", "Price", "number", 125, True),
    ("cost", "Cost", "number", 115, True),
    ("bins", "Bins", "text", 90, True),
    ("supplier", "Supplier", "text", 150, True),
)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The linter and the list."""
    return GoodsPage(context).whole


class GoodsPage:
    """What is wrong above, all things below."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.found: dict[str, Finding] = {}
        self.picked = ""
        self.lint = Table(
            self.pick,
            title="What is wrong in the catalogue",
            columns=_columns(FOUND),
            empty="Nothing is wrong: each SKU, cost, barcode and level makes sense.",
            file="catalogue-findings",
        )
        self.form = StepForm(self.clicked, empty="")
        self.things = Table(
            title="All things for sale",
            columns=_columns(THINGS),
            empty="No product was imported yet: drop the platform's products export on the page Imports.",
            file="things",
            selectable=True,
            on_chosen=lambda _ids: self.draw_labels(),
        )
        self.labels = StepForm(self.label, empty="")
        self.printed = Facts()
        self.printed.layout.display = "none"  # until labels were made
        self.whole = column(
            stock_ways(context, "goods"),
            row(self.lint, self.form, shares=[2.2, 1]),
            self.things,
            row(self.labels, self.printed, shares=[1, 1]),
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read it again; what is picked and ticked stays."""
        now = self.context.now()
        self.found = {f.id: f for f in findings(self.shop.db, sku_rule(self.shop, now))}
        self.lint.rows = [_finding(f) for f in self.found.values()]
        listed = list_things(self.shop.db)
        self.things.rows = [self._thing(t) for t in listed]
        known = {t.id for t in listed}
        self.things.chosen = [i for i in self.things.chosen if i in known]
        self.draw_form(now)
        self.draw_labels()

    def _thing(self, t: Listed) -> dict[str, Any]:
        currency = self.context.home.currency
        return {
            "id": t.id,
            "sku": t.sku or "none",
            "name": t.name,
            "left": t.available,
            "coming": t.coming or None,
            "cover": ["" if t.cover_days is None else counted(round(t.cover_days), "day"), t.cover_days],
            "class": t.abc + t.xyz,
            "price": [format_money(t.price_cents, currency), t.price_cents or 0],
            "cost": [format_money(t.cost_cents, currency), t.cost_cents or 0],
            "bins": t.bins,
            "supplier": t.supplier,
            "href": f"?page=thing&variant={t.id}",
        }

    # ---- the linter

    def pick(self, key: str) -> None:
        """Show what mends a finding."""
        self.picked = key
        self.draw_form(self.context.now())

    def draw_form(self, now: datetime) -> None:
        """What can be done about the picked finding."""
        found = self.found.get(self.picked)
        key = f"mend:{self.picked}" if found else ""
        if self.form.step.get("key", "") == key:
            return
        if found is None:
            self.form.step = {}
            return
        known = in_force(self.shop, now).procedures.get(found.rule.procedure)
        title = known.title if known else found.rule.procedure
        buttons: list[dict[str, Any]] = (
            [{"deed": "mend", "label": f"Start “{title}”", "primary": True}] if known else []
        )
        self.form.step = {
            "key": key,
            "title": f"{found.rule.title}: {found.good.sku or found.good.name}",
            "sub": f"{found.good.name}: {found.words}. {found.rule.why}",
            "facts": [["Mended by", title]],
            "buttons": [*buttons, {"deed": "right", "label": "It is right so", "note": "Why is it right as it is?"}],
        }

    def clicked(self, said: dict[str, Any]) -> None:
        """Start what mends it, or keep that it is right."""
        found, now, who = self.found.get(self.picked), self.context.now(), self.context.person.id
        try:
            if found is None:
                raise WrongUsage("Pick a row of the list first.")
            if said["deed"] == "mend":
                told = f"Started: {mend(self.shop, who, found, now)}."
            else:
                right_as_it_is(self.shop, who, found, said["note"], now)
                told = "Kept as right."
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.context.toast(told)
        self.picked = ""
        self.refresh()

    # ---- barcodes and labels

    def draw_labels(self) -> None:
        """The form for what is ticked."""
        if not may_decide_on_stock(self.shop, self.context.person.id, self.context.now()) and not self.things.chosen:
            self.labels.step = {}
            return
        chosen = len(self.things.chosen)
        title = f"For {counted(chosen, 'ticked thing')}" if chosen else "Tick things above for barcodes and labels"
        if self.labels.step.get("title") == title:
            return
        step = {
            "key": "labels",
            "title": title,
            "sub": "A barcode of ours begins with 29: it is free to use inside the house, not in other shops.",
            "fields": [
                {"name": "copies", "label": "Labels of each", "kind": "number", "unit": "labels", "value": "1"},
            ],
            "buttons": [
                {"deed": "print", "label": "Make the labels", "primary": True},
                {"deed": "give", "label": "Give barcodes to those without"},
            ],
        }
        self.labels.step = step if chosen else {**step, "fields": [], "buttons": []}

    def label(self, said: dict[str, Any]) -> None:
        """Give barcodes, or make the labels as a PDF."""
        now, who, chosen = self.context.now(), self.context.person.id, list(self.things.chosen)
        try:
            if said["deed"] == "give":
                given = barcodes(self.shop, who, chosen, now)
                self.context.toast(f"{counted(len(given), 'barcode')} given: enter them in the platform too.")
            else:
                number = label_file(self.shop, who, chosen, str(said["answers"].get("copies") or ""), now)
                self.printed.layout.display = ""
                self.printed.title = "Labels"
                self.printed.rows = [("Labels to print", f"{number}.pdf", f"/documents/labels/{number}.pdf")]
        except EcomosError as error:
            self.labels.update(error=str(error))
            return
        self.labels.update(error="")
        self.refresh()


def _finding(f: Finding) -> dict[str, Any]:
    return {
        "id": f.id,
        "rule": [f.rule.title, "late" if f.rule.is_late else "soon"],
        "sku": f.good.sku or "none",
        "name": f.good.name,
        "words": f.words,
    }


def _columns(listed: Any) -> list[dict[str, Any]]:
    return [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in listed]
