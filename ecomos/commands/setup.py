"""init, stage: a new store made one's own by at most fifteen questions, and its procedures switched on by and by."""

import argparse
import csv
import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path

from ecomos.commands.opening import open_shop, print_rows, say_problems, starter
from ecomos.commands.people import by_name
from ecomos.errors import WrongUsage
from ecomos.improve.forecast import ORDERS_A_WEEK, Stage, stages
from ecomos.people import add_person
from ecomos.playbook.procedures import STAGES
from ecomos.playbook.questions import BUNDLES, LIMITS, Question, said_in
from ecomos.store import make_home, open_file, set_setting, write
from ecomos.work import Shop, adopt_playbook
from ecomos.work.setting_up import answer_file, leave_on_paper, switch_on, text_with

__all__ = ["init", "stage"]

ALL = "all"


@dataclass(frozen=True)
class _Asking:
    """Where answers come from: what was given on the command line, else the terminal, else the default."""

    given: argparse.Namespace
    on_a_terminal: bool

    def __call__(self, key: str, question: str, default: str, check: Callable[[str], str] = str) -> str:
        """The answer as `check` gives it; on a terminal a wrong one is asked again with what is wrong."""
        said = getattr(self.given, key, None)
        if said or not self.on_a_terminal:
            return check(said or default) if said or default else ""
        while True:
            try:
                text = input(f"{question} [{default}]: ").strip() or default
                return check(text) if text else ""
            except WrongUsage as wrong:
                print(f"  {wrong}")


def init(asked: argparse.Namespace) -> int:
    """Make a new home from the starter playbook with the answers in it, adopt it, add who works there."""
    ask = _Asking(asked, sys.stdin.isatty() and not asked.password_stdin)
    now, path = datetime.now(UTC), Path(asked.dir)
    name = ask("name", "Name of the store", path.resolve().name)
    country = ask("country", "Country, in two letters", "", _country)
    currency = ask("currency", "Currency", _currency_of(country)).upper()
    zone = ask("time_zone", "Time zone", _zone_of(country))
    founder = ask("founder", "The founder: name, e-mail", "Founder, founder@example.com", _founder)
    goods = ask("goods", "Who packs and sends: name, e-mail (nothing: the founder)", "", _whom)
    customers = ask("customers", "Who answers customers: name, e-mail (nothing: the founder)", "", _whom)
    first = ask("go_live", "First day of work with it", now.date().isoformat(), _day)
    weekly = ask("orders_a_week", "Orders in an ordinary week", "", _count)
    limits = {q: _limit(ask, q) for q in LIMITS}
    number = ask("stage", f"Procedures to begin with: {_stages()}", "7" if ask.on_a_terminal else ALL, _stage)
    given = {"name": name, "currency": currency, "time_zone": zone}
    home = make_home(path, starter(), **given, go_live=date.fromisoformat(first))
    for question, text in limits.items():
        answer_file(home.playbook, question, text)
    if number != ALL:
        leave_on_paper(home.playbook, int(number))
    shop = Shop(home, open_file(home.db_path, create=True))
    adopted, problems = adopt_playbook(shop, now, "init")
    with write(shop.db):
        set_setting(shop.db, "home id", secrets.token_hex(8))
        if weekly:
            set_setting(shop.db, ORDERS_A_WEEK, weekly)
    print(f"A new store home in {path}: {len(adopted)} playbook files in force, live from {home.go_live}.")
    _add_team(shop, founder, goods, customers, ask.on_a_terminal, asked.password_stdin, now)
    if number != ALL:
        print(
            f"{number} procedures are switched on, the others are on paper: “ecomos stage --store {path}” tells more."
        )
    if country and country not in _EUROPE:
        print("Limits with “Basis: law” name the EU and the UK: read them beside your own country's law.")
    print(f"Next: ecomos import FILE --store {path}; ecomos serve --store {path}")
    return say_problems(problems)


_EUROPE = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


def _stages() -> str:
    return ", ".join(map(str, STAGES)) + f" or {ALL}"


def _limit(ask: _Asking, question: Question) -> str:
    text = (starter() / "playbook" / question.kind / f"{question.name}.md").read_text(encoding="utf-8")

    def check(said: str) -> str:
        text_with(question, said, text)
        return said

    return ask(question.key, question.asks, said_in(question, text), check)


