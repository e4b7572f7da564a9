"""Orders and parcels in the engine: the day at the bench and at the gate, and what customers write about what came,
came broken, came wrong, or did not come."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shops import NOW, STARTER, hire
from test_playbook_starter_branches import begin, body_of, messages, nobody_is_stuck, pick_and_pack, ship
from test_tickets import Desked

from ecomos.customers.topics import topic_of
from ecomos.playbook import parse_text
from ecomos.playbook.records import Policy
from ecomos.store import write
from ecomos.work import start, start_by_the_clock
from ecomos.work.triggers import offer_events

TODAY = ("day", "2026-11-24")
SUPPORT, LEAD = "support-agent", "operations-lead"


@pytest.fixture
def house(tmp_path: Path) -> Desked:
    found = Desked(tmp_path / "shop")
    found.people["support-lead"] = hire(found.shop, "Lea", "support-lead")
    return found


def sent_order(house: Desked, number: str = "#1001", **changes: Any) -> int:
    """An order of which our parcel left."""
    key = house.order(number, **changes)
    house.ship(key)
    return key


def paid_back(house: Desked) -> None:
    house.do(SUPPORT, "Refund in Shopify", reference="R-1")


def outcome(house: Desked, procedure: str) -> str | None:
    """How the last run of that procedure ended; None while it goes on."""
    return next((end for name, _, end in reversed(house.runs()) if name == procedure), None)


def at(house: Desked, hour: int, minute: int) -> None:
    """The day goes on to that hour, and the clock's procedures start."""
    house.now = house.now.replace(hour=hour, minute=minute)
    start_by_the_clock(house.shop, house.now)


def on_the_list(house: Desked, title: str) -> bool:
    return any(name == title for _, name in house.todo())


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        ("You sent the wrong size", "wrong-or-missing-item"),
        ("In meinem Paket fehlt eine Tasse", "wrong-or-missing-item"),
        ("DHL says delivered, there is nothing", "parcel-lost"),
        ("Laut DHL als zugestellt, ich habe es nie erhalten", "parcel-lost"),
        ("Please change my order: a second mug", "edit-an-order"),
        ("Ich möchte die Bestellung stornieren", "edit-an-order"),
        ("The mug is broken, I want a refund", "parcel-damaged"),
        ("I want a refund", "refund-on-request"),
        ("Where is my parcel?", "where-is-my-order"),
    ],
)
def test_a_mail_starts_the_procedure_that_it_is_about(house: Desked, text: str, procedure: str) -> None:
    """By the words of the table in tickets.md, English and German; one procedure, not two."""
    house.mail("#1001", text)
    assert [name for name, _, _ in house.runs()] == [procedure]


def test_every_row_of_the_table_of_topics_can_be_read() -> None:
    """A row that is too long would be passed over without a word."""
    text = (STARTER / "playbook" / "policies" / "tickets.md").read_text(encoding="utf-8")
    policy = parse_text("policies", "tickets", text, "tickets.md")[0]
    assert isinstance(policy, Policy)
    rows = policy.tables["topic"]
    words = [(row.target.title, re.findall(r'"(.+?)"', row.when.text)) for row in rows if row.when]
    assert [(t, w) for t, said in words for w in said if topic_of(w, rows) == "other"] == []


def test_the_bench_is_ready_for_the_day_and_empty_in_the_evening(house: Desked) -> None:
    """It starts by the clock because an order waits to be sent."""
    begin(house, "#1")
    at(house, 9, 30)
    house.do("picker", "Sort the waves", waves="1", first_wave="Monday's")
    house.do("packer", "Set up the bench", material="lasts for today")
    house.do("picker", "Count what was not picked", on_shelves="0")
    house.do("packer", "Clear the bench", left_over="nothing")
    assert outcome(house, "pick-and-pack") == "done"


