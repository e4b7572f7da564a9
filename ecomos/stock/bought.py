"""What was bought before this program bought: purchase orders and receipts of an old tool, from which lead times are
measured and open orders counted as coming. They move no stock: the level comes from the platform's file or a count."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from ecomos.orders.load_records import Rejected
from ecomos.stock.levels import EVERYWHERE

__all__ = [
    "BoughtRecord",
    "BoughtTally",
    "ReceivedRecord",
    "SuggestedRecord",
    "load_bought",
    "load_received",
    "load_suggested",
]

OVER = {"cancelled": "cancelled", "canceled": "cancelled", "closed": "closed", "draft": "draft"}
"""What an old tool calls an order from which nothing more comes; any other word leaves it open until it is received."""
SHOWN = 10


@dataclass(frozen=True)
class BoughtRecord:
    """A line of a purchase order."""

    number: str
    supplier: str
    sku: str
    quantity: int
    line: int
    title: str = ""
    cost_cents: int | None = None
    currency: str = ""
    ordered_at: str | None = None
    promised_on: str | None = None
    status: str = ""


@dataclass(frozen=True)
class ReceivedRecord:
    """So many pieces of a line that came on a day."""

    number: str
    sku: str
    quantity: int
    received_at: str
    received_on: str
    line: int
    supplier: str = ""
    damaged: int = 0


@dataclass(frozen=True)
class SuggestedRecord:
    """What another tool proposes for a thing."""

    sku: str
    tool: str
    reorder_point: int | None
    quantity: int | None
    line: int


@dataclass
class BoughtTally:
    """What the list did, in rows of the file."""

    rows_new: int = 0
    rows_changed: int = 0
    orders: set[int] = field(default_factory=set)
    rejects: list[Rejected] = field(default_factory=list)
    unmatched: dict[str, int] = field(default_factory=dict)

    def note(self, sku: str) -> None:
        """An SKU that no product has: kept by its name."""
        if sku in self.unmatched or len(self.unmatched) < SHOWN:
            self.unmatched[sku] = self.unmatched.get(sku, 0) + 1


def load_bought(
    db: sqlite3.Connection, import_id: int, records: Iterable[BoughtRecord], currency: str, now: str
) -> BoughtTally:
    """Write orders and their lines, inside the caller's transaction; the same list again changes nothing.

    An order that was made here is never touched: its rows are rejected.
    """
    tally, place, lines = BoughtTally(), _place(db), _Lines(db)
    for record in records:
        order = _order(db, record, import_id, place, currency, now)
        if order is None:
            why = f"{record.number} was ordered from here: an imported list does not change it"
            tally.rejects.append(Rejected(record.line, why, f"{record.number}, {record.sku}"))
            continue
        variant = lines.variant(record.sku)
        if variant is None:
            tally.note(record.sku)
        became = lines.save(order, record, variant)
        tally.rows_new += became == "new"
        tally.rows_changed += became == "changed"
        tally.orders.add(order)
    _close_what_came(db, tally.orders, now)
    return tally


def load_received(db: sqlite3.Connection, import_id: int, records: Iterable[ReceivedRecord], now: str) -> BoughtTally:
    """Write what came of imported orders, a receipt for each order and day, inside the caller's transaction; the same
    list again changes nothing. A row without its order is rejected: load the orders first."""
    tally, lines = BoughtTally(), _Lines(db)
    for record in records:
        order = _found(db, record.number, record.supplier)
        line = lines.line(order["id"], record.sku) if order is not None else None
        if order is None or line is None or order["import_id"] is None:
            tally.rejects.append(Rejected(record.line, _why(record, order), f"{record.number}, {record.sku}"))
            continue
        became = _receive(db, order, int(line["line_no"]), line["variant_id"], record, import_id)
        tally.rows_new += became == "new"
        tally.rows_changed += became == "changed"
        tally.orders.add(order["id"])
    _close_what_came(db, tally.orders, now)
    return tally


def load_suggested(db: sqlite3.Connection, import_id: int, records: Iterable[SuggestedRecord]) -> BoughtTally:
    """Write another tool's suggestions beside ours, inside the caller's transaction; a newer list replaces them."""
    tally, lines = BoughtTally(), _Lines(db)
    for record in records:
        variant = lines.variant(record.sku)
        if variant is None:
            tally.note(record.sku)
            tally.rejects.append(Rejected(record.line, f"no product has the SKU {record.sku}", record.sku))
            continue
        known = db.execute(
            "select reorder_point, quantity from outside_suggestions where variant_id = ? and tool = ?",
            [variant, record.tool],
        ).fetchone()
        tally.rows_new += known is None
        tally.rows_changed += known is not None and tuple(known) != (record.reorder_point, record.quantity)
        db.execute(
            """insert into outside_suggestions(variant_id, tool, reorder_point, quantity, import_id)
               values (?, ?, ?, ?, ?) on conflict(variant_id, tool) do update set
                 reorder_point = excluded.reorder_point, quantity = excluded.quantity,
                 import_id = excluded.import_id""",
            [variant, record.tool, record.reorder_point, record.quantity, import_id],
        )
    return tally


# ---- orders


def _place(db: sqlite3.Connection) -> int:
    """Where imported orders are received: the first place there is."""
    row = db.execute("select id from locations order by id limit 1").fetchone()
    if row is None:
        row = db.execute("insert into locations(name) values (?) returning id", [EVERYWHERE]).fetchone()
    return int(row[0])


def _named(number: str, supplier: str) -> str:
    """The order's number where the old tool's one number went to several suppliers."""
    return f"{number}/{supplier}"


def _found(db: sqlite3.Connection, number: str, supplier: str) -> sqlite3.Row | None:
    """The order with this number, of this supplier where one is named."""
    row: sqlite3.Row | None = db.execute(
        """select o.*, s.name as supplier from purchase_orders o join suppliers s on s.id = o.supplier_id
           where (o.number = ?1 and (?2 = '' or s.name = ?2)) or o.number = ?3 limit 1""",
        [number, supplier, _named(number, supplier)],
    ).fetchone()
    return row


def _order(
    db: sqlite3.Connection, record: BoughtRecord, import_id: int, place: int, currency: str, now: str
) -> int | None:
    """The imported order that the line belongs to; None where the number is one of ours."""
    known = _found(db, record.number, record.supplier)
    if known is not None:
        return int(known["id"]) if known["import_id"] is not None else None
    db.execute("insert into suppliers(name) values (?) on conflict(name) do nothing", [record.supplier])
    supplier = db.execute("select id from suppliers where name = ?", [record.supplier]).fetchone()[0]
    taken = db.execute("select 1 from purchase_orders where number = ?", [record.number]).fetchone()
    ordered = record.ordered_at or now
    row = db.execute(
        """insert into purchase_orders(number, supplier_id, location_id, currency, status, drafted_at, approved_at,
             sent_at, promised_on, expected_on, import_id)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id""",
        [
            _named(record.number, record.supplier) if taken else record.number,
            supplier,
            place,
            record.currency or currency,
            OVER.get(record.status, "sent"),
            ordered,
            ordered,
            record.ordered_at,
            record.promised_on,
            record.promised_on,
            import_id,
        ],
    ).fetchone()
    return int(row[0])


class _Lines:
    """The lines of imported orders, found by SKU."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.by_sku: dict[str, int | None] = {}
        for row in db.execute("select id, sku from variants where sku is not null and sku <> '' order by id"):
            self.by_sku[row["sku"]] = None if row["sku"] in self.by_sku else row["id"]

    def variant(self, sku: str) -> int | None:
        """The one thing with this SKU."""
        return self.by_sku.get(sku)

    def line(self, order: int, sku: str) -> sqlite3.Row | None:
        """The order's line of this SKU."""
        row: sqlite3.Row | None = self.db.execute(
            "select * from purchase_order_lines where purchase_order_id = ? and sku = ? order by line_no limit 1",
            [order, sku],
        ).fetchone()
        return row

    def save(self, order: int, record: BoughtRecord, variant: int | None) -> str:
        """Write the line; gives new, changed or same."""
        known = self.line(order, record.sku)
        values = (variant, record.quantity, record.cost_cents or 0)
        if known is None:
            number = self.db.execute(
                "select coalesce(max(line_no), 0) + 1 from purchase_order_lines where purchase_order_id = ?", [order]
            ).fetchone()[0]
            self.db.execute(
                """insert into purchase_order_lines(purchase_order_id, line_no, variant_id, quantity, unit_cost_cents,
                     sku, title) values (?, ?, ?, ?, ?, ?, ?)""",
                [order, number, *values, record.sku, record.title or record.sku],
            )
            return "new"
        if (known["variant_id"], known["quantity"], known["unit_cost_cents"]) == values:
            return "same"
        self.db.execute(
            """update purchase_order_lines set variant_id = ?, quantity = ?, unit_cost_cents = ?
               where purchase_order_id = ? and line_no = ?""",
            [*values, order, known["line_no"]],
        )
        return "changed"


