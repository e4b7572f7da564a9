"""A plan's derivation as the page shows it: sentences, steps, weeks and deliveries with their words."""

from datetime import datetime
from typing import Any

from ecomos.work import Shop

__all__ = ["explained"]


def explained(shop: Shop, variant_id: int, location_id: int | None, now: datetime) -> dict[str, Any]:
    """The traits of a `Derivation` for one thing in one place (None: the place where it is planned)."""
    return {"title": ""}
