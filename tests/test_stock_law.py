"""The law of the ledger (promise 10): whatever the sequence of sales, parcels, exports, receipts, counts, transfers,
changes of state and crashes, a level is the sum of its moves and no piece comes from nowhere."""

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from killing import Child, file_at
from stock_shop import START, make_platform

from ecomos.errors import Refused
from ecomos.orders.deeds import DEEDS
from ecomos.playbook.catalogue import Doer
from ecomos.stock.examining import examine_levels
from ecomos.stock.hands import Hand
from ecomos.stock.levels import LevelRecord, OlderSnapshot, load_levels
from ecomos.stock.moves import Move, book
from ecomos.stock.places import say_master
from ecomos.stock.platform import Settling, settle
from ecomos.stock.returns import change_state
from ecomos.stock.shipping import after_orders, after_ship
from ecomos.stock.transfers import adjust, arrive, leave, on_the_way
from ecomos.store import events, iso, open_file, read_home, write

SHIP = next(d for d in DEEDS if d.name == "orders.ship")
BLUE, SHOP, BACK = 1, 1, 2
SOURCES = ("opening", "snapshot", "receive", "return", "count", "adjust", "build", "ship")


class CrashError(Exception):
    """The power goes in the middle of a transaction."""


@dataclass
class World:
    """The store, and beside it a model that shares no line with it: what the platform has, which moves of ours it
    knows since when, and what therefore has to lie in the shop."""

    db: Any
    now: Any = START
    platform: int = 10
    told: tuple[int, Any] = (10, START)
    ours: list[list[Any]] = field(default_factory=list)
    """(pieces, known to the platform since or None, order) of our moves in the shop, sellable."""
    orders: dict[int, dict[str, Any]] = field(default_factory=dict)
    total: int = 10
    """All that lies anywhere, where each order leaves once."""
    back: int = 0
    """What lies in the back room, of which the platform knows nothing; a parcel is taken from where more lies."""
    was_in_back: bool = False
    """Where a thing never lay it is not taken from, however little is left elsewhere."""

    def level(self) -> int:
        pieces, at = self.told
        return int(pieces) + sum(q for q, known, _ in self.ours if known is None or known > at)

    def hand(self) -> Hand:
        return Hand(1, frozenset({"operations-lead"}), self.now)

    # ---- what happens

    def sale(self, pieces: int) -> None:
        number = len(self.orders) + 1
        with write(self.db) as db:
            row = db.execute(
                """insert into orders(channel_id, number, placed_at, placed_on, currency, financial_status,
                     fulfillment_status, total_cents, import_id) values (1, ?, ?, ?, 'EUR', 'paid', 'unfulfilled', 1000,
                     (select max(id) from imports))""",
                [f"#9{number:03}", iso(self.now), self.now.date().isoformat()],
            )
            db.execute(
                """insert into order_lines(order_id, line_no, variant_id, sku, title, quantity, unit_price_cents,
                     total_cents, fulfillment_status, open_quantity) values (?, 1, ?, 'MUG-B', 'Mug', ?, 1000, 1000,
                     'pending', ?)""",
                [row.lastrowid, BLUE, pieces, pieces],
            )
        self.orders[int(row.lastrowid or 0)] = {
            "pieces": pieces,
            "sent": False,
            "entered": None,
            "shown": False,
            "left": False,
        }

    def ship(self, _: int) -> None:
        key = next((k for k, o in self.orders.items() if not o["sent"]), None)
        if key is None:
            return
        from_back = self.was_in_back and self.back > self.level()
        with write(self.db):
            doer = Doer("person:1", 1, 1, self.now, self.now.date())
            SHIP.call(self.db, key, {"carrier": "Post", "tracking": "1"}, doer)
            after_ship(self.db, key, {}, doer)
        order = self.orders[key]
        order["sent"] = True
        self._leaves(order)
        if from_back:
            self.back -= order["pieces"]
            return
        self.ours.append([-order["pieces"], order["entered"] if order["shown"] else None, key])

    def _leaves(self, order: dict[str, Any]) -> None:
        self.total -= 0 if order["left"] else order["pieces"]
        order["left"] = True

    def fulfil(self, _: int) -> None:
        key = next((k for k, o in self.orders.items() if o["entered"] is None), None)
        if key is not None:
            self.orders[key]["entered"] = self.now
            self.platform -= self.orders[key]["pieces"]

    def show_orders(self, _: int) -> None:
        """An orders' export is loaded: what it says of each order, and what the ledger makes of it."""
        with write(self.db) as db:
            number = _import(db, "shopify-orders", self.now)
            for key, o in self.orders.items():
                if o["entered"] is None or o["shown"]:
                    continue
                db.execute(
                    "update orders set fulfillment_status = 'fulfilled', fulfilled_at = ?, import_id = ? where id = ?",
                    [iso(o["entered"]), number, key],
                )
                db.execute(
                    "update order_lines set fulfillment_status = 'fulfilled', open_quantity = 0 where order_id = ?",
                    [key],
                )
                if not o["sent"]:
                    events.append(
                        db,
                        "order.fulfilled_elsewhere",
                        ("order", key),
                        actor=f"import:{number}",
                        recorded_at=iso(self.now),
                        happened_at=iso(o["entered"]),
                    )
                self._leaves(o)
                o["shown"] = True
                for move in self.ours:
                    move[1] = o["entered"] if move[2] == key else move[1]
            after_orders(db, number, iso(self.now), iso(self.now))

    def export(self, _: int) -> None:
        self._load(self.platform, self.now)
        self.told = (self.platform, self.now)

    def old_export(self, _: int) -> None:
        """A file of before is refused and changes nothing."""
        with pytest.raises(OlderSnapshot):
            self._load(999, self.told[1] - timedelta(hours=1))

    def _load(self, pieces: int, at: Any) -> None:
        with write(self.db) as db:
            number = _import(db, "shopify-inventory", self.now)
            record = LevelRecord("mug", "Blue", "MUG-B", "Shop", 2, pieces, 0, 0, 0)
            load_levels(db, 1, number, iso(at), [record])

    def receive(self, pieces: int) -> None:
        with write(self.db):
            book(self.db, [Move(BLUE, SHOP, pieces, "receive", iso(self.now), "person:1")], iso(self.now))
            settle(self.db, [(BLUE, SHOP)], Settling(iso(self.now), iso(self.now), "person:1"))
        self.ours.append([pieces, None, None])
        self.total += pieces

    def correct(self, pieces: int) -> None:
        adjust(self.db, self.hand(), BLUE, SHOP, -pieces, "two were broken")
        self.ours.append([-pieces, None, None])
        self.total -= pieces

    def send_away(self, pieces: int) -> None:
        if pieces > self.level():
            with pytest.raises(Refused):
                leave(self.db, self.hand(), BLUE, pieces, (SHOP, BACK))
            return
        leave(self.db, self.hand(), BLUE, pieces, (SHOP, BACK))
        self.ours.append([-pieces, None, None])

    def arrive(self, _: int) -> None:
        found = on_the_way(self.db)
        if found:
            arrive(self.db, self.hand(), found[0].pair, found[0].pieces)
            self.back += found[0].pieces
            self.was_in_back = True

    def hold(self, pieces: int) -> None:
        if pieces > self.level():
            return
        change_state(self.db, self.hand(), BLUE, SHOP, pieces, ("sellable", "hold"), "is looked at")
        self.ours.append([-pieces, None, None])

    def crash(self, pieces: int) -> None:
        """A transfer that never gets to its second half leaves nothing behind."""
        with pytest.raises(CrashError):
            self._half(pieces)

    def _half(self, pieces: int) -> None:
        with write(self.db):
            out = Move(BLUE, SHOP, -pieces, "transfer", iso(self.now), "person:1", pair=99)
            book(self.db, [out], iso(self.now))
            raise CrashError


