"""The person before a page about stock as the stock room knows them: asked anew at each click."""

from ecomos.errors import Refused
from ecomos.pages.page import Context
from ecomos.stock.hands import Hand
from ecomos.stock.thing import find_thing
from ecomos.work import Shop, acting_roles

__all__ = ["hand_of", "number_in", "thing_named"]


def hand_of(context: Context) -> Hand:
    """Who clicks, with the roles they act for now."""
    now = context.now()
    shop = Shop(context.home, context.db)
    return Hand(context.person.id, frozenset(acting_roles(shop, context.person.id, now)), now)


def thing_named(context: Context, text: object) -> int:
    """The thing with that SKU or barcode. Raises Refused where none or several have it."""
    named = str(text or "").strip()
    if not named:
        raise Refused("Which thing? Scan its barcode, or type its SKU.")
    found = find_thing(context.db, named)
    if found is None:
        raise Refused(f"No one thing has the SKU or barcode “{named[:40]}”. Look it up on the page Products.")
    return found


def number_in(text: object, what: str) -> int:
    """A whole number as typed. Raises Refused in words."""
    word = str(text if text is not None else "").strip()
    if word.lstrip("+-").isdecimal() and len(word) < 9:
        return int(word)
    raise Refused(f"{what}: write a whole number, as 12.")
