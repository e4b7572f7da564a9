"""What conditions, deeds and starts may name: the trade's rooms declare it with these records, `work` assembles it,
the checker is given it. The playbook never sees the store."""

import ast
import inspect
import itertools
import textwrap
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

__all__ = ["Catalogue", "Deed", "Doer", "EventKind", "FactField", "Money", "fact_fields"]

Money = Annotated[Decimal, "money"]
"""A fact in major units of the case's currency."""

_TYPES: dict[Any, str] = {
    str: "text",
    int: "number",
    Decimal: "number",
    bool: "yes or no",
    date: "day",
    datetime: "instant",
    timedelta: "span",
}


@dataclass(frozen=True)
class FactField:
    """One thing that a condition, a deed's argument or an event may carry."""

    name: str
    type: str
    """text, number, money, yes or no, day, instant, span, list of text."""
    nullable: bool = False
    doc: str = ""
    choices: tuple[str, ...] = ()
    """All that a text can be, where that is known."""


@dataclass(frozen=True)
class EventKind:
    """An event that a room announces."""

    kind: str
    """As in `order.paid`."""
    case: str
    """The type of what it is about: order, ticket, variant …"""
    doc: str
    fields: Mapping[str, FactField] = field(default_factory=dict)
    """What `event.NAME` gives in a condition."""
    sources: tuple[str, ...] = ("import",)
    """Where it comes from: import, page, schedule, hand, clock."""
    asks: bool = True
    """Somebody has to do something about it; otherwise it only tells that something was done."""


@dataclass(frozen=True)
class Doer:
    """On whose behalf a deed is done, and when."""

    actor: str
    """`person:3`, or `run:12` where the engine passes through."""
    person_id: int | None
    run_id: int
    now: datetime
    today: date
    cause_event_id: int | None = None


@dataclass(frozen=True)
class Deed:
    """What a procedure may `Do`: `room.verb name=value`."""

    name: str
    """As in `orders.refund`."""
    about: str
    """The case that it acts on; the run must have one."""
    doc: str
    arguments: Mapping[str, FactField]
    """All are needed but the nullable ones."""
    call: Callable[..., Any] = field(compare=False)
    """call(db, case_id, arguments, doer), inside the engine's transaction; raises Refused where it may not be done."""
    outside: bool = False
    """Acts in the platform: opens a hand task while the channel can't be written to."""
    hand_title: str = ""
    """What the hand task asks, as in `Enter the shipment of {case} in Shopify`."""
    shown: Callable[..., bool] | None = field(default=None, compare=False)
    """shown(db, case_id, arguments) -> does the imported state show that it was done?"""


@dataclass(frozen=True)
class Catalogue:
    """All that the playbook may name."""

    types: Mapping[str, Mapping[str, FactField]]
    """Case type -> its facts: `order.total`."""
    events: Mapping[str, EventKind]
    deeds: Mapping[str, Deed]
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Case type -> other case types that it leads to: a ticket to its order."""
    recipients: tuple[str, ...] = ("customer",)
    """Whom a message may be sent to, beside roles."""
    members: Mapping[tuple[str, str], Callable[..., Any]] = field(default_factory=dict, compare=False)
    """(`ticket`, `order`) -> members(db, id): the ids that `for each ticket of order` goes through."""
    documents: tuple[str, ...] = ()
    """What `Document` may name."""


def fact_fields(facts: type) -> dict[str, FactField]:
    """The fields of a frozen dataclass of facts, with the docstring that stands under each.

    Raises TypeError for an annotation that no condition could use.
    """
    if not is_dataclass(facts):
        raise TypeError(f"{facts.__name__} is not a dataclass")
    docs, hints = _docstrings(facts), get_type_hints(facts, include_extras=True)
    return {f.name: _fact_field(f.name, hints[f.name], docs.get(f.name, "")) for f in fields(facts)}


def _fact_field(name: str, hint: Any, doc: str) -> FactField:
    nullable = get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)
    if nullable:
        (hint,) = [a for a in get_args(hint) if a is not type(None)]
    if get_origin(hint) is Annotated and get_args(hint)[1] == "money":
        return FactField(name, "money", nullable, doc)
    if get_origin(hint) is tuple:
        return FactField(name, "list of text", nullable, doc)
    if hint not in _TYPES:
        raise TypeError(f"{name}: {hint} is not a type that a condition can use")
    return FactField(name, _TYPES[hint], nullable, doc)


def _docstrings(facts: type) -> dict[str, str]:
    body = typing.cast(ast.ClassDef, ast.parse(textwrap.dedent(inspect.getsource(facts))).body[0]).body
    found = {}
    for before, after in itertools.pairwise(body):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and isinstance(after, ast.Expr):
            if isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
                found[before.target.id] = inspect.cleandoc(after.value.value)
    return found
