"""The proofs about a procedure as a whole: who and when, every step reached and ending, no loop without a person."""

from ecomos.errors import nearest
from ecomos.playbook.bench import Bench
from ecomos.playbook.catalogue import EventKind, FactField
from ecomos.playbook.conditions import compile_condition
from ecomos.playbook.kinds import Types
from ecomos.playbook.records import Procedure, Span, Starts, Target
from ecomos.playbook.ways import circles, dead_ends, reached

__all__ = ["TODAY", "check_procedure", "check_starts_apart", "check_ways", "event_fields"]

TODAY = FactField("today", "day", doc="The store's day.")


def check_procedure(bench: Bench, procedure: Procedure) -> None:
    """Front matter: names exist, and what a living procedure needs is there."""
    source = procedure.source

    def line(key: str) -> int:
        return procedure.lines.get(key, 1)

    for key, name in (("owner", procedure.owner), ("performer", procedure.performer)):
        if name:
            bench.named("roles", name, source, line(key), f"{key}: ")
    for kpi in procedure.kpis:
        bench.named("kpis", kpi, source, line("kpis"), "kpis: ")
    if not procedure.kpis:
        bench.say(source, line("kpis"), "“kpis” is missing: the figures that get worse when this is done badly")
    if procedure.review_every is None and "review every" not in procedure.lines:
        bench.say(source, 1, "“review every” is missing: after how long it is looked at again, as in “90 days”")
    for span in (procedure.promise, procedure.review_every):
        check_span(bench, span, source)
    if procedure.about:
        bench.one_of(procedure.about, bench.catalogue.types, "kind of case", source, line("about"))
    if procedure.size == "outline" and procedure.state == "on":
        bench.say(source, line("state"), "an outline stays on paper until it is written out; then take “size” away")
    _check_starts(bench, procedure)
    _check_events(bench, procedure)
    _check_targets(bench, procedure)


def check_span(bench: Bench, span: Span | None, source: str) -> None:
    """A span that a policy holds must be one."""
    if span is not None and span.policy:
        bench.limit(span.policy, ("span",), source, span.line)


def event_fields(event: EventKind | None) -> dict[str, FactField]:
    """What `event.…` gives; anything may be missing, since a run may be started by hand."""
    fields = event.fields if event else {}
    return {name: FactField(f.name, f.type, True, f.doc, f.choices) for name, f in fields.items()}


def _check_starts(bench: Bench, procedure: Procedure) -> None:
    starts, source = procedure.starts, procedure.source
    if starts is not None and starts.schedule:
        _check_schedule(bench, procedure, starts)
    if starts is None or starts.event is None:
        return
    if not bench.one_of(starts.event, bench.catalogue.events, "event", source, starts.line):
        return
    event = bench.catalogue.events[starts.event]
    if procedure.about and procedure.about not in (event.case, *bench.catalogue.links.get(event.case, ())):
        said = f"“{starts.event}” is about {_an(event.case)}, the procedure about {_an(procedure.about)}"
        bench.say(source, starts.line, said)
    if starts.where is not None:
        types: Types = {
            event.case: bench.catalogue.types.get(event.case, {}),
            procedure.about: bench.catalogue.types.get(procedure.about, {}),
            "event": event.fields,
            "policy": bench.limits,
            "today": TODAY,
        }
        bench.problems.extend(compile_condition(starts.where, types, source)[1])


def _check_schedule(bench: Bench, procedure: Procedure, starts: Starts) -> None:
    if procedure.about != "day":
        said = f"a start by the clock is about a day of the store, the procedure about {_an(procedure.about)}"
        bench.say(procedure.source, starts.line, f"{said}; write “about: day”")
    elif starts.where is not None:
        facts: Types = {"day": bench.catalogue.types.get("day", {}), "policy": bench.limits, "today": TODAY}
        bench.problems.extend(compile_condition(starts.where, facts, procedure.source)[1])


def _an(case: str) -> str:
    return f"an {case}" if case[:1] in "aeiou" else f"a {case}"


def _check_events(bench: Bench, procedure: Procedure) -> None:
    cases = _cases(bench, procedure)
    for key in ("on", "ends when"):
        ways = procedure.on if key == "on" else procedure.ends_when
        for kind, way in ways.items():
            if not bench.one_of(kind, bench.catalogue.events, "event", procedure.source, way.line):
                continue
            case = bench.catalogue.events[kind].case
            if not bench.belongs(case, cases):
                said = f"{key}: “{kind}” is about {_an(case)}, which this procedure never has"
                bench.say(procedure.source, way.line, said)


def _cases(bench: Bench, procedure: Procedure) -> set[str]:
    own = {procedure.about, *(s.case for s in procedure.steps if s.case)}
    return own.union(*(bench.catalogue.links.get(c, ()) for c in own))


def _check_targets(bench: Bench, procedure: Procedure) -> None:
    slugs = [s.slug for s in procedure.steps]
    for target in _targets(procedure):
        if target.slug not in slugs:
            near = nearest(target.slug, slugs) or f" (known: {', '.join(slugs)})"
            bench.say(procedure.source, target.line, f"no step “#{target.slug}” in this procedure{near}")


def _targets(procedure: Procedure) -> list[Target]:
    found = [*procedure.on.values(), *(w for w in procedure.ends_when.values() if isinstance(w, Target))]
    for step in procedure.steps:
        found += [b.target for b in step.branches]
        found += [step.next] if step.next else []
        found += [step.approve.refused] if step.approve else []
        found += [step.wait.otherwise] if step.wait and step.wait.otherwise else []
    return found


def check_ways(bench: Bench, procedure: Procedure) -> None:
    """Every decision has an otherwise, every step is reached and reaches an end, a loop holds a person or a wait."""
    if not procedure.steps:
        return
    source, last, seen = procedure.source, procedure.steps[-1], reached(procedure)
    for step in procedure.steps:
        if step.branches and step.branches[-1].when is not None:
            line = step.branches[-1].line
            bench.say(source, line, f"the decision of “{step.title}” has no “otherwise” as its last row")
        if step.slug not in seen:
            bench.say(source, step.line, f"nothing leads to “{step.title}”")
    if not (last.end or last.next or last.branches):
        bench.say(source, last.line, f"the last step “{last.title}” must end, with “- **End:** …” or a way back")
        return
    for step in dead_ends(procedure):
        if step.slug in seen:
            bench.say(source, step.line, f"no way leads from “{step.title}” to an end")
    for loop in circles(procedure):
        titles = " → ".join(f"“{s.title}”" for s in (*loop, loop[0]))
        bench.say(source, loop[0].line, f"{titles} goes round without a person or a wait")


def check_starts_apart(bench: Bench) -> None:
    """Two procedures that start on the same event say when which of them does, or one names the other."""
    first: dict[str, Procedure] = {}
    for procedure in bench.book.procedures.values():
        starts = procedure.starts
        if starts is None or starts.event is None or starts.where is not None:
            continue
        other = first.setdefault(starts.event, procedure)
        named = any(link.target.split("#")[0] == f"{other.stem}.md" for link in procedure.links)
        back = any(link.target.split("#")[0] == f"{procedure.stem}.md" for link in other.links)
        if other is not procedure and not named and not back:
            said = f"“{starts.event}” also starts “{other.title}” ({other.source}:{other.lines.get('starts', 1)})"
            bench.say(procedure.source, starts.line, f"{said}; say which one with “where …”, or link to it")
