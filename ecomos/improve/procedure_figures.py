"""A procedure's own figures: how many runs, how long each step lay and took, what was late, unsure or skipped, how it
ended, and whether it is getting better."""

import sqlite3
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ecomos.improve.acts import between
from ecomos.store import iso, parse_iso
from ecomos.work import Shop

__all__ = ["ProcedureFigures", "StepFigures", "Week", "procedure_figures"]


@dataclass(frozen=True)
class StepFigures:
    """One step of the procedure over the span."""

    step: str
    """The slug."""
    done: int
    waited: timedelta | None
    """Median time that it lay before somebody took it; None where nobody did it."""
    took: timedelta | None
    """Median time from taken to done."""
    late: int
    """Done after the deadline, or open past it."""
    not_sure: int
    skipped: int
    sample_failed: int


@dataclass(frozen=True)
class Week:
    """A week of the trend, by the Monday that it begins with."""

    monday: date
    runs: int
    median: timedelta | None
    """Median time from start to end of the runs that ended."""
    late_share: float | None


@dataclass(frozen=True)
class ProcedureFigures:
    """The procedure over a span of days."""

    runs: int
    open: int
    median: timedelta | None
    """Median time from start to end."""
    late_share: float | None
    """Tasks done after their deadline, of all with one."""
    promise_kept: float | None
    """Runs that ended by what they promised, of those that promised; waits for others are taken off."""
    steps: tuple[StepFigures, ...]
    outcomes: tuple[tuple[str, int], ...]
    """How runs ended, most first."""
    branches: tuple[tuple[str, str, int], ...]
    """(step, row of its table, times taken)."""
    trend: tuple[Week, ...]


def procedure_figures(shop: Shop, stem: str, first: date, last: date, now: datetime) -> ProcedureFigures:
    """The figures of the runs that started on the store's days `first` to `last`. Of a procedure that never ran, all
    are 0 or None."""
    span = between(shop, first, last)
    runs = shop.db.execute(
        "select * from runs where procedure = ? and started_at >= ? and started_at < ? order by id", [stem, *span]
    ).fetchall()
    tasks = shop.db.execute(
        """select t.* from tasks t join runs r on r.id = t.run_id
           where r.procedure = ? and r.started_at >= ? and r.started_at < ? and t.kind = 'step' order by t.id""",
        [stem, *span],
    ).fetchall()
    ended = [r for r in runs if r["ended_at"]]
    promised = [r for r in ended if r["promised_at"]]
    return ProcedureFigures(
        runs=len(runs),
        open=len(runs) - len(ended),
        median=_median(_span(r["started_at"], r["ended_at"]) for r in ended),
        late_share=_late_share(tasks, now),
        promise_kept=_share(promised, lambda r: r["ended_at"] <= r["promised_at"]),
        steps=tuple(_step_figures(shop, stem, tasks, span, now)),
        outcomes=tuple(Counter(r["outcome"] for r in ended).most_common()),
        branches=_branches(shop, stem, span),
        trend=tuple(_trend(shop, runs, tasks, now)),
    )


def _span(since: str, until: str) -> timedelta:
    return max(parse_iso(until) - parse_iso(since), timedelta())


def _median(spans: Iterable[timedelta]) -> timedelta | None:
    found = [s.total_seconds() for s in spans]
    return timedelta(seconds=statistics.median(found)) if found else None


def _share(rows: Sequence[sqlite3.Row], holds: Callable[[sqlite3.Row], bool]) -> float | None:
    return sum(1 for r in rows if holds(r)) / len(rows) if rows else None


def _is_late(task: sqlite3.Row, now: datetime) -> bool:
    if not task["due_at"] or task["status"] == "withdrawn":
        return False
    return bool(task["due_at"] < (task["done_at"] or iso(now)))


def _late_share(tasks: Sequence[sqlite3.Row], now: datetime) -> float | None:
    with_deadline = [t for t in tasks if t["due_at"] and t["status"] != "withdrawn"]
    return _share(with_deadline, lambda t: _is_late(t, now))


def _step_figures(
    shop: Shop, stem: str, tasks: Sequence[sqlite3.Row], span: tuple[str, str], now: datetime
) -> list[StepFigures]:
    said: Counter[tuple[str, str]] = Counter()
    for row in shop.db.execute(
        """select t.step, n.kind from task_notes n join tasks t on t.id = n.task_id join runs r on r.id = t.run_id
           where r.procedure = ? and r.started_at >= ? and r.started_at < ?""",
        [stem, *span],
    ):
        said[(row["step"], row["kind"])] += 1
    found = []
    for step in dict.fromkeys(t["step"] for t in tasks):
        here = [t for t in tasks if t["step"] == step]
        done = [t for t in here if t["status"] in ("done", "elsewhere") and t["taken_at"]]
        found.append(
            StepFigures(
                step=step,
                done=len(done),
                waited=_median(_span(t["opened_at"], t["taken_at"]) for t in done),
                took=_median(_span(t["taken_at"], t["done_at"]) for t in done),
                late=sum(1 for t in here if _is_late(t, now)),
                not_sure=said[(step, "not sure")],
                skipped=sum(1 for t in here if t["status"] == "skipped"),
                sample_failed=said[(step, "sample failed")],
            )
        )
    return found


def _branches(shop: Shop, stem: str, span: tuple[str, str]) -> tuple[tuple[str, str, int], ...]:
    rows = shop.db.execute(
        """select d.step, d.row, count(*) as n from decisions d join runs r on r.id = d.run_id
           where r.procedure = ? and r.started_at >= ? and r.started_at < ? group by 1, 2 order by 1, 3 desc, 2""",
        [stem, *span],
    )
    return tuple((r["step"], r["row"], r["n"]) for r in rows)


def _trend(shop: Shop, runs: Sequence[sqlite3.Row], tasks: Sequence[sqlite3.Row], now: datetime) -> list[Week]:
    weeks: dict[date, list[sqlite3.Row]] = {}
    for run in runs:
        on = shop.today(parse_iso(run["started_at"]))
        weeks.setdefault(on - timedelta(days=on.weekday()), []).append(run)
    by_run: dict[int, list[sqlite3.Row]] = {}
    for task in tasks:
        by_run.setdefault(task["run_id"], []).append(task)
    found = []
    for monday, group in sorted(weeks.items()):
        ended = [r for r in group if r["ended_at"]]
        of_week = [t for r in group for t in by_run.get(r["id"], [])]
        median = _median(_span(r["started_at"], r["ended_at"]) for r in ended)
        found.append(Week(monday, len(group), median, _late_share(of_week, now)))
    return found
