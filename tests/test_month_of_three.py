"""A month without the founder: three people, whose founder is away for seven days and has lent authority with a cap.

What is promised of it stands in month/proof.py. On are all core procedures, with the limits that they are shipped with;
reports are off: each is a notebook in a process of its own, and nobody's work waits for one.
"""

from collections.abc import Iterator

import pytest
from mailserver import mail_server
from month.plan import Plan
from month.play import Month, play
from month.proof import (
    test_exactly_the_planted_orders_were_cancelled,
    test_exactly_the_planted_orders_were_refunded,
    test_no_case_was_nobodys,
    test_no_wait_is_older_than_two_weeks_or_without_a_date,
    test_of_the_orders_that_could_be_sent_97_in_100_arrived,
    test_only_the_planted_causes_broke_a_promise,
    test_the_score_is_what_two_others_count,
    test_the_shipped_limits_leave_something_to_decide,
    test_the_staff_was_no_better_than_said,
    test_whose_promise_broke_was_told_before_its_hour,
)

__all__ = [
    "test_exactly_the_planted_orders_were_cancelled",
    "test_exactly_the_planted_orders_were_refunded",
    "test_no_case_was_nobodys",
    "test_no_wait_is_older_than_two_weeks_or_without_a_date",
    "test_of_the_orders_that_could_be_sent_97_in_100_arrived",
    "test_only_the_planted_causes_broke_a_promise",
    "test_the_score_is_what_two_others_count",
    "test_the_shipped_limits_leave_something_to_decide",
    "test_the_staff_was_no_better_than_said",
    "test_whose_promise_broke_was_told_before_its_hour",
]


@pytest.fixture(scope="module", params=range(1, 6), ids=lambda seed: f"seed {seed}")
def month(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """One month, played once for all promises."""
    with mail_server() as box:
        yield play(Plan(people=3, seed=request.param, orders_a_day=4), tmp_path_factory.mktemp("month"), box)
