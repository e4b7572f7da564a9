"""The catalogue: facts, events and deeds as the trade's rooms declare them, put together for the checker and the
engine."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from ecomos.customers import deeds as ticket_deeds
from ecomos.customers import events as ticket_events
from ecomos.customers.facts import TicketFacts, linked_order, ticket_facts
from ecomos.kpis import events as kpi_events
from ecomos.kpis.facts import KpiFacts, kpi_facts
from ecomos.orders import deeds as order_deeds
from ecomos.orders import events as order_events
from ecomos.orders.facts import ImportFacts, OrderFacts, import_facts, order_facts
from ecomos.people import events as people_events
from ecomos.people.requests import EVENTS as REQUEST_EVENTS
from ecomos.people.requests import RequestFacts, request_about, request_facts
from ecomos.playbook.catalogue import Catalogue, Deed, Doer, EventKind, FactField, fact_fields
from ecomos.stock import deeds as stock_deeds
from ecomos.stock import events as stock_events
from ecomos.stock.purchase_deeds import DEEDS as PURCHASE_DEEDS
from ecomos.stock.purchase_facts import PurchaseFacts, purchase_facts
from ecomos.stock.shipping import after_ship
from ecomos.stock.thing_facts import ThingFacts, thing_facts
from ecomos.store import Home
from ecomos.work.facts import (
    WAITING_TO_BE_SENT,
    DayFacts,
    PersonFacts,
    ProcedureFacts,
    day_facts,
    person_facts,
    procedure_facts,
)

__all__ = ["catalogue", "event_kinds", "facts_of", "link", "linked"]

TASK_LATE = EventKind(
    "task.late",
    "order",
    "A task of a case has passed its deadline.",
    {"step": FactField("step", "text", doc="The step that is late.")},
    sources=("clock",),
    asks=False,
)

DAY_BEGAN = EventKind(
    "day.began",
    "day",
    "The hour of a procedure that starts by the clock has come.",
    {"procedure": FactField("procedure", "text", doc="The procedure whose hour it is.")},
    sources=("clock",),
    asks=False,
)
REVIEW_DUE = EventKind(
    "procedure.review_due",
    "procedure",
    "The time after which a procedure is looked at again is over.",
    {"owner": FactField("owner", "text", doc="The role that answers for it.")},
    sources=("clock",),
)
DOCUMENTS = ("invoice", "credit-note", "packing-slip", "return-label", "purchase-order", "delivery-note")
"""What `Document` may name."""


def _ids(sql: str) -> Callable[[sqlite3.Connection, Any], list[Any]]:
    return lambda db, key: [row[0] for row in db.execute(sql, [key])]


MEMBERS = {
    ("ticket", "order"): _ids("select id from tickets where order_id = ? and status <> 'closed' order by id"),
    ("order", "ticket"): _ids("select order_id from tickets where id = ? and order_id is not null"),
    ("order", "day"): _ids(WAITING_TO_BE_SENT.format(what="o.id", day="and o.placed_on <= ?") + " order by o.id"),
}
"""What `for each … of …` goes through."""


@cache
def event_kinds() -> dict[str, EventKind]:
    """Every event that a room announces, by its kind."""
    own = (TASK_LATE, DAY_BEGAN, REVIEW_DUE)
    rooms = (
        *order_events.EVENTS,
        *ticket_events.EVENTS,
        *people_events.EVENTS,
        *REQUEST_EVENTS,
        *kpi_events.EVENTS,
        *stock_events.EVENTS,
        *own,
    )
    return {e.kind: e for e in rooms}


def _with_stock(deed: Deed) -> Deed:
    """The deed, and what the ledger of stock writes for it, in one transaction."""
    if deed.name != "orders.ship":
        return deed

    def call(db: sqlite3.Connection, case: Any, arguments: Mapping[str, Any], doer: Doer) -> None:
        deed.call(db, case, arguments, doer)
        after_ship(db, case, arguments, doer)

    return replace(deed, call=call)


@cache
def catalogue() -> Catalogue:
    """All that a playbook may name in this program."""
    return Catalogue(
        types={
            "order": fact_fields(OrderFacts),
            "ticket": fact_fields(TicketFacts),
            "import": fact_fields(ImportFacts),
            "person": fact_fields(PersonFacts),
            "kpi": fact_fields(KpiFacts),
            "day": fact_fields(DayFacts),
            "procedure": fact_fields(ProcedureFacts),
            "request": fact_fields(RequestFacts),
            "purchase": fact_fields(PurchaseFacts),
            "variant": fact_fields(ThingFacts),
        },
        events=event_kinds(),
        deeds={
            d.name: _with_stock(d)
            for d in (*order_deeds.DEEDS, *ticket_deeds.DEEDS, *PURCHASE_DEEDS, *stock_deeds.DEEDS)
        },
        links={"ticket": ("order",), "request": ("order", "ticket", "person")},
        recipients=("customer", "supplier"),
        members=MEMBERS,
        documents=DOCUMENTS,
    )


def facts_of(db: sqlite3.Connection, case: tuple[str, Any], today: date, home: Home) -> Any:
    """The facts of one case, as conditions see them. Raises LookupError where there is no such case."""
    kind, key = case
    readers: dict[str, Callable[[], Any]] = {
        "order": lambda: order_facts(db, key, today, home.zone),
        "ticket": lambda: ticket_facts(db, key, today),
        "import": lambda: import_facts(db, key),
        "kpi": lambda: kpi_facts(db, key),
        "day": lambda: day_facts(db, key, home.currency, home.zone),
        "procedure": lambda: procedure_facts(db, key, today),
        "person": lambda: person_facts(db, key, today),
        "request": lambda: request_facts(db, key, home.currency),
        "purchase": lambda: purchase_facts(db, key, today),
        "variant": lambda: thing_facts(db, key, home.currency),
    }
    if kind not in readers:
        raise LookupError(f"no {kind} {key}")
    return readers[kind]()


def linked(db: sqlite3.Connection, case: tuple[str, Any]) -> list[tuple[str, Any]]:
    """The cases that this one leads to: a ticket to its order, a request to what it is about."""
    if case[0] == "request":
        about = request_about(db, case[1])
        return [about, *linked(db, about)] if about else []
    order = linked_order(db, case[1]) if case[0] == "ticket" else None
    return [("order", order)] if order is not None else []


def link(db: sqlite3.Connection, case: tuple[str, Any], to: tuple[str, Any]) -> None:
    """Keep what a person chose: the order that a ticket is about. Other cases have nothing to keep."""
    if case[0] == "ticket" and to[0] == "order":
        ticket_deeds.set_order(db, case[1], to[1])
