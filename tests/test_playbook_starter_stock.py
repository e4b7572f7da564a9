"""Goods in the engine: what arrives, what is ordered, what a supplier owes, and what is counted."""

from pathlib import Path
from typing import Any

import pytest
from shops import hire
from test_playbook_starter import STARTER
from test_playbook_starter_branches import nobody_is_stuck
from test_playbook_starter_parcels import outcome
from test_tickets import Desked

from ecomos.people.requests import make_request
from ecomos.playbook import read_folder
from ecomos.work import start_by_the_clock
from ecomos.work.triggers import offer_events

OUTLINES = (
    "answer-a-bad-review ask-for-feedback bundle cash-check change-a-variant close-the-month content daily-huddle"
    " discontinue e-mail-campaign evaluation follow-up-after-the-first-order forget-a-customer hire"
    " incident-and-lessons issue-and-correct-an-invoice launch-and-check-advertising leave-and-revoke-access"
    " list-hygiene mark-down missed-pick-up monthly-review new-product new-supplier partner"
    " pre-order-and-split-shipment product-launch quality-sample quarterly-plan recall recognise refused-at-customs"
    " supplier-review transfer-stock warranty win-back yearly-audit"
).split()
BUYER, LEAD, BOOKS = "buyer", "operations-lead", "bookkeeper"


@pytest.fixture
def house(tmp_path: Path) -> Desked:
    found = Desked(tmp_path / "shop")
    for role, name in ((BUYER, "Bo"), (BOOKS, "Kim")):
        found.people[role] = hire(found.shop, name, role)
    return found


def ask(house: Desked, kind: str, title: str) -> None:
    """Somebody at the gate or at the bench raises it."""
    make_request(house.shop.db, kind, title, "", house.now, person_id=house.people["packer"])
    offer_events(house.shop, house.now)


def ordered(house: Desked, amount: str) -> None:
    """The buyer counts, and asks for that sum."""
    ask(house, "purchase", "More mugs")
    need = {"need": "order it", "goods": "96 mugs", "supplier": "Keramik Nord", "amount": amount}
    house.do(BUYER, "Count what is needed", **need)


def sent(house: Desked, number: str = "PO-1") -> None:
    house.do(BUYER, "Make the purchase order and write down its number", number=number)
    house.do(BUYER, "Send the order", sent_to="orders@keramik.example", needed_by="2026-12-04")


def counted(house: Desked, found: str) -> None:
    """Three boxes at the gate, opened and counted."""
    first: dict[str, Any] = {"boxes": "3", "outside": "whole", "belongs_to": "an order of ours"}
    house.do("packer", "Sign for the boxes", **first)
    house.do("picker", "Count the goods", found=found, counted="60 of 48")


def test_goods_as_ordered_are_shelved_and_their_bill_compared(house: Desked) -> None:
    ask(house, "goods arrived", "Keramik Nord, three boxes")
    counted(house, "as ordered")
    house.do("picker", "Put the goods away", put_away="48", customers_wait="no")
    house.do(BOOKS, "Compare the bill", bill="as counted")
    assert outcome(house, "receive-goods") == "received"
    assert nobody_is_stuck(house)


def test_a_dear_surplus_that_is_refused_is_reported_and_chased_until_they_fetch_it(house: Desked) -> None:
    """1,500 more than ordered is the lead's to refuse; the credit note has its own day."""
    ask(house, "goods arrived", "Keramik Nord")
    counted(house, "too many")
    house.do(BUYER, "Settle the difference", decision="keep all of it", amount="1500")
    house.refuse(LEAD, "Approve purchase: 1,500.00 EUR")
    house.do(BUYER, "Report it to the supplier", asked_for="a credit note", reported_on="2026-11-24")
    house.do("picker", "Put the goods away", put_away="48", customers_wait="yes")
    house.do("picker", "Lay the promised pieces by", laid_by="1")
    house.do(BOOKS, "Compare the bill", bill="for more than came")
    assert outcome(house, "receive-goods") == "handed to chase-a-supplier"
    house.do(BUYER, "Ask for the day", owed="a credit note", customers_waiting="0")
    house.do(BUYER, "Hear the answer", answer="it is sent")
    house.do(BUYER, "Watch for it", seen="it is here")
    assert outcome(house, "chase-a-supplier") == "settled"
    assert nobody_is_stuck(house)


