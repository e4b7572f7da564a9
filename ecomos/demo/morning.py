"""The morning that lies ahead: what was open yesterday and what came in overnight, one order of every awkward kind."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ecomos.demo.buyers import REGULARS
from ecomos.demo.export import Sale
from ecomos.demo.goods import Good

__all__ = ["on_the_bench", "overnight", "yesterday"]

GOODS = (
    Good("TEE-BLK-M", "Cotton tee - Black / M", 2400),
    Good("TEE-BLK-L", "Cotton tee - Black / L", 2400),
    Good("TEE-WHT-M", "Cotton tee - White / M", 2400),
    Good("MUG-01", "Enamel mug", 1400),
    Good("CAP-GRN", "Field cap - Green", 2900),
    Good("BAG-CNV", "Canvas bag", 3900),
    Good("SOC-3", "Wool socks, 3 pairs", 1800),
    Good("", "Gift wrapping kit", 600),
)


def _sale(number: int, at: datetime, buyer: int, lines: list[tuple[int, int]], **more: object) -> Sale:
    return Sale(number, at, REGULARS[buyer], [(GOODS[i], q) for i, q in lines], **more)  # type: ignore[arg-type]


def yesterday(first: int, now: datetime) -> Iterator[Sale]:
    """Nine orders of yesterday: they are in the export of yesterday noon."""

    def ago(hours: int) -> datetime:
        return now - timedelta(hours=hours)

    yield _sale(first, ago(26), 5, [(1, 2), (6, 1)])
    yield _sale(first + 1, ago(25), 6, [(4, 4)], risk="Medium")
    yield _sale(first + 2, ago(25), 7, [(5, 20)], risk="High")
    yield _sale(first + 3, ago(24), 3, [(2, 1), (7, 1)])
    yield _sale(first + 4, ago(24), 0, [(0, 2), (3, 1)])
    yield _sale(first + 5, ago(24), 1, [(4, 1)], service="DHL Express")
    yield _sale(first + 6, ago(23), 2, [(5, 1)], paid="pending")
    yield _sale(first + 7, ago(23), 3, [], gift_card=50)
    yield _sale(first + 8, ago(23), 4, [(1, 1)], address=False)


def overnight(first: int, now: datetime) -> Iterator[Sale]:
    """Sixteen orders of this morning, numbered from `first`."""
    at = now - timedelta(hours=2)

    def after(minutes: int) -> datetime:
        return at + timedelta(minutes=minutes)

    for n in range(9):
        yield _sale(first + n, after(3 * n), n % 8, [(n % 7, 1 + n % 2), ((n + 3) % 7, 1)])
    yield _sale(first + 9, after(30), 5, [(5, 2), (7, 1)], service="DHL Express")
    yield _sale(first + 10, after(33), 6, [(4, 12)], risk="High")
    yield _sale(first + 11, after(36), 7, [(2, 1)], address=False, email=False)
    yield _sale(first + 12, after(39), 0, [(6, 40)], paid="pending", terms="Net 14")
    notes = "For my sister.\nPlease no invoice inside."
    yield _sale(first + 13, after(42), 1, [(3, 2)], gift_card=25, notes=notes)
    yield _sale(first + 14, after(45), 2, [(1, 1)], paid="pending")
    yield _sale(first + 15, after(48), 3, [(0, 1)], cancelled_at=after(48))


def on_the_bench(first: int, now: datetime) -> Iterator[Sale]:
    """Two more of yesterday, worked as far as the shelf: one to be collected, one that is cancelled overnight."""
    yield _sale(first, now - timedelta(hours=25), 4, [(3, 1), (6, 1)], service="Store pick-up")
    yield _sale(first + 1, now - timedelta(hours=25), 2, [(4, 1), (0, 1)])
