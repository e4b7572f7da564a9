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
    """policy.replenishment.service: by what the target is set, class or margin."""
    target_a: float = 0.97
    """policy.replenishment.target_a"""
    target_b: float = 0.95
    """policy.replenishment.target_b"""
    target_c: float = 0.90
    """policy.replenishment.target_c"""
    a_up_to: float = 0.80
    """policy.replenishment.a_up_to"""
    b_up_to: float = 0.95
    """policy.replenishment.b_up_to"""
    x_at_most: float = 0.50
    """policy.replenishment.x_at_most"""
    y_at_most: float = 1.00
    """policy.replenishment.y_at_most"""
    order_lasts: float = 28.0
    """policy.replenishment.order_lasts"""
    lasts_at_most: float | None = 56.0
    """policy.purchasing.lasts_at_most: days that one order may last; None: no limit."""
    open_to_buy: float | None = None
    """policy.replenishment.open_to_buy: a week; None: no limit."""
    assumed_lead_time: float = 14.0
    """policy.replenishment.assumed_lead_time"""
    measured_from: float = 5.0
    """policy.replenishment.measured_from"""
    assumed_margin: float = 0.40
    """policy.replenishment.assumed_margin"""
    keeping_a_year: float = 0.25
    """policy.replenishment.keeping_a_year"""
    bulk_pieces: float = 10.0
    """policy.replenishment.bulk_pieces"""
    bulk_times: float = 8.0
    """policy.replenishment.bulk_times"""
    bulk_weeks: float = 1.0
    """policy.replenishment.bulk_weeks"""
    promotion_from: float = 0.15
    """policy.replenishment.promotion_from"""
    replay: float = 182.0
    """policy.replenishment.replay"""
    usual: float = 56.0
    """policy.replenishment.usual"""

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
