"""request, lend."""

import argparse
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from ecomos.commands.opening import open_shop, print_rows
from ecomos.commands.people import by_name
from ecomos.commands.work import case_of
from ecomos.errors import WrongUsage
from ecomos.money import format_money, to_cents
from ecomos.people import person
from ecomos.people.requests import make_request
from ecomos.work import Shop, settle
from ecomos.work.lending import lend as lend_authority
from ecomos.work.lending import take_back

__all__ = ["lend", "request"]


def request(asked: argparse.Namespace) -> int:
    """Ask the team for something, or report it: the procedure of its kind starts."""
    shop, now = open_shop(asked)
    who = by_name(shop.db, asked.by) if asked.by else None
    about = case_of(shop, asked.about) if asked.about else None
    cents = _cents(shop, asked.amount) if asked.amount else None
    number = make_request(
        shop.db, asked.kind, asked.title, asked.text or "", now, person_id=who, amount_cents=cents, about=about
    )
    settle(shop, now)
    started = shop.db.execute(
        "select count(*) from runs where about_type = 'request' and about_id = ?", [number]
    ).fetchone()[0]
    print(f"R{number} is written down" + (" and started." if started else "; no procedure starts on its kind."))
    return 0


def lend(asked: argparse.Namespace) -> int:
    """Lend authority, take it back, or list what is lent."""
    shop, now = open_shop(asked)
    if asked.verb == "list":
        return _list(shop, asked, now)
    if asked.verb == "back":
        if not (asked.whom or "").isdigit() or not asked.by:
            raise WrongUsage("lend back NUMBER --by NAME: the number stands in “ecomos lend list”.")
        take_back(shop, int(asked.whom), by_name(shop.db, asked.by), now)
        print("It was taken back.")
        return 0
    if not all((asked.whom, asked.kind, asked.each, asked.to_on, asked.by, asked.why)):
        raise WrongUsage("lend give NAME --kind refund --each 500 --to DAY --by NAME --why WORDS: all are needed.")
    first, last = _day(asked.from_on) if asked.from_on else shop.today(now), _day(asked.to_on)
    lend_authority(
        shop,
        by_name(shop.db, asked.by),
        by_name(shop.db, asked.whom),
        asked.kind,
        _cents(shop, asked.each),
        first,
        last,
        asked.why,
        now,
        a_day_cents=_cents(shop, asked.a_day) if asked.a_day else None,
    )
    print(f"{asked.whom} may decide {asked.each} {shop.home.currency} of {asked.kind} a case from {first} to {last}.")
    return 0


def _list(shop: Shop, asked: argparse.Namespace, now: datetime) -> int:
    rows = [
        {
            "number": r["id"],
            "to": person(shop.db, r["person_id"]).name,
            "kind": r["kind"],
            "each": format_money(r["each_cents"], shop.home.currency),
            "a day": format_money(r["a_day_cents"], shop.home.currency) if r["a_day_cents"] else "",
            "from": r["from_on"],
            "to day": r["to_on"],
            "by": person(shop.db, r["lent_by"]).name,
            "why": r["reason"],
        }
        for r in shop.db.execute(
            "select * from lendings where ended_at is null and to_on >= ? order by id", [shop.today(now).isoformat()]
        )
    ]
    print_rows(rows, asked.json, "Nothing is lent.")
    return 0


def _cents(shop: Shop, text: str) -> int:
    try:
        return to_cents(Decimal(text), shop.home.currency)
    except (InvalidOperation, ValueError):
        raise WrongUsage(f"{text!r} is no amount, as in 12.50") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"{text!r} is no day, as in 2026-11-24") from None
