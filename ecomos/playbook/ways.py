"""The ways through a procedure: which step leads to which, what is reached, what ends, what goes round, and which
answers and cases are known where. Pure graph work on one procedure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ecomos.playbook.catalogue import FactField
from ecomos.playbook.records import End, Procedure, RecordField, Step, Target

__all__ = ["Known", "Way", "circles", "dead_ends", "known_at", "paths", "reached", "reached_from", "ways_out"]


@dataclass(frozen=True)
class Way:
    """One way out of a step."""

    to: str
    """A step's slug; empty for an end."""
    said: str
    """As a person would say it: `if order.is_paid`, `otherwise`, `after 14 days`."""
    before_the_task: bool = False
    """Taken while waiting: nothing of the step was recorded."""


def ways_out(procedure: Procedure, step: Step) -> list[Way]:
    """Every way out of a step, in the order in which they are tried. A step that falls off the end has none."""
    ways: list[Way] = []
    if step.wait and step.wait.otherwise:
        ways.append(Way(step.wait.otherwise.slug, "waited in vain", before_the_task=True))
    if step.approve:
        ways.append(Way(step.approve.refused.slug, f"{step.approve.kind} refused"))
    if step.branches:
        return ways + [Way(b.target.slug, f"if {b.when.text}" if b.when else "otherwise") for b in step.branches]
    if step.end:
        return [*ways, Way("", f"end: {step.end.outcome}")]
    if step.next:
        return [*ways, Way(step.next.slug, "next")]
    below = procedure.after(step)
    return [*ways, Way(below.slug, "next")] if below else ways


def jumps(procedure: Procedure) -> list[Target]:
    """The steps that an event takes a run to, from wherever it is."""
    return [*procedure.on.values(), *(w for w in procedure.ends_when.values() if isinstance(w, Target))]


def _steps(procedure: Procedure) -> dict[str, Step]:
    return {s.slug: s for s in procedure.steps}


def reached(procedure: Procedure) -> set[str]:
    """The slugs of the steps that some way leads to."""
    return reached_from(procedure, procedure.steps[0].slug, *(t.slug for t in jumps(procedure)))


def reached_from(procedure: Procedure, *slugs: str) -> set[str]:
    """The slugs of these steps and of all that some way leads to from them."""
    steps, todo = _steps(procedure), list(slugs)
    seen: set[str] = set()
    while todo:
        slug = todo.pop()
        if slug in steps and slug not in seen:
            seen.add(slug)
            todo.extend(w.to for w in ways_out(procedure, steps[slug]) if w.to)
    return seen


def dead_ends(procedure: Procedure) -> list[Step]:
    """The steps from which no way leads to an end."""
    steps = _steps(procedure)
    good: set[str] = set()
    while True:
        more = {
            slug
            for slug, step in steps.items()
            if slug not in good and any(not w.to or w.to in good for w in ways_out(procedure, step))
        }
        if not more:
            return [s for slug, s in steps.items() if slug not in good]
        good |= more


def stops(step: Step) -> bool:
    """Whether a run can stop in this step for a person, an event, a time or another procedure."""
    return step.is_human or step.wait is not None or any(c.wait for c in step.starts)


def circles(procedure: Procedure) -> list[list[Step]]:
    """Loops that hold neither a person nor a wait, each once, beginning with its first step in the file."""
    steps = {slug: s for slug, s in _steps(procedure).items() if not stops(s)}
    found: list[list[Step]] = []
    inside: set[str] = set()
    for slug in steps:
        loop = _loop(procedure, steps, slug) if slug not in inside else None
        if loop:
            inside.update(s.slug for s in loop)
            found.append(loop)
    return found


def _loop(procedure: Procedure, steps: Mapping[str, Step], start: str) -> list[Step] | None:
    """The shortest way from a step back to itself through steps that nobody stops in."""
    todo, seen = [[steps[start]]], set[str]()
    while todo:
        way = todo.pop(0)
        for out in ways_out(procedure, way[-1]):
            if out.to == start:
                return way
            if out.to in steps and out.to not in seen:
                seen.add(out.to)
                todo.append([*way, steps[out.to]])
    return None


