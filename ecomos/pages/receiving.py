"""Receiving: what came is counted by scan beside what was ordered, and booked once. Two who count the same delivery see
each other's pieces."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, StepForm, Table, column, row
from ecomos.pages.purchase_forms import receipt_form
from ecomos.pages.purchase_rows import columns_of
from ecomos.pages.receiving_count import CountPage
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted, day_and_time, day_words
from ecomos.stock import counting_in
from ecomos.stock.places import places
from ecomos.stock.purchases import purchase_by_number, purchases_list
from ecomos.stock.receiving import receipt_lines, take_back
from ecomos.work import Shop, settle

__all__ = ["ReceivingPage", "build"]

COMING = (
    ("number", "Order", "text", 165, False),
    ("supplier", "Supplier", "text", 0, False),
    ("open", "To come", "number", 135, False),
    ("comes", "Expected", "text", 160, True),
    ("counted", "Being counted", "state", 220, True),
)
BOOKED = (
    ("at", "Booked", "text", 190, False),
    ("number", "Order", "text", 165, True),
    ("sku", "SKU", "text", 0, False),
    ("good", "Good", "number", 90, False),
    ("damaged", "Damaged", "number", 120, True),
    ("by", "By", "text", 130, True),
    ("state", "State", "state", 150, True),
)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The count of one order where `order` names it, of one delivery without, else what is coming."""
    ways = stock_ways(context, "receiving")
    number, count = params.get("order", ""), params.get("count", "")
    if count.isdigit() and len(count) < 16:
        return column(ways, CountPage(context, None, int(count)).whole)
    order_id = purchase_by_number(context.db, number) if number else None
    if order_id is not None:
        return column(ways, CountPage(context, order_id, None).whole)
    said = f"There is no purchase order {number[:40]}." if number else ""
    return column(ways, Banner(said, "soon"), ReceivingPage(context).whole)


class ReceivingPage:
    """What is coming, goods without an order, and what was booked lately."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.taken: tuple[int, int] | None = None
        self.coming = Table(
            title="Which delivery is it?",
            columns=columns_of(COMING),
            empty="Nothing is on its way. Goods without an order are taken in below.",
            file="",
        )
        self.without, self.undo = StepForm(self.begin, empty=""), StepForm(self.undone, empty="")
        self.booked = Table(
            self.pick,
            title="Booked lately",
            columns=columns_of(BOOKED),
            empty="Nothing was booked yet.",
            file="receipts",
        )
        self.whole = column(self.coming, row(self.booked, column(self.undo, self.without), shares=[2, 1]))
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read it again."""
        now, zone = self.context.now(), self.context.home.zone
        counts = counting_in.open_deliveries(self.shop.db)
        self.coming.rows = [
            *(_coming(r, counts) for r in purchases_list(self.shop.db) if r["sent_at"] and r["open"]),
            *(_nameless(c) for c in counts if c["purchase_order_id"] is None),
        ]
        self.booked.rows = [
            {
                "id": f"{r['receipt_id']}:{r['line_no']}",
                "at": [day_and_time(r["received_at"], zone, now), r["received_at"]],
                "number": r["number"] or "no order",
                "sku": r["sku"],
                "good": r["quantity"],
                "damaged": r["damaged"] or None,
                "by": r["by"] or "import",
                "state": ["taken back", "soon"] if r["taken_back"] or r["corrects"] is not None else ["booked", "fine"],
            }
            for r in receipt_lines(self.shop.db)
        ]
        self._draw()

    def _draw(self) -> None:
        known = {p.name for p in places(self.shop.db)}
        only = next(iter(known)) if len(known) == 1 else None
        step = {
            "key": f"without:{','.join(sorted(known))}",
            "title": "Goods without an order",
            "sub": "A sample, or goods that were ordered elsewhere.",
            "fields": [{"name": "place", "label": "Place", "kind": "one of", "choices": sorted(known), "value": only}],
            "buttons": [{"deed": "begin", "label": "Begin to count", "primary": True}],
        }
        if not known:
            step |= {"sub": "No place is known yet: an inventory file brings them.", "fields": [], "buttons": []}
        if step["key"] != self.without.step.get("key"):
            self.without.step = step
        self.undo.step = self._undo_step()

    def _undo_step(self) -> dict[str, Any]:
        for r in receipt_lines(self.shop.db):
            if (r["receipt_id"], r["line_no"]) == self.taken and not r["taken_back"] and r["corrects"] is None:
                return receipt_form(r["receipt_id"], r["line_no"], r["sku"], r["quantity"] + r["damaged"])
        return {}

    def pick(self, key: str) -> None:
        """Open the form of a booked line."""
        receipt, _, line_no = str(key).partition(":")
        self.taken = int(receipt), int(line_no)
        self._draw()

    def undone(self, said: dict[str, Any]) -> None:
        """Take a booked line back."""
        try:
            if self.taken is None:
                raise Refused("Pick a booked line first.")
            take_back(self.shop.db, *self.taken, self.context.person.id, self.context.now(), reason=said["note"])
        except EcomosError as error:
            self.undo.update(error=str(error))
            return
        self.context.toast("Taken back; both lines stay to be read.")
        settle(self.shop, self.context.now())
        self.refresh()

    def begin(self, said: dict[str, Any]) -> None:
        """Begin to count goods without an order."""
        wanted = said["answers"].get("place")
        place = next((p.id for p in places(self.shop.db) if p.name == wanted), None)
        try:
            count = counting_in.open_delivery(self.shop.db, None, place, self.context.person.id, self.context.now())
        except EcomosError as error:
            self.without.update(error=str(error))
            return
        self.context.go("receiving", {"count": str(count)})


def _coming(r: dict[str, Any], counts: list[Any]) -> dict[str, Any]:
    mine = next((c for c in counts if c["purchase_order_id"] == r["id"]), None)
    said = [f"{mine['by']}, {counted(mine['pieces'], 'piece')}", "soon"] if mine else ["", "plain"]
    return {
        "id": r["id"],
        "number": r["number"],
        "supplier": r["supplier"],
        "open": [counted(r["open"], "piece"), r["open"]],
        "comes": [day_words(r["expected_on"]) or "no day", r["expected_on"] or ""],
        "counted": said,
        "href": f"?page=receiving&order={r['number']}",
    }


def _nameless(c: Any) -> dict[str, Any]:
    return {
        "id": f"count:{c['id']}",
        "number": "no order",
        "supplier": c["place"],
        "counted": [f"{c['by']}, {counted(c['pieces'], 'piece')}", "soon"],
        "href": f"?page=receiving&count={c['id']}",
    }
