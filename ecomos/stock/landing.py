"""Landed cost: freight and duty of an order, spread on its lines so that the shares add up to the cent."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["per_piece", "share_so_far", "spread"]


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Whole cents for each weight, in proportion; what rounding leaves goes to the largest weights.

    The shares add up to `total` exactly. All weights 0: the first takes it.

    >>> spread(100, [1, 1, 1]), spread(1000, [9600, 2400]), spread(5, [0, 0])
    ([34, 33, 33], [800, 200], [5, 0])
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole <= 0:
        return [total, *[0] * (len(weights) - 1)]
    shares = [total * w // whole for w in weights]
    left = total - sum(shares)
    for at in sorted(range(len(weights)), key=lambda n: (-weights[n], n))[:left]:
        shares[at] += 1
    return shares


def share_so_far(total: int, came: int, ordered: int) -> int:
    """The part of a line's share that belongs to the pieces that came so far; all of it with the last one.

    >>> [share_so_far(100, n, 3) for n in (0, 1, 2, 3, 4)]
    [0, 33, 66, 100, 100]
    """
    if ordered <= 0:
        return total if came > 0 else 0
    return total * max(0, min(came, ordered)) // ordered


def per_piece(cents: int, pieces: int) -> int | None:
    """What a piece cost, rounded half up; None for no pieces.

    >>> per_piece(1000, 3)
    333
    """
    if pieces <= 0:
        return None
    return int((Decimal(cents) / pieces).quantize(Decimal(1), rounding=ROUND_HALF_UP))
