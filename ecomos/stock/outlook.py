"""Everything that a plan is made of, for all things at once: what was asked for, on which days it could be had, how
demand goes on, how long goods take, how safe it is to be. Reads; writes nothing. Needs numpy."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from ecomos.calendar import WorkingTime
from ecomos.playbook.records import Policy
from ecomos.stock.classes import Classes, classes_of
from ecomos.stock.demand import WEEKS, Asked, last_complete_day, read_asked
from ecomos.stock.dials import Dialled, Past, dials_of
from ecomos.stock.foresight import Learned, Weeks, best_alphas, learn
from ecomos.stock.lead_times import LeadTimes, read_lead_times
from ecomos.stock.order_days import next_order_day
from ecomos.stock.plan_limits import PlanLimits, plan_limits
from ecomos.stock.shelf_days import ShelfDays, counted_days, read_shelf_days
from ecomos.stock.terms import holidays_of, read_order_days, supplier_terms
from ecomos.stock.things import Things, read_things
from ecomos.store import Home

__all__ = ["OrderWaits", "Outlook", "look_ahead", "past_of"]

Array = Any
YEAR = 365
QUIET = 365
"""Days without a sale after which nothing is foreseen any more."""


@dataclass(frozen=True)
class OrderWaits:
    """A row a thing, in days."""

    wait: Array
    """Until the supplier takes an order."""
    review: Array
    """Between two of its order days, beyond the daily look."""
    next_chance: Array
    """Until the order day after that."""


@dataclass(frozen=True)
class Outlook:
    """All columns have a row a thing."""

    today: date
    last_on: date
    limits: PlanLimits
    things: Things
    asked: Asked
    shelf: ShelfDays
    counted: Array
    """Whether a day counts, a column a day."""
    learned: Learned
    leads: LeadTimes
    waits: OrderWaits
    margin: Array
    """Cents a piece; assumed where no cost is known."""
    classes: Classes
    target: Array
    dialled: Dialled
    days_known: Array
    days_since_sold: Array


def look_ahead(db: sqlite3.Connection, home: Home, policies: Mapping[str, Policy], now: datetime) -> Outlook:
    """How things stand and go on, from what is in the store."""
    limits, today = plan_limits(policies), now.astimezone(home.zone).date()
    last = last_complete_day(db, today)
    things = read_things(db, home.currency, today)
    asked = read_asked(db, things.ids, last, limits)
    shelf = read_shelf_days(db, things.ids, asked.window, home.zone, now)
    counted = counted_days(asked, shelf)
    leads = read_lead_times(db, things, today, limits)
    weeks = _weeks(asked, counted)
    learned = learn(weeks, best_alphas(weeks), ahead=max(1, round((limits.order_lasts + 14) / 7)))
    since = _since_sold(asked, len(things.ids))
    learned = _quiet(learned, since)
    margin = np.where(np.isnan(things.cost), things.price * limits.assumed_margin, things.margin)
    classes = classes_of(_year(asked, len(things.ids)) * margin, learned.mean, learned.sd, limits)
    target = _targets(classes.abc, margin, things.cost, limits)
    known = asked.window.days - np.clip(np.minimum(asked.first_day, shelf.known_from), 0, asked.window.days)
    waits = _waits(db, home, things, today)
    dialled = dials_of(past_of(asked, shelf, learned, leads, waits.review, margin, limits, known), classes.abc, target)
    return Outlook(
        today, last, limits, things, asked, shelf, counted, learned, leads, waits, margin, classes, target, dialled,
        known, np.where(since < 0, known, since),
    )  # fmt: skip


def _weeks(asked: Asked, counted: Array) -> Weeks:
    things = len(counted)
    take = ~asked.is_bulk & counted[asked.row, asked.day]
    flat = asked.row[take] * WEEKS + asked.day[take] // 7
    pieces = np.bincount(flat, weights=asked.pieces[take], minlength=things * WEEKS).reshape(things, WEEKS)
    return Weeks(pieces, counted.reshape(things, WEEKS, 7).sum(axis=2, dtype=np.int8).astype(np.int64))


def _quiet(learned: Learned, since: Array) -> Learned:
    """Nothing is foreseen of what has not sold for a year."""
    quiet = (since >= QUIET) | (since < 0)
    mean, sd = np.where(quiet, 0.0, learned.mean), np.where(quiet, 0.0, learned.sd)
    method = np.where(quiet, "none", learned.method)
    return Learned(mean, sd, method, learned.means, learned.sds, learned.season)


def _since_sold(asked: Asked, things: int) -> Array:
    """Days since each thing was last sold, -1 where it never was; more than the window where it was sold before it."""
    last = np.where(asked.first_day < 0, -2, -1)
    np.maximum.at(last, asked.row, asked.day)
    return np.where(last == -2, asked.window.days, np.where(last == -1, -1, asked.window.days - 1 - last))


def _year(asked: Asked, things: int) -> Array:
    take = asked.day >= asked.window.days - YEAR
    return np.bincount(asked.row[take], weights=asked.pieces[take], minlength=things)


def _targets(abc: Array, margin: Array, cost: Array, limits: PlanLimits) -> Array:
    """By class; or by margin: what a piece brings over that and what it costs to keep one order's while.

    The share of orders' whiles in which nothing may run short where a lost sale costs the margin and a piece too many
    its keeping (Snyder & Shen, section 4.3): between 80 and 99 per cent.
    """
    by_class = np.select([abc == "A", abc == "B"], [limits.target_a, limits.target_b], limits.target_c)
    if limits.service != "margin":
        return by_class
    keeping = cost * limits.keeping_a_year * limits.order_lasts / YEAR
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = margin / (margin + keeping)
    return np.where(np.isnan(ratio), by_class, np.clip(ratio, 0.80, 0.99))


def _waits(db: sqlite3.Connection, home: Home, things: Things, today: date) -> OrderWaits:
    count = len(things.ids)
    wait, review, chance = np.zeros(count), np.zeros(count), np.ones(count)
    working = WorkingTime(home.zone, home.hours, home.holidays)
    for supplier in (int(s) for s in np.unique(things.supplier) if s >= 0):
        terms, holidays = supplier_terms(db, supplier), holidays_of(db, supplier)
        first = next_order_day(terms, holidays, working, today)
        second = next_order_day(terms, holidays, working, first + timedelta(days=1))
        here = things.supplier == supplier
        wait[here], chance[here] = (first - today).days, max(1, (second - today).days)
        review[here] = 7.0 / len(read_order_days(terms.order_days)) - 1.0
    return OrderWaits(wait, review, chance)


def past_of(
    asked: Asked,
    shelf: ShelfDays,
    learned: Learned,
    leads: LeadTimes,
    review: Array,
    worth: Array,
    limits: PlanLimits,
    known: Array,
) -> Past:
    """The last months, as the rehearsal wants them; a day without stock has no demand there, for none is known."""
    days = int(limits.replay) // 7 * 7
    return Past(
        learned=learned,
        asked=lambda chosen: asked.by_day(len(worth), days, chosen),
        days=days,
        usable=known >= days + limits.usual,
        worth=np.where(np.isnan(worth), 0.0, np.maximum(worth, 0.0)),
        lead_days=leads.median,
        lead_sd=leads.sd,
        lead_low=leads.low,
        lead_high=leads.high,
        review_days=review,
        lasts_days=limits.order_lasts,
    )
