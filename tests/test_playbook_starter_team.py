"""Customers, money and the team in the engine: what comes back, what is complained about, what colleagues ask for and
report, and what the clock brings."""

from pathlib import Path
from typing import Any

import pytest
from shops import hire
from test_playbook_starter_branches import body_of, messages, nobody_is_stuck
from test_playbook_starter_parcels import on_the_list, outcome, paid_back, sent_order
from test_tickets import Desked

from ecomos.people import add_person, leave
from ecomos.people.requests import make_request
from ecomos.store import events, iso, write
from ecomos.work import start, start_by_the_clock
from ecomos.work.triggers import offer_events

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


def ask(house: Desked, kind: str, title: str, **about: Any) -> int:
    """A colleague's request, and the procedure that it starts."""
    number = make_request(house.shop.db, kind, title, "", house.now, person_id=house.people[SUPPORT], **about)
    offer_events(house.shop, house.now)
    return number


def the_clock(house: Desked, day: int, hour: int, minute: int = 0) -> None:
    """The day of November goes on to that hour, and what starts by the clock starts."""
    house.now = house.now.replace(day=day, hour=hour, minute=minute)
    start_by_the_clock(house.shop, house.now)


def test_a_complaint_hears_a_person_the_truth_and_the_money(house: Desked) -> None:
    """Silence of a week closes it."""
    sent_order(house)
    house.mail("This is unacceptable, #1001")
    house.do(SUPPORT, "Read the whole story", weight="anger", wants="an answer")
    house.do(SUPPORT, "Say that a person has it", first_words="Three mails and no answer. I am Sue.")
    found = {"fault": "ours", "what_happened": "two mails lay", "remedy": "money"}
    house.do(SUPPORT_LEAD, "Find what went wrong", **found)
    house.do(SUPPORT_LEAD, "Name the sum", amount="8")
    paid_back(house)
    house.do(SUPPORT_LEAD, "Tell what we found", answer="Two mails lay with us. Eight go back by Friday.")
    house.later(8)
    assert outcome(house, "complaint") == "settled"
    assert house.rows("select status from tickets") == [("closed",)]
    assert nobody_is_stuck(house)


def test_a_fire_is_the_founders_within_the_hour(house: Desked) -> None:
    """Support says nothing of fault; without an order nobody asks for one."""
    house.mail("A complaint", "Your candle set my curtain on fire")
    house.do(SUPPORT, "Read the whole story", weight="danger", wants="somebody responsible")
    house.do("founder", "Answer as the founder", said="I call you now.", taken_off="the thing is off sale")
    assert outcome(house, "complaint") == "settled"
    assert nobody_is_stuck(house)


def test_a_reported_fault_is_stopped_removed_and_counted_three_weeks_later(house: Desked) -> None:
    ask(house, "defect", "The tape keeps failing")
    house.do(LEAD, "Log the defect", fault="the new roll tears", seen_times="9", hurts="goods or money now")
    house.do(LEAD, "Contain the damage", stopgap="the old rolls", reached="2")
    house.do(SUPPORT, "Tell who was reached", told="2")
    house.do(LEAD, "Find the cause", cause="tool or material", chain="a cheaper roll", rounds="1")
    house.do(LEAD, "Remove the cause", remedy="the old supplier", kind_of_remedy="it can't happen any more")
    assert house.todo() == []
    house.later(22)
    house.do(LEAD, "Count it again", seen_since="0")
    assert outcome(house, "log-a-defect") == "gone"
    assert nobody_is_stuck(house)


def test_a_fault_looked_for_a_third_time_is_the_founders_and_one_that_nobody_sees_is_kept(house: Desked) -> None:
    ask(house, "defect", "A smell")
    house.do(LEAD, "Log the defect", fault="a smell", seen_times="0", hurts="only our time")
    assert outcome(house, "log-a-defect") == "not seen"
    ask(house, "defect", "Boxes burst")
    house.do(LEAD, "Log the defect", fault="boxes burst", seen_times="3", hurts="only our time")
    house.do(LEAD, "Find the cause", cause="a rule that can't be kept", chain="too heavy", rounds="3")
    house.do("founder", "Look at it as the founder", ruling="two boxes")
    assert on_the_list(house, "Remove the cause")


