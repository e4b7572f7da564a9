"""What advertising cost, by campaign and day, as an account reports it. A later report of a day replaces the earlier:
the accounts correct themselves for weeks."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from ecomos.orders.load_records import AskFirst
from ecomos.orders.load_setting import Setting

__all__ = ["SpendRecord", "SpendTally", "Total", "load_spend"]

VALUES = ("spend_cents", "clicks", "impressions", "conversions", "value_cents")


@dataclass(frozen=True)
class SpendRecord:
    """One row: a campaign on a day."""

    campaign: str
    day_on: str
    currency: str
    line: int
    spend_cents: int
    clicks: int | None = None
    impressions: int | None = None
    conversions: float | None = None
    value_cents: int | None = None


@dataclass(frozen=True)
class Total:
    """The file's own total: compared, never loaded."""

    spend_cents: int


@dataclass
class SpendTally:
    """What a report did, in rows of the file."""

    rows_new: int = 0
    rows_changed: int = 0
    campaigns: int = 0
    first_on: str = ""
    last_on: str = ""
    newest_at: str = ""
    identities: list[str] = field(default_factory=list)


def load_spend(db: sqlite3.Connection, setting: Setting, records: Iterable[SpendRecord | Total]) -> SpendTally:
    """Write the spend inside the caller's transaction; rows of one campaign and day in one file are added up.

    Raises AskFirst for a currency that neither the account nor the store had before.
    """
    tally, total = SpendTally(), None
    sums: dict[tuple[str, str], SpendRecord] = {}
    rows: dict[tuple[str, str], int] = {}
    for record in records:
        if isinstance(record, Total):
            total = record.spend_cents if total is None else total
            continue
        key = (record.campaign, record.day_on)
        sums[key] = _sum(sums[key], record) if key in sums else record
        rows[key] = rows.get(key, 0) + 1
    _ask_about_currency(db, setting, sorted({r.currency for r in sums.values()}))
    for key, record in sums.items():
        became = _save(db, setting, record)
        tally.rows_new += rows[key] if became == "new" else 0
        tally.rows_changed += rows[key] if became == "changed" else 0
    days = sorted(d for _, d in sums)
    tally.campaigns = len({c for c, _ in sums})
    if days:
        tally.first_on, tally.last_on, tally.newest_at = days[0], days[-1], f"{days[-1]}T00:00:00Z"
    if total:  # an account that leaves its total at 0 says nothing
        tally.identities = [_compared(total, sum(r.spend_cents for r in sums.values()))]
    return tally


def _compared(total: int, found: int) -> str:
    if total == found:
        return "The file's own total is the sum of its rows."
    return f"The file's own total ({total / 100:.2f}) is not the sum of its rows ({found / 100:.2f})."


def _sum(one: SpendRecord, other: SpendRecord) -> SpendRecord:
    added = {name: _add(getattr(one, name), getattr(other, name)) for name in VALUES}
    return SpendRecord(one.campaign, one.day_on, one.currency, one.line, **added)  # type: ignore[arg-type]


def _add(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else one + other


def _ask_about_currency(db: sqlite3.Connection, setting: Setting, currencies: list[str]) -> None:
    channel = setting.channel
    known = {channel.currency} if channel.currency else {setting.home_currency}
    for currency in currencies:
        if currency not in known and f"currency={currency}" not in setting.accepted:
            usual = ", ".join(sorted(known))
            raise AskFirst(
                f"The report is in {currency}, {channel.name} was in {usual}: another account's file?",
                [(f"it belongs to {channel.name}", f"currency={currency}")],
            )
    if currencies and channel.currency is None:
        db.execute("update channels set currency = ? where id = ?", [currencies[0], channel.id])


def _save(db: sqlite3.Connection, setting: Setting, record: SpendRecord) -> str:
    known = db.execute(
        "select * from ad_spend where channel_id = ? and campaign = ? and day_on = ?",
        [setting.channel.id, record.campaign, record.day_on],
    ).fetchone()
    names = (*VALUES, "currency")
    values = {name: getattr(record, name) for name in names}
    if known is not None and all(known[name] == values[name] for name in names):
        return "same"
    db.execute(
        """insert into ad_spend(channel_id, campaign, day_on, currency, spend_cents, clicks, impressions, conversions,
             value_cents, import_id)
           values (:channel_id, :campaign, :day_on, :currency, :spend_cents, :clicks, :impressions, :conversions,
             :value_cents, :import_id)
           on conflict(channel_id, campaign, day_on) do update set currency = excluded.currency,
             spend_cents = excluded.spend_cents, clicks = excluded.clicks, impressions = excluded.impressions,
             conversions = excluded.conversions, value_cents = excluded.value_cents, import_id = excluded.import_id""",
        {
            **values,
            "channel_id": setting.channel.id,
            "campaign": record.campaign,
            "day_on": record.day_on,
            "import_id": setting.import_id,
        },
    )
    return "new" if known is None else "changed"
