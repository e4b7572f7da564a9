"""The scoreboard: a row for each KPI; the chart, the formula, the rows behind a point, and who acts on a breach."""

from datetime import date, timedelta
from typing import Any

import ipywidgets

from ecomos.kpis import Limits, facts_behind, figures, readings
from ecomos.kpis.wording import shown
from ecomos.orders.reading import ref_of
from ecomos.pages.page import Context
from ecomos.pages.parts import Chart, Facts, Table, column, row
from ecomos.pages.wording import day_and_time
from ecomos.playbook.records import Kpi
from ecomos.work import Shop
from ecomos.work.standings import Standing, cards_in_force, newest_day, standings

__all__ = ["build", "shown"]

CHART_DAYS = 180
MOST_ROWS = 2000
COLUMNS = (
    ("title", "Figure", "text", 0),
    ("day", "Newest day", "number", 140),
    ("week", "This week", "number", 125),
    ("month", "This month", "number", 130),
    ("year", "A year ago", "number", 130),
    ("target", "Target", "number", 100),
    ("state", "State", "state", 330),
)
WIDE = frozenset({"week", "year", "target"})
"""Columns that a phone leaves out."""
BEHIND = (
    ("day", "Day", "text", 110),
    ("what", "What", "text", 0),
    ("part", "Counts", "number", 130),
    ("of", "Of", "number", 90),
)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The page; `kpi` opens that card."""
    return Scoreboard(context, params).whole


def _columns(described: tuple[tuple[str, str, str, int], ...]) -> list[dict[str, Any]]:
    return [
        {"key": k, "label": label, "kind": kind, "width": width, "wide": k in WIDE}
        for k, label, kind, width in described
    ]


class Scoreboard:
    """The list, and the card that is open."""

    def __init__(self, context: Context, params: dict[str, str]) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.list = Table(
            self.open,
            title="Scoreboard",
            columns=_columns(COLUMNS),
            empty="No KPI card is in force.",
            file="scoreboard",
        )
        self.chart = Chart(self.pick)
        self.card = Facts()
        self.behind = Table(title="The rows behind it", columns=_columns(BEHIND), empty="Pick a point of the chart.")
        self.whole = column(self.list, row(column(self.chart, self.behind), column(self.card), shares=[2, 1]))
        self.refresh()
        known = self.cards()
        wanted = params.get("kpi", "")
        outside = [r["id"] for r in self.list.rows if r["state"][1] == "late"]
        first = wanted if wanted in known else next(iter([*outside, *known]), "")
        self.shown = ""
        if first:
            self.open(first)
        context.on_change(self.refresh)

    def cards(self) -> dict[str, Kpi]:
        """The cards in force, by their stem, as their titles are ordered."""
        return cards_in_force(self.shop, self.context.now())

    def _last(self) -> date:
        return newest_day(self.shop, self.context.now())

    def refresh(self) -> None:
        """Read every figure again."""
        self.list.rows = [self._row(found) for found in standings(self.shop, self.context.now())]

    def _row(self, found: Standing) -> dict[str, Any]:
        card, currency = found.card, self.shop.home.currency
        cells = {k: [_short(card, f.value, currency), f.value or 0] for k, f in found.figures.items()}
        target = float(card.target) if card.target is not None else None
        return {
            "id": card.stem,
            "title": card.title,
            **cells,
            "target": shown(card, target, currency),
            "state": list(found.words),
        }

    def open(self, stem: str) -> None:
        """One card: its chart, its formula, what was decided."""
        card, last = self.cards()[stem], self._last()
        self.shown = stem
        spans = figures(self.shop.db, card, last - timedelta(days=CHART_DAYS - 1), last)
        begun = next((n for n, f in enumerate(spans) if f.value is not None), 0)
        read = readings([(f.first_on, f.value) for f in spans[begun:]])
        self.chart.title = f"{card.title}, by day"
        self.chart.target = float(card.target) if card.target is not None else None
        self.chart.points = [self._point(card, r) for r in read]
        self.chart.marks = self._marks(last)
        self._about(card)
        self.behind.rows = []

    def _point(self, card: Kpi, r: Any) -> dict[str, Any]:
        limits = _possible(card, r.limits)
        says = f"{r.day_on:%a} {r.day_on.day} {r.day_on:%b %Y}: {shown(card, r.value, self.shop.home.currency)}"
        if limits:
            low, high = (shown(card, x, self.shop.home.currency) for x in (limits.low, limits.high))
            says += f", usual {low} to {high}"
        if r.signal:
            says += f", signal: {r.signal}"
        return {
            "day": r.day_on.isoformat(),
            "label": f"{r.day_on.day} {r.day_on:%b}",
            "value": r.value,
            "low": limits.low if limits else None,
            "centre": limits.centre if limits else None,
            "high": limits.high if limits else None,
            "signal": r.signal,
            "part": False,
            "says": says,
        }

    def _marks(self, last: date) -> list[dict[str, str]]:
        """When a procedure was changed: a figure that moves there may have moved because of it."""
        rows = self.shop.db.execute(
            """select substr(from_at, 1, 10) as day, count(*) as n, min(name) as name from (
                 select kind, name, from_at from playbook_versions where from_at is not null
                 union select kind, name, from_at from version_periods)
               where kind = 'procedures' and from_at > (select min(from_at) from playbook_versions)
               group by 1 order by 1 desc limit 12"""
        ).fetchall()
        return [{"day": r["day"], "text": r["name"] if r["n"] == 1 else f"{r['n']} procedures"} for r in rows]

    def _about(self, card: Kpi) -> None:
        low, high = card.range or (None, None)
        ends = [f"{word} {x:f}" for word, x in (("from", low), ("to", high)) if x is not None]
        breach = card.on_breach or ""
        self.card.title, self.card.sub = card.title, ""
        self.card.rows = [
            ("formula", card.formula),
            ("unit", card.unit),
            ("better", card.better),
            ("range", " ".join(ends) or "none set"),
            ("target", shown(card, float(card.target) if card.target is not None else None, self.shop.home.currency)),
            ("benchmark", card.benchmark or "none"),
            ("owner", card.owner.replace("-", " "), f"?page=playbook&kind=roles&name={card.owner}"),
            *(
                [("on breach", breach.replace("-", " "), f"?page=playbook&kind=procedures&name={breach}")]
                if breach
                else []
            ),
            ("card", "read it", f"?page=playbook&kind=kpis&name={card.stem}"),
            *self._decisions(card),
        ]

    def _decisions(self, card: Kpi) -> list[tuple[str, str]]:
        rows = self.shop.db.execute(
            """select t.done_at, p.name, t.answers from tasks t join runs r on r.id = t.run_id
               left join people p on p.id = t.done_by
               where r.about_type = 'kpi' and r.about_id = ? and json_extract(t.answers, '$.decision') is not null
               order by t.done_at desc limit 5""",
            [card.stem],
        ).fetchall()
        zone, now = self.context.home.zone, self.context.now()
        return [
            ("decided", f"{day_and_time(r['done_at'], zone, now)}, {r['name']}: {_answers(r['answers'])}") for r in rows
        ]

    def pick(self, day: str) -> None:
        """The rows behind one day, down to the order."""
        card, on = self.cards()[self.shown], date.fromisoformat(day)
        rows = facts_behind(self.shop.db, card, on, on)[:MOST_ROWS]
        self.behind.title = f"The {len(rows)} rows behind {card.title}, {on:%a} {on.day} {on:%b %Y}"
        self.behind.rows = [self._fact(card, n, r) for n, r in enumerate(rows)]

    def _fact(self, card: Kpi, number: int, r: Any) -> dict[str, Any]:
        what, href = self._case(r["ref_type"], r["ref_id"])
        part = shown(card, (r["numerator"] or 0) / (100 if card.unit == "money" else 1), self.shop.home.currency)
        found = {
            "id": number,
            "day": r["day_on"],
            "what": what,
            "part": [part if card.unit == "money" else f"{r['numerator'] or 0:g}", r["numerator"] or 0],
            "of": "" if r["denominator"] is None else f"{r['denominator']:g}",
        }
        return found | ({"href": href} if href else {})

    def _case(self, kind: str, key: Any) -> tuple[str, str]:
        if kind == "order":
            ref = ref_of(self.shop.db, key)
            return f"order #{ref}", f"?page=order&order={ref}"
        return f"{kind} {key}", ""


def _short(card: Kpi, value: float | None, currency: str) -> str:
    """As `shown`, without the cents of what is above a thousand: a list is compared, not booked."""
    if value is None or card.unit != "money" or abs(value) < 1000:
        return shown(card, value, currency)
    return f"{value:,.0f} {currency}"


def _possible(card: Kpi, limits: Limits | None) -> Limits | None:
    """No share is above a hundred, whatever the limits say."""
    if limits is None or card.unit != "per cent":
        return limits
    return Limits(min(limits.low, 100.0), min(limits.centre, 100.0), min(limits.high, 100.0))


def _answers(text: str) -> str:
    import json

    return ", ".join(f"{k.replace('_', ' ')}: {v}" for k, v in json.loads(text).items() if k != "currency")
