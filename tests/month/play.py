"""The month itself: a home from the starter's playbook that may send, a team, exports dropped into the inbox each
morning and noon, the heartbeat every half hour or three quarters, and everybody at work in their hours."""

import heapq
import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from mailserver import Mailbox
from shops import STARTER, hire

from ecomos.demo.goods import write_products
from ecomos.demo.shelf import write_suppliers
from ecomos.heartbeat import tick
from ecomos.intake import import_file
from ecomos.people import set_absence
from ecomos.people.requests import make_request
from ecomos.store import make_home, open_file, read_home, set_setting, tell_live, write
from ecomos.work import Shop, adopt_playbook, give_back_all, order_by_ref, settle, start
from ecomos.work.lending import lend
from month.customers import Customers, drop
from month.plan import FIRST_DAY, LAST_DAY, SHOP, ZONE, Plan
from month.seen import Seen
from month.staff import Person, Staff
from month.world import HOLIDAYS, World, is_open

TEAMS = {
    12: {
        "Fiona": ("founder",),
        "Olga": ("operations-lead",),
        "Leo": ("support-lead",),
        "Sue": ("support-agent",),
        "Sam": ("support-agent",),
        "Pia": ("picker",),
        "Paul": ("picker",),
        "Ben": ("packer",),
        "Bea": ("packer",),
        "Bo": ("buyer",),
        "Mara": ("marketer",),
        "Kim": ("bookkeeper",),
    },
    3: {
        "Fiona": ("founder", "operations-lead", "marketer", "bookkeeper"),
        "Sue": ("operations-lead", "support-lead", "support-agent", "buyer"),
        "Pia": ("picker", "packer"),
    },
}
ILL = {12: "Ben", 3: "Pia"}
ILL_FROM, ILL_TO = date(2026, 12, 2), date(2026, 12, 4)
AWAY_FROM, AWAY_TO = date(2026, 12, 9), date(2026, 12, 15)
LENT_EACH, LENT_A_DAY = 90_000, 200_000
PURCHASES = (
    ("Soap and care from Seifenmanufaktur, 420 EUR", 42_000),
    ("Tape and boxes, 180 EUR", 18_000),
    ("Candles for Christmas, 950 EUR", 95_000),
    ("Blankets, 1600 EUR", 160_000),
    ("Day packs for spring, 2300 EUR", 230_000),
)
"""What the buyer asks for on the first days."""
MESSAGES = (
    "address-question", "address-reminder", "could-not-reach-you", "leaves-later", "order-cancelled",
    "out-of-stock-options", "parcel-came-back", "came-back-paid", "payment-not-complete", "payment-reminder",
    "ready-to-collect", "pick-up-reminder", "sent-again", "shipped",
)  # fmt: skip
"""What ecomos tells the customers of the shop; the platform tells nothing beside it."""
SLOT = timedelta(minutes=25)
BEATS = (
    *(time(8, 30), time(9, 15), time(10), time(10, 45), time(11, 30), time(12), time(12, 45), time(13, 30)),
    *(time(14), time(14, 30), time(15, 15), time(15, 45), time(16, 15), time(17), time(18)),
)

EXPORTS = (time(8, 30), time(12))
LIMITED = ("support-agent", "support-lead", "operations-lead")


@dataclass
class Month:
    """A month that was played."""

    plan: Plan
    shop: Shop
    world: World
    customers: Customers
    staff: Staff
    nobodys: list[str]
    """Tasks that stood with nobody who was there, day by day."""

    @property
    def end(self) -> datetime:
        return datetime.combine(LAST_DAY, time(18), ZONE)


def play(plan: Plan, folder: Path, box: Mailbox) -> Month:
    """The whole month."""
    shop = _open_shop(plan, folder / "home", box)
    began = datetime.combine(FIRST_DAY, time(7), ZONE)
    team = [Person(hire(shop, name, *roles), name, roles) for name, roles in TEAMS[plan.people].items()]
    settle(shop, began - timedelta(days=20))
    _, problems = adopt_playbook(shop, began - timedelta(days=19), "the founder")
    assert not problems, problems
    world = World(plan, folder)
    for file in (
        write_products(folder / "products_export.csv", SHOP), write_suppliers(folder / "suppliers.csv", SHOP),
    ):  # fmt: skip
        import_file(shop.home, shop.db, file, began - timedelta(days=1))
    with write(shop.db):
        shop.db.execute(
            "update channels set sends = ? where name = 'shopify'",
            [json.dumps(dict.fromkeys(MESSAGES, "ecomos"))],
        )
    import_file(shop.home, shop.db, _before(folder), began - timedelta(days=1))
    customers = Customers(world, box, shop.home.path / "inbox")
    month = Month(plan, shop, world, customers, Staff(shop, world, team, plan.seed), [])
    _run(month)
    return month


def _before(folder: Path) -> Path:
    """The first export of the shop, with an order of the time before ecomos."""
    from ecomos.demo.buyers import REGULARS
    from ecomos.demo.export import Sale, write_orders

    at = datetime.combine(FIRST_DAY - timedelta(days=20), time(9), ZONE)
    sale = Sale(1000, at, REGULARS[0], [(next(SHOP[0].goods()), 1)], fulfilled_at=at + timedelta(days=1))
    return write_orders(folder / "orders_before.csv", [sale])


