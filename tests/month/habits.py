"""What a good worker records at a step: from what the page shows and from what eyes, phone and the platform's page say.
None: nothing to record yet, look again later."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from month.seen import Seen
from month.world import World

Answers = dict[str, str]
ADDRESS = re.compile(r"^(?P<name>.+), (?P<address1>.+), (?P<zip>\d{4,5}) (?P<city>.+), (?P<country>[A-Z]{2})$", re.M)
ALREADY = "The platform shows that it is done already."
SILENT = "Seifen"
"""The supplier that does not answer."""


class Eyes:
    """One look: the page, the world, the hour, and what the team has read in mails so far."""

    def __init__(self, seen: Seen, world: World, now: datetime, read: dict[str, str]) -> None:
        self.seen, self.world, self.now, self.n = seen, world, now, seen.number
        self.word = read.get(self.n, "")

    @property
    def left(self) -> str:
        """What the platform shows as paid and not yet refunded."""
        return money(self.world.left_to_pay_back(self.n))

    def first_line(self) -> str:
        """The price of the first line, as far as it is still here."""
        return money(min(self.world.price_of(self.n, 1), self.world.left_to_pay_back(self.n)))

    @property
    def is_there(self) -> bool:
        """Whether everything that the page says is to be sent lies on the shelf."""
        return self.world.is_there(self.n, [str(r[1]) for r in self.seen.facts["rows"] if r[0] == "ship"])

    def says(self, *words: str) -> bool:
        return any(w in self.seen.all_text for w in words)

    def counts(self) -> int:
        """Parcels of today on the trolley."""
        return sum(1 for p in self.world.parcels.values() if p.labelled_at.date() == self.now.date())


def money(cents: int) -> str:
    return f"{max(cents, 0) / 100:.2f}"


def _pack(e: Eyes) -> Answers | None:
    if not e.world.box_found(e.n, e.now):
        return None
    if not e.is_there:
        return {"packed": "something is missing"}
    e.world.pick(e.n)
    return {"packed": "everything", "weight": "0.6"}


def _choice(e: Eyes) -> Answers | None:
    if "Number 1" in e.word:
        return {"choice": "ship the rest", "amount": e.first_line()}
    if "Number 4" in e.word:
        return {"choice": "cancel all", "amount": "0"}
    if e.is_there:
        return {"choice": "found it", "amount": "0"}
    return {"choice": "no answer", "amount": e.first_line()} if e.seen.item.group == "late" else None


def _stop(e: Eyes) -> Answers:
    e.world.slips.add(e.n)
    cause = e.world.cause.get(e.n, "")
    whys = {"fraud": "risk", "never pays": "unpaid", "piece gone, all cancelled": "out of stock"}
    return {"why": whys.get(cause, "customer asks"), "stands_at": e.world.stands(e.n)}


def _back_on_shelf(e: Eyes) -> Answers:
    e.world.put_back(e.n)
    return {"shelved": "all back"}


def _signals(e: Eyes) -> Answers:
    cause = e.world.cause.get(e.n, "")
    finding = "fraud" if cause == "fraud" else "doubtful" if "called" in cause or "hard" in cause else "clear"
    return {"finding": finding, "why": "as the platform's page and the map show"}


def _call(e: Eyes) -> Answers:
    hard = "hard" in e.world.cause.get(e.n, "")
    return {"answer": "not reached" if hard else "confirmed", "why": "called the number of the order"}


def _at_ten(e: Eyes) -> Answers | None:
    return {"answer": "confirmed", "why": "called at the named hour"} if "call me" in e.word else None


def _tracking(e: Eyes) -> Answers:
    return {"stands_at": e.world.tracking(e.n, e.now), "place": "as the carrier's page says"}


def _heard(e: Eyes) -> Answers | None:
    return {"heard": "lost"} if e.world.search_is_over(e.n, e.now) else None


def _loss(e: Eyes) -> Answers:
    again = e.world.cause.get(e.n, "") == "lost, sent again"
    return {"offer": "send it again" if again else "money back", "why": "counted the shelf"}


def _again(e: Eyes) -> Answers:
    return {"new_order": e.world.send_again(e.n, e.now)}


def _damage(e: Eyes) -> Answers:
    wish = "a new one" if e.says("a new one") else "money back" if e.says("the money") else "not said"
    return {"damage": "broken on the way", "line": "1", "amount": e.first_line(), "wish": wish, "pictures": "enough"}


def _watch(e: Eyes) -> Answers | None:
    return {"arrival": "here"} if e.world.on_returns_table(e.n, e.now) else None


def _wrong(e: Eyes) -> Answers:
    wish = "money back" if e.says("the money") else "the right thing"
    return {"what": "wrong thing", "line": "1", "amount": e.first_line(), "wish": wish}


def _edit(e: Eyes) -> Answers:
    wish = "cancel it" if e.says("cancel") else "another address"
    return {"wish": wish, "wanted": "as the mail says"}


def _hold(e: Eyes) -> Answers:
    stands = e.world.stands(e.n)
    if stands != "in the van":
        e.world.slips.add(e.n)
    return {"stands_at": stands}


def _new_address(e: Eyes) -> Answers:
    e.world.slips.discard(e.n)
    return {"looks": "same person", "address1": "Am Hof 3", "zip": "1010", "city": "Wien", "country": "AT"}


def _turned_up(e: Eyes) -> Answers:
    return {"answer": "it turned up" if "turned up" in e.seen.text else "still not there"}


def _box(e: Eyes) -> Answers | None:
    if not e.word:
        return None
    cents = e.world.left_to_pay_back(e.n) - e.world.sales[e.n].shipping_cents
    return {"choice": "money back", "amount": money(cents)}


def _weigh(e: Eyes) -> Answers:
    return {"proposal": "cancel", "why": "nothing in the bank account"}


def _confirmed(e: Eyes) -> Answers:
    silent = SILENT in e.seen.item.subject
    return {"confirmed": "nothing" if silent else "as ordered", "comes_on": "" if silent else day(e.now, 9)}


def _need(e: Eyes) -> Answers:
    sum_ = re.search(r"(\d+) EUR", e.seen.item.subject)
    return {"need": "order it", "goods": "as asked", "supplier": "as named", "amount": sum_[1] if sum_ else "100"}


def _ordered(e: Eyes) -> Answers:
    return {"ordered": str(e.world.order_goods(e.now)), "first_comes_on": day(e.now, 5), "gap": "comes in time"}


def _collected(e: Eyes) -> Answers | None:
    there = e.now.date() > e.world.sales[e.n].at.date() + timedelta(days=3)
    return {"collected": "collected", "signed_by": "the buyer"} if there else None


def _four_counts(e: Eyes) -> Answers:
    return dict.fromkeys(("labels", "handed_over", "fulfilled"), str(e.counts()))


def day(now: datetime, ahead: int) -> str:
    found: date = now.date() + timedelta(days=ahead)
    return found.isoformat()


HABITS: dict[str, Callable[[Eyes], Answers | None]] = {
    "Pick the lines": lambda e: {"found": "all" if e.is_there else "some missing"},
    "Pack the parcel": _pack,
    "Ship the parcel": lambda e: {"carrier": "DHL", "tracking": e.world.label(e.n, e.now)},
    "Count the shelf again": lambda e: {"missing": "found it" if e.is_there else "still missing"},
    "Name the missing line": lambda e: {"line": "1", "quantity": "1"},
    "Out of stock after the sale: Take the customer's choice": _choice,
    "Cancel an order: Stop the parcel": _stop,
    "Cancel an order: Give the money back": lambda e: {"amount": e.left},
    "Cancel an order: Put the goods back": _back_on_shelf,
    "Decide about the money": lambda e: {"settled": "pay it back", "settled_with": "the lead"},
    "Explain the return": lambda e: {"told_by": "phone"},
    "Capture the payment": lambda e: {"captured": "yes"},
    "Weigh the unpaid order": _weigh,
    "Read the signals": _signals,
    "Call the customer": _call,
    "Call at the named hour": _at_ten,
    "Decide without an address": lambda e: {"decision": "send as it is", "why": "the label program takes it"},
    "Where is my order: Find the order": lambda e: {"found": "found" if e.n else "not found", "number": e.n},
    "Explain where it stands": lambda e: {"reply": letter(), "wish": "it is answered"},
    "Read the tracking": _tracking,
    "Hear the carrier": _heard,
    "Decide about the loss": _loss,
    "Pack it again": _again,
    "Read the proof of delivery": lambda e: {"carrier_says": "delivered", "place": "at the door"},
    "Parcel lost: Read the answer": _turned_up,
    "Parcel lost: Decide how it is settled": lambda e: {"offer": "money back", "amount": e.left, "why": "a first loss"},
    "Look at the damage": _damage,
    "Parcel damaged: Read the answer": lambda e: {"choice": "a new one" if e.says("a new one") else "money back"},
    "Parcel damaged: Decide how it is settled": lambda e: {
        "decision": "a new one" if e.says("a new one") else "money back", "amount": e.first_line(), "why": "seen"},
    "Enter a new one": lambda e: {"on_shelf": "entered"} | _again(e),
    "Compare the mail with the order": _wrong,
    "Count the shelf": lambda e: {"shelf": "one too many"},
    "Decide about the claim": lambda e: {
        "decision": "money back" if e.says("the money") else "send it", "why": "the weights say so"},
    "Enter the right thing": _again,
    "Take a return in: Find the order": lambda e: {
        "parcel": "on its way or still there", "reason": "did not fit", "amount": e.left},
    "Watch for the parcel": _watch,
    "Inspect the thing": lambda e: {"condition": "as new"},
    "Decide about the return": lambda e: {"decision": "take it", "amount": e.left, "why": "a good customer"},
    "Exchange: Find the order": lambda e: {"line": "1", "wanted": "another size"},
    "Hold the new thing": lambda e: {"held": "lies ready"},
    "Inspect the first thing": lambda e: {"condition": "as new"},
    "Enter the exchange": lambda e: _again(e) | {"amount": "0"},
    "Read the whole story": lambda e: {"weight": "anger", "wants": "the postage"},
    "Find what went wrong": lambda e: {"fault": "ours", "what_happened": "nobody at the phone", "remedy": "money"},
    "Name the sum": lambda e: {"amount": "4.90"},
    "Edit an order: Find the order": _edit,
    "Hold the parcel": _hold,
    "Correct the address": _new_address,
    "Decide about the new address": lambda e: {"decision": "send it there", "why": "heard on the phone"},
    "Take the box in": lambda e: {"reason": "not collected", "goods": "as new"},
    "Returned undelivered: Take the customer's choice": _box,
    "Returned undelivered: Decide what is given back": lambda e: {"amount": e.left},
    "Hand out a pick-up: Hand it over": _collected,
    "Count the parcels": lambda e: {"counted": str(e.counts())},
    "Hand them to the driver": lambda e: {"came": "took all", "taken": str(e.counts()), "signed_by": "driver"},
    "Read the four counts": _four_counts,
    "Explain one difference": lambda e: {
        "order_number": "the last one", "turned_out": "label made twice", "others": "that was the last"},
    "Count what is short": lambda e: {"wrong_levels": "0"},
    "Order what runs out": _ordered,
    "Count what is needed": _need,
    "Hear the confirmation": _confirmed,
    "Hear the answer": lambda e: {"answer": "none"},
    "Call them": lambda e: {"heard": "not reached"},
    "Decide where it comes from": lambda e: {"source": "buy elsewhere", "because": "two weeks without a word"},
    "Choose the bins": lambda e: {"bins": "20"},
    "Count the bins": lambda e: {"counted": "20", "differing": "0"},
    "Decide what is done": lambda e: {"decision": "watch it", "what": "look again on Monday", "by_day": day(e.now, 7)},
}  # fmt: skip
"""By the step's title, with its procedure's where two have the same; what stands nowhere is recorded plainly."""


def letter() -> str:
    return "Hello,\n\nthank you for writing. You hear from us by tomorrow at noon at the latest.\n\nNorthside Goods"


def usual(seen: Seen, now: datetime) -> Answers:
    """Every field with something that fits: the first choice, a sentence, nothing counted, a day to come."""
    kinds = {"text": "looked at and done", "number": "0", "money": "0", "day": day(now, 3), "yes or no": "yes"}
    found = {}
    for f in seen.fields:
        if f["name"] == "case_order":
            found[f["name"]] = f.get("value") or seen.number
        elif f["kind"] == "one of":
            found[f["name"]] = f["choices"][0]
        elif f.get("optional") or f["kind"] == "file":
            continue
        else:
            found[f["name"]] = letter() if f["name"] == "reply" else f.get("value") or kinds[f["kind"]]
    return found


def answers(eyes: Eyes) -> Answers | None:
    """What is recorded now; None where it is too early."""
    procedure, title = eyes.seen.step
    habit = HABITS.get(f"{procedure}: {title}") or HABITS.get(title)
    base = usual(eyes.seen, eyes.now)
    known = habit(eyes) if habit else {}
    if known is None:
        return None
    names = {f["name"] for f in eyes.seen.fields}
    return base | {k: v for k, v in known.items() if k in names}
