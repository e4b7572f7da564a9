"""Orders: the list, and one order's page with its state, its next deed, its lines, corrections and whole story."""

import re
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused, WrongUsage
from ecomos.money import format_money
from ecomos.orders.deeds import ADDRESS
from ecomos.orders.reading import customer_words, lines_of, order_row, orders_list, variant_words
from ecomos.pages.case import case_facts, order_state
from ecomos.pages.fields import LABELS
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, StepForm, Table, Timeline, column, row
from ecomos.pages.path import path_card, show_path
from ecomos.pages.wording import day_and_time
from ecomos.playbook.records import Procedure
from ecomos.work import (
    Entry,
    Shop,
    acting_roles,
    correct_order,
    in_force,
    may_start,
    open_work,
    order_by_ref,
    start,
    timeline,
)
from ecomos.work.escalation import went_up
from ecomos.work.looking import MAY_CORRECT

__all__ = ["build", "build_list"]

LIST = (
    ("order", "Order", "text", 100),
    ("placed", "Placed", "text", 205),
    ("total", "Total", "number", 130),
    ("state", "State", "state", 230),
    ("customer", "Customer", "text", 0),
    ("work", "In work", "text", 230),
)
WIDE = frozenset({"placed", "work", "customer", "sku"})
"""Columns that a phone leaves out."""
LINES = (
    ("quantity", "Pieces", "number", 90),
    ("sku", "SKU", "text", 110),
    ("title", "Item", "text", 0),
    ("total", "Total", "number", 120),
    ("open", "To do", "number", 90),
    ("state", "State", "text", 110),
)


def _columns(described: tuple[tuple[str, str, str, int], ...]) -> list[dict[str, Any]]:
    return [
        {"key": k, "label": label, "kind": kind, "width": width, "wide": k in WIDE}
        for k, label, kind, width in described
    ]


