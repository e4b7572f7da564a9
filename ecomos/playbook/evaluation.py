"""What an expression gives for some values: read lazily, left to right, a null operand raised as "cannot tell".
Trusts that kinds.py has passed the expression."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from rule_engine import ast

from ecomos.errors import EcomosError
from ecomos.playbook.kinds import path_of

__all__ = ["CannotTell", "Evaluation"]

_DAY = Decimal(86_400)


class CannotTell(EcomosError):
    """A fact that the expression needs is not known."""

    def __init__(self, name: str) -> None:
        super().__init__(f"cannot tell: “{name}” is not known")
        self.name = name


@dataclass
class Evaluation:
    """One reading of an expression; `used` holds every name that was read and its value."""

    values: Mapping[str, Any]
    zone: tzinfo
    used: dict[str, Any] = field(default_factory=dict)

    def of(self, node: Any) -> Any:
        """The value, None where it is not known. Raises CannotTell for a null operand."""
        path = path_of(node)
        if path:
            return self._named(path)
        for classes, read in _READERS:
            if isinstance(node, classes):
                return read(self, node)
        raise TypeError(f"{type(node).__name__} should have been refused")

    def needed(self, node: Any) -> Any:
        """The value, which must be known."""
        value = self.of(node)
        if value is None:
            raise CannotTell(_name(node))
        return value

    def _named(self, path: tuple[str, ...]) -> Any:
        value: Any = self.values
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
            if value is None:
                break
        self.used[".".join(path)] = value
        return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return f"{value:%H:%M}" if isinstance(value, time) else value


def _name(node: Any) -> str:
    path = path_of(node)
    if path:
        return ".".join(path)
    parts = [_name(n) for n in (getattr(node, "left", None), getattr(node, "right", None)) if n is not None]
    return next((p for p in parts if p), "a part of it")


def _literal(run: Evaluation, node: Any) -> Any:
    return node.value


def _array(run: Evaluation, node: Any) -> tuple[Any, ...]:
    return tuple(run.needed(member) for member in node.value)


def _equality(run: Evaluation, node: Any) -> bool:
    if isinstance(node.left, ast.NullExpression) or isinstance(node.right, ast.NullExpression):
        same = run.of(node.left) is None and run.of(node.right) is None
    else:
        left, right = _alike(run.needed(node.left), run.needed(node.right), run.zone)
        same = left == right
    return same if node.type == "eq" else not same


def _order(run: Evaluation, node: Any) -> bool:
    left, right = _alike(run.needed(node.left), run.needed(node.right), run.zone)
    return bool({"lt": left < right, "le": left <= right, "gt": left > right, "ge": left >= right}[node.type])


def _pattern(run: Evaluation, node: Any) -> bool:
    text, pattern = run.needed(node.left), run.needed(node.right)
    found = re.match(pattern, text) if node.type.endswith("m") else re.search(pattern, text)
    return bool(found) == node.type.startswith("eq")


def _alike(left: Any, right: Any, zone: tzinfo) -> tuple[Any, Any]:
    if _is_day(left) != _is_day(right):
        return _instant(left, zone), _instant(right, zone)
    if isinstance(left, timedelta) != isinstance(right, timedelta):
        return _days(left), _days(right)
    return left, right


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _instant(value: date, zone: tzinfo) -> datetime:
    return value.astimezone(zone) if isinstance(value, datetime) else datetime.combine(value, time(), zone)


def _days(value: timedelta | Decimal) -> Decimal:
    return Decimal(str(value.total_seconds())) / _DAY if isinstance(value, timedelta) else value


def _logic(run: Evaluation, node: Any) -> bool:
    left = run.needed(node.left)
    if left == (node.type == "or"):
        return bool(left)
    return bool(run.needed(node.right))


def _unary(run: Evaluation, node: Any) -> Any:
    value = run.needed(node.right)
    return not value if node.type == "not" else -value


def _contains(run: Evaluation, node: Any) -> bool:
    member = run.needed(node.member)
    return any(left == right for left, right in (_alike(member, o, run.zone) for o in run.needed(node.container)))


def _coalesce(run: Evaluation, node: Any) -> Any:
    left = run.of(node.left)
    return run.of(node.right) if left is None else left


def _ternary(run: Evaluation, node: Any) -> Any:
    return run.of(node.case_true if run.needed(node.condition) else node.case_false)


def _arithmetic(run: Evaluation, node: Any) -> Any:
    left, right, sign = run.needed(node.left), run.needed(node.right), node.type.removeprefix("t")
    if sign == "mul":
        return _times(left, right)
    if sign == "div":
        return _divided(left, right)
    if isinstance(left, date) and isinstance(right, date):
        return _between(left, right, run.zone)
    if _is_day(left) and right % timedelta(days=1):
        left = _instant(left, run.zone)
    return left + right if sign == "add" else left - right


def _between(left: date, right: date, zone: tzinfo) -> timedelta:
    """Whole days between days; a day beside an instant is the store's midnight, on the store's clock."""
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left - right
    left, right = (x if _is_day(x) else _instant(x, zone).replace(tzinfo=None) for x in (left, right))
    start, end = (x if isinstance(x, datetime) else datetime.combine(x, time()) for x in (left, right))
    return start - end


def _times(left: Any, right: Any) -> Any:
    if isinstance(left, timedelta):
        return timedelta(seconds=float(Decimal(str(left.total_seconds())) * right))
    return left * right


def _divided(left: Any, right: Any) -> Decimal:
    if not right:
        raise CannotTell("a division by zero")
    return _days(left) / _days(right) if isinstance(left, timedelta) else left / right


_READERS: tuple[tuple[Any, Callable[[Evaluation, Any], Any]], ...] = (
    (ast.ArrayExpression, _array),
    (ast.LiteralExpressionBase, _literal),
    (ast.ArithmeticComparisonExpression, _order),
    (ast.FuzzyComparisonExpression, _pattern),
    (ast.ComparisonExpression, _equality),
    (ast.LogicExpression, _logic),
    (ast.UnaryExpression, _unary),
    (ast.ContainsExpression, _contains),
    (ast.CoalesceExpression, _coalesce),
    (ast.TernaryExpression, _ternary),
    ((ast.AddExpression, ast.SubtractExpression, ast.ArithmeticExpression), _arithmetic),
)
