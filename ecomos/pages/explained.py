"""A plan's derivation as the page shows it: sentences, steps, weeks and deliveries with their words."""

from datetime import date, datetime
from typing import Any

from ecomos.pages.wording import counted
from ecomos.stock.explaining import HistoryWeek, explain
from ecomos.work import Shop, in_force

__all__ = ["explained"]

NOTHING: dict[str, Any] = {
    "title": "",
    "sub": "",
    "link": "",
    "says": [],
    "steps": [],
    "changes": [],
    "weeks": [],
    "known": "",
    "lead": {},
}


def explained(shop: Shop, variant_id: int, location_id: int | None, now: datetime) -> dict[str, Any]:
    """The traits of a `Derivation` for one thing in one place (None: the place where it is planned)."""
    try:
        found = explain(shop.db, shop.home, in_force(shop, now).policies, variant_id, now, location_id)
    except LookupError:
        return NOTHING
    lead = found.lead
    return {
        "title": found.title,
        "sub": f"Order up to {counted(found.order_up_to, 'piece')} from {found.reorder_point} on.",
        "link": f"?page=thing&variant={variant_id}",
        "says": list(found.says),
        "steps": [list(step) for step in found.steps],
        "changes": [[change.what, change.says] for change in found.changes],
        "weeks": [_week(week) for week in found.weeks],
        "known": found.known,
        "lead": {
            "draws": list(lead.draws),
            "low": lead.low,
            "median": lead.median,
            "high": lead.high,
            "says": lead.says,
        },
    }


def _week(week: HistoryWeek) -> dict[str, Any]:
    day = date.fromisoformat(week.from_on)
    return {
        "from": week.from_on,
        "label": f"{day.day} {day:%b}",
        "pieces": week.pieces,
        "out": week.out,
        "bulk": week.bulk,
        "promotion": week.promotion,
        "says": week.says,
    }
