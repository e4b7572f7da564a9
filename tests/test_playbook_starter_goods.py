"""Out of stock, cancelling and data in the engine: the odd branches end, customers hear once, nobody is stuck."""

from datetime import timedelta
from pathlib import Path

import pytest
from shops import NOW
from test_playbook_starter_branches import (
    begin,
    body_of,
    cancelled_and_paid_back,
    messages,
    nobody_is_stuck,
    pick_and_pack,
    ship,
)
from test_playbook_starter_run import House

from ecomos.store import events, iso, write
from ecomos.work import choose_way, queue_of, start
from ecomos.work.triggers import offer_events


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "shop")


def test_goods_that_will_not_come_are_offered_about_again(house: House) -> None:
    """The customer waited; now the choice is another one, and has to be heard."""
    short(house, "#32", "wait for it")
    house.do("support-agent", "Watch for the goods", goods="will not come")
    assert house.todo() == [("support-agent", "Take the customer's choice")]
    assert messages(house) == ["out-of-stock-options", "out-of-stock-options"]


def short(house: House, number: str, choice: str, amount: str = "0", line: str = "Thing 2", lines: int = 2) -> int:
    """An order of which one line is missing, up to the customer's choice."""
    key = begin(house, number, lines=lines, total=8000)
    house.do("picker", "Pick the lines", found="some missing")
    house.do("picker", "Count the shelf again", missing="still missing")
    house.do("picker", "Name the missing line", line=line, quantity="1")
    assert messages(house) == ["out-of-stock-options"]
    house.do("support-agent", "Take the customer's choice", choice=choice, amount=amount)
    return key


def test_out_of_stock_and_the_customer_waits_only_as_long_as_the_goods_need(house: House) -> None:
    """They come on day six of at most fourteen."""
    short(house, "#12", "wait for it")
    assert "1 × „Thing 2“" in body_of(house, "out-of-stock-options")
    house.later(6)
    house.do("support-agent", "Watch for the goods", goods="arrived")
    pick_and_pack(house)
    ship(house)
    assert messages(house) == ["out-of-stock-options", "shipped"]
    assert nobody_is_stuck(house)


def test_out_of_stock_and_another_thing_is_sent(house: House) -> None:
    """The order is edited in the platform; the import with the new lines carries it on."""
    key = short(house, "#13", "another thing")
    house.do("support-agent", "Replace the line", replaced_by="Thing 3")
    assert house.todo() == []
    house.import_shows(key, "order.lines_changed")
    pick_and_pack(house)
    ship(house)
    assert house.runs()[0] == ("process-an-order", "done", "shipped")
    assert nobody_is_stuck(house)


def test_out_of_stock_and_a_part_is_paid_back(house: House) -> None:
    """40 is within support's 50."""
    short(house, "#14", "ship the rest", "40")
    house.do("support-agent", "Refund in Shopify", reference="R-1")
    house.do("packer", "Pack the parcel", packed="everything")
    ship(house)
    assert messages(house) == ["out-of-stock-options", "shipped"]
    assert nobody_is_stuck(house)


def test_out_of_stock_and_all_of_it_is_cancelled(house: House) -> None:
    """Picked already, so the goods go back."""
    short(house, "#15", "cancel all")
    house.do("support-agent", "Stop the parcel", why="out of stock", stands_at="picked or packed")
    cancelled_and_paid_back(house, "80.00")
    house.do("picker", "Put the goods back", shelved="all back")
    assert messages(house) == ["out-of-stock-options", "order-cancelled"]
    assert nobody_is_stuck(house)


def test_the_only_line_is_gone_nobody_answers_and_the_order_is_cancelled(house: House) -> None:
    """The customer hears of the money; it does not end in silence."""
    short(house, "#16", "no answer", "80", line="Thing 1", lines=1)
    house.do("support-agent", "Stop the parcel", why="out of stock", stands_at="not picked")
    cancelled_and_paid_back(house, "80.00")
    assert messages(house) == ["out-of-stock-options", "order-cancelled"]
    assert "80,00 EUR" in body_of(house, "order-cancelled")
    assert house.runs()[0] == ("process-an-order", "done", "cancelled")
    assert nobody_is_stuck(house)


def test_a_line_that_nobody_knows_stops_for_the_lead_who_sends_it_back_to_be_named(house: House) -> None:
    """The deed is what knows the lines, and it comes after the choice."""
    short(house, "#17", "ship the rest", "40", line="Thing Z")
    assert house.todo() == [("operations-lead", "Decide how “Out of stock after the sale” goes on")]
    lead = house.people["operations-lead"]
    task = queue_of(house.shop, lead, NOW)[0].task_id
    choose_way(house.shop, task, lead, NOW, to="name-the-missing-line", why="name it again")
    assert house.todo() == [("picker", "Name the missing line")]


def test_a_cancellation_that_comes_after_the_van_explains_the_return(house: House) -> None:
    """Nothing is cancelled, nothing is paid back yet."""
    key = begin(house, "#18")
    pick_and_pack(house)
    ship(house)
    start(house.shop, "cancel-an-order", ("order", key), NOW)
    house.do("support-agent", "Explain the return", told_by="e-mail")
    assert house.runs()[-1] == ("cancel-an-order", "done", "too late")
    assert nobody_is_stuck(house)


