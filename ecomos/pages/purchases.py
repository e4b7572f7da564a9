"""Purchase orders: the list, what is late above what is open, and the way to one order."""

from typing import Any

import ipywidgets

from ecomos.money import format_money
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Table, column
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted, day_words
from ecomos.stock.purchases import purchase_by_number, purchases_list
from ecomos.work import Shop

__all__ = ["build", "state_words"]

LIST = (
    ("number", "Order", "text", 165, False),
    ("supplier", "Supplier", "text", 0, False),
    ("state", "State", "state", 230, False),
    ("value", "Sum without tax", "number", 175, True),
    ("open", "To come", "number", 135, True),
    ("comes", "Expected", "text", 160, True),
    ("place", "Place", "text", 150, True),
)
KINDS = {
    "draft": "soon", "asked": "soon", "approved": "plain", "sent": "plain", "confirmed": "plain",
    "part received": "soon", "received": "fine", "closed": "fine", "cancelled": "plain",
}  # fmt: skip
WORDS = {"asked": "waits for approval", "sent": "sent, not confirmed", "part received": "a part is here"}


def state_words(status: str, expected_on: str | None, open_: int, today: str) -> tuple[str, str]:
    """An order's state in words, and how it is coloured; late where its day has passed and pieces are open."""
    words = WORDS.get(status, status)
    if status in ("sent", "confirmed", "part received") and open_ and expected_on and expected_on < today:
        return f"late, {words}", "late"
    return words, KINDS.get(status, "plain")


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """One order where `order` names it, else the list; of one `supplier` where that is named."""
    ways = stock_ways(context, "purchases")
    number = params.get("order", "")
    if number:
        order_id = purchase_by_number(context.db, number)
        if order_id is None:
            said = f"There is no purchase order {number[:40]}."
            return column(ways, Banner(said, "soon", link="?page=purchases", link_text="All purchase orders"))
        from ecomos.pages.purchase_order import PurchasePage

        return column(ways, PurchasePage(context, order_id).whole)
    return _list(context, ways, params.get("supplier", ""))


def _list(context: Context, ways: ipywidgets.Widget, supplier: str) -> ipywidgets.Widget:
    head = Banner()
    table = Table(
        title="Purchase orders",
        columns=[{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in LIST],
        empty="No order to a supplier yet. The page Review drafts them from what runs out.",
        file="purchase-orders",
    )
    only = int(supplier) if supplier.isdigit() and len(supplier) < 16 else None
    shop = Shop(context.home, context.db)

    def read() -> None:
        today = shop.today(context.now()).isoformat()
        rows = [_row(r, today) for r in purchases_list(context.db, only)]
        table.rows = rows
        late = sum(1 for r in rows if r["state"][1] == "late")
        drafts = sum(1 for r in rows if r["state"][0] in ("draft", "waits for approval"))
        said = [
            f"{counted(late, 'order')} late" if late else "",
            f"{counted(drafts, 'draft')} to decide" if drafts else "",
        ]
        head.message = ", ".join(s for s in said if s)
        head.kind = "late" if late else "soon"

    read()
    context.on_change(read)
    if only is not None:
        table.title = "Purchase orders of one supplier"
        return column(
            ways, Banner("These are not all orders.", link="?page=purchases", link_text="All orders"), head, table
        )
    return column(ways, head, table)


def _row(r: dict[str, Any], today: str) -> dict[str, Any]:
    return {
        "id": r["id"],
        "number": r["number"],
        "supplier": r["supplier"],
        "state": list(state_words(r["status"], r["expected_on"], r["open"], today)),
        "value": [format_money(r["cents"], r["currency"]), r["cents"]],
        "open": [counted(r["open"], "piece") if r["open"] and r["sent_at"] else "", r["open"] if r["sent_at"] else 0],
        "comes": [day_words(r["expected_on"]), r["expected_on"] or ""],
        "place": r["place"],
        "href": f"?page=purchases&order={r['number']}",
    }
