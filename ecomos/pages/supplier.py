"""One supplier: its scorecard and lead times, its terms, things, prices and holidays, each changed in place."""

from datetime import date
from typing import Any

from ecomos.errors import EcomosError
from ecomos.money import format_money
from ecomos.pages.fields import cents_of
from ecomos.pages.page import Context
from ecomos.pages.parts import Chart, Facts, StepForm, Table, column, row
from ecomos.pages.purchase_forms import day_of, pieces_of
from ecomos.pages.purchase_rows import columns_of
from ecomos.pages.supplier_forms import holiday_form, item_form, terms_form, terms_of
from ecomos.pages.suppliers import days_words, share_words
from ecomos.pages.wording import counted, day_words
from ecomos.stock import prices, supplier_items, terms
from ecomos.stock.scorecard import FEWEST, Scorecard, deliveries_of, scorecard
from ecomos.work import Shop

__all__ = ["SupplierPage"]

ITEMS = (
    ("sku", "SKU", "text", 130, False),
    ("title", "Thing", "text", 0, True),
    ("theirs", "Their number", "text", 160, True),
    ("price", "Price now", "number", 130, False),
    ("steps", "Price list", "text", 330, True),
    ("pack", "Pack", "number", 80, False),
    ("minimum", "Least", "number", 95, True),
    ("lead", "Lead time, days", "number", 170, True),
)
HOLIDAYS = (
    ("from", "From", "text", 160, False),
    ("to", "To", "text", 160, False),
    ("name", "Closed for", "text", 0, False),
)


