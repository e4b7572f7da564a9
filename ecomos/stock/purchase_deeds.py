"""What a procedure may do to a purchase order, inside the engine's transaction."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from ecomos.errors import Refused
from ecomos.playbook.catalogue import Deed, Doer, FactField
from ecomos.stock import purchase_status
from ecomos.stock.invoices import settle_bills
from ecomos.stock.purchase_facts import settle_wrong

__all__ = ["DEEDS"]

PAY, KEEP = "pay it as billed", "keep it"


def _mark_sent(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    purchase_status.mark_sent(db, order_id, doer.actor, doer.now, doer.today, doer.run_id)


def _expect(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    day = arguments["day"]
    if day is None:
        raise Refused("Write the day that they named.")
    purchase_status.expect(db, order_id, day if isinstance(day, date) else date.fromisoformat(str(day)))


def _give_up_rest(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    reason = str(arguments["reason"])
    purchase_status.give_up_rest(db, order_id, reason, doer.actor, doer.now, doer.run_id)


def _take_change(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    purchase_status.take_change(db, order_id, doer.now)


def _settle_wrong(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    settle_wrong(db, order_id, arguments["how"] == KEEP, doer.now)


def _close(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    purchase_status.close_order(db, order_id, doer.actor, doer.now, doer.run_id)


def _settle_bill(db: sqlite3.Connection, order_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    settle_bills(db, order_id, arguments["how"] == PAY, doer.person_id, str(arguments["why"]), doer.now)


DEEDS = (
    Deed(
        "purchases.mark_sent",
        "purchase",
        "The order leaves for the supplier: from now on it is on its way.",
        {},
        _mark_sent,
    ),
    Deed(
        "purchases.expect",
        "purchase",
        "What is open comes on that day, as the supplier said.",
        {"day": FactField("day", "day", True, "The day that they named.")},
        _expect,
    ),
    Deed(
        "purchases.give_up_rest",
        "purchase",
        "What did not come is expected no longer; an order of which nothing came is cancelled.",
        {"reason": FactField("reason", "text", False, "Why.")},
        _give_up_rest,
    ),
    Deed(
        "purchases.take_change",
        "purchase",
        "What the supplier confirmed otherwise is accepted: their pieces and price hold.",
        {},
        _take_change,
    ),
    Deed(
        "purchases.settle_wrong",
        "purchase",
        "What came wrong so far was decided on: kept and paid, or claimed. Later wrongs are asked about again.",
        {"how": FactField("how", "text", False, "What was decided.", (KEEP, "claim it"))},
        _settle_wrong,
    ),
    Deed(
        "purchases.settle_bill",
        "purchase",
        "The bills that differ are paid as they are, or refused.",
        {
            "how": FactField("how", "text", False, "What was decided.", (PAY, "refuse it")),
            "why": FactField("why", "text", False, "Why."),
        },
        _settle_bill,
    ),
    Deed("purchases.close", "purchase", "All came and is billed: the order is over.", {}, _close),
)
