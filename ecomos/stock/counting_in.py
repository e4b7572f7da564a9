"""A delivery at the gate, counted piece by piece before it is booked: one open count for an order, shared by whoever
counts, so that nobody books twice what came once."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from ecomos.errors import Refused, WrongUsage
from ecomos.people import person, roles_of
from ecomos.store import iso, write

__all__ = [
    "RECEIVERS",
    "Counted",
    "Delivery",
    "count",
    "delivery",
    "drop_delivery",
    "found_by_code",
    "must_receive",
    "note_delivery",
    "open_deliveries",
    "open_delivery",
    "scan",
]

RECEIVERS = frozenset({"packer", "picker", "buyer", "operations-lead", "founder"})


@dataclass(frozen=True)
class Counted:
    """A thing that was found in the boxes."""

    variant_id: int
    sku: str
    title: str
    order_line_no: int | None
    """None: nobody ordered it."""
    good: int
    damaged: int
    is_substitute: bool
    by: str


@dataclass(frozen=True)
class Delivery:
    """An open count."""

    id: int
    order_id: int | None
    location_id: int
    opened_at: str
    opened_by: str
    delivery_note: str | None
    lines: tuple[Counted, ...]


def must_receive(db: sqlite3.Connection, person_id: int, on: date) -> None:
    """Raises Refused for who does not take goods in."""
    if not RECEIVERS & set(roles_of(db, person_id, on)):
        raise Refused("Goods are taken in by packer, picker, buyer or operations lead.")


def open_delivery(
    db: sqlite3.Connection, order_id: int | None, location_id: int | None, person_id: int, now: datetime
) -> int:
    """Begin to count what came for an order, or goods whose order is not known; gives the count's number.

    Where somebody counts that order already, theirs is joined. Raises Refused for an order that nothing comes of.
    """
    must_receive(db, person_id, now.date())
    with write(db):
        if order_id is not None:
            order = db.execute("select * from purchase_orders where id = ?", [order_id]).fetchone()
            if order is None or order["status"] in ("draft", "asked", "cancelled"):
                raise Refused("Goods come of an order that was sent. Choose one, or take them in without an order.")
            location_id = order["location_id"]
            there = db.execute("select id from deliveries where purchase_order_id = ?", [order_id]).fetchone()
            if there:
                return int(there[0])
        if location_id is None:
            raise WrongUsage("Say at which place the goods are.")
        made = db.execute(
            "insert into deliveries(purchase_order_id, location_id, opened_at, opened_by) values (?, ?, ?, ?)",
            [order_id, location_id, iso(now), person_id],
        )
        return int(made.lastrowid or 0)


def open_deliveries(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """What is being counted now, the oldest first."""
    return db.execute(
        """select d.*, p.name as by, l.name as place, o.number, s.name as supplier,
             (select coalesce(sum(good + damaged), 0) from delivery_lines n where n.delivery_id = d.id) as pieces
           from deliveries d join people p on p.id = d.opened_by join locations l on l.id = d.location_id
           left join purchase_orders o on o.id = d.purchase_order_id left join suppliers s on s.id = o.supplier_id
           order by d.id"""
    ).fetchall()


def delivery(db: sqlite3.Connection, delivery_id: int) -> Delivery:
    """One open count. Raises Refused where it was booked or dropped meanwhile, and says by whom it was booked."""
    row = db.execute("select * from deliveries where id = ?", [delivery_id]).fetchone()
    if row is None:
        raise Refused(_gone(db, delivery_id))
    lines = db.execute(
        """select n.*, v.sku, p.title as product, v.title as variant, w.name as by from delivery_lines n
           join variants v on v.id = n.variant_id join products p on p.id = v.product_id
           join people w on w.id = n.changed_by where n.delivery_id = ? order by n.order_line_no is null,
             n.order_line_no, n.variant_id""",
        [delivery_id],
    )
    return Delivery(
        row["id"], row["purchase_order_id"], row["location_id"], row["opened_at"], person(db, row["opened_by"]).name,
        row["delivery_note"], tuple(_counted(line) for line in lines),
    )  # fmt: skip


def _counted(row: sqlite3.Row) -> Counted:
    return Counted(
        row["variant_id"], row["sku"] or "", thing_name(row["product"], row["variant"]), row["order_line_no"],
        row["good"], row["damaged"], bool(row["is_substitute"]), row["by"],
    )  # fmt: skip


def thing_name(product: str, variant: str) -> str:
    """Product and variant as people say it."""
    return product if variant in ("", "Default Title") else f"{product}, {variant}"


def _gone(db: sqlite3.Connection, delivery_id: int) -> str:
    row = db.execute(
        """select r.id, r.received_at, p.name from receipts r left join people p on p.id = r.received_by
           where r.delivery_id = ?""",
        [delivery_id],
    ).fetchone()
    if row is None:
        return "This count was dropped. Begin a new one."
    return (
        f"{row['name'] or 'Somebody'} booked this delivery already, as receipt {row['id']}. Nothing was booked twice."
    )


def found_by_code(db: sqlite3.Connection, code: str, order_id: int | None = None) -> int:
    """The thing of a scanned or typed code: its barcode, our SKU, or the supplier's number; of several the ordered one.

    Raises Refused where no thing has it, or more than one that nobody ordered.
    """
    code = code.strip()
    rows = db.execute(
        """select distinct v.id, exists (select 1 from purchase_order_lines l where l.purchase_order_id = ?2
             and l.variant_id = v.id) as ordered
           from variants v left join supplier_items i on i.variant_id = v.id
           where v.barcode = ?1 or v.sku = ?1 collate nocase or i.supplier_sku = ?1 collate nocase
           order by ordered desc""",
        [code, order_id],
    ).fetchall()
    if not code or not rows:
        raise Refused(f"No thing has the code {code or '(none)'}. Type its SKU, or put it aside for the buyer.")
    if len(rows) > 1 and rows[0]["ordered"] == rows[1]["ordered"]:
        raise Refused(f"{len(rows)} things have the code {code}. Type the SKU that stands on the piece.")
    return int(rows[0]["id"])


def scan(
    db: sqlite3.Connection, delivery_id: int, code: str, person_id: int, now: datetime, *,
    pieces: int = 1, damaged: bool = False,
) -> Counted:  # fmt: skip
    """Add pieces of the thing with that code to the count; gives its line as it stands then."""
    must_receive(db, person_id, now.date())
    if pieces <= 0:
        raise WrongUsage("One piece at the least.")
    with write(db):
        found = delivery(db, delivery_id)
        variant = found_by_code(db, code, found.order_id)
        now_there = next((line for line in found.lines if line.variant_id == variant), None)
        good, broken = (now_there.good, now_there.damaged) if now_there else (0, 0)
        broken, good = (broken + pieces, good) if damaged else (broken, good + pieces)
        _set(db, found, variant, good, broken, person_id, now)
        return next(line for line in delivery(db, delivery_id).lines if line.variant_id == variant)


def count(
    db: sqlite3.Connection, delivery_id: int, variant_id: int, good: int, damaged: int, person_id: int, now: datetime,
    *, instead_of: int | None = None,
) -> None:  # fmt: skip
    """Set what was counted of a thing; none of both takes its line off. `instead_of` is the order's line that it
    replaces: a substitute."""
    must_receive(db, person_id, now.date())
    if good < 0 or damaged < 0:
        raise WrongUsage("Pieces are not below 0.")
    with write(db):
        _set(db, delivery(db, delivery_id), variant_id, good, damaged, person_id, now, instead_of)


def _set(
    db: sqlite3.Connection, found: Delivery, variant: int, good: int, damaged: int, person_id: int, now: datetime,
    instead_of: int | None = None,
) -> None:  # fmt: skip
    if not good and not damaged:
        db.execute("delete from delivery_lines where delivery_id = ? and variant_id = ?", [found.id, variant])
        return
    line = instead_of or _line_of(db, found, variant)
    known = next((x for x in found.lines if x.variant_id == variant), None)
    substitute = instead_of is not None or bool(known and known.is_substitute)
    db.execute(
        """insert into delivery_lines(delivery_id, variant_id, order_line_no, good, damaged, is_substitute, changed_at,
             changed_by) values (?, ?, ?, ?, ?, ?, ?, ?)
           on conflict(delivery_id, variant_id) do update set order_line_no = excluded.order_line_no,
             good = excluded.good, damaged = excluded.damaged, is_substitute = excluded.is_substitute,
             changed_at = excluded.changed_at, changed_by = excluded.changed_by""",
        [found.id, variant, line, good, damaged, int(substitute), iso(now), person_id],
    )


def _line_of(db: sqlite3.Connection, found: Delivery, variant: int) -> int | None:
    """The order's line of a thing, one with something open first; the line it was counted for where it is there."""
    for line in found.lines:
        if line.variant_id == variant and line.order_line_no is not None:
            return line.order_line_no
    row = db.execute(
        """select line_no from purchase_line_states where purchase_order_id = ? and variant_id = ?
           order by open = 0, line_no limit 1""",
        [found.order_id, variant],
    ).fetchone()
    return int(row[0]) if row else None


def note_delivery(db: sqlite3.Connection, delivery_id: int, number: str, person_id: int, now: datetime) -> None:
    """Write the number of the delivery note beside the count."""
    must_receive(db, person_id, now.date())
    with write(db):
        delivery(db, delivery_id)
        db.execute("update deliveries set delivery_note = ? where id = ?", [number.strip() or None, delivery_id])


def drop_delivery(db: sqlite3.Connection, delivery_id: int, person_id: int, now: datetime) -> None:
    """Forget a count that was begun by mistake; nothing was booked by it."""
    must_receive(db, person_id, now.date())
    with write(db):
        delivery(db, delivery_id)
        db.execute("delete from delivery_lines where delivery_id = ?", [delivery_id])
        db.execute("delete from deliveries where id = ?", [delivery_id])
