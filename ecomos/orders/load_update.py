"""A known order shown again by a newer file: nothing, a change with its events, or a refusal to run backwards."""

import sqlite3
from typing import TYPE_CHECKING, Any

from ecomos.orders.lines import INSERT_LINE, closed_lines, goods, replan, stored_lines, told
from ecomos.orders.load_changes import backwards, contact_changes, order_changes, other_order
from ecomos.orders.load_events import PAID, Change, Fact, paid_cents
from ecomos.orders.load_records import CONTACT_FIELDS, ORDER_FIELDS, LineRecord, OrderRecord, Rejected
from ecomos.orders.shipped import done_by_us

if TYPE_CHECKING:
    from ecomos.orders.load import OrderLoad

__all__ = ["OrderUpdate"]

SHIP_TO = (
    "ship_name",
    "ship_company",
    "ship_address1",
    "ship_address2",
    "ship_city",
    "ship_zip",
    "ship_province",
    "ship_country",
)


class OrderUpdate:
    """One known order and what the file says of it now."""

    def __init__(self, load: "OrderLoad", known: sqlite3.Row, record: OrderRecord) -> None:
        self.load = load
        self.db = load.db
        self.known = known
        self.record = record
        self.order_id: int = known["id"]
        setting = load.setting
        self.columns = order_changes(known, record, setting.absent)
        contact = self.db.execute("select * from order_contacts where order_id = ?", [self.order_id]).fetchone()
        self.has_contact = contact is not None
        self.contact = contact_changes(contact, record.contact, setting.absent)
        self.stored = stored_lines(self.db, self.order_id)
        self.lines = replan(self.stored, record.lines)

    def apply(self) -> None:
        """Reject, list as older, or write what changed and remember what it tells."""
        tally, record = self.load.tally, self.record
        other = other_order(self.known, record)
        if other:
            reason = f"another shop's file? {other}"
            tally.rejects += [Rejected(record.line, reason)] * record.rows
            return
        tally.known += 1
        customer = self._customer()
        for line in record.lines:
            self.load.variant_of(line)
        self.load.count(record, customer)
        back = backwards(self.known, record, self.load.setting.absent)
        if back:
            tally.older.append(f"{record.number}: {back}")
            return
        self._note_corrections()
        self.load.shown_rows.append((self.load.setting.import_id, self.order_id))
        if customer is not None and customer != self.known["customer_id"]:
            self.columns["customer_id"] = (self.known["customer_id"], customer)
        if self.columns or self.contact or self.lines is not None:
            tally.rows_changed += record.rows
            self._tell()
            self._write()

    def _customer(self) -> int | None:
        """The order's customer; the one it has stays where the file names nobody."""
        contact = self.record.contact or {}
        found = self.load.customers.resolve(
            contact.get("email"), contact.get("phone"), self.record.customer_key, self.record.customer_name
        )
        return found if found is not None else self.known["customer_id"]

    def _note_corrections(self) -> None:
        """Where staff corrected a value and the file now says something else than it did then, both are shown."""
        rows = self.db.execute(
            """select field, value, imported_value from corrections c where ref_type = 'order' and ref_id = ?
               and id = (select max(id) from corrections n where n.ref_type = c.ref_type and n.ref_id = c.ref_id
                         and n.field = c.field)""",
            [self.order_id],
        ).fetchall()
        contact = self.record.contact or {}
        for row in rows:
            if row["field"] not in CONTACT_FIELDS or row["field"] in self.load.setting.absent:
                continue
            says = contact.get(row["field"]) or ""
            if says not in (row["imported_value"] or "", row["value"] or ""):
                self.load.tally.corrected.append((self.order_id, row["field"]))

    def _tell(self) -> None:
        if self.load.setting.is_baseline:
            return
        self._tell_money()
        now = self.load.setting.now
        moved = tuple(c for c in self.contact if c in SHIP_TO)
        if moved:
            self._fact("order.address_changed", now, moved)
        if self.lines is not None:
            before = [line for _, line in self.stored]
            if goods(before) != goods(self.record.lines):
                self._fact("order.lines_changed", now, ("lines",))
                self._change("lines", told(before), told(self.record.lines))
            self._tell_fulfilment()
        if "cancelled_at" in self.columns and self.record.cancelled_at and not self._cancelled_by_us():
            self._fact("order.cancelled", self.record.cancelled_at, ("cancelled_at",))

    def _tell_money(self) -> None:
        record, now = self.record, self.load.setting.now
        status = self.known["financial_status"]
        if record.financial_status in PAID and status not in PAID:
            self._fact("order.paid", record.paid_at or now, ("financial_status",))
        if record.financial_status in ("voided", "expired") and status != record.financial_status:
            self._fact("order.payment_failed", now, ("financial_status",))
        growth = record.refunded_cents - self.known["refunded_cents"] if "refunded_cents" in self.columns else 0
        if growth > 0 and record.refunded_cents > self._refunded_by_us():
            data = {"amount_cents": growth, "currency": record.currency}
            self._fact("order.refunded", now, ("refunded_cents",), data)

    def _tell_fulfilment(self) -> None:
        """Only what we did not do ourselves was done elsewhere."""
        closed = closed_lines(self.stored, self.lines or [])
        if not closed or self.record.cancelled_at or done_by_us(self.db, self.order_id, closed):
            return
        if self.record.fulfillment_status == "fulfilled":
            at = self.record.fulfilled_at or self.load.setting.now
            self._fact("order.fulfilled_elsewhere", at, ("fulfillment_status",))
        else:
            self._fact("order.partly_fulfilled_elsewhere", self.load.setting.now, ("fulfillment_status",))

    def _fact(self, kind: str, at: str, columns: tuple[str, ...], data: dict[str, Any] | None = None) -> None:
        self.load.ledger.tell(Fact(self.order_id, kind, at, columns, data or {}))

    def _change(self, name: str, old: Any, new: Any) -> None:
        self.load.ledger.changes.append(Change(self.order_id, name, old, new))

    def _refunded_by_us(self) -> int:
        row = self.db.execute(
            "select coalesce(sum(amount_cents), 0) from refunds where order_id = ? and source = 'ours'",
            [self.order_id],
        ).fetchone()
        return int(row[0])

    def _cancelled_by_us(self) -> bool:
        row = self.db.execute("select 1 from order_cancellations where order_id = ?", [self.order_id]).fetchone()
        return row is not None

    def _write(self) -> None:
        for name, (old, new) in {**self.columns, **self.contact}.items():
            self._change(name, old, new)
        for name, (_, new) in self.columns.items():
            self.db.execute(_SET_ORDER[name], [new, self.order_id])
        if self.contact and not self.has_contact:
            self.db.execute("insert into order_contacts(order_id) values (?)", [self.order_id])
        for name, (_, new) in self.contact.items():
            self.db.execute(_SET_CONTACT[name], [new, self.order_id])
        if self.lines is not None:
            self._replace_lines(self.lines)
        self._write_money()

    def _replace_lines(self, lines: list[tuple[int, LineRecord]]) -> None:
        self.db.execute("delete from order_lines where order_id = ?", [self.order_id])
        rows = [(self.order_id, number, self.load.variant_of(line), *line) for number, line in lines]
        self.db.executemany(INSERT_LINE, rows)

    def _write_money(self) -> None:
        record = self.record
        if record.kind == "sale" and {"financial_status", "total_cents", "outstanding_cents"} & set(self.columns):
            row = self.db.execute(
                "select coalesce(sum(amount_cents), 0) from payments where order_id = ? and source = 'import'",
                [self.order_id],
            ).fetchone()
            growth = paid_cents(record) - row[0]
            if growth > 0:
                self.load.pay(self.order_id, record, growth)
        if "refunded_cents" in self.columns:
            growth = record.refunded_cents - self.known["refunded_cents"]
            if growth > 0:
                self.load.give_back(self.order_id, record, growth)


def _setters(table: str, key: str, names: tuple[str, ...]) -> dict[str, str]:
    """One fixed statement a column, made from our own names only."""
    return {name: f"update {table} set {name} = ? where {key} = ?" for name in names}


_SET_ORDER = _setters("orders", "id", (*ORDER_FIELDS, "customer_id"))
_SET_CONTACT = _setters("order_contacts", "order_id", CONTACT_FIELDS)
