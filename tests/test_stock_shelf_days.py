"""Days without stock: what is said of all things at once is what walking through the days of each says."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomos.stock.shelf_days import _days_out

DAYS = 20
MOVES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-5, DAYS + 1), st.integers(-6, 6), st.integers(0, 6)), max_size=25
)


def by_hand(moves: dict[int, tuple[int, int]]) -> tuple[list[int], int]:
    """(days out, the first day known) of one thing: day -> (moved, of that what came in)."""
    level, out, known = 0, [], DAYS
    for day in range(-5, DAYS):
        first = day in moves and known == DAYS
        moved, came = moves.get(day, (0, 0))
        is_out = known < DAYS and level <= 0 and level + came <= 0
        if first:
            known = max(day, 0)
        level += moved
        if is_out and day >= 0:
            out.append(day)
    return out, known


@given(MOVES)
@settings(max_examples=300, deadline=None)
def test_days_out_are_those_one_finds_by_walking_through_the_days(moves: list[tuple[int, int, int, int]]) -> None:
    """A day is out where nothing lay there in the morning and what came in made nothing sellable; before the first move
    nothing is known."""
    each: dict[tuple[int, int], tuple[int, int]] = {}
    for thing, day, net, came in moves:
        moved, arrived = each.get((thing, day), (0, 0))
        each[thing, day] = (moved + net, arrived + max(came, net, 0))
    rows = np.array([(t, d, *v) for (t, d), v in sorted(each.items())], np.int64).reshape(-1, 4)
    found = _days_out(rows[:, 0], rows, (3, DAYS))
    for thing in range(3):
        out, known = by_hand({d: v for (t, d), v in each.items() if t == thing and d < DAYS})
        if any(t == thing for t, _ in each):
            first = min(d for t, d in each if t == thing)
            known = max(first, 0)
        assert (np.flatnonzero(found.out[thing]).tolist(), int(found.known_from[thing])) == (out, known)
