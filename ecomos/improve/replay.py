"""What another limit would have done: the approvals that people gave or refused, gone through again with it. Hours are
the waiting and the handling of the approval tasks that would not have been, from their own times."""

import sqlite3
import statistics
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from ecomos.errors import WrongUsage, nearest
from ecomos.improve.acts import between
from ecomos.money import format_money, to_cents
from ecomos.playbook import parse_text
from ecomos.playbook.records import Playbook, Role
from ecomos.store import parse_iso
from ecomos.work import Shop, in_force
from ecomos.work.authority import role_above
from ecomos.work.changing import Proposal, version_text

__all__ = ["FEWEST", "Asked", "LimitReplay", "few_words", "founders_approvals", "replay_limit", "replayed_limits"]

FEWEST = 10
"""Fewer past cases than this are too few to say anything."""


def few_words(cases: int) -> str:
    """What is said where there is too little to say."""
    return f"too few past cases to say ({cases}, at least {FEWEST})"


@dataclass(frozen=True)
class LimitReplay:
    """How past approvals would have gone with another limit of a role."""

    role: str
    kind: str
    limit_cents: int
    limit_text: str
    cases: int
    """Approvals of that kind in the span that the role, or one below it, asked for."""
    escalations: int
    """Of these, those that were decided above the role."""
    not_needed: int
    """Of the escalations, those that would not have gone above the role."""
    more_decided_cents: int
    """The money in those, in minor units of the store's currency."""
    newly_needed: int
    """Those decided by the role that would have gone above it: the limit is lower than what held."""
    waited: timedelta
    """The waiting and handling of those that were not needed."""
    cannot_tell: int
    """Approvals in another currency, or whose drafter is not known."""
    currency: str

    @property
    def too_few(self) -> bool:
        """Under ten cases nothing is said."""
        return self.cases < FEWEST

    @property
    def in_words(self) -> str:
        """As a person reads it: `14 of 22 escalations not needed, 412.00 EUR more decided by support-agent`."""
        if self.too_few:
            return few_words(self.cases)
        parts = []
        if self.not_needed:
            money, hours = format_money(self.more_decided_cents, self.currency), self.waited.total_seconds() / 3600
            parts.append(f"{self.not_needed} of {self.escalations} escalations not needed")
            parts.append(f"{money} more decided by {self.role}")
            parts.append(f"{hours:.1f} hours of waiting and handling less")
        if self.newly_needed:
            parts.append(f"{self.newly_needed} of {self.cases - self.escalations} decided by {self.role} would go up")
        if not parts:
            parts.append(f"none of {self.cases} cases would have gone another way")
        if self.cannot_tell:
            parts.append(f"{self.cannot_tell} can't be told")
        return ", ".join(parts)


_PAST = """
select a.*, t.role as task_role,
  (select coalesce(sum(b.approved_cents), 0) from approvals b
   where b.kind = a.kind and b.about_type = a.about_type and b.about_id = a.about_id
     and b.status = 'approved' and b.id < a.id) as before_cents
from approvals a left join tasks t on t.id = a.task_id
where a.kind = ? and a.status in ('approved', 'refused') and a.asked_at >= ? and a.asked_at < ?
order by a.id
"""


def replay_limit(
    shop: Shop, role: str, kind: str, limit_cents: int, first: date, last: date, now: datetime
) -> LimitReplay:
    """Go through the approvals of the store's days `first` to `last` again, with this limit for the role.

    Raises WrongUsage for a role that is not in force.
    """
    book = in_force(shop, now)
    if role not in book.roles:
        raise WrongUsage(f"No role named {role} is in force{nearest(role, book.roles)}.")
    above, below = _above(book, role), _below(book, role)
    members = _members(shop, below)
    found = _Count()
    for row in shop.db.execute(_PAST, [kind, *between(shop, first, last)]).fetchall():
        if row["drafted_by"] is None or row["currency"] != shop.home.currency:
            found.cannot_tell += 1
        elif row["drafted_by"] in members:
            found.add(row, above, limit_cents)
    text = format_money(limit_cents, shop.home.currency)
    return LimitReplay(
        role,
        kind,
        limit_cents,
        text,
        found.cases + found.cannot_tell,
        found.escalations,
        found.not_needed,
        found.money,
        found.newly_needed,
        found.waited,
        found.cannot_tell,
        shop.home.currency,
    )


