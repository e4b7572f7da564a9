"""What a change of a playbook file means, in plain sentences: steps, deadlines, roles, checks, decisions, limits, words
of messages; each with the step that it is in."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecomos.playbook.limits import limit_text
from ecomos.playbook.records import (
    Kpi,
    LateRung,
    Message,
    Policy,
    PolicyValue,
    Procedure,
    RecordField,
    Role,
    Span,
    Step,
    Within,
)

__all__ = ["Difference", "differences", "lines_between"]


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise."""

    text: str
    """A sentence."""
    step: str = ""
    """The step's slug in a procedure; the limit's name in a policy; empty for the file as a whole."""


def differences(old: Any, new: Any, currency: str) -> list[Difference]:
    """What is otherwise between two records of one file; empty where only the layout of the text changed.

    `old` or `new` is None where the file is new or gone.
    """
    if old is None or new is None:
        return [Difference("It is new." if old is None else "It is taken away.")]
    for kind, tell in _KINDS.items():
        if isinstance(new, kind):
            return list(tell(old, new, currency))
    return [Difference("Its text has changed.")]


def lines_between(old: str, new: str) -> list[tuple[str, str]]:
    """The lines of two texts as (sign, line): ` ` as before, `-` gone, `+` new; three lines of surroundings."""
    found = []
    for line in list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3))[2:]:
        if not line.startswith("@@"):
            found.append((line[:1], line[1:]))
    return found


def _procedure(old: Procedure, new: Procedure, currency: str) -> Iterator[Difference]:
    for word, get in _HEAD.items():
        yield from _said("", word, get(old), get(new))
    before, after = {s.slug: s for s in old.steps}, {s.slug: s for s in new.steps}
    for slug, step in after.items():
        if slug not in before:
            yield Difference(f"A new step: “{step.title}”{_for(new, step)}.", slug)
        else:
            yield from _step(old, new, before[slug], step)
    for slug, step in before.items():
        if slug not in after:
            yield Difference(f"The step “{step.title}” is gone.", slug)
    kept_before, kept_after = [s for s in before if s in after], [s for s in after if s in before]
    if kept_before != kept_after:
        yield Difference("The steps stand in another order.")


def _for(procedure: Procedure, step: Step) -> str:
    return f", for {step.role or procedure.performer}" if step.is_human else ", done by the engine"


_HEAD: Mapping[str, Callable[[Procedure], str]] = {
    "title": lambda p: p.title,
    "owner": lambda p: p.owner,
    "performer": lambda p: p.performer,
    "what starts it": lambda p: _starts(p),
    "promise": lambda p: _span(p.promise),
    "review": lambda p: _span(p.review_every),
    "figures": lambda p: ", ".join(p.kpis),
    "state": lambda p: p.state,
    "purpose": lambda p: p.purpose,
}


def _starts(p: Procedure) -> str:
    if p.starts is None:
        return "by hand"
    where = f" where {p.starts.where.text}" if p.starts.where else ""
    return f"{p.starts.event or p.starts.schedule}{where}"


def _span(span: Span | None) -> str:
    if span is None:
        return ""
    if span.policy:
        return span.policy
    unit = span.unit.removesuffix("s") if span.amount == 1 else span.unit
    return f"{span.amount} {'working ' if span.working else ''}{unit}"


def _within(within: Within | None) -> str:
    if within is None:
        return ""
    return _span(within.span) or within.by_policy or (f"{within.by:%H:%M}" if within.by else "")


def _late(rungs: tuple[LateRung, ...]) -> str:
    return "; ".join(f"{f'after {_span(r.after)} ' if r.after else ''}{r.deed} {r.role}" for r in rungs)


def _field(one: RecordField) -> str:
    choices = f": {', '.join(one.choices)}" if one.choices else ""
    return f"{one.name.replace('_', ' ')} ({one.kind}{choices}{', optional' if one.optional else ''})"


def _rows(step: Step) -> str:
    return "; ".join(f"{b.when.text if b.when else 'otherwise'} → {b.target.title}" for b in step.branches)


def _acts(step: Step) -> str:
    parts = [f"approve {step.approve.kind} of {step.approve.amount.text}"] if step.approve else []
    parts += [f"do {step.do.deed} {' '.join(f'{n}={e.text}' for n, e in step.do.arguments.items())}"] if step.do else []
    parts += [f"make {step.document}"] if step.document else []
    parts += [f"send {step.send.message} to {step.send.to}"] if step.send else []
    parts += [f"start {c.procedure} about {c.about}" for c in step.starts]
    return "; ".join(parts)


def _out(step: Step) -> str:
    return step.end.outcome if step.end else step.next.title if step.next else ""


_STEP: Mapping[str, Callable[[Procedure, Step], str]] = {
    "it is for": lambda p, s: (s.role or p.performer) if s.is_human else "the engine",
    "the deadline": lambda p, s: _within(s.within),
    "when it is late": lambda p, s: _late(s.if_late),
    "the decision": lambda p, s: _rows(s),
    "what it does": lambda p, s: _acts(s),
    "the sample": lambda p, s: f"1 in {s.sample.one_in} by {s.sample.role}" if s.sample else "",
    "what it waits for": lambda p, s: ", ".join(s.wait.names) or _within(s.wait.until) if s.wait else "",
    "how long it waits": lambda p, s: _span(s.wait.at_most) if s.wait else "",
    "the way out": lambda p, s: _out(s),
    "the text": lambda p, s: s.prose,
}


