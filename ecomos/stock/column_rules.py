"""Decision tables over columns: the rows of an `If | Then` table asked of all things at once. Says what asking each
thing alone would say, a fact that is not known included. Needs numpy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from rule_engine import ast

from ecomos.errors import WrongUsage
from ecomos.playbook.conditions import Condition, compile_condition
from ecomos.playbook.kinds import Types, path_of
from ecomos.playbook.records import Branch

__all__ = ["Fired", "Table", "compile_table", "fire", "holds"]

Array = Any


@dataclass(frozen=True)
class Table:
    """A table that was checked: conditions and answers; the last has no condition."""

    source: str
    rows: tuple[tuple[Condition | None, str], ...]


@dataclass(frozen=True)
class Fired:
    """Which row fired for each thing, from 0."""

    row: Array
    table: Table

    @property
    def answers(self) -> Array:
        """The answer of each thing's row."""
        return np.array([answer for _, answer in self.table.rows], object)[self.row]


def compile_table(branches: Sequence[Branch], types: Types, source: str) -> Table:
    """A policy's table, its names and types checked once. Raises WrongUsage with file, line and what is wrong."""
    rows: list[tuple[Condition | None, str]] = []
    for branch in branches:
        condition = None
        if branch.when is not None:
            condition, problems = compile_condition(branch.when, types, source)
            if condition is None:
                raise WrongUsage("\n".join(map(str, problems)))
        rows.append((condition, branch.target.title))
    if not rows or rows[-1][0] is not None:
        raise WrongUsage(f"{source}: the table has no “otherwise” as its last row.")
    return Table(source, tuple(rows))


def fire(table: Table, values: Mapping[str, Any], count: int) -> Fired:
    """The first row that holds for each of `count` things; one that can't tell is passed over."""
    row = np.full(count, len(table.rows) - 1)
    waiting = np.ones(count, bool)
    for number, (condition, _) in enumerate(table.rows):
        now = waiting if condition is None else waiting & holds(condition, values, count)
        row[now] = number
        waiting &= ~now
    return Fired(row, table)


def holds(condition: Condition, values: Mapping[str, Any], count: int) -> Array:
    """For which things it is true; false where it can't tell."""
    value, known = _of(condition.tree, values)
    return np.broadcast_to(np.asarray(value, bool) & known, (count,))


Said = tuple[Any, Any]
"""(value, whether it is known): numbers, or arrays."""


def _of(node: Any, values: Mapping[str, Any]) -> Said:
    path = path_of(node)
    if path:
        return _named(path, values)
    for classes, read in _READERS:
        if isinstance(node, classes):
            return read(node, values)
    raise WrongUsage(f"“{type(node).__name__}” can't be asked of all things at once; write the row another way.")


def _named(path: tuple[str, ...], values: Mapping[str, Any]) -> Said:
    value: Any = values
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            return value, ~np.isnan(value)
        return value, value != "" if value.dtype.kind in "UO" else True
    return float(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value, (
        value is not None
    )


def _literal(node: Any, values: Mapping[str, Any]) -> Said:
    value = node.value
    return (float(value) if isinstance(value, Decimal) else value), value is not None


def _equality(node: Any, values: Mapping[str, Any]) -> Said:
    (left, know_left), (right, know_right) = _of(node.left, values), _of(node.right, values)
    if isinstance(node.left, ast.NullExpression) or isinstance(node.right, ast.NullExpression):
        unknown = ~np.asarray(know_right if isinstance(node.left, ast.NullExpression) else know_left)
        return (unknown if node.type == "eq" else ~unknown), True
    same = np.asarray(left) == np.asarray(right)
    return (same if node.type == "eq" else ~same), np.asarray(know_left) & know_right


def _order(node: Any, values: Mapping[str, Any]) -> Said:
    (left, know_left), (right, know_right) = _of(node.left, values), _of(node.right, values)
    compare = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}[node.type]
    known = np.asarray(know_left) & know_right
    with np.errstate(invalid="ignore"):
        return compare(left, right) & known, known


def _logic(node: Any, values: Mapping[str, Any]) -> Said:
    (left, know_left), (right, know_right) = _of(node.left, values), _of(node.right, values)
    left, right = np.asarray(left, bool), np.asarray(right, bool)
    decided = left if node.type == "or" else ~left
    value = left | right if node.type == "or" else left & right
    return value, np.asarray(know_left) & (decided | know_right)


def _unary(node: Any, values: Mapping[str, Any]) -> Said:
    value, known = _of(node.right, values)
    return (~np.asarray(value, bool) if node.type == "not" else -value), known


def _contains(node: Any, values: Mapping[str, Any]) -> Said:
    member, known = _of(node.member, values)
    if not isinstance(node.container, ast.ArrayExpression):
        raise WrongUsage("“in” takes a list in square brackets.")
    listed = [_of(one, values)[0] for one in node.container.value]
    return np.isin(member, listed), known


def _coalesce(node: Any, values: Mapping[str, Any]) -> Said:
    (left, know_left), (right, know_right) = _of(node.left, values), _of(node.right, values)
    return np.where(know_left, left, right), np.asarray(know_left) | know_right


def _arithmetic(node: Any, values: Mapping[str, Any]) -> Said:
    (left, know_left), (right, know_right) = _of(node.left, values), _of(node.right, values)
    sign, known = node.type.removeprefix("t"), np.asarray(know_left) & know_right
    if sign == "div":
        known = known & (np.asarray(right) != 0)
        return np.divide(left, np.where(np.asarray(right) == 0, 1.0, right)), known
    return {"add": np.add, "sub": np.subtract, "mul": np.multiply}[sign](left, right), known


_READERS: tuple[tuple[Any, Callable[[Any, Mapping[str, Any]], Said]], ...] = (
    (ast.LiteralExpressionBase, _literal),
    (ast.ArithmeticComparisonExpression, _order),
    (ast.ComparisonExpression, _equality),
    (ast.LogicExpression, _logic),
    (ast.UnaryExpression, _unary),
    (ast.ContainsExpression, _contains),
    (ast.CoalesceExpression, _coalesce),
    (ast.ArithmeticExpression, _arithmetic),
    ((ast.AddExpression, ast.SubtractExpression), _arithmetic),
)