def test_the_week_is_reviewed_on_monday_and_one_change_is_named(house: Desked) -> None:
    """Nothing on Tuesday; the founder's question that came three times moves a limit."""
    the_clock(house, 24, 10, 5)
    assert outcome(house, "weekly-review") is None
    assert not on_the_list(house, "Look at last week's change")
    the_clock(house, 30, 10, 5)
    house.do(LEAD, "Look at last week's change", last_change="there was none", seen="the first review")
    house.do(LEAD, "Read the week", worst="second mails", same_question="3")
    house.do("founder", "Decide the limit", limit="raised", which_rule="free postage up to eight")
    named = {"change": "the mail names a day", "done_by": "Lea", "by_day": "2026-12-04"}
    house.do(LEAD, "Choose the one change", **named)
    house.do(LEAD, "Tell the team")
    assert outcome(house, "weekly-review") == "one change named"


def test_somebody_new_is_prepared_for_trained_at_the_bench_watched_and_asked(house: Desked) -> None:
    """By the role: a packer learns at the bench."""
    add_person(house.shop.db, "Nina", "nina@shop.example", ["packer"], "a long pass phrase", house.now)
    offer_events(house.shop, house.now)
    first = {"known": "new here", "mentor": "Ben", "comes_on": "2026-11-30"}
    house.do(LEAD, "Prepare the first day", **first)
    house.do(LEAD, "Give the accounts", accounts="platform: orders", second_step="on everywhere")
    house.do("packer", "Train at the bench", shown_by="Ben")
    house.do(LEAD, "Watch the first cases", in_a_row="9")
    house.do(LEAD, "Decide how it goes on", way="more time", agreed="two days")
    house.do(LEAD, "Watch the first cases", in_a_row="10")
    house.later(15)
    house.do(LEAD, "Ask what was unclear", stuck_at="the returns table")
    assert outcome(house, "join-and-give-access") == "works alone"
    assert nobody_is_stuck(house)


def test_who_leaves_in_the_first_week_gives_back_key_and_logins(house: Desked) -> None:
    """The event takes the run there; who was here before is not trained again."""
    old = add_person(house.shop.db, "Otto", "otto@shop.example", ["buyer"], "a long pass phrase", house.now)
    offer_events(house.shop, house.now)
    house.do(LEAD, "Prepare the first day", known="works here already")
    assert outcome(house, "join-and-give-access") == "works alone"
    new = add_person(house.shop.db, "Nina", "nina@shop.example", ["packer"], "a long pass phrase", house.now)
    offer_events(house.shop, house.now)
    leave(house.shop.db, new, house.now.date(), house.now)
    offer_events(house.shop, house.now)
    house.do(LEAD, "Close every access", closed="platform", key_back="never had one")
    assert outcome(house, "join-and-give-access") == "left"
    assert old != new


def test_the_work_of_somebody_ill_has_another_name_within_the_hour(house: Desked) -> None:
    """Four days are more than a deputy carries alone."""
    ask(house, "absence", "Ben is ill")
    theirs = {"kind_of_absence": "ill or sudden", "days_away": "4", "theirs": "6"}
    house.do(LEAD, "Look at what is theirs", **theirs)
    house.do(LEAD, "Name who covers", cover="nobody can", covered_by="nobody")
    house.do(LEAD, "Decide what stays undone", stays_undone="counts", promise_moved="a day more on the page")
    house.do(LEAD, "Hand over the open cases", handed_over="6")
    house.do(LEAD, "Settle who does what", shared="returns to Pia")
    house.do(LEAD, "Tell the team", told="5")
    house.do(LEAD, "Take it back", back="back")
    assert outcome(house, "absence-cover") == "covered"


def test_days_off_in_the_week_of_the_sale_are_refused_with_two_others(house: Desked) -> None:
    ask(house, "absence", "Holiday in the week of the sale")
    theirs = {"kind_of_absence": "asked for in time", "days_away": "3", "theirs": "0"}
    house.do(LEAD, "Look at what is theirs", **theirs)
    house.do(LEAD, "Name who covers", cover="days refused", covered_by="nobody")
    house.do(LEAD, "Tell the days that are possible", other_days="weeks 50 and 2")
    assert outcome(house, "absence-cover") == "refused"


