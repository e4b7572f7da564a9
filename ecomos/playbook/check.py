"""The checker: everything that must hold before anything runs, every problem of every file in one go."""

from collections.abc import Iterable

from ecomos.errors import Problem, nearest
from ecomos.playbook.bench import Bench, bench_for
from ecomos.playbook.catalogue import Catalogue
from ecomos.playbook.check_others import (
    check_founder,
    check_kpi,
    check_message,
    check_policy,
    check_report,
    check_role,
    check_texts,
)
from ecomos.playbook.check_procedure import check_procedure, check_starts_apart, check_ways
from ecomos.playbook.check_step import check_step
from ecomos.playbook.records import Playbook, Procedure
from ecomos.playbook.ways import Known, known_at, paths

__all__ = ["check", "check_sources", "field_lines", "path_lines"]


def check(playbook: Playbook, catalogue: Catalogue, *, known_problems: Iterable[Problem] = ()) -> list[Problem]:
    """Every problem that is not among the known ones (those of reading the files), sorted by file and line.

    A file that could not be read whole is checked as far as it was; names of such files count as there.
    """
    known = list(known_problems)
    bench = bench_for(playbook, catalogue, known)
    for procedure in bench.book.procedures.values():
        _check_procedure(bench, procedure)
    check_starts_apart(bench)
    check_founder(bench)
    for role in bench.book.roles.values():
        check_role(bench, role)
    for policy in bench.book.policies.values():
        check_policy(bench, policy)
    for kpi in bench.book.kpis.values():
        check_kpi(bench, kpi)
    for message in bench.book.messages.values():
        check_message(bench, message)
    for report in bench.book.reports.values():
        check_report(bench, report)
    check_texts(bench)
    return sorted(set(bench.problems) - set(known))


def _check_procedure(bench: Bench, procedure: Procedure) -> None:
    check_procedure(bench, procedure)
    if not procedure.steps:
        return
    is_whole = procedure.stem in bench.whole.procedures
    if is_whole:
        check_ways(bench, procedure)
    known = known_at(procedure)
    everything = known_anywhere(procedure)
    for step in procedure.steps:
        check_step(bench, procedure, step, known.get(step.slug, everything) if is_whole else everything)


def known_anywhere(procedure: Procedure) -> Known:
    """Everything that some step records: for a step that nothing leads to, and for a file that is half read."""
    known = Known()
    for step in procedure.steps:
        known = known.after(step)
    return known


def check_sources(playbook: Playbook, catalogue: Catalogue, sources: Iterable[str]) -> list[Problem]:
    """Procedures that start on an event which none of this store's sources (import, page, schedule …) brings."""
    there = set(sources)
    found = []
    for procedure in playbook.procedures.values():
        starts = procedure.starts
        event = catalogue.events.get(starts.event or "") if starts else None
        if starts and event and not there.intersection(event.sources):
            needs = " or ".join(event.sources)
            said = (
                f"nothing in this store brings “{event.kind}” (it comes from: {needs}); start it by hand on a schedule"
            )
            found.append(Problem(procedure.source, starts.line, said))
    return sorted(found)


def path_lines(procedure: Procedure) -> list[str]:
    """`ecomos check --paths NAME`: every walk from the start to an end, numbered."""
    lines = []
    for number, walk in enumerate(paths(procedure), 1):
        lines += [f"{number}. {walk[0]}", *(f"   {line}" for line in walk[1:]), ""]
    return lines[:-1]


def field_lines(catalogue: Catalogue, case: str) -> list[str]:
    """`ecomos check --fields TYPE`: what a condition may ask about a case, one line a fact.

    Raises KeyError with the nearest name for an unknown case.
    """
    if case not in catalogue.types:
        raise KeyError(f"no kind of case named “{case}”{nearest(case, catalogue.types)}")
    width = max(len(f"{case}.{name}") for name in catalogue.types[case])
    return [
        f"{f'{case}.{name}':{width}}  {f.type}{' or unknown' if f.nullable else ''}  {f.doc}".rstrip()
        for name, f in catalogue.types[case].items()
    ]
