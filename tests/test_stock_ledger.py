"""The ledger (promise 10): a level is the sum of its moves, by state; returns land in hold; what is below zero is shown
and never refused; a bundle leaves as its parts."""

import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from stock_shop import START, Platform, level, make_platform, ship

from ecomos.cli import main
from ecomos.errors import Refused
from ecomos.playbook.catalogue import Deed, Doer
from ecomos.stock.differing import differences, enter_there
from ecomos.stock.examining import examine_levels, known_since
from ecomos.stock.hands import Hand
from ecomos.stock.moves import Move, book
from ecomos.stock.places import add_bin, bins_of, bins_of_thing, change_bin, lay_in_bin, places, say_master
from ecomos.stock.returns import change_state, put_away, send_again, take_all_back, take_back, write_off
from ecomos.stock.transfers import adjust, arrive, leave, on_the_way, transfer
from ecomos.store import iso, write
from ecomos.work.catalogue import catalogue


@pytest.fixture
def there(tmp_path: Path) -> Platform:
    found = make_platform(tmp_path)
    with write(found.desk.db) as db:
        db.execute(
            """insert into people(id, name, email, password_hash, started_on)
               values (1, 'Ida', 'ida@shop.example', '', '2026-01-01')"""
        )
        db.execute("insert into locations(id, name) values (2, 'Back room')")
    return found


def hand(there: Platform, *roles: str) -> Hand:
    return Hand(1, frozenset(roles or ("picker",)), there.now)


def moves(there: Platform) -> list[tuple[object, ...]]:
    """What was booked after the first export, as (kind, state, place, pieces)."""
    return there.desk.all(
        """select kind, state, location_id, quantity from stock_moves where recorded_at > ? order by id""",
        iso(START + timedelta(minutes=10)),
    )


def doer(there: Platform) -> Doer:
    return Doer("person:1", 1, 1, there.now, there.now.date())


def order_id(there: Platform) -> int:
    return int(there.desk.one("select id from orders where number = '#2001'"))


def test_a_parcel_of_ours_is_a_move_that_happens_once(there: Platform) -> None:
    there.tick()
    ship(there)
    found = there.desk.all("select kind, quantity, actor, ref_type, ref_line, key from stock_moves where kind = 'ship'")
    assert [("ship", -2, "person:1", "parcel", 1, "ship:parcel:1:1")] == found
    book(there.desk.db, [Move(1, 1, -2, "ship", iso(there.now), "person:1", key="ship:parcel:1:1")], iso(there.now))
    assert 8 == level(there)


def test_the_deed_of_a_procedure_writes_parcel_and_move_or_neither(there: Platform) -> None:
    """One transaction: where the ledger can't be written, no parcel is."""
    deed = catalogue().deeds["orders.ship"]
    there.tick()
    there.desk.db.execute(
        "create temp trigger full before insert on main.stock_moves begin select raise(abort, 'disk full'); end"
    )
    with pytest.raises(sqlite3.IntegrityError, match="disk full"):
        shipped(there, deed)
    assert (0, 10) == (there.desk.one("select count(*) from parcels"), level(there))
    there.desk.db.execute("drop trigger full")
    shipped(there, deed)
    assert (1, 8) == (there.desk.one("select count(*) from parcels"), level(there))


def shipped(there: Platform, deed: Deed) -> None:
    with write(there.desk.db) as db:
        deed.call(db, order_id(there), {"carrier": "Post", "tracking": "RR1"}, doer(there))


def test_what_is_sold_is_not_committed_any_more_when_it_has_left(there: Platform) -> None:
    """The platform still says that two are committed: the parcel is on top of that too."""
    there.tick()
    assert [(10, 2)] == there.desk.all("select on_hand, committed from stock_levels where variant_id = 1")
    ship(there)
    assert [(8, 0)] == there.desk.all("select on_hand, committed from stock_levels where variant_id = 1")


