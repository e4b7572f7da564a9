"""Reports of advertising accounts, by campaign and day: Google Ads with its rows above the header and its totals, Meta
with the account's total on top and the currency in a column's name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from ecomos.intake.cells import amount, count, number, text
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.intake.text import Unreadable
from ecomos.marketing.spend import SpendRecord, Total
from ecomos.orders.load_records import Rejected

__all__ = ["GOOGLE_ADS", "META_ADS"]

GOOGLE: Mapping[str, tuple[str, ...]] = {
    "campaign": ("Campaign",),
    "state": ("Campaign status", "Campaign state"),
    "type": ("Campaign type",),
    "day": ("Day", "Date"),
    "currency": ("Currency code", "Currency"),
    "spend": ("Cost",),
    "clicks": ("Clicks",),
    "impressions": ("Impr.", "Impressions"),
    "conversions": ("Conversions",),
    "value": ("Conv. value", "Total conv. value", "Conversion value"),
}
META: Mapping[str, tuple[str, ...]] = {
    "campaign": ("Campaign name",),
    "state": ("Campaign delivery",),
    "day": ("Day",),
    "starts": ("Reporting starts",),
    "ends": ("Reporting ends",),
    "currency": ("Currency",),
    "spend": ("Amount spent",),
    "clicks": ("Link clicks", "Clicks (all)"),
    "impressions": ("Impressions",),
    "conversions": ("Purchases", "Website purchases"),
    "value": ("Purchases conversion value", "Website purchases conversion value"),
}
DAY = re.compile(r"[A-Z][a-z]+ \d{1,2}, \d{4}")


def _google(rows: Rows, reading: Reading) -> Iterator[SpendRecord | Total | Rejected]:
    only = "" if "day" in reading.at else _only_day(reading)
    for line, row in rows:
        if not row[0].startswith("Total"):
            yield from _spend(line, row, reading, only or text(row, reading, "day"))
        elif "account" in row[0].lower():
            yield Total(amount(row, reading, "spend", _currency(row, reading)) or 0)


def _only_day(reading: Reading) -> str:
    """The day that the report is about, where it has no column for it."""
    for above in reading.before:
        days = set(DAY.findall(above))
        if len(days) == 1:
            return datetime.strptime(days.pop(), "%B %d, %Y").date().isoformat()  # noqa: DTZ007
    said = next((above.strip().strip('"') for above in reading.before[1:]), "its days")
    raise Unreadable(
        f"The report sums up {said} in one row for each campaign. Export it with a row for each day: "
        "Segment, Time, Day."
    )


def _meta(rows: Rows, reading: Reading) -> Iterator[SpendRecord | Total | Rejected]:
    if not {"day", "starts"} & set(reading.at):
        raise Unreadable("The report has no day. Export it with a row for each day: Breakdown, Time, Day.")
    reading = _with_currency(reading)
    for line, row in rows:
        if text(row, reading, "campaign"):
            yield from _spend(line, row, reading, _one_day(row, reading))
        else:
            yield Total(amount(row, reading, "spend", _currency(row, reading)) or 0)


def _one_day(row: list[str], reading: Reading) -> str:
    if "day" in reading.at:
        return text(row, reading, "day")
    first, last = text(row, reading, "starts"), text(row, reading, "ends")
    if last and first != last:
        raise Unreadable(
            f"The report sums up {first} to {last} in one row for each campaign. Export it with a row for each day: "
            "Breakdown, Time, Day."
        )
    return first


def _with_currency(reading: Reading) -> Reading:
    """The currency that stands in brackets in the name of the spend's column."""
    found = re.search(r"\(([A-Z]{3})\)", reading.header[reading.at["spend"]])
    return replace(reading, currency=found[1]) if found else reading


def _spend(line: int, row: list[str], reading: Reading, day: str) -> Iterator[SpendRecord | Rejected]:
    currency, stamp = _currency(row, reading), reading.dates.read(day)
    try:
        if stamp is None:
            raise ValueError(f"“{day[:60]}” is no day as this file writes them")
        yield SpendRecord(
            campaign=text(row, reading, "campaign") or "(no name)",
            day_on=stamp.file_on,
            currency=currency,
            line=line,
            spend_cents=amount(row, reading, "spend", currency) or 0,
            clicks=count(row, reading, "clicks"),
            impressions=count(row, reading, "impressions"),
            conversions=number(row, reading, "conversions"),
            value_cents=amount(row, reading, "value", currency),
        )
    except ValueError as bad:
        yield Rejected(line, str(bad), ",".join(row)[:2000])


def _currency(row: list[str], reading: Reading) -> str:
    return (text(row, reading, "currency") or reading.currency).upper()


GOOGLE_ADS = Kind(
    name="google-ads",
    title="a Google Ads campaign report",
    platform="google-ads",
    what="spend",
    columns=GOOGLE,
    needed=("campaign", "spend"),
    money=("spend", "value"),
    dates=("day",),
    read=_google,
    case="campaign",
    preamble=3,
    ignored=("Budget", "Status", "Optimization", "TrueView", "Avg", "Interaction", "Conv", "Cost", "CTR"),
)
META_ADS = Kind(
    name="meta-ads",
    title="a Meta ads report",
    platform="meta-ads",
    what="spend",
    columns=META,
    needed=("campaign", "spend"),
    money=("spend", "value"),
    dates=("day", "starts"),
    read=_meta,
    case="campaign",
    currency_in_names=True,
    ignored=("Purchase ROAS", "Reach", "Frequency", "Cost per", "CPM", "CPC", "CTR", "Landing page", "Results"),
)
