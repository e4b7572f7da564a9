"""The proofs about one step: each word's names exist, its conditions are yes or no, its values of the right kind."""

from collections.abc import Mapping

from ecomos.playbook.bench import Bench
from ecomos.playbook.catalogue import FactField
from ecomos.playbook.check_deeds import check_approve, check_do, check_send, check_starts
from ecomos.playbook.check_procedure import check_span
from ecomos.playbook.records import Procedure, RecordField, Send, Step, Within
from ecomos.playbook.standing import At
from ecomos.playbook.ways import Known

__all__ = ["check_step"]


def check_step(bench: Bench, procedure: Procedure, step: Step, before: Known) -> None:
    """All proofs of one step; `before` is what is known on entering it."""
    at = At(bench, procedure, step, before)
    if step.role:
        bench.named("roles", step.role, procedure.source, _line(step, "Role"))
    if step.case:
        bench.one_of(step.case, bench.catalogue.types, "kind of case", procedure.source, step.line)
    for rung in step.if_late:
        bench.named("roles", rung.role, procedure.source, rung.line, "If late: ")
        check_span(bench, rung.after, procedure.source)
    if step.if_late and step.within is None and step.batch is None:
        at.say(step.if_late[0].line, f"“{step.title}” is never late: “If late” needs “Within”")
    _check_within(at, step.within)
    _check_wait(at)
    _check_batch(at)
    for one in step.record:
        _check_record(at, one)
    check_approve(at)
    check_do(at)
    if step.send:
        check_send(at, step.send)
    check_starts(at)
    for branch in step.branches:
        at.condition(branch.when, at.after)
    _check_sample(at)
    _check_document(at)


def _line(step: Step, word: str) -> int:
    return step.lines.get(word, step.line)


def _check_within(at: At, within: Within | None) -> None:
    if within is None:
        return
    check_span(at.bench, within.span, at.procedure.source)
    if within.by_policy:
        at.bench.limit(within.by_policy, ("time",), at.procedure.source, within.line)


def _check_wait(at: At) -> None:
    wait, source = at.step.wait, at.procedure.source
    if wait is None:
        return
    for span in (wait.at_most, wait.remind_after):
        check_span(at.bench, span, source)
    _check_within(at, wait.until)
    for name in wait.names:
        _check_awaited(at, name, wait.line)
    if wait.at_most and not wait.otherwise:
        at.say(wait.line, "Wait for: “at most” needs a way out, as in “else [Close it](#close-it)”")
    if wait.otherwise and not wait.at_most:
        at.say(wait.line, "Wait for: “else” is never reached without “at most …”")
    if wait.remind_with and wait.remind_whom:
        check_send(at, Send(wait.remind_with, wait.remind_whom, None, wait.line))


def _check_awaited(at: At, name: str, line: int) -> None:
    case, _, fact = name.partition(".")
    event = at.bench.catalogue.events.get(name)
    field = at.bench.catalogue.types.get(case, {}).get(fact)
    if event is None and (field is None or case not in at.cases):
        states = [f"{c}.{n}" for c in at.cases for n, f in _facts(at, c).items() if f.type == "yes or no"]
        at.bench.one_of(name, [*at.bench.catalogue.events, *states], "event or state", at.procedure.source, line)
    elif event is not None and not at.bench.belongs(event.case, at.cases):
        at.say(line, f"Wait for: “{name}” is about the case “{event.case}”, which is not there in “{at.step.title}”")
    elif event is None and field is not None and field.type != "yes or no":
        at.say(line, f"Wait for: “{name}” is {field.type}; a state is yes or no")


def _facts(at: At, case: str) -> Mapping[str, FactField]:
    return at.bench.catalogue.types.get(case, {})


def _check_batch(at: At) -> None:
    batch = at.step.batch
    if batch is None:
        return
    _check_within(at, batch.latest)
    if batch.by:
        case, _, fact = batch.by.rpartition(".")
        case = case or at.procedure.about
        if case != at.procedure.about:
            at.say(batch.line, f"Batch: gathered by a fact of the case “{at.procedure.about}”, not of “{case}”")
        else:
            at.bench.one_of(fact, _facts(at, case), f"fact of “{case}”", at.procedure.source, batch.line)


def _check_record(at: At, one: RecordField) -> None:
    wanted = {"number": "number", "money": "money", "day": "day"}
    for limit in (one.at_least, one.at_most):
        got = at.value(limit, at.before) if limit else None
        if got and got[0] not in (wanted[one.kind], "number" if one.kind == "money" else wanted[one.kind]):
            at.say(one.line, f"“{one.name}” is {one.kind}; its limit “{limit.text if limit else ''}” is {got[0]}")
    others = [f for s in at.procedure.steps for f in s.record if f.name == one.name and f.kind != one.kind]
    if others and others[0].line < one.line:
        said = f"“{one.name}” is {one.kind} here and {others[0].kind} in line {others[0].line}"
        at.say(one.line, f"{said}; give them two names")


def _check_sample(at: At) -> None:
    sample, step = at.step.sample, at.step
    if sample is None:
        return
    at.bench.named("roles", sample.role, at.procedure.source, sample.line, "Sample: ")
    if not step.is_human:
        at.say(sample.line, f"Sample: nobody does “{step.title}”, so there is nothing to look at")
    elif sample.role == (step.role or at.procedure.performer):
        at.say(sample.line, f"Sample: “{sample.role}” would look at its own work; name another role")


def _check_document(at: At) -> None:
    if at.step.document is not None:
        line = _line(at.step, "Document")
        at.bench.one_of(at.step.document, at.bench.catalogue.documents, "document", at.procedure.source, line)
