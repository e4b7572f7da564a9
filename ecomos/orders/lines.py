"""The lines of an order: written, compared and replaced as a set. A line that stays keeps its number, because what we
did (a parcel, a shortage) refers to it."""

import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecomos.orders.load_records import LineRecord

__all__ = [
    "INSERT_LINE",
    "Closed",
    "closed_lines",
    "goods",
    "insert_line",
    "replan",
    "stored_lines",
    "told",
    "write_goods",
]


def insert_line(fields: Sequence[str]) -> str:
    """The statement that writes a line's number, variant and these fields; the others have their defaults."""
    columns = ("order_id", "line_no", "variant_id", *fields)
    return f"insert into order_lines({', '.join(columns)}) values ({', '.join('?' * len(columns))})"


INSERT_LINE = insert_line(LineRecord._fields)

GOODS = "order_id, line_no, variant_id, sku, title, quantity, unit_price_cents, total_cents"
GANG = 50


def _goods_values(count: int) -> str:
    """Placeholders for that many rows of seven values, the eighth being quantity x price."""
    one = "(?{1}, ?{2}, ?{3}, ?{4}, ?{5}, ?{6}, ?{7}, ?{6} * ?{7})"
    return ", ".join(one.format(*range(row * 7, row * 7 + 8)) for row in range(count))


INSERT_GOODS = f"insert into order_lines({GOODS}) values {_goods_values(1)}"
INSERT_GANG = f"insert into order_lines({GOODS}) values {_goods_values(GANG)}"


def write_goods(db: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> None:
    """Write lines of plain merchandise, fifty in one statement (cheaper by a third); empties the list."""
    whole = len(rows) // GANG * GANG
    for start in range(0, whole, GANG):
        db.execute(INSERT_GANG, list(itertools.chain.from_iterable(rows[start : start + GANG])))
    db.executemany(INSERT_GOODS, rows[whole:])
    rows.clear()


@dataclass(frozen=True)
class Closed:
    """A line of which the platform now says more is fulfilled than before; None: it only says "partial"."""

    line_no: int
    before: int | None
    after: int | None

    @property
    def at_least(self) -> int:
        """How many pieces were fulfilled since, as far as the export tells."""
        return max(1, self.before - self.after) if self.before is not None and self.after is not None else 1


def stored_lines(db: sqlite3.Connection, order_id: int) -> list[tuple[int, LineRecord]]:
    """The lines as they stand in the store, with their numbers."""
    rows = db.execute(
        """select line_no, sku, title, quantity, unit_price_cents, discount_cents, is_merchandise, is_gift_card,
             requires_shipping, fulfillment_status, open_quantity, total_cents, vendor
           from order_lines where order_id = ? order by line_no""",
        [order_id],
    )
    return [(row[0], LineRecord(*tuple(row)[1:])) for row in rows]


def _what(line: LineRecord) -> tuple[Any, ...]:
    return (line.sku, line.title, line.unit_price_cents)


def replan(
    stored: Sequence[tuple[int, LineRecord]], given: Sequence[LineRecord]
) -> list[tuple[int, LineRecord]] | None:
    """The given lines with their numbers, or None where they are the stored ones in whatever order.

    A line keeps the number of the stored line that it is (same goods, then same quantity first); a new one gets the
    next free number.
    """
    if Counter(line for _, line in stored) == Counter(given):
        return None
    free = list(stored)
    planned: list[tuple[int, LineRecord]] = []
    rest: list[LineRecord] = []
    for line in given:
        same = [s for s in free if _what(s[1]) == _what(line) and s[1].quantity == line.quantity]
        same = same or [s for s in free if _what(s[1]) == _what(line)]
        if same:
            free.remove(same[0])
            planned.append((same[0][0], line))
        else:
            rest.append(line)
    start = max((number for number, _ in stored), default=0) + 1
    return planned + list(enumerate(rest, start))


def goods(lines: Sequence[LineRecord]) -> Counter[tuple[Any, ...]]:
    """What was bought, apart from how far it is fulfilled."""
    return Counter((*_what(line), line.quantity, line.discount_cents) for line in lines)


def closed_lines(stored: Sequence[tuple[int, LineRecord]], planned: Sequence[tuple[int, LineRecord]]) -> list[Closed]:
    """The lines of which more is fulfilled than before."""
    before = {number: line.open_quantity for number, line in stored}
    found = []
    for number, line in planned:
        was = before.get(number, line.quantity)
        now = line.open_quantity
        if was != now and was != 0 and (now is None or was is None or now < was):
            found.append(Closed(number, was, now))
    return found


def told(lines: Sequence[LineRecord]) -> str:
    """Lines as the table of changes keeps them."""
    return json.dumps([[x.sku, x.title, x.quantity, x.unit_price_cents] for x in lines], ensure_ascii=False)
