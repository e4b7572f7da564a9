"""Conditions and values as staff write them: rule-engine's grammar with its gaps closed. What is wrong is a Problem
when compiled; what is not known is CannotTell when asked."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any

import rule_engine
from rule_engine.errors import DatetimeSyntaxError, EngineError, RuleSyntaxError, TimedeltaSyntaxError

from ecomos.errors import Problem
from ecomos.playbook.evaluation import CannotTell, Evaluation
from ecomos.playbook.kinds import Kind, Types, kind_of
from ecomos.playbook.records import Expression

__all__ = ["CannotTell", "Condition", "Value", "compile_condition", "compile_value", "compiled_anew", "unreadable"]

_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_HABITS = (
    (re.compile(r"[“”„‘’]"), 'curly quotes; a text stands between straight ones, as in "late"'),
    (re.compile(r"(?<![=!<>~])=(?![=~])"), "one “=”; a comparison is “==”"),
    (re.compile(r"&&"), "“&&”; write “and”"),
    (re.compile(r"\|\|"), "“||”; write “or”"),
    (re.compile(r"!(?![=~])"), "“!”; write “not”"),
    (re.compile(r"<>"), "“<>”; write “!=”"),
    (re.compile(r"\bis\b"), "“is”; write “== null” or “!= null”"),
    (re.compile(r"\d,\d{3}"), "a comma in a number; write it without"),
    (re.compile(r"\bNone\b|\bnil\b"), "“None”; write “null”"),
    (re.compile(r"\bTrue\b|\bFalse\b"), "“True” or “False”; write “true” or “false”, or the name alone"),
)
LONGEST = 500
"""Characters of an expression: longer ones are read by nobody, and nest deeper than we follow."""
_HYPHEN = re.compile(r"\b[A-Za-z_][\w.]*-[A-Za-z_][\w.-]*")


@dataclass(frozen=True)
class _Compiled:
    text: str
    line: int
    kind: Kind
    tree: Any = field(repr=False, compare=False)

    def used(self, values: Mapping[str, Any], zone: tzinfo = UTC) -> dict[str, Any]:
        """Every name that is read for these values, in order, with its value; a decision stores it."""
        run = Evaluation(values, zone)
        with contextlib.suppress(CannotTell):
            run.of(self.tree)
        return run.used


@dataclass(frozen=True)
class Condition(_Compiled):
    """An expression that is true or false."""

    def holds(self, values: Mapping[str, Any], zone: tzinfo = UTC) -> bool:
        """Whether it is true. `zone` is the store's: a day beside an instant is midnight there.

        Raises CannotTell where a name that it needs is null.
        """
        return bool(Evaluation(values, zone).needed(self.tree))


@dataclass(frozen=True)
class Value(_Compiled):
    """An expression that gives something: `answers.amount`, `order.total`."""

    def of(self, values: Mapping[str, Any], zone: tzinfo = UTC) -> Any:
        """What it gives (money and numbers as Decimal), None where that is null.

        Raises CannotTell where a part that it reckons with is null.
        """
        return Evaluation(values, zone).of(self.tree)


def compile_condition(expression: Expression, types: Types, source: str = "") -> tuple[Condition | None, list[Problem]]:
    """A condition, checked against the names and types known where it stands."""
    tree, kind, problems = _compile(expression, types, source)
    if kind is None:
        return None, problems
    if kind.name != "yes or no":
        said = f"“{expression.text}” is {kind.name}, not yes or no; compare it with something"
        return None, [Problem(source, expression.line, said)]
    return Condition(expression.text, expression.line, kind, tree), problems


def compile_value(expression: Expression, types: Types, source: str = "") -> tuple[Value | None, list[Problem]]:
    """An expression that gives a value, checked against the names and types known where it stands."""
    tree, kind, problems = _compile(expression, types, source)
    return (Value(expression.text, expression.line, kind, tree) if kind else None), problems


@lru_cache(maxsize=4096)
def compiled_anew(expression: Expression) -> Value:
    """An expression of a text that was checked already, as a value to ask."""
    return Value(expression.text, expression.line, Kind("text", expression.text), _tree(expression.text))


def unreadable(expression: Expression, source: str = "") -> list[Problem]:
    """Why an expression can't be read, whatever its names may be: empty where it can."""
    problems: list[Problem] = []
    _parsed(expression.text, lambda message: problems.append(Problem(source, expression.line, message)))
    return problems


def _compile(expression: Expression, types: Types, source: str) -> tuple[Any, Kind | None, list[Problem]]:
    problems: list[Problem] = []

    def report(message: str) -> None:
        problems.append(Problem(source, expression.line, message))

    tree = _parsed(expression.text, report)
    kind = kind_of(tree, types, report) if tree is not None else None
    return tree, (None if problems else kind), problems


def _parsed(text: str, report: Any) -> Any:
    bare = _QUOTED.sub(lambda m: '"' + " " * (len(m[0]) - 2) + '"', text)
    hyphen = _HYPHEN.search(bare)
    if len(text) > LONGEST:
        report(f"an expression of {len(text)} characters; at most {LONGEST}, so make it two rows or two steps")
        return None
    if hyphen:
        fixed = hyphen[0].replace("-", "_")
        report(f"“{hyphen[0]}”: a hyphen would mean minus; names in conditions have underscores, as in “{fixed}”")
        return None
    try:
        return _tree(text)
    except RuleSyntaxError as error:
        report(f"“{text}” can't be read: {_reworded(bare, error)}")
    except (DatetimeSyntaxError, TimedeltaSyntaxError) as error:
        report(f"“{text}” can't be read: “{error.value}” is no day or length of time")
    except EngineError as error:
        report(f"“{text}” can't be worked out: {error.message}")
    return None


@lru_cache(maxsize=4096)
def _tree(text: str) -> Any:
    """The same words are read the same way: each mail asks every row of the topics, each adoption every condition."""
    return rule_engine.Rule(text).statement.expression


def _reworded(bare: str, error: RuleSyntaxError) -> str:
    habit = next((plain for pattern, plain in _HABITS if pattern.search(bare)), None)
    if habit:
        return habit
    if error.token is None:
        return "it ends too early"
    return f"something is wrong at “{error.token.value}” (character {error.token.lexpos + 1})"
