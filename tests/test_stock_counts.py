"""Counts (promise 6): what is due by class and by what was found; a sheet in walking order that says nothing of what
should lie there; expected at the second of entry; a second person over tolerance; differences approved by authority in
money; a yearly audit while selling goes on."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from count_shop import BLUE, PLATE, RED, Stockroom, stock_things, stockroom
from killing import Child, file_at
from page_shop import make_team
from shops import NOW

from ecomos.errors import Refused
from ecomos.stock.count_approval import variances
from ecomos.stock.count_entry import enter, picked_pieces
from ecomos.stock.count_plan import Rhythm, due_bins
from ecomos.stock.counting import SheetLine, count_of, drop_count, make_audit, make_count, make_cycle_count, sheet
from ecomos.stock.examining import examine_levels
from ecomos.stock.hands import Hand
from ecomos.stock.shrink import shrink, shrink_by_month, valued_csv
from ecomos.store import open_file, read_home, write
from ecomos.work import finish
from ecomos.work.count_deciding import (
    approve_variances,
    ask_for_approval,
    cause_of_variance,
    rhythm_in_force,
    send_back,
)

ON = date(2026, 11, 24)
STRICT = Rhythm({"A": timedelta(28), "B": timedelta(84), "C": timedelta(182)}, timedelta(14), 20, 0, 0)
LOOSE = Rhythm(STRICT.every, STRICT.again_after, 20, 2, 5)


@pytest.fixture
def room(tmp_path: Path) -> Stockroom:
    return stockroom(tmp_path / "shop")


def line_of(room: Stockroom, count: int, variant: int, bin_name: str = "") -> int:
    return next(
        x.line_no for x in sheet(room.db, count) if x.variant_id == variant and (not bin_name or x.bin == bin_name)
    )


def plates(room: Stockroom, counted: int, rhythm: Rhythm = STRICT, by: str = "Pia") -> tuple[int, str]:
    """A count of plates alone, and what became of its line."""
    number = make_count(room.db, room.at("Pia"), 1, [PLATE], ON, "")
    return number, enter(room.db, room.at(by), number, 1, counted, rhythm)


def test_the_sheet_goes_as_one_walks_and_names_no_number(room: Stockroom) -> None:
    """What has no bin comes last; a line has no field that could hold what should lie there."""
    number = make_count(room.db, room.at("Pia"), 1, [PLATE, RED, BLUE], ON, "asked by the buyer")
    assert [("B-2", "MUG-B"), ("A-1", "MUG-B"), ("A-1", "MUG-R"), ("", "PLT-1")] == [
        (x.bin, x.sku) for x in sheet(room.db, number)
    ]
    assert {"line_no", "bin", "variant_id", "sku", "name", "barcode", "status", "counted_by", "because"} == set(
        SheetLine.__dataclass_fields__
    )


def test_what_is_right_is_settled_and_moves_nothing(room: Stockroom) -> None:
    number, became = plates(room, 8)
    assert ("settled", "done", 8) == (became, count_of(room.db, number).status, room.level(PLATE))
    assert [] == room.rows("select 1 from stock_moves where kind = 'count'")


def test_a_thing_in_two_bins_is_judged_when_both_are_counted(room: Stockroom) -> None:
    number = make_count(room.db, room.at("Pia"), 1, [BLUE], ON, "")
    assert "counted" == enter(room.db, room.at("Pia"), number, line_of(room, number, BLUE, "B-2"), 7, STRICT)
    assert "settled" == enter(room.db, room.at("Pia"), number, line_of(room, number, BLUE, "A-1"), 3, STRICT)
    assert ("done", 10) == (count_of(room.db, number).status, room.level(BLUE))


def test_over_tolerance_somebody_else_counts_again(room: Stockroom) -> None:
    """Blind to the first number; the second one holds."""
    number, became = plates(room, 5)
    assert ("recount", "recount", "over tolerance") == (
        became,
        count_of(room.db, number).status,
        sheet(room.db, number)[0].because,
    )
    with pytest.raises(Refused, match="You counted this one first: somebody else counts it again"):
        enter(room.db, room.at("Pia"), number, 1, 6, STRICT)
    assert "to approve" == enter(room.db, room.at("Ben"), number, 1, 6, STRICT)
    (found,) = variances(room.db, number)
    assert (8, 6, -2, -1000) == (found.expected, found.counted, found.variance, found.cents)
    assert 8 == room.level(PLATE)


@pytest.mark.parametrize(
    ("counted", "became"), [(6, "to approve"), (10, "to approve"), (5, "recount"), (11, "recount")]
)
def test_within_tolerance_one_count_is_enough(room: Stockroom, counted: int, became: str) -> None:
    """Two pieces, or five in a hundred."""
    assert became == plates(room, counted, LOOSE)[1]


def test_expected_is_on_hand_at_the_second_of_entry(room: Stockroom) -> None:
    """Nine mugs are left after a sale during the first count; the second one is right."""
    number = make_count(room.db, room.at("Pia"), 1, [RED], ON, "")
    room.move(RED, -1)
    assert "recount" == enter(room.db, room.at("Pia"), number, 1, 5, STRICT)
    assert "something moved between sheet and entry" == sheet(room.db, number)[0].because
    room.move(RED, 12)
    assert "settled" == enter(room.db, room.at("Ben"), number, 1, 17, STRICT)
    assert 17 == room.level(RED)


def test_a_move_in_another_bin_is_none_in_this_one(room: Stockroom) -> None:
    """Only a move in a bin of the sheet, or one of which nobody said in which bin, calls for a recount."""
    with write(room.db) as db:
        db.execute("insert into bins(id, location_id, name) values (3, 1, 'C-3')")
    number = make_count(room.db, room.at("Pia"), 1, [RED], ON, "")
    room.move(RED, 2, bin_id=3)
    assert "settled" == enter(room.db, room.at("Pia"), number, 1, 8, STRICT)
    number = make_count(room.db, room.at("Pia"), 1, [RED], ON, "")
    room.move(RED, 2, bin_id=1)
    assert "recount" == enter(room.db, room.at("Pia"), number, 1, 10, STRICT)


def test_what_stands_picked_at_packing_is_not_looked_for_on_the_shelf(tmp_path: Path) -> None:
    """An order is picked by the procedure and has not left: of eight plates seven lie there, and that is right."""
    team = make_team(tmp_path / "shop")
    stock_things(team.shop)
    key = team.order("#1001")
    with write(team.shop.db) as db:
        db.execute("update order_lines set variant_id = ? where order_id = ?", [PLATE, key])
    picking = team.rows("select id from tasks where step = 'pick-the-lines' and status = 'open'")[0][0]
    assert 0 == picked_pieces(team.shop.db, PLATE, 1)
    finish(team.shop, picking, team.ids["Pia"], team.at[0], answers={"found": "all"}, checks=list(range(9)))
    assert 1 == picked_pieces(team.shop.db, PLATE, 1)
    hand = Hand(team.ids["Pia"], frozenset({"picker"}), team.at[0])
    number = make_count(team.shop.db, hand, 1, [PLATE], ON, "")
    assert "settled" == enter(team.shop.db, hand, number, 1, 7, STRICT)


def test_who_may_write_off_so_much_approves_and_the_ledger_follows(room: Stockroom) -> None:
    """Two plates are worth 10.00; the picker may write off nothing, the buyer 50 each."""
    number, _ = plates(room, 5)
    enter(room.db, room.at("Ben"), number, 1, 6, STRICT)
    with pytest.raises(Refused, match=r"approved by the .*: you may write off 0.00 EUR alone"):
        approve_variances(room.shop, room.people["Pia"], number, room.now)
    cause_of_variance(room.shop, room.people["Pia"], number, 1, "broken and not written down", room.now)
    assert 1 == len(approve_variances(room.shop, room.people["Bea"], number, room.now))
    assert (6, "done", []) == (room.level(PLATE), count_of(room.db, number).status, examine_levels(room.db))
    assert [("count", -2, "count 1: broken and not written down", "count", 1, 1)] == room.rows(
        "select kind, quantity, reason, ref_type, ref_id, ref_line from stock_moves where kind = 'count'"
    )
    with pytest.raises(Refused, match="No difference of this count waits"):
        approve_variances(room.shop, room.people["Bea"], number, room.now)


def test_above_the_limit_it_goes_up_and_stands_on_that_list(room: Stockroom) -> None:
    """Eight plates at 20.00 are worth 160.00: above the buyer's 50 and the lead's 100."""
    with write(room.db) as db:
        db.execute("update variants set cost_cents = 2000 where id = ?", [PLATE])
    number, _ = plates(room, 0)
    enter(room.db, room.at("Ben"), number, 1, 0, STRICT)
    assert ask_for_approval(room.shop, room.people["Ben"], number, room.now)
    assert not ask_for_approval(room.shop, room.people["Ben"], number, room.now)
    assert [("Approve what a count found: 160.00 EUR in Shop", "founder", "open")] == room.rows(
        "select title, role, status from tasks where kind = 'failed'"
    )
    for name in ("Bea", "Olga"):
        with pytest.raises(Refused, match=r"Differences of 160.00 EUR are approved by the founder"):
            approve_variances(room.shop, room.people[name], number, room.now)
    approve_variances(room.shop, room.people["Fiona"], number, room.now)
    assert (0, [("done",)]) == (room.level(PLATE), room.rows("select status from tasks where kind = 'failed'"))


def test_two_counts_in_a_day_gain_nothing(room: Stockroom) -> None:
    """The buyer's 50 is for the sum: 40.00 and 40.00 is more."""
    with write(room.db) as db:
        db.execute("update variants set cost_cents = 2000 where id = ?", [PLATE])
    for left in (6, 4):
        number, _ = plates(room, left)
        enter(room.db, room.at("Ben"), number, 1, left, STRICT)
        if left == 6:
            approve_variances(room.shop, room.people["Bea"], number, room.now)
    with pytest.raises(Refused, match=r"Differences of 80.00 EUR are approved by the operations lead"):
        approve_variances(room.shop, room.people["Bea"], number, room.now)


