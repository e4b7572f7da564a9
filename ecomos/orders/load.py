"""Loading orders: neutral records in, rows, changes and events out, inside the caller's transaction. Loading twice
equals loading once; what runs backwards or belongs to another shop is told, never applied."""

import sqlite3
from collections.abc import Iterable
from operator import attrgetter, itemgetter

from ecomos.orders.customers import CustomerIndex
from ecomos.orders.lines import insert_line, write_goods
from ecomos.orders.load_events import Ledger, facts_of_new, paid_cents
from ecomos.orders.load_identities import Identities
from ecomos.orders.load_questions import ask_about_currency, ask_about_vendors
from ecomos.orders.load_records import (
    CONTACT_FIELDS,
    ORDER_FIELDS,
    LineRecord,
    OrderRecord,
    Rejected,
    Scattered,
)
from ecomos.orders.load_setting import OrderTally, Setting
from ecomos.orders.products import VariantIndex

__all__ = ["OrderLoad", "load_orders"]

FLUSH_LINES = 500
EXAMPLES = 10
INSERT_CONTACT = (
    f"insert into order_contacts(order_id, {', '.join(CONTACT_FIELDS)}) "
    f"values ({', '.join('?' * (1 + len(CONTACT_FIELDS)))})"
)
INSERT_PAYMENT = (
    "insert into payments(order_id, amount_cents, currency, method, reference, paid_at, source) "
    "values (?, ?, ?, ?, ?, ?, 'import')"
)
INSERT_REFUND = (
    "insert into refunds(order_id, amount_cents, currency, refunded_at, source) values (?, ?, ?, ?, 'import')"
)

INSERT_STAFF = "insert into order_staff(order_id, name) values (?, ?) on conflict do nothing"


def load_orders(db: sqlite3.Connection, setting: Setting, records: Iterable[OrderRecord | Rejected]) -> OrderTally:
    """Load every record inside the caller's transaction and write the events that follow.

    Raises AskFirst where the file may be another shop's, Scattered where an order that the store knew before goes on
    later in the file; the caller undoes the transaction.
    """
    load = OrderLoad(db, setting)
    for record in records:
        if isinstance(record, Rejected):
            load.tally.rejects.append(record)
        else:
            load.add(record)
    return load.finish()