def test_an_order_within_the_buyers_limit_is_numbered_sent_and_confirmed(house: Desked) -> None:
    """Nobody is asked for 400; a dearer confirmation of 60 is still the buyer's."""
    ordered(house, "400")
    sent(house)
    house.do(BUYER, "Hear the confirmation", confirmed="something else")
    house.do(BUYER, "Settle the change", change="take it", more="60")
    house.do(BUYER, "Tell who sells it", told="support")
    assert outcome(house, "reorder-and-approve-a-purchase-order") == "ordered"
    assert house.rows("select kind, number from documents") == [("purchase-order", "PO-1")]
    assert nobody_is_stuck(house)


def test_a_refused_order_comes_back_smaller_and_a_silent_supplier_is_chased(house: Desked) -> None:
    """1,800 is refused, 900 is ordered, nobody confirms, nobody picks up: it is let go, and two customers are told."""
    ordered(house, "1800")
    house.refuse(LEAD, "Approve purchase: 1,800.00 EUR")
    house.do(LEAD, "Settle what is ordered", settled="a smaller order", amount="900")
    sent(house)
    house.do(BUYER, "Hear the confirmation", confirmed="nothing")
    assert outcome(house, "reorder-and-approve-a-purchase-order") == "handed to chase-a-supplier"
    house.do(BUYER, "Ask for the day", owed="a confirmation", customers_waiting="2")
    house.do(BUYER, "Hear the answer", answer="none")
    house.do(BUYER, "Call them", heard="not reached")
    house.do(LEAD, "Decide where it comes from", source="let it go", because="closed for good")
    house.do(BUYER, "Cancel what they owe", paid_ahead="0")
    house.do("support-agent", "Tell that it will not come", told_again="2")
    assert outcome(house, "chase-a-supplier") == "cancelled at the supplier"
    assert nobody_is_stuck(house)


def test_goods_that_a_supplier_named_a_day_for_are_received(house: Desked) -> None:
    """Chasing ends where the gate begins."""
    ordered(house, "300")
    sent(house)
    house.do(BUYER, "Hear the confirmation", confirmed="nothing")
    house.do(BUYER, "Ask for the day", owed="goods", customers_waiting="1")
    house.do(BUYER, "Hear the answer", answer="a day", comes_on="2026-12-01")
    house.do("support-agent", "Tell who waits", told="1")
    house.do(BUYER, "Watch for it", seen="it is here")
    assert outcome(house, "chase-a-supplier") == "handed to receive-goods"
    assert ("packer", "Sign for the boxes") in house.todo()


def wednesday(house: Desked) -> None:
    house.now = house.now.replace(day=25, hour=13)
    start_by_the_clock(house.shop, house.now)
    house.do(LEAD, "Choose the bins", bins="20")


def test_on_wednesday_bins_are_counted_and_what_agrees_the_second_time_is_left(house: Desked) -> None:
    wednesday(house)
    house.do("picker", "Count the bins", counted="20", differing="2")
    house.do("packer", "Count them again", still_wrong="0", worth="0")
    assert outcome(house, "cycle-count") == "right"


def test_a_loss_that_is_refused_is_searched_for_and_comes_back_smaller(house: Desked) -> None:
    """300 is the founder's; 80 is the lead's; three wrong bins of twenty mean the whole rack."""
    wednesday(house)
    house.do("picker", "Count the bins", counted="20", differing="3")
    house.do("packer", "Count them again", still_wrong="3", worth="300")
    house.do(LEAD, "Find how it came", came_from="not found", what_changes="a list for the photo corner")
    house.refuse("founder", "Approve write-off: 300.00 EUR")
    house.do(LEAD, "Search once more", found_again="2", worth="80")
    house.do(BUYER, "Correct the levels", corrected="3")
    house.do(LEAD, "Plan a wider count", wider_on="2026-11-30", rack="B")
    assert outcome(house, "cycle-count") == "corrected"


def test_an_outline_says_so_in_its_first_line_and_none_is_on() -> None:
    """One page to start from: read, checked, started by hand."""
    found = {p.stem: p for p in read_folder(STARTER)[0].procedures.values() if p.size == "outline"}
    assert sorted(found) == sorted(OUTLINES)
    assert {p.state for p in found.values()} == {"paper"}
    assert [stem for stem, p in found.items() if not p.purpose.startswith("An outline to start from.")] == []
    assert [stem for stem, p in found.items() if len((STARTER / p.source).read_text("utf-8").split("\n")) > 70] == []
