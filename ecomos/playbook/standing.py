"""A step where the checker stands: what is known there, and what an expression may name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ecomos.errors import Problem
from ecomos.playbook.bench import Bench
from ecomos.playbook.catalogue import FactField
from ecomos.playbook.check_procedure import TODAY, event_fields
from ecomos.playbook.conditions import compile_condition, compile_value
from ecomos.playbook.kinds import Types, path_of
from ecomos.playbook.records import Expression, Procedure, Step
from ecomos.playbook.ways import Known, outcomes

__all__ = ["At"]


@dataclass
class At:
    """A step with what is known in it."""

    bench: Bench
    procedure: Procedure
    step: Step
    before: Known

    @property
    def after(self) -> Known:
        return self.before.after(self.step)

    @property
    def cases(self) -> set[str]:
        own = {self.procedure.about, *self.before.cases}
        own |= {self.step.case} if self.step.case else set()
        return own.union(*(self.bench.catalogue.links.get(c, ()) for c in own))

    def say(self, line: int, message: str) -> None:
        self.bench.say(self.procedure.source, line, message)

    def types(self, known: Known) -> Types:
        """Everything that an expression may name at this point."""
        event = self.procedure.starts.event if self.procedure.starts else None
        facts = self.bench.catalogue.types
        started = {s.replace("-", "_"): {"outcome": self._outcome(s)} for s in sorted(known.started)}
        return {
            **{case: facts[case] for case in sorted(self.cases) if case in facts},
            "event": event_fields(self.bench.catalogue.events.get(event or "")),
            "answers": known.answers(),
            "started": started,
            "policy": self.bench.limits,
            "today": TODAY,
        }

    def _outcome(self, stem: str) -> FactField:
        child = self.bench.book.procedures.get(stem)
        return FactField("outcome", "text", True, choices=outcomes(child) if child else ())

    def condition(self, expression: Expression | None, known: Known) -> None:
        if expression is not None:
            self.bench.problems.extend(self._here(compile_condition(expression, self.types(known), "")[1]))

    def value(self, expression: Expression, known: Known) -> tuple[str, bool] | None:
        """The kind of an expression, and whether it may be missing; None where it can't be."""
        value, problems = compile_value(expression, self.types(known), "")
        self.bench.problems.extend(self._here(problems))
        if value is None:
            return None
        path = path_of(value.tree)
        return value.kind.name, bool(path) and _nullable(self.types(known), path or ())

    def _here(self, problems: list[Problem]) -> list[Problem]:
        recorded = {f.name: s.title for s in self.procedure.steps for f in s.record}
        found = []
        for p in problems:
            name = next((n for n in recorded if f"“answers” has no “{n}”" in p.message), None)
            said = f"“answers.{name}” is not known here: no way through “{recorded[name]}” leads here" if name else ""
            found.append(replace(p, source=self.procedure.source, message=said or p.message))
        return found


def _nullable(types: Types, path: tuple[str, ...]) -> bool:
    level: FactField | Types = types
    for name in path:
        level = level[name] if isinstance(level, Mapping) else level
    return isinstance(level, FactField) and level.nullable
