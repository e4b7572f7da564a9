"""The house's own list of suppliers: what each has, at which cost, in which packs, how soon. No platform's layout: the
names that people use are known."""

from collections.abc import Iterator, Mapping

from ecomos.intake.cells import amount, count, text
from ecomos.intake.kinds import Kind, Reading, Rows
from ecomos.orders.load_records import Rejected
from ecomos.stock.supplying import SupplyRecord

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
    )


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
    money=("cost", "order_minimum"),
    dates=(),
    read=_read,
    case="supplier",
    is_snapshot=True,
)