def _step(old: Procedure, new: Procedure, before: Step, after: Step) -> Iterator[Difference]:
    if before.title != after.title:
        yield Difference(f"“{before.title}” is called “{after.title}”.", after.slug)
    for word, get in _STEP.items():
        yield from _said(after.title, word, get(old, before), get(new, after), after.slug)
    yield from _lists(after, "check", [c.text for c in before.checks], [c.text for c in after.checks])
    yield from _lists(after, "answer", [_field(f) for f in before.record], [_field(f) for f in after.record])


def _lists(step: Step, what: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    for text in (t for t in after if t not in before):
        yield Difference(f"“{step.title}”: a new {what}, “{text}”.", step.slug)
    for text in (t for t in before if t not in after):
        yield Difference(f"“{step.title}”: the {what} “{text}” is gone.", step.slug)


def _said(title: str, word: str, before: str, after: str, slug: str = "") -> Iterator[Difference]:
    if before == after:
        return
    head = f"“{title}”: {word}" if title else word.capitalize()
    if len(before) > 160 or len(after) > 160 or "\n" in before + after:
        yield Difference(f"{head} was rewritten.", slug)
    elif not before:
        yield Difference(f"{head}: now {after}.", slug)
    elif not after:
        yield Difference(f"{head}: no longer {before}.", slug)
    else:
        yield Difference(f"{head}: {after} instead of {before}.", slug)


def _policy(old: Policy, new: Policy, currency: str) -> Iterator[Difference]:
    for name, limit in new.values.items():
        before = old.values.get(name)
        if before is None:
            yield Difference(f"A new limit: {_limit(name)} is {limit_text(limit, currency)}.", name)
        else:
            yield from _value(name, before, limit, currency)
    for name in old.values:
        if name not in new.values:
            yield Difference(f"The limit {_limit(name)} is gone.", name)
    for name in new.tables:
        if new.tables[name] != old.tables.get(name):
            yield Difference(f"The table “{_limit(name)}” has changed.", name)
    yield from _said("", "owner", old.owner, new.owner)


def _limit(name: str) -> str:
    return f"“{name.replace('_', ' ')}”"


def _value(name: str, old: PolicyValue, new: PolicyValue, currency: str) -> Iterator[Difference]:
    before, after = limit_text(old, currency), limit_text(new, currency)
    if before != after:
        yield Difference(f"The limit {_limit(name)} is {after} instead of {before}.", name)
    reasons = ("why", "basis", "country", "raise_when", "lower_when", "meaning")
    if any(getattr(old, r) != getattr(new, r) for r in reasons):
        yield Difference(f"The reason of {_limit(name)} was rewritten.", name)


def _message(old: Message, new: Message, currency: str) -> Iterator[Difference]:
    yield from _said("", "subject", old.subject, new.subject)
    for sign, line in lines_between(old.body, new.body):
        if sign != " " and line.strip():
            yield Difference(f"The line “{line.strip()}” is {'new' if sign == '+' else 'gone'}.")


def _role(old: Role, new: Role, currency: str) -> Iterator[Difference]:
    yield from _said("", "reports to", old.reports_to or "", new.reports_to or "")
    yield from _said("", "deputy", old.deputy or "", new.deputy or "")
    for kind in sorted({*old.authority, *new.authority}):
        yield from _said("", f"may decide {kind}", _may(old, kind, currency), _may(new, kind, currency))
    for what in ("responsibilities", "communication", "expectations"):
        for text in (t for t in getattr(new, what) if t not in getattr(old, what)):
            yield Difference(f"New in its {what}: “{text}”.")
        for text in (t for t in getattr(old, what) if t not in getattr(new, what)):
            yield Difference(f"Gone from its {what}: “{text}”.")


def _may(role: Role, kind: str, currency: str) -> str:
    held = role.authority.get(kind)
    if held is None:
        return ""
    each = "any amount" if held.each is None else f"{held.each} {currency} each"
    return f"{each}, {held.a_day} {currency} a day" if held.a_day is not None else each


def _kpi(old: Kpi, new: Kpi, currency: str) -> Iterator[Difference]:
    for word, get in (("unit", "unit"), ("better", "better"), ("owner", "owner"), ("benchmark", "benchmark")):
        yield from _said("", word, str(getattr(old, get)), str(getattr(new, get)))
    yield from _said("", "range", _range(old), _range(new))
    yield from _said("", "target", str(old.target or ""), str(new.target or ""))
    yield from _said("", "on breach", old.on_breach or "", new.on_breach or "")
    if old.sql != new.sql:
        yield Difference("How it is counted has changed: figures before and after can't be compared.")


def _range(card: Kpi) -> str:
    low, high = card.range or (None, None)
    return " to ".join(str(x) for x in (low, high) if x is not None)


_KINDS: Mapping[type, Callable[[Any, Any, str], Iterator[Difference]]] = {
    Procedure: _procedure,
    Policy: _policy,
    Message: _message,
    Role: _role,
    Kpi: _kpi,
}
