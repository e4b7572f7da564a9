"""The last year under other rules, in a notebook: a table, told in sentences, drawn. Reads only."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from ecomos.errors import WrongUsage, nearest
from ecomos.money import from_cents
from ecomos.reports.told import Drawn, Told
from ecomos.stock.what_if import Replays, Rule, WhatIf, replay_year
from ecomos.store import now_in
from ecomos.work import Shop, in_force

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ReplayedYear", "what_if"]


def what_if(
    shop: Shop,
    target: float | None = None,
    lead_days: float | None = None,
    review_days: int | None = None,
    supplier: str = "",
) -> "ReplayedYear":
    """The last year with what is named otherwise; `target` as a share, 0.98.

    Raises WrongUsage for a supplier that is not there and for what can't be meant, Refused where too little was sold.
    """
    now = now_in(shop.home, shop.db)
    what = WhatIf(target, lead_days, review_days, _supplier(shop, supplier))
    return ReplayedYear(replay_year(shop.db, shop.home, in_force(shop, now).policies, what, now), shop.home.currency)


def _supplier(shop: Shop, name: str) -> int | None:
    if not name:
        return None
    known = {row["name"]: int(row["id"]) for row in shop.db.execute("select id, name from suppliers")}
    if name not in known:
        raise WrongUsage(f"There is no supplier {name}{nearest(name, known)}.")
    return known[name]


@dataclass(frozen=True)
class ReplayedYear:
    """What came of each rule."""

    replays: Replays
    currency: str

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a rule: service as a share, money in major units."""
        import pandas as pd

        rows = [
            {
                "rule": rule.name,
                "service": rule.fill,
                "stock": self._major(rule.stock_cents),
                "stock_for_our_service": None if rule.same_cents is None else self._major(rule.same_cents),
                "lines": rule.orders,
            }
            for rule in self.replays.rules
        ]
        return pd.DataFrame(rows).set_index("rule")

    @cached_property
    def by_week(self) -> "pd.DataFrame":
        """A row a week: what lay there and the cash added up, of each rule, in major units."""
        import pandas as pd

        columns = {
            (curve.name, what): [self._major(cents) for cents in getattr(curve, f"{what}_cents")]
            for curve in self.replays.curves
            for what in ("stock", "cash")
        }
        return pd.DataFrame(columns, index=pd.to_datetime(list(self.replays.weeks)))

    def tell(self) -> Told:
        """Which days, what our plan comes to, and each rule beside it."""
        found = self.replays
        first, last = date.fromisoformat(found.first_on), date.fromisoformat(found.last_on)
        ours = next(rule for rule in found.rules if rule.name == "Our plan")
        said = (
            f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}, {found.things:,} things: our plan as it is serves "
            f"{ours.fill or 0:.1%} of what was asked for with {self._money(ours.stock_cents)} on the shelf."
        )
        heads = ("Rule", "Service", "On the shelf", "For our service", "Lines")
        return Told((said, *found.notes), heads, tuple(map(self._row, found.rules)), frozenset({1, 2, 3, 4}))

    def _row(self, rule: Rule) -> tuple[str, ...]:
        known = "does not get there" if rule.name != "What happened" else ""
        return (
            rule.name,
            "not known" if rule.fill is None else f"{rule.fill:.1%}",
            self._money(rule.stock_cents),
            known if rule.same_cents is None else self._money(rule.same_cents),
            "" if rule.orders is None else f"{rule.orders:,}",
        )

    def draw(self, what: str = "stock") -> Drawn:
        """The year week by week: `stock` at cost, or `cash` added up. Raises WrongUsage for anything else."""
        if what not in ("stock", "cash"):
            raise WrongUsage(f"There is stock and cash to draw, no {what}{nearest(what, ('stock', 'cash'))}.")
        from ecomos.reports.charts import lines

        named = [
            (curve.name, list(self.by_week[curve.name, what]), curve.name.startswith("Our plan"))
            for curve in self.replays.curves
        ]
        ends = "; ".join(f"{name} {values[-1]:,.0f} {self.currency}" for name, values, _ in named)
        title = "what lay there, at cost" if what == "stock" else "cash, added up"
        days = [date.fromisoformat(week) for week in self.replays.weeks]
        return lines(days, named, f"In the last week: {ends}", f"{title} ({self.currency})")

    def _major(self, cents: int) -> float:
        return float(from_cents(cents, self.currency))

    def _money(self, cents: int) -> str:
        return f"{self._major(cents):,.0f} {self.currency}"
