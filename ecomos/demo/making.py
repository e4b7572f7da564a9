"""Making the demo home: six people, two years of exports imported, the last working days carried out by the engine,
and a morning with every awkward kind of order ahead."""

import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from ecomos.demo.adverts import Adverts
from ecomos.demo.export import Sale
from ecomos.demo.goods import catalogue, write_products
from ecomos.demo.mailbag import Mailbag
from ecomos.demo.market import Market
from ecomos.demo.morning import (
    RUN_DOWN,
    in_parts,
    letters_of_the_night,
    letters_of_yesterday,
    on_the_bench,
    overnight,
    yesterday,
)
from ecomos.demo.plan import FULL, Plan
from ecomos.demo.platform import Platform
from ecomos.demo.playing import Play
from ecomos.demo.shelf import Shelf, write_suppliers
from ecomos.demo.working import begin_the_morning, work_on_the_bench, work_the_day_before
from ecomos.errors import EcomosError, WrongUsage
from ecomos.intake import import_file
from ecomos.people import add_person
from ecomos.stock.planning import plan
from ecomos.store import Home, make_home, open_file, read_home
from ecomos.store.clock import demo_start
from ecomos.work import Shop, adopt_orders, adopt_playbook, after_import, in_force, listed, settle

__all__ = ["DEMO_PASSWORD", "TEAM", "Progress", "is_demo", "make_demo"]

DEMO_PASSWORD = "demo store 2026"
TEAM = (
    ("Fiona Reed", "fiona@demo.example", ("founder", "marketer", "bookkeeper")),
    ("Olga Berg", "olga@demo.example", ("operations-lead", "buyer")),
    ("Sue Park", "sue@demo.example", ("support-agent",)),
    ("Sam Adler", "sam@demo.example", ("support-lead", "support-agent")),
    ("Pia Moser", "pia@demo.example", ("picker",)),
    ("Ben Cole", "ben@demo.example", ("packer",)),
)
"""Name, e-mail, roles: six people, every role of the starter's playbook held by one of them."""
SHORT_HANDED = (17, 39)
"""The worked days, counted from the first, on which the packer was away; and the last but one."""
CHANGED_ON = 30
"""The worked day on which a check was added to a procedure: the charts show it."""
NEW_CHECK = "- [ ] Shake the closed box beside your ear (prevents: goods broken on the way)\n"
UNTIL_YESTERDAY = timedelta(hours=27)

Progress = Callable[[float, str], None]
"""Called with the part that is done, from 0 to 1, and what is being done."""


def is_demo(path: Path) -> bool:
    """Whether a demo home is there already. Raises WrongUsage where the folder holds anything else."""
    if not path.exists() or not any(path.iterdir()):
        return False
    if (path / "ecomos.toml").is_file() and read_home(path).clock == "demo":
        return True
    raise WrongUsage(f"{path} holds something that is no demo store; give another folder with --store.")


def make_demo(path: Path, starter: Path, plan: Plan = FULL, progress: Progress = lambda done, what: None) -> Home:
    """Make the demo home: the same every time, on its own clock, and it never sends."""
    with tempfile.TemporaryDirectory() as folder:
        return _Making(path, starter, plan, progress, Path(folder)).make()


