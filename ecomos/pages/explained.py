"""A plan's derivation as the page shows it: sentences, steps, weeks and deliveries with their words."""

from datetime import datetime
from typing import Any

from ecomos.stock.explaining import explain
from ecomos.work import Shop, in_force

__all__ = ["explained"]


def explained(shop: Shop, variant_id: int, location_id: int | None, now: datetime) -> dict[str, Any]:
    """The traits of a `Derivation` for one thing in one place (None: the place where it is planned)."""
    try:
        found = explain(shop.db, shop.home, in_force(shop, now).policies, variant_id, now, location_id)
    except LookupError:
        return {"title": "", "empty": "Nothing is planned for it yet: the plans are made each night."}
    return {
        "title": found.title,
        "says": list(found.says),
        "steps": [list(step) for step in found.steps],
        "changes": [[change.what, change.says] for change in found.changes],
        "weeks": [
            {
                "from": week.from_on,
                "label": week.label,
                "pieces": week.pieces,
                "out": week.out,
                "bulk": week.bulk,
                "promotion": week.promotion,
                "says": week.says,
            }
            for week in found.weeks
        ],
        "known": found.known,
        "lead": {
            "draws": list(found.lead.draws),
            "low": found.lead.low,
            "median": found.lead.median,
            "high": found.lead.high,
            "says": found.lead.says,
        },
    }