def _country(text: str) -> str:
    if len(text) != 2 or not text.isalpha():
        raise WrongUsage(f"{text!r} is no country in two letters, as in AT.")
    return text.upper()


def _currency_of(country: str) -> str:
    from babel.numbers import get_territory_currencies

    return (get_territory_currencies(country) or ["EUR"])[0] if country else "EUR"


def _zone_of(country: str) -> str:
    """The first time zone that the zone table names for a country."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = csv.reader((line for line in table.splitlines() if not line.startswith("#")), delimiter="\t")
    return next((row[2] for row in rows if row[0] == country), "UTC")


def _whom(text: str) -> str:
    name, _, email = text.rpartition(",")
    if "@" not in email or any(c.isspace() for c in email.strip()):
        raise WrongUsage(f"{text!r} is no name and e-mail, as in Ana Berger, ana@shop.example.")
    return f"{name.strip() or email.strip().split('@')[0]}, {email.strip()}"


def _founder(text: str) -> str:
    return _whom(text if "," in text else f"Founder, {text}")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongUsage(f"{text!r} is no day, as in 2026-11-24") from None


def _count(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise WrongUsage(f"{text!r} is no number of orders, as in 80.")
    return text


def _stage(text: str) -> str:
    if text != ALL and text not in map(str, STAGES):
        raise WrongUsage(f"{text!r} is no stage: {_stages()}.")
    return text


def _add_team(
    shop: Shop, founder: str, goods: str, customers: str, asks: bool, from_stdin: bool, now: datetime
) -> None:
    """The people with the roles of their bundle; the founder wears the hats of whoever is missing. Where nobody was
    named and nobody could be asked, the founder comes alone and roles are given with `ecomos person add`."""
    roles = list(BUNDLES["founder"])
    roles += [] if goods else BUNDLES["goods"]
    roles += [] if customers else BUNDLES["customers"]
    roles = roles if goods or customers or asks else ["founder"]
    password = sys.stdin.readline().rstrip("\n") if from_stdin else ""
    _add(shop, founder, roles, password, now)
    for whom, bundle in ((goods, "goods"), (customers, "customers")):
        if whom:
            _add(shop, whom, list(BUNDLES[bundle]), "", now)


def _add(shop: Shop, whom: str, roles: list[str], password: str, now: datetime) -> None:
    name, _, email = whom.rpartition(", ")
    word = password or secrets.token_urlsafe(12)
    add_person(shop.db, name, email, roles, word, now, shop.home.zone)
    shown = "" if password else f", password {word} (shown this once)"
    print(f"{name} ({', '.join(r.replace('-', ' ') for r in roles)}): log in as {email}{shown}.")


def stage(asked: argparse.Namespace) -> int:
    """List the stages with what each would bring, or switch one on."""
    shop, now = open_shop(asked)
    if asked.number:
        number = None if asked.number == ALL else _whole(asked.number)
        if not asked.by:
            raise WrongUsage("ecomos stage NUMBER --by NAME: who switches it on, a founder.")
        titles = switch_on(shop, number, by_name(shop.db, asked.by), now)
        print(json.dumps(titles) if asked.json else _switched(titles))
        return 0
    print_rows([row for one in stages(shop, now) for row in _rows(one)], asked.json, "No procedure is in force.")
    return 0


def _whole(text: str) -> int:
    if not text.isdigit():
        raise WrongUsage(f"{text!r} is no stage: {_stages()}.")
    return int(text)


def _switched(titles: list[str]) -> str:
    return f"Switched on: {', '.join(titles)}." if titles else "All of them were on already."


def _rows(one: Stage) -> list[dict[str, object]]:
    return [
        {
            "stage": one.number or ALL,
            "procedure": f.title,
            "state": f.state,
            "starts a week": "?" if f.starts is None else f"{f.starts:.1f}",
            "hours a week": "?" if f.hours is None else f"{f.hours:.1f}",
            "for": ", ".join(r.replace("-", " ") for r in f.roles),
            "known from": f.basis or "nothing yet",
        }
        for f in one.forecasts
    ]
