"""Risk, payment, address and pick-up in the engine: the odd branches end, customers hear once, nobody is stuck."""

from pathlib import Path
from typing import Any

import pytest
from shops import NOW
from test_playbook_starter_run import House

from ecomos.store import write
from ecomos.work import correct_order, start
from ecomos.work.triggers import offer_events


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "shop")


def begin(house: House, number: str, procedure: str = "process-an-order", **changes: Any) -> int:
    """An order, with columns changed, and the procedure started for it."""
    columns = {k: changes.pop(k) for k in ("risk", "payment_terms", "payment_method", "refunded_cents") if k in changes}
    key = house.order(number, **changes)
    with write(house.shop.db):
        for name, value in columns.items():
            house.shop.db.execute(f"update orders set {name} = ? where id = ?", [value, key])
    start(house.shop, procedure, ("order", key), NOW)
    return key


def pick_and_pack(house: House) -> None:
    house.do("picker", "Pick the lines", found="all")
    house.do("packer", "Pack the parcel", packed="everything")


def ship(house: House) -> None:
    house.do("packer", "Ship the parcel", carrier="DHL", tracking="JD1")
    house.do("packer", "Enter the shipment in Shopify", reference="F-1")


def messages(house: House) -> list[str]:
    return [message for message, _ in house.mails()]


def body_of(house: House, message: str) -> str:
    row = house.shop.db.execute("select body from outbox where message = ? order by id desc", [message]).fetchone()
    return str(row[0])


def nobody_is_stuck(house: House) -> bool:
    left = "select count(*) from tasks where status in ('open', 'taken', 'waiting') or kind in ('unclear', 'failed')"
    return bool(house.shop.db.execute(left).fetchone()[0] == 0)


def cancelled_and_paid_back(house: House, amount: str = "84.00") -> None:
    """What follows in cancel-an-order for an order up to the limit: nobody is asked."""
    house.do("support-agent", "Cancel in Shopify", reference="C-1")
    offer_events(house.shop, house.now)
    house.do("support-agent", "Give the money back", amount=amount)
    house.do("support-agent", "Refund in Shopify", reference="R-1")


def test_a_medium_risk_is_released_by_the_lead_and_shipped(house: House) -> None:
    """45 EUR, everything fits: one approval, one mail."""
    begin(house, "#1", total=4500, risk="Medium")
    house.do("support-agent", "Read the signals", finding="clear", why="card, IP and delivery in Vienna")
    house.do("operations-lead", "Approve release: 45.00 EUR")
    pick_and_pack(house)
    ship(house)
    assert messages(house) == ["shipped"]
    assert nobody_is_stuck(house)


def test_a_risk_above_the_leads_limit_is_the_founders(house: House) -> None:
    """900 is above 500."""
    begin(house, "#2", total=90000, risk="High")
    house.do("support-agent", "Read the signals", finding="clear", why="ordered by phone before")
    assert house.todo() == [("founder", "Approve release: 900.00 EUR")]
    house.do("founder", "Approve release: 900.00 EUR")
    assert house.todo() == [("picker", "Pick the lines")]


def test_a_refused_risk_is_cancelled_paid_back_and_told_once(house: House) -> None:
    """Not reached, asked for an hour, silent: the lead refuses."""
    begin(house, "#3", risk="Medium")
    house.do("support-agent", "Read the signals", finding="doubtful", why="three signals")
    house.do("support-agent", "Call the customer", answer="not reached", why="mailbox twice")
    assert messages(house) == ["could-not-reach-you"]
    assert "bis 26.11.2026" in body_of(house, "could-not-reach-you")
    house.later(2)
    house.do("support-agent", "Call at the named hour", answer="not reached", why="no reply")
    house.refuse("operations-lead", "Approve release: 84.00 EUR")
    house.do("support-agent", "Stop the parcel", why="risk", stands_at="not picked")
    cancelled_and_paid_back(house)
    assert messages(house) == ["could-not-reach-you", "order-cancelled"]
    assert house.runs() == [
        ("process-an-order", "done", "cancelled"),
        ("review-a-risky-order", "done", "handed to cancel-an-order"),
        ("cancel-an-order", "done", "cancelled"),
    ]
    assert nobody_is_stuck(house)


def test_a_customer_who_names_an_hour_and_then_everything_is_released(house: House) -> None:
    """Medium, not reached at first."""
    begin(house, "#34", risk="Medium")
    house.do("support-agent", "Read the signals", finding="doubtful", why="address of a hotel")
    house.do("support-agent", "Call the customer", answer="not reached", why="mailbox twice")
    house.later(1)
    house.do("support-agent", "Call at the named hour", answer="confirmed", why="named the lamp and Graz")
    house.do("operations-lead", "Approve release: 84.00 EUR")
    assert house.todo() == [("picker", "Pick the lines")]