# ---- receipts


def _why(record: ReceivedRecord, order: sqlite3.Row | None) -> str:
    if order is None:
        return f"no purchase order has the number {record.number}; load the list of orders first"
    if order["import_id"] is None:
        return f"{record.number} was ordered from here: receive it on the page Receiving"
    return f"{record.sku} does not stand on {record.number}"


def _receive(
    db: sqlite3.Connection, order: sqlite3.Row, line: int, variant: int | None, record: ReceivedRecord, import_id: int
) -> str:
    known = db.execute(
        """select r.id, x.line_no, x.quantity, x.damaged from receipts r
           left join receipt_lines x on x.receipt_id = r.id and x.order_line_no = ?
           where r.purchase_order_id = ? and r.received_on = ? and r.import_id is not null""",
        [line, order["id"], record.received_on],
    ).fetchone()
    if known is not None and known["line_no"] is not None:
        if (known["quantity"], known["damaged"]) == (record.quantity, record.damaged):
            return "same"
        db.execute(
            "update receipt_lines set quantity = ?, damaged = ? where receipt_id = ? and line_no = ?",
            [record.quantity, record.damaged, known["id"], known["line_no"]],
        )
        return "changed"
    receipt = known["id"] if known is not None else _receipt(db, order, record, import_id)
    number = next(n for n in count(1) if not _taken(db, receipt, n))
    db.execute(
        """insert into receipt_lines(receipt_id, line_no, order_line_no, variant_id, sku, quantity, damaged)
           values (?, ?, ?, ?, ?, ?, ?)""",
        [receipt, number, line, variant, record.sku, record.quantity, record.damaged],
    )
    return "new"


