"""Loading orders: neutral records in, rows, changes and events out, inside the caller's transaction. Loading twice
equals loading once; what runs backwards or belongs to another shop is told, never applied."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from zoneinfo import ZoneInfo

from ecomos.orders.customers import CustomerIndex
from ecomos.orders.lines import insert_line, write_goods
from ecomos.orders.load_channels import Channel
from ecomos.orders.load_events import Ledger, facts_of_new, paid_cents
from ecomos.orders.load_identities import Identities
from ecomos.orders.load_records import (
    CONTACT_FIELDS,
    ORDER_FIELDS,
    AskFirst,
    LineRecord,
    OrderRecord,
    Rejected,
    Scattered,
)
from ecomos.orders.products import VariantIndex

__all__ = ["OrderLoad", "OrderTally", "Setting", "baseline_newest", "load_orders"]

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


@dataclass(frozen=True)
class Setting:
    """How an import stands: which channel, which clock, what may start work."""

    import_id: int
    channel: Channel
    zone: ZoneInfo
    now: str
    is_baseline: bool
    since: str
    """Facts older than this are history: go-live, or the channel's newest baseline fact if that is later."""
    home_currency: str
    absent: frozenset[str] = frozenset()
    """Columns of the store that this file does not have at all."""
    absent_lines: frozenset[str] = frozenset()
    """Columns of `order_lines` that this kind of file never has."""
    makes_variants: bool = False
    """The platform has no product file: its codes become products."""
    accepted: frozenset[str] = frozenset()
    """Answers to questions asked before: `currency=INR`, `vendors=new`."""


@dataclass
class OrderTally:
    """What the import did; rows are rows of the file."""

    rows_new: int = 0
    rows_changed: int = 0
    orders: int = 0
    lines: int = 0
    unmatched: int = 0
    unmatched_examples: dict[str, int] = field(default_factory=dict)
    non_merchandise: int = 0
    no_sku: int = 0
    no_shipping: int = 0
    without_customer: int = 0
    lines_without_customer: int = 0
    adoptions: int = 0
    known: int = 0
    other_day: int = 0
    first_on: str = "9999"
    last_on: str = ""
    file_first_on: str = "9999"
    file_last_on: str = ""
    newest_at: str = ""
    events: int = 0
    history: int = 0
    older: list[str] = field(default_factory=list)
    corrected: list[tuple[int, str]] = field(default_factory=list)
    """Order and column where staff corrected what the file said and the file now says something else again."""
    rejects: list[Rejected] = field(default_factory=list)
    identities: list[str] = field(default_factory=list)


def baseline_newest(db: sqlite3.Connection, channel_id: int, kind: str) -> str | None:
    """The newest fact of the channel's baseline of that kind of file; None where there was no baseline yet."""
    row = db.execute(
        """select count(*), max(newest_at) from imports
           where channel_id = ? and kind = ? and status = 'loaded' and is_baseline""",
        [channel_id, kind],
    ).fetchone()
    return (row[1] or "") if row[0] else None


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
        self._ask_about_currency()
        self._ask_about_vendors()
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

    def _ask_about_currency(self) -> None:
        setting = self.setting
        known = {setting.channel.currency, setting.home_currency}
        unknown = [c for c in self.currencies if c not in known and f"currency={c}" not in setting.accepted]
        if not unknown:
            return
        before = self.db.execute(
            "select distinct currency from orders where channel_id = ? and first_import_id <> ?",
            [setting.channel.id, setting.import_id],
        )
        unknown = sorted(set(unknown) - {row[0] for row in before})
        if unknown:
            all_of_them = ",".join(unknown)
            raise AskFirst(
                f"The currency {all_of_them} is new to the channel {setting.channel.name}: another shop's file?",
                [(f"it belongs to {setting.channel.name}", f"currency={all_of_them}")],
            )

    def _ask_about_vendors(self) -> None:
        setting = self.setting
        if self.tally.known or not self.has_orders or not self.vendors or "vendors=new" in setting.accepted:
            return
        before = {
            row[0]
            for row in self.db.execute(
                """select distinct vendor from order_lines l join orders o on o.id = l.order_id
                   where o.channel_id = ? and o.first_import_id <> ? and vendor is not null
                   union select vendor from products where channel_id = ? and vendor is not null""",
                [setting.channel.id, setting.import_id, setting.channel.id],
            )
        }
        if before and not before & self.vendors:
            raise AskFirst(
                f"No vendor of this file was seen in the channel {setting.channel.name} before: another shop's file?",
                [(f"it belongs to {setting.channel.name}", "vendors=new")],
            )


def _insert_order(fields: tuple[str, ...]) -> str:
    columns = ("id", "channel_id", "number", "customer_id", "import_id", "first_import_id", *fields)
    return f"insert into orders({', '.join(columns)}) values ({', '.join('?' * len(columns))})"


def _is_open(record: OrderRecord) -> bool:
    """Still open after a baseline: somebody has to say what becomes of it."""
    if record.kind != "sale" or record.cancelled_at:
        return False
    return record.fulfillment_status in ("unfulfilled", "partial") or record.financial_status == "authorized"
