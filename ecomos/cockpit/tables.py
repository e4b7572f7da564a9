"""Every page's list as a DataFrame: the same rows, from the same functions, with numbers as numbers and instants in the
store's zone. Money in major units of each row's currency."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ecomos.customers.reading import tickets_list
from ecomos.errors import WrongUsage, nearest
from ecomos.improve import founder_free
from ecomos.intake.history import imports_list
from ecomos.money import from_cents
from ecomos.orders.reading import orders_list
from ecomos.people import is_away, people, roles_of
from ecomos.people.requests import requests_list
from ecomos.playbook.listing import files_in
from ecomos.reports.ledger import runs_list
from ecomos.stock.counting import counts_list
from ecomos.stock.places import places as places_list
from ecomos.stock.purchases import purchases_list
from ecomos.stock.receiving import receipt_lines
from ecomos.stock.reviewing import standing
from ecomos.stock.scorecard import scorecard
from ecomos.stock.terms import suppliers_list
from ecomos.work import Item, Shop, in_force, listed, queue_of, queue_of_roles
from ecomos.work.standings import standings
from ecomos.work.stock_deciding import rules_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TABLES", "adoptions", "page", "today"]


def page(shop: Shop, now: datetime, name: str) -> "pd.DataFrame":
    """The list of the page of that name. Raises WrongUsage with the nearest name."""
    if name not in TABLES:
        hint = nearest(name, TABLES) or f"; there are: {', '.join(TABLES)}"
        raise WrongUsage(f"No page named {name} has a list{hint}.")
    return TABLES[name](shop, now)


def today(shop: Shop, now: datetime, person: str = "") -> "pd.DataFrame":
    """What stands on this person's list (a name or an e-mail), else on anybody's."""
    if person:
        found = queue_of(shop, _person(shop, now, person), now)
    else:
        found = queue_of_roles(shop, list(in_force(shop, now).roles), now)
    return _frame([_item(i) for i in found], "task", shop, at=("due_at",))


def _person(shop: Shop, now: datetime, wanted: str) -> int:
    known = {word: p.id for p in people(shop.db, shop.today(now)) for word in (p.name, p.email)}
    if wanted not in known:
        raise WrongUsage(f"There is nobody called {wanted}{nearest(wanted, known)}.")
    return known[wanted]


def _item(item: Item) -> dict[str, Any]:
    return {
        "task": item.task_id,
        "group": item.group,
        "case": item.subject,
        "title": item.title,
        "procedure": item.procedure,
        "role": item.role,
        "person": item.person or None,
        "due_at": item.due_at.isoformat() if item.due_at else None,
        "size": item.size,
    }


def orders(shop: Shop, _now: datetime) -> "pd.DataFrame":
    rows = [
        {
            "id": r["id"],
            "order": r["number"],
            "channel": r["channel"],
            "placed_at": r["placed_at"],
            "total": _major(r["total_cents"], r["currency"]),
            "currency": r["currency"],
            "financial_status": r["financial_status"],
            "fulfillment_status": r["fulfillment_status"],
            "is_cancelled": r["cancelled_at"] is not None,
            "customer": r["ship_name"] or r["email"],
            "work": r["work"],
        }
        for r in orders_list(shop.db)
    ]
    return _frame(rows, "id", shop, at=("placed_at",))


def tickets(shop: Shop, _now: datetime) -> "pd.DataFrame":
    kept = ("subject", "who", "from_email", "topic", "status", "messages", "opened_at", "waiting_since")
    rows = [{"ticket": r["id"], "order": r["order_number"], **{k: r[k] for k in kept}} for r in tickets_list(shop.db)]
    return _frame(rows, "ticket", shop, at=("opened_at", "waiting_since"))


def imports(shop: Shop, _now: datetime) -> "pd.DataFrame":
    kept = ("kind", "status", "imported_at", "rows_read", "rows_new", "rows_changed", "rows_rejected")
    rows = [
        {"import": r["id"], "file": r["path"].rsplit("/", 1)[-1], **{k: r[k] for k in kept}}
        for r in imports_list(shop.db)
    ]
    return _frame(rows, "import", shop, at=("imported_at",))


def adoptions(shop: Shop) -> "pd.DataFrame":
    """The Imports page's other list: orders that were open when the store was first loaded, and wait to be adopted."""
    rows = [
        {
            "id": r["order_id"],
            "order": r["number"],
            "placed_at": r["placed_at"],
            "financial_status": r["financial_status"],
            "fulfillment_status": r["fulfillment_status"],
            "lines_to_ship": r["to_ship"],
            "cards_to_issue": r["to_issue"],
            "total": _major(r["total_cents"], r["currency"]),
        }
        for r in listed(shop)
    ]
    return _frame(rows, "id", shop, at=("placed_at",))


def scoreboard(shop: Shop, now: datetime) -> "pd.DataFrame":
    rows = [
        {
            "kpi": s.card.stem,
            "title": s.card.title,
            "unit": s.card.unit,
            **{name: f.value for name, f in s.figures.items()},
            "target": float(s.card.target) if s.card.target is not None else None,
            "outside_since": s.outside_since,
            "state": s.words[0],
        }
        for s in standings(shop, now)
    ]
    return _frame(rows, "kpi", shop)


def reports(shop: Shop, _now: datetime) -> "pd.DataFrame":
    kept = ("report", "day_on", "status", "attempts", "started_at", "ended_at", "sent_to", "error", "folder")
    rows = [{"run": r["id"], **{k: r[k] for k in kept}} for r in runs_list(shop.db)]
    return _frame(rows, "run", shop, at=("started_at", "ended_at"))


