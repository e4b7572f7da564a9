"""The last year under other rules: what is asked, and what comes of it, as plain values. Light to import: the year is
lived through in policy_replay, loaded when it is asked for."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ecomos.errors import Refused, WrongUsage
from ecomos.people import roles_of
from ecomos.playbook.records import Policy
from ecomos.store import Home

__all__ = ["MAY_ASK", "Curve", "Replays", "Rule", "WhatIf", "replay_year"]

Progress = Callable[[str], None]
MAY_ASK = frozenset({"founder", "operations-lead", "buyer"})


@dataclass(frozen=True)
class WhatIf:
    """What is to be otherwise; what is None stays as the policies and the suppliers have it."""

    target: float | None = None
    """Share of pieces that leave from the shelf, for every class: 0.95."""
    lead_days: float | None = None
    """Of every thing, calendar days; half as long to half as long again."""
    review_days: int | None = None
    """Orders are placed every so many days."""
    supplier_id: int | None = None
    """Everything comes as soon, and on the order days, as from this one."""

    def checked(self) -> "WhatIf":
        """Raises WrongUsage for what can't be meant."""
        if self.target is not None and not 0.5 <= self.target <= 0.999:
            raise WrongUsage("A service target lies between 50 and 99.9 per cent.")
        if self.lead_days is not None and not 0 <= self.lead_days <= 365:
            raise WrongUsage("A lead time lies between 0 and 365 days.")
        if self.review_days is not None and not 1 <= self.review_days <= 60:
            raise WrongUsage("Orders are placed every 1 to 60 days.")
        return self


@dataclass(frozen=True)
class Rule:
    """What came of one rule; money in cents of the store's currency."""

    name: str
    fill: float | None
    """Share of what was asked for, by price, that left from the shelf; None: can't be known."""
    stock_cents: int
    """What lay there cost, on average."""
    orders: int | None
    """Lines ordered."""
    same_cents: int | None
    """What would have lain there, turned up or down to our plan's own service; None: it does not get there."""
    note: str = ""


@dataclass(frozen=True)
class Curve:
    """One rule's year, a value a week."""

    name: str
    stock_cents: tuple[int, ...]
    cash_cents: tuple[int, ...]
    """Taken in for what left less paid for what arrived, since the first week."""


@dataclass(frozen=True)
class Replays:
    """The year under every rule, side by side."""

    first_on: str
    last_on: str
    things: int
    """That were lived through."""
    left_out: int
    """Known too short before it, or beyond the two thousand that bring most."""
    rules: tuple[Rule, ...]
    curves: tuple[Curve, ...]
    weeks: tuple[str, ...]
    """The first day of each."""
    notes: tuple[str, ...]
    """What can't be known, and what was taken instead."""


def replay_year(
    db: sqlite3.Connection,
    home: Home,
    policies: Mapping[str, Policy],
    what: WhatIf,
    now: datetime,
    person_id: int | None = None,
    progress: Progress = lambda words: None,
) -> Replays:
    """The last year (or what there is of it after half a year to learn from) under what is asked, beside what happened
    and the rules that shops use. `progress` hears what is lived through now.

    Raises Refused for a person who does not buy, and where too little was sold; WrongUsage for what can't be meant.
    """
    if person_id is not None and not MAY_ASK & set(roles_of(db, person_id, now.astimezone(home.zone).date())):
        raise Refused("The replay shows costs: it is for the buyer, the operations lead and the founder.")
    from ecomos.stock.policy_replay import live_through

    return live_through(db, home, policies, what.checked(), now, progress)
