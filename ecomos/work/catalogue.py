"""The catalogue: facts, events and deeds as the trade's rooms declare them, put together for the checker and the
engine."""

import sqlite3
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from ecomos.customers import deeds as ticket_deeds
from ecomos.customers import events as ticket_events
from ecomos.customers.facts import TicketFacts, linked_order, ticket_facts
from ecomos.kpis import events as kpi_events
from ecomos.kpis.facts import KpiFacts, kpi_facts
from ecomos.orders import deeds as order_deeds
from ecomos.orders import events as order_events
from ecomos.orders.facts import ImportFacts, OrderFacts, import_facts, order_facts
from ecomos.people import events as people_events
from ecomos.playbook.catalogue import Catalogue, EventKind, FactField, fact_fields

__all__ = ["catalogue", "event_kinds", "facts_of", "link", "linked"]

TASK_LATE = EventKind(
    "task.late",
    "order",
    "A task of a case has passed its deadline.",
    {"step": FactField("step", "text", doc="The step that is late.")},
    sources=("clock",),
)

PERSON = {
    "name": FactField("name", "text", doc="The person's name."),
    "email": FactField("email", "text", doc="The person's e-mail."),
}


@cache
def event_kinds() -> dict[str, EventKind]:
    """Every event that a room announces, by its kind."""
    rooms = (*order_events.EVENTS, *ticket_events.EVENTS, *people_events.EVENTS, *kpi_events.EVENTS, TASK_LATE)
    return {e.kind: e for e in rooms}


@cache
def catalogue() -> Catalogue:
    """All that a playbook may name in this program."""
    return Catalogue(
        types={
            "order": fact_fields(OrderFacts),
            "ticket": fact_fields(TicketFacts),
            "import": fact_fields(ImportFacts),
            "person": PERSON,
            "kpi": fact_fields(KpiFacts),
        },
        events=event_kinds(),
        deeds={d.name: d for d in (*order_deeds.DEEDS, *ticket_deeds.DEEDS)},
        links={"ticket": ("order",)},
        recipients=("customer",),
    )


def facts_of(db: sqlite3.Connection, case: tuple[str, Any], today: date, zone: ZoneInfo) -> Any:
    """The facts of one case, as conditions see them. Raises LookupError where there is no such case."""
    kind, key = case
    if kind == "order":
        return order_facts(db, key, today, zone)
    if kind == "ticket":
        return ticket_facts(db, key, today)
    if kind == "import":
        return import_facts(db, key)
    if kind == "kpi":
        return kpi_facts(db, key)
    if kind == "person":
        row = db.execute("select name, email from people where id = ?", [key]).fetchone()
        if row:
            return dict(row)
    raise LookupError(f"no {kind} {key}")


def linked(db: sqlite3.Connection, case: tuple[str, Any]) -> list[tuple[str, Any]]:
    """The cases that this one leads to: a ticket to its order."""
    order = linked_order(db, case[1]) if case[0] == "ticket" else None
    return [("order", order)] if order is not None else []


def link(db: sqlite3.Connection, case: tuple[str, Any], to: tuple[str, Any]) -> None:
    """Keep what a person chose: the order that a ticket is about. Other cases have nothing to keep."""
    if case[0] == "ticket" and to[0] == "order":
        ticket_deeds.set_order(db, case[1], to[1])
