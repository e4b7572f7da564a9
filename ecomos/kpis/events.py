"""What the KPI room announces."""

from ecomos.playbook.catalogue import EventKind, FactField

__all__ = ["EVENTS"]

EVENTS = (
    EventKind(
        "kpi.breached",
        "kpi",
        "A figure of the newest complete day lies outside its range.",
        {"value": FactField("value", "number", doc="The figure.")},
        sources=("clock", "import"),
    ),
    EventKind(
        "kpi.recovered",
        "kpi",
        "A figure that was outside its range is inside again.",
        sources=("clock", "import"),
        asks=False,
    ),
)
"""Both are about a card, by its stem."""
