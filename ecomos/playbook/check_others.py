"""The proofs about roles, policies, KPI cards, messages and reports, and about the links and limits in every text."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ecomos.errors import Problem
from ecomos.playbook.bench import Bench
from ecomos.playbook.catalogue import FactField
from ecomos.playbook.conditions import compile_condition, unreadable
from ecomos.playbook.document import slug_of
from ecomos.playbook.kinds import Types
from ecomos.playbook.records import Expression, Kpi, Message, Policy, Report, Role, Span

__all__ = [
    "STORE",
    "check_founder",
    "check_kpi",
    "check_message",
    "check_policy",
    "check_report",
    "check_role",
    "check_texts",
]

FOUNDER = "founder"
STORE = {
    "name": FactField("name", "text", doc="The store's name."),
    "email": FactField("email", "text", doc="The address that customers write to."),
}
"""What `store.…` gives in a message."""


def check_role(bench: Bench, role: Role) -> None:
    """A role reports up to the founder, its deputy is another role, its expectations are KPIs."""
    source = role.source
    if role.reports_to is None and role.stem != FOUNDER:
        if "reports to" not in role.lines:
            bench.say(source, 1, f"“reports to” is missing: every role ends at “{FOUNDER}”")
    elif role.reports_to and bench.named(
        "roles", role.reports_to, source, role.lines.get("reports to", 1), "reports to: "
    ):
        _check_ladder(bench, role)
    if role.deputy and bench.named("roles", role.deputy, source, role.lines.get("deputy", 1), "deputy: "):
        if role.deputy == role.stem:
            bench.say(source, role.lines.get("deputy", 1), "a role can't be its own deputy")
    for kpi in role.expectations:
        line = next((x.line for x in role.links if x.target.endswith(f"/{kpi}.md")), role.line)
        bench.named("kpis", kpi, source, line, "expectations: ")


def _check_ladder(bench: Bench, role: Role) -> None:
    way, at = [role.stem], role.reports_to
    while at and at not in way and at in bench.book.roles:
        way.append(at)
        at = bench.book.roles[at].reports_to
    if way[-1] != FOUNDER and at in way:
        said = " → ".join([*way, at])
        bench.say(role.source, role.lines.get("reports to", 1), f"“{role.stem}” never ends at “{FOUNDER}”: {said}")


def check_founder(bench: Bench) -> None:
    """There is a founder, who reports to nobody."""
    if bench.book.roles and FOUNDER not in bench.names["roles"]:
        bench.say("roles/founder.md", 0, "there is no role “founder”, at which every other one ends")
    founder = bench.book.roles.get(FOUNDER)
    if founder and founder.reports_to:
        bench.say(founder.source, founder.lines.get("reports to", 1), "the founder reports to nobody")


def check_policy(bench: Bench, policy: Policy) -> None:
    """Its owner exists, no value passes what the law sets, and every row of its tables can be read."""
    if policy.owner:
        bench.named("roles", policy.owner, policy.source, policy.lines.get("owner", 1), "owner: ")
    for line, said in past_bounds(policy):
        bench.say(policy.source, line, said)
    for name, rows in policy.tables.items():
        if rows and rows[-1].when is not None:
            bench.say(policy.source, rows[-1].line, f"the table “{name}” has no “otherwise” as its last row")
        for problem in (p for row in rows if row.when for p in _row_problems(bench, row.when, policy.source)):
            bench.say(problem.source, problem.line, problem.message)


def _row_problems(bench: Bench, when: Expression, source: str) -> list[Problem]:
    """Why a row can't be read; and where it asks about a kind of case, which name or type in it is wrong. What it asks
    beside that (the words of a mail) only its reader knows."""
    problems = unreadable(when, source)
    asked = {name for name in bench.catalogue.types if re.search(rf"\b{name}\.", when.text)}
    if problems or not asked:
        return problems
    types: Types = {**{name: bench.catalogue.types[name] for name in asked}, "policy": bench.limits}
    return compile_condition(when, types, source)[1]


def past_bounds(policy: Policy) -> list[tuple[int, str]]:
    """(line, what is wrong) for each value below or above what the law sets."""
    found = []
    for value in policy.values.values():
        amount = value.value.amount if isinstance(value.value, Span) else value.value
        if not isinstance(amount, Decimal):
            continue
        if value.not_below is not None and amount < value.not_below:
            found.append((value.line, f"“{value.name}” is {amount}, below {value.not_below} ({value.basis})"))
        if value.not_above is not None and amount > value.not_above:
            found.append((value.line, f"“{value.name}” is {amount}, above {value.not_above} ({value.basis})"))
    return found


def check_kpi(bench: Bench, kpi: Kpi) -> None:
    """Its owner exists; with a range it says which procedure handles a breach."""
    if kpi.owner:
        bench.named("roles", kpi.owner, kpi.source, kpi.lines.get("owner", 1), "owner: ")
    if kpi.on_breach:
        bench.named("procedures", kpi.on_breach, kpi.source, kpi.lines.get("on breach", 1), "on breach: ")
    elif kpi.range is not None and "on breach" not in kpi.lines:
        said = "a KPI with a range needs “on breach”: the procedure that handles it"
        bench.say(kpi.source, kpi.lines.get("range", 1), said)


def check_message(bench: Bench, message: Message) -> None:
    """Every name that it shows exists, in every language; each language stands beside the store's own."""
    source = message.source
    if message.language and (message.stem, "") not in bench.book.messages:
        bench.say(source, 0, f"there is no {message.stem}.md in the store's own language beside it")
    if message.about:
        bench.one_of(message.about, bench.catalogue.types, "kind of case", source, message.lines.get("about", 1))
    for name in message.used:
        _check_name(bench, message, name)