def _taken(db: sqlite3.Connection, receipt: int, number: int) -> bool:
    row = db.execute("select 1 from receipt_lines where receipt_id = ? and line_no = ?", [receipt, number]).fetchone()
    return row is not None


def _receipt(db: sqlite3.Connection, order: sqlite3.Row, record: ReceivedRecord, import_id: int) -> int:
    row = db.execute(
        """insert into receipts(purchase_order_id, location_id, received_at, received_on, import_id)
           values (?, ?, ?, ?, ?) returning id""",
        [order["id"], order["location_id"], record.received_at, record.received_on, import_id],
    ).fetchone()
    return int(row[0])


def _close_what_came(db: sqlite3.Connection, orders: Iterable[int], now: str) -> None:
    """How far each imported order has come, by what was received of it."""
    for order in orders:
        open_pieces, came = db.execute(
            """select coalesce(sum(max(0, l.quantity - l.closed_quantity - coalesce(g.pieces, 0))), 0),
                 coalesce(sum(g.pieces), 0)
               from purchase_order_lines l left join (
                 select r.purchase_order_id, x.order_line_no, sum(x.quantity + x.damaged) as pieces
                 from receipts r join receipt_lines x on x.receipt_id = r.id group by 1, 2) g
                 on g.purchase_order_id = l.purchase_order_id and g.order_line_no = l.line_no
               where l.purchase_order_id = ?""",
            [order],
        ).fetchone()
        status = "closed" if not open_pieces else "part received" if came else "sent"
        db.execute(
            """update purchase_orders set status = ?1, closed_at = case when ?1 = 'closed' then ?2 end
               where id = ?3 and status in ('sent', 'part received', 'closed') and status <> ?1
                 and not (status = 'closed' and ?4 = 0)""",
            [status, now, order, came],
        )
