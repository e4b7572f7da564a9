"""What a procedure may do to an order. Each deed writes rows and the event that tells of it, inside the engine's
transaction. What acts in the platform (outside) is called after its hand task was done."""

import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ecomos.errors import Refused
from ecomos.money import format_money, to_cents
from ecomos.playbook.catalogue import Deed, Doer, FactField
from ecomos.store import events, iso

__all__ = ["ADDRESS", "DEEDS", "correct"]

ADDRESS = {
    "name": "ship_name",
    "company": "ship_company",
    "address1": "ship_address1",
    "address2": "ship_address2",
    "zip": "ship_zip",
    "city": "ship_city",
    "province": "ship_province",
    "country": "ship_country",
    "email": "email",
    "phone": "phone",
}
"""What staff may correct: the word that procedures and forms use, and its column of `order_addresses`."""


def _order(db: sqlite3.Connection, order_id: int) -> sqlite3.Row:
    row: sqlite3.Row = db.execute("select * from orders where id = ?", [order_id]).fetchone()
    return row


def _tell(db: sqlite3.Connection, kind: str, order_id: int, doer: Doer, **data: Any) -> None:
    events.append(
        db,
        kind,
        ("order", order_id),
        actor=doer.actor,
        recorded_at=iso(doer.now),
        data=data,
        run_id=doer.run_id,
        cause_event_id=doer.cause_event_id,
    )


def correct(db: sqlite3.Connection, order_id: int, values: Mapping[str, str | None], doer: Doer, reason: str) -> bool:
    """Lay staff's values over the imported ones, kept for every later import; True where anything changed."""
    imported = db.execute("select * from order_contacts where order_id = ?", [order_id]).fetchone()
    shown = db.execute("select * from order_addresses where order_id = ?", [order_id]).fetchone()
    changed = False
    for column, value in values.items():
        if value is None or (value := value.strip()) == (shown[column] or ""):
            continue
        db.execute(
            """insert into corrections(ref_type, ref_id, field, value, imported_value, person_id, corrected_at, reason)
               values ('order', ?, ?, ?, ?, ?, ?, ?)""",
            [
                order_id,
                column,
                value,
                imported[column] if imported else None,
                doer.person_id or 0,
                iso(doer.now),
                reason,
            ],
        )
        changed = True
    return changed