def test_no_box_too_many_on_the_shelves_and_a_candle_left_over(house: Desked) -> None:
    """A stand-in is named, help is called early, and the candle finds its parcel."""
    start(house.shop, "pick-and-pack", TODAY, NOW)
    house.do("picker", "Sort the waves", waves="3", first_wave="express")
    house.do("packer", "Set up the bench", material="a size is gone", short_of="boxes M")
    house.do(LEAD, "Name a stand-in", stand_in="boxes L with paper")
    house.do("picker", "Count what was not picked", on_shelves="21")
    assert on_the_list(house, "Count what stands where")
    house.do("packer", "Clear the bench", left_over="goods without an order")
    house.do(LEAD, "Trace what is left", traced="parcel completed", which_orders="#7")
    assert outcome(house, "pick-and-pack") == "traced"
    assert outcome(house, "cut-off-at-risk") is None


def test_what_the_driver_signs_for_is_what_was_labelled(house: Desked) -> None:
    """One label, one parcel, one signature; the second count of the day starts by itself."""
    begin(house, "#1")
    pick_and_pack(house)
    ship(house)
    at(house, 15, 15)
    house.do("packer", "Count the parcels", counted="1")
    house.do("packer", "Hand them to the driver", came="took all", taken="1", signed_by="Novak")
    assert outcome(house, "hand-over-to-the-carrier") == "handed over"
    at(house, 16, 0)
    house.do("picker", "Read the four counts", labels="1", handed_over="1", fulfilled="1")
    assert outcome(house, "close-the-day") == "agreed"
    assert nobody_is_stuck(house)


def test_nobody_comes_for_the_parcels_and_everybody_who_was_told_today_hears_it(house: Desked) -> None:
    """A label without its parcel first, then no van, then tomorrow."""
    start(house.shop, "hand-over-to-the-carrier", TODAY, NOW)
    house.do("packer", "Count the parcels", counted="3")
    house.do("packer", "Find the difference", difference="number was not entered", which_orders="#3")
    house.do("packer", "Hand them to the driver", came="nobody came", taken="0")
    house.do("packer", "Call the depot", answer="tomorrow", promised_by="the hotline")
    house.do(SUPPORT, "Tell who was told today", told="3")
    assert outcome(house, "hand-over-to-the-carrier") == "leaves tomorrow"


def test_two_differences_of_a_day_are_explained_one_by_one(house: Desked) -> None:
    """One parcel is nowhere: searched, its customer told, and only then the second."""
    start(house.shop, "close-the-day", TODAY, NOW)
    house.do("picker", "Read the four counts", labels="2", handed_over="1", fulfilled="2")
    first = {"order_number": "#5", "turned_out": "parcel nowhere", "others": "another difference"}
    house.do("packer", "Explain one difference", **first)
    house.do(LEAD, "Search the parcel", found_at="nowhere")
    house.do(SUPPORT, "Tell who waits", told_by="phone")
    last = {"order_number": "#6", "turned_out": "label made twice", "others": "that was the last"}
    house.do("packer", "Explain one difference", **last)
    assert outcome(house, "close-the-day") == "explained"


def test_an_hour_before_the_van_too_many_wait_and_six_stay(house: Desked) -> None:
    """Thirteen are more than a bench can do; twelve would not have started it."""
    for n in range(1, 13):
        begin(house, f"#{n}")
    at(house, 14, 30)
    assert not on_the_list(house, "Count what stands where")
    begin(house, "#13")
    house.now += timedelta(days=1)
    at(house, 14, 30)
    house.do("packer", "Count what stands where", at_bench="9", on_shelves="4", slowed_by="somebody is away")
    house.do(LEAD, "Decide who helps", help="later van", first_ones="yesterday's, then express")
    house.do(LEAD, "Ask for a later van", van="no later van")
    house.do("packer", "Name the orders that stay", staying="6", numbers="#8 to #13")
    house.do(SUPPORT, "Tell whom it concerns", told="6")
    assert outcome(house, "cut-off-at-risk") == "some wait"


