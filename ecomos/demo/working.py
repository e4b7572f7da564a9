"""What the demo's people did the day before, and have begun this morning: so that every kind of task is there, and
something is late."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ecomos.people import people
from ecomos.playbook.records import Step
from ecomos.work import Shop, finish, hand_over, not_sure, procedure_version, settle, take

__all__ = ["begin_the_morning", "work_on_the_bench", "work_the_day_before"]


def _who(shop: Shop, now: datetime) -> dict[str, int]:
    return {p.name.split()[0].lower(): p.id for p in people(shop.db, shop.today(now))}


def work_the_day_before(shop: Shop, first: int, noon: datetime) -> None:
    """Some orders picked, one shipped and to be entered in the platform, two released as far as the approval."""
    who, soon, later = _who(shop, noon), noon + timedelta(minutes=30), noon + timedelta(hours=1)
    picked, shipped, clear, doubtful = (f"#{first + n}" for n in (0, 3, 1, 2))
    for number in (picked, shipped):
        _done(shop, number, who["pia"], soon, found="all")
    _done(shop, shipped, who["ben"], later, packed="everything", weight="0.6")
    _done(shop, shipped, who["ben"], later, carrier="DHL", tracking="JD014600001040")
    _done(shop, clear, who["sue"], soon, finding="clear", why="known customer, six orders before")
    _done(shop, doubtful, who["sue"], soon, finding="doubtful", why="card from another country, twenty bags")
    _done(shop, doubtful, who["sue"], later, answer="confirmed", why="a hotel, the order stands on its own paper")
    settle(shop, later)


def work_on_the_bench(shop: Shop, first: int, noon: datetime) -> None:
    """One order laid by for its customer, one packed and not yet labelled."""
    who, soon, later = _who(shop, noon), noon + timedelta(minutes=30), noon + timedelta(hours=1)
    for number in (f"#{first}", f"#{first + 1}"):
        _done(shop, number, who["pia"], soon, found="all")
        _done(shop, number, who["ben"], later, packed="everything", weight="0.5")
    _done(shop, f"#{first}", who["ben"], later, place="shelf 2, by the door")
    settle(shop, later)


def begin_the_morning(shop: Shop, first: int, now: datetime) -> None:
    """What is half done: one task that somebody was not sure about, one handed over, one taken."""
    who = _who(shop, now)
    unclear, risky, express = (f"#{first + n}" for n in (11, 10, 9))
    not_sure(shop, _task(shop, unclear), who["sue"], now, "No address and no e-mail: may I call the bank?")
    hand_over(shop, _task(shop, risky), who["sue"], now, who["sam"], "I spoke with this customer last week.")
    take(shop, _task(shop, express), who["pia"], now)


def _task(shop: Shop, number: str) -> int:
    row = shop.db.execute(
        """select t.id from tasks t join orders o on t.about_type = 'order' and o.id = t.about_id
           where o.number = ? and t.status in ('open', 'taken') order by t.id desc limit 1""",
        [number],
    ).fetchone()
    return int(row[0])


def _done(shop: Shop, number: str, person_id: int, now: datetime, **answers: str) -> None:
    task = _task(shop, number)
    ticked: Mapping[str, Any] = shop.db.execute("select run_id, step from tasks where id = ?", [task]).fetchone()
    step = _step(shop, ticked["run_id"], ticked["step"])
    finish(shop, task, person_id, now, answers=answers, checks=list(range(len(step.checks))))


def _step(shop: Shop, run_id: int, slug: str) -> Step:
    run = shop.db.execute("select procedure, version_sha from runs where id = ?", [run_id]).fetchone()
    return procedure_version(shop, run["procedure"], run["version_sha"]).step(slug)