def test_where_our_number_counts_what_is_committed_comes_from_open_orders(there: Platform) -> None:
    with write(there.desk.db) as db:
        db.execute("update stock_levels set committed = 77")
        say_master(db, 1, "ecomos", "buyer", iso(there.now), "person:1")
    assert [(1, 2), (2, 0)] == there.desk.all("select variant_id, committed from stock_levels order by 1")
    there.tick()
    ship(there)
    assert [(1, 0), (2, 0)] == there.desk.all("select variant_id, committed from stock_levels order by 1")


def test_a_parcel_leaves_even_where_nothing_lies_there(there: Platform) -> None:
    """It has left, whatever the level says; the level shows it."""
    there.tick()
    adjust(there.desk.db, hand(there), 1, 1, -9, "water damage")
    ship(there)
    assert (-1, 1, []) == (level(there), places(there.desk.db)[1].below, examine_levels(there.desk.db))


def test_a_bundle_leaves_as_its_parts(there: Platform) -> None:
    """Two sets of one blue and two red mugs."""
    with write(there.desk.db) as db:
        db.execute("insert into products(id, channel_id, handle, title) values (9, 1, 'set', 'Set')")
        db.execute("insert into variants(id, product_id, sku, title) values (9, 9, 'SET', 'Default Title')")
        db.execute("insert into bundle_parts values (9, 1, 1), (9, 2, 2)")
        db.execute("update order_lines set variant_id = 9")
    there.tick()
    ship(there)
    assert [("ship", "sellable", 1, -2), ("ship", "sellable", 1, -4)] == moves(there)
    assert (8, 1) == (level(there), level(there, "MUG-R"))


def test_what_comes_back_lands_in_hold_and_goes_on_its_shelf_when_somebody_looked(there: Platform) -> None:
    ship(there)
    there.tick()
    take_back(there.desk.db, order_id(there), {"quantity": Decimal(2)}, doer(there))
    assert (8, 2) == (level(there), level(there, state="hold"))
    there.tick()
    put_away(there.desk.db, order_id(there), {"where": "on its shelf"}, doer(there))
    assert (10, 0) == (level(there), level(there, state="hold"))
    assert [("return", "hold", 1, 2), ("state", "hold", 1, -2), ("state", "sellable", 1, 2)] == moves(there)
    with pytest.raises(Refused, match="Of line 1, 0 can come back"):
        take_back(there.desk.db, order_id(there), {"line": "MUG-B"}, doer(there))
    with pytest.raises(Refused, match="Which line came back"):
        take_back(there.desk.db, order_id(there), {"line": "cup"}, doer(there))


@pytest.mark.parametrize(
    ("where", "left"),
    [("second choice", (8, 0, 2)), ("to the supplier", (8, 2, None)), ("thrown away", (8, 0, None))],
)
def test_what_is_not_as_new_is_never_sellable(there: Platform, where: str, left: tuple[int | None, ...]) -> None:
    ship(there)
    there.tick()
    take_back(there.desk.db, order_id(there), {"quantity": Decimal(2)}, doer(there))
    put_away(there.desk.db, order_id(there), {"where": where}, doer(there))
    assert left == tuple(level(there, state=state) for state in ("sellable", "hold", "damaged"))


def test_a_box_that_comes_back_whole_is_held_and_leaves_once_more(there: Platform) -> None:
    """Undelivered twice: each time it is held, and the second time it goes on its shelf."""
    ship(there)
    for _ in range(2):
        there.tick()
        take_all_back(there.desk.db, order_id(there), {}, doer(there))
        take_all_back(there.desk.db, order_id(there), {}, doer(there))
        assert (8, 2) == (level(there), level(there, state="hold"))
        there.tick()
        send_again(there.desk.db, order_id(there), {}, doer(there))
        assert (8, 0) == (level(there), level(there, state="hold"))
    take_all_back(there.desk.db, order_id(there), {}, doer(there))
    put_away(there.desk.db, order_id(there), {"where": "on its shelf"}, doer(there))
    assert (10, 0, []) == (level(there), level(there, state="hold"), examine_levels(there.desk.db))


