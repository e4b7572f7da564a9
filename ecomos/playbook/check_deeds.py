"""The proofs about what a step does to the world: approve, do, send, start another procedure."""

from ecomos.playbook.catalogue import Deed
from ecomos.playbook.records import Send, StartChild
from ecomos.playbook.standing import At

__all__ = ["check_approve", "check_do", "check_send", "check_starts"]

_PEOPLE = ("order", "customer", "ticket", "return")
"""Cases behind which a customer stands."""


def check_approve(at: At) -> None:
    asked = at.step.approve
    if asked is None:
        return
    at.condition(asked.when, at.after)
    got = at.value(asked.amount, at.after)
    if got and got[0] != "money":
        at.say(asked.line, f"Approve: “{asked.amount.text}” is {got[0]}; an approval is of money")
    if got and got[0] == "money" and got[1]:
        at.say(asked.line, f"Approve: “{asked.amount.text}” may be missing here")
    kinds = sorted({kind for role in at.bench.book.roles.values() for kind in role.authority})
    if at.bench.one_of(asked.kind, kinds, "kind of authority", at.procedure.source, asked.line):
        _check_ladder(at, asked.kind, asked.line)


def _check_ladder(at: At, kind: str, line: int) -> None:
    roles, seen = at.bench.book.roles, list[str]()
    name: str | None = at.step.role or at.procedure.performer
    first = name
    if first not in roles:
        return
    while name and name in roles and name not in seen:
        seen.append(name)
        authority = roles[name].authority.get(kind)
        if authority and authority.each is None:
            return
        name = roles[name].reports_to
    at.say(line, f"Approve: no role from “{first}” up to “{seen[-1]}” may decide any amount of “{kind}”")


def check_do(at: At) -> None:
    do = at.step.do
    if do is None:
        return
    at.condition(do.when, at.after)
    if not at.bench.one_of(do.deed, at.bench.catalogue.deeds, "deed", at.procedure.source, do.line):
        return
    deed = at.bench.catalogue.deeds[do.deed]
    if deed.about not in at.cases:
        at.say(do.line, f"Do: {do.deed} is done to the case “{deed.about}”, which is not there in “{at.step.title}”")
    for name in do.arguments:
        at.bench.one_of(name, deed.arguments, f"argument of {do.deed}", at.procedure.source, do.line)
    missing = [n for n, f in deed.arguments.items() if not f.nullable and n not in do.arguments]
    if missing:
        at.say(do.line, f"Do: {do.deed} also needs {', '.join(f'{n}=' for n in missing)}")
    _check_arguments(at, deed)


def _check_arguments(at: At, deed: Deed) -> None:
    do = at.step.do
    for name, expression in do.arguments.items() if do else ():
        field, got = deed.arguments.get(name), at.value(expression, at.after)
        if field is None or got is None:
            continue
        if not _fits(field.type, got[0]):
            at.say(expression.line, f"Do: {name}= takes {field.type}; “{expression.text}” is {got[0]}")
        elif got[1] and not field.nullable:
            at.say(expression.line, f"Do: {name}= is needed, and “{expression.text}” may be missing here")


def _fits(wanted: str, got: str) -> bool:
    return wanted == got or (wanted, got) in (("money", "number"), ("text", "time"))


def check_send(at: At, send: Send) -> None:
    at.condition(send.when, at.after)
    source = at.procedure.source
    if send.to not in at.bench.catalogue.recipients and send.to not in at.bench.names["roles"]:
        known = [*at.bench.catalogue.recipients, *at.bench.names["roles"]]
        at.bench.one_of(send.to, known, "recipient or role", source, send.line)
    if send.to == "customer" and not at.cases.intersection(_PEOPLE):
        at.say(send.line, f"Send: nobody stands behind {' and '.join(sorted(at.cases))}; “to customer” needs an order")
    if not at.bench.named("messages", send.message, source, send.line):
        return
    recorded = at.after.answers()
    for message in at.bench.languages(send.message):
        if message.about and message.about not in at.cases:
            at.say(send.line, f"Send: {message.source} is about the case “{message.about}”, which is not there")
        for name in message.used:
            root, _, rest = name.partition(".")
            if root == "answers" and rest and rest not in recorded:
                said = f"shows “{name}”, which is not recorded before “{at.step.title}”"
                at.say(send.line, f"Send: {message.source} {said}")
            elif root == "answers" and rest and recorded[rest].nullable and name not in message.guarded:
                said = f"shows “{name}”, which may be missing here; show it inside “{{% if {name} %}} … {{% endif %}}”"
                at.say(send.line, f"Send: {message.source} {said}")


def check_starts(at: At) -> None:
    source = at.procedure.source
    for child in at.step.starts:
        at.condition(child.when, at.after)
        if child.for_each:
            _check_each(at, child)
        elif child.about not in at.cases:
            at.say(child.line, f"the case “{child.about}” is not there in “{at.step.title}”")
        if not at.bench.named("procedures", child.procedure, source, child.line):
            continue
        other = at.bench.book.procedures.get(child.procedure)
        if other and other.about and other.about != child.about:
            at.say(child.line, f"“{other.title}” is about the case “{other.about}”, not “{child.about}”")
    end = at.step.end
    if end and end.handed_to and at.bench.named("procedures", end.handed_to, source, end.line, "End: "):
        if end.handed_to not in at.after.started:
            at.say(end.line, f"End: “{end.handed_to}” was not started; “- **Start:** …” comes before")


def _check_each(at: At, child: StartChild) -> None:
    assert child.for_each is not None
    what, of = child.for_each
    known = [f"{one} of {all_}" for one, all_ in at.bench.catalogue.members]
    if at.bench.one_of(f"{what} of {of}", known, "group", at.procedure.source, child.line) and of not in at.cases:
        at.say(child.line, f"the case “{of}” is not there in “{at.step.title}”")
