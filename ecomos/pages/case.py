"""A case in short, beside the step that is worked: an order's money, people, address and lines; an import's account."""

import sqlite3
from datetime import datetime
from typing import Any

from ecomos.intake import Account, read_account
from ecomos.money import format_money
from ecomos.orders.facts import address_problem
from ecomos.orders.reading import lines_of, order_row, parcels_of, ref_of
from ecomos.pages.ticket_case import ticket_facts
from ecomos.pages.wording import counted, day_and_time
from ecomos.stock.purchase_facts import purchase_facts
from ecomos.stock.purchases import purchase
from ecomos.work import Shop

__all__ = ["address_lines", "case_facts", "line_words", "order_state"]


def order_state(row: sqlite3.Row) -> tuple[str, str]:
    """An order's state in words, and how it is coloured."""
    if row["cancelled_at"] or row["cancelled_here_at"]:
        return "cancelled", "late"
    paid = (row["financial_status"] or "payment unknown").replace("_", " ")
    terms = f" ({row['payment_terms']})" if row["payment_terms"] else ""
    sent = row["fulfillment_status"] or "fulfilment unknown"
    if row["shipped_here_at"] and sent != "fulfilled":
        sent = "shipped by us, the platform does not show it yet"
    kind = "fine" if sent == "fulfilled" else "soon" if paid != "paid" and not terms else "plain"
    return f"{paid}{terms}, {sent}", kind


def address_lines(row: sqlite3.Row) -> str:
    """The address as on a label, in one line."""
    place = " ".join(x for x in (row["ship_zip"], row["ship_city"]) if x)
    parts = [row["ship_name"], row["ship_company"], row["ship_address1"], row["ship_address2"], place]
    return ", ".join(p for p in [*parts, row["ship_province"], row["ship_country"]] if p)


def line_words(line: sqlite3.Row) -> str:
    """One line as a person picks or packs it; without a SKU by its name, and that is said."""
    what = line["title"].strip()
    if not line["requires_shipping"]:
        return f"{line['quantity']} × {what} (not shipped)"
    sku = (line["sku"] or "").strip()
    return f"{line['quantity']} × {sku} {what}" if sku else f"{line['quantity']} × {what} (no SKU: compare the name)"


def case_facts(
    shop: Shop, about: tuple[str | None, Any], now: datetime, *, is_own_page: bool = False
) -> dict[str, Any]:
    """The traits of a Facts card for a case, with a link to its page; empty where there is no case."""
    if about[0] == "order":
        return _order_facts(shop, about[1], now, is_own_page)
    if about[0] == "ticket":
        return ticket_facts(shop, about[1], now, is_own_page=is_own_page)
    if about[0] == "import":
        return _import_facts(shop, about[1])
    if about[0] == "purchase":
        return _purchase_facts(shop, about[1], now, is_own_page)
    if about[0] == "report":
        return _report_facts(shop, about[1], now)
    return {"title": "", "sub": "", "state": {}, "rows": [], "note": ""}


def _purchase_facts(shop: Shop, order_id: int, now: datetime, is_own_page: bool) -> dict[str, Any]:
    """An order to a supplier: its sum and days, each thing with why it is on it."""
    from ecomos.pages.purchase_facts_card import facts_rows

    order = purchase(shop.db, order_id)
    facts = purchase_facts(shop.db, order_id, shop.today(now))
    said = (("they confirm", facts.differences), ("came wrong", facts.wrong), ("bill", facts.bill_differences))
    rows: list[tuple[str, ...]] = [(name, text.replace("\n", "; ")) for name, text in said if text]
    if facts.is_partial:
        rows.append(("still to come", facts.rest.replace("\n", "; ")))
    rows += facts_rows(shop, order, now)
    for line in order.lines:
        money = format_money(line.quantity * line.unit_cost_cents, order.currency)
        why = f" · {line.because}" if line.because and order.status in ("draft", "asked") else ""
        rows.append((line.sku, f"{line.quantity} × {line.title}, {money}{why}"))
    if not is_own_page:
        rows.append(("all of it", "lines, prices, history", f"?page=purchases&order={order.number}"))
    return {"title": f"{order.number} · {order.supplier}", "sub": "", "state": {}, "rows": rows, "note": ""}


