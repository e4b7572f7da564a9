"""The sums that a platform's orders keep, checked while they are loaded; whether prices include tax is decided once
for a channel, never order by order."""

from dataclasses import dataclass, field

from ecomos.orders.load_records import OrderRecord

__all__ = ["Identities"]

SHOWN = 20


@dataclass
class Identities:
    """Counts and exceptions of one import."""

    orders: int = 0
    taxed: int = 0
    exclusive: int = 0
    inclusive: int = 0
    lines_hold: int = 0
    not_exclusive: list[str] = field(default_factory=list)
    not_inclusive: list[str] = field(default_factory=list)
    not_lines: list[str] = field(default_factory=list)

    def add(self, record: OrderRecord) -> None:
        """Look at one order; one that does not state its sums is left out."""
        if record.total_cents is None or record.subtotal_cents is None or record.tax_cents is None:
            return
        self.orders += 1
        without_tax = record.subtotal_cents + (record.shipping_cents or 0) + (record.tip_cents or 0)
        tax = record.tax_cents or 0
        if tax:
            self.taxed += 1
            self.exclusive += without_tax + tax == record.total_cents
            self.inclusive += without_tax == record.total_cents
        if without_tax + tax != record.total_cents:
            self.not_exclusive.append(record.number)
        if without_tax != record.total_cents:
            self.not_inclusive.append(record.number)
        sold = sum(line.total_cents for line in record.lines)
        if sold - (record.tip_cents or 0) - (record.discount_cents or 0) == record.subtotal_cents:
            self.lines_hold += 1
        else:
            self.not_lines.append(record.number)

    def tax_inclusive(self, known: bool | None) -> bool | None:
        """Known from before, else what holds on more of the taxed orders; None where no order has tax."""
        if known is not None or not self.taxed or self.inclusive == self.exclusive:
            return known
        return self.inclusive > self.exclusive

    def told(self, inclusive: bool | None) -> list[str]:
        """The identities in words, their exceptions by number."""
        if not self.orders:
            return []
        broken = self.not_inclusive if inclusive else self.not_exclusive
        sum_text = "Subtotal + Shipping + Tip = Total" if inclusive else "Subtotal + Shipping + Taxes + Tip = Total"
        kind = {None: "no order has tax, so not decided", True: "prices include tax", False: "tax comes on top"}
        return [
            f"{sum_text} ({kind[inclusive]}): holds on {self.orders - len(broken)} of {self.orders} orders"
            + _but(broken),
            f"Lines - Tip - Discount = Subtotal: holds on {self.lines_hold} of {self.orders} orders"
            + _but(self.not_lines),
        ]


def _but(numbers: list[str]) -> str:
    if not numbers:
        return ""
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return f"; not on {', '.join(numbers[:SHOWN])}{more}"
