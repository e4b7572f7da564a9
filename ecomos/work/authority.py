"""Who may: which people act for a role on a day, how far a person's authority reaches, who is the first above that may
decide. Authority and absence are data; nobody decides on their own draft above their limit but the founder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

from ecomos.money import to_cents
from ecomos.people import holders, is_away, roles_of
from ecomos.people.lending import lent_to
from ecomos.playbook.records import Playbook
from ecomos.store import iso
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = [
    "Grant",
    "acting",
    "acting_roles",
    "decided_today",
    "first_that_may",
    "grants_of_person",
    "is_here",
    "limit_of_person",
    "limit_of_role",
    "may_decide",
    "role_above",
    "role_here_above",
    "stands_for",
]


def _present(shop: Shop, role: str, on: date) -> tuple[int, ...]:
    return tuple(p for p in holders(shop.db, role, on) if not is_away(shop.db, p, on))


def role_above(book: Playbook, role: str) -> str | None:
    """The role that this one reports to; None for the founder and for a role that no file describes."""
    found = book.roles.get(role)
    return found.reports_to if found else ("founder" if role != "founder" else None)


def stands_for(shop: Shop, person_id: int, role: str, now: datetime) -> bool:
    """Whether the person holds this role or one above it, and so may decide what is the role's to decide."""
    book, held, seen = in_force(shop, now), set(roles_of(shop.db, person_id, shop.today(now))), set[str]()
    at: str | None = role
    while at and at not in seen:
        if at in held:
            return True
        seen.add(at)
        at = role_above(book, at)
    return False


def acting(shop: Shop, role: str, now: datetime) -> tuple[int, ...]:
    """Who acts for a role today: its holders that are here, else its deputy's, else those of the role above."""
    on = shop.today(now)
    return _acting(shop, in_force(shop, now), role, on, lambda held: _present(shop, held, on))


def _acting(
    shop: Shop, book: Playbook, role: str, on: date, present: Callable[[str], tuple[int, ...]]
) -> tuple[int, ...]:
    seen = set[str]()
    at: str | None = role
    while at and at not in seen:
        seen.add(at)
        found = present(at)
        if found:
            return found
        described = book.roles.get(at)
        if described and described.deputy:
            found = present(described.deputy)
            if found:
                return found
        at = role_above(book, at)
    return present("founder") or holders(shop.db, "founder", on)


def acting_roles(shop: Shop, person_id: int, now: datetime) -> set[str]:
    """Every role that the person acts for today: those held, and those covered."""
    book, on = in_force(shop, now), shop.today(now)
    known = set(book.roles) | {r["role"] for r in shop.db.execute("select distinct role from person_roles")}
    known |= {r["role"] for r in shop.db.execute("select distinct role from tasks where status in ('open','taken')")}
    present = cache(lambda held: _present(shop, held, on))  # read once: Today asks for every role at each look
    return {role for role in known if person_id in _acting(shop, book, role, on, present)}


def is_here(shop: Shop, role: str, now: datetime) -> bool:
    """Whether somebody who acts for the role is here today; an absent founder acts for theirs when nobody else can."""
    return any(not is_away(shop.db, p, shop.today(now)) for p in acting(shop, role, now))


def role_here_above(shop: Shop, role: str, now: datetime) -> str | None:
    """The first role above this one for which somebody is here today; None where nobody is."""
    book, seen = in_force(shop, now), {role}
    at = role_above(book, role)
    while at and at not in seen and not is_here(shop, at, now):
        seen.add(at)
        at = role_above(book, at)
    return None if at in seen else at


@dataclass(frozen=True)
class Grant:
    """What may be decided alone, in minor units: of one case, and of all cases in a day."""

    each: int | None
    """None: any amount."""
    a_day: int | None = None
    """None: no cap for a day."""

    def reaches(self, total: int, cents: int, spent: int) -> bool:
        """Whether it covers `cents` more, where the case comes to `total` and the day stands at `spent`."""
        return (self.each is None or total <= self.each) and (self.a_day is None or spent + cents <= self.a_day)


