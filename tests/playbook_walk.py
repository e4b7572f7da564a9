"""A case card walked through a procedure by its text alone: facts and answers in, steps and outcome out. No engine."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import rule_engine

from ecomos.playbook.evaluation import Evaluation
from ecomos.playbook.records import Expression, Procedure, Step

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Stop:
    """One step of a card: what is answered there, what comes of it."""

    slug: str
    answers: Mapping[str, Any]
    started: Mapping[str, str]
    then: Mapping[str, Any]
    refused: bool
    in_vain: bool


@dataclass(frozen=True)
class Card:
    title: str
    facts: Mapping[str, Any]
    order: Mapping[str, Any]
    """What a ticket's order is, beside the facts of the case itself."""
    stops: tuple[Stop, ...]
    outcome: str
    event: Mapping[str, Any]
    """What the event that started it tells."""


def cards_of(path: Path) -> list[Card]:
    """The cards of a file, one under each H2."""
    return [_card(block) for block in path.read_text(encoding="utf-8").split("\n## ")[1:]]


def _card(block: str) -> Card:
    title, *lines = [line for line in block.split("\n") if line.strip()]
    facts = next((_pairs(line[6:]) for line in lines if line.startswith("facts:")), {})
    order = next((_pairs(line[6:]) for line in lines if line.startswith("order:")), {})
    event = next((_pairs(line[6:]) for line in lines if line.startswith("event:")), {})
    outcome = next(line[8:].strip() for line in lines if line.startswith("outcome:"))
    return Card(title, facts, order, tuple(_stop(line[2:]) for line in lines if line.startswith("- ")), outcome, event)


def _stop(text: str) -> Stop:
    slug, *parts = [part.strip() for part in text.split("|")]
    said = {name: part.removeprefix(f"{name}:") for part in parts for name in ("answers", "started", "then") if
            part.startswith(f"{name}:")}  # fmt: skip
    started = {k.replace("-", "_"): str(v) for k, v in _pairs(said.get("started", "")).items()}
    answers, then = _pairs(said.get("answers", "")), _pairs(said.get("then", ""))
    return Stop(slug, answers, started, then, "refused" in parts, "in vain" in parts)


def _pairs(text: str) -> dict[str, Any]:
    found = re.findall(r"([a-z0-9_-]+) = (.*?)(?=, [a-z0-9_-]+ = |$)", text.strip())
    return {name: _value(value.strip()) for name, value in found}


def _value(text: str) -> Any:
    plain = {"yes": True, "no": False, "null": None, "now": NOW}
    if text in plain:
        return plain[text]
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else text


def walk(procedure: Procedure, card: Card, values: Mapping[str, Any]) -> tuple[list[str], str]:
    """The steps that the card's case goes through, and how it ends."""
    case = dict(values[procedure.about]) | card.facts
    now: dict[str, Any] = {**values, procedure.about: case, "answers": {}, "started": {}, "event": card.event}
    if card.order:
        now["order"] = dict(values["order"]) | card.order
    visited: list[str] = []
    step, stops = procedure.steps[0], iter(card.stops)
    while True:
        visited.append(step.slug)
        went = _out(procedure, step, next(stops, None), now)
        if isinstance(went, str):
            return visited, went
        step = went


def _out(procedure: Procedure, step: Step, stop: Stop | None, now: dict[str, Any]) -> Step | str:
    if stop is None or stop.slug != step.slug:
        return f"the card does not expect {step.slug}"
    if stop.in_vain and step.wait and step.wait.otherwise:
        return procedure.step(step.wait.otherwise.slug)
    now["answers"] |= _recorded(step, stop)
    if step.approve and stop.refused:
        assert step.approve.when is None or holds(step.approve.when, now)
        return procedure.step(step.approve.refused.slug)
    now["started"] |= {name: {"outcome": outcome} for name, outcome in stop.started.items()}
    now[procedure.about] |= stop.then
    for branch in step.branches:
        if branch.when is None or holds(branch.when, now):
            return procedure.step(branch.target.slug)
    if step.end:
        return step.end.outcome
    below = procedure.after(step)
    return procedure.step(step.next.slug) if step.next else below or "fell off the end"


def _recorded(step: Step, stop: Stop) -> dict[str, Any]:
    for field in step.record:
        given = stop.answers.get(field.name)
        assert given is not None or field.optional, f"{step.slug}: the card gives no {field.name}"
        assert not field.choices or str(given) in field.choices, f"{step.slug}: {field.name} is never {given}"
    assert set(stop.answers) <= {f.name for f in step.record}, f"{step.slug}: {set(stop.answers)}"
    texts = {f.name for f in step.record if f.kind in ("text", "one of")}
    return {name: str(value) if name in texts else value for name, value in stop.answers.items()}


def holds(expression: Expression, values: Mapping[str, Any]) -> bool:
    """Whether a condition is true for these values."""
    return bool(Evaluation(values, UTC).needed(rule_engine.Rule(expression.text).statement.expression))


def texts_of(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Everything that people read in a procedure, with where it stands."""
    yield procedure.stem, procedure.purpose
    for step in procedure.steps:
        yield f"{procedure.stem}#{step.slug}", step.prose
        for check in step.checks:
            yield f"{procedure.stem}#{step.slug}", check.text