def test_a_change_of_the_order_stops_the_bench_and_is_told(house: Desked) -> None:
    """Four euros go back within support's limit."""
    house.order("#1001")
    house.mail("Please change my order #1001")
    house.do(SUPPORT, "Find the order", wish="other things", wanted="the small bowl")
    house.do(SUPPORT, "Hold the parcel", stands_at="not picked")
    house.do(SUPPORT, "Edit the lines", changed="the small bowl", difference="we pay it back", amount="4")
    paid_back(house)
    assert "the small bowl" in body_of(house, "order-changed")
    assert outcome(house, "edit-an-order") == "changed"
    assert nobody_is_stuck(house)


def test_another_name_in_another_country_is_the_leads(house: Desked) -> None:
    """Nothing of it lies over the address until then; the customer hears that it stays."""
    house.order("#1001")
    house.mail("Wrong address, #1001", "Please send it to my friend in Riga")
    house.do(SUPPORT, "Find the order", wish="another address", wanted="a friend in Riga")
    house.do(SUPPORT, "Hold the parcel", stands_at="picked or packed")
    house.do(SUPPORT, "Correct the address", looks="another name and country", city="Riga", country="LV")
    assert house.rows("select ship_city from order_addresses") == [("Wien",)]
    house.do(LEAD, "Decide about the new address", decision="keep the old address", why="no friend in Riga")
    house.do(SUPPORT, "Explain what is still possible", reply="It goes to your own address tomorrow.")
    assert outcome(house, "edit-an-order") == "not changed"
    assert nobody_is_stuck(house)


def test_delivered_and_not_there_is_sent_again(house: Desked) -> None:
    """Asked to look round once; the claim keeps nobody waiting."""
    sent_order(house)
    house.mail("#1001 says delivered", "but nothing is here")
    house.do(SUPPORT, "Read the proof of delivery", carrier_says="delivered", place="letter box")
    assert messages(house) == ["look-around"]
    house.mail("Re: #1001", "I have not received it.", message_id="<m2@mail.example.com>", name="b.eml")
    house.do(SUPPORT, "Read the answer", answer="still not there")
    house.do(SUPPORT, "Claim it from the carrier", carriers_case="NF-1")
    house.do("support-lead", "Decide how it is settled", offer="send it again", amount="0", why="the first")
    house.do(SUPPORT, "Enter the second parcel", new_order="#1080")
    assert "#1080" in body_of(house, "loss-settled")
    assert outcome(house, "parcel-lost") == "settled"
    assert nobody_is_stuck(house)


def test_a_dear_parcel_that_the_carrier_lost_whose_refund_is_refused_is_sent_again(house: Desked) -> None:
    """900 is above the leads; the founder refuses, and the customer hears once."""
    sent_order(house, total=90000)
    house.mail("#1001 never received")
    house.do(SUPPORT, "Read the proof of delivery", carrier_says="lost", place="parcel centre")
    house.do(SUPPORT, "Claim it from the carrier", carriers_case="NF-2")
    house.do("support-lead", "Decide how it is settled", offer="money back", amount="900", why="the third")
    house.refuse("founder", "Approve refund: 900.00 EUR")
    house.do("support-lead", "Decide how it is settled", offer="send it again", amount="0", why="to a shop")
    house.do(SUPPORT, "Enter the second parcel", new_order="#1081")
    assert messages(house) == ["loss-settled"]
    assert nobody_is_stuck(house)


def test_a_broken_lamp_is_asked_about_once_claimed_and_paid(house: Desked) -> None:
    """80 is above the limit for pictures and for a claim; the lead's lead approves."""
    sent_order(house)
    house.mail("The lamp of #1001 is broken")
    seen = {"damage": "broken on the way", "line": "lamp", "wish": "not said", "pictures": "none"}
    house.do(SUPPORT, "Look at the damage", **seen, amount="80")
    assert messages(house) == ["damage-question"]
    house.mail("Re: the lamp", "Money back, pictures below", message_id="<m2@mail.example.com>", name="b.eml")
    house.do(SUPPORT, "Read the answer", choice="money back")
    house.do(SUPPORT, "Report it to the carrier", carriers_case="SF-7")
    house.do("support-lead", "Approve refund: 80.00 EUR")
    paid_back(house)
    assert "80" in body_of(house, "damage-settled")
    assert outcome(house, "parcel-damaged") == "settled"
    assert nobody_is_stuck(house)