def test_what_was_found_does_not_hide_what_is_gone(room: Stockroom) -> None:
    """Twelve plates too many and twelve mugs too few are no nought."""
    number = make_count(room.db, room.at("Pia"), 1, [PLATE, RED], ON, "")
    for line_no, counted in ((line_of(room, number, PLATE), 20), (line_of(room, number, RED), 0)):
        enter(room.db, room.at("Pia"), number, line_no, counted, STRICT)
        enter(room.db, room.at("Ben"), number, line_no, counted, STRICT)
    with pytest.raises(Refused, match=r"Differences of 78.60 EUR"):
        approve_variances(room.shop, room.people["Bea"], number, room.now)
    approve_variances(room.shop, room.people["Olga"], number, room.now)
    assert (20, 0) == (room.level(PLATE), room.level(RED))


def test_a_difference_is_sent_back_with_what_to_look_for(room: Stockroom) -> None:
    number, _ = plates(room, 5)
    enter(room.db, room.at("Ben"), number, 1, 6, STRICT)
    with pytest.raises(Refused, match="Whoever approves write-offs has it counted once more"):
        send_back(room.shop, room.people["Pia"], number, 1, "look again", room.now)
    send_back(room.shop, room.people["Olga"], number, 1, "two stand in the photo corner", room.now)
    assert ("recount", "two stand in the photo corner") == (
        count_of(room.db, number).status,
        sheet(room.db, number)[0].because,
    )
    assert "settled" == enter(room.db, room.at("Pia"), number, 1, 8, STRICT)