def test_a_parcel_shipped_while_its_cancellation_was_being_approved_explains_the_return(house: House) -> None:
    """The approval is withdrawn with it."""
    key = begin(house, "#19", total=60000)
    pick_and_pack(house)
    start(house.shop, "cancel-an-order", ("order", key), NOW)
    house.do("support-agent", "Stop the parcel", why="customer asks", stands_at="picked or packed")
    assert ("founder", "Approve cancel: 600.00 EUR") in house.todo()
    ship(house)
    offer_events(house.shop, NOW)
    assert house.todo() == [("support-agent", "Explain the return")]
    house.do("support-agent", "Explain the return", told_by="phone")
    assert messages(house) == ["shipped"]
    assert nobody_is_stuck(house)


def test_an_order_cancelled_in_the_platform_whose_money_is_still_here_is_paid_back(house: House) -> None:
    """Nobody picked it; the money is what is left."""
    key = begin(house, "#20")
    house.import_shows(key, "order.cancelled", cancelled_at=iso(NOW))
    house.do("support-agent", "Give the money back", amount="84")
    house.do("support-agent", "Refund in Shopify", reference="R-1")
    house.do("picker", "Put the goods back", shelved="nothing was picked")
    assert messages(house) == []
    assert nobody_is_stuck(house)


def test_an_order_paid_back_already_is_cancelled_without_a_second_refund(house: House) -> None:
    """The mail says so, and does not say that nothing was paid."""
    begin(house, "#21", "cancel-an-order", status="refunded", refunded_cents=8400)
    house.do("support-agent", "Stop the parcel", why="customer asks", stands_at="not picked")
    house.do("support-agent", "Cancel in Shopify", reference="C-1")
    offer_events(house.shop, NOW)
    assert "84,00 EUR, ist schon zurückgegangen" in body_of(house, "order-cancelled")
    assert nobody_is_stuck(house)


def test_money_that_arrives_for_a_cancelled_order_goes_back(house: House) -> None:
    """A transfer takes its days; the order did not wait for it."""
    key = begin(house, "#28", "cancel-an-order", status="pending")
    house.do("support-agent", "Stop the parcel", why="customer asks", stands_at="not picked")
    house.do("support-agent", "Cancel in Shopify", reference="C-1")
    offer_events(house.shop, NOW)
    assert nobody_is_stuck(house)
    house.import_shows(key, "order.paid", financial_status="paid")
    assert house.todo() == [("support-agent", "Give the money back")]


def test_a_cancellation_above_the_limit_is_asked_for_once(house: House) -> None:
    """800 is the founder's; its money is not asked for again."""
    begin(house, "#29", "cancel-an-order", total=80000)
    house.do("support-agent", "Stop the parcel", why="customer asks", stands_at="not picked")
    house.do("founder", "Approve cancel: 800.00 EUR")
    cancelled_and_paid_back(house, "800")
    assert messages(house) == ["order-cancelled"]
    assert nobody_is_stuck(house)


def test_a_cancellation_refused_keeps_the_order_and_is_told(house: House) -> None:
    """The lead refuses 300, tells the customer, and the order is picked on."""
    key = begin(house, "#30", total=30000)
    start(house.shop, "cancel-an-order", ("order", key), NOW)
    house.do("support-agent", "Stop the parcel", why="customer asks", stands_at="not picked")
    house.refuse("operations-lead", "Approve cancel: 300.00 EUR")
    house.do("operations-lead", "Keep the order", told_by="phone", kept_because="made to measure")
    assert house.todo() == [("picker", "Pick the lines")]
    pick_and_pack(house)
    ship(house)
    assert nobody_is_stuck(house)


def test_rows_that_were_refused_are_mended_and_loaded(house: House) -> None:
    """Three of 12,000: judged, mended in the platform, loaded."""
    db = house.shop.db
    with write(db):
        key = db.execute(
            """insert into imports(path, sha256, kind, imported_at, status, rows_read, rows_rejected)
               values ('inbox/orders_export.csv', 'a', 'shopify orders', ?, 'loaded', 12000, 3)""",
            [iso(NOW)],
        ).lastrowid
        data = {"rows": 3, "file": "orders_export.csv"}
        events.append(db, "data.rejected", ("import", key), actor=f"import:{key}", recorded_at=iso(NOW), data=data)
    offer_events(house.shop, NOW)
    house.do("operations-lead", "Read the account", cause="single rows", missing_orders="3")
    house.do("operations-lead", "Judge the rows", rows_are="mended in the platform", why="a year of five digits")
    house.do("operations-lead", "Export the file again", loaded="all of it")
    assert house.runs() == [("data-that-did-not-load", "done", "loaded")]
    assert nobody_is_stuck(house)


def test_a_late_choice_climbs_to_the_lead(house: House) -> None:
    """Nobody is forgotten: the task is the lead's two working hours after its day."""
    begin(house, "#27", lines=2, total=8000)
    house.do("picker", "Pick the lines", found="some missing")
    house.do("picker", "Count the shelf again", missing="still missing")
    house.do("picker", "Name the missing line", line="Thing 2", quantity="1")
    house.now += timedelta(hours=3)
    house.later(3)
    assert ("operations-lead", "Take the customer's choice") in house.todo()
