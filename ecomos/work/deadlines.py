"""By when: spans and clock times of a procedure as instants, with the policies in force."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ecomos.errors import EcomosError
from ecomos.playbook.records import Playbook, PolicyValue, Span, Within
from ecomos.store import iso
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = ["after_span", "due_at", "number_or", "policy_value", "span_or"]


def policy_value(book: Playbook, name: str) -> PolicyValue:
    """The policy's value with that name, as in `policy.returns.window_days`. Raises EcomosError."""
    _, stem, field = name.split(".")
    policy = book.policies.get(stem.replace("_", "-")) or book.policies.get(stem)
    if policy is None or field not in policy.values:
        raise EcomosError(f"no policy value {name} is in force")
    return policy.values[field]


def number_or(shop: Shop, name: str, default: int, now: datetime) -> Decimal:
    """A number of a policy, where a founder's playbook has it; else the default."""
    held = _held(shop, name, now)
    return held if isinstance(held, Decimal) else Decimal(default)


def span_or(shop: Shop, name: str, default: Span, now: datetime) -> Span:
    """A span of a policy, where the playbook in force has it; else the default."""
    held = _held(shop, name, now)
    return held if isinstance(held, Span) else default


def _held(shop: Shop, name: str, now: datetime) -> object:
    try:
        return policy_value(in_force(shop, now), name).value
    except EcomosError:
        return None


def after_span(shop: Shop, start: datetime, span: Span, now: datetime, *, working: bool | None = None) -> datetime:
    """A span after `start`; `working` overrides what the span says."""
    if span.policy:
        held = policy_value(in_force(shop, now), span.policy)
        span = _as_span(held, span)
    assert span.amount is not None
    return shop.working.after(start, span.amount, span.unit, working=span.working if working is None else working)


def _as_span(held: PolicyValue, asked: Span) -> Span:
    if isinstance(held.value, Span):
        return Span(held.value.amount, held.value.unit, held.value.working or asked.working)
    if isinstance(held.value, Decimal):
        return Span(held.value, asked.unit or "days", asked.working)
    raise EcomosError(f"policy value {held.name} is no span of time")


def due_at(shop: Shop, within: Within | None, start: datetime, now: datetime) -> str | None:
    """By when, as the store writes it; spans count in working time from when the task could be taken."""
    if within is None:
        return None
    if within.span:
        return iso(after_span(shop, start, within.span, now, working=True))
    clock = within.by
    if within.by_policy:
        value = policy_value(in_force(shop, now), within.by_policy).value
        clock = value if isinstance(value, time) else None
    if clock is None:
        raise EcomosError(f"{within.by_policy} is no clock time")
    return iso(shop.working.by_clock(start, clock))


def shifted(text: str, by: timedelta) -> str:
    """An instant as written, moved by a span."""
    return iso(datetime.fromisoformat(text) + by)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON can hold them."""
    return {k: v if isinstance(v, int | str | bool | None) else str(v) for k, v in values.items()}
