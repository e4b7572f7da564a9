"""Did we ship, or issue, what the platform now shows as fulfilled? What the platform says and what we did are two
facts that are matched here."""

import sqlite3
from collections.abc import Iterable

from ecomos.orders.lines import Closed

__all__ = ["done_by_us"]


def done_by_us(db: sqlite3.Connection, order_id: int, closed: Iterable[Closed]) -> bool:
    """True where every closed line is covered by our parcels, our gift cards issued, or a hand deed that was done."""
    ours = dict(
        db.execute(
            """select line_no, sum(quantity) from (
                 select line_no, quantity from parcel_lines l join parcels p on p.id = l.parcel_id
                 where p.order_id = ? and p.source = 'ours'
                 union all
                 select line_no, quantity from gift_card_issues where order_id = ?)
               group by line_no""",
            [order_id, order_id],
        ).fetchall()
    )
    by_hand = _issued_by_hand(db, order_id)
    return all(ours.get(x.line_no, 0) >= x.at_least or x.line_no in by_hand for x in closed)


def _issued_by_hand(db: sqlite3.Connection, order_id: int) -> set[int]:
    """Lines that need no shipping, where the hand task that issues them was done."""
    rows = db.execute(
        """select line_no from order_lines where order_id = ? and not requires_shipping and exists (
             select 1 from hand_deeds where about_type = 'order' and about_id = order_lines.order_id
               and deed = 'orders.issue_gift_cards' and status in ('done', 'shown'))""",
        [order_id],
    )
    return {row[0] for row in rows}
