"""Reports: what ran, for which day, who got it; open one, read its log, run it again or for another day."""

import json
import sqlite3
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused
from ecomos.messages.outbox import may_send
from ecomos.pages.imports import apart
from ecomos.pages.page import Context
from ecomos.pages.parts import Facts, StepForm, Table, column, row
from ecomos.pages.parts.framed import Framed
from ecomos.pages.wording import counted, day_and_time
from ecomos.reports.carrying import MAY, ask, carry_out
from ecomos.reports.ledger import claim, runs_list
from ecomos.reports.running import progress
from ecomos.store import parse_iso
from ecomos.work import Shop, acting_roles, in_force

__all__ = ["STATES", "Reports", "build"]

COLUMNS = (
    ("report", "Report", "text", 0),
    ("day", "Day", "text", 120),
    ("due", "Due", "text", 175),
    ("state", "State", "state", 190),
    ("to", "For", "text", 0),
)
STATES = {
    "due": ("waits for its next try", "soon"),
    "running": ("running", "plain"),
    "done": ("done", "fine"),
    "failed": ("failed", "late"),
    "stale": ("no fresh data", "late"),
    "skipped": ("left out: a later one ran", "plain"),
}
LONGEST_LOG = 4000


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The page; `run` opens that run."""
    return Reports(context, params).whole


class Reports:
    """The history, the run that is open, and the form that runs one."""

    def __init__(self, context: Context, params: dict[str, str]) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        columns = [
            {"key": k, "label": label, "kind": kind, "width": width, "wide": k in ("to", "due")}
            for k, label, kind, width in COLUMNS
        ]
        self.history = Table(self.show, title="Reports", columns=columns, empty="No report ran yet.", file="reports")
        self.facts = Facts(title="A run", note="Pick one from the list.")
        self.form = StepForm(self.run, empty="No report is in force.")
        self.document = Framed(title="What it says", empty="Pick a run that is done.")
        left, right = column(self.history, self.form), column(self.facts)
        self.whole = column(row(left, right, shares=[1.6, 1]), self.document)
        self.shown = 0
        self.refresh()
        wanted = params.get("run", "")
        newest = next((r["id"] for r in self.history.rows), 0)
        self.show(int(wanted) if wanted.isdigit() and len(wanted) < 18 else newest)
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the history again; what a person is typing stays."""
        now, zone = self.context.now(), self.context.home.zone
        self.history.rows = [
            {
                "id": r["id"],
                "report": r["report"],
                "day": r["day_on"] or "",
                "due": [day_and_time(_due(r), zone, now), _due(r)],
                "state": list(self._state(r)),
                "to": ", ".join(json.loads(r["sent_to"])),
            }
            for r in runs_list(self.shop.db)
        ]
        if not self.form.step:
            self._ask()
        if self.shown:
            self.show(self.shown)

    def _state(self, r: sqlite3.Row) -> tuple[str, str]:
        words, kind = STATES[r["status"]]
        if r["status"] == "running" and r["folder"]:
            done, of = progress(self.shop.home.path / r["folder"])
            words = f"running, {done} of {of} cells" if of else words
        return words, kind

    def _ask(self) -> None:
        known = sorted(in_force(self.shop, self.context.now()).reports)
        if not known:
            return
        fields = [
            {"name": "report", "label": "Report", "kind": "one of", "choices": known, "value": known[0]},
            {"name": "day", "label": "Day", "kind": "day", "optional": True, "hint": "empty: the last complete one"},
            {
                "name": "others",
                "label": "Other parameters",
                "kind": "text",
                "optional": True,
                "hint": "as in days=30, parted by commas",
            },
        ]
        self.form.step = {
            "key": "report",
            "title": "Run a report now",
            "sub": "It is kept here and sent to its roles.",
            "fields": fields,
            "buttons": [
                {"deed": "run", "label": "Run it", "primary": True},
                {"deed": "again", "label": "Run the open one again"},
            ],
        }

    # ---- running one

    async def run(self, said: dict[str, Any]) -> None:
        """Write it down, then carry it out in a thread; the page answers meanwhile and says how far it is."""
        now, who = self.context.now(), self.context.person.id
        try:
            name, day, given = self._wanted(said)
            run_id = ask(self.shop, name, now, on=day, given=given, person_id=who)
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.form.update(error="", told=f"{name} is running …")
        self.shown = run_id
        self.refresh()
        status = await apart(self.shop.home, partial(_carried, run_id=run_id, now=now))
        words = STATES.get(status, (status, "late"))
        self.form.update(told="")
        self.context.toast(f"{name}: {words[0]}.", words[1])
        self.refresh()

    def _wanted(self, said: dict[str, Any]) -> tuple[str, date | None, dict[str, str]]:
        if said["deed"] == "again":
            row = self._row(self.shown)
            if row is None:
                raise Refused("Pick a run from the list first.")
            day = date.fromisoformat(row["day_on"]) if row["day_on"] else None
            return row["report"], day, json.loads(row["given"])
        answers = said["answers"]
        try:
            day = date.fromisoformat(answers["day"]) if answers.get("day") else None
        except ValueError:
            raise Refused("The day is written as in 2026-11-23.") from None
        return str(answers.get("report") or ""), day, _pairs(str(answers.get("others") or ""))

    # ---- the open one

    def _row(self, run_id: int) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.shop.db.execute(
            "select r.*, p.name as asked from report_runs r left join people p on p.id = r.asked_by where r.id = ?",
            [run_id],
        ).fetchone()
        return found

    def show(self, run_id: int) -> None:
        """One run: what became of it, its log, its document."""
        row = self._row(run_id)
        if row is None or not acting_roles(self.shop, self.context.person.id, self.context.now()) & MAY:
            return
        self.shown = run_id
        words, kind = self._state(row)
        self.facts.title = f"{row['report']} · {row['day_on'] or 'no day'}"
        self.facts.state = {"text": words, "kind": kind}
        self.facts.rows = self._facts(row)
        self.facts.note = row["error"] or ""
        html = self._file(row, "report.html")
        self.document.title = f"{row['report']}, {row['day_on'] or ''}"
        self.document.file = f"{row['report']}-{row['day_on'] or row['id']}"
        self.document.html = html

    def _facts(self, row: sqlite3.Row) -> list[tuple[str, str]]:
        zone, now = self.context.home.zone, self.context.now()
        given = json.loads(row["parameters"])
        found = [
            ("due", day_and_time(_due(row), zone, now)),
            ("asked by", row["asked"] or ("the command line" if row["by_hand"] else "its time")),
            ("began", day_and_time(row["started_at"], zone, now)),
            ("tries", counted(row["attempts"], "try", "tries")),
            ("for", ", ".join(json.loads(row["sent_to"])) or "nobody"),
            ("mail", self._mail(row["id"])),
            *((f"parameter {k}", str(v)) for k, v in given.items()),
            ("kept in", row["folder"] or ""),
            ("log", _worth_reading(self._file(row, "log.txt"))[-LONGEST_LOG:]),
        ]
        return [(k, v) for k, v in found if v]

    def _mail(self, run_id: int) -> str:
        """What became of its mails: `sent 2`, or why they are held."""
        rows = self.shop.db.execute(
            """select status, count(*) as n from outbox where about_type = 'report' and about_id = ?
               group by status order by status""",
            [run_id],
        ).fetchall()
        held = may_send(self.shop.home, self.shop.db)
        return ", ".join(
            f"held {r['n']}: {held}" if held and r["status"] == "queued" else f"{r['status']} {r['n']}" for r in rows
        )

    def _file(self, row: sqlite3.Row, name: str) -> str:
        """A file that the run wrote; empty where there is none, or where it would lie outside the reports."""
        if not row["folder"]:
            return ""
        folder = (self.shop.home.path / "reports").resolve()
        path: Path = (self.shop.home.path / row["folder"] / name).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            return ""
        return path.read_text(encoding="utf-8", errors="replace")


def _worth_reading(log: str) -> str:
    """The log without what the kernel says at each start."""
    return "\n".join(line for line in log.splitlines() if "Kernel is running over TCP" not in line)


def _carried(shop: Shop, run_id: int, now: Any) -> str:
    run = claim(shop.db, now, run_id)
    return carry_out(shop, run, now) if run is not None else "running"


def _due(row: sqlite3.Row) -> str:
    """The instant that a run was due; of one by hand, when it was asked for."""
    at = str(row["slot"]).partition(" ")[0]
    parse_iso(at)
    return at


def _pairs(text: str) -> dict[str, str]:
    parts = [p.strip() for p in text.split(",") if p.strip()]
    for part in parts:
        if "=" not in part:
            raise Refused(f"“{part}”: a parameter is written name=value.")
    return {name.strip(): value.strip() for name, _, value in (p.partition("=") for p in parts)}
