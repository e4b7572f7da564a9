"""The audit of steps: what was left out, done by another role or without a check or an answer, and how cases ended."""

import json
import sqlite3
from collections.abc import Iterator
from functools import cache

from ecomos.improve.audit_look import Finding, Look
from ecomos.playbook.records import End, Procedure, Step
from ecomos.playbook.ways import stops, ways_out

__all__ = ["ended_as_a_step_allows", "nothing_left_out", "tickets_were_answered", "who_did_it_and_how"]

LEFT_OUT = "step left out without a reason"


def ended_as_a_step_allows(look: Look) -> Iterator[Finding]:
    """Each run ended as the step in which it stood allows, or as `ends when` does."""
    for row in look.rows("select * from runs where ended_at >= :since and ended_at < :until"):
        procedure, said = look.procedure(row), str(row["outcome"] or "")
        step = next((s for s in procedure.steps if s.slug == row["step"]), None)
        if said in _allowed(procedure, step) or said.startswith(("ended with ", "taken back by ")):
            continue
        if not _decided_by_hand(look, row["id"], said):
            line = step.end.line if step and step.end else (step or procedure.steps[-1]).line
            yield look.of_run("outcome that no step allows", row["ended_at"], row, f"it ended “{said}”", line)


def _allowed(procedure: Procedure, step: Step | None) -> set[str]:
    by_event = {way.outcome for way in procedure.ends_when.values() if isinstance(way, End)}
    return by_event | ({step.end.outcome} if step and step.end else set())


def _decided_by_hand(look: Look, run_id: int, outcome: str) -> bool:
    """A stopped case that a person ended in words of their own."""
    rows = look.shop.db.execute(
        "select answers from tasks where run_id = ? and kind = 'unclear' and answers is not null", [run_id]
    )
    return any(json.loads(r[0]).get("why") == outcome for r in rows)


def who_did_it_and_how(look: Look) -> Iterator[Finding]:
    """Each step was done by its role, with its checks ticked and its questions answered."""
    for row in look.rows(
        """select t.*, r.procedure, r.version_sha from tasks t join runs r on r.id = t.run_id
           where t.kind = 'step' and t.status = 'done' and t.done_at >= :since and t.done_at < :until"""
    ):
        procedure = look.procedure(row)
        step = procedure.step(row["step"])
        by = row["done_by"]
        if by is not None and not look.acts_for(by, row["role"], look.on(row["done_at"])):
            text = f"“{step.title}” by {look.held.names.get(by, 'nobody')}, not {row['role']}"
            line = step.lines.get("Role", procedure.lines.get("performer", 1))
            yield look.of_run("done by another role", row["done_at"], row, text, line)
        missing = _missing(step, row)
        if missing:
            text = f"“{step.title}” was done without {missing[0]}"
            yield look.of_run("check or answer missing", row["done_at"], row, text, missing[1])


def _missing(step: Step, task: sqlite3.Row) -> tuple[str, int] | None:
    ticked = json.loads(task["data"]).get("checks", [])
    for number, check in enumerate(step.checks):
        if number not in ticked:
            return f"“{check.text}”", check.line
    answers = json.loads(task["answers"] or "{}")
    for one in step.record:
        if not one.optional and one.name not in answers and f"{one.name}_cents" not in answers:
            return f"“{one.name.replace('_', ' ')}”", one.line
    return None


def nothing_left_out(look: Look) -> Iterator[Finding]:
    """A step was skipped only with its reason written down, and no ended case passed one by."""
    for row in look.rows(
        """select t.*, r.procedure, r.version_sha from tasks t join runs r on r.id = t.run_id
           where t.kind = 'step' and t.status in ('skipped', 'elsewhere') and t.done_at >= :since and t.done_at < :until
             and not exists (select 1 from task_notes n where n.task_id = t.id and trim(coalesce(n.note, '')) <> ''
                             and n.kind in ('skipped', 'done elsewhere'))"""
    ):
        step = look.procedure(row).step(row["step"])
        text = f"“{step.title}” was skipped, and nobody wrote why"
        yield look.of_run(LEFT_OUT, row["done_at"], row, text, step.line)
    yield from _passed_by(look)


def _passed_by(look: Look) -> Iterator[Finding]:
    """Steps of ended runs that must have come and did not: a step was left by none of its ways, or has no task."""
    plans = cache(lambda stem, sha: _Plan(look, stem, sha))
    for row in look.rows(
        """select r.*, (select group_concat(step) from run_visits v where v.run_id = r.id) as visited,
             (select group_concat(step) from tasks t where t.run_id = r.id and t.kind = 'step') as with_task,
             (select group_concat(step) from tasks t where t.run_id = r.id and t.kind in ('step', 'wait')
              and t.status in ('done', 'skipped', 'elsewhere')) as finished
           from runs r where r.ended_at >= :since and r.ended_at < :until"""
    ):
        visited, with_task, finished = (set((row[k] or "").split(",")) for k in ("visited", "with_task", "finished"))
        step = plans(row["procedure"], row["version_sha"]).passed_by(visited, with_task, finished, row["step"])
        if step is not None:
            yield look.of_run(LEFT_OUT, row["ended_at"], row, f"“{step.title}” was passed by", step.line)


class _Plan:
    """What a version of a procedure asks of the steps of a run."""

    def __init__(self, look: Look, stem: str, sha: str) -> None:
        procedure = look.procedure_of(stem, sha)
        self.steps = {s.slug: s for s in procedure.steps}
        self.ways = {s.slug: [w.to for w in ways_out(procedure, s)] for s in procedure.steps}

    def passed_by(self, visited: set[str], with_task: set[str], finished: set[str], last: str) -> Step | None:
        """The first step that a run with these visits must have come to and did not; None where there is none."""
        for slug in visited & set(self.steps) - {last}:
            step, ways = self.steps[slug], self.ways[slug]
            if (step.record or step.checks) and slug not in with_task:
                return step
            was_left = slug in finished or not stops(step)
            if was_left and ways and "" not in ways and not visited & set(ways):
                return self.steps[ways[0]] if len(set(ways)) == 1 else step
        return None


def tickets_were_answered(look: Look) -> Iterator[Finding]:
    """No ticket was closed by a person while its procedure still asked somebody for an answer."""
    rows = look.rows(
        """select t.*, r.procedure, r.version_sha, k.closed_at from tickets k
           join runs r on r.about_type = 'ticket' and r.about_id = k.id
           join tasks t on t.run_id = r.id and t.kind = 'step' and t.status = 'withdrawn'
           where k.closed_at >= :since and k.closed_at < :until and k.status = 'closed'
             and not exists (select 1 from ticket_messages m where m.ticket_id = k.id and m.direction = 'out')
             and not exists (select 1 from tasks d join runs x on x.id = d.run_id
                             where x.about_type = 'ticket' and x.about_id = +k.id and d.kind = 'step'
                               and d.status in ('done', 'skipped', 'elsewhere'))
           group by k.id"""
    )
    for row in rows:
        step = look.procedure(row).step(row["step"])
        text = f"closed unanswered; “{step.title}” was open"
        yield look.of_run(LEFT_OUT, row["closed_at"], row, text, step.line)