def playbook(shop: Shop, now: datetime) -> "pd.DataFrame":
    return _frame([vars(file) for file in files_in(in_force(shop, now))], "", shop)


def team(shop: Shop, now: datetime) -> "pd.DataFrame":
    on = shop.today(now)
    rows = [
        {
            "person": p.id,
            "name": p.name,
            "email": p.email,
            "roles": ", ".join(roles_of(shop.db, p.id, on)),
            "is_away": is_away(shop.db, p.id, on),
        }
        for p in people(shop.db, on)
    ]
    return _frame(rows, "person", shop)


def requests(shop: Shop, _now: datetime) -> "pd.DataFrame":
    kept = ("kind", "title", "by", "made_at", "runs", "outcome")
    rows = [
        {"request": r["id"], **{k: r[k] for k in kept}, "amount": _major(r["amount_cents"], shop.home.currency)}
        for r in requests_list(shop.db)
    ]
    return _frame(rows, "request", shop, at=("made_at",))


def oversight(shop: Shop, now: datetime) -> "pd.DataFrame":
    """The founder-free score of the last four weeks, by area and by procedure."""
    last = shop.today(now)
    score = founder_free(shop, last - timedelta(weeks=4), last, now)
    rows = [
        {
            "by": by,
            "name": p.name,
            "acts": p.acts,
            "others": p.others,
            "nobody_else": p.nobody_else,
            "hats": p.hats,
            "score": p.score,
        }
        for by, parts in (("area", score.by_area), ("procedure", score.by_procedure), ("step", score.by_step))
        for p in parts
    ]
    return _frame(rows, "", shop)


def stock(shop: Shop, now: datetime) -> "pd.DataFrame":
    """Every proposal that waits for the buyer; money in the store's currency."""
    currency = shop.home.currency
    kept = ("variant_id", "location_id", "sku", "name", "deed", "rule", "bucket", "quantity", "supplier", "available",
            "coming", "cover_days", "demand_a_day", "lead_days", "lead_source", "order_by_on")  # fmt: skip
    rows = [
        {
            **{k: getattr(p, k) for k in kept},
            "cost": _major(p.cost_cents, currency),
            "sum": _major(p.sum_cents, currency),
            "stake": _major(p.stake_cents, currency),
        }
        for p in standing(shop.db, shop.today(now), rules_of(shop, now))
    ]
    return _frame(rows, "", shop)


def places(shop: Shop, now: datetime) -> "pd.DataFrame":
    """Every place: whose number counts there, what lies there in pieces, and what lies below zero."""
    return _frame([asdict(place) for place in places_list(shop.db)], "id", shop, at=("told_at",))


def counts(shop: Shop, now: datetime) -> "pd.DataFrame":
    """Every count: how far it is, in lines and bins, and how many lines differed."""
    return _frame([asdict(count) for count in counts_list(shop.db)], "id", shop, at=("made_at", "closed_at"))


def purchases(shop: Shop, now: datetime) -> "pd.DataFrame":
    """Every order to a supplier; its sum without tax in its own currency, pieces still to come."""
    kept = ("number", "supplier", "place", "status", "currency", "lines", "open", "drafted_at", "sent_at",
            "promised_on", "expected_on")  # fmt: skip
    rows = [{**{k: r[k] for k in kept}, "sum": _major(r["cents"], r["currency"])} for r in purchases_list(shop.db)]
    return _frame(rows, "number", shop, at=("drafted_at", "sent_at"))


def suppliers(shop: Shop, now: datetime) -> "pd.DataFrame":
    """Every supplier with its terms and how it kept its word; shares of one, days by the calendar."""
    kept = (
        "name",
        "email",
        "language",
        "order_days",
        "payment_days",
        "lead_time_days",
        "items",
        "open_orders",
        "coming",
    )
    rows = [
        {
            **{k: r[k] for k in kept},
            "minimum": _major(r["minimum_cents"], r["currency"] or shop.home.currency),
            **asdict(scorecard(shop.db, r["id"])),
        }
        for r in suppliers_list(shop.db)
    ]
    return _frame(rows, "name", shop)


def receiving(shop: Shop, now: datetime) -> "pd.DataFrame":
    """Every line that was booked in, the newest first; landed cost a piece in the store's currency."""
    kept = ("receipt_id", "line_no", "number", "supplier", "sku", "quantity", "damaged", "is_substitute",
            "received_at", "delivery_note", "by", "taken_back")  # fmt: skip
    rows = [
        {**{k: r[k] for k in kept}, "landed": _major(r["unit_cost_cents"], shop.home.currency)}
        for r in receipt_lines(shop.db, 100_000)
    ]
    return _frame(rows, "", shop, at=("received_at",))


TABLES: dict[str, Callable[[Shop, datetime], "pd.DataFrame"]] = {
    "today": today,
    "orders": orders,
    "tickets": tickets,
    "imports": imports,
    "scoreboard": scoreboard,
    "reports": reports,
    "playbook": playbook,
    "requests": requests,
    "team": team,
    "oversight": oversight,
    "stock": stock,
    "places": places,
    "counts": counts,
    "purchases": purchases,
    "suppliers": suppliers,
    "receiving": receiving,
}
"""By the page's name in its address."""


def _frame(rows: list[dict[str, Any]], index: str, shop: Shop, at: Iterable[str] = ()) -> "pd.DataFrame":
    import pandas as pd

    found = pd.DataFrame(rows)
    for column in at if rows else ():
        found[column] = pd.to_datetime(found[column], utc=True, format="ISO8601").dt.tz_convert(shop.home.zone)
    return found.set_index(index) if index and rows else found


def _major(cents: int | None, currency: str) -> float | None:
    return None if cents is None else float(from_cents(cents, currency))