def _open_shop(plan: Plan, path: Path, box: Mailbox) -> Shop:
    home = make_home(path, STARTER, name="Northside Goods", currency="EUR", time_zone="Europe/Vienna",
                     go_live=FIRST_DAY)  # fmt: skip
    for report in (home.playbook / "reports").glob("*.md"):
        report.unlink()
    if plan.refund_limit is not None:
        for role in LIMITED:
            file = home.playbook / "roles" / f"{role}.md"
            text = file.read_text(encoding="utf-8")
            limit = f"  refund: {plan.refund_limit} each\n"
            file.write_text(re.sub(r"  refund: .*\n", limit, text), encoding="utf-8")
    file = path / "ecomos.toml"
    days = ", ".join(f'"{d}"' for d in sorted(HOLIDAYS))
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {box.port}\nsender = "hello@northside.example"\n'
    text = file.read_text(encoding="utf-8").replace("holidays = []", f"holidays = [{days}]")
    file.write_text(f"{text}\n{mail}", encoding="utf-8")
    home = tell_live(read_home(path), True)
    shop = Shop(home, open_file(home.db_path, create=True))
    shop.db.execute("pragma synchronous = off")
    with write(shop.db):
        set_setting(shop.db, "live_on", home.fingerprint)
    return shop


def _run(month: Month) -> None:
    for day in month.plan.days():
        month.world.night(day)
        _day(month, day)
        _look_for_nobodys(month, datetime.combine(day, time(17, 30), ZONE))


def _day(month: Month, day: date) -> None:
    """The night's beat, then from half past eight to six: people and beats, in the order of time."""
    _beat(month, datetime.combine(day, time(2), ZONE))
    order = 0
    events: list[tuple[datetime, int, int, Person | None, Seen | None]] = []
    for at in BEATS:
        if is_open(day) or at in EXPORTS:
            heapq.heappush(events, (datetime.combine(day, at, ZONE), 0, order := order + 1, None, None))
    if is_open(day):
        for person in month.staff.people:
            first = datetime.combine(day, person.begins, ZONE)
            heapq.heappush(events, (first, 1, order := order + 1, person, None))
    while events:
        now, _, _, who, seen = heapq.heappop(events)
        if who is None:
            _beat(month, now)
            continue
        if seen is not None:
            month.staff.act(who, seen, now)
        if not month.staff.works(who, now):
            continue
        found = month.staff.look(who, now)
        until = now + timedelta(minutes=found[1]) if found else now + SLOT
        heapq.heappush(events, (until, 1, order := order + 1, who, found[0] if found else None))


def _beat(month: Month, now: datetime) -> None:
    world, shop = month.world, month.shop
    world.pass_time(now)
    if now.time() in EXPORTS:
        for path in world.exports(now, with_stock=now.time() == EXPORTS[0]):
            drop(shop.home.path / "inbox" / path.name, path.read_bytes())
            path.unlink()
    if now.time() == EXPORTS[0] and is_open(now.date()):
        _by_hand(month, now)
    month.customers.pass_time(now)
    tick(shop, now)
    month.customers.pass_time(now)


def _by_hand(month: Month, now: datetime) -> None:
    """What people write down by themselves: purchases, who is ill, lent authority, boxes that came back."""
    shop, day = month.shop, now.date()
    who = {p.name: p.id for p in month.staff.people}
    buyer = next(p.id for p in month.staff.people if "buyer" in p.roles)
    lead = next(p.id for p in month.staff.people if "operations-lead" in p.roles and "founder" not in p.roles)
    for n, (title, cents) in enumerate(PURCHASES):
        if day == FIRST_DAY + timedelta(days=(0, 1, 2, 3, 6)[n]):
            make_request(shop.db, "purchase", title, "", now, person_id=buyer, amount_cents=cents)
    if day == ILL_FROM:
        ill = who[ILL[month.plan.people]]
        set_absence(shop.db, ill, ILL_FROM, ILL_TO)
        give_back_all(shop, ill, now)
        make_request(shop.db, "absence", "Called in ill", "Until Friday.", now, person_id=lead)
    if month.plan.people == 3 and day == AWAY_FROM - timedelta(days=2):
        founder = who["Fiona"]
        for kind in ("refund", "cancel", "release"):
            lend(shop, founder, lead, kind, LENT_EACH, AWAY_FROM, AWAY_TO, "a week away", now, a_day_cents=LENT_A_DAY)
        set_absence(shop.db, founder, AWAY_FROM, AWAY_TO)
    packers = [p for p in month.staff.people if "packer" in p.roles and month.staff.works(p, now.replace(hour=10))]
    for name, at in list(month.world.here_again.items()):
        if at <= now and packers:
            order = order_by_ref(shop.db, f"order:{name.lstrip('#')}")
            start(shop, "returned-undelivered", ("order", order), now, person_id=packers[0].id)
            del month.world.here_again[name]
    settle(shop, now)


def _look_for_nobodys(month: Month, now: datetime) -> None:
    """Tasks for whose role nobody is here that day, the last rung included."""
    from ecomos.people import is_away
    from ecomos.work import acting

    rows = month.shop.db.execute("select distinct role from tasks where status in ('open', 'taken')").fetchall()
    for row in rows:
        if all(is_away(month.shop.db, p, now.date()) for p in acting(month.shop, row["role"], now)):
            month.nobodys.append(f"{now:%d %b}: {row['role']}")
