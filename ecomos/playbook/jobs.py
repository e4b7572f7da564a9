"""Job descriptions, compiled: what a role performs, owns, approves, is told and reports is found in the files, not
typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ecomos.playbook.records import Playbook, Procedure, Role, Span, Step

__all__ = ["Duty", "Job", "Told", "job_of"]


@dataclass(frozen=True)
class Duty:
    """A step that the role does, decides or looks at."""

    procedure: str
    title: str
    """The procedure's title."""
    step: str
    by_when: str
    """In words; empty where no deadline stands."""
    state: str
    """on, paper."""


@dataclass(frozen=True)
class Told:
    """What the role is told, by whom, and how soon."""

    what: str
    how_soon: str
    procedure: str


@dataclass(frozen=True)
class Job:
    """What a role is."""

    role: Role
    performs: tuple[Duty, ...]
    owns: tuple[tuple[str, str, str], ...]
    """(kind, name, title) of procedures, policies and figures."""
    approves: tuple[Duty, ...]
    samples: tuple[Duty, ...]
    told: tuple[Told, ...]
    takes_over: tuple[Told, ...]
    """What comes to it when others are late."""
    reports: tuple[tuple[str, str, str], ...]
    """(name, title, when) of the reports that it gets."""
    leads: tuple[str, ...]
    """The roles that report to it."""
    covers: tuple[str, ...]
    """The roles whose deputy it is."""


def job_of(book: Playbook, name: str) -> Job:
    """The compiled description of a role. Raises KeyError for one that no file describes."""
    role = book.roles[name]
    procedures = sorted(book.procedures.values(), key=lambda p: (p.state != "on", p.title))
    return Job(
        role=role,
        performs=tuple(d for p in procedures for d in _performs(p, name)),
        owns=tuple(_owns(book, name)),
        approves=tuple(d for p in procedures for d in _approves(book, p, name)),
        samples=tuple(
            _duty(p, s) for p in procedures for s in p.steps if s.sample is not None and s.sample.role == name
        ),
        told=tuple(t for p in procedures for t in _told(p, name, "tell")),
        takes_over=tuple(t for p in procedures for t in _told(p, name, "hand to")),
        reports=tuple((r.stem, r.title, r.when) for r in book.reports.values() if name in r.to),
        leads=tuple(sorted(r.stem for r in book.roles.values() if r.reports_to == name)),
        covers=tuple(sorted(r.stem for r in book.roles.values() if r.deputy == name)),
    )


def _duty(procedure: Procedure, step: Step) -> Duty:
    return Duty(procedure.stem, procedure.title, step.title, _by_when(step), procedure.state)


def _by_when(step: Step) -> str:
    if step.within is None:
        return ""
    if step.within.span:
        return f"within {_span(step.within.span)}"
    clock = f"{step.within.by:%H:%M}" if step.within.by else step.within.by_policy
    return f"by {clock}"


def _span(span: Span) -> str:
    return span.policy or f"{span.amount} {'working ' if span.working else ''}{span.unit}"


def _performs(procedure: Procedure, name: str) -> Iterator[Duty]:
    for step in procedure.steps:
        if step.is_human and (step.role or procedure.performer) == name:
            yield _duty(procedure, step)


def _owns(book: Playbook, name: str) -> Iterator[tuple[str, str, str]]:
    kinds: Mapping[str, Mapping[str, object]] = {
        "procedures": book.procedures,
        "policies": book.policies,
        "kpis": book.kpis,
    }
    for kind, records in kinds.items():
        for stem, record in sorted(records.items()):
            if getattr(record, "owner", "") == name:
                yield kind, stem, getattr(record, "title", stem)


def _approves(book: Playbook, procedure: Procedure, name: str) -> Iterator[Duty]:
    """The approvals that may come to the role: its authority reaches, and the way up from the performer leads here."""
    for step in procedure.steps:
        if step.approve is not None and step.approve.kind in book.roles[name].authority:
            if name in _ladder(book, step.role or procedure.performer):
                yield _duty(procedure, step)


def _ladder(book: Playbook, start: str) -> list[str]:
    found: list[str] = []
    at: str | None = start
    while at and at in book.roles and at not in found:
        found.append(at)
        at = book.roles[at].reports_to
    return found


def _told(procedure: Procedure, name: str, deed: str) -> Iterator[Told]:
    for step in procedure.steps:
        for rung in step.if_late:
            if rung.deed == deed and rung.role == name:
                soon = f"{_span(rung.after)} after the deadline" if rung.after else "at the deadline"
                yield Told(f"“{step.title}” is late", soon, procedure.title)
        if deed == "tell" and step.send is not None and step.send.to == name:
            yield Told(f"{step.send.message.replace('-', ' ')}", "when the step is done", procedure.title)
