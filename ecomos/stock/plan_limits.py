"""The numbers of policies/replenishment.md that the plans work with, as plain values; what a store's own text does not
name yet holds as the starter names it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from ecomos.playbook.records import Policy, PolicyValue, Span

__all__ = ["PlanLimits", "plan_limits"]

IN_DAYS = {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1.0, "weeks": 7.0}


@dataclass(frozen=True)
class PlanLimits:
    """Shares as 0 to 1, lengths of time in days, money in major units of the store's currency."""

    service: str = "class"
    """By what the target is set: class or margin."""
    target_a: float = 0.97
    target_b: float = 0.95
    target_c: float = 0.90
    a_up_to: float = 0.80
    b_up_to: float = 0.95
    x_at_most: float = 0.50
    y_at_most: float = 1.00
    order_lasts: float = 28.0
    lasts_at_most: float | None = 56.0
    """Of policies/purchasing.md: days that one order may last; None: no limit."""
    open_to_buy: float | None = None
    """A week; None: no limit."""
    assumed_lead_time: float = 14.0
    measured_from: float = 5.0
    assumed_margin: float = 0.40
    keeping_a_year: float = 0.25
    bulk_pieces: float = 10.0
    bulk_times: float = 8.0
    bulk_weeks: float = 1.0
    promotion_from: float = 0.15
    replay: float = 182.0
    usual: float = 56.0

    def target(self, abc: str | None) -> float:
        """The service target of a class; that of C where there is no class."""
        return {"A": self.target_a, "B": self.target_b}.get(abc or "C", self.target_c)


def plan_limits(policies: Mapping[str, Policy]) -> PlanLimits:
    """What the policies `replenishment` and `purchasing` say."""
    given = {name: _plain(value) for name, value in _values(policies, "replenishment").items()}
    if given.get("open_to_buy") == "none":
        given["open_to_buy"] = None
    cap = _values(policies, "purchasing").get("lasts_at_most")
    if "purchasing" in policies:
        given["lasts_at_most"] = _plain(cap) if cap is not None else None
    if "bulk_weeks" in given:
        given["bulk_weeks"] = float(given["bulk_weeks"] or 0) / 7
    known = {f.name for f in fields(PlanLimits)}
    return PlanLimits(**{name: value for name, value in given.items() if name in known})  # type: ignore[arg-type]


def _values(policies: Mapping[str, Policy], stem: str) -> Mapping[str, PolicyValue]:
    policy = policies.get(stem)
    return policy.values if policy is not None else {}


def _plain(value: PolicyValue) -> float | str | None:
    if isinstance(value.value, Span):
        return float(value.value.amount or 0) * IN_DAYS.get(value.value.unit, 1.0)
    if isinstance(value.value, Decimal):
        return float(value.value) / (100 if value.unit.startswith("per cent") else 1)
    return str(value.value)