def test_an_order_on_terms_is_not_held_for_its_money(house: House) -> None:
    """Net 30: agreed to wait."""
    begin(house, "#4", status="pending", payment_terms="Net 30")
    pick_and_pack(house)
    ship(house)
    assert messages(house) == ["shipped"]
    assert nobody_is_stuck(house)


def test_cash_on_delivery_is_not_held_for_its_money(house: House) -> None:
    """The carrier takes it."""
    begin(house, "#5", status="pending", payment_method="Cash on Delivery (COD)")
    pick_and_pack(house)
    ship(house)
    assert messages(house) == ["shipped"]
    assert nobody_is_stuck(house)


def test_an_order_of_nothing_is_not_asked_for_money(house: House) -> None:
    """0.00 by a gift code, and the export calls it pending."""
    begin(house, "#6", status="pending", total=0)
    assert house.todo() == [("picker", "Pick the lines")]


def test_a_gift_card_of_nothing_to_pay_is_issued_and_nothing_picked(house: House) -> None:
    """0.00 by a code, one gift card and a tip: no chase, no shelf."""
    key = house.order("#33", status="pending", total=0, lines=0)
    with write(house.shop.db):
        house.shop.db.executemany(
            """insert into order_lines(order_id, line_no, title, quantity, unit_price_cents, total_cents,
                 requires_shipping, is_gift_card, fulfillment_status) values (?, ?, ?, 1, 0, 0, 0, ?, 'pending')""",
            [(key, 1, "Gift Card", 1), (key, 2, "Tip", 0)],
        )
    start(house.shop, "process-an-order", ("order", key), NOW)
    house.do("support-agent", "Issue the gift cards")
    house.do("support-agent", "Issue the gift cards in Shopify", reference="G-1")
    assert house.runs() == [("process-an-order", "done", "nothing to ship")]
    assert nobody_is_stuck(house)


def test_what_was_paid_back_in_full_is_not_sent(house: House) -> None:
    """Refunded in the platform, cancelled by nobody."""
    begin(house, "#7", status="refunded", refunded_cents=8400)
    assert house.runs() == [("process-an-order", "done", "nothing to ship")]
    assert messages(house) == []


def test_a_transfer_that_comes_on_the_fourth_day_ships_after_one_reminder(house: House) -> None:
    """Reminded on day three; the next import carries it on."""
    key = begin(house, "#8", status="pending")
    house.later(3)
    house.later(1)
    assert messages(house) == ["payment-reminder"]
    house.import_shows(key, "order.paid", financial_status="paid")
    pick_and_pack(house)
    ship(house)
    assert messages(house) == ["payment-reminder", "shipped"]
    assert nobody_is_stuck(house)


def test_a_payment_that_never_comes_is_asked_for_once_more_and_cancelled(house: House) -> None:
    """Nothing was paid, so nothing goes back."""
    begin(house, "#9", status="pending")
    house.later(3)
    house.later(4)
    house.do("support-agent", "Weigh the unpaid order", proposal="wait once more", why="nothing in the bank")
    assert messages(house) == ["payment-reminder", "payment-not-complete"]
    house.later(3)
    house.do("support-agent", "Weigh the unpaid order", proposal="cancel", why="no word")
    house.do("support-agent", "Stop the parcel", why="unpaid", stands_at="not picked")
    house.do("support-agent", "Cancel in Shopify", reference="C-1")
    offer_events(house.shop, house.now)
    assert messages(house) == ["payment-reminder", "payment-not-complete", "order-cancelled"]
    assert "nichts bezahlt" in body_of(house, "order-cancelled")
    assert nobody_is_stuck(house)


def test_a_card_that_fails_is_asked_for_another_way_and_paid(house: House) -> None:
    """The next import shows the money."""
    key = begin(house, "#10", status="pending")
    house.import_shows(key, "order.payment_failed", financial_status="voided")
    assert messages(house) == ["payment-not-complete"]
    house.import_shows(key, "order.paid", financial_status="paid")
    assert house.todo() == [("picker", "Pick the lines")]


def test_a_card_that_fails_twice_is_told_twice(house: House) -> None:
    """Two mails, each after a try of the customer's."""
    key = begin(house, "#31", status="pending")
    house.import_shows(key, "order.payment_failed", financial_status="voided")
    house.import_shows(key, "order.payment_failed", financial_status="voided")
    assert messages(house) == ["payment-not-complete", "payment-not-complete"]