class SupplierPage:
    """One supplier's page."""

    def __init__(self, context: Context, supplier_id: int) -> None:
        self.context, self.supplier_id = context, supplier_id
        self.shop = Shop(context.home, context.db)
        self.item = ""
        self.facts = Facts(title="How it keeps its word")
        self.chart = Chart(title="Lead time of each delivery, calendar days", empty="No delivery yet.")
        self.terms, self.item_form, self.holiday = (
            StepForm(self.changed, empty=""),
            StepForm(self.priced, empty=""),
            StepForm(self.closed, empty=""),
        )
        self.items = Table(
            self.pick,
            title="Its things and prices",
            columns=columns_of(ITEMS),
            empty="No thing yet.",
            file="supplier-things",
        )
        self.holidays = Table(
            self.pick_holiday,
            title="When it is closed",
            columns=columns_of(HOLIDAYS),
            empty="No holiday is known.",
            file="",
        )
        self.gone = ""
        self.whole = column(
            row(self.facts, self.chart, shares=[1, 1.6]),
            self.items,
            row(column(self.item_form, self.holidays, self.holiday), self.terms, shares=[1, 1.4]),
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read everything again; what is being typed stays."""
        db, today = self.shop.db, self.shop.today(self.context.now())
        mine = terms.supplier_terms(db, self.supplier_id)
        card = scorecard(db, self.supplier_id)
        self.facts.title = f"How {mine.name} keeps its word"
        self.facts.rows = [*_card_rows(card), ("orders", "all orders of it", f"?page=purchases&supplier={mine.id}")]
        self.facts.note = f"Under {FEWEST} deliveries it is too early to tell." if card.few else ""
        self._chart(card)
        self.items.rows = [self._item(i, mine, today) for i in supplier_items.items_of(db, self.supplier_id)]
        self.holidays.rows = [
            {
                "id": h.from_on.isoformat(),
                "from": [day_words(h.from_on), h.from_on.isoformat()],
                "to": [day_words(h.to_on), h.to_on.isoformat()],
                "name": h.name,
            }
            for h in terms.holidays_of(db, self.supplier_id)
        ]
        self._draw(mine, today)

    def _chart(self, card: Scorecard) -> None:
        self.chart.points = [
            {
                "day": f"{d.received_on}/{n}",
                "label": _short(d.received_on),
                "value": d.days,
                "low": None,
                "centre": None,
                "high": None,
                "signal": "",
                "part": False,
                "says": f"{d.number}: {days_words(d.days)}, promised {days_words(d.promised_days)}",
            }
            for n, d in enumerate(deliveries_of(self.shop.db, self.supplier_id))
        ]
        self.chart.target = card.promised_days

    def _currency(self, mine: terms.Terms) -> str:
        return mine.currency or self.context.home.currency

    def _item(self, i: supplier_items.Item, mine: terms.Terms, today: date) -> dict[str, Any]:
        currency = self._currency(mine)
        price = prices.price_of(self.shop.db, self.supplier_id, i.sku, max(i.minimum or 1, i.pack), today)
        steps = [p for p in prices.price_list(self.shop.db, self.supplier_id, today) if p.sku == i.sku]
        said = [
            f"from {p.from_quantity}: {format_money(p.cost_cents, currency)}"
            + ("" if p.holds else f" ({'from' if p.from_on > today else 'of'} {p.from_on})")
            for p in steps
        ]
        return {
            "id": i.sku,
            "sku": i.sku,
            "title": i.title,
            "theirs": i.supplier_sku or "",
            "price": [format_money(price.cents, currency) if price.cents is not None else "none", price.cents or 0],
            "steps": "; ".join(said),
            "pack": i.pack,
            "minimum": i.minimum,
            "lead": i.lead_time_days,
        }

    # ---- forms

    def pick(self, sku: str) -> None:
        """Open the form of a thing."""
        self.item = str(sku)
        self.refresh()

    def pick_holiday(self, from_on: str) -> None:
        """Open the form that takes a holiday off."""
        self.gone = str(from_on)
        self.refresh()

    def _draw(self, mine: terms.Terms, today: date) -> None:
        found = next((i for i in supplier_items.items_of(self.shop.db, self.supplier_id) if i.sku == self.item), None)
        listed = prices.price_list(self.shop.db, self.supplier_id, today)
        known = {h.from_on.isoformat(): h for h in terms.holidays_of(self.shop.db, self.supplier_id)}
        for form, step in (
            (self.terms, terms_form(mine, self._currency(mine))),
            (
                self.item_form,
                item_form(mine.id, found, [p for p in listed if p.sku == self.item], self._currency(mine), today),
            ),
            (self.holiday, holiday_form(mine.id, known.get(self.gone))),
        ):
            if form.step.get("key") != step["key"]:
                form.step = step

    def changed(self, said: dict[str, Any]) -> None:
        """Keep changed terms, or take the last change back."""
        db, who, now = self.shop.db, self.context.person.id, self.context.now()
        mine = terms.supplier_terms(db, self.supplier_id)
        try:
            if said["deed"] == "undo":
                told = f"As before: {', '.join(terms.undo_terms(db, self.supplier_id, who, now))}."
            else:
                changes = terms_of(mine, said["answers"], self._currency(mine))
                number = terms.change_terms(db, self.supplier_id, changes, who, now)
                told = f"{counted(number, 'term')} changed." if number else "Nothing was changed."
        except EcomosError as error:
            self.terms.update(error=str(error))
            return
        self.context.toast(told)
        self.refresh()

    def priced(self, said: dict[str, Any]) -> None:
        """Keep a thing, set a step of its price, or take it off."""
        db, who, now, given = self.shop.db, self.context.person.id, self.context.now(), said["answers"]
        currency = self._currency(terms.supplier_terms(db, self.supplier_id))
        try:
            if said["deed"] == "step":
                asked = said["asked"]
                day = day_of(asked.get("from_on")) or self.shop.today(now)
                step = (day, pieces_of(asked["from_quantity"]), cents_of(asked["price"], currency) or 0)
                prices.set_price(db, self.supplier_id, self.item, step, who, now)
            elif said["deed"] == "drop-step":
                day_, _, pieces = str(said["asked"].get("which") or "").partition(", from ")
                prices.remove_price(
                    db,
                    self.supplier_id,
                    self.item,
                    (date.fromisoformat(day_), pieces_of(pieces.split(" ")[0])),
                    who,
                    now,
                )
            elif said["deed"] == "off":
                supplier_items.remove_item(db, self.supplier_id, self.item, who, now)
                self.item = ""
            else:
                self._keep_item(given, currency)
        except EcomosError as error:
            self.item_form.update(error=str(error))
            return
        except ValueError:
            self.item_form.update(error="Choose which step is taken off.")
            return
        self.context.toast("Kept.")
        self.item_form.step = {}
        self.refresh()

    def _keep_item(self, given: dict[str, Any], currency: str) -> None:
        def whole(name: str) -> int | None:
            return pieces_of(given[name]) if str(given.get(name) or "").strip() else None

        item = supplier_items.Item(
            str(given.get("sku") or self.item), cents_of(given.get("cost"), currency), whole("pack") or 1,
            whole("minimum"), whole("lead"), str(given.get("theirs") or ""),
        )  # fmt: skip
        supplier_items.save_item(self.shop.db, self.supplier_id, item, self.context.person.id, self.context.now())
        self.item = ""

    def closed(self, said: dict[str, Any]) -> None:
        """Write a holiday down, or take the picked one off."""
        db, who, now, given = self.shop.db, self.context.person.id, self.context.now(), said["answers"]
        try:
            if said["deed"] == "open":
                terms.remove_holiday(db, self.supplier_id, date.fromisoformat(self.gone), who, now)
            else:
                first = day_of(given.get("from_on")) or self.shop.today(now)
                last = day_of(given.get("to_on")) or first
                holiday = terms.Holiday(first, last, str(given.get("name") or ""))
                terms.add_holiday(db, self.supplier_id, holiday, who, now)
        except EcomosError as error:
            self.holiday.update(error=str(error))
            return
        self.gone = ""
        self.holiday.step = {}
        self.refresh()


def _short(day: str) -> str:
    found = date.fromisoformat(day)
    return f"{found.day} {found:%b}"


def _card_rows(card: Scorecard) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("orders sent", str(card.orders)), ("deliveries", str(card.deliveries))]
    if card.deliveries == 0:
        return [*rows, ("lead time", "no delivery yet")]
    spread = f", eight of ten between {card.low_days:g} and {days_words(card.high_days)}" if not card.few else ""
    few = " (too few to tell)" if card.few else ""
    rows += [("promised lead time", f"{days_words(card.promised_days)}, the middle of all")]
    rows += [("real lead time", f"{days_words(card.real_days)}{spread}{few}")]
    rows += [("in time", f"{share_words(card.in_time)} of deliveries{few}")]
    rows += [("fill rate", f"{share_words(card.fill)} of ordered pieces came good")]
    rows += [("damaged", f"{share_words(card.defects)} of what came")]
    changed = f", {card.price_change * 100:+.1f} % on average" if card.price_change is not None else ""
    return [*rows, ("changed prices", f"{counted(card.changed_prices, 'line')}{changed}")]
