"""The house's own list of suppliers: what each has, at which cost, in which packs, how soon. No platform's layout: the
names that people use are known."""

from collections.abc import Iterator, Mapping

from ecomos.errors import WrongUsage
from ecomos.intake.cells import amount, count, text
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.orders.load_records import Rejected
from ecomos.stock.supplying import SupplyRecord
from ecomos.stock.terms import read_order_days
from ecomos.store.home import DAYS

__all__ = ["SUPPLIERS"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sku": ("SKU", "Item"),
    "supplier": ("Supplier", "Supplier name"),
    "cost": ("Cost", "Unit cost", "Purchase price"),
    "pack": ("Pack", "Pack size", "Case size"),
    "minimum": ("Minimum", "Minimum quantity", "MOQ"),
    "lead_time": ("Lead time (days)", "Lead time", "Lead time days", "Lead time in days"),
    "email": ("E-mail", "Email", "Supplier email", "Supplier e-mail"),
    "language": ("Language",),
    "currency": ("Currency",),
    "order_minimum": ("Minimum order value", "Minimum order"),
    "supplier_sku": ("Supplier SKU", "Supplier's number", "Vendor SKU"),
    "phone": ("Phone", "Supplier phone"),
    "contact": ("Contact", "Contact person"),
    "payment_days": ("Payment days", "Payment terms (days)"),
    "order_days": ("Order days",),
    "freight": ("Freight", "Shipping cost"),
    "freight_free": ("Free freight from", "Free shipping from"),
}


def _read(rows: Rows, reading: Reading) -> Iterator[SupplyRecord | Rejected]:
    for line, row in rows:
        try:
            yield _supply(line, row, reading)
        except ValueError as bad:
            yield Rejected(line, str(bad), ",".join(row)[:2000])


def _supply(line: int, row: list[str], reading: Reading) -> SupplyRecord:
    supplier, email = text(row, reading, "supplier"), text(row, reading, "email")
    if not supplier:
        raise ValueError("Supplier is blank")
    if email and email.count("@") != 1:
        raise ValueError(f"E-mail: “{email[:60]}” is no address")
    currency = (text(row, reading, "currency") or reading.currency).upper()
    return SupplyRecord(
        supplier=supplier,
        sku=text(row, reading, "sku").removeprefix("'") or None,
        line=line,
        cost_cents=_not_negative(amount(row, reading, "cost", currency)),
        pack=count(row, reading, "pack", least=1),
        minimum=count(row, reading, "minimum", least=0),
        lead_time_days=count(row, reading, "lead_time", least=0),
        email=email or None,
        language=text(row, reading, "language") or None,
        currency=currency,
        minimum_cents=_not_negative(amount(row, reading, "order_minimum", currency)),
        supplier_sku=text(row, reading, "supplier_sku").removeprefix("'") or None,
        phone=text(row, reading, "phone") or None,
        contact=text(row, reading, "contact") or None,
        payment_days=count(row, reading, "payment_days", least=0),
        order_days=_order_days(text(row, reading, "order_days")),
        freight_cents=_not_negative(amount(row, reading, "freight", currency)),
        freight_free_cents=_not_negative(amount(row, reading, "freight_free", currency)),
    )


def _order_days(said: str) -> str | None:
    try:
        days = read_order_days(said)
    except WrongUsage as wrong:
        raise ValueError(str(wrong)) from wrong
    return ", ".join(DAYS[d] for d in sorted(days)) if said and len(days) < len(DAYS) else None


def _not_negative(found: int | None) -> int | None:
    if found is not None and found < 0:
        raise ValueError("a cost or a minimum is below 0")
    return found


SUPPLIERS = Kind(
    name="suppliers",
    title="a list of suppliers",
    platform="",
    what="suppliers",
    columns=COLUMNS,
    needed=("supplier", "sku"),
    money=("cost", "order_minimum", "freight", "freight_free"),
    dates=(),
    read=_read,
    case="supplier",
    is_snapshot=True,
)