def test_selling_goes_on_between_count_and_approval(room: Stockroom) -> None:
    """The difference is booked, not the number: a plate sold meanwhile stays sold."""
    number, _ = plates(room, 7)
    enter(room.db, room.at("Ben"), number, 1, 7, STRICT)
    room.move(PLATE, -3)
    approve_variances(room.shop, room.people["Bea"], number, room.now)
    assert (4, []) == (room.level(PLATE), examine_levels(room.db))


def test_what_brings_most_is_due_first_and_what_was_wrong_comes_sooner(room: Stockroom) -> None:
    """Class A each 28 days, C twice a year; a thing found wrong again after 14 days."""
    with write(room.db) as db:
        db.execute("insert into stock_classes values (1, '2026-11-01', 'A', 'X', 'most of the margin')")
        db.execute("insert into stock_classes values (2, '2026-11-01', 'C', 'Z', 'little')")
    assert [("A-1", (1, 2)), ("B-2", (1,)), ("no bin", (3,))] == sorted(
        (d.bin, d.variants) for d in due_bins(room.db, 1, STRICT, ON)
    )
    assert "class A, never counted" == due_bins(room.db, 1, STRICT, ON)[0].why
    number = make_cycle_count(room.db, room.at("Olga"), 1, STRICT, ON)
    assert [] == due_bins(room.db, 1, STRICT, ON)
    for x in sheet(room.db, number):
        right = {("B-2", BLUE): 4, ("A-1", BLUE): 6, ("A-1", RED): 6, ("", PLATE): 7}[x.bin, x.variant_id]
        enter(room.db, room.at("Pia"), number, x.line_no, right, LOOSE)
    approve_variances(room.shop, room.people["Bea"], number, room.now)
    due = {days: [(d.bin, d.why) for d in due_bins(room.db, 1, STRICT, ON + timedelta(days))] for days in (13, 14, 28)}
    assert {
        13: [],
        14: [("no bin", "class C, was wrong 14 days ago")],
        28: [
            ("no bin", "class C, was wrong 28 days ago"),
            ("A-1", "class A, counted 28 days ago"),
            ("B-2", "class A, counted 28 days ago"),
        ],
    } == due
    with pytest.raises(Refused, match="Nothing is due in this place"):
        make_cycle_count(room.db, room.at("Olga"), 1, STRICT, ON)


