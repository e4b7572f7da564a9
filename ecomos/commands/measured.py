"""kpi, test-playbook."""

import argparse
import json
import sqlite3
from datetime import date, timedelta

from ecomos.commands.opening import home_of, open_shop, print_rows, say_problems
from ecomos.errors import WrongUsage, nearest
from ecomos.kpis import figures, newest_complete_day, refresh, run_example
from ecomos.playbook import read_folder
from ecomos.work import in_force

__all__ = ["kpi", "test_playbook"]


def kpi(asked: argparse.Namespace) -> int:
    """The figures of some cards by day, week or month; the period that is not over is marked."""
    shop, now = open_shop(asked)
    known = in_force(shop, now).kpis
    for name in asked.names:
        if name not in known:
            raise WrongUsage(f"No KPI card named {name} is in force{nearest(name, known)}.")
    cards = [known[n] for n in asked.names]
    problems = refresh(shop.db, cards, now)
    last = _day(asked.to) or newest_complete_day(shop.db, shop.today(now)) or shop.today(now)
    first = _day(asked.from_on) or last - timedelta(days=6)
    channel = _channel(shop.db, asked.channel)
    rows = [
        {"kpi": f.kpi, "from": f.first_on, "to": f.last_on, "value": f.value, "unit": c.unit, "part": f.is_part}
        for c in cards
        for f in figures(shop.db, c, first, last, by=asked.by, channel_id=channel, today=shop.today(now))
    ]
    if not asked.json:
        rows = [{**r, "value": _shown(r["value"]), "part": "not over" if r["part"] else ""} for r in rows]
    print_rows(rows, asked.json, "No figure.")
    return say_problems(problems)


def _shown(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else "–"


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUsage(f"{text!r} is no day, as in 2026-11-24") from None


def _channel(db: sqlite3.Connection, name: str | None) -> int | None:
    if name is None:
        return None
    row = db.execute("select id from channels where name = ?", [name]).fetchone()
    if row is None:
        raise WrongUsage(f"There is no channel {name}.")
    return int(row[0])


def test_playbook(asked: argparse.Namespace) -> int:
    """Run every card's worked example; exit 1 where one does not hold."""
    book, problems, _ = read_folder(home_of(asked).playbook)
    found = [p for card in book.kpis.values() for p in run_example(card)]
    held = len(book.kpis) - len({p.source for p in found})
    if asked.json:
        print(
            json.dumps({"cards": len(book.kpis), "held": held, "problems": [str(p) for p in found]}, ensure_ascii=False)
        )
    else:
        print(f"{held} of {len(book.kpis)} worked examples hold.")
    return say_problems([*problems, *found])
