"""What the procedures of a stage will bring: how often each starts a week, how many hours that is, and for whom.
Counted from the store's own last four weeks where it has them, else as the procedure says of itself, marked so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ecomos.playbook.procedures import STAGES
from ecomos.playbook.records import Procedure
from ecomos.playbook.timetable import due_slots
from ecomos.store import get_setting, iso
from ecomos.work import Shop, in_force

__all__ = ["ORDERS_A_WEEK", "Forecast", "Stage", "forecast", "orders_a_week", "stages"]

ORDERS_A_WEEK = "orders a week"
"""The setting with the founder's own guess, used until four weeks of orders are there."""
WEEKS = 4
FEWEST = 10
"""Runs in four weeks from which on the store's own figures are used."""


@dataclass(frozen=True)
class Forecast:
    """One procedure in an ordinary week."""

    procedure: str
    title: str
    state: str
    starts: Decimal | None
    """How often it starts a week; None where nothing tells."""
    hours: Decimal | None
    """Hands at work a week."""
    roles: tuple[str, ...]
    """Who does its steps."""
    basis: str
    """counted, the clock, assumed, or empty."""


@dataclass(frozen=True)
class Stage:
    """The first seven, fifteen or thirty procedures, or all."""

    number: int | None
    """7, 15, 30; None for all that are written to the mark."""
    forecasts: tuple[Forecast, ...]
    """Those that this stage adds."""

    @property
    def is_on(self) -> bool:
        return all(f.state == "on" for f in self.forecasts)

    @property
    def hours(self) -> Decimal:
        """Hours a week that it adds, as far as they are known."""
        return sum((f.hours or Decimal(0) for f in self.forecasts), Decimal(0))

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(sorted({r for f in self.forecasts for r in f.roles}))

    def hours_by_role(self) -> dict[str, Decimal]:
        """The hours shared out among the roles of each procedure alike, most first."""
        found: dict[str, Decimal] = {}
        for one in self.forecasts:
            for role in one.roles:
                found[role] = found.get(role, Decimal(0)) + (one.hours or Decimal(0)) / len(one.roles)
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def stages(shop: Shop, now: datetime) -> list[Stage]:
    """The stages in their order, each with what it adds to the one before; of the core procedures in force."""
    core = [p for p in in_force(shop, now).procedures.values() if p.size == "core"]
    weekly = orders_a_week(shop, now)
    found = []
    for number in (*STAGES, None):
        own = [p for p in core if p.stage == number]
        found.append(Stage(number, tuple(forecast(shop, p, weekly, now) for p in _ordered(own))))
    return found


def _ordered(procedures: Iterable[Procedure]) -> list[Procedure]:
    return sorted(procedures, key=lambda p: (p.area, p.title))


def orders_a_week(shop: Shop, now: datetime) -> tuple[Decimal | None, str]:
    """(orders a week, counted or assumed): of the four weeks before the newest order, else as the founder said."""
    row = shop.db.execute("select min(placed_at), max(placed_at) from orders where kind = 'sale'").fetchone()
    if row[0] and datetime.fromisoformat(row[1]) - datetime.fromisoformat(row[0]) >= timedelta(weeks=WEEKS):
        since = iso(datetime.fromisoformat(row[1]) - timedelta(weeks=WEEKS))
        sql = "select count(*) from orders where kind = 'sale' and placed_at > ?"
        return Decimal(shop.db.execute(sql, [since]).fetchone()[0]) / WEEKS, "counted"
    said = get_setting(shop.db, ORDERS_A_WEEK, "")
    return (Decimal(said), "assumed") if said else (None, "")


def forecast(shop: Shop, procedure: Procedure, weekly: tuple[Decimal | None, str], now: datetime) -> Forecast:
    """What one procedure will bring a week; `weekly` from `orders_a_week`."""
    starts, basis = _starts(shop, procedure, weekly, now)
    minutes = _minutes(shop, procedure, now)
    hours = None if starts is None or minutes is None else starts * minutes / 60
    roles = tuple(sorted({s.role or procedure.performer for s in procedure.steps if s.is_human}))
    return Forecast(procedure.stem, procedure.title, procedure.state, starts, hours, roles, basis)


def _starts(
    shop: Shop, procedure: Procedure, weekly: tuple[Decimal | None, str], now: datetime
) -> tuple[Decimal | None, str]:
    since = iso(now - timedelta(weeks=WEEKS))
    sql = "select count(*) from runs where procedure = ? and started_at > ?"
    (own,) = shop.db.execute(sql, [procedure.stem, since]).fetchone()
    if own >= FEWEST:
        return Decimal(own) / WEEKS, "counted"
    if procedure.starts is not None and procedure.starts.cron:
        slots = due_slots(procedure.starts.cron, shop.home.zone, now, now + timedelta(weeks=WEEKS))
        return Decimal(len(slots)) / WEEKS, "the clock"
    if procedure.usually is None:
        return None, ""
    if procedure.usually.per == "week":
        return procedure.usually.number, "assumed"
    orders, basis = weekly
    if orders is None:
        return None, ""
    every = procedure.usually.number == 100
    return orders * procedure.usually.number / 100, basis if every else "assumed"


def _minutes(shop: Shop, procedure: Procedure, now: datetime) -> Decimal | None:
    """Minutes of hands for one run: as it was measured in the last four weeks, else as the procedure says."""
    row = shop.db.execute(
        """select count(distinct t.run_id) as runs,
             sum((julianday(t.done_at) - julianday(t.taken_at)) * 1440) as minutes
           from tasks t join runs r on r.id = t.run_id
           where r.procedure = ? and t.kind = 'step' and t.status = 'done' and t.done_at > ?
             and t.taken_at is not null and substr(t.taken_at, 1, 10) = substr(t.done_at, 1, 10)""",
        [procedure.stem, iso(now - timedelta(weeks=WEEKS))],
    ).fetchone()
    if row["runs"] >= FEWEST and row["minutes"]:
        return Decimal(str(row["minutes"])) / row["runs"]
    span = procedure.takes
    if span is None or span.amount is None:
        return None
    return span.amount * {"minutes": 1, "hours": 60, "days": 480}[span.unit]