@dataclass
class _Count:
    cases: int = 0
    escalations: int = 0
    not_needed: int = 0
    newly_needed: int = 0
    cannot_tell: int = 0
    money: int = 0
    waited: timedelta = timedelta()

    def add(self, row: sqlite3.Row, above: set[str], limit_cents: int) -> None:
        self.cases += 1
        would_hold = row["asked_cents"] + row["before_cents"] <= limit_cents
        went_up = row["task_role"] in above
        self.escalations += went_up
        if went_up and would_hold:
            self.not_needed += 1
            self.money += row["asked_cents"]
            self.waited += parse_iso(row["decided_at"]) - parse_iso(row["asked_at"])
        elif not went_up and not would_hold:
            self.newly_needed += 1


def _above(book: Playbook, role: str) -> set[str]:
    found, at = set[str](), role_above(book, role)
    while at and at not in found:
        found.add(at)
        at = role_above(book, at)
    return found


def _below(book: Playbook, role: str) -> set[str]:
    """The role and every one from which the way up leads through it."""
    return {name for name in book.roles if name == role or role in _above(book, name)}


def _members(shop: Shop, roles: set[str]) -> set[int]:
    rows = shop.db.execute("select distinct person_id, role from person_roles").fetchall()
    return {r["person_id"] for r in rows if r["role"] in roles}


@dataclass(frozen=True)
class Asked:
    """What was put before the founder at one step."""

    kind: str
    most_asked: int
    """The amount that nine in ten of them do not exceed, in minor units."""
    role_below: str
    """The role next below the founder on the way up."""


def founders_approvals(shop: Shop, procedure: str, step: str, first: date, last: date, now: datetime) -> Asked | None:
    """What the founder was asked at that step in the span; None where nothing."""
    rows = shop.db.execute(
        """select a.kind, a.asked_cents, a.drafted_by from approvals a join tasks t on t.id = a.task_id
           join runs r on r.id = a.run_id
           where t.role = 'founder' and r.procedure = ? and a.step = ? and a.asked_at >= ? and a.asked_at < ?""",
        [procedure, step, *between(shop, first, last)],
    ).fetchall()
    if not rows:
        return None
    amounts = sorted(r["asked_cents"] for r in rows)
    ninety = amounts[0] if len(amounts) == 1 else int(statistics.quantiles(amounts, n=10, method="inclusive")[-1])
    return Asked(rows[0]["kind"], ninety, _below_the_founder(in_force(shop, now), procedure))


def _below_the_founder(book: Playbook, procedure: str) -> str:
    found = book.procedures.get(procedure)
    role = found.performer if found else "operations-lead"
    while (above := role_above(book, role)) not in (None, "founder"):
        role = str(above)
    return role


def replayed_limits(shop: Shop, found: Proposal, now: datetime) -> list[str]:
    """What a proposed change of a role's authority would have done in the last 90 days, in words."""
    new = parse_text("roles", found.name, version_text(shop, "roles", found.name, found.sha), "")[0]
    old = in_force(shop, now).roles.get(found.name)
    said, last = [], shop.today(now)
    for kind, held in new.authority.items() if isinstance(new, Role) else ():
        before = old.authority.get(kind) if old else None
        if held.each is None or (before is not None and before.each == held.each):
            continue
        cents = to_cents(Decimal(held.each), shop.home.currency)
        replay = replay_limit(shop, found.name, kind, cents, last - timedelta(days=90), last, now)
        said.append(f"{kind} up to {replay.limit_text}: {replay.in_words}")
    return said
