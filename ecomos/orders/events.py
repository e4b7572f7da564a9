"""What the orders room announces."""

from ecomos.playbook.catalogue import EventKind, FactField

__all__ = ["EVENTS"]

ORDER = "order"

EVENTS = (
    EventKind("order.placed", ORDER, "An order that the store did not know before."),
    EventKind("order.paid", ORDER, "The money is there, or the platform says so."),
    EventKind("order.payment_failed", ORDER, "The payment was voided or has expired."),
    EventKind("order.cancelled", ORDER, "Cancelled in the platform or by us."),
    EventKind("order.address_changed", ORDER, "The address to ship to is another.", sources=("import", "page")),
    EventKind("order.lines_changed", ORDER, "Lines were added, removed or changed."),
    EventKind(
        "order.refunded",
        ORDER,
        "Money went back.",
        {"amount": FactField("amount", "money", doc="What was refunded now.")},
        sources=("import", "page"),
    ),
    EventKind("order.partly_fulfilled_elsewhere", ORDER, "A part was shipped or issued, and not by us."),
    EventKind("order.fulfilled_elsewhere", ORDER, "All of it was shipped or issued, and not by us."),
    EventKind(
        "order.adopted",
        ORDER,
        "An order that was open before the team began is worked here.",
        sources=("page",),
        asks=False,
    ),
    EventKind("parcel.shipped", ORDER, "We handed a parcel to the carrier.", sources=("page",)),
    EventKind(
        "data.rejected",
        "import",
        "Rows of a file, or a whole file, could not be read.",
        {
            "rows": FactField("rows", "number", doc="How many rows were rejected."),
            "file": FactField("file", "text", doc="The file's name."),
        },
    ),
    EventKind("data.stale", "import", "A channel's newest import is older than it should be.", sources=("clock",)),
)
