"""What a condition may ask about a figure that was outside its range."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

__all__ = ["KpiFacts", "kpi_facts"]


@dataclass(frozen=True)
class KpiFacts:
    """A figure as its newest breach saw it."""

    name: str
    """The card's name, as its file is called."""
    day: date
    """The day that was looked at."""
    value: Decimal
    """The figure, in the card's unit."""
    low: Decimal | None
    """The lower end of its range; null where there is none."""
    high: Decimal | None
    """The upper end of its range; null where there is none."""
    is_healthy: bool
    """It is inside its range again."""
    breaches_this_quarter: int
    """How often it left its range in the last 90 days, this time included."""


def kpi_facts(db: sqlite3.Connection, stem: str) -> KpiFacts:
    """The newest breach of that card. Raises LookupError where it never left its range."""
    row = db.execute("select * from signals where kpi = ? and rule = 'outside' order by id desc", [stem]).fetchone()
    if row is None:
        raise LookupError(f"the figure {stem} never left its range")
    count = db.execute(
        "select count(*) from signals where kpi = ? and rule = 'outside' and day_on > date(?, '-90 days')",
        [stem, row["day_on"]],
    ).fetchone()[0]
    return KpiFacts(
        name=stem,
        day=date.fromisoformat(row["day_on"]),
        value=Decimal(str(round(row["value"], 4))),
        low=Decimal(str(row["low"])) if row["low"] is not None else None,
        high=Decimal(str(row["high"])) if row["high"] is not None else None,
        is_healthy=row["healthy_at"] is not None,
        breaches_this_quarter=count,
    )
