"""What the checker works with: the whole playbook, broken files included, the catalogue, and the problems found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ecomos.errors import Problem, nearest
from ecomos.playbook.catalogue import Catalogue, FactField
from ecomos.playbook.folder import KINDS, playbook_of
from ecomos.playbook.limits import limit_named, policy_types
from ecomos.playbook.records import Message, Playbook, PolicyValue

__all__ = ["Bench", "bench_for"]

_ONE = {
    "procedures": "procedure",
    "roles": "role",
    "policies": "policy",
    "kpis": "KPI",
    "messages": "message",
    "reports": "report",
}


@dataclass
class Bench:
    book: Playbook
    """Everything that can be read, broken files as far as they were."""
    whole: Playbook
    catalogue: Catalogue
    names: Mapping[str, frozenset[str]]
    """Kind -> every stem that has a file."""
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def limits(self) -> dict[str, dict[str, FactField]]:
        """The types of all limits: every condition of every step asks for them."""
        return policy_types(self.book)

    def say(self, source: str, line: int, message: str) -> None:
        """Note a problem, once."""
        problem = Problem(source, line, message)
        if problem not in self.problems:
            self.problems.append(problem)

    def named(self, kind: str, name: str, source: str, line: int, where: str = "") -> bool:
        """Whether a file of that kind has the name; a problem where none has."""
        if name in self.names[kind]:
            return True
        self.say(source, line, f"{where}no {_ONE[kind]} named “{name}”{nearest(name, self.names[kind])}")
        return False

    def one_of(self, name: str, known: Iterable[str], what: str, source: str, line: int) -> bool:
        """Whether a name is among those known; a problem with the nearest where it is not."""
        known = list(known)
        if name in known:
            return True
        listed = f" (known: {', '.join(sorted(known)[:12])})" if known else ""
        self.say(source, line, f"no {what} named “{name}”{nearest(name, known) or listed}")
        return False

    def limit(self, name: str, kinds: tuple[str, ...], source: str, line: int) -> PolicyValue | None:
        """The policy's value with that name, which must be of one of these kinds."""
        found = limit_named(self.book, name)
        if found is None:
            known = [f"policy.{s}.{n}" for s, below in self.limits.items() for n in below]
            self.say(source, line, f"no limit named “{name}”{nearest(name, known)}")
        elif kinds and found.kind not in kinds:
            self.say(source, line, f"“{name}” is a {found.kind}; a {' or '.join(kinds)} is needed here")
        return found

    def belongs(self, case: str, cases: set[str]) -> bool:
        """Whether a case is one of these, or leads to one: a return belongs to its order."""
        return case in cases or bool(cases.intersection(self.catalogue.links.get(case, ())))

    def languages(self, stem: str) -> list[Message]:
        """A message in every language."""
        return [m for (name, _), m in self.book.messages.items() if name == stem]


def bench_for(playbook: Playbook, catalogue: Catalogue, known: Iterable[Problem]) -> Bench:
    """A bench; files that only `known` problems tell of count as there."""
    whole: dict[tuple[str, str], Any] = {}
    for kind in KINDS:
        for key, record in getattr(playbook, kind).items():
            name = ".".join(part for part in key if part) if isinstance(key, tuple) else key
            whole[(kind, name)] = record
    everything = playbook_of({**whole, **playbook.broken})
    names: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, name in (*whole, *playbook.broken, *_files(known)):
        if kind in names:
            names[kind].add(name.split(".")[0])
    return Bench(everything, playbook, catalogue, {k: frozenset(v) for k, v in names.items()})


def _files(problems: Iterable[Problem]) -> Iterable[tuple[str, str]]:
    for problem in problems:
        folder, _, file = problem.source.rpartition("/")
        if file.endswith(".md"):
            yield folder.rpartition("/")[2], file.removesuffix(".md")