def test_a_question_above_a_limit_is_decided_once_and_becomes_a_rule(house: Desked) -> None:
    """The fourth time; nobody's limit is asked where there is no sum."""
    ask(house, "decision", "Gift wrap for nothing?")
    asked = {"kind_of_case": "no money", "sum": "0", "question": "free above fifty, or never", "asked_before": "3"}
    house.do(LEAD, "Prepare the question", **asked)
    house.do("founder", "Decide the case", ruling="do it", because="it costs forty cents")
    house.do(LEAD, "Tell the answer", done_by="Sue", on_day="2026-11-24")
    house.do("founder", "Write the rule", rule="free above fifty", home="a policy's value")
    assert outcome(house, "decision-outside-a-limit") == "became a rule"


def test_a_write_off_that_is_refused_is_told_with_what_is_possible(house: Desked) -> None:
    """700 is above the lead's hundred."""
    ask(house, "decision", "Throw the cracked bowls away?", amount_cents=70000)
    asked = {"kind_of_case": "something is written off", "sum": "700", "question": "half price?", "asked_before": "0"}
    house.do(LEAD, "Prepare the question", **asked)
    house.refuse("founder", "Approve write-off: 700.00 EUR")
    house.do(LEAD, "Tell the no", instead="half the price for a week")
    assert outcome(house, "decision-outside-a-limit") == "refused"


def test_a_dispute_about_a_parcel_with_a_signature_is_answered_and_won(house: Desked) -> None:
    """The request names the order; its customer is asked kindly."""
    key = sent_order(house)
    ask(house, "chargeback", "Dispute D-7", amount_cents=8400, about=("order", key))
    house.do(SUPPORT, "Read the dispute", reason="not received", disputed="84", answer_by="2026-12-08")
    assert messages(house) == ["dispute-open"]
    house.do(LEAD, "Decide whether to answer", decision="answer it", why="signed at the door")
    house.do(SUPPORT, "Gather the proofs", proof="signature", answer_number="D-7")
    house.do("bookkeeper", "Hear the bank", heard="won")
    house.do(LEAD, "Find the leak", door="name on the statement", closed_by="our name stands on it")
    assert outcome(house, "chargeback") == "settled"
    assert house.rows("select count(*) from refunds") == [(0,)]
    assert nobody_is_stuck(house)


def test_a_dispute_before_the_van_stops_the_parcel_and_writes_to_no_thief(house: Desked) -> None:
    """320 is above the lead's write-off; no refund is made on top."""
    key = house.order("#1001", total=32000)
    ask(house, "chargeback", "Dispute D-8", amount_cents=32000, about=("order", key))
    read = {"reason": "holder does not know it", "disputed": "320", "answer_by": "2026-12-08"}
    house.do(SUPPORT, "Read the dispute", **read)
    house.do("picker", "Stop the parcel", stopped="lies here")
    house.do(LEAD, "Decide whether to answer", decision="give in", why="no second step")
    house.do("founder", "Approve write-off: 320.00 EUR")
    house.do("bookkeeper", "Write it into the books", entry="2026-0413")
    house.do(LEAD, "Find the leak", door="no second step", closed_by="asked for from fifty on")
    assert messages(house) == []
    assert house.rows("select count(*) from refunds") == [(0,)]


def test_a_wrong_price_is_right_within_the_hour_and_its_orders_go_all_alike(house: Desked) -> None:
    """60 is above the marketer; the lead's lead may, and the buyers hear nothing."""
    ask(house, "listing error", "Mug for 19 instead of 29")
    house.do("marketer", "Compare page with thing", wrong="price too low", page="mug", right_is="29")
    house.do("marketer", "Correct the page", wrong_from="Monday evening", wrong_until="now")
    house.do("marketer", "Count who bought by it", bought="6", loss="60")
    house.do("founder", "Approve price-change: 60.00 EUR")
    house.do(SUPPORT, "Release the orders", released="6")
    house.do("marketer", "Find how it came in", door="typed", lock="a lowest price")
    assert outcome(house, "price-or-listing-error") == "corrected"
    assert nobody_is_stuck(house)


