"""Whose number counts (promise 9): an export sets the level as of its time, what of ours it can't contain lies on top,
and the order in which a parcel leaves, is entered there and an export is made changes nothing."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from stock_shop import Platform, level, make_platform, ship

from ecomos.stock.examining import examine_levels
from ecomos.stock.places import say_master
from ecomos.store import iso, write

SIX = list(itertools.permutations(("ship", "export", "fulfil")))


def walk(there: Platform, deeds: tuple[str, ...], how: dict[str, Callable[[], None]]) -> None:
    """Do them an hour apart; the orders' export is loaded each time, as the heartbeat does with the inbox."""
    for deed in deeds:
        there.tick()
        how[deed]()
        there.load_orders()


def export(there: Platform) -> None:
    there.load_inventory(there.inventory(), there.now)


@pytest.mark.parametrize("deeds", SIX, ids=" ".join)
def test_ship_export_and_fulfil_in_all_six_orders_give_the_same_level(tmp_path: Path, deeds: tuple[str, ...]) -> None:
    there = make_platform(tmp_path)
    how = {"ship": lambda: ship(there), "export": lambda: export(there), "fulfil": lambda: there.fulfil("MUG-B", 2)}
    walk(there, deeds, how)
    assert [] == examine_levels(there.desk.db)
    assert (8, 5) == (level(there), level(there, "MUG-R"))
    there.tick()
    export(there)
    assert (8, 5) == (level(there), level(there, "MUG-R"))


@pytest.mark.parametrize("deeds", SIX, ids=" ".join)
def test_so_they_do_where_the_orders_are_loaded_after_all_of_it(tmp_path: Path, deeds: tuple[str, ...]) -> None:
    """Until the orders' file shows the fulfilment the parcel lies on top; then it is seen that it was in the export."""
    there = make_platform(tmp_path)
    how = {"ship": lambda: ship(there), "export": lambda: export(there), "fulfil": lambda: there.fulfil("MUG-B", 2)}
    for deed in deeds:
        there.tick()
        how[deed]()
    there.load_orders()
    assert (8, []) == (level(there), examine_levels(there.desk.db))


@pytest.mark.parametrize("deeds", SIX, ids=" ".join)
def test_so_they_do_with_one_of_two_lines_sent(tmp_path: Path, deeds: tuple[str, ...]) -> None:
    """Red follows in a second parcel, in all six orders again."""
    there = make_platform(tmp_path, {"MUG-B": 2, "MUG-R": 1})
    for sku, number, pieces in (("MUG-B", 1, 2), ("MUG-R", 2, 1)):
        how = {
            "ship": lambda n=number, p=pieces: ship(there, {n: p}),
            "export": lambda: export(there),
            "fulfil": lambda s=sku, p=pieces: there.fulfil(s, p),
        }
        walk(there, deeds, how)  # type: ignore[arg-type]
        assert [] == examine_levels(there.desk.db)
        assert 8 == level(there)
    assert 4 == level(there, "MUG-R")


@pytest.mark.parametrize("deeds", SIX, ids=" ".join)
def test_so_they_do_with_one_of_three_pieces_sent(tmp_path: Path, deeds: tuple[str, ...]) -> None:
    """The export says only "partial" of such a line."""
    there = make_platform(tmp_path, {"MUG-B": 3})
    how = {
        "ship": lambda: ship(there, {1: 1}),
        "export": lambda: export(there),
        "fulfil": lambda: there.fulfil("MUG-B", 1),
    }
    walk(there, deeds, how)
    assert (9, []) == (level(there), examine_levels(there.desk.db))
    how |= {"ship": lambda: ship(there, {1: 2}), "fulfil": lambda: there.fulfil("MUG-B", 2)}
    walk(there, deeds, how)
    assert (7, []) == (level(there), examine_levels(there.desk.db))


@pytest.mark.parametrize("deeds", SIX, ids=" ".join)
def test_so_they_do_where_our_number_counts(tmp_path: Path, deeds: tuple[str, ...]) -> None:
    """What was fulfilled there first and sent by us after is one parcel."""
    there = make_platform(tmp_path)
    with write(there.desk.db):
        say_master(there.desk.db, 1, "ecomos", "operations-lead", iso(there.now), actor="person:1")
    how = {"ship": lambda: ship(there), "export": lambda: export(there), "fulfil": lambda: there.fulfil("MUG-B", 2)}
    walk(there, deeds, how)
    assert (8, []) == (level(there), examine_levels(there.desk.db))
