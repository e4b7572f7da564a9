"""Goods at the gate: counted by scan, booked once, taken back by a correcting line; what a piece cost, to the cent."""

import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from buying_shop import NOW, buying_shop, hire, thing
from hypothesis import given
from hypothesis import strategies as st
from test_purchasing_orders import do, drafted, received, status, steps, task

from ecomos.errors import Refused
from ecomos.stock.confirming import Confirmed, confirm
from ecomos.stock.counting_in import count, delivery, drop_delivery, open_delivery, scan
from ecomos.stock.invoices import Bill, BillLine, enter_bill
from ecomos.stock.landing import share_so_far, spread
from ecomos.stock.purchase_facts import purchase_facts
from ecomos.stock.purchases import purchase
from ecomos.stock.receiving import book_in, receipts_of, take_back
from ecomos.stock.scorecard import scorecard
from ecomos.store import write
from ecomos.work import Shop, approve, settle, take

TODAY = date(2026, 11, 24)
House = tuple[Shop, dict[str, int], int, int]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """(shop, SKU → variant, buyer, packer), with an order of 24 gloves and 4 caps on its way."""
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer, packer = hire(shop, "Bea", "buyer"), hire(shop, "Paul", "packer")
    drafted(shop, buyer, (things["GLV-M"], 24), (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    return shop, things, buyer, packer


def levels(shop: Shop) -> dict[tuple[str, str], int]:
    rows = shop.db.execute(
        "select v.sku, l.state, l.on_hand from stock_levels l join variants v on v.id = l.variant_id"
    )
    return {(r["sku"], r["state"]): r["on_hand"] for r in rows if r["on_hand"]}


def coming(shop: Shop) -> list[tuple[int, int]]:
    return [tuple(r) for r in shop.db.execute("select line_no, quantity from coming_lines order by 1")]


def test_a_scanner_that_types_and_presses_enter_counts_piece_by_piece(house: House) -> None:
    shop, things, _, packer = house
    barcode = shop.db.execute("select barcode from variants where id = ?", [things["CAP"]]).fetchone()[0]
    number = open_delivery(shop.db, 1, None, packer, NOW)
    for code in (barcode, "cap", "W-CAP"):
        line = scan(shop.db, number, code, packer, NOW)
    assert (line.sku, line.order_line_no, line.good, line.by) == ("CAP", 2, 3, "Paul")
    with pytest.raises(Refused, match="No thing has the code 4711"):
        scan(shop.db, number, "4711", packer, NOW)
    assert levels(shop) == {}


def test_good_pieces_can_be_sold_damaged_ones_not_and_the_rest_stays_open(house: House) -> None:
    shop, _things, _, packer = house
    number = open_delivery(shop.db, 1, None, packer, NOW)
    scan(shop.db, number, "GLV-M", packer, NOW, pieces=10)
    scan(shop.db, number, "GLV-M", packer, NOW, pieces=2, damaged=True)
    scan(shop.db, number, "CAP", packer, NOW, pieces=5)
    book_in(shop.db, shop.home, number, packer, NOW)
    assert levels(shop) == {("GLV-M", "sellable"): 10, ("GLV-M", "damaged"): 2, ("CAP", "sellable"): 5}
    assert coming(shop) == [(1, 12), (2, 0)]
    facts = purchase_facts(shop.db, 1, TODAY)
    assert (facts.is_partial, facts.rest, facts.wrong) == (
        True,
        "12 × GLV-M Glove, M",
        "GLV-M Glove, M: 2 damaged\nCAP Cap: 1 more than ordered",
    )


def test_what_nobody_ordered_and_what_came_instead_are_kept_as_such(house: House) -> None:
    shop, things, _, packer = house
    number = open_delivery(shop.db, 1, None, packer, NOW)
    scan(shop.db, number, "SOCK", packer, NOW, pieces=3)
    count(shop.db, number, things["GLV-L"], 24, 0, packer, NOW, instead_of=1)
    book_in(shop.db, shop.home, number, packer, NOW)
    assert [(r["sku"], r["order_line_no"], r["quantity"], r["is_substitute"]) for r in receipts_of(shop.db, 1)] == [
        ("GLV-L", 1, 24, 1),
        ("SOCK", None, 3, 0),
    ]
    assert coming(shop) == [(1, 0), (2, 4)]
    assert purchase_facts(shop.db, 1, TODAY).wrong == (
        "GLV-M Glove, M: 24 of another thing instead\nSOCK: 3 that nobody ordered"
    )


def test_goods_without_an_order_are_taken_in_too(house: House) -> None:
    shop, _, _, packer = house
    number = open_delivery(shop.db, None, 1, packer, NOW)
    scan(shop.db, number, "SOCK", packer, NOW, pieces=7)
    book_in(shop.db, shop.home, number, packer, NOW)
    assert levels(shop) == {("SOCK", "sellable"): 7}
    assert coming(shop) == [(1, 24), (2, 4)]


def test_two_who_count_the_same_delivery_count_together_and_it_is_booked_once(house: House) -> None:
    shop, _, buyer, packer = house
    first = open_delivery(shop.db, 1, None, packer, NOW)
    second = open_delivery(shop.db, 1, None, buyer, NOW)
    scan(shop.db, first, "CAP", packer, NOW, pieces=2)
    scan(shop.db, second, "CAP", buyer, NOW, pieces=2)
    receipt = book_in(shop.db, shop.home, first, packer, NOW)
    with pytest.raises(Refused, match=f"Paul booked this delivery already, as receipt {receipt}"):
        book_in(shop.db, shop.home, second, buyer, NOW)
    assert levels(shop) == {("CAP", "sellable"): 4}


BOOK = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from ecomos.errors import Refused
from ecomos.stock.receiving import book_in
from ecomos.store import open_file, read_home
home = read_home(Path(sys.argv[1]))
db = open_file(home.db_path)
sys.stdin.readline()
try:
    print("booked", book_in(db, home, int(sys.argv[2]), int(sys.argv[3]), datetime(2026, 11, 24, 10, tzinfo=UTC)))
except Refused as refused:
    print("refused", refused)
"""


def test_two_processes_book_one_delivery_once(house: House) -> None:
    shop, _, buyer, packer = house
    number = open_delivery(shop.db, 1, None, packer, NOW)
    scan(shop.db, number, "GLV-M", packer, NOW, pieces=24)
    both = [
        subprocess.Popen(
            [sys.executable, "-c", BOOK, str(shop.home.path), str(number), str(who)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for who in (buyer, packer)
    ]  # fmt: skip
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = sorted(process.communicate(timeout=60)[0].split()[0] for process in both)
    assert said == ["booked", "refused"]
    assert levels(shop) == {("GLV-M", "sellable"): 24}


def test_a_booked_line_is_taken_back_by_its_opposite_once(house: House) -> None:
    shop, _, _buyer, packer = house
    received(shop, 1, packer, NOW, GLV_M=24, CAP=4)
    assert status(shop, 1) == "received"
    take_back(shop.db, 1, 1, packer, NOW, reason="counted the large ones")
    assert levels(shop) == {("CAP", "sellable"): 4}
    assert (status(shop, 1), coming(shop)) == ("part received", [(1, 24), (2, 0)])
    with pytest.raises(Refused, match="taken back already"):
        take_back(shop.db, 1, 1, packer, NOW, reason="again")
    moves = shop.db.execute("select quantity, reason, key from stock_moves where variant_id = 1").fetchall()
    assert [tuple(m) for m in moves] == [
        (24, None, "receive:1:1:sellable"),
        (-24, "counted the large ones", "receive:1:3:sellable"),
    ]


def test_a_count_that_was_begun_by_mistake_is_dropped_without_a_trace_in_stock(house: House) -> None:
    shop, _, _, packer = house
    number = open_delivery(shop.db, 1, None, packer, NOW)
    scan(shop.db, number, "CAP", packer, NOW)
    drop_delivery(shop.db, number, packer, NOW)
    with pytest.raises(Refused, match="was dropped"):
        delivery(shop.db, number)
    assert (levels(shop), coming(shop)) == ({}, [(1, 24), (2, 4)])


def test_support_does_not_take_goods_in(house: House) -> None:
    shop, *_ = house
    with pytest.raises(Refused, match="packer, picker, buyer or operations lead"):
        open_delivery(shop.db, 1, None, hire(shop, "Sue", "support-agent"), NOW)


def test_freight_lies_on_the_lines_by_value_and_every_cent_of_it(house: House) -> None:
    """12.00 of freight on 96.00 of gloves and 36.00 of caps: 8.73 and 3.27."""
    shop, _, _, packer = house
    received(shop, 1, packer, NOW, GLV_M=10)
    received(shop, 1, packer, NOW, GLV_M=14, CAP=4)
    rows = shop.db.execute("select sku, quantity, landed_cents, unit_cost_cents from receipt_lines order by 1, 2")
    assert [tuple(r) for r in rows] == [
        ("CAP", 4, 3600 + 327, 982),
        ("GLV-M", 10, 4000 + 363, 436),
        ("GLV-M", 14, 5600 + 510, 436),
    ]
    costs = shop.db.execute("select quantity, unit_cost_cents from stock_moves order by id").fetchall()
    assert [tuple(c) for c in costs] == [(10, 436), (14, 436), (4, 982)]


def test_the_bill_lands_the_goods_anew(house: House) -> None:
    shop, _, buyer, packer = house
    received(shop, 1, packer, NOW, GLV_M=24, CAP=4)
    bill = Bill("R-1", TODAY, [BillLine("GLV-M", 24, 400), BillLine("CAP", 4, 900)], freight_cents=600)
    assert enter_bill(shop.db, 1, bill, buyer, NOW) == ()
    (total,) = shop.db.execute("select sum(landed_cents) from receipt_lines").fetchone()
    assert total == 9600 + 3600 + 600


def test_goods_billed_in_another_currency_have_no_cost_here_and_say_so(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer, founder = hire(shop, "Bea", "buyer"), hire(shop, "Fred", "founder")
    shop.db.execute("update suppliers set currency = 'USD'")
    drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    asked = task(shop, "Approve purchase: 48.00 USD", "approve")
    take(shop, asked, founder, NOW)
    approve(shop, asked, founder, NOW)
    received(shop, 1, buyer, NOW, CAP=4)
    assert [tuple(r) for r in shop.db.execute("select landed_cents, unit_cost_cents from receipt_lines")] == [
        (None, None)
    ]


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=40))
def test_shares_add_up_to_the_cent(total: int, weights: list[int]) -> None:
    shares = spread(total, weights)
    assert sum(shares) == total
    assert min(shares) >= 0
    if sum(weights):
        assert all(abs(s - total * w / sum(weights)) <= 1 for s, w in zip(shares, weights, strict=True))


@given(st.integers(0, 10**7), st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_deliveries_of_a_line_take_its_whole_share_and_no_more(share: int, parts: list[int]) -> None:
    ordered, came, taken = sum(parts), 0, 0
    for part in parts:
        taken += share_so_far(share, came + part, ordered) - share_so_far(share, came, ordered)
        came += part
    assert taken == share


def test_a_part_that_comes_starts_the_chase_of_the_rest(house: House) -> None:
    shop, _, _, packer = house
    received(shop, 1, packer, NOW, GLV_M=24)
    assert steps(shop)[0] == ("buy-from-a-supplier", "wait-for-the-goods", None), "the rest has the stated day still"
    shop.db.execute("update purchase_orders set expected_on = '2026-11-20'")
    received(shop, 1, packer, NOW, CAP=1)
    assert steps(shop)[0] == ("buy-from-a-supplier", "hear-when-it-comes", None)
    body = shop.db.execute("select body from outbox order by id desc limit 1").fetchone()[0]
    assert "ein Teil unserer Bestellung PO-2026-0001 ist da, danke. Noch offen ist:\n\n3 × CAP Cap\n" in body


def history(shop: Shop, things: dict[str, int], buyer: int, real: list[int]) -> None:
    """Orders promised for ten days after they were sent that came after so many."""
    for n, days in enumerate(real):
        now = NOW + timedelta(days=30 * n)
        order = drafted(shop, buyer, (things["CAP"], 4), now=now)
        do(shop, buyer, "Check the draft", now, decision="send it")
        cents = 990 if n == 0 else 900
        confirm(shop.db, order, {1: Confirmed(4, cents, now.date() + timedelta(days=10))}, buyer, now)
        settle(shop, now)
        if n == 0:
            do(shop, buyer, "Settle the change", now, change="take it")
        came(shop, order, buyer, now + timedelta(days=days), broken=n == 1)


def came(shop: Shop, order: int, person: int, now: datetime, broken: bool) -> None:
    number = open_delivery(shop.db, order, None, person, now)
    scan(shop.db, number, "CAP", person, now, pieces=3)
    scan(shop.db, number, "CAP", person, now, damaged=broken)
    book_in(shop.db, shop.home, number, person, now)
    settle(shop, now)


def test_the_scorecard_holds_promised_against_real(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer = hire(shop, "Bea", "buyer")
    history(shop, things, buyer, [9, 10, 12, 15, 10])
    found = scorecard(shop.db, 1)
    assert (found.orders, found.deliveries, found.few) == (5, 5, False)
    assert (found.promised_days, found.real_days, found.low_days, found.high_days) == (10, 10, 9.4, 13.8)
    assert (found.in_time, found.fill, found.defects) == (3 / 5, 19 / 20, 1 / 20)
    assert (found.changed_prices, found.price_change) == (1, pytest.approx(0.1))


def test_under_five_deliveries_it_is_too_early_to_tell(house: House) -> None:
    shop, _, _, packer = house
    assert (scorecard(shop.db, 1).deliveries, scorecard(shop.db, 1).fill) == (0, None)
    received(shop, 1, packer, NOW, CAP=4)
    found = scorecard(shop.db, 1)
    assert (found.few, found.fill) == (True, 4 / 28)


def test_the_same_number_of_two_things_is_asked_and_not_guessed(house: House) -> None:
    shop, _, _, packer = house
    with write(shop.db):
        double = thing(shop, "HAT", "Hat", "Default Title", 300, 1, None)
        shop.db.execute("update variants set barcode = '123' where id in (3, ?)", [double])
    number = open_delivery(shop.db, 1, None, packer, NOW)
    with pytest.raises(Refused, match="2 things have the code 123"):
        scan(shop.db, number, "123", packer, NOW)
    assert purchase(shop.db, 1).came == 0
