"""Where our number counts (promise 9): it has an owner, the differing rows go out as the platform's own layout each
day, and who uploads them closes it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from stock_shop import START, Platform, level, make_platform, ship

from ecomos.errors import Refused
from ecomos.intake import import_file
from ecomos.stock.examining import examine_levels
from ecomos.stock.hands import Hand
from ecomos.stock.places import place_named, set_master
from ecomos.stock.transfers import adjust
from ecomos.stock.upload import differing_rows, make_upload, open_uploads, upload_csv, uploaded
from ecomos.store import iso, write

ROLES = ("founder", "operations-lead", "buyer", "packer")


@pytest.fixture
def there(tmp_path: Path) -> Platform:
    """A shop where our number counts in the one place, carried by the buyer."""
    found = make_platform(tmp_path)
    with write(found.desk.db) as db:
        db.execute(
            """insert into people(id, name, email, password_hash, started_on)
               values (1, 'Ida', 'ida@shop.example', '', '2026-01-01')"""
        )
    set_master(found.desk.db, lead(found), 1, "ecomos", "buyer", ROLES)
    return found


def lead(there: Platform) -> Hand:
    return Hand(1, frozenset({"operations-lead"}), there.now)


def rows(there: Platform) -> list[tuple[int, int, int]]:
    return [(r.variant_id, r.before, r.after) for r in differing_rows(there.desk.db, 1)]


def test_our_number_counts_only_with_an_owner(tmp_path: Path) -> None:
    there = make_platform(tmp_path)
    with pytest.raises(Refused, match="only with an owner: the role that uploads the differing levels each day"):
        set_master(there.desk.db, lead(there), 1, "ecomos", None, ROLES)
    with pytest.raises(Refused, match="There is no role “buyr” in the playbook"):
        set_master(there.desk.db, lead(there), 1, "ecomos", "buyr", ROLES)
    with pytest.raises(Refused, match="is for the founder and the operations lead"):
        set_master(there.desk.db, Hand(1, frozenset({"packer"}), START), 1, "ecomos", "buyer", ROLES)
    assert "platform" == place_named(there.desk.db, 1).master


def test_an_export_sets_no_level_there_but_what_differs_is_known(there: Platform) -> None:
    adjust(there.desk.db, lead(there), 1, 1, -1, "one was broken")
    there.on_hand["MUG-R"] = 3
    there.tick()
    there.load_inventory(there.inventory(), there.now)
    assert (9, 5) == (level(there), level(there, "MUG-R"))
    assert [(1, 10, 9), (2, 3, 5)] == rows(there)


def test_a_parcel_that_the_platform_takes_off_itself_is_not_taken_off_twice(there: Platform) -> None:
    ship(there)
    assert (8, []) == (level(there), rows(there))
    there.tick()
    there.fulfil("MUG-B", 2)
    there.load_orders()
    assert (8, []) == (level(there), rows(there))


def test_the_file_is_the_platforms_layout_and_is_read_back(there: Platform) -> None:
    adjust(there.desk.db, lead(there), 1, 1, -1, "one was broken")
    number = make_upload(there.desk.db, 1, there.now)
    assert number is not None
    text = upload_csv(there.desk.db, number)
    assert text.splitlines() == [
        "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,"
        "Location,Bin name,Incoming (not editable),Unavailable (not editable),Committed (not editable),"
        "Available (not editable),On hand (current),On hand (new)",
        "mug,Mug,,Blue,,,,,MUG-B,,,Shop,,0,0,2,8,10,9",
    ]
    path = there.desk.folder / "ours.csv"
    path.write_text(text)
    there.tick()
    account = import_file(there.desk.home, there.desk.db, path, there.now, readings={"as_of": iso(there.now)})
    assert ("loaded", "shopify-inventory", 1, 0) == (
        account.status,
        account.kind,
        account.counts["levels"],
        account.rows_rejected,
    )


def test_who_uploads_it_closes_it_and_the_platform_knows_the_moves(there: Platform) -> None:
    """The next export, which contains them, differs in nothing; on the way back to the platform's number neither."""
    adjust(there.desk.db, lead(there), 1, 1, -1, "one was broken")
    number = make_upload(there.desk.db, 1, there.now)
    assert number is not None
    assert number == make_upload(there.desk.db, 1, there.tick())
    with pytest.raises(Refused, match="is for the buyer, the founder and the operations lead"):
        uploaded(there.desk.db, Hand(1, frozenset({"packer"}), there.now), number)
    uploaded(there.desk.db, Hand(1, frozenset({"buyer"}), there.tick()), number)
    assert ([], []) == (rows(there), open_uploads(there.desk.db))
    with pytest.raises(Refused, match="uploaded already"):
        uploaded(there.desk.db, lead(there), number)
    there.on_hand["MUG-B"] = 9
    there.tick()
    there.load_inventory(there.inventory(), there.now)
    set_master(there.desk.db, lead(there), 1, "platform", None, ROLES)
    assert (9, [], []) == (level(there), rows(there), examine_levels(there.desk.db))


def test_a_newer_file_takes_the_place_of_one_that_waits_and_has_its_age(there: Platform) -> None:
    adjust(there.desk.db, lead(there), 1, 1, -1, "one was broken")
    first = make_upload(there.desk.db, 1, there.now)
    began = there.now
    there.tick(60 * 25)
    adjust(there.desk.db, lead(there), 1, 1, -1, "another one")
    second = make_upload(there.desk.db, 1, there.now)
    assert second is not None
    assert first is not None
    waiting = open_uploads(there.desk.db)
    assert [(second, iso(began), 1, True)] == [(u.id, u.made_at, u.rows, u.is_late(there.now)) for u in waiting]
    assert not waiting[0].is_late(began + timedelta(hours=24))
    with pytest.raises(Refused, match="A newer file has taken its place"):
        uploaded(there.desk.db, lead(there), first)


def test_the_heartbeat_puts_it_on_the_owners_list_late_after_a_day(there: Platform) -> None:
    from ecomos.upkeep import carry_levels
    from ecomos.work import Shop

    shop = Shop(there.desk.home, there.desk.db)
    adjust(there.desk.db, lead(there), 1, 1, -12, "the flood")

    def listed(now: datetime) -> list[tuple[object, ...]]:
        carry_levels(shop, now)
        return there.desk.all(
            "select title, role, due_at from tasks where kind = 'failed' and status = 'open' order by id"
        )

    expected = [
        ("Below zero: 1 thing lies below nothing in Shop", "buyer"),
        ("Upload 1 level of Shop to the platform", "buyer"),
    ]
    at = START.replace(hour=6)
    assert [] == listed(at)
    at = START.replace(hour=9)
    found = listed(at)
    assert expected == [row[:2] for row in found]
    assert iso(at + timedelta(hours=24)) == found[1][2]
    assert expected == [row[:2] for row in listed(at + timedelta(minutes=1))]
    assert expected == [row[:2] for row in listed(at + timedelta(days=1))]
    adjust(there.desk.db, Hand(1, frozenset({"buyer"}), at), 1, 1, 12, "found again")
    assert expected[1:] == [row[:2] for row in listed(at + timedelta(days=1, hours=1))]
    uploaded(there.desk.db, Hand(1, frozenset({"buyer"}), at + timedelta(days=1)), open_uploads(shop.db)[0].id)
    assert [] == listed(at + timedelta(days=1, hours=2))
