"""Sales by month, each from the KPI cards; a month of which the data has only a part is marked as such."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from ecomos.kpis import periods
from ecomos.reports.looked import Look, month_words
from ecomos.reports.told import Drawn, Told

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Months"]


@dataclass(frozen=True)
class Months:
    """The months of a look."""

    look: Look

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a month: each card's figure, how many days of it are looked at, and whether that is only a part."""
        import pandas as pd

        rows = [self._row(a, b) for a, b in periods(*self.look.span, "month")] if self.look.span else []
        heads = ["month", "days", "is_part", *(card.stem for card in self.look.cards)]
        return pd.DataFrame(rows, columns=heads).set_index("month")

    def _row(self, a: date, b: date) -> dict[str, object]:
        assert self.look.span is not None
        days = max(a, self.look.span[0]), min(b, self.look.span[1])
        values = {card.stem: self.look.value(card.stem, self.look.channel_id, days) for card in self.look.cards}
        return {"month": f"{a:%Y-%m}", "days": (days[1] - days[0]).days + 1, "is_part": days != (a, b), **values}

    def tell(self) -> Told:
        """The best month, the newest whole one beside the year before, and the table."""
        found = self.table
        if found.empty or "net-sales" not in found:
            return self.look.tell()
        whole = found[~found["is_part"]]
        said = [] if len(whole) else ["No month is whole yet."]
        if len(whole):
            best = whole["net-sales"].idxmax()
            said.append(
                f"The best whole month was {month_words(best)} with {self.look.money(whole['net-sales'][best])}."
            )
            said += self._beside_last_year(whole["net-sales"])
        rows = tuple(self._told(str(month), found) for month in found.index)
        return Told(
            (*said, *self._parts_said()), ("Month", "Net sales", "Orders", "Average order"), rows, frozenset({1, 2, 3})
        )

    def _beside_last_year(self, sales: "pd.Series[float]") -> list[str]:
        newest = str(sales.index[-1])
        before = f"{int(newest[:4]) - 1}{newest[4:]}"
        if before not in sales.index or not sales[before]:
            return []
        change = round(100 * (sales[newest] / sales[before] - 1))
        word = f"{abs(change)} % {'more' if change > 0 else 'less'} than" if change else "as much as"
        return [f"{month_words(newest)} brought {self.look.money(sales[newest])}, {word} a year before."]

    def _parts_said(self) -> list[str]:
        parts = self.table[self.table["is_part"]]
        named = [f"{month_words(str(m))} ({int(n)} {'day' if n == 1 else 'days'})" for m, n in parts["days"].items()]
        if not named:
            return []
        return [f"Only a part of the month: {', '.join(named)}. Don't compare {'it' if len(named) == 1 else 'them'}."]

    def _told(self, month: str, found: "pd.DataFrame") -> tuple[str, ...]:
        row = found.loc[month]
        part = f" (part: {int(row['days'])} days)" if row["is_part"] else ""
        money = [self.look.money(_or_none(row.get(stem))) for stem in ("net-sales", "average-order-value")]
        orders = _or_none(row.get("orders"))
        return f"{month_words(month)}{part}", money[0], "–" if orders is None else f"{orders:,.0f}", money[1]

    def draw(self) -> Drawn | Told:
        """Net sales by month; a part of a month is hatched."""
        from ecomos.reports.charts import columns

        if self.table.empty or "net-sales" not in self.table:
            return self.look.tell()
        shown = [
            (month_words(str(m)), float(r["net-sales"] or 0), bool(r["is_part"])) for m, r in self.table.iterrows()
        ]
        words = "Chart: net sales by month. " + "; ".join(
            f"{m} {v:,.0f}{' (part)' if part else ''}" for m, v, part in shown
        )
        return columns(shown, words, self.look.shop.home.currency)


def _or_none(value: object) -> float | None:
    return None if value is None or value != value else float(value)  # type: ignore[arg-type]