def grants_of_role(shop: Shop, role: str, kind: str, currency: str, now: datetime) -> tuple[Grant, ...]:
    """What a role may decide alone; empty where nothing.

    A limit stands in the store's currency; without a dated rate it holds for no other (the case moves up).
    """
    described = in_force(shop, now).roles.get(role)
    held = described.authority.get(kind) if described else None
    if held is None or (held.each is not None and currency != shop.home.currency):
        return ()
    each = None if held.each is None else to_cents(Decimal(held.each), currency)
    return (Grant(each, None if held.a_day is None else to_cents(Decimal(held.a_day), currency)),)


def grants_of_person(shop: Shop, person_id: int, kind: str, currency: str, now: datetime) -> tuple[Grant, ...]:
    """What the person may decide alone today: by the roles held, and by what was lent."""
    held = roles_of(shop.db, person_id, shop.today(now))
    by_role = [g for role in held for g in grants_of_role(shop, role, kind, currency, now)]
    lent = _lent(shop, person_id, kind, now) if currency == shop.home.currency else ()
    return (*by_role, *lent)


def _lent(shop: Shop, person_id: int, kind: str, now: datetime) -> tuple[Grant, ...]:
    rows = lent_to(shop.db, person_id, kind, shop.today(now), now)
    return tuple(Grant(r["each_cents"], r["a_day_cents"]) for r in rows)


def may_decide(
    shop: Shop, person_id: int, role: str | None, kind: str, total: int, cents: int, currency: str, now: datetime
) -> bool:
    """Whether the person may decide `cents` of that kind alone, for a case that comes to `total` with it: as a holder
    of their own roles, with what was lent to them, or acting for `role`."""
    spent = decided_today(shop, person_id, kind, now)
    grants = grants_of_person(shop, person_id, kind, currency, now)
    grants += grants_of_role(shop, role, kind, currency, now) if role else ()
    return any(g.reaches(total, cents, spent) for g in grants)


def decided_today(shop: Shop, person_id: int, kind: str, now: datetime) -> int:
    """What the person decided of that kind on the store's day, in minor units; theirs by the engine included."""
    begins = shop.working.at(shop.today(now), time(0))
    return int(
        shop.db.execute(
            """select coalesce(sum(approved_cents), 0) from approvals where kind = ? and status = 'approved'
               and decided_by = ? and decided_at >= ? and decided_at < ?""",
            [kind, person_id, iso(begins), iso(begins + timedelta(days=1))],
        ).fetchone()[0]
    )


def limit_of_role(shop: Shop, role: str, kind: str, currency: str, now: datetime) -> int | None:
    """What a role may decide alone of one case, in minor units: 0 where nothing, None where any amount."""
    return _highest(grants_of_role(shop, role, kind, currency, now))


def limit_of_person(shop: Shop, person_id: int, kind: str, currency: str, now: datetime) -> int | None:
    """The highest limit that the person has today, by role or lent; None is any amount."""
    return _highest(grants_of_person(shop, person_id, kind, currency, now))


def _highest(grants: tuple[Grant, ...]) -> int | None:
    limits = [g.each for g in grants]
    return None if None in limits else max((x for x in limits if x is not None), default=0)


def first_that_may(
    shop: Shop, start: str, kind: str, total: int, cents: int, currency: str, drafter: int | None, now: datetime
) -> str:
    """The first role from `start` upwards for which somebody else than the drafter acts who may decide it.

    The founder is the last rung, whoever drafted it.
    """
    book, at, seen = in_force(shop, now), start, set[str]()
    while at != "founder" and at not in seen:
        seen.add(at)
        others = set(acting(shop, at, now)) - {drafter}
        if any(_reaches_as(shop, p, at, kind, total, cents, currency, now) for p in others):
            return at
        at = role_above(book, at) or "founder"
    return "founder"


def _reaches_as(
    shop: Shop, person_id: int, role: str, kind: str, total: int, cents: int, currency: str, now: datetime
) -> bool:
    """Whether the person may decide it in this role, or with what was lent to them; another role of theirs is another
    rung of the ladder."""
    spent = decided_today(shop, person_id, kind, now)
    lent = _lent(shop, person_id, kind, now) if currency == shop.home.currency else ()
    return any(g.reaches(total, cents, spent) for g in (*grants_of_role(shop, role, kind, currency, now), *lent))