def build_list(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """Every sale order, the newest first; of one `customer`, or with one `variant`, where the address names it."""
    narrowed = _narrowed(context, params)
    table = Table(
        title=narrowed[0],
        columns=_columns(LIST),
        empty="No order here." if narrowed[1] else "No order yet. Drop the shop's order export on the Imports page.",
        file="orders",
    )

    def read() -> None:
        now, zone = context.now(), context.home.zone
        titles = {stem: p.title for stem, p in in_force(Shop(context.home, context.db), now).procedures.items()}
        table.rows = [
            {
                "id": r["id"],
                "order": r["number"],
                "placed": [day_and_time(r["placed_at"], zone, now), r["placed_at"]],
                "total": [format_money(r["total_cents"], r["currency"]), r["total_cents"] or 0],
                "state": list(_list_state(r)),
                "customer": r["ship_name"] or r["email"] or "unknown",
                "work": _in_work(r["work"] or "", titles),
                "href": f"?page=order&order={r['ref']}",
            }
            for r in orders_list(context.db, **narrowed[1])
        ]

    read()
    context.on_change(read)
    if not narrowed[1]:
        return column(table)
    return column(Banner("These are not all orders.", "plain", link="?page=orders", link_text="All orders"), table)


def _narrowed(context: Context, params: dict[str, str]) -> tuple[str, dict[str, int]]:
    """The list's title, and what it is narrowed to; an address that means nothing narrows nothing."""
    for name, words in (("customer", customer_words), ("variant", variant_words)):
        number = params.get(name, "")
        said = words(context.db, int(number)) if number.isdigit() and len(number) < 16 else ""
        if said:
            return f"Orders {'of' if name == 'customer' else 'with'} {said}", {name: int(number)}
    return "Orders", {}


def _in_work(found: str, titles: dict[str, str]) -> str:
    """The procedures that are open for an order; the one that waits for the others is left out beside them."""
    names = [n for n in found.split(",") if n]
    return ", ".join(titles.get(n, n) for n in names if n != "process-an-order" or len(names) == 1)


def _list_state(r: Any) -> tuple[str, str]:
    if r["cancelled_at"]:
        return "cancelled", "late"
    paid = (r["financial_status"] or "unknown").replace("_", " ")
    return f"{paid}, {r['fulfillment_status'] or 'unknown'}", "fine" if r[
        "fulfillment_status"
    ] == "fulfilled" else "plain"


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """One order; `order` is its reference."""
    try:
        order_id = order_by_ref(context.db, params.get("order", ""))
    except WrongUsage as error:
        return column(Banner(str(error), "soon", link="?page=orders", link_text="All orders"))
    return OrderPage(context, order_id).whole


class OrderPage:
    """One order's page."""

    def __init__(self, context: Context, order_id: int) -> None:
        self.context, self.order_id = context, order_id
        self.shop = Shop(context.home, context.db)
        self.next, self.facts, self.path = Banner(), Facts(), path_card()
        self.lines = Table(title="Lines", columns=_columns(LINES), empty="This order has no lines.", file="")
        self.story = Timeline(title="Everything that happened")
        self.form = StepForm(self.clicked, empty="")
        self.correcting = False
        self.whole = column(
            self.next, row(column(self.facts, self.path, self.form), column(self.lines, self.story), shares=[1, 1.6])
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read everything again; what is being typed stays."""
        now = self.context.now()
        for name, value in case_facts(self.shop, ("order", self.order_id), now, is_own_page=True).items():
            setattr(self.facts, name, value)
        self._next()
        show_path(self.path, self.shop, went_up(self.shop, ("order", self.order_id), now), now)
        self._lines()
        self._story()
        self._form()

    def _next(self) -> None:
        """The one next deed, with who has it."""
        row_ = order_row(self.shop.db, self.order_id)
        words, kind = order_state(row_)
        work = open_work(self.shop, ("order", self.order_id), self.context.now())
        if not work:
            self.next.message, self.next.kind = f"{row_['number']}: {words}. Nothing is open here.", kind
            self.next.link, self.next.link_text = "", ""
            return
        self.next.message = f"{row_['number']}: {words}.\n" + "\n".join(w.words for w in work)
        self.next.kind = "late" if any(w.is_late for w in work) else "plain"
        mine = [w for w in work if self.context.person.id in w.may]
        self.next.link = f"?page=today&task={mine[0].task_id}" if mine else ""
        self.next.link_text = f"Go to “{mine[0].title}”" if mine else ""

    def _lines(self) -> None:
        self.lines.rows = [
            {
                "id": x["line_no"],
                "quantity": x["quantity"],
                "sku": x["sku"] or "no SKU",
                "title": x["title"].strip(),
                "total": [format_money(x["total_cents"], x["currency"]), x["total_cents"]],
                "open": x["open_quantity"],
                "state": (x["fulfillment_status"] or "") + ("" if x["requires_shipping"] else ", no parcel"),
            }
            for x in lines_of(self.shop.db, [self.order_id])
        ]

    def _story(self) -> None:
        zone, now = self.context.home.zone, self.context.now()
        self.story.entries = [
            {
                "at": day_and_time(e.at, zone, now),
                "who": e.who,
                "what": _what(e),
                "detail": "" if e.kind == "event" else told_words(e.detail) if e.kind == "decision" else e.detail,
                "version": e.version,
                "kind": _KINDS.get(e.kind, "plain"),
            }
            for e in timeline(self.shop, ("order", self.order_id))
        ]

    def _form(self) -> None:
        step = self._correction() if self.correcting else self._deeds()
        if step.get("key") != self.form.step.get("key"):
            self.form.step = step

    def _deeds(self) -> dict[str, Any]:
        """What may be done here beside the tasks: nothing is shown of what a person's roles don't open."""
        buttons: list[dict[str, Any]] = []
        if self._may_correct():
            buttons.append({"deed": "open", "label": "Correct the address"})
        startable = sorted(p.title for p in self._startable())
        if startable:
            ask = [{"name": "which", "label": "Which procedure", "kind": "one of", "choices": startable}]
            buttons.append({"deed": "start", "label": "Start a procedure", "ask": ask})
        if not buttons:
            return {}
        sub = "A correction lies over the imported value and outlives the next import." if self._may_correct() else ""
        return {"key": f"deeds:{self.order_id}", "title": "What you can do here", "sub": sub, "buttons": buttons}

    def _correction(self) -> dict[str, Any]:
        row_ = order_row(self.shop.db, self.order_id)
        return {
            "key": f"correct:{self.order_id}",
            "title": "Correct the address",
            "sub": "Change what is wrong; the rest stays as it is.",
            "fields": [
                {"name": n, "label": LABELS[n], "kind": "text", "optional": True, "value": row_[column_] or ""}
                for n, column_ in ADDRESS.items()
                if n != "province"
            ],
            "buttons": [
                {"deed": "correct", "label": "Save the correction", "primary": True},
                {"deed": "close", "label": "Leave it as it is"},
            ],
        }

    def _may_correct(self) -> bool:
        return bool(acting_roles(self.shop, self.context.person.id, self.context.now()) & set(MAY_CORRECT))

    def _startable(self) -> list[Procedure]:
        """What this person may start by hand for an order: what they perform or own; the leads may start all."""
        now, who = self.context.now(), self.context.person.id
        known = in_force(self.shop, now).procedures.values()
        return [p for p in known if p.about == "order" and may_start(self.shop, who, p, now)]

    def clicked(self, said: dict[str, Any]) -> None:
        """Save a correction, or start a procedure."""
        if said["deed"] in ("open", "close"):
            self.correcting = said["deed"] == "open"
            self._form()
            return
        now, who = self.context.now(), self.context.person.id
        try:
            if said["deed"] == "correct":
                told = correct_order(self.shop, self.order_id, who, said["answers"], now)
            else:
                told = self._start(str(said["asked"].get("which") or ""), now)
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.correcting = False
        self.context.toast(told)
        self.form.update(error="")
        self.refresh()

    def _start(self, title: str, now: Any) -> str:
        found = [p for p in self._startable() if p.title == title]
        if not found:
            raise Refused("Choose a procedure that you may start.")
        case, who = ("order", self.order_id), self.context.person.id
        _, is_new = start(self.shop, found[0].stem, case, now, person_id=who)
        if not is_new:
            return f"“{title}” is open for this order already."
        work = [w.words for w in open_work(self.shop, ("order", self.order_id), now)]
        return f"“{title}” started. {work[-1] if work else ''}".strip()


_KINDS = {"fact": "import", "event": "import", "message": "message", "step": "step", "hand": "step", "approval": "step"}

EVENT_WORDS = {
    "order.placed": "Order placed",
    "order.paid": "Paid",
    "order.payment_failed": "Payment failed",
    "order.cancelled": "Cancelled",
    "order.address_changed": "Address changed",
    "order.lines_changed": "Lines changed",
    "order.refunded": "Money given back",
    "order.partly_fulfilled_elsewhere": "Partly fulfilled in the platform",
    "order.fulfilled_elsewhere": "Fulfilled in the platform",
    "order.adopted": "Adopted: worked here from now on",
    "parcel.shipped": "Parcel handed to the carrier",
}
"""An event in the words of the shop."""


def _what(entry: Entry) -> str:
    if entry.kind == "event":
        return EVENT_WORDS.get(entry.detail, entry.what)
    if entry.kind == "decision" and " → " in entry.what:
        return f"{entry.what.split(': ', 1)[0]} → {entry.what.rsplit(' → ', 1)[1]}"
    if entry.kind == "correction":
        return entry.what.replace("address1", "street and number").replace("address2", "second address line")
    return entry.what


def told_words(detail: str) -> str:
    """The facts of a decision as a person says them.

    >>> told_words("order.is_paid = True, order.risk = low, order.shipped_at = None")
    'Paid: yes, risk: low, shipped at: none'
    """
    said = {"True": "yes", "False": "no", "None": "none"}
    told = re.sub(
        r"\b(?:\w+\.)+(?:is_|has_)?(\w+) = ([^,]+)",
        lambda m: f"{m[1].replace('_', ' ')}: {said.get(m[2], m[2])}",
        detail,
    )
    return told[:1].upper() + told[1:]