def test_a_return_stays_through_the_next_export_until_it_is_entered_there(there: Platform) -> None:
    """The platform can't know of it; when somebody entered it, the next export contains it."""
    there.tick()
    there.fulfil("MUG-B", 2)
    ship(there)
    there.load_orders()
    take_back(there.desk.db, order_id(there), {"quantity": Decimal(2)}, doer(there))
    put_away(there.desk.db, order_id(there), {"where": "on its shelf"}, doer(there))
    there.tick()
    there.load_inventory(there.inventory(), there.now)
    assert 10 == level(there)
    found = differences(there.desk.db)
    assert [("MUG-B", "Shop", 8, 10, "+2 taken back (#2001)", 3)] == [
        (d.sku, d.place, d.platform, d.ours, d.why, d.moves) for d in found
    ]
    there.tick()
    assert 3 == enter_there(there.desk.db, hand(there), 1, 1, "adjustment of 11:00")
    there.on_hand["MUG-B"] += 2
    there.tick()
    there.load_inventory(there.inventory(), there.now)
    assert (10, []) == (level(there), differences(there.desk.db))
    with pytest.raises(Refused, match="Nothing of ours lies on top"):
        enter_there(there.desk.db, hand(there), 1, 1)


def test_not_stocked_is_not_zero(there: Platform) -> None:
    """The level goes, by a move to nothing first; what we put there ourselves stays."""
    adjust(there.desk.db, hand(there), 2, 1, 3, "found behind the shelf")
    text = there.inventory().replace(",0,0,2,8,10", ",not stocked,,,not stocked,")
    text = text.replace(",0,0,0,5,5", ",not stocked,,,not stocked,")
    there.load_inventory(text, there.tick())
    assert [(2, "sellable", 3)] == there.desk.all("select variant_id, state, on_hand from stock_levels")
    assert [] == examine_levels(there.desk.db)
    there.load_inventory(there.inventory(), there.tick())
    assert (10, 8) == (level(there), level(there, "MUG-R"))


def test_a_transfer_is_out_of_one_place_on_the_way_and_into_the_other(there: Platform) -> None:
    db = there.desk.db
    number = leave(db, hand(there), 1, 4, (1, 2))
    assert (6, [4]) == (level_at(there, 1), [u.pieces for u in on_the_way(db)])
    assert 1 == arrive(db, hand(there), number, 3)
    with pytest.raises(Refused, match="1 pieces are on the way and 2 were counted"):
        arrive(db, hand(there), number, 2)
    assert 0 == arrive(db, hand(there), number, 1)
    with pytest.raises(Refused, match="This transfer has arrived already"):
        arrive(db, hand(there), number, 1)
    assert (6, 4, []) == (level_at(there, 1), level_at(there, 2), on_the_way(db))
    with pytest.raises(Refused, match="6 of it lie there by the ledger, and 7 should leave"):
        leave(db, hand(there), 1, 7, (1, 2))
    transfer(db, hand(there), 1, 4, (2, 1))
    assert (10, 0, []) == (level_at(there, 1), level_at(there, 2), examine_levels(db))


def level_at(there: Platform, place: int) -> int:
    return int(there.desk.one("select on_hand from stock_levels where variant_id = 1 and location_id = ?", place))


def test_a_state_is_changed_by_two_moves_and_nothing_is_made(there: Platform) -> None:
    db = there.desk.db
    change_state(db, hand(there), 1, 1, 3, ("sellable", "damaged"), "a crack in the glaze")
    assert (7, 3) == (level(there), level(there, state="damaged"))
    with pytest.raises(Refused, match="7 of it are sellable there: 8"):
        change_state(db, hand(there), 1, 1, 8, ("sellable", "hold"), "looked at")
    write_off(db, hand(there), 1, 1, 3, "damaged", "thrown away")
    assert (7, 0, []) == (level(there), level(there, state="damaged"), examine_levels(db))
    with pytest.raises(Refused, match="Only what is held back or damaged is written off"):
        write_off(db, hand(there), 1, 1, 1, "sellable", "gone")


