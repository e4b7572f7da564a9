"""Does the newest complete day lie outside a card's range? One breach stays one until the figure is healthy again; then
the next one may start work anew."""

import sqlite3
from collections.abc import Iterable
from datetime import date, datetime

from ecomos.kpis.figures import figure
from ecomos.playbook.records import Kpi
from ecomos.store import events, iso, write

__all__ = ["is_outside", "look", "newest_complete_day"]


def newest_complete_day(db: sqlite3.Connection, today: date) -> date | None:
    """The last day before today that any card has facts of."""
    row = db.execute("select max(day_on) from kpi_daily where day_on < ?", [today.isoformat()]).fetchone()
    return date.fromisoformat(row[0]) if row[0] else None


def is_outside(card: Kpi, value: float | None) -> bool:
    """Whether a value lies outside the card's range; nothing lies outside where there is no range or no value."""
    if card.range is None or value is None:
        return False
    low, high = card.range
    return (low is not None and value < float(low)) or (high is not None and value > float(high))


def look(db: sqlite3.Connection, cards: Iterable[Kpi], today: date, now: datetime) -> list[str]:
    """Look at every card with a range; gives the cards that began to be outside."""
    day = newest_complete_day(db, today)
    if day is None:
        return []
    found = []
    for card in cards:
        if card.range is None:
            continue
        value = figure(db, card, day, day).value
        if value is None:
            continue
        with write(db):
            open_one = db.execute(
                "select id from signals where kpi = ? and rule = 'outside' and healthy_at is null", [card.stem]
            ).fetchone()
            if is_outside(card, value) and open_one is None:
                found += [card.stem] if _begin(db, card, day, value, now) else []
            elif open_one is not None and not is_outside(card, value):
                _end(db, card, open_one["id"], now)
    return found


def _begin(db: sqlite3.Connection, card: Kpi, day: date, value: float, now: datetime) -> bool:
    if db.execute(
        "select 1 from signals where kpi = ? and day_on = ? and rule = 'outside'", [card.stem, day.isoformat()]
    ).fetchone():
        return False
    assert card.range is not None
    low, high = (float(x) if x is not None else None for x in card.range)
    event = events.append(
        db,
        "kpi.breached",
        ("kpi", card.stem),
        actor="clock",
        recorded_at=iso(now),
        data={"day": day.isoformat(), "value": round(value, 4)},
    )
    db.execute(
        """insert into signals(kpi, day_on, rule, value, low, high, found_at, event_id)
           values (?, ?, 'outside', ?, ?, ?, ?, ?)""",
        [card.stem, day.isoformat(), value, low, high, iso(now), event],
    )
    return True


def _end(db: sqlite3.Connection, card: Kpi, signal_id: int, now: datetime) -> None:
    db.execute("update signals set healthy_at = ? where id = ?", [iso(now), signal_id])
    events.append(db, "kpi.recovered", ("kpi", card.stem), actor="clock", recorded_at=iso(now))