class OrderLoad:
    """One import under way. New orders are buffered and written in bulk; known ones are compared one by one."""

    def __init__(self, db: sqlite3.Connection, setting: Setting) -> None:
        self.db = db
        self.setting = setting
        self.tally = OrderTally()
        self.ledger = Ledger(setting.import_id, setting.now, setting.since)
        self.identities = Identities()
        self.variants = VariantIndex(db, setting.channel.id)
        self.customers = CustomerIndex(db, setting.channel.id)
        self.matched: dict[object, int | None] = {}
        self.currencies: dict[str, int] = {}
        self.vendors: set[str] = set()
        self.new_here: dict[str, list[int]] = {}
        self.next_id: int = db.execute("select coalesce(max(id), 0) + 1 from orders").fetchone()[0]
        self.index_later = not db.execute("select 1 from order_lines limit 1").fetchone()
        if self.index_later:
            db.execute("drop index order_lines_by_variant")
        self.has_orders = bool(
            db.execute("select 1 from orders where channel_id = ? limit 1", [setting.channel.id]).fetchone()
        )
        self.fields = tuple(f for f in ORDER_FIELDS if f not in setting.absent)
        self.insert_order = _insert_order(self.fields)
        self.order_values = attrgetter(*self.fields)
        line_fields = tuple(f for f in LineRecord._fields if f not in setting.absent_lines)
        self.insert_line = insert_line(line_fields)
        self.line_values = itemgetter(*[LineRecord._fields.index(f) for f in line_fields])
        self.order_rows: list[tuple[object, ...]] = []
        self.line_rows: list[tuple[object, ...]] = []
        self.goods_rows: list[tuple[object, ...]] = []
        self.contact_rows: list[tuple[object, ...]] = []
        self.payment_rows: list[tuple[object, ...]] = []
        self.refund_rows: list[tuple[object, ...]] = []
        self.staff_rows: list[tuple[object, ...]] = []
        self.adoption_rows: list[tuple[object, ...]] = []
        self.shown_rows: list[tuple[int, int]] = []

    def add(self, record: OrderRecord) -> None:
        """Load one order: insert it, or compare it with what the store knows."""
        if record.continues:
            self._append(record)
            return
        if self.has_orders:
            known = self.db.execute(
                "select * from orders where channel_id = ? and number = ?", [self.setting.channel.id, record.number]
            ).fetchone()
            if known is not None:
                self._compare(known, record)
                return
        self._insert(record)

    def _compare(self, known: sqlite3.Row, record: OrderRecord) -> None:
        from ecomos.orders.load_update import OrderUpdate

        OrderUpdate(self, known, record).apply()
        self._name_staff(known["id"], record)

    def _name_staff(self, order_id: int, record: OrderRecord) -> None:
        if record.employee:
            self.staff_rows.append((order_id, record.employee))

    def _insert(self, record: OrderRecord) -> None:
        order_id = self.next_id
        self.next_id += 1
        contact = record.contact or {}
        customer = self.customers.resolve(
            contact.get("email"), contact.get("phone"), record.customer_key, record.customer_name
        )
        self.order_rows.append(
            (
                order_id,
                self.setting.channel.id,
                record.number,
                customer,
                self.setting.import_id,
                self.setting.import_id,
                *self.order_values(record),
            )
        )
        if record.contact is not None:
            self.contact_rows.append((order_id, *[contact.get(name) for name in CONTACT_FIELDS]))
        self.new_here[record.number] = [order_id, len(record.lines)]
        self.add_lines(order_id, 1, record.lines)
        self.count(record, customer)
        self.tally.rows_new += record.rows
        self._follow_new(order_id, record)
        if len(self.line_rows) + len(self.goods_rows) > FLUSH_LINES:
            self.flush()

    def _follow_new(self, order_id: int, record: OrderRecord) -> None:
        """What a new order brings with it: money, and either the list of open orders or events."""
        paid = paid_cents(record)
        if paid and record.kind == "sale":
            self.pay(order_id, record, paid)
        if record.refunded_cents:
            self.give_back(order_id, record, record.refunded_cents)
        self._name_staff(order_id, record)
        if self.setting.is_baseline:
            if _is_open(record):
                self.adoption_rows.append((order_id, self.setting.import_id))
                self.tally.adoptions += 1
            return
        facts = facts_of_new(order_id, record, self.setting.now)
        if record.kind != "sale" or record.placed_at < self.setting.since:
            self.ledger.history += len(facts) if record.kind == "sale" else 0
            return
        for fact in facts:
            self.ledger.tell(fact)

    def _append(self, record: OrderRecord) -> None:
        """Lines of an order that stood earlier in this file."""
        at = self.new_here.get(record.number)
        if at is None:
            raise Scattered(record.number)
        self.flush()
        order_id, so_far = at
        self.add_lines(order_id, so_far + 1, record.lines)
        at[1] += len(record.lines)
        self.db.execute(
            "update orders set subtotal_cents = subtotal_cents + ?, total_cents = total_cents + ? where id = ?",
            [record.subtotal_cents or 0, record.total_cents or 0, order_id],
        )
        self.count_lines(record.lines, known_customer=record.customer_key is not None)
        self.tally.rows_new += record.rows

    def add_lines(self, order_id: int, first: int, lines: Iterable[LineRecord]) -> None:
        """Buffer lines, each with the variant that it means."""
        if self.setting.absent_lines:
            self._add_lean_lines(order_id, first, lines)
            return
        for number, line in enumerate(lines, first):
            self.line_rows.append((order_id, number, self.variant_of(line), *self.line_values(line)))

    def _add_lean_lines(self, order_id: int, first: int, lines: Iterable[LineRecord]) -> None:
        """As `add_lines`, for half a million: merchandise has the table's defaults, and a bound value costs as much
        as reading a cell."""
        matched, goods = self.matched, self.goods_rows
        for number, line in enumerate(lines, first):
            sku, title, quantity, price, _, is_merchandise, _, _, _, _, total, _ = line
            variant = matched.get(sku) or self.variant_of(line)
            if is_merchandise and total == quantity * price:
                goods.append((order_id, number, variant, sku, title, quantity, price))
            else:
                self.line_rows.append((order_id, number, variant, *self.line_values(line)))

    def variant_of(self, line: LineRecord) -> int | None:
        """The variant that a line means, remembered; made where the platform has no product file."""
        makes = self.setting.makes_variants
        key = line.sku if makes else (line.sku, line.title)
        if key not in self.matched:
            found = self.variants.match(line.sku, line.title)
            if found is None and makes and line.sku:
                found = self.variants.make(line.sku, line.title, bool(line.is_merchandise))
            self.matched[key] = found
        return self.matched[key]

    def pay(self, order_id: int, record: OrderRecord, cents: int) -> None:
        """Buffer a payment that the platform states."""
        self.payment_rows.append(
            (order_id, cents, record.currency, record.payment_method, record.payment_reference, record.paid_at)
        )

    def give_back(self, order_id: int, record: OrderRecord, cents: int) -> None:
        """Buffer a refund that the platform states; it has no date of its own, so it has the import's."""
        at = None if self.setting.is_baseline else self.setting.now
        self.refund_rows.append((order_id, cents, record.currency, at))

    def count(self, record: OrderRecord, customer: int | None) -> None:
        """Count an order for the account: lines, days, sums, currency."""
        tally = self.tally
        tally.orders += 1
        self.currencies[record.currency] = self.currencies.get(record.currency, 0) + 1
        if customer is None:
            tally.without_customer += 1
        self.count_lines(record.lines, known_customer=customer is not None)
        tally.other_day += record.placed_on != record.file_on
        tally.first_on = min(tally.first_on, record.placed_on)
        tally.last_on = max(tally.last_on, record.placed_on)
        tally.file_first_on = min(tally.file_first_on, record.file_on)
        tally.file_last_on = max(tally.file_last_on, record.file_on)
        for at in (record.placed_at, record.paid_at, record.fulfilled_at, record.cancelled_at):
            if at and at > tally.newest_at:
                tally.newest_at = at
        if record.kind == "sale":
            self.identities.add(record)

    def count_lines(self, lines: list[LineRecord], *, known_customer: bool) -> None:
        """Count lines: unmatched ones are shown, never dropped."""
        tally = self.tally
        tally.lines += len(lines)
        if not known_customer:
            tally.lines_without_customer += len(lines)
        if self.setting.absent_lines and self.setting.makes_variants:
            lines = [line for line in lines if not line[5] or line[0] is None]  # nothing to count on the others
        for line in lines:
            if not line.is_merchandise:
                tally.non_merchandise += 1
            if not line.requires_shipping:
                tally.no_shipping += 1
            if line.sku is None:
                tally.no_sku += 1
            if line.vendor:
                self.vendors.add(line.vendor)
            if self.variant_of(line) is None and line.title != "Tip":
                tally.unmatched += 1
                name = line.sku or line.title
                if name in tally.unmatched_examples or len(tally.unmatched_examples) < EXAMPLES:
                    tally.unmatched_examples[name] = tally.unmatched_examples.get(name, 0) + 1

    def flush(self) -> None:
        """Write what is buffered."""
        self.customers.flush()
        self.variants.flush()
        for sql, rows in (
            (self.insert_order, self.order_rows),
            (INSERT_CONTACT, self.contact_rows),
            (self.insert_line, self.line_rows),
            (INSERT_PAYMENT, self.payment_rows),
            (INSERT_REFUND, self.refund_rows),
            (INSERT_STAFF, self.staff_rows),
            ("insert into adoptions(order_id, import_id, state) values (?, ?, 'listed')", self.adoption_rows),
            ("update orders set import_id = ? where id = ?", self.shown_rows),
        ):
            if rows:
                self.db.executemany(sql, rows)
                rows.clear()
        write_goods(self.db, self.goods_rows)

    def finish(self) -> OrderTally:
        """Write the rest, ask what has to be asked, decide about tax, tell the events."""
        self.flush()
        if self.index_later:
            db_index = "create index order_lines_by_variant on order_lines(variant_id)"
            self.db.execute(db_index)  # sorting once is cheaper than half a million places in a tree
        ask_about_currency(self.db, self.setting, self.currencies)
        if self.has_orders and not self.tally.known:
            ask_about_vendors(self.db, self.setting, self.vendors)
        channel, tally = self.setting.channel, self.tally
        inclusive = self.identities.tax_inclusive(channel.tax_inclusive)
        main = max(self.currencies, key=lambda c: self.currencies[c], default=None)
        self.db.execute(
            "update channels set tax_inclusive = ?, currency = coalesce(currency, ?) where id = ?",
            [inclusive, main, channel.id],
        )
        tally.identities = self.identities.told(inclusive)
        tally.newest_at = min(tally.newest_at, self.setting.now)
        tally.events = self.ledger.write(self.db)
        tally.history = self.ledger.history
        return tally


def _insert_order(fields: tuple[str, ...]) -> str:
    columns = ("id", "channel_id", "number", "customer_id", "import_id", "first_import_id", *fields)
    return f"insert into orders({', '.join(columns)}) values ({', '.join('?' * len(columns))})"


def _is_open(record: OrderRecord) -> bool:
    """Still open after a baseline: somebody has to say what becomes of it."""
    if record.kind != "sale" or record.cancelled_at:
        return False
    return record.fulfillment_status in ("unfulfilled", "partial") or record.financial_status == "authorized"
