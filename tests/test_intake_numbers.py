"""Numbers, dates, encodings: every form of EXPORTS.md, and the laws that hold for all of them."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomos.intake.dates import DateReader, DateSurvey
from ecomos.intake.numbers import NumberSurvey, identifier, read_number, whole
from tests.exports import Desk, make_desk, order, write_csv


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def german(row: dict[str, str]) -> dict[str, str]:
    """The same row with decimal commas."""
    return {
        name: value.replace(".", ",") if re.fullmatch(r"\d+\.\d\d", value) else value for name, value in row.items()
    }


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1,23,456.78", ".", "123456.78"),
        ("৳2,999", ".", "2999"),
        ("1\u00a0234,50\u00a0€", ",", "1234.50"),
        ("1\u202f234,50", ",", "1234.50"),
        ("\u221212.50", ".", "-12.50"),
        ("-€5.00", ".", "-5.00"),
        ("12.5%", ".", "0.125"),
        ("EUR 90,00", ",", "90.00"),
        ("1.234.567,89", ",", "1234567.89"),
        ("(3.50)", ".", "-3.50"),
        ("4,086918E+00", ",", "4.086918"),
        (".5", ".", "0.5"),
    ],
)
def test_every_form_of_a_number_is_read(text: str, decimal: str, expected: str) -> None:
    assert Decimal(expected) == read_number(text, decimal)


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "1.2.3", "--", "=1+1", "12 apples 3", "1,23"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text, ".") is None


FIRST, LAST = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2099-01-01")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from([".", ","]), st.booleans())
def test_a_printed_number_is_read_back(number: Decimal, decimal: str, grouped: bool) -> None:
    """parse ∘ print = identity, in both readings, with and without thousands signs."""
    printed = f"{number:,.2f}" if grouped else f"{number:.2f}"
    if decimal == ",":
        printed = printed.translate(str.maketrans(",.", ".,"))
    assert number == read_number(printed, decimal)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_a_printed_count_is_read_back(number: int) -> None:
    assert number == whole(f"{number:,}", ".")


@given(st.datetimes(min_value=FIRST, max_value=LAST), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_a_printed_instant_is_read_back(local: datetime, way: str) -> None:
    forms = {"dmy": "%d/%m/%Y %H:%M:%S +0000", "mdy": "%m/%d/%Y %H:%M:%S +0000", "ymd": "%Y-%m-%d %H:%M:%S +0000"}
    read = DateReader(way, ZoneInfo("UTC")).read(local.strftime(forms[way]))
    assert read is not None
    assert local.replace(microsecond=0, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ") == read.at


def test_one_clear_number_decides_the_whole_file() -> None:
    survey = NumberSurvey()
    for text in ("1.234", "2.000", "12", "0,50"):
        survey.add(text)
    assert survey.reading() == ","


def test_numbers_that_fit_two_readings_are_not_decided() -> None:
    survey = NumberSurvey()
    survey.add("1.234")
    assert survey.reading() is None
    assert survey.example == "1.234"


def test_whole_numbers_need_no_decision() -> None:
    survey = NumberSurvey()
    survey.add("12")
    assert survey.reading() == "."


def test_one_clear_date_decides_the_whole_file() -> None:
    survey = DateSurvey()
    for text in ("03/04/2026", "31/12/2023 22:36"):
        survey.add(text)
    assert survey.reading() == "dmy"


def test_excels_scientific_notation_is_no_whole_id() -> None:
    assert identifier("4,086918E+00") is None
    assert identifier("6.63E+12") is None
    assert identifier("17850.0") == "17850"
    assert identifier("'007") == "007"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_utf8_with_and_without_bom_cp1252_and_utf16(desk: Desk, encoding: str) -> None:
    account = desk.load(write_csv([order(shipping_name="Zoë Müller")]).encode(encoding))
    assert account.status == "loaded"
    assert account.readings["encoding"] == encoding.replace("utf-16-le", "utf-16-le")
    assert desk.one("select ship_name from order_contacts") == "Zoë Müller"


@pytest.mark.parametrize(("separator", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_comma_semicolon_and_tab(desk: Desk, separator: str, name: str) -> None:
    account = desk.load(write_csv([order()], separator=separator))
    assert (account.status, account.readings["separator"]) == ("loaded", name)


def test_a_decimal_comma_is_chosen_for_the_whole_file_and_stated(desk: Desk) -> None:
    row = german(order()) | {"Total": "1.029,00"}
    account = desk.load(write_csv([row], separator=";"))
    assert account.readings["decimal"] == "comma"
    assert desk.one("select total_cents from orders") == 102900


def test_where_two_readings_of_a_date_fit_nothing_is_loaded_and_the_choices_are_given(desk: Desk) -> None:
    text = write_csv([order(created_at="03/04/2026 10:00", paid_at="")])
    account = desk.load(text)
    assert account.status == "asks"
    assert [("day first", "date=dmy"), ("month first", "date=mdy")] == list(account.choices)
    assert desk.one("select count(*) from orders") == 0
    assert "  day first: --read date=dmy" in account.lines()
    chosen = desk.load(text, readings={"date": "mdy"})
    assert (chosen.status, chosen.readings["date"]) == ("loaded", "mdy")
    assert desk.one("select placed_on from orders") == "2026-03-04"


def test_where_two_readings_of_a_number_fit_nothing_is_loaded_and_the_choices_are_given(desk: Desk) -> None:
    bare = {name: "0" for name, value in order().items() if value.endswith((".00", ".05"))}
    row = order() | bare | {"Subtotal": "1.234", "Total": "1.234", "Lineitem price": "1.234", "Lineitem quantity": "1"}
    text = write_csv([row], separator=";")
    account = desk.load(text)
    assert account.status == "asks"
    assert ["decimal=.", "decimal=,"] == [value for _, value in account.choices]
    assert desk.load(text, readings={"decimal": ","}).status == "loaded"
    assert desk.one("select total_cents from orders") == 123400


def test_a_number_that_does_not_fit_the_files_reading_rejects_its_order_with_line_and_reason(desk: Desk) -> None:
    account = desk.load(write_csv([order(), order(name="#2002", id="7000000002002", total="12,3,4")]))
    assert account.rows_rejected == 1
    assert [(3, "Total: “12,3,4” is no amount as this file writes them")] == list(account.rejects)
    assert desk.all("select number from orders") == [("#2001",)]