def test_nobody_sends_pictures_and_the_customer_hears_all_the_same(house: Desked) -> None:
    """Four days later it is the lead's decision, and a new one is sold out."""
    sent_order(house)
    house.mail("#1001 came damaged")
    seen = {"damage": "broken on the way", "line": "lamp", "wish": "a new one", "pictures": "none"}
    house.do(SUPPORT, "Look at the damage", **seen, amount="40")
    house.later(5)
    house.do("support-lead", "Decide how it is settled", decision="a new one", amount="40", why="said on the phone")
    house.do(SUPPORT, "Enter a new one", on_shelf="sold out")
    paid_back(house)
    assert messages(house) == ["damage-question", "damage-settled"]
    assert nobody_is_stuck(house)


def test_the_wrong_size_is_sent_right_and_its_cause_is_looked_for(house: Desked) -> None:
    """The customer's ticket closes before the cause is known."""
    sent_order(house)
    house.mail("Wrong size in #1001")
    seen = {"what": "wrong thing", "line": "shirt L", "amount": "18", "wish": "the right thing"}
    house.do(SUPPORT, "Compare the mail with the order", **seen)
    house.do("picker", "Count the shelf", shelf="one too many")
    house.do(SUPPORT, "Enter the right thing", new_order="#1100")
    assert house.rows("select status from tickets") == [("closed",)]
    house.do(LEAD, "Find the cause", cause="two variants side by side", changed="M and L lie apart now")
    assert messages(house) == ["wrong-item-settled"]
    assert outcome(house, "wrong-or-missing-item") == "settled"
    assert nobody_is_stuck(house)


def test_swapped_labels_are_two_customers_and_a_way_back(house: Desked) -> None:
    """The other one is called, the dear thing comes back at our cost."""
    sent_order(house)
    house.mail("#1001: not what I ordered")
    seen = {"what": "somebody else's parcel", "line": "all", "amount": "84", "wish": "the right thing"}
    house.do(SUPPORT, "Compare the mail with the order", **seen)
    house.do(SUPPORT, "Call the other customer", other_order="#1002", told_by="phone")
    house.do("picker", "Count the shelf", shelf="as it should be")
    house.do(SUPPORT, "Enter the right thing", new_order="#1101")
    house.do(SUPPORT, "Send the way back", reply="Show this code at the shop: 12.")
    house.do(LEAD, "Find the cause", cause="labels swapped", changed="one label, one box")
    assert "steht in unserer Nachricht davor" in body_of(house, "wrong-item-settled")
    assert nobody_is_stuck(house)


def test_a_box_that_was_not_collected_goes_out_again(house: Desked) -> None:
    """Asked once, sent to the office with a new number."""
    key = sent_order(house)
    start(house.shop, "returned-undelivered", ("order", key), NOW)
    house.do("packer", "Take the box in", reason="not collected", goods="as new")
    house.do(SUPPORT, "Take the customer's choice", choice="send it again", amount="0")
    house.do(SUPPORT, "Correct the address", company="Lang KG", address1="Markt 3")
    house.do("packer", "Send it again", carrier="DHL", tracking="JD2")
    assert messages(house) == ["parcel-came-back", "sent-again"]
    assert "JD2" in body_of(house, "sent-again")
    assert house.rows("select ship_address1 from order_addresses") == [("Markt 3",)]
    assert nobody_is_stuck(house)


def test_a_box_that_was_paid_for_as_lost_only_goes_back_to_its_shelf(house: Desked) -> None:
    """Nobody is asked, nothing is paid a second time."""
    key = sent_order(house)
    with write(house.shop.db):
        house.shop.db.execute("update orders set refunded_cents = total_cents where id = ?", [key])
    start(house.shop, "returned-undelivered", ("order", key), NOW)
    house.do("packer", "Take the box in", reason="none given", goods="as new")
    house.do("picker", "Put the goods back", shelved="all back")
    offer_events(house.shop, house.now)
    assert messages(house) == []
    assert outcome(house, "returned-undelivered") == "put back"
