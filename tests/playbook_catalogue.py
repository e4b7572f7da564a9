"""The small catalogue that the checker's tests are given: a ticket, its order, a return."""

from ecomos.playbook.catalogue import Catalogue, Deed, EventKind, FactField


def facts(**kinds: str) -> dict[str, FactField]:
    """`name="text?"`: a fact that may be null ends with a question mark."""
    return {name: FactField(name, kind.rstrip("?"), kind.endswith("?")) for name, kind in kinds.items()}


CATALOGUE = Catalogue(
    types={
        "ticket": facts(number="text", is_urgent="yes or no"),
        "return": facts(number="text"),
        "order": facts(
            number="text",
            refunded_in_full="yes or no",
            cancelled_at="instant?",
            shipped_at="instant?",
            days_since_delivery="number?",
            refundable="money",
            service="text",
        ),
        "import": facts(file="text"),
    },
    events={
        kind: EventKind(kind, case, kind, fields, sources)
        for kind, case, fields, sources in (
            ("ticket.opened", "ticket", {"topic": FactField("topic", "text", choices=("refund", "late"))}, ("page",)),
            ("ticket.closed", "ticket", {}, ("page",)),
            ("order.refunded", "order", {}, ("import",)),
            ("return.received", "return", {}, ("page",)),
            ("data.rejected", "import", {}, ("import",)),
        )
    },
    deeds={
        "orders.refund": Deed(
            "orders.refund", "order", "Pay back.", facts(amount="money", reason="text", note="text?"), lambda: None
        )
    },
    links={"return": ("order",)},
    members={("order", "ticket"): lambda db, key: []},
    documents=("credit-note", "packing-slip"),
)