def test_a_count_has_as_many_bins_as_the_policy_says(room: Stockroom) -> None:
    rhythm = rhythm_in_force(room.shop, room.now)
    assert (20, 28, 84, 182, 14, 0, 0) == (
        rhythm.bins,
        *(rhythm.every[c].days for c in "ABC"),
        rhythm.again_after.days,
        rhythm.tolerance_pieces,
        rhythm.tolerance_percent,
    )
    one = Rhythm(STRICT.every, STRICT.again_after, 1, 0, 0)
    number = make_cycle_count(room.db, room.at("Olga"), 1, one, ON)
    assert {BLUE, RED} >= {x.variant_id for x in sheet(room.db, number)}


def test_the_yearly_audit_closes_bin_by_bin_and_ends_with_a_valued_list(room: Stockroom) -> None:
    """A sale in between is in what is counted after it; the sum is of what lies there, at cost."""
    with pytest.raises(Refused, match="Beginning a yearly audit is for the founder and the operations lead"):
        make_audit(room.db, room.at("Pia"), 1, ON)
    number = make_audit(room.db, room.at("Olga"), 1, ON)
    with pytest.raises(Refused, match="under way already"):
        make_audit(room.db, room.at("Olga"), 1, ON)

    def count(variant: int, *found: int) -> None:
        lines = [x.line_no for x in sheet(room.db, number) if x.variant_id == variant]
        for line_no, pieces in zip(lines, found, strict=True):
            enter(room.db, room.at("Pia"), number, line_no, pieces, STRICT)

    count(PLATE, 8)
    assert (3, 1) == (count_of(room.db, number).bins, count_of(room.db, number).bins_done)
    room.move(PLATE, -1)
    count(BLUE, 6, 4)
    assert 2 == count_of(room.db, number).bins_done
    count(RED, 6)
    assert ("done", 3) == (count_of(room.db, number).status, count_of(room.db, number).bins_done)
    assert valued_csv(room.db, number, "EUR").splitlines() == [
        "SKU,Name,Bins,State,Pieces,Source,Cost a piece (EUR),Value (EUR)",
        'MUG-B,Mug Blue,"B-2, A-1",sellable,10,counted,3.20,32.00',
        "MUG-R,Mug Red,A-1,sellable,6,counted,3.10,18.60",
        "PLT-1,Plate,,sellable,8,counted,5.00,40.00",
        ",Sum,,,24,,,90.60",
    ]


def test_shrink_is_told_by_cause_step_and_month(room: Stockroom) -> None:
    number, _ = plates(room, 6)
    enter(room.db, room.at("Ben"), number, 1, 6, STRICT)
    cause_of_variance(room.shop, room.people["Ben"], number, 1, "return not shelved", room.now)
    with pytest.raises(Refused, match="Choose where it came from"):
        cause_of_variance(room.shop, room.people["Ben"], number, 1, "gnomes", room.now)
    approve_variances(room.shop, room.people["Olga"], number, room.now)
    number = make_count(room.db, room.at("Pia"), 1, [RED], ON, "")
    enter(room.db, room.at("Pia"), number, 1, 7, LOOSE)
    approve_variances(room.shop, room.people["Olga"], number, room.now)
    assert [
        ("return not shelved", "returns", 2, 0, 1000, 0, 1),
        ("not found", "unknown", 0, 1, 0, 310, 1),
    ] == [
        (s.cause, s.step, s.lost, s.found, s.lost_cents, s.found_cents, s.times)
        for s in shrink(room.db, "2026-01-01T00:00:00Z")
    ]
    assert [("2026-11", 690)] == shrink_by_month(room.db)


def test_a_dropped_count_keeps_what_is_settled(room: Stockroom) -> None:
    number = make_count(room.db, room.at("Pia"), 1, [PLATE, RED], ON, "")
    enter(room.db, room.at("Pia"), number, line_of(room, number, PLATE), 8, STRICT)
    drop_count(room.db, room.at("Olga"), number)
    assert [("PLT-1", "settled"), ("MUG-R", "dropped")] == sorted(
        ((x.sku, x.status) for x in sheet(room.db, number)), reverse=True
    )
    with pytest.raises(Refused, match="This count is over"):
        enter(room.db, room.at("Pia"), number, line_of(room, number, RED), 6, STRICT)


def count_once(path: Path, person: int, number: int) -> str:
    _, db = file_at(path)
    try:
        return enter(db, Hand(person, frozenset({"picker"}), NOW), number, 1, 6, LOOSE)
    except Refused as refused:
        return str(refused)


def test_two_who_count_the_same_line_at_once_count_it_once(room: Stockroom, tmp_path: Path) -> None:
    number = make_count(room.db, room.at("Pia"), 1, [PLATE], ON, "")
    children = [Child(count_once, tmp_path / "shop", room.people[n], number) for n in ("Pia", "Ben")]
    for child in children:
        child.begin()
    told = sorted(found[0] for child in children if (found := child.end()) is not None)
    assert ["This line is counted already.", "to approve"] == told
    db = open_file(read_home(tmp_path / "shop").db_path)
    assert [] == examine_levels(db)
