"""What the stock room announces."""

from ecomos.playbook.catalogue import EventKind, FactField

__all__ = ["EVENTS"]

EVENTS = (
    EventKind(
        "stock.low",
        "import",
        "An import shows things that have become low or sold out, by the limit in stock.md; once for the import.",
        {
            "low": FactField("low", "number", doc="How many things have become low, sold out ones included."),
            "sold_out": FactField("sold_out", "number", doc="How many of them have nothing left."),
        },
    ),
)
