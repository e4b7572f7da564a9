"""A day of the store in sentences with the figures in them. Figures come from the KPI cards in force; where a card is
missing, from a plain sum, and that is said. Brings the figures up to date, else only reads; of customers it tells
nothing but an order's number."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from ecomos.errors import WrongUsage
from ecomos.kpis import Reading, figures, newest_complete_day, readings, refresh
from ecomos.money import digits, format_money
from ecomos.people import person
from ecomos.playbook.records import Kpi
from ecomos.reports import reading
from ecomos.reports.told import Drawn, Told
from ecomos.store import now_in, parse_iso
from ecomos.work import Shop, acting, case_name, in_force, listed, promises

__all__ = ["Day", "in_words", "last_day", "tell_day"]

BASE_DAYS = 180
USUAL_WEEKS = 8
FEWEST_WEEKS = 3
MOST_ROWS = 10


def tell_day(shop: Shop, on: str = "", as_of: str = "") -> "Day":
    """A day to tell about: `on`, else the last complete one; `as_of` is the instant it is told at, else the present.

    Raises WrongUsage for what is no day or no instant.
    """
    try:
        now = datetime.fromisoformat(as_of) if as_of else now_in(shop.home, shop.db)
        day = date.fromisoformat(on) if on else last_day(shop, now)
    except ValueError as error:
        raise WrongUsage(f"{error}: a day is written as in 2026-11-23") from error
    refresh(shop.db, in_force(shop, now).kpis.values(), now)
    return Day(shop, day, now)


def last_day(shop: Shop, now: datetime) -> date:
    """The last complete day: the newest before today that has figures, else yesterday."""
    today = shop.today(now)
    return newest_complete_day(shop.db, today) or today - timedelta(days=1)


def in_words(day: date) -> str:
    """As in `Tuesday 24 November`."""
    return f"{day:%A} {day.day} {day:%B}"


@dataclass(frozen=True)
class Day:
    """One day of a store; every method gives something that shows itself in a cell."""

    shop: Shop
    on: date
    now: datetime

    # ---- sales

    def sales(self) -> Told:
        """Orders and sales, beside the same weekday's usual."""
        orders, sales = self._series("orders"), self._series("net-sales")
        count, cents = orders.get(self.on, 0.0), sales.get(self.on, 0.0)
        name = "net" if self._card("net-sales") else "in all"
        if not count and not cents:
            first = f"{in_words(self.on)}: no orders."
        else:
            money = format_money(round(cents), self.shop.home.currency)
            first = f"{in_words(self.on)}: {_counted(count, 'order')}, {money} {name}, {self._beside(sales)}."
        missing = [stem for stem in ("orders", "net-sales") if self._card(stem) is None]
        said = f"No card {' or '.join(missing)} is in force, so the orders themselves were added up." if missing else ""
        return Told(tuple(s for s in (first, self._signal(), said) if s))

    def _beside(self, sales: Mapping[date, float]) -> str:
        """How far the day is from the median of the same weekday."""
        before = [self.on - timedelta(weeks=n) for n in range(1, USUAL_WEEKS + 1)]
        first = self._first
        values = [sales.get(day, 0.0) for day in before if first and day >= first]
        weekday = f"{self.on:%A}"
        if len(values) < FEWEST_WEEKS:
            return f"too few {weekday}s before it to say what is usual"
        usual = statistics.median(values)
        if not usual:
            return f"where a usual {weekday} has no sales"
        share = round(100 * (sales.get(self.on, 0.0) - usual) / usual)
        money = format_money(round(usual), self.shop.home.currency)
        if not share:
            return f"as on a usual {weekday} ({money})"
        return f"{abs(share)} % {'above' if share > 0 else 'below'} a usual {weekday} ({money})"

    def _signal(self) -> str:
        last = self._readings[-1] if self._readings else None
        if last is None or last.day_on != self.on or not last.signal:
            return ""
        if last.signal == "level moved":
            return "The level has moved: this is not one odd day, sales run higher or lower than they did."
        return f"That is {last.signal} what the ups and downs of the days before explain: look for a cause."

    def sales_chart(self, days: int = 60) -> Drawn | Told:
        """Sales by day with the limits that their own ups and downs set."""
        from ecomos.reports.charts import behaviour

        shown = self._readings[-days:]
        if len(shown) < 2:
            return Told(("Too few days with orders to draw.",))
        scale = 10 ** digits(self.shop.home.currency)
        scaled = [_scaled(r, scale) for r in shown]
        words = f"Chart: sales by day, {shown[0].day_on} to {self.on}, with what is usual."
        return behaviour(scaled, words, self.shop.home.currency)

    @cached_property
    def _first(self) -> date | None:
        return reading.first_order_day(self.shop.db)

    @cached_property
    def _readings(self) -> list[Reading]:
        first = self._first
        if first is None or first > self.on:
            return []
        sales = self._series("net-sales")
        days = reading.days_between(max(first, self.on - timedelta(days=BASE_DAYS)), self.on)
        return readings([(day, sales.get(day, 0.0) or self._nothing(day)) for day in days])

    def _nothing(self, day: date) -> float | None:
        """A day without sales: zero where the shop was open, else a gap."""
        return 0.0 if self.shop.working.opening(day) else None

    def _card(self, stem: str) -> Kpi | None:
        return in_force(self.shop, self.now).kpis.get(stem)

    def _series(self, stem: str) -> Mapping[date, float]:
        """Day -> value (money in minor units), from the card of that name, else from the orders."""
        first, card = self.on - timedelta(days=BASE_DAYS), self._card(stem)
        if card is not None:
            scale = 100 if card.unit == "money" else 1
            return {f.first_on: f.value * scale for f in figures(self.shop.db, card, first, self.on) if f.value}
        if stem == "orders":
            return reading.daily_orders(self.shop.db, first, self.on)
        return reading.daily_totals(self.shop.db, first, self.on, self.shop.home.currency)

    # ---- what is to be done

    def orders(self) -> Told:
        """How many orders are still to be sent."""
        states = reading.open_by_state(self.shop.db)
        total = sum(n for _, n in states)
        if not total:
            return Told(("Nothing is left to be sent.",))
        verb = "is" if total == 1 else "are"
        return Told((f"{_counted(total, 'order')} {verb} not sent yet, by what the newest export says.",))

    def orders_chart(self) -> Drawn | Told:
        """Those orders by their state."""
        from ecomos.reports.charts import bars

        states = reading.open_by_state(self.shop.db)
        if not states:
            return Told(("No state to draw.",))
        words = "Chart: orders to be sent by state: " + "; ".join(f"{name} {n}" for name, n in states[:8]) + "."
        return bars(states[:8], words)

    def late(self) -> Told:
        """Promises that are broken and still open, the oldest first."""
        found = []
        for run in reading.promised_runs(self.shop.db, self.now):
            about = (run["about_type"], run["about_id"])
            late = [p for p in promises(self.shop, about, self.now) if p.promised_at < self.now]
            found += [(self.now - p.promised_at, case_name(self.shop, *about), p.procedure) for p in late[:1]]
        if not found:
            return Told(("No promise is late.",))
        found.sort(reverse=True)
        by, case, procedure = found[0]
        verb = "promise is" if len(found) == 1 else "promises are"
        first = f"{len(found)} {verb} late; the oldest is {case} ({procedure}), by {_span(by)}."
        rows = tuple((c, p, f"{_span(b)} late") for b, c, p in found[:MOST_ROWS])
        return Told((first, *_more(found)), ("Case", "Procedure", "Late"), rows)

    def waiting(self) -> Told:
        """What waits for somebody's decision, and with whom."""
        tasks, adopt = reading.waiting_tasks(self.shop.db), len(listed(self.shop))
        said = []
        if adopt:
            said.append(f"{_counted(adopt, 'order')} from before the start: adopt or leave.")
        if not tasks:
            return Told((*said, "No other decision waits.") if said else ("No decision waits.",))
        verb = "decision waits" if len(tasks) == 1 else "decisions wait"
        said.append(f"{len(tasks)} {verb}; the oldest since {self._at(tasks[0]['opened_at'])}.")
        rows = tuple(
            (t["title"], case_name(self.shop, t["about_type"], t["about_id"]), self._whose(t["role"]))
            for t in tasks[:MOST_ROWS]
        )
        return Told((*said, *_more(tasks)), ("What", "Case", "With"), rows)

    def _whose(self, role: str) -> str:
        names = [person(self.shop.db, p).name for p in acting(self.shop, role, self.now)[:3]]
        return f"{role.replace('-', ' ')} ({' or '.join(names) or 'nobody'})"

    # ---- what came in

    def not_loaded(self) -> Told:
        """Files and rows that did not load since the day began, and how old the data is."""
        since = datetime.combine(self.on, time(0), tzinfo=self.shop.home.zone)
        rows = []
        for found in reading.imports_with_trouble(self.shop.db, since, self.now):
            words = {"refused": "refused", "asks": "waits for a choice", "failed": "failed"}.get(found["status"])
            why = "; ".join(f"{reason} ({n})" for reason, n in reading.reasons(self.shop.db, found["id"]))
            rows.append((found["path"].rsplit("/", 1)[-1], words or _left_out(found["rows_rejected"]), why))
        newest = reading.newest_imports(self.shop.db)
        fresh = "; ".join(f"{n['channel']} {self._at(n['imported_at'])}" for n in newest[:5])
        age = f"The newest import: {fresh}." if newest else "Nothing was ever imported."
        if not rows:
            return Told(("Everything that came in was loaded.", age) if newest else (age,))
        first = "1 import did not load whole." if len(rows) == 1 else f"{len(rows)} imports did not load whole."
        return Told((first, age, *_more(rows)), ("File", "State", "Why"), tuple(rows[:MOST_ROWS]))

    def _at(self, at: str) -> str:
        when = parse_iso(at).astimezone(self.shop.home.zone)
        return f"{when:%a} {when.day} {when:%b}, {when:%H:%M}"


def _scaled(found: Reading, scale: int) -> Reading:
    limits = found.limits and type(found.limits)(
        *(x / scale for x in (found.limits.low, found.limits.centre, found.limits.high))
    )
    return Reading(found.day_on, found.value / scale if found.value is not None else None, limits, found.signal)


def _counted(number: float, noun: str) -> str:
    return f"{number:,.0f} {noun}{'' if number == 1 else 's'}"


def _left_out(number: int) -> str:
    return f"{_counted(number, 'row')} left out"


def _more(found: Sequence[object]) -> tuple[str, ...]:
    return (f"The {MOST_ROWS} oldest of {len(found)}:",) if len(found) > MOST_ROWS else ()


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return _counted(days, "day")
    return _counted(hours, "hour") if hours else _counted(minutes, "minute")
