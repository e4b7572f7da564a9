"""From the outlook to the rows of `stock_plans`: amounts, what is at stake, the deed by the written criteria, what this
week's money reaches. Needs numpy; writes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from ecomos.money import from_cents
from ecomos.stock.amounts import Given, amounts
from ecomos.stock.criteria import Criteria, Decided, decide
from ecomos.stock.outlook import Outlook
from ecomos.stock.shelf_days import LOOK_BACK
from ecomos.stock.stakes import Position, Stakes, stakes_of

__all__ = ["columns_of"]

Array = Any
MONEY_SPENT = "waits: this week's money is spent on what has more at stake"
YEAR = 365.0


def columns_of(
    look: Outlook, criteria: Criteria, currency: str, spent_cents: int = 0, kinds: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """The columns of the plan, a row a thing, as the table wants them. `spent_cents`: ordered in this week already;
    `kinds`: sku and type of each thing, for the criteria."""
    columns = _foreseen(look) | _money(look)
    given = Given(**{name: np.asarray(columns[name], float) for name in _GIVEN}, cap_days=_cap(look))
    amount = amounts(given)
    columns |= {
        "reorder_point": amount.reorder_point,
        "order_up_to": amount.order_up_to,
        "need": amount.need,
        "quantity": amount.quantity,
        "cap_days": np.full(len(look.things.ids), np.nan) if look.limits.lasts_at_most is None else _cap(look),
    }
    stakes = _only_known(stakes_of(_position(look, columns)), columns["is_known"])
    columns |= _staked(look, columns, stakes)
    decided = decide(criteria, _facts(columns, kinds or {}, currency), len(look.things.ids))
    columns |= _priced(look, columns, stakes, decided)
    return _within_money(look, columns, spent_cents)


_GIVEN = (
    "demand_a_day", "demand_sd", "lead_days", "lead_sd", "review_days", "dial", "lasts_days", "available", "coming",
    "minimum", "pack",
)  # fmt: skip


def _foreseen(look: Outlook) -> dict[str, Array]:
    things, learned, recent = look.things, look.learned, slice(-LOOK_BACK, None)
    count, asked = len(things.ids), look.asked
    take = (asked.day >= asked.window.days - LOOK_BACK) & look.counted[asked.row, asked.day]
    usual = take & ~asked.is_bulk
    bulk = asked.is_bulk & (asked.day >= asked.window.days - LOOK_BACK)
    last = _days(look.last_on, -look.days_since_sold, look.days_since_sold < look.days_known)
    return {
        "variant_id": things.ids,
        "location_id": things.location,
        "as_of_on": np.full(count, look.last_on.isoformat()),
        "method": learned.method,
        "demand_a_day": np.round(learned.mean / 7.0, 6),
        "demand_sd": np.round(learned.sd / np.sqrt(7.0), 6),
        "season": np.round(learned.season, 3),
        "days_counted": look.counted[:, recent].sum(axis=1),
        "days_out": look.shelf.out[:, recent].sum(axis=1),
        "days_promoted": asked.is_promoted[:, recent].sum(axis=1),
        "pieces_sold": np.bincount(asked.row[usual], weights=asked.pieces[usual], minlength=count),
        "bulk_pieces": np.bincount(asked.row[bulk], weights=asked.pieces[bulk], minlength=count),
        "lead_days": np.round(look.leads.median, 2),
        "lead_low": np.round(look.leads.low, 2),
        "lead_high": np.round(look.leads.high, 2),
        "lead_sd": np.round(look.leads.sd, 4),
        "lead_source": look.leads.source,
        "receipts": look.leads.receipts,
        "review_days": np.round(look.waits.review, 3),
        "wait_days": look.waits.wait,
        "lasts_days": np.full(count, look.limits.order_lasts),
        "target": np.round(look.target, 4),
        "reached": np.round(look.dialled.reached, 4),
        "dial": np.round(look.dialled.dial, 4),
        "on_hand": things.on_hand,
        "available": things.on_hand - things.committed,
        "coming": things.coming,
        "coming_on": np.array(things.coming_on, object),
        "is_known": things.is_known,
        "days_since_sold": look.days_since_sold,
        "days_known": look.days_known,
        "last_sold_on": last,
        "supplier_id": things.supplier,
        "pack": things.pack,
        "minimum": things.minimum,
        "abc": look.classes.abc,
        "xyz": look.classes.xyz,
    }


def _money(look: Outlook) -> dict[str, Array]:
    things, asked = look.things, look.asked
    year = asked.day >= asked.window.days - 365
    pieces = np.bincount(asked.row[year], weights=asked.pieces[year], minlength=len(things.ids))
    return {
        "sold_cents": np.round(pieces * np.nan_to_num(things.price)),
        "cost_cents": np.round(things.cost),
        "cost_source": np.where(np.isnan(things.cost), "", things.cost_source),
        "price_cents": np.round(things.price),
        "margin_cents": np.round(look.margin),
    }


def _cap(look: Outlook) -> Array:
    most = look.limits.lasts_at_most
    return np.full(len(look.things.ids), np.inf if most is None else most)


def _position(look: Outlook, columns: Mapping[str, Array]) -> Position:
    lead, wait = columns["lead_days"], look.waits.wait
    coming_in = np.array([_days_until(day, look.today) for day in look.things.coming_on])
    return Position(
        demand_a_day=columns["demand_a_day"],
        available=columns["available"],
        coming=columns["coming"],
        coming_in=np.where(np.isnan(coming_in), lead, coming_in),
        arrival=wait + lead,
        slow_arrival=wait + columns["lead_high"],
        next_chance=look.waits.next_chance - wait,
        quantity=columns["quantity"],
        order_up_to=columns["order_up_to"],
        target=look.target,
    )


def _days_until(day: str | None, today: date) -> float:
    return np.nan if day is None else float(max(1, (date.fromisoformat(day) - today).days))


def _only_known(stakes: Stakes, known: Array) -> Stakes:
    """Where nothing tells how many lie there, nothing is short and nothing too much."""
    zero = np.where(known, 1.0, 0.0)
    return replace(
        stakes,
        cover_days=np.where(known, stakes.cover_days, np.nan),
        days_short=stakes.days_short * zero,
        bucket=np.where(known, stakes.bucket, ""),
        over=stakes.over * zero,
    )


def _staked(look: Outlook, columns: Mapping[str, Array], stakes: Stakes) -> dict[str, Array]:
    ahead = np.where(np.isfinite(stakes.slack), stakes.slack, 0.0).clip(0, 3650)
    by = _days(look.today, ahead, (stakes.bucket != "") & np.isfinite(stakes.slack))
    return {
        "cover_days": np.round(stakes.cover_days, 2),
        "days_short": np.round(stakes.days_short, 2),
        "bucket": stakes.bucket,
        "order_by_on": by,
        "margin_day_cents": _whole(columns["demand_a_day"] * columns["margin_cents"]),
    }


def _days(start: date, ahead: Array, known: Array) -> Array:
    """So many whole days from a day, as text; null where not known."""
    dates = [
        (start + timedelta(days=int(n))).isoformat() if k else None
        for n, k in zip(ahead.tolist(), known.tolist(), strict=True)
    ]
    return np.array(dates, object)


def _whole(value: Array) -> Array:
    return np.round(np.where(np.isnan(value), 0.0, np.maximum(value, 0.0)))


def _facts(columns: Mapping[str, Array], kinds: Mapping[str, Array], currency: str) -> dict[str, Array]:
    """The columns of ThingFacts."""
    count = len(columns["variant_id"])
    unit = float(from_cents(100, currency)) / 100
    cost, price, margin = (np.asarray(columns[f"{n}_cents"], float) * unit for n in ("cost", "price", "margin"))
    real = np.where(np.isnan(cost), np.nan, margin)
    position = columns["available"] + columns["coming"]
    each = np.where(np.isnan(cost), 0.0, cost)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(price > 0, real / price, np.nan)
    empty = np.full(count, "", object)
    return {
        "sku": kinds.get("sku", empty),
        "type": kinds.get("type", empty),
        **{name: np.asarray(columns[name], object) for name in ("abc", "xyz", "method")},
        "is_known": np.asarray(columns["is_known"], bool),
        **{
            name: np.asarray(columns[name], float)
            for name in (
                "on_hand", "available", "coming", "cover_days", "lead_days", "reorder_point", "quantity", "days_short",
                "days_out", "days_since_sold", "days_known", "target", "reached",
            )
        },
        "position": position,
        "demand_week": 7 * columns["demand_a_day"],
        "price": price,
        "cost": cost,
        "margin": real,
        "margin_share": np.round(share, 6),
        "cash_over": np.maximum(position - columns["order_up_to"], 0.0) * each,
        "stock_value": np.maximum(columns["on_hand"], 0.0) * each,
        "has_supplier": columns["supplier_id"] >= 0,
    }  # fmt: skip


def _priced(look: Outlook, columns: Mapping[str, Array], stakes: Stakes, decided: Decided) -> dict[str, Array]:
    """Cash and stake by deed: for what is short the margin that waiting a week loses, for what lies there too long what
    keeping it another year costs, for a count the margin of a week and what is missing on paper."""
    deed, margin_day = decided.deed, columns["margin_day_cents"]
    cost = np.where(np.isnan(columns["cost_cents"]), 0.0, columns["cost_cents"])
    lying = np.maximum(columns["on_hand"], 0.0) * cost
    cash = np.select(
        [deed == "order", deed == "discontinue", deed == "mark down"],
        [columns["quantity"] * cost, lying, stakes.over * cost],
        stakes.over * cost,
    )
    missing = np.maximum(-columns["on_hand"], 0.0) * cost
    stake = np.select(
        [deed == "order", deed == "expedite", deed == "count", np.isin(deed, ["mark down", "discontinue"])],
        [
            margin_day * stakes.waiting_days,
            margin_day * columns["days_short"],
            margin_day * 7.0 + missing,
            cash * look.limits.keeping_a_year,
        ],
        0.0,
    )
    return {
        "deed": deed,
        "rule": decided.rule,
        "escalate_to": decided.escalate_to,
        "cash_cents": _whole(cash),
        "stake_cents": _whole(stake),
        "quantity": np.where(np.isin(deed, ["order", "expedite"]), columns["quantity"], 0.0),
    }


def _within_money(look: Outlook, columns: dict[str, Array], spent_cents: int) -> dict[str, Array]:
    """What this week's money does not reach is left for the next week, those with the most at stake served first."""
    if look.limits.open_to_buy is None:
        return columns
    left = look.limits.open_to_buy * 100 - spent_cents
    for row in np.argsort(-columns["stake_cents"], kind="stable").tolist():
        if columns["quantity"][row] <= 0:
            continue
        if columns["cash_cents"][row] <= left:
            left -= columns["cash_cents"][row]
        else:
            columns["quantity"][row], columns["deed"][row], columns["rule"][row] = 0.0, "leave", MONEY_SPENT
    return columns