def _order_facts(shop: Shop, order_id: int, now: datetime, is_own_page: bool) -> dict[str, Any]:
    row, ref = order_row(shop.db, order_id), ref_of(shop.db, order_id)
    lines = lines_of(shop.db, [order_id])
    words, kind = order_state(row)
    rows: list[tuple[str, ...]] = [
        ("placed", f"{day_and_time(row['placed_at'], shop.home.zone, now)}, {row['channel']}"),
        ("service", row["shipping_method"] or "standard (the export names none)"),
    ]
    rows += _address_rows(row, lines)
    for line in lines:
        if line["open_quantity"]:
            rows.append(("ship" if line["requires_shipping"] else "issue", line_words(line)))
        else:
            rows.append(("done", line_words(line)))
    for parcel in parcels_of(shop.db, order_id):
        rows.append(("parcel", f"{parcel['carrier']} {parcel['tracking']}"))
    if row["notes"]:
        rows.append(("note", row["notes"][:500]))
    if not is_own_page:
        rows.append(("all of it", "history, messages, corrections", f"?page=order&order={ref}"))
    return {
        "title": f"{row['number']} · {format_money(row['total_cents'], row['currency'])}",
        "sub": "",
        "state": {"text": words, "kind": kind},
        "rows": rows,
        "note": _sku_warning(lines),
    }


def _address_rows(row: sqlite3.Row, lines: list[sqlite3.Row]) -> list[tuple[str, ...]]:
    ships = any(x["open_quantity"] and x["requires_shipping"] for x in lines)
    problem = address_problem(row)
    found: list[tuple[str, ...]] = []
    if address_lines(row) or ships:
        found.append(("ship to", address_lines(row) or "no address"))
    found.append(("e-mail", row["email"] or "none"))
    if ships and problem:
        found.append(("missing", problem))
    return found


def _sku_warning(lines: list[sqlite3.Row]) -> str:
    without = sum(1 for x in lines if x["open_quantity"] and x["requires_shipping"] and not (x["sku"] or "").strip())
    if not without:
        return ""
    return f"{counted(without, 'line')} without a SKU: packed by name. Compare name and variant word by word."


def _report_facts(shop: Shop, run_id: int, now: datetime) -> dict[str, Any]:
    row = shop.db.execute("select * from report_runs where id = ?", [run_id]).fetchone()
    began = day_and_time(row["started_at"], shop.home.zone, now)
    rows = [("day", row["day_on"] or ""), ("began", began), ("tries", str(row["attempts"]))]
    return {
        "title": f"Report {row['report']}",
        "sub": "",
        "state": {"text": row["status"], "kind": "fine" if row["status"] == "done" else "late"},
        "rows": [*rows, ("all of it", "log, what it wrote, run again", f"?page=reports&run={run_id}")],
        "note": "",
    }


def _low_facts(account: Account, import_id: int) -> dict[str, Any]:
    """What became low by a file: it is this that the case is about."""
    return {
        "title": counted(len(account.low), "thing") + " low",
        "sub": account.file,
        "state": {},
        "rows": [*account.low, ("all of it", "the account of this import", f"?page=imports&import={import_id}")],
        "note": "What was as low before is not told again.",
    }


def _import_facts(shop: Shop, import_id: int) -> dict[str, Any]:
    account = read_account(shop.db, import_id)
    if account.low:
        return _low_facts(account, import_id)
    return {
        "title": account.file,
        "sub": "",
        "state": {"text": account.status, "kind": "fine" if account.is_fine else "late"},
        "rows": [("", line, f"?page=imports&import={import_id}") for line in account.lines()[:1]]
        + [("", line) for line in account.lines()[1:12]],
        "note": "",
    }