def _import(db: Any, kind: str, now: Any) -> int:
    row = db.execute(
        "insert into imports(path, sha256, kind, channel_id, imported_at) values ('f', ?, ?, 1, ?) returning id",
        [f"{kind}{now}", kind, iso(now)],
    ).fetchone()
    return int(row[0])


DEEDS_OF_A_WEEK = (
    *("sale", "ship", "ship", "fulfil", "fulfil", "show_orders", "show_orders", "export", "export"),
    *("old_export", "receive", "correct", "send_away", "arrive", "hold", "crash"),
)
"""What can be told apart only in a long row stands twice."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with ten blue mugs, and a back room."""
    there = make_platform(tmp_path_factory.mktemp("law"))
    with write(there.desk.db) as db:
        db.execute("insert into locations(id, name) values (2, 'Back room')")
        db.execute(
            """insert into people(id, name, email, password_hash, started_on)
               values (1, 'Ida', 'ida@shop.example', '', '2026-01-01')"""
        )
    there.desk.db.execute("pragma wal_checkpoint(truncate)")
    there.desk.db.close()
    return there.desk.home.path


def copy(template: Path, to: Path) -> Any:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(template, to)
    db = open_file(read_home(to).db_path)
    db.execute("pragma synchronous = off")
    return db


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(week=st.lists(st.tuples(st.sampled_from(DEEDS_OF_A_WEEK), st.integers(1, 4)), min_size=10, max_size=30))
def test_levels_are_the_sum_of_moves_and_never_come_from_nowhere(
    template: Path, tmp_path_factory: pytest.TempPathFactory, week: list[tuple[str, int]]
) -> None:
    world = World(copy(template, tmp_path_factory.getbasetemp() / "law-copy"))
    try:
        for deed, pieces in week:
            world.now += timedelta(hours=1)
            getattr(world, deed)(pieces)
            assert (world.level(), world.back) == (shop_level(world.db), shop_level(world.db, BACK)), (deed, pieces)
        must_hold(world.db)
    finally:
        world.db.close()


