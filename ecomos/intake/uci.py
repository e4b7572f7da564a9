"""UCI Online Retail, both editions: one row per line of an invoice. Read in one lean pass: it has half a million."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from ecomos.intake.gather import groups
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.intake.numbers import identifier, read_number, whole
from ecomos.money import digits
from ecomos.orders.load_records import ORDER_FIELDS, LineRecord, OrderRecord, Rejected

__all__ = ["NOT_MERCHANDISE", "UCI_ORDERS"]

NOT_MERCHANDISE = frozenset({"POST", "DOT", "M", "D", "S", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "B"})
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
    invoice = _Invoice(reading)
    for number, group, goes_on in groups(rows, reading.at["invoice"], reading.hold, _case):
        try:
            yield invoice.read(number, group, goes_on)
        except ValueError as bad:
            for line, row in group:
                yield Rejected(line, f"invoice {number}: {bad}", ",".join(row)[:2000])


class _Invoice:
    """Reads the rows of one invoice; prices and quantities are remembered by their text."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.prices, self.quantities = _Prices(reading), _Quantities(reading)
        at = reading.at
        self.code, self.title, self.quantity = at["code"], at["title"], at["quantity"]
        self.price, self.date = at["price"], at["date"]
        self.customer, self.country = at.get("customer"), at.get("country")

    def read(self, number: str, group: list[tuple[int, list[str]]], goes_on: bool) -> OrderRecord:
        """The order; an invoice with two timestamps takes the first. Raises ValueError with what can't be read."""
        line, head = group[0]
        placed = self.reading.dates.read(head[self.date])
        if not number or placed is None:
            raise ValueError(f"InvoiceDate: “{head[self.date][:60]}” is no date as this file writes them")
        lines, total = self._lines(group)
        customer = identifier(head[self.customer]) if self.customer is not None and head[self.customer] else None
        return OrderRecord(
            number=number,
            placed_at=placed.at,
            placed_on=placed.on,
            file_on=placed.file_on,
            coarse=True,
            currency=self.reading.currency,
            lines=lines,
            line=line,
            rows=len(group),
            kind=KINDS.get(number[0].upper(), "sale"),
            country=head[self.country] if self.country is not None else None,
            subtotal_cents=total,
            total_cents=total,
            customer_key=customer,
            continues=goes_on,
        )

    def _lines(self, group: list[tuple[int, list[str]]]) -> tuple[list[LineRecord], int]:
        """The lines and their sum, each rounded for itself."""
        prices, quantities, new = self.prices, self.quantities, tuple.__new__
        at_code, at_title, at_quantity, at_price = self.code, self.title, self.quantity, self.price
        lines, total = [], 0
        for _, row in group:
            code = row[at_code]
            quantity = quantities[row[at_quantity]]
            price, exact = prices[row[at_price]]
            cents = quantity * price if exact is None else _rounded(quantity * exact)
            goods = 0 if code.upper() in NOT_MERCHANDISE else 1
            title = row[at_title].strip() or code
            # as LineRecord(…), at a third of its price
            lines.append(new(LineRecord, (code, title, quantity, price, 0, goods, 0, goods, None, None, cents, None)))
            total += cents
        return lines, total


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