def _check_name(bench: Bench, message: Message, name: str) -> None:
    level: FactField | Types = _names(bench, message)
    line, parts = message.lines.get(name, message.line), name.split(".")
    if parts[0] == "answers":
        return
    for at, part in enumerate(parts):
        if not isinstance(level, Mapping):
            bench.say(message.source, line, f"“{'.'.join(parts[:at])}” has no parts, so “{name}” can't be")
            return
        before = ".".join(parts[:at])
        if not bench.one_of(part, level, f"name in “{before}”" if before else "name", message.source, line):
            return
        level = level[part]
    if isinstance(level, Mapping):
        bench.say(message.source, line, f"“{name}” is not a single fact; name one of its parts")
    elif level.nullable and name not in message.guarded:
        bench.say(message.source, line, f"“{name}” may be unknown; show it inside “{{% if {name} %}} … {{% endif %}}”")


def _names(bench: Bench, message: Message) -> Types:
    cases = (message.about, *bench.catalogue.links.get(message.about, ()))
    facts = {case: bench.catalogue.types[case] for case in cases if case in bench.catalogue.types}
    return {
        **facts,
        "store": STORE,
        "policy": bench.limits,
        "today": FactField("today", "day"),
        "answers": {},
    }


def check_report(bench: Bench, report: Report) -> None:
    """Every role that it names exists, and how fresh its data must be is a length of time."""
    for key, roles in (("owner", (report.owner,)), ("to", report.to), ("on failure", (report.on_failure,))):
        for role in roles:
            if role and key in report.lines:
                bench.named("roles", role, report.source, report.lines[key], f"{key}: ")
    if report.fresh and report.fresh.policy:
        bench.limit(report.fresh.policy, ("span",), report.source, report.lines.get("fresh", 1))


def check_texts(bench: Bench) -> None:
    """Every link leads to a file or a step that is there, every `{{ … }}` to a limit."""
    kinds = ("procedures", "roles", "policies", "kpis", "reports")
    for kind in kinds:
        for record in getattr(bench.book, kind).values():
            for link in record.links:
                _check_link(bench, kind, record, link.target, link.line)
            for limit in record.limits:
                bench.limit(limit.target, (), record.source, limit.line)


def _check_link(bench: Bench, kind: str, record: Any, target: str, line: int) -> None:
    path, _, anchor = target.partition("#")
    if ":" in path or path.startswith("/"):
        return
    if not path:
        if kind != "procedures" and anchor not in _anchors(record):
            bench.one_of(anchor, _anchors(record), "heading", record.source, line)
        return
    folder, _, file = path.rpartition("/")
    there = folder.removeprefix("../") if folder.startswith("../") else folder.removeprefix("./") or kind
    if there not in bench.names:
        bench.say(record.source, line, f"the link “{target}” leads out of the playbook")
        return
    stem = file.removesuffix(".md").split(".")[0]
    if not file.endswith(".md"):
        bench.say(record.source, line, f"the link “{target}” leads to no Markdown file")
    elif bench.named(there, stem, record.source, line) and anchor:
        other = getattr(bench.book, there).get(stem)
        if other is not None and anchor not in _anchors(other):
            bench.one_of(anchor, _anchors(other), f"heading in “{path}”", record.source, line)


def _anchors(record: Any) -> list[str]:
    steps = [s.slug for s in getattr(record, "steps", ())]
    values = [slug_of(name.replace("_", " ")) for name in getattr(record, "values", ())]
    return [*steps, *values, slug_of(record.title)]
