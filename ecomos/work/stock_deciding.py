"""What a buyer does with the morning's list: drafts orders, has things counted, hurries, marks down, lets go, or leaves
a thing with the reason. Each deed checks who does it, and keeps what was decided so that it is not asked again."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from ecomos.errors import Refused, WrongUsage
from ecomos.people.requests import make_request
from ecomos.stock import reviewing
from ecomos.stock.counting import make_count
from ecomos.stock.hands import Hand
from ecomos.stock.ordering import Drafted, draft_orders
from ecomos.stock.reviewing import Proposal, Rules, keep, proposal
from ecomos.store import write
from ecomos.work.authority import acting_roles, stands_for
from ecomos.work.settling import settle, start
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force, policies

__all__ = ["REASONS", "draft", "leave", "may_decide_on_stock", "rules_of", "set_going", "take_back"]

Place = tuple[int, int]
"""A thing and where it lies: (variant, location)."""
STARTS = {
    "expedite": "chase-a-supplier",
    "mark down": "mark-down",
    "discontinue": "discontinue",
    "transfer": "transfer-stock",
}
"""The procedure that carries out what is proposed."""
REASONS = ("season is over", "ordered by phone", "a new one comes", "level is wrong", "wait for the price")
"""What is said most often when nothing is done; anything else can be written."""


def rules_of(shop: Shop, now: datetime) -> Rules:
    """What is in force for the list: policy.stock.rows, policy.stock.comes_back_after and
    policy.stock.comes_back_when_cover_fell; the starter's where a playbook has no such policy."""
    said = policies(shop, now).get("stock", {})
    fell = Decimal(said.get("comes_back_when_cover_fell", 25)) / 100
    back = said.get("comes_back_after")
    return Rules(int(said.get("rows", 20)), back.days if back is not None else 14, fell)


def may_decide_on_stock(shop: Shop, person_id: int, now: datetime) -> bool:
    """Whether the person is the buyer, or leads the buyer."""
    return stands_for(shop, person_id, "buyer", now)


def _must_be_buyer(shop: Shop, person_id: int, now: datetime) -> None:
    if not may_decide_on_stock(shop, person_id, now):
        raise Refused("What is bought or let go is decided by the buyer, or by whom the buyer reports to.")


def _read(shop: Shop, place: Place) -> Proposal:
    try:
        return proposal(shop.db, *place)
    except LookupError as gone:
        raise Refused("Nothing is proposed for it any more; look at the list again.") from gone


def leave(shop: Shop, person_id: int, places: Sequence[Place], because: str, now: datetime) -> list[int]:
    """Write down that nothing is done about these, and why; gives the reviews, which `take_back` ends.

    Raises Refused for anybody but the buyer and whom the buyer reports to, without a reason, or for a thing that is
    not proposed any more.
    """
    _must_be_buyer(shop, person_id, now)
    rules, on = rules_of(shop, now), shop.today(now)
    with write(shop.db):
        return [keep(shop.db, _read(shop, place), because, person_id, now, on, rules) for place in places]


def take_back(shop: Shop, person_id: int, review_id: int, now: datetime) -> None:
    """Put a thing that was left on the list again."""
    _must_be_buyer(shop, person_id, now)
    with write(shop.db):
        reviewing.put_back(shop.db, review_id, shop.today(now))


def set_going(shop: Shop, person_id: int, places: Sequence[Place], now: datetime) -> str:
    """Begin what is proposed for these, all of one deed: a count of them, or one request with the procedure that
    carries it out; gives what was begun, in words.

    Raises Refused where an order (which is drafted), several deeds or none is proposed, and for anybody but the buyer.
    """
    _must_be_buyer(shop, person_id, now)
    found = [_read(shop, place) for place in places]
    deeds = {p.deed for p in found}
    if len(deeds) != 1:
        raise Refused("Tick at least one thing, and things of one deed only.")
    deed = deeds.pop()
    begun = _ask_count(shop, person_id, found, now) if deed == "count" else _ask(shop, person_id, deed, found, now)
    rules, on = rules_of(shop, now), shop.today(now)
    with write(shop.db):
        for p in found:
            keep(shop.db, p, f"begun: {begun}", person_id, now, on, rules)
    return begun


def _ask_count(shop: Shop, person_id: int, found: Sequence[Proposal], now: datetime) -> str:
    hand = Hand(person_id, frozenset(acting_roles(shop, person_id, now)), now)
    numbers = [
        make_count(
            shop.db,
            hand,
            place,
            [p.variant_id for p in found if p.location_id == place],
            shop.today(now),
            found[0].rule,
        )
        for place in sorted({p.location_id for p in found})
    ]
    return ", ".join(f"count {n}" for n in numbers)


def _ask(shop: Shop, person_id: int, deed: str, found: Sequence[Proposal], now: datetime) -> str:
    known = in_force(shop, now).procedures.get(STARTS.get(deed, ""))
    if known is None:
        raise Refused(f"No procedure carries out “{deed}” here.")
    what = (found[0].sku or found[0].name) if len(found) == 1 else f"{len(found)} things"
    text = "\n".join(
        f"{p.sku} {p.name}: {p.rule}. {p.available} can be sold, {p.coming} on the way.".strip() for p in found
    )
    request = make_request(shop.db, "stock", f"{deed.capitalize()} {what}"[:120], text, now, person_id=person_id)
    start(shop, known.stem, ("request", request), now)
    return f"{known.title} (R{request})"


def draft(shop: Shop, person_id: int, chosen: Sequence[tuple[int, int, int]], now: datetime) -> Drafted:
    """Draft the orders for (variant, location, pieces), one for each supplier and place, and offer what follows; gives
    the drafts, those that took further lines included, and what could not be ordered.

    Raises Refused for anybody but the buyer and whom the buyer reports to, WrongUsage for no pieces at all.
    """
    _must_be_buyer(shop, person_id, now)
    wanted = [c for c in chosen if c[2] > 0]
    if not wanted:
        raise WrongUsage("Nothing is left to order: write how many pieces.")
    found = draft_orders(shop.db, wanted, person_id, now, home=shop.home)
    settle(shop, now)
    return found