def test_money_that_comes_while_it_is_being_cancelled_keeps_the_order(house: House) -> None:
    """The lead tells the customer, and the order is worked again."""
    key = begin(house, "#11", status="voided")
    house.later(3)
    house.do("support-agent", "Weigh the unpaid order", proposal="cancel", why="no word")
    house.import_shows(key, "order.paid", financial_status="paid")
    house.do("support-agent", "Stop the parcel", why="unpaid", stands_at="not picked")
    house.do("operations-lead", "Keep the order", told_by="e-mail", kept_because="the money came")
    assert house.todo() == [("picker", "Pick the lines")]


def without_postcode(house: House, number: str) -> int:
    key = house.order(number)
    with write(house.shop.db):
        house.shop.db.execute(
            "update order_contacts set ship_zip = null, ship_country = 'AE' where order_id = ?", [key]
        )
    start(house.shop, "process-an-order", ("order", key), NOW)
    return key


def test_an_address_never_answered_is_reminded_once_looked_for_and_given_up(house: House) -> None:
    """One question, one reminder that says another day, one cancellation."""
    without_postcode(house, "#22")
    house.later(2)
    house.later(1)
    assert messages(house) == ["address-question", "address-reminder"]
    assert "by 29 November 2026" in body_of(house, "address-question")
    assert "by 29 November 2026" in body_of(house, "address-reminder")
    house.later(2)
    house.do("support-agent", "Find the missing parts", reply="not found")
    house.do("operations-lead", "Decide without an address", decision="cancel", why="not reached")
    house.do("support-agent", "Stop the parcel", why="no address", stands_at="not picked")
    cancelled_and_paid_back(house)
    assert messages(house) == ["address-question", "address-reminder", "order-cancelled"]
    assert nobody_is_stuck(house)


def test_a_place_without_postcodes_is_sent_as_it_is_and_not_asked_again(house: House) -> None:
    """The lead decides once."""
    without_postcode(house, "#23")
    house.later(2)
    house.later(3)
    house.do("support-agent", "Find the missing parts", reply="not found")
    house.do("operations-lead", "Decide without an address", decision="send as it is", why="no postcodes there")
    pick_and_pack(house)
    ship(house)
    assert messages(house) == ["address-question", "address-reminder", "shipped"]
    assert nobody_is_stuck(house)


def test_an_address_answered_by_mail_is_entered_on_the_page_and_the_order_goes_on(house: House) -> None:
    """The reply is entered as a correction."""
    key = without_postcode(house, "#24")
    correct_order(house.shop, key, house.people["support-agent"], {"zip": "00000"}, NOW)
    assert house.todo() == [("picker", "Pick the lines")]
    assert messages(house) == ["address-question"]


def test_a_pick_up_hears_that_it_is_ready_and_is_handed_out(house: House) -> None:
    """No carrier, no label, no second mail."""
    begin(house, "#25", service="Abholung im Laden")
    pick_and_pack(house)
    house.do("packer", "Lay it by", place="shelf 3")
    assert messages(house) == ["ready-to-collect"]
    assert "01.12.2026" in body_of(house, "ready-to-collect")
    house.later(1)
    house.do("packer", "Hand it over", collected="collected", signed_by="M. Lang")
    house.do("packer", "Enter the shipment in Shopify", reference="F-1")
    assert house.runs() == [("process-an-order", "done", "shipped"), ("hand-out-a-pick-up", "done", "collected")]
    assert messages(house) == ["ready-to-collect"]
    assert nobody_is_stuck(house)


def test_a_pick_up_that_nobody_collects_is_reminded_cancelled_and_paid_back(house: House) -> None:
    """Twice not reached."""
    begin(house, "#26", service="Pick up")
    pick_and_pack(house)
    house.do("packer", "Lay it by", place="shelf 3")
    for wish in ("not reached", "not reached again"):
        house.later(6)
        house.do("packer", "Hand it over", collected="not collected", signed_by="nobody")
        house.do("support-agent", "Ask what is wished", wish=wish)
    house.do("support-agent", "Stop the parcel", why="not collected", stands_at="picked or packed")
    cancelled_and_paid_back(house)
    house.do("picker", "Put the goods back", shelved="all back")
    assert messages(house) == ["ready-to-collect", "pick-up-reminder", "order-cancelled"]
    assert nobody_is_stuck(house)
