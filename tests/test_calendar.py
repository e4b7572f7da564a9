"""Working time: what a deadline means in a shop that closes."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from ecomos.calendar import WorkingTime

VIENNA = ZoneInfo("Europe/Vienna")
SHOP = WorkingTime(VIENNA, {d: (time(9), time(17)) for d in range(5)}, frozenset({date(2026, 12, 25)}))


def vienna(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIENNA)


def test_two_working_hours_from_four_in_the_afternoon_end_at_ten_next_morning() -> None:
    assert SHOP.after(vienna(24, 16), Decimal(2), "hours", working=True) == vienna(25, 10)


def test_working_hours_asked_for_on_a_saturday_begin_on_monday() -> None:
    assert SHOP.after(vienna(28, 12), Decimal(30), "minutes", working=True) == vienna(30, 9, 30)


def test_one_working_day_is_the_same_clock_time_on_the_next_working_day() -> None:
    assert SHOP.after(vienna(27, 11, 15), Decimal(1), "days", working=True) == vienna(30, 11, 15)


def test_a_holiday_is_no_working_day() -> None:
    assert SHOP.after(vienna(24, 11, month=12), Decimal(1), "days", working=True) == vienna(28, 11, month=12)


def test_by_a_clock_time_that_is_over_means_the_next_working_day() -> None:
    assert SHOP.by_clock(vienna(27, 15, 31), time(15, 30)) == vienna(30, 15, 30)
    assert SHOP.by_clock(vienna(27, 15, 29), time(15, 30)) == vienna(27, 15, 30)


def test_a_working_day_over_the_change_of_clocks_keeps_its_clock_time() -> None:
    friday = datetime(2026, 10, 23, 10, tzinfo=VIENNA)
    assert SHOP.after(friday, Decimal(1), "days", working=True).astimezone(UTC).hour == 9


def test_open_time_between_friday_noon_and_monday_noon_is_a_day() -> None:
    assert SHOP.between(vienna(27, 12), vienna(30, 12)).total_seconds() == 8 * 3600
