"""What a condition of a run reads: the facts of its cases as they are now, the answers recorded, the event that caused
it, the policies in force, today. Money is in major units."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ecomos.money import from_cents
from ecomos.playbook.conditions import CannotTell, compiled_anew
from ecomos.playbook.records import Expression
from ecomos.work.catalogue import facts_of
from ecomos.work.run import Run
from ecomos.work.shop import Shop
from ecomos.work.versions import policies

__all__ = ["answers_of", "as_decimals", "holds", "used_by", "value_of", "values_for_event", "values_of"]


def value_of(shop: Shop, expression: Expression, values: Mapping[str, Any]) -> Any:
    """What an expression gives. Raises CannotTell where something that it needs is null."""
    return compiled_anew(expression).of(values, shop.home.zone)


def holds(shop: Shop, expression: Expression, values: Mapping[str, Any]) -> bool:
    """Whether a condition is true. Raises CannotTell where something that it needs is null."""
    found = value_of(shop, expression, values)
    if found is None:
        raise CannotTell(expression.text)
    return bool(found)


def used_by(shop: Shop, expression: Expression, values: Mapping[str, Any]) -> dict[str, Any]:
    """Every name that the expression reads, with its value."""
    return compiled_anew(expression).used(values, shop.home.zone)


def as_decimals(data: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Stored values as conditions read them: `amount_cents` becomes `amount`, numbers become decimals."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if name.endswith("_cents") and isinstance(value, int):
            found[name.removesuffix("_cents")] = from_cents(value, data.get("currency", currency))
        else:
            found[name] = value
    return found


def answers_of(shop: Shop, run: Run) -> dict[str, Any]:
    """The latest answer to every field that the run recorded."""
    fields = {f.name: f for s in run.procedure.steps for f in s.record}
    found: dict[str, Any] = dict.fromkeys(fields)
    sql = "select answers from tasks where run_id = ? and kind = 'step' and answers is not null order by done_at, id"
    for row in shop.db.execute(sql, [run.id]):
        for name, value in as_decimals(json.loads(row[0]), case_currency(shop, run)).items():
            found[name] = _typed(fields[name].kind, value) if name in fields else value
    return found


def _typed(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "number":
        return Decimal(str(value))
    if kind == "day":
        return date.fromisoformat(value)
    return value


def case_currency(shop: Shop, run: Run) -> str:
    """The currency of the run's case: its order's or purchase order's, else the store's."""
    row = shop.db.execute(
        """select o.currency from run_cases c join orders o on c.type = 'order' and o.id = c.id where c.run_id = ?1
           union all
           select p.currency from run_cases c join purchase_orders p on c.type = 'purchase' and p.id = c.id
           where c.run_id = ?1""",
        [run.id],
    ).fetchone()
    return str(row[0]) if row else shop.home.currency


def values_of(shop: Shop, run: Run, now: datetime) -> dict[str, Any]:
    """Everything that the run's conditions may read, as it is now."""
    values: dict[str, Any] = {
        "answers": answers_of(shop, run),
        "policy": policies(shop, now),
        "today": shop.today(now),
        "event": _event(shop, run.cause_event_id),
        "started": _started(shop, run),
    }
    for row in shop.db.execute("select type, id from run_cases where run_id = ?", [run.id]):
        values[row["type"]] = facts_of(shop.db, (row["type"], row["id"]), shop.today(now), shop.home)
    return values


def values_for_event(shop: Shop, event_id: int, case: tuple[str, Any], now: datetime) -> dict[str, Any]:
    """What a `starts: … where` reads: the event, its case, the policies, today."""
    return {
        case[0]: facts_of(shop.db, case, shop.today(now), shop.home),
        "event": _event(shop, event_id),
        "policy": policies(shop, now),
        "today": shop.today(now),
    }


def _event(shop: Shop, event_id: int | None) -> dict[str, Any]:
    if event_id is None:
        return {}
    row = shop.db.execute("select data from events where id = ?", [event_id]).fetchone()
    return as_decimals(json.loads(row[0]), shop.home.currency) if row else {}


def _started(shop: Shop, run: Run) -> dict[str, Any]:
    sql = "select procedure, outcome from runs where parent_run_id = ? order by id"
    rows = shop.db.execute(sql, [run.id]).fetchall()
    return {r["procedure"].replace("-", "_"): {"outcome": r["outcome"]} for r in rows}