def test_a_lamp_for_a_tenth_is_offered_at_its_price_to_all(house: Desked) -> None:
    ask(house, "listing error", "Lamp for 9")
    house.do("marketer", "Compare page with thing", wrong="price too low", page="lamp", right_is="90")
    house.do("marketer", "Correct the page", wrong_from="this morning", wrong_until="now")
    house.do("marketer", "Count who bought by it", bought="14", loss="1134")
    decided = {"decision": "right price or money back", "why": "plainly a slip"}
    house.do(LEAD, "Decide about the orders", **decided)
    house.do(SUPPORT, "Offer the right price", offered="14", cancelled="11")
    assert on_the_list(house, "Find how it came in")


PLAN = {
    "what": "mugs, a fifth off",
    "first_day": "2026-12-01",
    "last_day": "2026-12-07",
    "expected": "150",
    "orders_a_day": "30",
    "budget": "150",
}


def test_a_promotion_passes_stock_and_margin_before_its_page_is_made(house: Desked) -> None:
    """180 pieces are exactly what 150 need; it is judged when the returns are in."""
    ask(house, "promotion", "A fifth off mugs")
    house.do("marketer", "Describe the promotion", **PLAN)
    house.do("buyer", "Count the stock", pieces="180", boxes="last for it")
    house.do("bookkeeper", "Prove the margin", margin="15", worst_thing="enamel mug")
    house.do("marketer", "Prepare the page", ends_at="Monday midnight", code="MUG")
    house.do("marketer", "Watch the first hours", went="to its last day", left_over="20")
    house.do("marketer", "Stop it everywhere", stopped_on="2026-12-08")
    house.later(31)
    judged = {"margin_after": "13", "verdict": "again but smaller", "learned": "enamel sells alone"}
    house.do("marketer", "Judge what it brought", **judged)
    assert outcome(house, "promotion") == "judged"


def test_a_promotion_without_its_pieces_does_not_start(house: Desked) -> None:
    ask(house, "promotion", "A fifth off mugs")
    house.do("marketer", "Describe the promotion", **PLAN)
    house.do("buyer", "Count the stock", pieces="179", boxes="last for it")
    house.do(LEAD, "Decide about the gate", gate="not now", reason="goods come in January")
    assert outcome(house, "promotion") == "not started"


def test_a_text_is_walked_by_a_stranger_before_it_is_in_force(house: Desked) -> None:
    """Three of five are too few; four weeks later it is compared."""
    start(house.shop, "review-and-change-a-procedure", ("procedure", "refund-on-request"), house.now)
    house.do(LEAD, "Read how it was worked", verdict="needs a change", seen="nobody takes pictures")
    house.do(LEAD, "Hear who works by it", heard="the lamp is broken")
    written = {"proposal": "no pictures below ten", "kind_of_change": "a step or a limit"}
    house.do(LEAD, "Write the change", **written)
    house.do(SUPPORT_LEAD, "Test it with a stranger", reached="3", guessed_at="the second bin")
    house.do(LEAD, "Write the change", **written)
    house.do(SUPPORT_LEAD, "Test it with a stranger", reached="5")
    house.do(LEAD, "Publish the change", in_force="adopted", reason="skipped twenty times")
    house.do(LEAD, "Tell who works by it", told="2")
    house.later(29)
    house.do(LEAD, "Compare before with after", effect="better", shown_by="nobody skips it")
    assert outcome(house, "review-and-change-a-procedure") == "changed"


def test_a_text_that_is_due_and_stands_is_only_read(house: Desked) -> None:
    with write(house.shop.db):
        events.append(
            house.shop.db,
            "procedure.review_due",
            ("procedure", "cancel-an-order"),
            actor="clock",
            recorded_at=iso(house.now),
            data={"owner": LEAD},
        )
    offer_events(house.shop, house.now)
    house.do(LEAD, "Read how it was worked", verdict="it stands", seen="three cases")
    assert outcome(house, "review-and-change-a-procedure") == "it stands"
