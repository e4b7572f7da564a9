"""What an order is filled up with, so that it reaches the supplier's minimum: what would be low next, in whole packs,
and nothing that would lie there too long."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Candidate", "Filled", "fill_up", "whole_packs"]


@dataclass(frozen=True)
class Candidate:
    """A thing that the supplier has and that is not ordered now."""

    variant_id: int
    demand_a_day: float
    """Pieces."""
    cover_days: float
    """How long what is there and coming lasts."""
    pack: int
    minimum: int
    """Pieces, the least that is ordered of it."""
    cost_cents: int


@dataclass(frozen=True)
class Filled:
    """So many pieces of it, and how long they last then."""

    variant_id: int
    quantity: int
    cover_days: float
    """Before it was filled up."""
    lasts_days: float
    """With it."""


def whole_packs(quantity: int, pack: int, minimum: int | None) -> int:
    """The pieces raised to the minimum and to whole packs.

    >>> whole_packs(20, 6, 12), whole_packs(3, 6, 12)
    (24, 12)
    """
    pieces, pack = max(quantity, minimum or 0), max(pack, 1)
    return -(-pieces // pack) * pack


def fill_up(missing_cents: int, candidates: Iterable[Candidate], cap_days: float) -> list[Filled]:
    """Pack by pack of whatever would be low first, until `missing_cents` are reached or nothing more may be added.

    Nothing is added that would then last longer than `cap_days`.
    """
    by_id = {c.variant_id: c for c in candidates if c.demand_a_day > 0 and c.cost_cents > 0}
    queue = [(c.cover_days, c.variant_id) for c in by_id.values()]
    heapq.heapify(queue)
    taken: dict[int, int] = {}
    while missing_cents > 0 and queue:
        cover, key = heapq.heappop(queue)
        thing = by_id[key]
        step = thing.pack if key in taken else whole_packs(1, thing.pack, thing.minimum)
        lasts = cover + step / thing.demand_a_day
        if lasts > cap_days:
            continue
        taken[key] = taken.get(key, 0) + step
        missing_cents -= step * thing.cost_cents
        heapq.heappush(queue, (lasts, key))
    return [_filled(by_id[key], quantity) for key, quantity in taken.items()]


def _filled(thing: Candidate, quantity: int) -> Filled:
    return Filled(thing.variant_id, quantity, thing.cover_days, thing.cover_days + quantity / thing.demand_a_day)
