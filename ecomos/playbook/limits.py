"""The policies' values as conditions, texts and checks see them: one home per number."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from ecomos.money import digits
from ecomos.playbook.catalogue import FactField
from ecomos.playbook.records import Playbook, PolicyValue, Span

__all__ = ["limit_named", "limit_text", "policy_texts", "policy_types", "policy_values"]


def limit_named(playbook: Playbook, name: str) -> PolicyValue | None:
    """The value behind `policy.returns.window_days`; None where there is none."""
    parts = name.split(".")
    if len(parts) != 3 or parts[0] != "policy":
        return None
    policy = next((p for stem, p in playbook.policies.items() if stem.replace("-", "_") == parts[1]), None)
    return policy.values.get(parts[2]) if policy else None


def policy_values(playbook: Playbook) -> dict[str, dict[str, Any]]:
    """Every limit for conditions: numbers and money as Decimal, a length of time as timedelta, a time of day as text.

    A length in working time is given as text (`2 working days`): only the calendar can tell how long it is, and the
    checker refuses it in conditions.
    """
    return {
        stem.replace("-", "_"): {name: _value(limit) for name, limit in policy.values.items()}
        for stem, policy in playbook.policies.items()
    }


def policy_types(playbook: Playbook) -> dict[str, dict[str, FactField]]:
    """What policy_values gives, as types; a length in working time is a `working span`, which conditions refuse."""
    return {
        stem.replace("-", "_"): {
            name: FactField(name, "working span" if _counts_working_time(limit) else limit.kind, doc=limit.meaning)
            for name, limit in policy.values.items()
        }
        for stem, policy in playbook.policies.items()
    }


def policy_texts(playbook: Playbook, currency: str) -> dict[str, dict[str, str]]:
    """Every limit as people read it: `14 days`, `25.00 EUR`, `15:30`, `5 per cent`."""
    return {
        stem.replace("-", "_"): {name: limit_text(limit, currency) for name, limit in policy.values.items()}
        for stem, policy in playbook.policies.items()
    }


def limit_text(limit: PolicyValue, currency: str) -> str:
    """One limit as people read it."""
    value = limit.value
    if isinstance(value, Span):
        return _span_text(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if limit.kind == "money":
        return f"{value:,.{digits(currency)}f} {currency}"
    return f"{value} {limit.unit}".strip() if isinstance(value, Decimal) else str(value)


def _span_text(span: Span) -> str:
    unit = span.unit.removesuffix("s") if span.amount == 1 else span.unit
    return f"{span.amount} {'working ' if span.working else ''}{unit}"


def _counts_working_time(limit: PolicyValue) -> bool:
    return isinstance(limit.value, Span) and limit.value.working


def _value(limit: PolicyValue) -> Any:
    if isinstance(limit.value, Span):
        return (
            _span_text(limit.value)
            if limit.value.working
            else timedelta(**{limit.value.unit: float(limit.value.amount or 0)})
        )
    return f"{limit.value:%H:%M}" if isinstance(limit.value, time) else limit.value
