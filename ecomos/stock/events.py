"""What the stock room announces."""

from ecomos.playbook.catalogue import EventKind, FactField

__all__ = ["EVENTS"]

PURCHASE = "purchase"
_OPEN = FactField("open", "number", doc="Pieces that are still to come.")

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
    EventKind(
        "purchase.drafted",
        PURCHASE,
        "An order to a supplier was drafted.",
        {"lines": FactField("lines", "number", doc="How many things are on it.")},
        sources=("page",),
    ),
    EventKind("purchase.approved", PURCHASE, "An order to a supplier was approved.", sources=("page",), asks=False),
    EventKind("purchase.sent", PURCHASE, "An order left for its supplier.", sources=("page",), asks=False),
    EventKind(
        "purchase.confirmed",
        PURCHASE,
        "What a supplier confirmed was written down.",
        {"differs": FactField("differs", "yes or no", doc="It differs from what was ordered.")},
        sources=("page",),
    ),
    EventKind(
        "purchase.late",
        PURCHASE,
        "The day of an order has passed and pieces are open; once for each day that was named.",
        {"open": _OPEN},
        sources=("clock",),
    ),
    EventKind(
        "goods.received",
        PURCHASE,
        "A delivery of an order was booked in.",
        {"open": _OPEN},
        sources=("page",),
    ),
    EventKind(
        "goods.taken_back",
        PURCHASE,
        "A booked line of a delivery was taken back.",
        {"open": _OPEN},
        sources=("page",),
        asks=False,
    ),
    EventKind(
        "purchase.received",
        PURCHASE,
        "Everything of an order came or was given up.",
        {"given_up": FactField("given_up", "number", doc="Pieces that will not come.")},
        sources=("page",),
        asks=False,
    ),
    EventKind(
        "purchase.billed",
        PURCHASE,
        "A supplier's bill was entered.",
        {"matches": FactField("matches", "yes or no", doc="It matches order and goods.")},
        sources=("page",),
    ),
    EventKind("purchase.cancelled", PURCHASE, "An order was dropped or cancelled.", sources=("page",), asks=False),
    EventKind("purchase.closed", PURCHASE, "An order is over.", sources=("page",), asks=False),
)
