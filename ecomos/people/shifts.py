"""Working hours of each person, from a day to a day: who is on shift. Never decides whose work it is."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from ecomos.errors import WrongUsage
from ecomos.people.roles import roles_of
from ecomos.store import events, iso, write

__all__ = ["DAYS", "end_shift", "hours_of", "is_on_shift", "read_days", "read_hours", "set_hours", "shift_words"]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Hours = tuple[time, time]


def read_days(text: str) -> tuple[int, ...]:
    """Weekdays in words as numbers, Monday being 0. Raises WrongUsage.

    >>> read_days("Mon-Wed, Sat")
    (0, 1, 2, 5)
    """
    found: set[int] = set()
    for part in text.split(","):
        ends = [p.strip().capitalize()[:3] for p in part.split("-", 1)]
        if any(e not in DAYS for e in ends):
            raise WrongUsage(f"Days: {text!r} is not understood, as in “Mon-Fri” or “Mon, Thu”.")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        found |= {n % 7 for n in range(first, (last if last >= first else last + 7) + 1)}
    return tuple(sorted(found))


def read_hours(text: str) -> Hours | None:
    """`09:00-17:00` as two clock times; None for `off`. Raises WrongUsage."""
    if text.strip().lower() == "off":
        return None
    try:
        begins, ends = (time.fromisoformat(p.strip().rjust(5, "0")) for p in text.split("-", 1))
    except ValueError:
        raise WrongUsage(f"Hours: {text!r} is not understood, as in “09:00-17:00” or “off”.") from None
    if ends <= begins:
        raise WrongUsage(f"A shift can't end ({ends:%H:%M}) before it begins ({begins:%H:%M}).")
    return begins, ends


def set_hours(db: sqlite3.Connection, person_id: int, days: Iterable[int], hours: Hours | None, on: date) -> None:
    """From that day on the person works these hours on these weekdays (None: not at all); other weekdays stay."""
    last = (on - timedelta(days=1)).isoformat()
    with write(db):
        for day in sorted(set(days)):
            db.execute(
                "delete from shifts where person_id = ? and weekday = ? and from_on >= ?",
                [person_id, day, on.isoformat()],
            )
            db.execute(
                "update shifts set to_on = ? where person_id = ? and weekday = ? and (to_on is null or to_on > ?)",
                [last, person_id, day, last],
            )
            if hours:
                db.execute(
                    "insert into shifts(person_id, weekday, begins, ends, from_on) values (?, ?, ?, ?, ?)",
                    [person_id, day, *(h.isoformat("minutes") for h in hours), on.isoformat()],
                )


def hours_of(db: sqlite3.Connection, person_id: int, on: date) -> dict[int, Hours]:
    """Weekday -> begins, ends, as it holds on that day; empty where nothing is written down."""
    sql = """select * from shifts where person_id = ?1 and from_on <= ?2 and (to_on is null or to_on >= ?2)
             order by weekday, id"""
    rows = db.execute(sql, [person_id, on.isoformat()])
    return {r["weekday"]: (time.fromisoformat(r["begins"]), time.fromisoformat(r["ends"])) for r in rows}


def is_on_shift(db: sqlite3.Connection, person_id: int, at: datetime) -> bool | None:
    """Does the person work at that time (in the store's zone)? None where no hours are written down."""
    week = hours_of(db, person_id, at.date())
    if not week:
        return None
    hours = week.get(at.weekday())
    return hours is not None and hours[0] <= at.time() < hours[1]


def end_shift(db: sqlite3.Connection, person_id: int, open_work: int, now: datetime, on: date) -> tuple[str, ...]:
    """Announce that somebody's shift is over, with how much is open; gives the roles whose shift it was."""
    roles = roles_of(db, person_id, on)
    data = {"roles": list(roles), "open": open_work}
    who = f"person:{person_id}"
    with write(db):
        events.append(db, "shift.ended", ("person", person_id), actor=who, recorded_at=iso(now), data=data)
    return roles


def shift_words(week: Mapping[int, Hours]) -> str:
    """A week in words; days with the same hours together.

    >>> nine, five, one = time(9), time(17), time(13)
    >>> shift_words({0: (nine, five), 1: (nine, five), 2: (nine, five), 5: (nine, one)})
    'Mon-Wed 09:00-17:00, Sat 09:00-13:00'
    """
    runs: list[tuple[int, int, Hours]] = []
    for day in sorted(week):
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == week[day]:
            runs[-1] = (runs[-1][0], day, week[day])
        else:
            runs.append((day, day, week[day]))
    return ", ".join(f"{DAYS[a]}{f'-{DAYS[b]}' if b > a else ''} {h[0]:%H:%M}-{h[1]:%H:%M}" for a, b, h in runs)
