"""What an expression's parts are: text, number, money, yes or no, day, instant, span; and which of them go together.
Knows the syntax tree of rule-engine and no value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from rule_engine import ast

from ecomos.errors import nearest
from ecomos.playbook.catalogue import FactField

__all__ = ["Kind", "Types", "kind_of", "path_of"]

Types = Mapping[str, Union[FactField, "Types"]]
"""Name -> its type, or the names below it: {"order": {"total": FactField(…)}, "today": FactField(…)}."""

Report = Callable[[str], None]

_QUANTITIES = ("number", "money", "span", "day", "instant")


@dataclass(frozen=True)
class Kind:
    """What a part of an expression gives."""

    name: str
    """A type of the catalogue, or `nothing` (null), `list`."""
    text: str
    """As written, for messages."""
    choices: tuple[str, ...] = ()
    """All that it can be, where that is known."""
    literal: Any = None
    counts_days: bool = False
    """A fact named `days_…`: a number that a length of time may stand beside."""
    members: tuple["Kind", ...] = ()
    """Of a list."""


def path_of(node: Any) -> tuple[str, ...] | None:
    """`order.total` as ("order", "total"); None for anything but a dotted name."""
    if isinstance(node, ast.SymbolExpression):
        return (node.name,)
    if isinstance(node, ast.GetAttributeExpression):
        before = path_of(node.object)
        return (*before, node.name) if before else None
    return None


def kind_of(node: Any, types: Types, report: Report) -> Kind | None:
    """The kind of an expression; None where something is wrong, which was reported."""
    path = path_of(node)
    if path:
        return _named(path, types, report)
    for classes, read in _READERS:
        if isinstance(node, classes):
            return read(node, types, report)
    report("functions, square brackets behind a name and bit operations are not used in conditions")
    return None


def _named(path: tuple[str, ...], types: Types, report: Report) -> Kind | None:
    level: FactField | Types = types
    for at, name in enumerate(path):
        before = ".".join(path[:at])
        if isinstance(level, FactField):
            report(f"“{before}” is {_a(level.type)} and has no parts, so “{'.'.join(path)}” can't be")
            return None
        if name not in level:
            where = f"“{before}” has no “{name}”" if before else f"nothing here is named “{name}”"
            report(where + (nearest(name, level) or _known(level)))
            return None
        level = level[name]
    text = ".".join(path)
    if not isinstance(level, FactField):
        report(f"“{text}” is not a single fact; name one of its parts{_known(level)}")
        return None
    if level.type == "working span":
        report(f"“{text}” counts working time, which a condition can't compare; it is for deadlines")
        return None
    return Kind(level.type, text, choices=level.choices, counts_days=path[-1].startswith("days_"))


def _known(names: Mapping[str, Any]) -> str:
    listed = sorted(names)
    return f" (known: {', '.join(listed[:12])}{', …' if len(listed) > 12 else ''})" if listed else ""


def _a(kind: str) -> str:
    return {"yes or no": "yes or no", "money": "money", "text": "text", "instant": "an instant"}.get(kind, f"a {kind}")


def _literal(node: Any, types: Types, report: Report) -> Kind | None:
    if isinstance(node, ast.FloatExpression):
        if not node.value.is_finite():
            report("“inf” and “nan” are not used in conditions")
            return None
        return Kind("number", f"{node.value}", literal=node.value)
    if isinstance(node, ast.StringExpression):
        return Kind("text", f'"{node.value}"', literal=node.value)
    if isinstance(node, ast.BooleanExpression):
        return Kind("yes or no", str(node.value).lower(), literal=node.value)
    if isinstance(node, ast.NullExpression):
        return Kind("nothing", "null")
    return Kind("instant" if isinstance(node, ast.DatetimeExpression) else "span", str(node.value), literal=node.value)


def _array(node: Any, types: Types, report: Report) -> Kind | None:
    members = [kind_of(member, types, report) for member in node.value]
    return None if None in members else Kind("list", "the list", members=tuple(m for m in members if m))


def _comparison(node: Any, types: Types, report: Report) -> Kind | None:
    left, right = kind_of(node.left, types, report), kind_of(node.right, types, report)
    if left is None or right is None:
        return None
    answer = Kind("yes or no", f"{left.text} … {right.text}")
    if isinstance(node, ast.FuzzyComparisonExpression):
        return answer if _is_text(left, right, report) else None
    if isinstance(node, ast.ArithmeticComparisonExpression):
        return answer if _ordered(left, right, report) else None
    if "nothing" in (left.name, right.name):
        return answer
    return answer if _same(left, right, report) else None


def _is_text(left: Kind, right: Kind, report: Report) -> bool:
    if left.name == "text" and right.literal is not None:
        return True
    report(f"“=~” compares a text with a pattern in quotes; “{left.text}” is {_a(left.name)}")
    return False


def _ordered(left: Kind, right: Kind, report: Report) -> bool:
    for side in (left, right):
        if side.name not in _QUANTITIES:
            report(f"“{side.text}” is {_a(side.name)}; only numbers, money, days and lengths of time are more or less")
            return False
    return _same(left, right, report)


def _same(left: Kind, right: Kind, report: Report) -> bool:
    if not _match(left, right):
        both = f"“{left.text}” is {_a(left.name)} and “{right.text}” is {_a(right.name)}"
        report(f"{both}: they can't be compared{_hint(left, right)}")
        return False
    for one, other in ((left, right), (right, left)):
        if one.choices and other.name == "text" and isinstance(other.literal, str) and other.literal not in one.choices:
            near = nearest(other.literal, one.choices) or f" (it is one of: {', '.join(one.choices)})"
            report(f"“{one.text}” is never “{other.literal}”{near}")
            return False
    return True


def _match(left: Kind, right: Kind) -> bool:
    names = {left.name, right.name}
    if len(names) == 1:
        return left.name not in ("list", "file")
    if names == {"number", "money"}:
        number = left if left.name == "number" else right
        return number.literal is not None
    if names == {"number", "span"}:
        return left.counts_days or right.counts_days
    return names in ({"day", "instant"}, {"time", "text"})


def _hint(left: Kind, right: Kind) -> str:
    names = {left.name, right.name}
    if "yes or no" in names and {left.literal, right.literal} & {"yes", "no", "true", "false"}:
        return "; write “x” or “not x”"
    if names == {"number", "span"}:
        return "; a number beside a length of time must be a fact named “days_…”"
    if names == {"text", "number"}:
        return "; a text stands in quotes"
    return ""


def _logic(node: Any, types: Types, report: Report) -> Kind | None:
    sides = [kind_of(node.left, types, report), kind_of(node.right, types, report)]
    good = [_yes_or_no(side, report) for side in sides if side]
    return Kind("yes or no", f"… {node.type} …") if all(good) and None not in sides else None


def _yes_or_no(side: Kind, report: Report) -> bool:
    if side.name == "yes or no":
        return True
    report(f"“{side.text}” is {_a(side.name)}, not yes or no; compare it with something")
    return False


def _unary(node: Any, types: Types, report: Report) -> Kind | None:
    side = kind_of(node.right, types, report)
    if side is None:
        return None
    if node.type == "not":
        return Kind("yes or no", f"not {side.text}") if _yes_or_no(side, report) else None
    if node.type == "uminus" and side.name in ("number", "money", "span"):
        return Kind(side.name, f"-{side.text}", literal=side.literal)
    report(f"“-” before “{side.text}”, which is {_a(side.name)}")
    return None


def _contains(node: Any, types: Types, report: Report) -> Kind | None:
    member, container = kind_of(node.member, types, report), kind_of(node.container, types, report)
    if member is None or container is None:
        return None
    answer = Kind("yes or no", f"{member.text} in …")
    if container.name == "list of text" and member.name == "text":
        return answer
    if container.name != "list":
        report(f'“in” needs a list on its right, as in ["late", "damaged"]; “{container.text}” is {_a(container.name)}')
        return None
    good = [_same(member, one, report) for one in container.members]
    return answer if all(good) else None


def _coalesce(node: Any, types: Types, report: Report) -> Kind | None:
    left, right = kind_of(node.left, types, report), kind_of(node.right, types, report)
    if left is None or right is None:
        return None
    if not _match(left, right):
        report(
            f"“{left.text} ?? …” is {_a(left.name)} or else {_a(right.name)}; both must be of one kind"
            " (put brackets round “a ?? b” before comparing it)"
        )
        return None
    return Kind(left.name, f"({left.text} ?? {right.text})", counts_days=left.counts_days)


def _ternary(node: Any, types: Types, report: Report) -> Kind | None:
    parts = [kind_of(n, types, report) for n in (node.condition, node.case_true, node.case_false)]
    asked, yes, no = parts
    if asked is None or yes is None or no is None or not _yes_or_no(asked, report) or not _same(yes, no, report):
        return None
    return Kind(yes.name, f"{asked.text} ? … : …")


_SUMS = {
    ("add", "number", "number"): "number",
    ("add", "money", "money"): "money",
    ("add", "span", "span"): "span",
    ("add", "day", "span"): "day",
    ("add", "instant", "span"): "instant",
    ("sub", "number", "number"): "number",
    ("sub", "money", "money"): "money",
    ("sub", "span", "span"): "span",
    ("sub", "day", "span"): "day",
    ("sub", "instant", "span"): "instant",
    ("sub", "day", "day"): "span",
    ("sub", "instant", "instant"): "span",
    ("sub", "day", "instant"): "span",
    ("sub", "instant", "day"): "span",
    ("mul", "number", "number"): "number",
    ("mul", "money", "number"): "money",
    ("mul", "number", "money"): "money",
    ("mul", "span", "number"): "span",
    ("div", "number", "number"): "number",
    ("div", "money", "number"): "money",
    ("div", "money", "money"): "number",
    ("div", "span", "span"): "number",
}
_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "tdiv": "/", "fdiv": "//", "mod": "%", "pow": "**"}


def sum_kind(operator: str, left: str, right: str) -> str | None:
    """What two kinds give under `+ - * /`; None where they can't be put together."""
    return _SUMS.get((operator.removeprefix("t"), left, right))


