"""Orders: the list, and one order's page with its state, its next deed, its lines, corrections and whole story."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, WrongUsage
from ecomos.money import format_money
from ecomos.orders.reading import lines_of, order_found, order_row, orders_list, ref_of
from ecomos.pages.case import address_lines, case_facts, order_state
from ecomos.pages.forms import ADDRESS
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, StepForm, Table, Timeline, column, row
from ecomos.pages.wording import day_and_time
from ecomos.work import Shop, correct_order, in_force, open_work, order_by_ref, start, timeline

__all__ = ["build", "build_list", "search"]

LIST = (
    ("order", "Order", "text", 100),
    ("placed", "Placed", "text", 150),
    ("total", "Total", "number", 130),
    ("state", "State", "state", 230),
    ("customer", "Customer", "text", 0),
    ("work", "Procedure", "text", 190),
)
LINES = (
    ("quantity", "Qty", "number", 60),
    ("sku", "SKU", "text", 110),
    ("title", "Item", "text", 0),
    ("total", "Total", "number", 125),
    ("open", "Open", "number", 80),
    ("state", "State", "text", 150),
)


def _columns(described: tuple[tuple[str, str, str, int], ...]) -> list[dict[str, Any]]:
    return [{"key": k, "label": label, "kind": kind, "width": width} for k, label, kind, width in described]


def search(context: Context, text: str) -> tuple[str, dict[str, str]] | None:
    """The order that a typed or scanned word means."""
    found = order_found(context.db, text)
    return ("order", {"order": ref_of(context.db, found)}) if found is not None else None


def build_list(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """Every sale order, the newest first."""
    table = Table(
        title="Orders",
        columns=_columns(LIST),
        empty="No order yet. Drop the shop's order export on the Imports page.",
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
                "work": ", ".join(titles.get(p, p) for p in (r["work"] or "").split(",") if p),
                "href": f"?page=order&order={ref_of(context.db, r['id'])}",
            }
            for r in orders_list(context.db)
        ]

    read()
    context.on_change(read)
    return column(table)


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
        self.next, self.facts = Banner(), Facts()
        self.lines = Table(title="Lines", columns=_columns(LINES), empty="This order has no lines.", file="")
        self.story = Timeline(title="Everything that happened")
        self.form = StepForm(self.clicked)
        self.whole = column(
            self.next, row(column(self.facts, self.form), column(self.lines, self.story), shares=[1, 1.6])
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read everything again; what is being typed stays."""
        now = self.context.now()
        for name, value in case_facts(self.shop, ("order", self.order_id), now).items():
            setattr(self.facts, name, value)
        self._next()
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
                "what": e.what,
                "detail": e.detail,
                "version": e.version,
                "kind": _KINDS.get(e.kind, "plain"),
            }
            for e in timeline(self.shop, ("order", self.order_id))
        ]

    def _form(self) -> None:
        row_ = order_row(self.shop.db, self.order_id)
        book = in_force(self.shop, self.context.now())
        startable = sorted(p.title for p in book.procedures.values() if p.about == "order")
        self.form.step = {
            "key": f"order:{self.order_id}",
            "title": "Correct it, or start a procedure",
            "sub": "A correction lies over the imported value and outlives the next import.",
            "fields": [
                {
                    "name": name,
                    "label": _LABELS[name],
                    "kind": "text",
                    "optional": True,
                    "value": row_[column_] or "",
                }
                for name, column_ in ADDRESS.items()
                if name in _LABELS
            ],
            "buttons": [
                {"deed": "correct", "label": "Save the correction", "primary": True},
                {
                    "deed": "start",
                    "label": "Start a procedure",
                    "ask": [{"name": "which", "label": "Which", "kind": "one of", "choices": startable}],
                },
            ],
            "next": address_lines(row_),
        }

    def clicked(self, said: dict[str, Any]) -> None:
        """Save a correction, or start a procedure."""
        now, who = self.context.now(), self.context.person.id
        try:
            if said["deed"] == "correct":
                told = correct_order(self.shop, self.order_id, who, said["answers"], now)
            else:
                told = self._start(str(said["asked"].get("which") or ""), now)
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.context.toast(told)
        self.form.update(error="")
        self.refresh()

    def _start(self, title: str, now: Any) -> str:
        found = [p.stem for p in in_force(self.shop, now).procedures.values() if p.title == title]
        if not found:
            raise EcomosError("Choose a procedure.")
        _, is_new = start(self.shop, found[0], ("order", self.order_id), now)
        return "Started." if is_new else "It is open for this order already."


_LABELS = {
    "name": "Name",
    "company": "Company",
    "address1": "Street",
    "address2": "Address, second line",
    "zip": "Postcode",
    "city": "City",
    "country": "Country, two letters",
    "email": "E-mail",
    "phone": "Phone",
}
_KINDS = {"fact": "import", "event": "import", "message": "message", "step": "step", "hand": "step", "approval": "step"}
