"""person add, password, roles, away, shift, leave, list."""

import argparse
import secrets
import sqlite3
import sys
from datetime import date, datetime

from ecomos.commands.opening import open_shop, print_rows
from ecomos.errors import WrongUsage, nearest
from ecomos.people import (
    add_person,
    hours_of,
    leave,
    people,
    read_days,
    read_hours,
    roles_of,
    set_absence,
    set_hours,
    set_password,
    set_roles,
    shift_words,
)
from ecomos.work import Shop, give_back_all, in_force

__all__ = ["by_name", "person"]


def person(asked: argparse.Namespace) -> int:
    """People and what they hold."""
    shop, now = open_shop(asked)
    _must_be_roles(shop, asked.role, now)
    if asked.verb == "add":
        return _add(shop, asked, now)
    if asked.verb == "password":
        password = _password(asked)
        set_password(shop.db, by_name(shop.db, asked.name), password)
        print("The password was changed" + ("." if asked.password_stdin else f" to {password} (shown this once)."))
    elif asked.verb == "roles":
        set_roles(shop.db, by_name(shop.db, asked.name), asked.role, shop.today(now))
    elif asked.verb == "away":
        _away(shop, asked, now)
    elif asked.verb == "shift":
        _shift(shop, asked, now)
    elif asked.verb == "leave":
        who = by_name(shop.db, asked.name)
        leave(shop.db, who, shop.today(now), now)
        give_back_all(shop, who, now)
        print(f"{asked.name} has left: no log-in, no work; open tasks are on the role's list again.")
    if asked.verb in ("roles", "list"):
        on = shop.today(now)
        rows = [
            {
                "name": p.name,
                "email": p.email,
                "roles": ", ".join(roles_of(shop.db, p.id, on)),
                "shift": shift_words(hours_of(shop.db, p.id, on)),
            }
            for p in people(shop.db, on)
        ]
        print_rows(rows, asked.json, "Nobody yet.")
    return 0


def _must_be_roles(shop: Shop, roles: list[str], now: datetime) -> None:
    known = in_force(shop, now).roles
    for role in roles:
        if role not in known:
            raise WrongUsage(f"No role named {role} is in force{nearest(role, known)}.")


def _add(shop: Shop, asked: argparse.Namespace, now: datetime) -> int:
    if not asked.name or not asked.email or not asked.role:
        raise WrongUsage("person add NAME --email E --role R: all three are needed.")
    password = _password(asked)
    add_person(shop.db, asked.name, asked.email, asked.role, password, now, shop.home.zone)
    shown = "" if asked.password_stdin else f", password {password} (shown this once)"
    print(f"{asked.name} logs in as {asked.email}{shown}.")
    return 0


def _away(shop: Shop, asked: argparse.Namespace, now: datetime) -> None:
    try:
        first = date.fromisoformat(asked.from_on) if asked.from_on else shop.today(now)
        last = date.fromisoformat(asked.to_on) if asked.to_on else first
    except ValueError as error:
        raise WrongUsage(f"person away: {error}; a day is written 2026-11-24") from None
    who = by_name(shop.db, asked.name)
    set_absence(shop.db, who, first, last)
    give_back_all(shop, who, now) if first <= shop.today(now) <= last else None
    print(f"{asked.name} is away from {first} to {last}; the deputy has the role's work, then the role above.")


def _shift(shop: Shop, asked: argparse.Namespace, now: datetime) -> None:
    if not asked.days or not asked.hours:
        raise WrongUsage("person shift NAME --days Mon-Fri --hours 09:00-17:00 (or off): both are needed.")
    who, on = by_name(shop.db, asked.name), shop.today(now)
    set_hours(shop.db, who, read_days(asked.days), read_hours(asked.hours), on)
    print(f"{asked.name} works {shift_words(hours_of(shop.db, who, on)) or 'no fixed hours'}.")


def _password(asked: argparse.Namespace) -> str:
    return sys.stdin.readline().rstrip("\n") if asked.password_stdin else secrets.token_urlsafe(12)


def by_name(db: sqlite3.Connection, name: str | None) -> int:
    """The person with that name or e-mail. Raises WrongUsage where nobody has it."""
    row = db.execute("select id from people where email = ? or name = ? collate nocase", [name, name]).fetchone()
    if row is None:
        raise WrongUsage(f"Nobody is called {name!r}; give the name or the e-mail.")
    return int(row[0])