def test_a_move_is_never_changed_or_taken_away(there: Platform) -> None:
    for sql in ("update stock_moves set quantity = 99", "delete from stock_moves"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            there.desk.db.execute(sql)


def test_a_level_that_is_not_its_moves_is_damage(there: Platform) -> None:
    there.desk.db.execute("update stock_levels set on_hand = 12 where variant_id = 1")
    assert ["stock_levels:1: place 1, sellable: the level is 12, its moves sum to 10"] == [
        str(p) for p in examine_levels(there.desk.db)
    ]


def test_doctor_names_such_a_level_and_exits_one(there: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["doctor", "--store", str(there.desk.home.path)])
    there.desk.db.execute("update stock_levels set on_hand = 12 where variant_id = 1")
    assert 1 == main(["doctor", "--store", str(there.desk.home.path)])
    said = capsys.readouterr()
    assert "place 1, sellable: the level is 12, its moves sum to 10" in said.out + said.err


def test_before_the_first_export_nothing_is_known(there: Platform, tmp_path: Path) -> None:
    """A day for a thing, and for the whole store; None where no file told."""
    assert date(2026, 11, 24) == known_since(there.desk.db, 1)
    assert date(2026, 11, 24) == known_since(there.desk.db)
    with write(there.desk.db) as db:
        db.execute("insert into products(id, channel_id, handle, title) values (9, 1, 'set', 'Set')")
        db.execute("insert into variants(id, product_id, sku, title) values (9, 9, 'SET', 'Default Title')")
    assert known_since(there.desk.db, 9) is None


def test_parcels_from_no_named_place_leave_the_shelf_that_is_named_later(tmp_path: Path) -> None:
    """A products file gave the levels at first; then an inventory file names the places."""
    from exports import make_desk
    from stock_shop import PRODUCTS

    text = PRODUCTS.replace("Variant Price,", "Variant Price,Variant Inventory Tracker,Variant Inventory Qty,")
    text = text.replace("10.00,", "10.00,shopify,10,")
    there = Platform(make_desk(tmp_path), {"MUG-B": 10, "MUG-R": 5}, now=START - timedelta(hours=2))
    there.desk.load(text, there.now, name="products.csv", readings={"as_of": iso(there.now)})
    there.load_orders()
    there.tick()
    ship(there)
    assert 8 == level(there)
    there.tick()
    there.load_inventory(there.inventory(), there.now)
    assert [("Shop", 8)] == there.desk.all(
        """select l.name, on_hand from stock_levels s join locations l on l.id = s.location_id where variant_id = 1"""
    )
    assert [] == examine_levels(there.desk.db)
    there.fulfil("MUG-B", 2)
    there.load_orders()
    there.tick()
    there.load_inventory(there.inventory(), there.now)
    assert (8, []) == (level(there), differences(there.desk.db))


def test_bins_are_walked_in_their_order_and_a_full_one_stays_where_it_is(there: Platform) -> None:
    db = there.desk.db
    last, first = add_bin(db, hand(there), 1, "B-2", 20), add_bin(db, hand(there), 1, "A-1", 10)
    add_bin(db, hand(there), 1, "C  9")
    lay_in_bin(db, hand(there), 1, last)
    assert ["A-1", "B-2", "C 9"] == [b.name for b in bins_of(db, 1)]
    assert ["B-2"] == [b.name for b in bins_of_thing(db, 1)]
    change_bin(db, hand(there), first, "A-01", 1, 30)
    assert ["B-2", "A-01", "C 9"] == [b.name for b in bins_of(db, 1)]
    with pytest.raises(Refused, match="has a bin “C 9” already"):
        change_bin(db, hand(there), first, "C 9", 1, 30)
    with pytest.raises(Refused, match="Something lies in this bin"):
        change_bin(db, hand(there), last, "B-2", 2, 20)
    with pytest.raises(Refused, match="Adding a bin is for"):
        add_bin(db, hand(there, "marketer"), 1, "D")
