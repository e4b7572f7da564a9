"""Who may: which people act for a role on a day, how far a person's authority reaches, who is the first above that may
decide. Authority and absence are data; nobody decides on their own draft above their limit but the founder."""

from datetime import date, datetime
from decimal import Decimal

from ecomos.money import to_cents
from ecomos.people import holders, is_away, roles_of
from ecomos.playbook.records import Playbook
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = ["acting", "acting_roles", "first_that_may", "limit_of_person", "limit_of_role", "role_above"]


def _present(shop: Shop, role: str, on: date) -> tuple[int, ...]:
    return tuple(p for p in holders(shop.db, role, on) if not is_away(shop.db, p, on))


def role_above(book: Playbook, role: str) -> str | None:
    """The role that this one reports to; None for the founder and for a role that no file describes."""
    found = book.roles.get(role)
    return found.reports_to if found else ("founder" if role != "founder" else None)


def acting(shop: Shop, role: str, now: datetime) -> tuple[int, ...]:
    """Who acts for a role today: its holders that are here, else its deputy's, else those of the role above."""
    book, on, seen = in_force(shop, now), shop.today(now), set[str]()
    at: str | None = role
    while at and at not in seen:
        seen.add(at)
        found = _present(shop, at, on)
        if found:
            return found
        described = book.roles.get(at)
        if described and described.deputy:
            found = _present(shop, described.deputy, on)
            if found:
                return found
        at = role_above(book, at)
    return _present(shop, "founder", on) or holders(shop.db, "founder", on)


def acting_roles(shop: Shop, person_id: int, now: datetime) -> set[str]:
    """Every role that the person acts for today: those held, and those covered."""
    book = in_force(shop, now)
    known = set(book.roles) | {r["role"] for r in shop.db.execute("select distinct role from person_roles")}
    known |= {r["role"] for r in shop.db.execute("select distinct role from tasks where status in ('open','taken')")}
    return {role for role in known if person_id in acting(shop, role, now)}


def limit_of_role(shop: Shop, role: str, kind: str, currency: str, now: datetime) -> int | None:
    """What a role may decide alone, in minor units: 0 where nothing, None where any amount.

    A limit stands in the store's currency; without a dated rate it holds for no other (the case moves up).
    """
    described = in_force(shop, now).roles.get(role)
    held = described.authority.get(kind) if described else None
    if held is None:
        return 0
    if held.each is None:
        return None
    return to_cents(Decimal(held.each), currency) if currency == shop.home.currency else 0


def limit_of_person(shop: Shop, person_id: int, kind: str, currency: str, now: datetime) -> int | None:
    """The highest limit of the roles that the person holds today; None is any amount."""
    limits = [limit_of_role(shop, r, kind, currency, now) for r in roles_of(shop.db, person_id, shop.today(now))]
    return None if None in limits else max((x for x in limits if x is not None), default=0)


def first_that_may(
    shop: Shop, start: str, kind: str, cents: int, currency: str, drafter: int | None, now: datetime
) -> str:
    """The first role from `start` upwards whose authority holds and for which somebody else than the drafter acts.

    The founder is the last rung, whoever drafted it.
    """
    book, at, seen = in_force(shop, now), start, set[str]()
    while at != "founder" and at not in seen:
        seen.add(at)
        limit = limit_of_role(shop, at, kind, currency, now)
        if (limit is None or limit >= cents) and set(acting(shop, at, now)) - {drafter}:
            return at
        at = role_above(book, at) or "founder"
    return "founder"
