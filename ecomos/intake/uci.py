"""UCI Online Retail, both editions: one row per line of an invoice. Read in one lean pass: it has half a million."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from ecomos.intake.gather import groups
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.intake.numbers import identifier, read_number, whole
from ecomos.money import digits
from ecomos.orders.load_records import ORDER_FIELDS, LineRecord, OrderRecord, Rejected, Scattered

__all__ = ["NOT_MERCHANDISE", "UCI_ORDERS"]

NOT_MERCHANDISE = frozenset({"POST", "DOT", "M", "D", "S", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "B"})
ODD = NOT_MERCHANDISE | {code.lower() for code in NOT_MERCHANDISE}
KINDS = {"C": "cancellation", "A": "adjustment"}

HAS = ("kind", "placed_at", "placed_on", "country", "currency", "subtotal_cents", "total_cents", "refunded_cents")
ABSENT = tuple(name for name in ORDER_FIELDS if name not in HAS)


class _Prices(dict[str, tuple[int, Decimal | None]]):
    """Text → (price in minor units, the exact price where it has more decimals than the currency)."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.decimal, self.digits = reading.decimal, digits(reading.currency)

    def __missing__(self, text: str) -> tuple[int, Decimal | None]:
        found = read_number(text, self.decimal)
        if found is None:
            raise ValueError(f"UnitPrice: “{text[:60]}” is no amount as this file writes them")
        exact = found.scaleb(self.digits)
        rounded = _rounded(exact)
        self[text] = (rounded, None if exact == rounded else exact)
        return self[text]


class _Quantities(dict[str, int]):
    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.decimal = reading.decimal

    def __missing__(self, text: str) -> int:
        found = whole(text, self.decimal)
        if found is None:
            raise ValueError(f"Quantity: “{text[:60]}” is no whole number as this file writes them")
        self[text] = found
        return found


def _rounded(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _case(cell: str, before: str) -> str:
    return cell


def _read(rows: Rows, reading: Reading) -> Iterator[OrderRecord | Rejected]:
    """Straight through, as long as every cell can be read; else with the rows of an invoice gathered first."""
    invoice = _Invoice(reading)
    return _gathered(rows, reading, invoice) if reading.is_second else _straight(rows, invoice)


def _straight(rows: Rows, invoice: "_Invoice") -> Iterator[OrderRecord]:
    try:
        yield from invoice.stream(rows)
    except ValueError as bad:
        raise Scattered(str(bad)) from bad


def _gathered(rows: Rows, reading: Reading, invoice: "_Invoice") -> Iterator[OrderRecord | Rejected]:
    for number, group, goes_on in groups(rows, reading.at["invoice"], reading.hold, _case):
        try:
            for record in invoice.stream(iter(group)):
                record.continues = goes_on
                yield record
        except ValueError as bad:
            for line, row in group:
                yield Rejected(line, f"invoice {number}: {bad}", ",".join(row)[:2000])


class _Invoice:
    """Reads the rows of one invoice; prices and quantities are remembered by their text."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.prices, self.counts = _Prices(reading), _Quantities(reading)
        at = reading.at
        self.number, self.code, self.title, self.quantity = at["invoice"], at["code"], at["title"], at["quantity"]
        self.price, self.date = at["price"], at["date"]
        self.customer, self.country = at.get("customer"), at.get("country")

    def stream(self, rows: Rows) -> Iterator[OrderRecord]:
        """Orders as their rows end. Raises ValueError with what can't be read.

        One loop without calls: it runs half a million times.
        """
        prices, quantities, new, odd = self.prices, self.counts, tuple.__new__, ODD
        at_number, at_code, at_title = self.number, self.code, self.title
        at_quantity, at_price = self.quantity, self.price
        number, record, total, seen = None, None, 0, set[str]()
        lines: list[LineRecord] = []
        for line, row in rows:
            if row[at_number] != number:
                if record is not None:
                    yield _summed(record, total)
                number, total, lines = row[at_number], 0, []
                record = self._order(line, row, lines, number in seen)
                seen.add(number)
            code, title = row[at_code], row[at_title].strip()
            quantity, (price, exact) = quantities[row[at_quantity]], prices[row[at_price]]
            cents = quantity * price if exact is None else _rounded(quantity * exact)
            total += cents
            goods = 0 if code in odd else 1
            # as LineRecord(…), at a third of its price
            lines.append(
                new(LineRecord, (code, title or code, quantity, price, 0, goods, 0, goods, None, None, cents, None))
            )
        if record is not None:
            yield _summed(record, total)

    def _order(self, line: int, head: list[str], lines: list[LineRecord], goes_on: bool) -> OrderRecord:
        """The order of an invoice's first row; one with two timestamps takes the first."""
        number, placed = head[self.number], self.reading.dates.read(head[self.date])
        if not number or placed is None:
            raise ValueError(f"InvoiceDate: “{head[self.date][:60]}” is no date as this file writes them")
        return OrderRecord(
            number=number,
            placed_at=placed.at,
            placed_on=placed.on,
            file_on=placed.file_on,
            coarse=True,
            currency=self.reading.currency,
            lines=lines,
            line=line,
            rows=0,
            kind=KINDS.get(number[0].upper(), "sale"),
            country=head[self.country] if self.country is not None else None,
            customer_key=identifier(head[self.customer]) if self.customer is not None else None,
            continues=goes_on,
        )


def _summed(record: OrderRecord, total: int) -> OrderRecord:
    record.rows = len(record.lines)
    record.subtotal_cents = record.total_cents = total
    return record


UCI_ORDERS = Kind(
    name="uci-orders",
    title="UCI Online Retail",
    platform="uci",
    what="orders",
    columns={
        "invoice": ("InvoiceNo", "Invoice"),
        "code": ("StockCode",),
        "title": ("Description",),
        "quantity": ("Quantity",),
        "date": ("InvoiceDate",),
        "price": ("UnitPrice", "Price"),
        "customer": ("CustomerID", "Customer ID"),
        "country": ("Country",),
    },
    needed=("invoice", "code", "title", "quantity", "date", "price"),
    money=("price",),
    dates=("date",),
    read=_read,
    case="invoice",
    makes_variants=True,
    absent_lines=frozenset({"discount_cents", "is_gift_card", "fulfillment_status", "open_quantity", "vendor"}),
    store_columns={"": ABSENT},
)
