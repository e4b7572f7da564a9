"""What a procedure may do to stock, about an order whose goods come back. Each deed writes moves inside the engine's
transaction."""

from ecomos.playbook.catalogue import Deed, FactField
from ecomos.stock.returns import WAYS, put_away, take_back

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
        "stock.put_away",
        "order",
        f"Book where what came back of the order went: {', '.join(WAYS)}. To the supplier it stays in hold.",
        {"where": FactField("where", "text", choices=WAYS)},
        put_away,
    ),
)
