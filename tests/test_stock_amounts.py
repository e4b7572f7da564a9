"""The arithmetic of a quantity: laws, and the same for one thing as for all of them."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomos.stock.amounts import Given, amounts
from ecomos.stock.one_amount import OneGiven, one_amount

ROWS = st.fixed_dictionaries(
    {
        "demand_a_day": st.one_of(st.just(0.0), st.floats(0.001, 60).map(lambda x: round(x, 6))),
        "demand_sd": st.floats(0, 40).map(lambda x: round(x, 6)),
        "lead_days": st.floats(0, 90).map(lambda x: round(x, 2)),
        "lead_sd": st.floats(0, 30).map(lambda x: round(x, 4)),
        "review_days": st.sampled_from([0.0, 2.5, 6.0]),
        "dial": st.floats(0.25, 5).map(lambda x: round(x, 4)),
        "lasts_days": st.floats(1, 120).map(lambda x: round(x, 1)),
        "cap_days": st.one_of(st.none(), st.floats(1, 200).map(lambda x: round(x, 1))),
        "available": st.integers(-50, 4000),
        "coming": st.integers(0, 500),
        "minimum": st.one_of(st.none(), st.integers(1, 500)),
        "pack": st.integers(1, 48),
    }
)


@given(ROWS)
@settings(max_examples=400, deadline=None)
def test_one_thing_and_all_things_are_reckoned_alike(row: dict[str, float]) -> None:
    """What a page says would be ordered is what the night's plan orders."""
    one = one_amount(OneGiven.of(row))
    every = amounts(Given.of(row))
    assert (one.reorder_point, one.order_up_to, one.need, one.capped, one.quantity) == tuple(
        int(np.asarray(x).ravel()[0])
        for x in (every.reorder_point, every.order_up_to, every.need, every.capped, every.quantity)
    )


@given(ROWS)
@settings(max_examples=400, deadline=None)
def test_a_quantity_is_whole_packs_never_below_nothing_and_never_below_the_minimum(row: dict[str, float]) -> None:
    """And there is one exactly where what is there and coming is at or below the reorder point of what sells."""
    found, pack = one_amount(OneGiven.of(row)), row["pack"]
    assert found.quantity >= 0
    assert found.quantity % pack == 0
    assert found.quantity == 0 or found.quantity >= (row["minimum"] or 0)
    short = row["demand_a_day"] > 0 and row["available"] + row["coming"] <= found.reorder_point
    assert (found.quantity > 0) == short


@given(ROWS, st.floats(0.5, 30))
@settings(max_examples=200, deadline=None)
def test_a_longer_lead_time_never_lowers_the_reorder_point(row: dict[str, float], more: float) -> None:
    """Nor does a further dial or a wilder demand above its mean."""
    given_ = OneGiven.of(row)
    assert one_amount(given_.but(lead_days=given_.lead_days + more)).reorder_point >= one_amount(given_).reorder_point


def test_every_rounding_is_a_step() -> None:
    """19.4 a month's need becomes 20 pieces, the minimum 12 changes nothing, packs of six make 24."""
    found = one_amount(
        OneGiven(
            demand_a_day=0.69,
            demand_sd=0.0,
            lead_days=0.0,
            lead_sd=0.0,
            review_days=0.0,
            dial=0.25,
            lasts_days=28.0,
            cap_days=math.inf,
            available=0,
            coming=0,
            minimum=12,
            pack=6,
        )
    )
    assert (found.reorder_point, found.lot, found.need, found.at_least, found.quantity) == (0, 20, 20, 20, 24)
