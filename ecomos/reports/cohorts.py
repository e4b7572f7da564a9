"""Customers by the month of their first order, and the share of them who bought again in each month after. Months that
the data covers only in part are marked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from ecomos.kpis import periods
from ecomos.orders.sold import buyers, returns_by_month
from ecomos.reports.looked import Look, month_words
from ecomos.reports.told import Drawn, Told

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cohorts"]

SHOWN = (1, 2, 3, 6, 12)
NOBODY = Told(("No order of a known customer is among these: who comes back can't be told.",))


@dataclass(frozen=True)
class Cohorts:
    """The cohorts of a store, up to the last day of a look."""

    look: Look

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a month of first order, a column a month after it (0, 1, 2 …): how many customers bought.

        Zero where nobody did; not a number where that month has not come.
        """
        import pandas as pd

        months = self._months
        found = pd.DataFrame(index=pd.Index(months, name="first month"), columns=range(len(months)), dtype=float)
        for n, month in enumerate(months):
            found.loc[month, list(range(len(months) - n))] = 0.0
        for first, month, customers in self._rows:
            found.loc[first, months.index(month) - months.index(first)] = customers
        return found

    @cached_property
    def _rows(self) -> list[tuple[str, str, int]]:
        if self.look.span is None:
            return []
        return [
            (r[0], r[1], r[2]) for r in returns_by_month(self.look.shop.db, self.look.span[1], self.look.channel_id)
        ]

    @cached_property
    def _months(self) -> list[str]:
        if not self._rows or self.look.span is None:
            return []
        first = date.fromisoformat(f"{self._rows[0][0]}-01")
        return [f"{a:%Y-%m}" for a, _ in periods(first, self.look.span[1], "month")]

    @cached_property
    def parts(self) -> frozenset[str]:
        """The months of which the data has only a part."""
        if self.look.known is None or self.look.span is None:
            return frozenset()
        first, last = self.look.known[0], min(self.look.known[1], self.look.span[1])
        return frozenset(f"{a:%Y-%m}" for a, b in periods(first, last, "month") if a < first or b > last)

    def shares(self) -> "pd.DataFrame":
        """The same in per cent of the cohort, without the month of the first order."""
        sizes = self.table[0] if len(self.table) else None
        return self.table.iloc[:, 1:].div(sizes, axis=0).mul(100) if sizes is not None else self.table

    def tell(self) -> Told:
        """How many come back, in sentences and a table."""
        if not self._rows or self.look.span is None:
            return NOBODY
        customers, again, orders = buyers(self.look.shop.db, self.look.span[1], self.look.channel_id)
        said = [
            f"{customers:,} known customers placed {orders:,} orders; {again:,} of them "
            f"({100 * again / customers:.2f} %) ordered more than once.",
            *self._month_after(),
            "Who stands in the oldest month may have bought before the data begins.",
            *(
                [f"A star marks a month that is not whole: {', '.join(map(month_words, sorted(self.parts)))}."]
                if self.parts
                else []
            ),
        ]
        heads = ("First order", "Customers", *(f"{n} {'month' if n == 1 else 'months'} later" for n in self._shown()))
        return Told(tuple(said), heads, tuple(self._row(m) for m in self._months), frozenset(range(1, len(heads))))

    def _shown(self) -> Iterable[int]:
        return [n for n in SHOWN if n < len(self._months)]

    def _month_after(self) -> list[str]:
        pairs = [
            (m, after) for m, after in zip(self._months, self._months[1:], strict=False) if after not in self.parts
        ]
        size = sum(self.table.loc[m, 0] for m, _ in pairs)
        if not size:
            return []
        back = sum(self.table.loc[m, 1] for m, _ in pairs)
        return [f"Of those who came first in a month, {100 * back / size:.1f} % bought again in the month after."]

    def _row(self, month: str) -> tuple[str, ...]:
        cells = [self._cell(month, n) for n in self._shown()]
        star = " *" if month in self.parts else ""
        return f"{month_words(month)}{star}", f"{self.table.loc[month, 0]:,.0f}", *cells

    def _cell(self, month: str, later: int) -> str:
        size, back = self.table.loc[month, 0], self.table.loc[month, later]
        if back != back or not size:
            return ""
        at = self._months[self._months.index(month) + later]
        return f"{100 * back / size:.0f} %{' *' if at in self.parts else ''}"

    def draw(self) -> Drawn | Told:
        """The shares as a grid; what falls into a month that is not whole is hatched."""
        from ecomos.reports.charts import grid

        if len(self._months) < 2:
            return Told(("Too few months to draw who comes back.",))
        kept = [month for month in self._months[:-1] if self.table.loc[month, 0]]
        shares = self.shares()
        rows = [(month_words(m), [None if x != x else float(x) for x in shares.loc[m]]) for m in kept]
        marked = [[after in self.parts for after in self._after(m)] for m in kept]
        words = "Chart: share of each month's new customers who bought again, by months later, in per cent."
        return grid(rows, marked, words)

    def _after(self, month: str) -> list[str]:
        """The months after this one, as far as they have come."""
        return self._months[self._months.index(month) + 1 :]
