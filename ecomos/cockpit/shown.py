"""What shows itself in a cell: an order, a procedure, a KPI card. Whatever a name or a text holds is
text: it is escaped here, once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

from ecomos.kpis import Figure, figures, readings
from ecomos.kpis.wording import shown
from ecomos.money import from_cents
from ecomos.orders.reading import lines_of, order_row
from ecomos.playbook.records import Kpi, Procedure, Step
from ecomos.reports.told import Drawn, Told
from ecomos.store import parse_iso
from ecomos.work import Entry, Shop, timeline
from ecomos.work.standings import Standing, newest_day, standing

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ShownKpi", "ShownOrder", "ShownProcedure"]

CHART_DAYS = 60
BASE_DAYS = 180
"""Days that the limits of the chart are reckoned from."""


def _bundle(title: str, told: tuple[Told, ...], chart: str = "") -> dict[str, str]:
    """A title, sentences and tables, as HTML and as text."""
    html = f"<h3>{escape(title)}</h3>" + "".join(t.html for t in told) + chart
    return {"text/html": html, "text/plain": "\n".join([title, *(t.text for t in told)])}


@dataclass(frozen=True)
class ShownOrder:
    """An order in a cell: its head, its lines, its story."""

    shop: Shop
    order_id: int

    def lines(self) -> "pd.DataFrame":
        """Its lines, money in major units of the order's currency."""
        import pandas as pd

        rows = [
            {
                "line": r["line_no"],
                "sku": r["sku"],
                "title": r["title"],
                "quantity": r["quantity"],
                "open": r["open_quantity"],
                "price": float(from_cents(r["unit_price_cents"], r["currency"])),
                "total": float(from_cents(r["total_cents"], r["currency"])),
            }
            for r in lines_of(self.shop.db, [self.order_id])
        ]
        return pd.DataFrame(rows)

    def timeline(self) -> list[Entry]:
        """Everything that happened to it."""
        return timeline(self.shop, ("order", self.order_id))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        row = order_row(self.shop.db, self.order_id)
        total = f"{from_cents(row['total_cents'] or 0, row['currency']):,} {row['currency']}"
        state = f"{row['financial_status'] or 'unknown'}, {row['fulfillment_status'] or 'unknown'}"
        lines = lines_of(self.shop.db, [self.order_id])
        goods = tuple((str(x["quantity"]), x["sku"] or "", x["title"]) for x in lines)
        story = tuple((self._at(e.at), e.who, f"{e.what} {e.detail}".strip()) for e in self.timeline())
        parts = Told((f"{total}, {state}.",), ("Pieces", "SKU", "Item"), goods, frozenset({0}))
        return _bundle(f"Order {row['number']}", (parts, Told((), ("When", "Who", "What"), story)))

    def _at(self, instant: str) -> str:
        at = parse_iso(instant).astimezone(self.shop.home.zone)
        return f"{at:%a} {at.day} {at:%b %Y, %H:%M}"


@dataclass(frozen=True)
class ShownProcedure:
    """A procedure in a cell: its steps and who does them."""

    shop: Shop
    procedure: Procedure

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        p = self.procedure
        rows = tuple((str(n), s.title, self._who(s)) for n, s in enumerate(p.steps, 1))
        said = (p.purpose, f"Owned by the {_words(p.owner)}, performed by the {_words(p.performer)}; it is {p.state}.")
        return _bundle(p.title, (Told(tuple(s for s in said if s), ("", "Step", "Who"), rows),))

    def _who(self, step: Step) -> str:
        if step.is_human:
            return _words(step.role or self.procedure.performer)
        return f"whoever may approve a {step.approve.kind}" if step.approve else "by itself"


@dataclass(frozen=True)
class ShownKpi:
    """A KPI card in a cell: how it stands, its chart, its formula."""

    shop: Shop
    card: Kpi
    now: datetime

    @property
    def standing(self) -> Standing:
        """Its figures as the scoreboard shows them."""
        return standing(self.shop, self.card, self.now)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        found, card = self.standing, self.card
        rows = tuple((name, self._value(found.figures[key])) for name, key in self._spans(found))
        low, high = card.range or (None, None)
        ends = " ".join(f"{word} {x:f}" for word, x in (("from", low), ("to", high)) if x is not None)
        state = f"{found.words[0]}; range {ends}." if ends else f"{found.words[0]}."
        said = (card.formula, state[:1].upper() + state[1:])
        chart = self.chart()
        drawn, more = (chart.svg, ()) if isinstance(chart, Drawn) else ("", (chart,))
        return _bundle(card.title, (Told(said, ("Days", "Figure"), rows, frozenset({1})), *more), drawn)

    def _spans(self, found: Standing) -> list[tuple[str, str]]:
        day = found.figures["day"].first_on
        month = f"{day:%B %Y}, up to that day"
        newest = f"{day:%a} {day.day} {day:%b %Y}"
        return [(newest, "day"), ("its week so far", "week"), (month, "month"), ("the same days a year before", "year")]

    def _value(self, figure: Figure) -> str:
        return shown(self.card, figure.value, self.shop.home.currency)

    def chart(self, days: int = CHART_DAYS) -> Drawn | Told:
        """Its figures by day with the limits that their own ups and downs set."""
        from ecomos.reports.charts import behaviour

        last = newest_day(self.shop, self.now)
        spans = figures(self.shop.db, self.card, last - timedelta(days=BASE_DAYS - 1), last)
        begun: date | None = next((f.first_on for f in spans if f.value is not None), None)
        read = readings([(f.first_on, f.value) for f in spans if begun and f.first_on >= begun])[-days:]
        if len(read) < 2:
            return Told(("Too few days with a figure to draw.",))
        unit = self.shop.home.currency if self.card.unit == "money" else self.card.unit
        return behaviour(read, f"Chart: {self.card.title} by day, {read[0].day_on} to {last}.", unit)


def _words(role: str) -> str:
    return role.replace("-", " ")
