"""Lending authority: who has it by a role may lend it to a colleague, up to their own limit and never beyond a day."""

from datetime import date, datetime
from decimal import Decimal

from ecomos.errors import Refused
from ecomos.money import format_money
from ecomos.people import person, roles_of
from ecomos.people.lending import LONGEST_DAYS, keep_lending
from ecomos.people.lending import take_back as end_lending
from ecomos.playbook.records import Span
from ecomos.store import write
from ecomos.work.authority import limit_of_role
from ecomos.work.deadlines import span_or
from ecomos.work.shop import Shop

__all__ = ["lend", "take_back"]

QUARTER = Span(Decimal(LONGEST_DAYS), "days")


def lend(
    shop: Shop,
    lender: int,
    to: int,
    kind: str,
    each_cents: int,
    from_on: date,
    to_on: date,
    reason: str,
    now: datetime,
    *,
    a_day_cents: int | None = None,
) -> int:
    """Lend authority of one kind; gives its number. Raises Refused above what the lender's own roles allow (what was
    lent to one can't be lent on), or to somebody who has left."""
    with write(shop.db):
        if person(shop.db, to).has_left(from_on):
            raise Refused(f"{person(shop.db, to).name} has left.")
        _must_have(shop, lender, kind, each_cents, now)
        return keep_lending(
            shop.db,
            to,
            kind,
            each_cents,
            from_on,
            to_on,
            lent_by=lender,
            reason=reason,
            now=now,
            a_day_cents=a_day_cents,
            longest_days=int(span_or(shop, "policy.changes.lent_at_most", QUARTER, now).amount or LONGEST_DAYS),
        )


def _must_have(shop: Shop, lender: int, kind: str, each_cents: int, now: datetime) -> None:
    currency = shop.home.currency
    roles = roles_of(shop.db, lender, shop.today(now))
    limits = [limit_of_role(shop, role, kind, currency, now) for role in roles]
    if None not in limits and each_cents > max((x for x in limits if x is not None), default=0):
        held = format_money(max((x for x in limits if x is not None), default=0), currency)
        raise Refused(f"You can lend what your own roles allow: {held} of {kind} a case.")


def take_back(shop: Shop, number: int, by: int, now: datetime) -> None:
    """End what was lent: by the lender, or by the founder. Raises Refused for anybody else."""
    row = shop.db.execute("select lent_by from lendings where id = ?", [number]).fetchone()
    if row and row["lent_by"] != by and "founder" not in roles_of(shop.db, by, shop.today(now)):
        raise Refused("What was lent is taken back by whoever lent it, or by the founder.")
    end_lending(shop.db, number, by, now)