def _arithmetic(node: Any, types: Types, report: Report) -> Kind | None:
    left, right = kind_of(node.left, types, report), kind_of(node.right, types, report)
    if left is None or right is None:
        return None
    names = [left.name, right.name]
    if node.type in ("add", "sub") and set(names) == {"number", "money"}:
        names = ["money" if k.name == "number" and k.literal is not None else k.name for k in (left, right)]
    gives = sum_kind(node.type, *names)
    sign = _SIGNS.get(node.type, node.type)
    if gives is None:
        report(f"“{left.text} {sign} {right.text}”: {_a(left.name)} and {_a(right.name)} can't be put together so")
        return None
    return Kind(gives, f"{left.text} {sign} {right.text}")


_READERS: tuple[tuple[Any, Callable[[Any, Types, Report], Kind | None]], ...] = (
    (
        (
            ast.FloatExpression,
            ast.StringExpression,
            ast.BooleanExpression,
            ast.NullExpression,
            ast.DatetimeExpression,
            ast.TimedeltaExpression,
        ),
        _literal,
    ),
    (ast.ArrayExpression, _array),
    (ast.ComparisonExpression, _comparison),
    (ast.LogicExpression, _logic),
    (ast.UnaryExpression, _unary),
    (ast.ContainsExpression, _contains),
    (ast.CoalesceExpression, _coalesce),
    (ast.TernaryExpression, _ternary),
    ((ast.AddExpression, ast.SubtractExpression, ast.ArithmeticExpression), _arithmetic),
)
