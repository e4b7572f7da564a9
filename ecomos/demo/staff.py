"""What the demo's people answer at each step: the usual, now and then the other. Never touches the store."""

import random
from collections.abc import Mapping

__all__ = ["ROUND", "Answers", "answers_for"]

Answers = Mapping[str, str]
P, V, R, A = "process-an-order", "verify-a-payment", "review-a-risky-order", "fix-an-address"
C, S, H, K = "cancel-an-order", "out-of-stock-after-the-sale", "hand-out-a-pick-up", "a-kpi-outside-its-range"

_WAYS: Mapping[tuple[str, str], tuple[tuple[float, Answers], ...]] = {
    (P, "pick-the-lines"): ((98, {"found": "all"}), (2, {"found": "some missing"})),
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
    ("data-that-did-not-load", "read-the-account"): ((1, {"cause": "single rows", "missing_orders": "0"}),),
    ("data-that-did-not-load", "judge-the-rows"): ((1, {"rows_are": "rightly refused", "why": "an older file"}),),
}  # fmt: skip

ROUND = ("picker", "packer", "support-agent", "operations-lead", "founder")
"""Who works in which order."""


def answers_for(procedure: str, step: str, chance: random.Random) -> dict[str, str] | None:
    """What is recorded at that step this time; None where the demo's people leave it to you."""
    ways = _WAYS.get((procedure, step))
    if ways is None:
        return None
    return dict(chance.choices([a for _, a in ways], [w for w, _ in ways])[0])
