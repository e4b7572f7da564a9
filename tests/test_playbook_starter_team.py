"""Customers, money and the team in the engine: what comes back, what is complained about, what colleagues ask for and
report, and what the clock brings."""

from pathlib import Path

import pytest
from shops import hire
from test_playbook_starter_branches import body_of, messages, nobody_is_stuck
from test_playbook_starter_parcels import on_the_list, outcome, paid_back, sent_order
from test_tickets import Desked

SUPPORT, LEAD, SUPPORT_LEAD = "support-agent", "operations-lead", "support-lead"


@pytest.fixture
def house(tmp_path: Path) -> Desked:
    found = Desked(tmp_path / "shop")
    for role, name in (("support-lead", "Lea"), ("buyer", "Bo"), ("marketer", "Mo"), ("bookkeeper", "Kim")):
        found.people[role] = hire(found.shop, name, role)
    return found


def test_a_return_is_told_the_way_inspected_paid_and_shelved(house: Desked) -> None:
    """The mail closes the ticket; the thing still goes to its shelf."""
    sent_order(house)
    house.mail("How can I send back the bowl of #1001?")
    first = {"parcel": "on its way or still there", "reason": "did not fit", "amount": "40"}
    house.do(SUPPORT, "Find the order", **first)
    assert messages(house) == ["return-instructions"]
    house.do("packer", "Watch for the parcel", arrival="here")
    house.do("picker", "Inspect the thing", condition="as new")
    paid_back(house)
    assert "40" in body_of(house, "return-settled")
    house.do("picker", "Put the thing back", shelved="on its shelf")
    assert outcome(house, "take-a-return-in") == "taken in"
    assert nobody_is_stuck(house)


def test_a_worn_thing_whose_refund_is_refused_goes_back_to_its_owner(house: Desked) -> None:
    """The lead takes something off, is refused above, and says no with a day."""
    sent_order(house, total=60000)
    house.mail("Retoure zu #1001")
    house.do(SUPPORT, "Find the order", parcel="lies here already", reason="none said", amount="500")
    house.do("picker", "Inspect the thing", condition="used", missing_parts="cable")
    house.do(SUPPORT_LEAD, "Decide about the return", decision="take it", amount="400", why="worn")
    house.refuse("founder", "Approve refund: 400.00 EUR")
    house.do(SUPPORT_LEAD, "Decide about the return", decision="decline", amount="0", why="worn for months")
    house.do(SUPPORT, "Say no kindly", reply="It goes back to you on Friday, at our cost.")
    assert outcome(house, "take-a-return-in") == "declined"
    assert nobody_is_stuck(house)


def test_another_size_lies_ready_before_the_first_one_is_here(house: Desked) -> None:
    sent_order(house)
    house.mail("I need another size, #1001")
    house.do(SUPPORT, "Find the order", line="shirt L", wanted="shirt M")
    house.do("picker", "Hold the new thing", held="lies ready")
    assert "shirt M" in body_of(house, "exchange-instructions")
    house.do("packer", "Watch for the parcel", arrival="here")
    house.do("picker", "Inspect the first thing", condition="as new")
    house.do(SUPPORT, "Enter the exchange", new_order="#1100", amount="0")
    assert messages(house) == ["exchange-instructions", "exchange-settled"]
    assert outcome(house, "exchange") == "exchanged"
    assert nobody_is_stuck(house)


def test_what_is_wanted_instead_is_sold_out_and_it_becomes_a_return(house: Desked) -> None:
    """Asked once with a day; the return takes over in the same ticket."""
    sent_order(house)
    house.mail("Umtausch #1001")
    house.do(SUPPORT, "Find the order", line="bowl red", wanted="bowl blue")
    house.do("picker", "Hold the new thing", held="sold out")
    assert messages(house) == ["exchange-sold-out"]
    house.do(SUPPORT, "Take the customer's choice", choice="money back")
    assert outcome(house, "exchange") == "handed to take-a-return-in"
    assert on_the_list(house, "Find the order")
