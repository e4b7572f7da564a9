"""The last year lived through under other rules: ours as they are, ours as asked, and the rules that shops use, beside
what happened. Dials are set from the half-year before, never from the year itself. Reads; writes nothing. Needs
numpy."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from ecomos.errors import Refused
from ecomos.playbook.records import Policy
from ecomos.stock.dials import DIALS, Past, dials_of, points_by_week
from ecomos.stock.outlook import Outlook, look_ahead
from ecomos.stock.rehearsal import Rehearsed, Scene, rehearse
from ecomos.stock.things import arrays
from ecomos.stock.usual_rules import fixed_minimum, textbook_normal, thirty_day_rate
from ecomos.stock.what_if import Curve, Replays, Rule, WhatIf
from ecomos.store import Home

__all__ = ["live_through"]

Array = Any
YEAR, LEARN, LEAST = 364, 182, 56
"""Days lived through; days before them to learn from; days below which nothing is said."""
MOST = 2000
TURNS = np.array([0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.5, 6.0])
AS_IT_IS = 3
"""Where in TURNS nothing is turned."""
FACTORS = np.array([0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 8.0])
NORMAL = np.array([0.5, 1.0, 1.3, 1.645, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0])


@dataclass(frozen=True)
class _Year:
    """What all rules live through."""

    look: Outlook
    chosen: Array
    """The things, those that bring most first."""
    days: int
    every: Array
    """Pieces a day of the whole window."""
    scene: Scene

    @property
    def first(self) -> int:
        return self.every.shape[1] - self.days


def live_through(
    db: sqlite3.Connection,
    home: Home,
    policies: Mapping[str, Policy],
    what: WhatIf,
    now: datetime,
    progress: Callable[[str], None] = lambda words: None,
) -> Replays:
    """Every rule's year. Raises Refused where too little was sold to learn from and to live through."""
    progress("reading what was sold")
    look = look_ahead(db, home, policies, now)
    year = _year(look)
    progress("our plan")
    ours = _ours(year, look, WhatIf())
    rules, curves = [_told("Our plan", ours, AS_IT_IS, ours.fill[AS_IT_IS])], [_curve("Our plan", ours, AS_IT_IS)]
    same = float(ours.fill[AS_IT_IS])
    if what != WhatIf():
        progress("our plan, as asked")
        asked = _ours(_changed(year, look, what), look, what)
        rules.append(_told("Our plan, as asked", asked, AS_IT_IS, same))
        curves.append(_curve("Our plan, as asked", asked, AS_IT_IS))
    lead, lasts = (look.leads.median[year.chosen], look.leads.sd[year.chosen]), look.limits.order_lasts
    before = year.every[:, max(0, year.first - LEARN) : year.first]
    for name, usual, at in (
        ("Fixed minimum and maximum", fixed_minimum(before, lead[0], lasts, FACTORS), 5),
        ("30-day rate × lead time", thirty_day_rate(year.every, year.first, lead[0], lasts, FACTORS), 3),
        ("Textbook normal formula", textbook_normal(year.every, year.first, lead, lasts, NORMAL), 3),
    ):
        progress(name[0].lower() + name[1:])
        lived = rehearse(year.scene, usual)
        rules.append(_told(name, lived, at, same))
        curves.append(_curve(name, lived, at))
    happened, notes = _happened(db, year)
    return Replays(
        first_on=(look.last_on - timedelta(days=year.days - 1)).isoformat(),
        last_on=look.last_on.isoformat(),
        things=len(year.chosen),
        left_out=int((look.learned.method != "none").sum()) - len(year.chosen),
        rules=tuple([happened[0], *rules] if happened else rules),
        curves=tuple([happened[1], *curves] if happened else curves),
        weeks=tuple((look.last_on - timedelta(days=year.days - 1 - day)).isoformat() for day in range(0, year.days, 7)),
        notes=tuple(notes),
    )


