"""The demo's people at work: the same functions as the pages, day after day, with the time moving. What they do in the
platform the next export shows."""

import json
import random
import sqlite3
from datetime import date, datetime, time, timedelta

from ecomos.demo.answering import Answering
from ecomos.demo.mailbag import Mailbag
from ecomos.demo.platform import Platform
from ecomos.demo.staff import PUT_OFF, ROUND, answers_for
from ecomos.errors import Refused
from ecomos.intake import import_file
from ecomos.kpis import look, refresh
from ecomos.people import people
from ecomos.work import (
    Shop,
    after_import,
    approve,
    asked_someone,
    finish,
    in_force,
    not_sure,
    pass_time,
    procedure_version,
    release,
    settle,
    skip,
    start,
    start_by_the_clock,
    take,
)

__all__ = ["Play"]

LEFT_LYING, UNSURE, ASKED = 0.004, 0.008, 0.02
CALLS_TO_CANCEL = 0.25
"""On how many days somebody calls who wants to cancel."""
MOST_ROUNDS = 6
VAN, CLOSING = time(15, 10), time(16)
"""Until when the orders of a day are worked, and when its counts are compared."""
BENCH_STEPS = ("pack-the-parcel", "ship-the-parcel")
DONE_BY_ITSELF = ("wait", "adopt", "unclear", "failed", "missing", "mail")


