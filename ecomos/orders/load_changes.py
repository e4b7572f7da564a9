"""What differs between an order in the store and the same order in a newer file, and what would run backwards."""

import re
import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ecomos.orders.load_records import CONTACT_FIELDS, ORDER_FIELDS, OrderRecord
from ecomos.store import parse_iso

__all__ = ["backwards", "contact_changes", "order_changes", "other_order"]

MONEY_RANK = {"pending": 0, "authorized": 1, "partially_paid": 2, "paid": 3, "partially_refunded": 4, "refunded": 5}
GOODS_RANK = {"unfulfilled": 0, "partial": 1, "fulfilled": 2}
ENDED = ("voided", "expired")
INSTANTS = ("placed_at", "cancelled_at", "paid_at", "fulfilled_at")
KEPT_WHEN_BLANK = ("platform_id", "paid_at", "fulfilled_at", "cancelled_at", "financial_status", "fulfillment_status")
MANGLED = ("ship_zip", "bill_zip", "phone", "ship_phone")
A_DAY = timedelta(days=1)


def other_order(known: sqlite3.Row, record: OrderRecord) -> str | None:
    """Why this can't be the same order (another shop's file?), or None.

    Two whole Ids that differ; or, where one side has none, more than a day between the times of the order (files that
    were saved again lose offset and seconds).
    """
    if known["platform_id"] and record.platform_id:
        if known["platform_id"] != record.platform_id:
            return f"{record.number} is known with the Id {known['platform_id']}, here it is {record.platform_id}"
        return None
    if not _near(known["placed_at"], record.placed_at):
        return f"{record.number} is known as placed at {known['placed_at']}, here at {record.placed_at}"
    return None


def _near(a: str, b: str) -> bool:
    return abs(parse_iso(a) - parse_iso(b)) <= A_DAY


def backwards(known: sqlite3.Row, record: OrderRecord, absent: frozenset[str]) -> str | None:
    """What of the order would run backwards (an older file?), or None."""
    return (
        _status_back("financial_status", known, record)
        or _status_back("fulfillment_status", known, record)
        or _less("refunded_cents", known, record, absent)
        or _uncancelled(known, record, absent)
    )


def _status_back(name: str, known: sqlite3.Row, record: OrderRecord) -> str | None:
    old, new = known[name], getattr(record, name)
    rank = MONEY_RANK if name == "financial_status" else GOODS_RANK
    fell = old in rank and new in rank and rank[new] < rank[old]
    revived = old in ENDED and new in ("pending", "authorized")
    return f"{old} → {new}" if fell or revived else None


def _less(name: str, known: sqlite3.Row, record: OrderRecord, absent: frozenset[str]) -> str | None:
    old, new = known[name] or 0, getattr(record, name) or 0
    return f"refunds {old} → {new} (in minor units)" if name not in absent and new < old else None


def _uncancelled(known: sqlite3.Row, record: OrderRecord, absent: frozenset[str]) -> str | None:
    gone = known["cancelled_at"] and not record.cancelled_at and "cancelled_at" not in absent
    return "cancelled → not cancelled" if gone else None


def order_changes(known: sqlite3.Row, record: OrderRecord, absent: frozenset[str]) -> dict[str, tuple[Any, Any]]:
    """Column → (old, new) of what the file says otherwise; a time that has lost its offset or seconds is no news."""
    found = {}
    for name in ORDER_FIELDS:
        old, new = known[name], getattr(record, name)
        if old == new or name in absent or (new is None and name in KEPT_WHEN_BLANK):
            continue
        if record.coarse and name in INSTANTS and old and new and _near(old, new):
            continue
        found[name] = (old, new)
    if "placed_at" not in found:
        found.pop("placed_on", None)
    return found


def contact_changes(
    known: Mapping[str, Any] | sqlite3.Row | None, contact: Mapping[str, str | None] | None, absent: frozenset[str]
) -> dict[str, tuple[Any, Any]]:
    """Column → (old, new) of the personal data; a postcode or phone that a spreadsheet spoiled is no change."""
    if contact is None:
        return {}
    found = {}
    for name in CONTACT_FIELDS:
        old, new = (known[name] if known else None), contact.get(name)
        if name in absent or (old or "") == (new or ""):
            continue
        if name in MANGLED and old and new and _spoiled(old, new):
            continue
        found[name] = (old, new)
    return found


def _spoiled(old: str, new: str) -> bool:
    """Has a spreadsheet made a number of the old text?

    >>> _spoiled("07520", "7520"), _spoiled("+4312345678901", "4,31235E+12"), _spoiled("07520", "1010")
    (True, True, False)
    """
    if re.fullmatch(r"\d+[.,]\d+E\+\d+", new):
        return True
    return old.lstrip("'+0") == new.lstrip("'+0")
