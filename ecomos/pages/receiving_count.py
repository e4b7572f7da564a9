"""One delivery at the gate: the field for the scanner, what was ordered beside what was counted, and the booking."""

from typing import Any

from ecomos.errors import EcomosError, Refused
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, StepForm, Table, column, row
from ecomos.pages.parts.scan import Scan
from ecomos.pages.purchase_forms import pieces_of
from ecomos.pages.purchase_rows import columns_of
from ecomos.pages.wording import counted
from ecomos.stock import counting_in
from ecomos.stock.purchases import Purchase, purchase
from ecomos.stock.receiving import book_in
from ecomos.work import Shop, settle

__all__ = ["CountPage"]

COUNTED = (
    ("sku", "SKU", "text", 120, False),
    ("title", "Thing", "text", 0, True),
    ("open", "To come", "number", 110, False),
    ("good", "Good", "number", 90, False),
    ("damaged", "Damaged", "number", 120, False),
    ("said", "So far", "state", 210, True),
    ("by", "By", "text", 120, True),
)
NOBODY = "nobody ordered it"
MAY_SEE = frozenset({"founder", "operations-lead", "buyer", "bookkeeper"})
"""Who may open the order itself."""


class CountPage:
    """One delivery: the field for the scanner, what was ordered beside what was counted, and the booking."""

    def __init__(self, context: Context, order_id: int | None, delivery_id: int | None) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.order_id, self.delivery_id = order_id, delivery_id
        self.picked: int | None = None
        self.head = Banner()
        self.scan = Scan(self.scanned, title="Count what came")
        self.table = Table(
            self.pick,
            title="Ordered and counted",
            columns=columns_of(COUNTED),
            empty="Nothing was counted yet. Scan the first piece.",
            file="",
        )
        self.form, self.line = StepForm(self.clicked, empty=""), StepForm(self.kept, empty="")
        self.whole = column(
            self.head, row(column(self.scan, self.form), column(self.table, self.line), shares=[1, 1.6])
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read order and count again; what is being typed stays."""
        order = purchase(self.shop.db, self.order_id) if self.order_id is not None else None
        lines = self._counted(order)
        self.head.message = (
            f"{order.number} · {order.supplier}: {counted(order.open, 'piece')} to come." if order else ""
        )
        self.head.message = self.head.message or "Goods without an order."
        sees_it = order is not None and bool(MAY_SEE & self.context.roles)
        self.head.link = f"?page=purchases&order={order.number}" if order and sees_it else "?page=receiving"
        self.head.link_text = "The order" if sees_it else "Back"
        self.table.rows = [*self._rows(order, lines)]
        self._forms(order, lines)

    def _counted(self, order: Purchase | None) -> dict[int, counting_in.Counted]:
        if order is not None and self.delivery_id is None:
            found = [d["id"] for d in counting_in.open_deliveries(self.shop.db) if d["purchase_order_id"] == order.id]
            self.delivery_id = found[0] if found else None
        if self.delivery_id is None:
            return {}
        try:
            return {x.variant_id: x for x in counting_in.delivery(self.shop.db, self.delivery_id).lines}
        except Refused as gone:
            self.scan.says, self.scan.kind = str(gone), "late"
            self.delivery_id = None
            return {}

    def _rows(self, order: Purchase | None, lines: dict[int, counting_in.Counted]) -> list[dict[str, Any]]:
        rows, seen = [], set[int]()
        for x in order.lines if order else ():
            mine = [c for c in lines.values() if c.order_line_no == x.line_no]
            seen |= {c.variant_id for c in mine}
            own = next((c for c in mine if not c.is_substitute), None)
            rows.append(_row(x.variant_id or 0, x.sku, x.title, x.open, own, _verdict(x.open, mine)))
            rows += [
                _row(c.variant_id, c.sku, c.title, None, c, (f"instead of {x.sku}", "soon"))
                for c in mine
                if c is not own
            ]
        said = (NOBODY, "soon") if order else ("counted", "plain")
        return rows + [_row(c.variant_id, c.sku, c.title, None, c, said) for v, c in lines.items() if v not in seen]

    # ---- deeds

    def _delivery(self) -> int:
        """The open count, begun with the first piece."""
        if self.delivery_id is None:
            who, now = self.context.person.id, self.context.now()
            self.delivery_id = counting_in.open_delivery(self.shop.db, self.order_id, None, who, now)
        return self.delivery_id

    def scanned(self, said: dict[str, Any]) -> None:
        """Add pieces of what was scanned, and say how many there are now."""
        db, who, now = self.shop.db, self.context.person.id, self.context.now()
        try:
            pieces = pieces_of(said["pieces"])
            line = counting_in.scan(
                db, self._delivery(), said["code"], who, now, pieces=pieces, damaged=said["damaged"]
            )
        except EcomosError as error:
            self.scan.says, self.scan.kind = str(error), "late"
            self.refresh()
            return
        broken = f", {line.damaged} damaged" if line.damaged else ""
        note = "" if line.order_line_no or self.order_id is None else f" · {NOBODY}"
        self.scan.says, self.scan.kind = f"{line.sku} {line.title}: {line.good} good{broken}{note}", "fine"
        self.refresh()

    def pick(self, variant_id: int) -> None:
        """Open the form of a thing, to type how many there are."""
        self.picked = int(variant_id) or None
        self.refresh()

    def _forms(self, order: Purchase | None, lines: dict[int, counting_in.Counted]) -> None:
        pieces = sum(x.good + x.damaged for x in lines.values())
        step = _book_form(self.delivery_id, pieces, lines)
        if step.get("key") != self.form.step.get("key"):
            self.form.step = step
        elif step:
            self.form.update(sub=step["sub"])  # the number that is being typed stays
        self.line.step = self._line_form(order, lines)

    def _line_form(self, order: Purchase | None, lines: dict[int, counting_in.Counted]) -> dict[str, Any]:
        own = lines.get(self.picked or 0)
        ordered = next((x for x in order.lines if x.variant_id == self.picked), None) if order else None
        if self.picked is None or (own is None and ordered is None):
            return {}
        sku = own.sku if own else ordered.sku if ordered else ""
        good, damaged = (own.good, own.damaged) if own else (0, 0)
        fields: list[dict[str, Any]] = [
            {"name": "good", "label": "Good", "kind": "number", "unit": "pieces", "value": str(good)},
            {"name": "damaged", "label": "Damaged", "kind": "number", "unit": "pieces", "value": str(damaged)},
        ]
        if order is not None and ordered is None:
            choices = [NOBODY, *(f"instead of {x.sku}" for x in order.lines)]
            fields.append(
                {"name": "instead", "label": "It came", "kind": "one of", "choices": choices, "value": NOBODY}
            )
        return {
            "key": f"count:{self.delivery_id}:{self.picked}",
            "title": f"{sku}: how many are there",
            "fields": fields,
            "buttons": [{"deed": "count", "label": "Keep the count", "primary": True}],
        }

    def kept(self, said: dict[str, Any]) -> None:
        """Set what was counted of a thing."""
        given, order = said["answers"], purchase(self.shop.db, self.order_id) if self.order_id else None
        instead = str(given.get("instead") or "").removeprefix("instead of ")
        line = next((x.line_no for x in order.lines if x.sku == instead), None) if order else None
        try:
            counting_in.count(
                self.shop.db, self._delivery(), self.picked or 0, pieces_of(given["good"]), pieces_of(given["damaged"]),
                self.context.person.id, self.context.now(), instead_of=line,
            )  # fmt: skip
        except EcomosError as error:
            self.line.update(error=str(error))
            return
        self.picked = None
        self.refresh()

    def clicked(self, said: dict[str, Any]) -> None:
        """Book the delivery in, or drop the count."""
        db, who, now = self.shop.db, self.context.person.id, self.context.now()
        try:
            if self.delivery_id is None:
                raise Refused("Nothing was counted yet. Scan the first piece.")
            if said["deed"] == "drop":
                counting_in.drop_delivery(db, self.delivery_id, who, now)
                told = "Dropped: nothing was booked."
            else:
                counting_in.note_delivery(db, self.delivery_id, str(said["answers"].get("note") or ""), who, now)
                told = f"Booked in as receipt {book_in(db, self.shop.home, self.delivery_id, who, now)}."
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.delivery_id = self.picked = None
        self.scan.says, self.scan.kind = told, "fine"
        self.context.toast(told)
        settle(self.shop, now)
        self.refresh()


def _row(
    key: int, sku: str, title: str, open_: int | None, own: counting_in.Counted | None, said: tuple[str, str]
) -> dict[str, Any]:
    return {
        "id": key,
        "sku": sku,
        "title": title,
        "open": open_,
        "good": own.good if own else 0,
        "damaged": own.damaged if own else 0,
        "said": list(said),
        "by": own.by if own else "",
    }


def _verdict(open_: int, lines: list[counting_in.Counted]) -> tuple[str, str]:
    """How the count lies beside what is to come."""
    came = sum(c.good + c.damaged for c in lines)
    if came == 0:
        return ("all here before", "fine") if open_ == 0 else ("not seen yet", "plain")
    if came > open_:
        return f"{came - open_} too many", "late"
    if came < open_:
        return f"{open_ - came} still missing", "soon"
    return "as ordered", "fine"


def _book_form(delivery_id: int | None, pieces: int, lines: dict[int, counting_in.Counted]) -> dict[str, Any]:
    if delivery_id is None:
        return {}
    damaged = sum(x.damaged for x in lines.values())
    said = f"{counted(pieces, 'piece')} counted" + (f", {damaged} of them damaged" if damaged else "")
    return {
        "key": f"book:{delivery_id}",
        "title": "Book it in",
        "sub": f"{said}. Good pieces can be sold at once; what is missing stays open.",
        "fields": [{"name": "note", "label": "Delivery note number", "kind": "text", "optional": True}],
        "buttons": [
            {"deed": "book", "label": "Book it in", "primary": True},
            {"deed": "drop", "label": "Drop the count", "confirm": "Forget what was counted? Nothing is booked."},
        ],
    }
