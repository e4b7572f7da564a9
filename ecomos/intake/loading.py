"""From records to the trade's rooms: each kind of record has its loader, which writes rows and events inside the
import's transaction and says in the account what it did. Knows nothing of files."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ecomos.intake.account import Account
from ecomos.intake.kinds import Reading
from ecomos.intake.text import Unreadable
from ecomos.marketing.spend import load_spend
from ecomos.orders.load import load_orders
from ecomos.orders.load_records import ProductRecord, Rejected
from ecomos.orders.load_setting import OrderTally, Setting
from ecomos.orders.products import load_products
from ecomos.stock.bought import BoughtTally, load_bought, load_received, load_suggested
from ecomos.stock.levels import OlderSnapshot, Snapshot, has_snapshot, load_levels, load_quantities
from ecomos.stock.shipping import after_orders
from ecomos.stock.supplying import load_supplies

__all__ = ["LOADERS", "Coming"]


@dataclass(frozen=True)
class Coming:
    """What one file brings."""

    db: sqlite3.Connection
    setting: Setting
    records: Iterator[Any]
    """Neutral records of its kind, and rows that are rejected."""
    reading: Reading
    account: Account
    as_of: str
    """When things stood as it says, UTC."""


Loaded = tuple[Account, list[Rejected]]


def _orders(coming: Coming) -> Loaded:
    tally = load_orders(coming.db, coming.setting, coming.records)
    after_orders(coming.db, coming.setting.import_id, coming.as_of, coming.setting.now)
    return _with_orders(coming.account, tally, str(coming.reading.zone)), tally.rejects


def _with_orders(account: Account, tally: OrderTally, zone: str) -> Account:
    names = ("orders", "lines", "no_sku", "no_shipping", "non_merchandise", "unmatched", "without_customer")
    return replace(
        account,
        rows_new=tally.rows_new,
        rows_changed=tally.rows_changed,
        counts={name: getattr(tally, name) for name in (*names, "lines_without_customer", "adoptions")},
        unmatched=tally.unmatched_examples,
        identities=tally.identities,
        days=_days(tally, zone),
        older=tally.older,
        corrected=[f"{order_id}|{column}" for order_id, column in tally.corrected],
        history=tally.history,
        events=tally.events,
        newest_at=tally.newest_at,
    )


def _days(tally: OrderTally, zone: str) -> list[str]:
    if not tally.orders:
        return []
    return [
        f"The store's days ({zone}): {tally.first_on} to {tally.last_on}; the file's own: {tally.file_first_on} to "
        f"{tally.file_last_on}; {tally.other_day} of {tally.orders} orders fall on another day."
    ]


def _products(coming: Coming) -> Loaded:
    """Products and variants; their quantities only where no inventory file ever came."""
    rejects: list[Rejected] = []
    records: list[ProductRecord] = list(_apart(coming.records, rejects))
    channel = coming.setting.channel.id
    tally = load_products(coming.db, channel, coming.account.import_id, iter(records))
    counts = {"products": tally.products, "variants": tally.variants}
    account = replace(coming.account, rows_new=tally.rows_new, rows_changed=tally.rows_changed, counts=counts)
    quantities = {(r.handle, v.title): v.quantity for r in records for v in r.variants if v.quantity is not None}
    if not quantities or has_snapshot(coming.db, channel):
        return account, rejects
    account_id, now = coming.account.import_id, coming.setting.now
    snapshot = load_quantities(coming.db, channel, account_id, coming.as_of, quantities, now)
    account = replace(account, counts=counts | {"levels": snapshot.levels}, notes=[*account.notes, *snapshot.notes])
    return _with_what_is_low(coming, account, snapshot), rejects


def _apart(records: Iterator[Any], rejects: list[Rejected]) -> Iterator[Any]:
    for record in records:
        if isinstance(record, Rejected):
            rejects.append(record)
        else:
            yield record


def _levels(coming: Coming) -> Loaded:
    rejects: list[Rejected] = []
    records = _apart(coming.records, rejects)
    setting, import_id = coming.setting, coming.account.import_id
    try:
        snapshot = load_levels(coming.db, setting.channel.id, import_id, coming.as_of, records, setting.now)
    except OlderSnapshot as older:
        raise Unreadable(f"{coming.account.file} is older than what is known: {older}") from older
    account = replace(
        coming.account,
        rows_new=snapshot.rows_new,
        rows_changed=snapshot.rows_changed,
        counts={"levels": snapshot.levels, "not_stocked": snapshot.not_stocked},
        readings={**coming.account.readings, "as of": coming.as_of},
        notes=[*coming.account.notes, *snapshot.notes],
        newest_at=coming.as_of,
    )
    return _with_what_is_low(coming, account, snapshot), rejects + snapshot.rejects


def _with_what_is_low(coming: Coming, account: Account, snapshot: Snapshot) -> Account:
    """Tell once for the import what has become low or sold out; a first load, or an older fact, tells nothing."""
    if coming.setting.is_baseline or coming.as_of < coming.setting.since:
        return account
    from ecomos.stock.low import tell_low  # asks the playbook for the limit, which only this kind of file pays for

    low = tell_low(coming.db, snapshot, coming.setting.now)
    if not low:
        return account
    return replace(account, events=account.events + 1, low=[(one.name, one.left) for one in low])


def _supplies(coming: Coming) -> Loaded:
    rejects: list[Rejected] = []
    tally = load_supplies(coming.db, _apart(coming.records, rejects))
    account = replace(
        coming.account,
        rows_new=tally.rows_new,
        rows_changed=tally.rows_changed,
        counts={"suppliers": tally.suppliers, "items": tally.items, "unknown_items": tally.unknown},
        unmatched=tally.unmatched,
    )
    return account, rejects


def _spend(coming: Coming) -> Loaded:
    rejects: list[Rejected] = []
    tally = load_spend(coming.db, coming.setting, _apart(coming.records, rejects))
    account = replace(
        coming.account,
        rows_new=tally.rows_new,
        rows_changed=tally.rows_changed,
        counts={"campaigns": tally.campaigns},
        identities=tally.identities,
        days=[f"Spend of {tally.first_on} to {tally.last_on}."] if tally.last_on else [],
        newest_at=tally.newest_at,
    )
    return account, rejects


def _bought(coming: Coming) -> Loaded:
    rejects: list[Rejected] = []
    setting, import_id = coming.setting, coming.account.import_id
    records = _apart(coming.records, rejects)
    return _with_bought(coming, load_bought(coming.db, import_id, records, setting.home_currency, setting.now), rejects)


def _received(coming: Coming) -> Loaded:
    rejects: list[Rejected] = []
    records = _apart(coming.records, rejects)
    return _with_bought(
        coming, load_received(coming.db, coming.account.import_id, records, coming.setting.now), rejects
    )


def _suggested(coming: Coming) -> Loaded:
    rejects: list[Rejected] = []
    records = _apart(coming.records, rejects)
    return _with_bought(coming, load_suggested(coming.db, coming.account.import_id, records), rejects)


def _with_bought(coming: Coming, tally: BoughtTally, rejects: list[Rejected]) -> Loaded:
    account = replace(
        coming.account,
        rows_new=tally.rows_new,
        rows_changed=tally.rows_changed,
        counts={"purchase_orders": len(tally.orders)} if tally.orders else {},
        unmatched=tally.unmatched,
    )
    return account, rejects + tally.rejects


LOADERS: Mapping[str, Callable[[Coming], Loaded]] = {
    "orders": _orders,
    "products": _products,
    "levels": _levels,
    "suppliers": _supplies,
    "bought": _bought,
    "received": _received,
    "suggested": _suggested,
    "spend": _spend,
}
"""By what the records are."""