class Play:
    """One shop at work."""

    def __init__(self, shop: Shop, platform: Platform, mailbag: Mailbag, chance: random.Random) -> None:
        self.shop, self.platform, self.mailbag, self.chance = shop, platform, mailbag, chance
        self.answering = Answering(shop, platform, mailbag, chance)
        self.team: dict[str, list[int]] = {}
        for person in people(shop.db, shop.today(datetime.now(shop.home.zone))):
            for row in shop.db.execute("select role from person_roles where person_id = ?", [person.id]):
                self.team.setdefault(row["role"], []).append(person.id)
        self.lying: dict[int, date] = {}
        """Tasks that somebody left lying, and until which day."""
        self.is_tidy = False
        """Leaves nobody anything lying? On the last day: the morning has late what it is to have late, and no more."""

    def import_all(self, now: datetime, *, orders_only: bool = False) -> None:
        """Take the exports in and let the engine see them; then the figures, as the heartbeat does."""
        self.platform.arrive(now)
        for path, channel in self.platform.exports(now, orders_only=orders_only):
            import_file(self.shop.home, self.shop.db, path, now, channel=channel)
            path.unlink()
        after_import(self.shop, now)
        cards = tuple(in_force(self.shop, now).kpis.values())
        refresh(self.shop.db, cards, now)
        look(self.shop.db, cards, self.shop.today(now), now)
        settle(self.shop, now)
        pass_time(self.shop, now)

    def day(self, day: date, *, short_handed: bool = False, until: time = time(16, 30)) -> None:
        """One working day: the night's changes, the import, then each role in turn until nothing is left to do."""
        zone = self.shop.home.zone
        at, end = datetime.combine(day, time(8, 30), zone), datetime.combine(day, min(until, VAN), zone)
        self.is_tidy = until <= VAN
        self.platform.shelf.night(day)
        self.platform.overnight(at)
        self.mailbag.write_today(at, self.platform.sales.values())
        self.mailbag.deliver(at)
        self.import_all(at)
        if self.chance.random() < CALLS_TO_CANCEL:
            self._call_to_cancel(at + timedelta(minutes=10))
        turn = (end - at) / ((MOST_ROUNDS + 1) * len(ROUND))
        now = at + turn * len(ROUND)
        for _ in range(MOST_ROUNDS):
            did = 0
            self.mailbag.deliver(now)
            if until > VAN:
                start_by_the_clock(self.shop, now)
            settle(self.shop, now)
            for role in ROUND:
                did += self._turn(role, now, turn, short_handed=short_handed)
                now += turn
            settle(self.shop, now)
            if not did:
                break
        pass_time(self.shop, end)
        settle(self.shop, end)
        if until > VAN:
            self.close(datetime.combine(day, VAN, zone) + timedelta(minutes=6))
            self.close(datetime.combine(day, CLOSING, zone) + timedelta(minutes=2))

    def close(self, now: datetime) -> None:
        """A quarter of an hour in which only the day's own procedures are worked: bench, van, the counts."""
        for _ in range(MOST_ROUNDS):
            did = 0
            start_by_the_clock(self.shop, now)
            for role in ROUND:
                did += self._turn(role, now, timedelta(seconds=20), short_handed=False, about="day")
                now += timedelta(seconds=20)
            if not did:
                break

    def _call_to_cancel(self, now: datetime) -> None:
        row = self.shop.db.execute(
            """select r.about_id from runs r join tasks t on t.run_id = r.id join orders o on o.id = r.about_id
               where r.procedure = 'process-an-order' and t.status = 'open' and t.step = 'pick-the-lines'
                 and o.financial_status = 'paid' order by r.id desc limit 1"""
        ).fetchone()
        if row:
            start(self.shop, "cancel-an-order", ("order", row["about_id"]), now)

    def _turn(self, role: str, now: datetime, span: timedelta, *, short_handed: bool, about: str = "") -> int:
        """What one role does in one part of the day, which takes `span`, with `about` only for such cases; gives how
        many tasks."""
        tasks = self.shop.db.execute(
            """select t.*, r.procedure, r.version_sha from tasks t left join runs r on r.id = t.run_id
               where t.role = ? and t.status in ('open', 'taken') order by t.due_at, t.id""",
            [role],
        ).fetchall()
        tasks = [t for t in tasks if not about or t["about_type"] == about]
        stopped = self._being_cancelled()
        tasks = [t for t in tasks if t["about_id"] not in stopped or t["procedure"] != "process-an-order"]
        tasks = [t for t in tasks if not self._lies(t, now, short_handed=short_handed)]
        waves: set[int] = set()
        for n, task in enumerate(tasks):
            at = now + span * n / (len(tasks) + 1)
            who = self.team[role][task["id"] % len(self.team[role])]
            if task["batch_id"]:
                who = self.team[role][0]
                if task["batch_id"] not in waves:
                    waves.add(task["batch_id"])
                    take(self.shop, task["id"], who, at)
            self._do(task, who, at)
        return len(tasks)

    def _being_cancelled(self) -> set[int]:
        """Orders whose parcel support has asked the bench to stop."""
        rows = self.shop.db.execute("select about_id from runs where procedure = 'cancel-an-order' and status = 'open'")
        return {row["about_id"] for row in rows}

    def _lies(self, task: sqlite3.Row, now: datetime, *, short_handed: bool) -> bool:
        if task["kind"] == "held":
            return False
        if task["kind"] in DONE_BY_ITSELF or task["later_until"]:
            return True
        until = self.lying.get(task["id"])
        if until is not None:
            return now.date() < until
        if task["step"] in PUT_OFF:
            self.lying[task["id"]] = now.date() + timedelta(days=self.chance.randint(*PUT_OFF[task["step"]]))
            return True
        lazy = 0.95 if short_handed and task["step"] in BENCH_STEPS else LEFT_LYING
        may_lie = not self.is_tidy and task["about_type"] != "day"  # what the clock began is promised for its day
        if task["kind"] == "step" and self.chance.random() < lazy and may_lie:
            self.lying[task["id"]] = now.date() + timedelta(days=1)
            return True
        self.lying[task["id"]] = now.date()
        return False

    def _do(self, task: sqlite3.Row, who: int, now: datetime) -> None:
        shop = self.shop
        if task["kind"] == "approve":
            return self._approve(task, who, now)
        if task["kind"] == "held":
            release(shop, task["id"], who, now, start=True, why="a promotion over the weekend: it is the right file")
            return None
        if task["kind"] == "hand":
            return self._in_the_platform(task, who, now)
        if task["role"] != "operations-lead" and self.chance.random() < UNSURE and not task["batch_id"]:
            not_sure(shop, task["id"], who, now, "The label program asks for a house number." if task["step"]
                     == "ship-the-parcel" else "Never had this before: how do we do it?")  # fmt: skip
            return None
        if self.chance.random() < ASKED:
            lead = self.team["operations-lead"][0]
            if lead != who:
                asked_someone(shop, task["id"], who, now, lead)
        if self.answering.is_thanks(task) and task["step"] == "answer-the-customer":
            return skip(shop, task["id"], who, now, "A thank-you: nothing to answer.")
        return self._record(task, who, now)

    def _record(self, task: sqlite3.Row, who: int, now: datetime) -> None:
        """The step's record and its checklist. What the usual words don't fit is left out, with the reason."""
        step = procedure_version(self.shop, task["procedure"], task["version_sha"]).step(task["step"])
        answers = self.answering.answers(task, step, now)
        case = self.answering.case(task) if step.case else None
        try:
            finish(self.shop, task["id"], who, now, answers=answers, checks=list(range(len(step.checks))), case=case)
        except Refused:
            if answers_for(task["procedure"], task["step"], random.Random(0)) is not None:
                raise
            skip(self.shop, task["id"], who, now, "Nothing to do here in this case.")

    def _approve(self, task: sqlite3.Row, who: int, now: datetime) -> None:
        """The first who may: an own draft, or an amount above their limit, is left to another or to a lead."""
        others = [*self.team[task["role"]], *self.team["operations-lead"], *self.team["founder"]]
        for person in dict.fromkeys([who, *others]):
            try:
                return approve(self.shop, task["id"], person, now, reason="seen with support")
            except Refused:
                continue

    def _in_the_platform(self, task: sqlite3.Row, who: int, now: datetime) -> None:
        """The hand task: the platform knows it from now on, and the next export shows it."""
        data, sale = json.loads(task["data"]), self.answering.sale_of(task)
        assert sale is not None
        finish(self.shop, task["id"], who, now, answers={"reference": f"{sale.name}-{task['id']}"})
        if data["deed"] == "orders.ship" or (data["deed"] == "orders.issue_gift_cards" and not sale.fulfilled_at):
            if data["deed"] == "orders.ship" or not sale.lines:
                self.platform.ship(sale, now)
        elif data["deed"] == "orders.cancel":
            self.platform.cancel(sale, now)
        elif data["deed"] == "orders.refund":
            self.platform.refund(sale, round(float(data["arguments"]["amount"]) * 100))
