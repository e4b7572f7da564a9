"""What a supplier confirmed: pieces, price and day for each line, laid beside what was ordered."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ecomos.errors import Refused, WrongUsage
from ecomos.money import format_money
from ecomos.stock.purchase_status import tell
from ecomos.stock.purchases import Purchase, purchase
from ecomos.stock.terms import must_buy
from ecomos.store import iso, write

__all__ = ["Confirmed", "confirm", "differences", "keep_line"]


@dataclass(frozen=True)
class Confirmed:
    """What they said of a line."""

    quantity: int
    cost_cents: int
    """A piece, in the order's currency."""
    comes_on: date | None = None
    """None: not said."""


def confirm(
    db: sqlite3.Connection, order_id: int, lines: Mapping[int, Confirmed], person: int, now: datetime
) -> tuple[str, ...]:
    """Write the confirmation down: line → what was confirmed; a line that is not named is as kept before, else as
    ordered.

    Gives what differs, in words. The first day that is named stands as promised; later ones only as expected.
    Raises Refused before the order was sent or after it came, WrongUsage for an unknown line or a number below 0.
    """
    must_buy(db, person, now.date())
    with write(db):
        order = purchase(db, order_id)
        if order.status not in ("sent", "confirmed", "part received"):
            raise Refused(f"{order.number} is {order.status}: only an order that is under way is confirmed.")
        _check(order, lines)
        for line in order.lines:
            said = lines.get(line.line_no, Confirmed(line.agreed, line.agreed_cents))
            day = said.comes_on.isoformat() if said.comes_on else line.comes_on
            db.execute(
                """update purchase_order_lines set confirmed_quantity = ?, confirmed_cost_cents = ?, expected_on = ?
                   where purchase_order_id = ? and line_no = ?""",
                [said.quantity, said.cost_cents, day, order_id, line.line_no],
            )
        _set_days(db, order_id, [x.comes_on for x in purchase(db, order_id).lines if x.comes_on and x.agreed], now)
        found = differences(purchase(db, order_id))
        tell(db, "purchase.confirmed", order_id, f"person:{person}", now, {"differs": bool(found)})
        return found


def keep_line(db: sqlite3.Connection, order_id: int, line_no: int, said: Confirmed, person: int, now: datetime) -> None:
    """Keep what they say of one line, before the whole confirmation is written down; what was accepted of the order
    before holds no longer where pieces or price are others now. Raises as `confirm` does."""
    must_buy(db, person, now.date())
    with write(db):
        order = purchase(db, order_id)
        if order.status not in ("sent", "confirmed", "part received"):
            raise Refused(f"{order.number} is {order.status}: only an order that is under way is confirmed.")
        _check(order, {line_no: said})
        day = said.comes_on.isoformat() if said.comes_on else None
        db.execute(
            """update purchase_order_lines set confirmed_quantity = ?, confirmed_cost_cents = ?,
                 expected_on = coalesce(?, expected_on) where purchase_order_id = ? and line_no = ?""",
            [said.quantity, said.cost_cents, day, order_id, line_no],
        )
        before = next(line for line in order.lines if line.line_no == line_no)
        if (before.agreed, before.agreed_cents) != (said.quantity, said.cost_cents):
            db.execute("update purchase_orders set taken_at = null where id = ?", [order_id])


def _check(order: Purchase, lines: Mapping[int, Confirmed]) -> None:
    known = {line.line_no: line for line in order.lines}
    for number, said in lines.items():
        if number not in known:
            raise WrongUsage(f"{order.number} has no line {number}.")
        if said.quantity < 0 or said.cost_cents < 0:
            raise WrongUsage(f"{known[number].sku}: pieces and price are not below 0.")


def _set_days(db: sqlite3.Connection, order_id: int, days: list[str], now: datetime) -> None:
    """The order comes with its last line; what was promised first is kept beside it."""
    last = max(days) if days else None
    db.execute(
        """update purchase_orders set confirmed_at = coalesce(confirmed_at, ?1), taken_at = null,
             status = case when status = 'sent' then 'confirmed' else status end,
             expected_on = coalesce(?2, expected_on), promised_on = coalesce(promised_on, ?2, expected_on)
           where id = ?3""",
        [iso(now), last, order_id],
    )


def differences(order: Purchase) -> tuple[str, ...]:
    """What was confirmed otherwise than ordered, a sentence each; a day later than needed counts too."""
    found = []
    for line in order.lines:
        if line.agreed != line.quantity:
            found.append(f"{line.sku}: {line.agreed} instead of {line.quantity} pieces")
        if line.agreed_cents != line.unit_cost_cents:
            now, then = (format_money(c, order.currency) for c in (line.agreed_cents, line.unit_cost_cents))
            found.append(f"{line.sku}: {now} instead of {then} a piece")
        if order.needed_by_on and line.comes_on and line.comes_on > order.needed_by_on and line.agreed:
            found.append(f"{line.sku}: comes on {line.comes_on}, needed by {order.needed_by_on}")
    return tuple(found)
