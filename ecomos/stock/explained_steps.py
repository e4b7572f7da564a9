"""Every step from demand to whole packs in words, and what would change the quantity: reckoned from the stored plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecomos.money import format_money
from ecomos.stock.one_amount import OneAmount, OneGiven, one_amount, textbook_dial

__all__ = ["Change", "changes_of", "steps_of"]


@dataclass(frozen=True)
class Change:
    """What would be otherwise, and what it would come to."""

    what: str
    quantity: int
    reorder_point: int
    says: str


def steps_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(what, the number in words) of a stored plan."""
    given = OneGiven.of(row)
    found = one_amount(given)
    if given.demand_a_day <= 0:
        yield "Demand", "nothing is foreseen to sell, so nothing is ordered"
        return
    span = f"{given.lead_days:g} days"
    span = f"({span} + {given.review_days:g} between two order days)" if given.review_days else span
    yield (
        "Until goods are here",
        f"{given.demand_a_day:.3g} a day × {span} = {found.mean:.1f}",
    )
    safety = found.reorder_point - found.mean
    yield "To be safe", f"{_signed(safety)} for busy weeks and slow deliveries, {given.dial:.2f} times their spread"
    yield "Reorder point", f"{found.mean:.1f} {_signed(safety)} → {found.reorder_point}"
    lot = given.demand_a_day * given.lasts_days
    yield "An order lasts", f"{given.lasts_days:g} days × {given.demand_a_day:.3g} = {lot:.1f} → {found.lot}"
    yield "Order up to", f"{found.reorder_point} + {found.lot} = {found.order_up_to}"
    position = int(given.available + given.coming)
    yield "There and coming", f"{_minus(given.available)} + {int(given.coming)} = {_minus(position)}"
    if not row["is_known"]:
        yield "Quantity", "none: nothing tells how many lie there"
        return
    if not found.need:
        yield "Quantity", f"none: {position} is above the reorder point {found.reorder_point}"
        return
    yield from _rounded(given, found, position, row)


def _rounded(given: OneGiven, found: OneAmount, position: int, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    less = f"− {position}" if position >= 0 else f"+ {-position} sold and not there"
    yield "Need", f"{found.order_up_to} {less} = {found.need} pieces"
    if found.capped < found.need:
        yield "May last", f"at most {given.cap_days:g} days beyond the delivery → {found.capped}"
    if given.minimum:
        raised = f"→ {found.at_least}" if found.at_least > found.capped else f"is met by {found.capped}"
        yield "Minimum", f"{int(given.minimum)} {raised}"
    if given.pack > 1:
        yield "Whole packs", f"of {int(given.pack)}: {found.at_least} → {found.quantity}"
    if row["quantity"] != found.quantity:
        yield "Quantity", f"{row['quantity']}: {row['rule']}"
    else:
        yield "Quantity", f"{found.quantity} pieces"


def _minus(value: float) -> str:
    return f"−{-int(value)}" if value < 0 else f"{int(value)}"


def _signed(value: float) -> str:
    return f"− {-value:.1f}" if value < 0 else f"+ {value:.1f}"


def changes_of(row: Mapping[str, Any], currency: str) -> Iterator[Change]:
    """One more week of lead time, a target of 98 per cent, a fifth more or less demand, each alone."""
    given = OneGiven.of(row)
    if given.demand_a_day <= 0:
        return
    before = one_amount(given)
    yield _change("One more week of lead time", given.but(lead_days=given.lead_days + 7), before, row, currency)
    target = 0.98 if row["target"] < 0.98 else 0.95
    dial = given.dial * textbook_dial(target) / textbook_dial(min(max(row["target"], 0.55), 0.999))
    yield _change(f"A target of {target:.0%}", given.but(dial=dial), before, row, currency)
    for share, word in ((1.2, "A fifth more demand"), (0.8, "A fifth less demand")):
        more = given.but(demand_a_day=given.demand_a_day * share, demand_sd=given.demand_sd * share)
        yield _change(word, more, before, row, currency)


def _change(what: str, given: OneGiven, before: OneAmount, row: Mapping[str, Any], currency: str) -> Change:
    found = one_amount(given)
    says = f"reorder point {found.reorder_point}"
    if row["is_known"]:
        says += f", order {found.quantity}" if found.quantity else ", no order"
        more = found.quantity - before.quantity
        cost = row["cost_cents"]
        if more and cost is not None:
            says += f" ({format_money(abs(more) * cost, currency)} {'more' if more > 0 else 'less'})"
    return Change(what, found.quantity, found.reorder_point, says)