def shop_level(db: Any, place: int = SHOP) -> int:
    row = db.execute(
        "select on_hand from stock_levels where variant_id = ? and location_id = ? and state = 'sellable'",
        [BLUE, place],
    ).fetchone()
    return int(row[0]) if row else 0


class OurWorld(World):
    """Our number counts in both places: an export sets nothing."""

    def level(self) -> int:
        return shop_level(self.db)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(week=st.lists(st.tuples(st.sampled_from(DEEDS_OF_A_WEEK), st.integers(1, 4)), min_size=10, max_size=30))
def test_where_our_number_counts_an_order_leaves_once_whoever_sent_it(
    template: Path, tmp_path_factory: pytest.TempPathFactory, week: list[tuple[str, int]]
) -> None:
    world = OurWorld(copy(template, tmp_path_factory.getbasetemp() / "law-ours"))
    try:
        with write(world.db) as db:
            for place in (SHOP, BACK):
                say_master(db, place, "ecomos", "buyer", iso(START), "person:1")
        for deed, pieces in week:
            world.now += timedelta(hours=1)
            getattr(world, deed)(pieces)
            lies = "select sum(on_hand) from stock_levels where variant_id = ?"
            assert world.total == world.db.execute(lies, [BLUE]).fetchone()[0], (deed, pieces)
        must_hold(world.db)
    finally:
        world.db.close()


PAIRS = "select 1 from stock_moves where pair is not null group by pair having sum(quantity) <> 0"
RETURNED = "select 1 from stock_moves where kind = 'ship' group by ref_type, ref_id having sum(quantity) > 0"
SOURCE = f"""select sum(quantity) from stock_moves where kind in ({", ".join(f"'{kind}'" for kind in SOURCES)})"""


def must_hold(db: Any) -> None:
    """Levels are sums; what only moves sums to nothing; what is shipped never comes back by itself."""
    assert [] == examine_levels(db)
    assert [] == db.execute(PAIRS).fetchall()
    assert [] == db.execute(RETURNED).fetchall()
    moved = "select coalesce(sum(quantity), 0) from stock_moves where kind in ('transfer', 'state')"
    assert 0 == db.execute(moved).fetchone()[0]
    lies = db.execute("select sum(on_hand) from stock_levels").fetchone()[0]
    assert lies == db.execute(SOURCE).fetchone()[0]


def work_without_end(path: Path) -> None:
    """Transfers, corrections and parcels, one after the other, until it is killed."""
    _, db = file_at(path)
    world = World(db)
    for n in range(100_000):
        world.now += timedelta(minutes=1)
        (world.receive, world.sale, world.ship, world.send_away, world.arrive, world.hold, world.export)[n % 7](1)


@pytest.mark.parametrize("nth", [5, 23, 46])
def test_a_process_that_is_killed_at_a_commit_leaves_the_law_in_force(template: Path, tmp_path: Path, nth: int) -> None:
    copy(template, tmp_path / "home").close()
    child = Child(work_without_end, tmp_path / "home", fatal_commit=nth)
    child.begin()
    assert child.end() is None
    db = open_file(read_home(tmp_path / "home").db_path)
    assert nth <= db.execute("select count(*) from stock_moves").fetchone()[0]
    must_hold(db)


def take_away(path: Path, times: int) -> int:
    """Send single pieces from the shop to the back room until it is refused; how many went."""
    _, db = file_at(path)
    went = 0
    for _ in range(times):
        try:
            leave(db, Hand(1, frozenset({"packer"}), START), BLUE, 1, (SHOP, BACK))
        except Refused:
            continue
        went += 1
    return went


def test_two_at_once_never_make_stock_out_of_nothing(template: Path, tmp_path: Path) -> None:
    """Ten lie there and two processes want eight each: ten go, and none is left or made."""
    copy(template, tmp_path / "home").close()
    children = [Child(take_away, tmp_path / "home", 8) for _ in range(2)]
    for child in children:
        child.begin()
    went = [found[0] for child in children if (found := child.end()) is not None]
    db = open_file(read_home(tmp_path / "home").db_path)
    assert 10 == sum(went)
    assert (0, 10) == (shop_level(db), sum(u.pieces for u in on_the_way(db)))
    must_hold(db)
