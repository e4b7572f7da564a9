"""The morning that lies ahead: what was open yesterday and what came in overnight, one order of every awkward kind."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ecomos.demo.buyers import REGULARS
from ecomos.demo.export import Sale
from ecomos.demo.goods import Good
from ecomos.demo.letters import AGAIN, QUESTIONS
from ecomos.demo.mailbag import Letter, Mailbag

__all__ = [
    "RUN_DOWN",
    "in_parts",
    "letters_of_the_night",
    "letters_of_yesterday",
    "on_the_bench",
    "overnight",
    "yesterday",
]

RUN_DOWN = {
    "CAP-GRN": 3,
    "SOC-3": 2,
    "MUG-WIN-02": 0,
    "CND-HAR-01": 0,
    "TOT-MEA-01": 1,
    "NTB-ALP-02": 3,
    "BLK-QUI-01": 4,
}
"""What is left of some things this morning; of caps and socks more is sold than lies there."""

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


def in_parts(first: int, now: datetime) -> Iterator[Sale]:
    """Two more of the night: one ordered before the goods are back, one of which a part left by another way."""
    at = now - timedelta(minutes=50)
    notes = "Pre-order: ships when the caps are back, about 8 December."
    yield _sale(first, at, 4, [(4, 1)], tags="pre-order", notes=notes)
    notes = "The tee leaves from the print shop, the rest from us."
    yield _sale(first + 1, at, 1, [(0, 1), (6, 2)], shipped_lines=1, tags="split", notes=notes)


def on_the_bench(first: int, now: datetime) -> Iterator[Sale]:
    """Two more of yesterday, worked as far as the shelf: one to be collected, one that is cancelled overnight."""
    yield _sale(first, now - timedelta(hours=25), 4, [(3, 1), (6, 1)], service="Store pick-up")
    yield _sale(first + 1, now - timedelta(hours=25), 2, [(4, 1), (0, 1)])


def letters_of_yesterday(post: Mailbag, sales: Sequence[Sale], now: datetime) -> Iterator[Letter]:
    """What came after the last look into the mail: due this morning, nobody has answered."""
    yield from _about(post, sales, now - timedelta(hours=19, minutes=20), "return")
    at = now - timedelta(hours=17, minutes=25)
    yield Letter(at, "Nora Felder", "nora.felder@mail.example", QUESTIONS[0].subject, f"{QUESTIONS[0].body}\n\nNora")


def letters_of_the_night(post: Mailbag, sales: Sequence[Sale], now: datetime) -> Iterator[Letter]:
    """The mail of the night: where is it, broken, a question, and an answer to an answer."""
    yield from _about(post, sales, now - timedelta(hours=11), "where", moved=True)
    yield from _about(post, sales, now - timedelta(hours=2, minutes=40), "damaged")
    yield from _about(post, sales, now - timedelta(hours=1, minutes=15), "where")
    at = now - timedelta(minutes=50)
    yield Letter(at, "Piet Mulder", "piet@mulder.example", QUESTIONS[4].subject, QUESTIONS[4].body)
    waiting = post.waiting()
    if waiting is not None:
        yield post.reply(waiting, now - timedelta(minutes=25), AGAIN[0].body)


def _about(post: Mailbag, sales: Sequence[Sale], at: datetime, kind: str, *, moved: bool = False) -> Iterator[Letter]:
    found = [s for s in sales if post.may_be_about(s, kind, at)]
    if found:
        yield post.letter(at, found[-1], kind, moved=moved)
