"""The away drill: if these people were away, whose work would go where, which decisions would wait for the founder,
and what would nobody be able to decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ecomos.people import holders, is_away, person
from ecomos.playbook.records import Playbook
from ecomos.work import Shop, in_force
from ecomos.work.authority import role_above

__all__ = ["Gap", "away_drill"]


@dataclass(frozen=True)
class Gap:
    """One thing that would be otherwise."""

    kind: str
    """stalls (nobody is left), founder (it goes to the founder), deputy (somebody else does it), alone (only one person
    may decide it)."""
    role: str
    text: str


def away_drill(shop: Shop, gone: Iterable[int], on: date, now: datetime) -> list[Gap]:
    """What would happen on that day with these people away; the worst first. Nothing is written."""
    book, missing = in_force(shop, now), set(gone)
    found = [g for role in sorted(book.roles) for g in _of_role(shop, book, role, missing, on)]
    found += _alone(shop, book, missing, on)
    order = {"stalls": 0, "founder": 1, "alone": 2, "deputy": 3}
    return sorted(found, key=lambda g: (order[g.kind], g.role))


def _here(shop: Shop, role: str, gone: set[int], on: date) -> list[int]:
    return [p for p in holders(shop.db, role, on) if p not in gone and not is_away(shop.db, p, on)]


def _of_role(shop: Shop, book: Playbook, role: str, gone: set[int], on: date) -> list[Gap]:
    """Where a role's work goes that nobody who holds it can do."""
    if _here(shop, role, gone, on) or not (set(holders(shop.db, role, on)) & gone):
        return []
    at: str | None = role
    seen: set[str] = set()
    while at and at not in seen:
        seen.add(at)
        deputy = book.roles[at].deputy if at in book.roles else None
        for name in (deputy, role_above(book, at)):
            people = _here(shop, name, gone, on) if name else []
            if people and name:
                who = ", ".join(person(shop.db, p).name for p in people)
                kind = "founder" if name == "founder" else "deputy"
                return [Gap(kind, role, f"The work of {_said(role)} goes to {_said(name)}: {who}.")]
        at = role_above(book, at)
    return [Gap("stalls", role, f"Nobody is left for the work of {_said(role)}.")]


def _said(role: str) -> str:
    return role.replace("-", " ")


def _alone(shop: Shop, book: Playbook, gone: set[int], on: date) -> list[Gap]:
    """Kinds of authority that only one person who is here holds without a limit, or nobody."""
    found = []
    for kind in sorted({k for r in book.roles.values() for k in r.authority}):
        roles = [r.stem for r in book.roles.values() if kind in r.authority and r.authority[kind].each is None]
        able = sorted({p for role in roles for p in _here(shop, role, gone, on)})
        if not able:
            found.append(Gap("stalls", "founder", f"Nobody could decide a large {kind}; lend the authority before."))
        elif len(able) == 1:
            found.append(Gap("alone", "founder", f"Only {person(shop.db, able[0]).name} could decide a large {kind}."))
    return found
