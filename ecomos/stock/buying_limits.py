"""What the policies `purchasing` and `receiving` in force say about buying, for functions that no procedure calls."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ecomos.playbook import parse_text
from ecomos.playbook.records import Policy, Span
from ecomos.store import iso

__all__ = ["BuyingLimits", "buying_limits"]

_DAYS = {"minutes": Decimal(1) / 1440, "hours": Decimal(1) / 24, "days": Decimal(1)}


@dataclass(frozen=True)
class BuyingLimits:
    """The limits, as numbers; None where no policy in force names one."""

    lasts_at_most_days: Decimal | None = None
    """policy.purchasing.lasts_at_most: days of demand that one order of a thing may cover."""
    price_tolerance_percent: Decimal | None = None
    """policy.receiving.price_tolerance: how far a bill may lie above the agreed price."""
    pieces_tolerance: Decimal | None = None
    """policy.receiving.pieces_tolerance: how many pieces of a line may be billed beyond what came good."""
    tax_at_most_percent: Decimal | None = None
    """policy.receiving.tax_at_most: of goods, freight and duty, that a bill may add as tax."""
    freight_by: str = "value"
    """policy.receiving.freight_is_spread: value or pieces, by which freight and duty are laid on the lines."""
    late_after_days: Decimal = Decimal(0)
    """policy.purchasing.late_after: days after the expected one on which an order is told as late."""


def buying_limits(db: sqlite3.Connection, now: datetime) -> BuyingLimits:
    """What holds now."""
    buying, receiving = _policy(db, "purchasing", now), _policy(db, "receiving", now)
    spread = _text(receiving, "freight_is_spread")
    return BuyingLimits(
        lasts_at_most_days=_number(buying, "lasts_at_most"),
        price_tolerance_percent=_number(receiving, "price_tolerance"),
        pieces_tolerance=_number(receiving, "pieces_tolerance"),
        tax_at_most_percent=_number(receiving, "tax_at_most"),
        freight_by="pieces" if "piece" in spread else "value",
        late_after_days=_number(buying, "late_after") or Decimal(0),
    )


def _policy(db: sqlite3.Connection, stem: str, now: datetime) -> Policy | None:
    row = db.execute(
        """select text from playbook_versions where kind = 'policies' and name = ? and from_at <= ?
           order by from_at desc, rowid desc limit 1""",
        [stem, iso(now)],
    ).fetchone()
    found = parse_text("policies", stem, row[0], f"policies/{stem}.md")[0] if row else None
    return found if isinstance(found, Policy) else None


def _number(policy: Policy | None, name: str) -> Decimal | None:
    found = policy.values.get(name) if policy else None
    if found is None:
        return None
    if isinstance(found.value, Span):
        return (found.value.amount or Decimal(0)) * _DAYS.get(found.value.unit, Decimal(1))
    return found.value if isinstance(found.value, Decimal) else None


def _text(policy: Policy | None, name: str) -> str:
    found = policy.values.get(name) if policy else None
    return str(found.value) if found is not None else ""
