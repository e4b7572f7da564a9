"""The one object that a notebook is given: its methods return DataFrames, or what shows itself in a cell. Reads only,
but for bringing the KPI cards' figures up to date."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecomos.cockpit.shown import ShownKpi, ShownOrder, ShownProcedure
from ecomos.cockpit.tables import adoptions, page, today
from ecomos.errors import WrongUsage, nearest
from ecomos.kpis import figures, newest_complete_day, refresh
from ecomos.kpis.running import read_only
from ecomos.money import from_cents
from ecomos.playbook.records import Kpi
from ecomos.reports.sales import Sales, explore_sales
from ecomos.reports.what_if import ReplayedYear, what_if
from ecomos.store import find_home, now_in, open_file, read_home
from ecomos.work import Shop, in_force, order_by_ref

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Store", "open_store"]

MOST_ROWS = 1_000_000


def open_store(path: str | Path | None = None) -> "Store":
    """The store that `path` or ECOMOS_STORE names, else ./data. Raises WrongUsage where there is none."""
    home = read_home(find_home(str(path) if path else None, os.environ))
    return Store(Shop(home, open_file(home.db_path)))


@dataclass(frozen=True)
class Store:
    """One store to explore."""

    shop: Shop

    @property
    def currency(self) -> str:
        """The store's currency."""
        return self.shop.home.currency

    def _now(self) -> Any:
        return now_in(self.shop.home, self.shop.db)

    def last_day(self) -> date:
        """The newest complete day that has figures."""
        today = self.shop.today(self._now())
        return newest_complete_day(self.shop.db, today) or today - timedelta(days=1)

    def sql(self, query: str, values: Sequence[Any] = ()) -> "pd.DataFrame":
        """The rows of a query, on a connection that only reads and denies secrets. Raises sqlite3.Error."""
        import pandas as pd

        with read_only(self.shop.db) as db:
            cursor = db.execute(query, list(values))
            names = [d[0] for d in cursor.description]
            return pd.DataFrame([tuple(r) for r in cursor.fetchmany(MOST_ROWS)], columns=names)

    def card(self, name: str) -> Kpi:
        """A KPI card in force. Raises WrongUsage with the nearest name."""
        known = in_force(self.shop, self._now()).kpis
        if name not in known:
            raise WrongUsage(f"No KPI card named {name} is in force{nearest(name, known)}.")
        return known[name]

    def kpi(
        self,
        *names: str,
        by: str = "day",
        first_on: date | str | None = None,
        last_on: date | str | None = None,
        channel: str | None = None,
    ) -> "pd.DataFrame":
        """Figures of one or several cards: a row a period, a column a card, and whether the period is over.

        Default: the last 90 complete days. Money in major units.
        """
        import pandas as pd

        cards = [self.card(n) for n in names]
        refresh(self.shop.db, cards, self._now())
        last = _day(last_on) or self.last_day()
        first = _day(first_on) or last - timedelta(days=89)
        key = self._channel(channel)
        found: dict[str, Any] = {}
        for card in cards:
            rows = figures(self.shop.db, card, first, last, by=by, channel_id=key, today=self.shop.today(self._now()))
            found |= {"from": [f.first_on for f in rows], "is_part": [f.is_part for f in rows]}
            found[card.stem] = [f.value for f in rows]
        return pd.DataFrame(found).set_index("from")

    def _channel(self, name: str | None) -> int | None:
        if name is None:
            return None
        row = self.shop.db.execute("select id from channels where name = ?", [name]).fetchone()
        if row is None:
            raise WrongUsage(f"There is no channel {name}.")
        return int(row[0])

    def orders(self, first_on: date | str | None = None, last_on: date | str | None = None) -> "pd.DataFrame":
        """Sale orders by day, money in major units of each order's currency; no names or addresses."""
        frame = self.sql(
            """select o.number, c.name as channel, o.placed_at, o.placed_on, o.country, o.currency, o.total_cents,
                 o.refunded_cents, o.financial_status, o.fulfillment_status, o.customer_id, o.cancelled_at
               from orders o join channels c on c.id = o.channel_id
               where o.kind = 'sale' and (?1 is null or o.placed_on >= ?1) and (?2 is null or o.placed_on <= ?2)
               order by o.placed_at""",
            [str(first_on) if first_on else None, str(last_on) if last_on else None],
        )
        for column in ("total", "refunded"):
            cents = frame.pop(f"{column}_cents")
            frame[column] = [
                float(from_cents(int(x), cur)) if x == x and x is not None else None
                for x, cur in zip(cents, frame["currency"], strict=True)
            ]
        return frame

    def sales_lines(self, first_on: date | str | None = None, last_on: date | str | None = None) -> "pd.DataFrame":
        """Merchandise lines of sale orders, money in major units."""
        frame = self.sql(
            """select o.placed_on, c.name as channel, o.customer_id, l.sku, l.title, l.quantity, l.total_cents,
                 o.currency
               from order_lines l join orders o on o.id = l.order_id join channels c on c.id = o.channel_id
               where l.is_merchandise and (?1 is null or o.placed_on >= ?1) and (?2 is null or o.placed_on <= ?2)""",
            [str(first_on) if first_on else None, str(last_on) if last_on else None],
        )
        frame["total"] = frame.pop("total_cents") / 100
        return frame

    def sales(self, first_on: str = "", last_on: str = "", channel: str = "") -> Sales:
        """Sales by month, channel, product and cohort: tables, sentences, charts. Raises WrongUsage."""
        return explore_sales(self.shop, first_on, last_on, channel)

    def what_if(
        self,
        target: float | None = None,
        lead_days: float | None = None,
        review_days: int | None = None,
        supplier: str = "",
    ) -> ReplayedYear:
        """The last year lived through with another service target (a share, 0.98), lead time, rhythm or supplier.

        Beside the rules that shops use: a table, sentences, charts. Raises WrongUsage; Refused for too young a shop.
        """
        return what_if(self.shop, target, lead_days, review_days, supplier)

    # ---- the pages' lists

    def page(self, name: str) -> "pd.DataFrame":
        """The list that the page of that name shows: today, orders, tickets, imports, scoreboard, reports, playbook.

        The same rows from the same functions, numbers as numbers. Raises WrongUsage with the nearest name.
        """
        return page(self.shop, self._now(), name)

    def today(self, person: str = "") -> "pd.DataFrame":
        """What stands on this person's list (a name or an e-mail), else on anybody's. Raises WrongUsage."""
        return today(self.shop, self._now(), person)

    def adoptions(self) -> "pd.DataFrame":
        """The orders that were open when the store was first loaded, and wait to be adopted or left."""
        return adoptions(self.shop)

    # ---- what shows itself

    def order(self, ref: str) -> "ShownOrder":
        """One order, which shows itself in a cell. Raises WrongUsage where there is none."""
        return ShownOrder(self.shop, order_by_ref(self.shop.db, ref))

    def procedure(self, name: str) -> "ShownProcedure":
        """A procedure in force, which shows itself in a cell. Raises WrongUsage with the nearest name."""
        book = in_force(self.shop, self._now())
        if name not in book.procedures:
            raise WrongUsage(f"No procedure named {name} is in force{nearest(name, book.procedures)}.")
        return ShownProcedure(self.shop, book.procedures[name])

    def kpi_card(self, name: str) -> ShownKpi:
        """A KPI card, which shows itself in a cell. Raises WrongUsage with the nearest name."""
        card, now = self.card(name), self._now()
        refresh(self.shop.db, [card], now)
        return ShownKpi(self.shop, card, now)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
