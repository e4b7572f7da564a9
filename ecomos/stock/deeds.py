"""What a procedure may do to stock, about an order whose goods come back. Each deed writes moves inside the engine's
transaction."""

from ecomos.playbook.catalogue import Deed, FactField
from ecomos.stock.returns import WAYS, put_away, send_again, take_all_back, take_back

__all__ = ["DEEDS"]

DEEDS = (
    Deed(
        "stock.take_back",
        "order",
        "Book what came back into hold: it is ours again and can't be sold yet. `line` is a line's number, SKU or "
        "name, blank where the order has one thing only; `quantity` is 1 where nothing is said.",
        {
            "line": FactField("line", "text", True),
            "quantity": FactField("quantity", "number", True),
        },
        take_back,
    ),
    Deed(
        "stock.take_all_back",
        "order",
        "Book into hold everything of the order that left: its box is here again.",
        {},
        take_all_back,
    ),
    Deed(
        "stock.send_again",
        "order",
        "Book that what came back of the order, and is in hold, leaves once more.",
        {},
        send_again,
    ),
    Deed(
        "stock.put_away",
        "order",
        f"Book where what came back of the order went: {', '.join(WAYS)}. To the supplier it stays in hold.",
        {"where": FactField("where", "text", choices=WAYS)},
        put_away,
    ),
)
