"""All cards of the starter on UCI Online Retail (541,909 lines): a day, a week and a month of each from kpi_daily,
against bare sums over the same table; and the refresh after one day's import, against reading the lines once."""

import atexit
import gzip
import shutil
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.pair import DATA, Pair
from ecomos.intake import import_file
from ecomos.kpis import figure, refresh
from ecomos.playbook.records import Kpi
from ecomos.store import make_home, open_file
from ecomos.work import Shop, adopt_playbook, in_force

__all__ = ["KpiBench", "pairs"]

STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter"
UCI = DATA / "retail" / "uci-online-retail-2011.csv.gz"
NOW = datetime(2011, 12, 10, 9, tzinfo=UTC)
LAST = date(2011, 12, 8)
SPANS = ((LAST, LAST), (LAST - timedelta(days=6), LAST), (date(2011, 11, 1), date(2011, 11, 30)))
BARE = "select sum(numerator), sum(denominator), count(*) from kpi_daily where kpi = ? and day_on between ? and ?"
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
READ_MS, REFRESH_MS = 50, 1000


class KpiBench:
    """A store with all of UCI in it, its figures up to date."""

    def __init__(self, folder: Path) -> None:
        home = make_home(
            folder / "shop", STARTER, name="UCI", currency="GBP", time_zone="Europe/London", go_live=date(2010, 12, 1)
        )
        self.folder = folder
        self.shop = Shop(home, open_file(home.db_path, create=True))
        _, problems = adopt_playbook(self.shop, NOW - timedelta(days=1), "bench")
        if problems:
            raise RuntimeError("\n".join(map(str, problems)))
        with gzip.open(UCI) as packed, (folder / "uci.csv").open("wb") as plain:
            shutil.copyfileobj(packed, plain)
        import_file(home, self.shop.db, folder / "uci.csv", NOW)
        self.days = 0
        self.refresh()

    @property
    def cards(self) -> Sequence[Kpi]:
        """Every card in force."""
        return tuple(in_force(self.shop, NOW).kpis.values())

    def read(self) -> float:
        """Every card for a day, a week and a month, in seconds."""
        started = time.perf_counter()
        for card in self.cards:
            for first, last in SPANS:
                figure(self.shop.db, card, first, last)
        return time.perf_counter() - started

    def bare_read(self) -> float:
        """As many bare sums over kpi_daily."""
        started = time.perf_counter()
        for card in self.cards:
            for first, last in SPANS:
                self.shop.db.execute(BARE, [card.stem, first.isoformat(), last.isoformat()]).fetchone()
        return time.perf_counter() - started

    def refresh(self) -> float:
        """The figures brought up to date, in seconds."""
        started = time.perf_counter()
        problems = refresh(self.shop.db, self.cards, NOW)
        taken = time.perf_counter() - started
        if problems:
            raise RuntimeError("\n".join(map(str, problems)))
        return taken

    def import_a_day(self, orders: int = 120, lines: int = 20) -> None:
        """One more day of the same size as the others comes in."""
        self.days += 1
        at = datetime(2011, 12, 9, 20, tzinfo=UTC) + timedelta(days=self.days)
        path = self.folder / f"day-{self.days}.csv"
        rows = [
            f"{600000 + 1000 * self.days + n},85123A,WHITE HANGING HEART T-LIGHT HOLDER,{line + 1},"
            f"{at:%Y-%m-%d %H:%M:%S},2.55,17850.0,United Kingdom\n"
            for n in range(orders)
            for line in range(lines)
        ]
        path.write_text(HEAD + "".join(rows))
        account = import_file(self.shop.home, self.shop.db, path, NOW + timedelta(days=self.days))
        if account.status != "loaded":
            raise RuntimeError(str(account.problems))

    def refresh_after_a_day(self) -> float:
        """A day is imported; what the refresh then costs."""
        self.import_a_day()
        return self.refresh()

    def read_lines(self) -> float:
        """Every line read once."""
        started = time.perf_counter()
        self.shop.db.execute("select sum(quantity * unit_price_cents) from order_lines").fetchone()
        return time.perf_counter() - started


def pairs() -> list[Pair | str]:
    """Both, or why they can't be measured."""
    if not UCI.exists():
        return [f"KPI figures: {UCI} is not there"]
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, True)
    bench = KpiBench(folder)
    count = f"{len(bench.cards)} cards x 3 spans"
    return [
        Pair("figures of a day, a week, a month", bench.read, bench.bare_read, 1, READ_MS / 1000, 7, count),
        Pair("refresh after a day's import", bench.refresh_after_a_day, bench.read_lines, 1, REFRESH_MS / 1000),
    ]
