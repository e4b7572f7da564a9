"""What the demo's people answer at each step: the usual, now and then the other. Never touches the store."""

import random
from collections.abc import Mapping

__all__ = ["PUT_OFF", "ROUND", "Answers", "answers_for"]

Answers = Mapping[str, str]
P, V, R, A = "process-an-order", "verify-a-payment", "review-a-risky-order", "fix-an-address"
T, W, F, L = "answer-a-ticket", "where-is-my-order", "refund-on-request", "parcel-late"
M, CC = "morning-stock-review", "cycle-count"
B, G, E, CR = "pick-and-pack", "hand-over-to-the-carrier", "close-the-day", "cut-off-at-risk"
D, N, WM, U, X = "parcel-damaged", "parcel-lost", "wrong-or-missing-item", "edit-an-order", "returned-undelivered"
Y, Q, EX = "weekly-review", "take-a-return-in", "exchange"
C, S, H, K = "cancel-an-order", "out-of-stock-after-the-sale", "hand-out-a-pick-up", "a-kpi-outside-its-range"

_WAYS: Mapping[tuple[str, str], tuple[tuple[float, Answers], ...]] = {
    (P, "pick-the-lines"): ((99, {"found": "all"}), (1, {"found": "some missing"})),
    (P, "pack-the-parcel"): ((1, {"packed": "everything", "weight": "0.8"}),),
    (P, "issue-the-gift-cards"): ((1, {}),),
    (V, "capture-the-payment"): ((1, {"captured": "yes"}),),
    (V, "weigh-the-unpaid-order"): ((1, {"proposal": "cancel", "why": "seven days, and nothing in the bank account"}),),
    (R, "read-the-signals"): (
        (75, {"finding": "clear", "why": "known customer, the address is that of earlier orders"}),
        (18, {"finding": "doubtful", "why": "card of another country"}),
        (7, {"finding": "fraud", "why": "three cards tried, a forwarder's address"}),
    ),
    (R, "call-the-customer"): (
        (85, {"answer": "confirmed", "why": "named the things and the city"}),
        (15, {"answer": "not reached", "why": "called twice, at ten and at two"}),
    ),
    (R, "call-at-the-named-hour"): ((1, {"answer": "confirmed", "why": "called back at the named hour"}),),
    (A, "find-the-missing-parts"): (
        (1, {"reply": "found", "name": "Maria Lang", "address1": "Ringstrasse 12", "zip": "1010", "city": "Wien",
             "country": "AT", "email": "maria.lang@example.com"}),
    ),
    (A, "decide-without-an-address"): ((1, {"decision": "send as it is", "why": "the carrier takes the label"}),),
    (C, "stop-the-parcel"): ((1, {"why": "customer asks", "stands_at": "not picked"}),),
    (C, "tell-the-customer"): ((1, {"told_by": "phone"}),),
    (C, "put-the-goods-back"): ((1, {"shelved": "all back"}),),
    (C, "decide-about-the-money"): ((1, {"settled": "pay it back", "settled_with": "Fiona"}),),
    (C, "explain-the-return"): ((1, {"told_by": "e-mail"}),),
    (C, "keep-the-order"): ((1, {"told_by": "phone", "kept_because": "the customer took the wish back"}),),
    (S, "count-the-shelf-again"): ((60, {"missing": "found it"}), (40, {"missing": "still missing"})),
    (S, "name-the-missing-line"): ((1, {"line": "1", "quantity": "1"}),),
    (S, "take-the-customers-choice"): ((1, {"choice": "ship the rest"}),),
    (H, "lay-it-by"): ((1, {"place": "shelf 2"}),),
    (H, "call-that-it-is-ready"): ((1, {"told_by": "phone"}),),
    (H, "hand-it-over"): ((1, {"collected": "collected", "signed_by": "the customer"}),),
    (K, "verify-the-data"): ((1, {"data_is": "right"}),),
    (K, "name-the-cause"): (
        (1, {"cause": "somebody was away", "shared_by": "6", "seen": "all packed a day late: Ben was at the dentist"}),
    ),
    (K, "decide-what-is-done"): (
        (1, {"decision": "change the staffing", "what": "Pia packs from one o'clock when Ben is away"}),
    ),
    (T, "answer-the-customer"): ((1, {"reply": "", "goes_on": "it is answered"}),),
    (W, "find-the-order"): ((1, {"found": "not found"}),),
    (W, "explain-where-it-stands"): ((1, {"reply": "", "wish": "it is answered"}),),
    (F, "find-the-order"): ((1, {"reason": "changed mind", "arrived": "yes"}),),
    (F, "inspect-the-return"): (
        (76, {"condition": "as new"}),
        (14, {"condition": "opened"}),
        (4, {"condition": "damaged"}),
        (6, {"condition": "not sent back"}),
    ),
    (F, "decide-the-exception"): (
        (70, {"exception": "grant", "why": "six orders in two years, the first that comes back"}),
        (30, {"exception": "decline", "why": "worn, and two months old"}),
    ),
    (F, "say-no-kindly"): ((1, {"reply": ""}),),
    (L, "read-the-tracking"): (
        (55, {"stands_at": "moving", "place": "parcel centre Linz, this morning"}),
        (25, {"stands_at": "waits to be collected", "place": "parcel shop Ringstrasse 3"}),
        (20, {"stands_at": "silent", "place": "parcel centre Nuremberg, six days ago"}),
    ),
    (L, "ask-the-carrier"): ((1, {"carriers_case": "DHL 4711-26"}),),
    (L, "hear-the-carrier"): ((60, {"heard": "found"}), (40, {"heard": "lost"})),
    (L, "decide-about-the-loss"): (
        (60, {"offer": "money back", "why": "was a present, the day has passed"}),
        (40, {"offer": "send it again", "why": "it lies on the shelf and the address was right"}),
    ),
    (L, "pack-it-again"): ((1, {"new_order": "#R-1"}),),
    (M, "count-what-is-short"): (
        (75, {"wrong_levels": "0"}),
        (25, {"wrong_levels": "1", "counted": "the missing ones lay on the returns shelf"}),
    ),
    (M, "correct-the-levels"): (
        (60, {"corrected": "1", "still_short": "yes"}),
        (40, {"corrected": "1", "still_short": "no"}),
    ),
    (M, "order-what-runs-out"): (
        (80, {"ordered": "2", "gap": "comes in time"}),
        (14, {"ordered": "1", "gap": "sold out before it comes"}),
        (6, {"ordered": "0", "gap": "not bought any more"}),
    ),
    (M, "take-it-from-sale"): ((1, {"taken_off": "1", "shown_as": "comes on a named day"}),),
    (CC, "choose-the-bins"): ((1, {"bins": "20", "list": "ten best sellers, five neighbours, five old ones"}),),
    (CC, "count-the-bins"): (
        (40, {"counted": "20", "differing": "0"}),
        (60, {"counted": "20", "differing": "2", "sheet": "B4 one less, C2 three more"}),
    ),
    (CC, "count-them-again"): ((60, {"still_wrong": "0", "worth": "0"}), (40, {"still_wrong": "1", "worth": "12"})),
    (CC, "find-how-it-came"): (
        (1, {"came_from": "broken and not written down", "what_changes": "a box for broken ones stands at the bench"}),
    ),
    (CC, "search-once-more"): ((1, {"found_again": "1", "worth": "6"}),),
    (CC, "correct-the-levels"): ((1, {"corrected": "1"}),),
    (B, "sort-the-waves"): ((1, {"waves": "2", "first_wave": "yesterday's, then express"}),),
    (B, "set-up-the-bench"): (
        (94, {"material": "lasts for today"}),
        (6, {"material": "a size is gone", "short_of": "boxes M"}),
    ),
    (B, "name-a-stand-in"): ((1, {"stand_in": "boxes L with paper; M ordered"}),),
    (B, "count-what-was-not-picked"): ((1, {"on_shelves": "0"}),),
    (B, "clear-the-bench"): ((97, {"left_over": "nothing"}), (3, {"left_over": "goods without an order"})),
    (B, "trace-what-is-left"): (
        (1, {"traced": "parcel completed", "which_orders": "the lightest of the last wave, opened and closed again"}),
    ),
    (G, "count-the-parcels"): ((1, {}),),
    (G, "find-the-difference"): ((1, {"difference": "label made twice", "which_orders": "the last of the roll"}),),
    (G, "hand-them-to-the-driver"): (
        (96, {"came": "took all", "signed_by": "the driver, on the slip"}),
        (4, {"came": "left some here"}),
    ),
    (G, "call-the-depot"): ((1, {"answer": "van comes today", "promised_by": "Frau Berger, depot"}),),
    (G, "drive-them-to-the-depot"): ((1, {"depot_signed": "counter 2"}),),
    (G, "tell-who-was-told-today"): ((1, {"told": "1"}),),
    (E, "read-the-four-counts"): ((1, {}),),
    (E, "explain-one-difference"): (
        (1, {"order_number": "the last of the roll", "turned_out": "label made twice",
             "others": "that was the last"}),
    ),
    (E, "search-the-parcel"): ((1, {"found_at": "in the house"}),),
    (E, "tell-who-waits"): ((1, {"told_by": "phone"}),),
    (CR, "count-what-stands-where"): ((1, {"slowed_by": "more orders than hands"}),),
    (CR, "decide-who-helps"): ((1, {"help": "picker packs", "first_ones": "yesterday's, then express"}),),
    (CR, "ask-for-a-later-van"): ((1, {"van": "comes later", "until": "four o'clock"}),),
    (CR, "name-the-orders-that-stay"): ((1, {"staying": "0"}),),
    (CR, "tell-whom-it-concerns"): ((1, {"told": "1"}),),
    (D, "look-at-the-damage"): (
        (45, {"damage": "broken on the way", "line": "1", "wish": "a new one", "pictures": "enough"}),
        (35, {"damage": "broken on the way", "line": "1", "wish": "money back", "pictures": "enough"}),
        (20, {"damage": "broken on the way", "line": "1", "wish": "not said", "pictures": "none"}),
    ),
    (D, "read-the-answer"): ((1, {"choice": "money back"}),),
    (D, "report-it-to-the-carrier"): ((1, {"carriers_case": "DHL 4712-26"}),),
    (D, "decide-how-it-is-settled"): ((1, {"decision": "money back", "why": "seen on the pictures, a good customer"}),),
    (D, "enter-a-new-one"): ((90, {"on_shelf": "entered", "new_order": "#R-2"}), (10, {"on_shelf": "sold out"})),
    (N, "read-the-proof-of-delivery"): ((1, {"carrier_says": "delivered", "place": "with a neighbour"}),),
    (N, "read-the-answer"): ((1, {"answer": "it turned up"}),),
    (WM, "count-the-shelf"): ((1, {"shelf": "one too many"}),),
    (WM, "find-the-cause"): ((1, {"cause": "two variants side by side", "changed": "the two lie apart now"}),),
    (U, "hold-the-parcel"): ((1, {"stands_at": "not picked"}),),
    (U, "correct-the-address"): (
        (1, {"looks": "same person", "address1": "Am Hof 3", "zip": "1010", "city": "Wien", "country": "AT"}),
    ),
    (U, "explain-what-is-still-possible"): ((1, {"reply": ""}),),
    (X, "take-the-box-in"): ((1, {"reason": "not collected", "goods": "as new"}),),
    (X, "put-the-goods-back"): ((1, {"shelved": "all back"}),),
    (Y, "look-at-last-weeks-change"): (
        (60, {"last_change": "works", "seen": "the two bins lie apart, with a sign"}),
        (25, {"last_change": "no effect yet", "seen": "in place since Thursday only"}),
        (15, {"last_change": "was not done", "seen": "the promotion came between"}),
    ),
    (Y, "sort-what-is-late"): ((1, {"late_because": "one role", "which_one": "support, after the weekend"}),),
    (Y, "read-the-week"): (
        (80, {"worst": "second mails about parcels under way", "same_question": "1"}),
        (20, {"worst": "returns lay two days on the table", "same_question": "3"}),
    ),
    (Y, "decide-the-limit"): ((1, {"limit": "raised", "which_rule": "support gives the postage back without asking"}),),
    (Y, "choose-the-one-change"): (
        (50, {"change": "the answer about a parcel names a day", "done_by": "Sue"}),
        (50, {"change": "returns are looked at before the first wave", "done_by": "Pia"}),
    ),
    (Y, "tell-the-team"): ((1, {}),),
    ("join-and-give-access", "prepare-the-first-day"): ((1, {"known": "works here already"}),),
    (Q, "watch-for-the-parcel"): ((92, {"arrival": "here"}), (8, {"arrival": "not sent back"})),
    (Q, "inspect-the-thing"): ((85, {"condition": "as new"}), (15, {"condition": "opened"})),
    (Q, "put-the-thing-back"): ((1, {"shelved": "on its shelf"}),),
    (EX, "hold-the-new-thing"): ((1, {"held": "lies ready"}),),
    (EX, "watch-for-the-parcel"): ((95, {"arrival": "here"}), (5, {"arrival": "not sent back"})),
    (EX, "inspect-the-first-thing"): ((1, {"condition": "as new"}),),
    (EX, "enter-the-exchange"): ((1, {"new_order": "#R-3", "amount": "0"}),),
    ("data-that-did-not-load", "read-the-account"): ((1, {"cause": "single rows", "missing_orders": "0"}),),
    ("data-that-did-not-load", "judge-the-rows"): ((1, {"rows_are": "rightly refused", "why": "an older file"}),),
}  # fmt: skip

ROUND = (
    "picker",
    "packer",
    "support-agent",
    "support-lead",
    "buyer",
    "marketer",
    "bookkeeper",
    "operations-lead",
    "founder",
)
"""Who works in which order."""
PUT_OFF = {"inspect-the-return": (3, 9), "watch-for-the-parcel": (3, 9), "hear-the-carrier": (4, 6)}
"""Steps that wait for a parcel or a carrier: how many days they are put off."""


def answers_for(procedure: str, step: str, chance: random.Random) -> dict[str, str] | None:
    """What is recorded at that step this time; None where nothing of its own is kept for it."""
    ways = _WAYS.get((procedure, step))
    if ways is None:
        return None
    return dict(chance.choices([a for _, a in ways], [w for w, _ in ways])[0])