def _year(look: Outlook) -> _Year:
    known = look.days_known
    days = int(min(YEAR, max(0, (np.quantile(known, 0.9) if len(known) else 0) - LEARN) // 7 * 7))
    if days < LEAST:
        raise Refused(
            f"Too little was sold to replay: half a year to learn from and {LEAST} days to live through are needed. "
            "Import older orders, or come back later."
        )
    price = np.where(np.isnan(look.things.price), 0.0, look.things.price)
    usable = np.flatnonzero((known >= days + look.limits.usual) & (price > 0))
    money = price[usable] * look.learned.means[usable, -1 - days // 7]
    chosen = usable[np.argsort(-money, kind="stable")[:MOST]]
    every = look.asked.by_day(len(price), look.asked.window.days, chosen)
    cost = np.where(np.isnan(look.things.cost), price * (1 - look.limits.assumed_margin), look.things.cost)[chosen]
    scene = Scene(
        asked=every[:, -days:],
        worth=price[chosen],
        value=cost,
        lead_low=look.leads.low[chosen],
        lead_high=look.leads.high[chosen],
        pack=look.things.pack[chosen],
        minimum=look.things.minimum[chosen],
    )
    return _Year(look, chosen, days, every, scene)


def _past(year: _Year, what: WhatIf, days: int, until: int) -> Past:
    """A span of the past with the lead times asked for."""
    look, count = year.look, len(year.look.things.ids)
    lead, low, high, sd, review = _lead(look, what)
    worth = np.where(np.isnan(look.margin), 0.0, np.maximum(look.margin, 0.0))
    return Past(
        learned=look.learned,
        asked=lambda chosen: look.asked.by_day(count, days, chosen, until),
        days=days,
        usable=look.days_known >= days + until + look.limits.usual,
        worth=worth,
        lead_days=lead,
        lead_sd=sd,
        lead_low=low,
        lead_high=high,
        review_days=review,
        lasts_days=look.limits.order_lasts,
        until=until,
    )


def _lead(look: Outlook, what: WhatIf) -> tuple[Array, ...]:
    """(median, low, high, standard deviation, review) of every thing, as asked."""
    leads, shape = look.leads, np.ones(len(look.things.ids))
    found = [leads.median, leads.low, leads.high, leads.sd, look.waits.review]
    if what.supplier_id is not None:
        theirs = look.things.supplier == what.supplier_id
        if not theirs.any():
            raise Refused("This supplier has nothing that is planned: give it things on the page Suppliers.")
        found = [shape * float(np.median(column[theirs])) for column in found]
    if what.lead_days is not None:
        days = what.lead_days
        found[:4] = [shape * d for d in (days, days * 0.5, days * 1.5, days / np.sqrt(12.0))]
    if what.review_days is not None:
        found[4] = shape * (what.review_days - 1.0)
    return tuple(found)


def _changed(year: _Year, look: Outlook, what: WhatIf) -> _Year:
    _, low, high, _, review = _lead(look, what)
    scene = replace(
        year.scene,
        lead_low=low[year.chosen],
        lead_high=high[year.chosen],
        review_days=max(1, round(float(np.median(review)) + 1)),
    )
    return replace(year, scene=scene)


def _ours(year: _Year, look: Outlook, what: WhatIf) -> Rehearsed:
    """Our plan's year, its dials set by the half-year before it and turned by TURNS."""
    target = look.target if what.target is None else np.full(len(look.target), what.target)
    learning = min(LEARN, (look.asked.window.days - year.days) // 7 * 7)
    dial = dials_of(_past(year, what, learning, year.days), look.classes.abc, target).dial
    turned = np.clip(dial[year.chosen][:, None] * TURNS[None], 0.05, 3 * DIALS[-1])
    return rehearse(year.scene, points_by_week(_past(year, what, year.days, 0), year.chosen, turned))


def _told(name: str, lived: Rehearsed, at: int, same: float) -> Rule:
    return Rule(name, float(lived.fill[at]), round(float(lived.stock[at])), int(lived.orders[at]), _same(lived, same))


def _same(lived: Rehearsed, fill: float) -> int | None:
    """The stock with which a rule, turned, reaches that service; None where no turn does."""
    order = np.argsort(lived.stock)
    fills, stocks = np.maximum.accumulate(lived.fill[order]), lived.stock[order]
    if fills[-1] < fill - 1e-9:
        return None
    return round(float(np.interp(fill, fills, stocks)))


def _curve(name: str, lived: Rehearsed, at: int) -> Curve:
    cash = np.cumsum(lived.sold_by_day[:, at] - lived.bought_by_day[:, at])
    return Curve(name, _weekly(lived.stock_by_day[:, at]), _weekly(cash))


def _weekly(by_day: Array) -> tuple[int, ...]:
    """The value on the last day of each week."""
    return tuple(round(float(v)) for v in by_day[6::7])


_LEVELS = """
-- One row per thing and day: pieces that were moved.
select variant_id, cast(julianday(date(happened_at)) - julianday(?1) as integer) as day, sum(quantity),
  sum(case when kind in ('receive', 'opening', 'snapshot') then max(quantity, 0) else 0 end)
from stock_moves where state = 'sellable' group by 1, 2 order by 1, 2"""


def _happened(db: sqlite3.Connection, year: _Year) -> tuple[tuple[Rule, Curve] | None, list[str]]:
    """What really lay there, where the ledger knows it for the whole time; else what is said instead."""
    look = year.look
    known = look.shelf.known_from[year.chosen] <= year.first
    if not len(known) or known.mean() < 0.5:
        return None, [
            "From demand only; lost sales unknown: what lay on the shelf is not known for the whole of this time, so "
            "what happened can't be shown beside it, and what could not be sold for want of stock is missing from the "
            "demand."
        ]
    level, came = _shelf(db, year)
    cost = year.scene.value if year.scene.value is not None else year.scene.worth
    stock = (np.maximum(level, 0.0) * cost[:, None]).sum(axis=0)
    out = look.shelf.out[year.chosen][:, -year.days :]
    pace = (year.scene.worth * look.learned.means[year.chosen, -1])[:, None]
    lost = float((out * pace / 7.0).sum())
    sold = float((year.scene.asked * year.scene.worth[:, None]).sum())
    paid = (came * cost[:, None]).sum(axis=0)
    taken = (year.scene.asked * year.scene.worth[:, None]).sum(axis=0)
    note = "what was lost is reckoned from the days without stock"
    rule = Rule(
        "What happened", sold / (sold + lost) if sold + lost else None, round(float(stock.mean())), None, None, note
    )
    return (rule, Curve("What happened", _weekly(stock), _weekly(np.cumsum(taken - paid)))), []


def _shelf(db: sqlite3.Connection, year: _Year) -> tuple[Array, Array]:
    """(pieces there at the end of each day, pieces that came in) of the things lived through."""
    first: date = year.look.last_on - timedelta(days=year.days - 1)
    place = {variant: n for n, variant in enumerate(year.look.things.ids[year.chosen].tolist())}
    moved, came = np.zeros((len(place), year.days)), np.zeros((len(place), year.days))
    for variant, day, pieces, arrived in arrays(db, _LEVELS, [first.isoformat()]):
        if variant in place and day < year.days:
            moved[place[variant], max(0, day)] += pieces
            if day >= 0:
                came[place[variant], day] += arrived
    return np.cumsum(moved, axis=1), came