@dataclass(frozen=True)
class Known:
    """What was recorded and chosen before a point, on some way or on every way."""

    some: Mapping[str, RecordField] = field(default_factory=dict)
    every: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    started: frozenset[str] = frozenset()

    def answers(self) -> dict[str, FactField]:
        """The fields as types: nullable where a way leads here without them."""
        return {name: _fact(one, name not in self.every) for name, one in self.some.items()}

    def after(self, step: Step, *, record: bool = True) -> "Known":
        """What is known once the step's task was done (`record`), and its children have ended."""
        cases = self.cases | ({step.case} if step.case and record else set())
        started = self.started | ({c.procedure for c in step.starts} if record else set())
        recorded = {f.name: f for f in step.record} if record else {}
        some = {**self.some, **{n: _merged(self.some.get(n), f) for n, f in recorded.items()}}
        sure = {n for n, f in recorded.items() if not f.optional}
        return Known(some, (self.every - set(recorded)) | sure, cases, started)


def _fact(one: RecordField, nullable: bool) -> FactField:
    kind = "text" if one.kind == "one of" else one.kind
    return FactField(one.name, kind, nullable or one.optional, choices=one.choices)


def _merged(before: RecordField | None, now: RecordField) -> RecordField:
    if before is None or before.choices == now.choices:
        return now
    choices = tuple(dict.fromkeys((*before.choices, *now.choices)))
    return RecordField(now.name, now.kind, choices, now.unit, now.optional, now.at_least, now.at_most, now.line)


def _joined(one: Known | None, other: Known) -> Known:
    if one is None:
        return other
    some = {**one.some}
    for name, record in other.some.items():
        some[name] = _merged(some.get(name), record)
    return Known(some, one.every & other.every, one.cases | other.cases, one.started | other.started)


def known_at(procedure: Procedure) -> dict[str, Known]:
    """What is known on entering each reached step, over all ways into it."""
    steps, entry = _steps(procedure), {procedure.steps[0].slug: Known()}
    todo = [procedure.steps[0].slug]
    while todo:
        slug = todo.pop(0)
        for to, known in _leads(procedure, steps[slug], entry[slug]):
            joined = _joined(entry.get(to), known)
            if to in steps and joined != entry.get(to):
                entry[to] = joined
                todo.append(to)
    return entry


def _leads(procedure: Procedure, step: Step, known: Known) -> Iterator[tuple[str, Known]]:
    done = known.after(step)
    for way in ways_out(procedure, step):
        if way.to:
            yield way.to, known if way.before_the_task else done
    for target in jumps(procedure):
        yield target.slug, Known(done.some, known.every, done.cases, done.started)


def paths(procedure: Procedure, most: int = 200) -> list[list[str]]:
    """Every walk from the start to an end as lines of text; a way back is named and not walked again.

    Stops after `most` walks.
    """
    walks: list[list[str]] = []
    steps = _steps(procedure)

    def walk(step: Step, said: list[str], seen: tuple[str, ...]) -> None:
        line = [*said, step.title]
        if len(walks) >= most:
            return
        for way in ways_out(procedure, step):
            if not way.to:
                walks.append([*line, f"→ {way.said}"])
            elif way.to in seen or way.to == step.slug:
                walks.append([*line, f"  {way.said} → back to {steps[way.to].title}"])
            elif way.to in steps:
                walk(steps[way.to], [*line, f"  {way.said}"], (*seen, step.slug))

    walk(procedure.steps[0], [], ())
    for event, target in procedure.ends_when.items():
        if isinstance(target, End):
            walks.append([f"whenever {event}", f"→ end: {target.outcome}"])
    return walks


def outcomes(procedure: Procedure) -> tuple[str, ...]:
    """Every outcome that a run can end with."""
    ends = [s.end.outcome for s in procedure.steps if s.end]
    ends += [w.outcome for w in procedure.ends_when.values() if isinstance(w, End)]
    return tuple(dict.fromkeys(ends))
