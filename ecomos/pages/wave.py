"""A wave as the picker walks it: every order with its lines, and how many of each item in all."""

from collections import Counter
from typing import Any

from ecomos.orders.reading import lines_of, order_row, ref_of
from ecomos.work import Item, Shop

__all__ = ["WARNING", "wave_orders", "wave_totals"]

WARNING = "no SKU: compare the name"


def wave_orders(shop: Shop, item: Item, person_id: int) -> list[dict[str, Any]]:
    """The orders of a wave that this person may still finish, as a PickList shows them; `id` is the task."""
    tasks = shop.db.execute(
        """select id, about_id from tasks where batch_id = ? and status in ('open', 'taken')
             and (person_id is null or person_id = ?) order by id""",
        [item.batch_id, person_id],
    ).fetchall()
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in lines_of(shop.db, [t["about_id"] for t in tasks]):
        if line["open_quantity"] and line["requires_shipping"]:
            lines.setdefault(line["order_id"], []).append(_goods(line))
    return [_order(shop, t["id"], t["about_id"], lines.get(t["about_id"], [])) for t in tasks]


def _order(shop: Shop, task_id: int, order_id: int, lines: list[dict[str, Any]]) -> dict[str, Any]:
    row = order_row(shop.db, order_id)
    whom = ", ".join(x for x in (row["ship_name"], row["ship_city"]) if x)
    ref = ref_of(shop.db, order_id)
    return {"id": task_id, "order": row["number"], "href": f"?page=order&order={ref}", "detail": whom, "lines": lines}


def _goods(line: Any) -> dict[str, Any]:
    sku, title = (line["sku"] or "").strip(), line["title"].strip()
    found = {"item": f"{sku} {title}".strip(), "quantity": line["open_quantity"]}
    return found if sku else {**found, "warning": WARNING}


def wave_totals(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many of each item the wave needs, by item; those without a SKU last."""
    total: Counter[tuple[str, str]] = Counter()
    for order in orders:
        for line in order["lines"]:
            total[line["item"], line.get("warning", "")] += line["quantity"]
    return [
        {"item": item, "quantity": n} | ({"warning": warning} if warning else {})
        for (item, warning), n in sorted(total.items(), key=lambda t: (t[0][1], t[0][0]))
    ]