class _Making:
    """One demo under way."""

    def __init__(self, path: Path, starter: Path, plan: Plan, progress: Progress, folder: Path) -> None:
        self.plan, self.say, self.folder = plan, progress, folder
        self.home = make_home(
            path,
            starter,
            name="Northside Goods (demo)",
            currency="EUR",
            time_zone="Europe/Vienna",
            go_live=date(2026, 11, 1),
            clock="demo",
        )
        self.now = demo_start(self.home)
        self.noon = self.now - timedelta(hours=21)
        self.days = plan.working_days(self.now)
        self.began = datetime.combine(self.days[0], time(8), self.home.zone) if self.days else self.noon
        self._write_go_live()
        self.shop = Shop(self.home, open_file(self.home.db_path, create=True))
        self.chance = random.Random(plan.seed + 1)
        self.products, first_day = catalogue(plan.seed), plan.first_day(self.now)
        shelf = Shelf(self.products, 2 * plan.orders_a_day, random.Random(plan.seed + 2))
        self.platform = Platform(folder, self.chance, shelf, Adverts(plan, first_day), first_day)
        self.mailbag = Mailbag(self.shop, random.Random(plan.seed + 3))

    def _write_go_live(self) -> None:
        """Facts of the first worked day and later start work."""
        file = self.home.path / "ecomos.toml"
        wanted = f"go_live = {min(self.began.date(), date(2026, 11, 1))}"
        file.write_text(file.read_text(encoding="utf-8").replace("go_live = 2026-11-01", wanted), encoding="utf-8")
        self.home = read_home(self.home.path)

    def make(self) -> Home:
        """All of it, in the order in which it happened."""
        db = self.shop.db
        try:
            db.execute("pragma synchronous = normal")  # a half-made demo is made anew, so nothing can be lost
            self.say(0.0, "the team and the playbook")
            self._settle_in()
            first, rest = self._sell()
            self._work()
            number = self._yesterday(first, rest)
            self._morning(number)
            db.execute("pragma optimize")
        finally:
            db.close()
        self.say(1.0, "done")
        return self.home

    def _settle_in(self) -> None:
        since = self.began - timedelta(days=7)
        file = self.home.playbook / "procedures" / "process-an-order.md"
        self.new_text = file.read_text(encoding="utf-8")
        if self.days:
            file.write_text(self.new_text.replace(NEW_CHECK, ""), encoding="utf-8")
        self.reports = {
            file: file.read_text(encoding="utf-8") for file in (self.home.playbook / "reports").glob("*.md")
        }
        for report in self.reports:
            report.unlink()
        for name, email, roles in TEAM:
            add_person(self.shop.db, name, email, roles, DEMO_PASSWORD, since, self.home.zone)
        settle(self.shop, since)  # before there is a playbook: they work here already, nobody trains them anew
        self._adopt(since)

    def _adopt(self, now: datetime) -> None:
        problems = adopt_playbook(self.shop, now, "demo")[1]
        if problems:
            raise EcomosError("The starter's playbook can't be adopted:\n" + "\n".join(map(str, problems)))

    def _sell(self) -> tuple[int, Sequence[Sale]]:
        """Two years of orders; those before ecomos are imported at once. Gives yesterday's first number and the orders
        of the rest of yesterday."""
        self.say(0.03, "two years of orders")
        products = self.products
        first_day = self.plan.first_day(self.now)
        market = Market(self.plan, products, first_day, self.home.zone)
        days = (self.now.date() - first_day).days
        sales = [s for n in range(days) for s in market.day(first_day + timedelta(days=n))]
        before = [s for s in sales if s.at < self.now - UNTIL_YESTERDAY]
        rest = [s for s in sales if s.at > self.now - timedelta(hours=22) and s.prefix == "#"] if self.days else []
        _number(before, self.plan.morning_number)
        old = [s for s in before if s.at < self.began]
        for sale in old:
            market.settle(sale)
            if sale.fulfilled_at and sale.fulfilled_at > self.began:
                sale.fulfilled_at = None if self.days else self.began - timedelta(hours=1)
                sale.refunded_cents, sale.paid = 0, "pending" if sale.terms and self.days else "paid"
        for sale in before[len(old) :]:
            self._make_awkward(sale)
        self.platform.add(before)
        self.say(0.08, "importing the history")
        for file in (
            write_products(self.folder / "products_export.csv", products),
            write_suppliers(self.folder / "suppliers.csv", products),
        ):
            import_file(self.home, self.shop.db, file, self.began)
        if self.days:
            self._load(self.began)
            for row in [r["order_id"] for r in listed(self.shop)]:
                adopt_orders(self.shop, [row], self.began, actor="hand")
        return self.plan.morning_number, rest

    def _load(self, now: datetime) -> None:
        self.platform.arrive(now)
        for path, channel in self.platform.exports(now):
            import_file(self.home, self.shop.db, path, now, channel=channel)
        self.shop.db.execute("pragma synchronous = normal")
        after_import(self.shop, now)

    def _make_awkward(self, sale: Sale) -> None:
        """What is unusual about an order that is still to be worked."""
        kind = self.chance.random()
        if sale.terms:
            return
        if kind < 0.025:
            sale.risk = self.chance.choice(("Medium", "High"))
        elif kind < 0.065:
            sale.paid = "pending"
        elif kind < 0.073:
            sale.address = False
        elif kind < 0.10:
            sale.service, sale.shipping_cents = "Store pick-up", 0

    def _work(self) -> None:
        """The worked days, one after the other; on the last only until noon."""
        if not self.days:
            return
        play = Play(self.shop, self.platform, self.mailbag, self.chance)
        for n, day in enumerate(self.days):
            self.say(0.12 + 0.83 * n / len(self.days), f"working {day:%a} {day.day} {day:%b %Y}")
            if n == min(CHANGED_ON, len(self.days) - 1):
                file = self.home.playbook / "procedures" / "process-an-order.md"
                file.write_text(self.new_text, encoding="utf-8")
                self._adopt(datetime.combine(day, time(8), self.home.zone))
            last = n == len(self.days) - 1
            away = n in SHORT_HANDED or n == len(self.days) - 2
            play.day(day, short_handed=away, until=time(11, 45) if last else time(16, 30))
        self.play = play

    def _yesterday(self, first: int, rest: Sequence[Sale]) -> int:
        """Yesterday's noon: nine orders come in and are begun; gives the next free number."""
        self.say(0.96, "yesterday")
        self.platform.add(yesterday(first, self.now))
        if not self.days:
            self._load(self.noon)
            waiting = [r["order_id"] for r in listed(self.shop)]
            adopt_orders(self.shop, waiting[:7], self.noon, actor="hand")
            work_the_day_before(self.shop, first, self.noon)
            return first + 9
        bench = list(on_the_bench(first + 9, self.now))
        self.platform.add(bench)
        self.play.import_all(self.noon, orders_only=True)
        work_the_day_before(self.shop, first, self.noon)
        work_on_the_bench(self.shop, first + 9, self.noon)
        self.platform.cancel(bench[1], self.now - timedelta(hours=9))
        self.platform.refund(bench[1], bench[1].total_cents)
        for n, sale in enumerate(rest):
            sale.number = first + 11 + n
        self.platform.add(rest)
        return first + 11 + len(rest)

    def _morning(self, number: int) -> None:
        """Tuesday at nine: what the night brought; reports begin today, so that none of the past was left out."""
        self.say(0.98, "this morning")
        for report, text in self.reports.items():
            report.write_text(text, encoding="utf-8")
        self._adopt(self.now - timedelta(hours=15))
        play = Play(self.shop, self.platform, self.mailbag, self.chance)
        sales = list(self.platform.sales.values())
        self.mailbag.post(letters_of_yesterday(self.mailbag, sales, self.now))
        for hours in (19, 17):
            self.mailbag.deliver(self.now - timedelta(hours=hours))
            settle(self.shop, self.now - timedelta(hours=hours))
        play.is_tidy = True
        if self.days:
            play.close(self.now - timedelta(hours=16, minutes=54))
        self.mailbag.post(letters_of_the_night(self.mailbag, sales, self.now))
        self.mailbag.deliver(self.now)
        self.platform.add(overnight(number, self.now))
        if self.days:
            self.platform.add(in_parts(number + 16, self.now))
        shipped = next(s for s in self.platform.sales.values() if s.service == "DHL Express" and self._is_open(s))
        self.platform.ship(shipped, shipped.at + timedelta(hours=20))
        self.platform.arrive(self.now)
        self.platform.shelf.run_down(RUN_DOWN)
        for path in self.platform.shelf.write_bought(self.folder):
            import_file(self.home, self.shop.db, path, self.now)
        play.import_all(self.now)
        begin_the_morning(self.shop, number, self.now)
        plan(self.shop.db, self.home, in_force(self.shop, self.now).policies, self.now)

    def _is_open(self, sale: Sale) -> bool:
        return sale.number >= self.plan.morning_number and not sale.fulfilled_at and sale.prefix == "#"


def _number(sales: Sequence[Sale], below: int) -> None:
    """Number the orders of each channel in the order in which they came, so that the last stands just `below`."""
    own = [s for s in sales if s.prefix == "#"]
    for n, sale in enumerate(own):
        sale.number = below - len(own) + n
    for n, sale in enumerate(s for s in sales if s.prefix != "#"):
        sale.number = 1001 + n