def _correct_address(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    values = {column: arguments.get(name) for name, column in ADDRESS.items()}
    if correct(db, order_id, values, doer, "address corrected"):
        _tell(db, "order.address_changed", order_id, doer, columns=sorted(k for k, v in values.items() if v))


def _ship(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    lines = _lines_to_ship(db, order_id)
    if not lines:
        raise Refused("Nothing of this order is left to ship.")
    parcel = db.execute(
        """insert into parcels(order_id, carrier, service, tracking, shipped_at, shipped_on, source, run_id)
           values (?, ?, ?, ?, ?, ?, 'ours', ?)""",
        [
            order_id,
            arguments["carrier"],
            arguments.get("service"),
            arguments["tracking"],
            iso(doer.now),
            doer.today.isoformat(),
            doer.run_id,
        ],
    ).lastrowid
    db.executemany(
        "insert into parcel_lines(parcel_id, line_no, quantity) values (?, ?, ?)", [(parcel, *line) for line in lines]
    )
    _tell(db, "parcel.shipped", order_id, doer, parcel_id=parcel)


def _lines_to_ship(db: sqlite3.Connection, order_id: int) -> list[sqlite3.Row]:
    """(line, quantity) of what is open; where the platform shows all of it fulfilled already, what we have not shipped:
    the parcel is ours, and somebody entered it there first."""
    sql = "select line_no, {} from open_lines where order_id = ? and requires_shipping and {} > 0"
    lines = db.execute(sql.format("open_quantity", "open_quantity"), [order_id]).fetchall()
    return lines or db.execute(sql.format("not_ours_yet", "not_ours_yet"), [order_id]).fetchall()


def _ship_is_shown(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any]) -> bool:
    row = db.execute(
        """select count(*) from order_lines where order_id = ? and requires_shipping and quantity > 0
           and coalesce(fulfillment_status, '') <> 'fulfilled' and coalesce(open_quantity, 1) > 0""",
        [order_id],
    ).fetchone()
    return bool(row[0] == 0)


def _issue_gift_cards(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    db.execute(
        """insert into gift_card_issues(order_id, line_no, quantity, issued_at, run_id)
           select order_id, line_no, open_quantity, ?, ? from open_lines
           where order_id = ? and not requires_shipping and open_quantity > 0""",
        [iso(doer.now), doer.run_id, order_id],
    )


def _issue_is_shown(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any]) -> bool:
    row = db.execute(
        """select count(*) from order_lines where order_id = ? and not requires_shipping and quantity > 0
           and coalesce(fulfillment_status, '') <> 'fulfilled' and title <> 'Tip'""",
        [order_id],
    ).fetchone()
    return bool(row[0] == 0)


def _refund(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    order = _order(db, order_id)
    cents = to_cents(Decimal(arguments["amount"]), order["currency"])
    ours = db.execute(
        "select coalesce(sum(amount_cents), 0) from refunds where order_id = ? and source = 'ours'", [order_id]
    ).fetchone()[0]
    left = (order["total_cents"] or 0) - max(order["refunded_cents"], ours)
    if not 0 < cents <= left:
        raise Refused(
            f"A refund of {format_money(cents, order['currency'])} is not possible: "
            f"{format_money(left, order['currency'])} of {order['number']} is left."
        )
    db.execute(
        """insert into refunds(order_id, amount_cents, currency, reason, refunded_at, source, run_id)
           values (?, ?, ?, ?, ?, 'ours', ?)""",
        [order_id, cents, order["currency"], arguments["reason"], iso(doer.now), doer.run_id],
    )
    _tell(db, "order.refunded", order_id, doer, amount_cents=cents, currency=order["currency"])


def _refund_is_shown(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any]) -> bool:
    order = _order(db, order_id)
    ours = db.execute(
        "select coalesce(sum(amount_cents), 0) from refunds where order_id = ? and source = 'ours'", [order_id]
    ).fetchone()[0]
    return bool(ours) and order["refunded_cents"] >= ours


def _cancel(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    if db.execute("select 1 from parcels where order_id = ? and source = 'ours'", [order_id]).fetchone():
        raise Refused("A parcel of this order has left the house: it can be returned, not cancelled.")
    db.execute(
        "insert into order_cancellations(order_id, reason, cancelled_at, run_id) values (?, ?, ?, ?)",
        [order_id, arguments["reason"], iso(doer.now), doer.run_id],
    )
    _tell(db, "order.cancelled", order_id, doer, by="us")


def _cancel_is_shown(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any]) -> bool:
    return _order(db, order_id)["cancelled_at"] is not None


def _release(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    db.execute(
        "insert into order_releases(order_id, reason, released_at, run_id) values (?, ?, ?, ?)",
        [order_id, arguments["reason"], iso(doer.now), doer.run_id],
    )


def _mark_short(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    asked, quantity = str(arguments["line"]).strip().lower(), int(arguments["quantity"])
    lines = db.execute(
        "select * from open_lines where order_id = ? and requires_shipping and open_quantity > 0", [order_id]
    ).fetchall()
    found = [x for x in lines if asked in (str(x["line_no"]), (x["sku"] or "").lower(), x["title"].lower())]
    if len(found) != 1:
        known = "; ".join(f"{x['line_no']}: {x['sku'] or x['title']}" for x in lines)
        raise Refused(f"Which line is missing? Write its number, SKU or name, as listed: {known}.")
    if not 0 < quantity <= found[0]["open_quantity"]:
        raise Refused(f"Between 1 and {found[0]['open_quantity']} of line {found[0]['line_no']} can be missing.")
    db.execute(
        "insert into order_shortages(order_id, line_no, quantity, noted_at, run_id) values (?, ?, ?, ?, ?)",
        [order_id, found[0]["line_no"], quantity, iso(doer.now), doer.run_id],
    )


def _arguments(**kinds: str) -> dict[str, FactField]:
    return {name: FactField(name, kind.rstrip("?"), kind.endswith("?")) for name, kind in kinds.items()}


DEEDS = (
    Deed(
        "orders.correct_address",
        "order",
        "Lay a corrected address and e-mail over the imported ones; the order keeps it through every later import.",
        _arguments(
            name="text?",
            company="text?",
            address1="text?",
            address2="text?",
            zip="text?",
            city="text?",
            province="text?",
            country="text?",
            email="text?",
            phone="text?",
        ),
        _correct_address,
    ),
    Deed(
        "orders.ship",
        "order",
        "Write our parcel with everything that is open to ship.",
        _arguments(carrier="text", tracking="text", service="text?"),
        _ship,
        outside=True,
        hand_title="Enter the shipment in {platform}",
        shown=_ship_is_shown,
    ),
    Deed(
        "orders.issue_gift_cards",
        "order",
        "Note that the open gift cards were issued.",
        {},
        _issue_gift_cards,
        outside=True,
        hand_title="Issue the gift cards in {platform}",
        shown=_issue_is_shown,
    ),
    Deed(
        "orders.refund",
        "order",
        "Pay money back to the customer.",
        _arguments(amount="money", reason="text"),
        _refund,
        outside=True,
        hand_title="Refund in {platform}",
        shown=_refund_is_shown,
    ),
    Deed(
        "orders.cancel",
        "order",
        "Cancel the order.",
        _arguments(reason="text"),
        _cancel,
        outside=True,
        hand_title="Cancel in {platform}",
        shown=_cancel_is_shown,
    ),
    Deed(
        "orders.release",
        "order",
        "Release the order for shipping although its payment or its risk is open.",
        _arguments(reason="text"),
        _release,
    ),
    Deed(
        "orders.mark_short",
        "order",
        "Note which line can't be shipped, and how many of it.",
        _arguments(line="text", quantity="number"),
        _mark_short,
    ),
)
