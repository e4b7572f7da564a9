"""What somebody found by reading the code of stock and buying: each a way in which money or goods went wrong."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from buying_shop import NOW, buying_shop, hire
from count_shop import PLATE, stockroom
from test_stock_counts import ON, STRICT

from ecomos.errors import Refused, WrongUsage
from ecomos.stock.bill_match import match_order
from ecomos.stock.confirming import Confirmed, keep_line
from ecomos.stock.count_entry import enter
from ecomos.stock.counting import make_count
from ecomos.stock.coverage import fill_in
from ecomos.stock.drafting import add_thing
from ecomos.stock.invoices import Bill, BillLine, enter_bill
from ecomos.stock.ordering import draft_orders
from ecomos.stock.purchases import purchase
from ecomos.stock.receiving import take_back
from ecomos.store import write
from ecomos.work import Shop
from ecomos.work.count_deciding import approve_variances, ask_for_approval, send_back


@pytest.fixture
def bought(tmp_path: Path) -> tuple[Shop, int, int]:
    """(shop, buyer, an order of eight caps at 9.00 that was sent and accepted as confirmed)."""
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer = hire(shop, "Bea", "buyer")
    order = draft_orders(shop.db, [(things["CAP"], 1, 8)], buyer, NOW, home=shop.home).drafts[0].order_id
    with write(shop.db):
        shop.db.execute("update purchase_orders set status = 'sent', taken_at = '2026-11-24T09:00:00Z'")
        shop.db.execute("update purchase_order_lines set confirmed_quantity = 8, confirmed_cost_cents = 900")
    return shop, buyer, order


def received(shop: Shop, order: int, pieces: int, import_id: int | None = None) -> None:
    """So many caps came, good."""
    with write(shop.db):
        shop.db.execute(
            """insert into receipts(id, purchase_order_id, location_id, received_at, received_on, import_id)
               values (1, ?, 1, '2026-11-24T09:00:00Z', '2026-11-24', ?)""",
            [order, import_id],
        )
        shop.db.execute(
            """insert into receipt_lines(receipt_id, line_no, order_line_no, sku, quantity, variant_id)
               select 1, 1, 1, sku, ?, id from variants where sku = 'CAP'""",
            [pieces],
        )


def test_a_price_that_is_written_later_is_not_what_was_accepted(bought: tuple[Shop, int, int]) -> None:
    shop, buyer, order = bought
    keep_line(shop.db, order, 1, Confirmed(8, 9000), buyer, NOW)
    found = purchase(shop.db, order)
    assert (found.taken_at, found.due_cents(found.lines[0])) == (None, 900)


def test_more_pieces_than_ordered_are_paid_once_they_are_accepted(bought: tuple[Shop, int, int]) -> None:
    shop, buyer, order = bought
    received(shop, order, 80)
    keep_line(shop.db, order, 1, Confirmed(80, 900), buyer, NOW)
    found = purchase(shop.db, order)
    assert found.payable(found.lines[0]) == 8


def test_tax_below_nothing_is_refused_and_beyond_every_rate_differs(bought: tuple[Shop, int, int]) -> None:
    shop, buyer, order = bought
    received(shop, order, 8)
    with write(shop.db):
        shop.db.execute("update purchase_orders set freight_cents = 0")
    lines = (BillLine("CAP", 8, 900),)
    with pytest.raises(WrongUsage, match="not below 0"):
        enter_bill(shop.db, order, Bill("R-1", date(2026, 11, 24), lines, tax_cents=-500), buyer, NOW)
    said = enter_bill(shop.db, order, Bill("R-2", date(2026, 11, 24), lines, tax_cents=500_000), buyer, NOW)
    assert said == ("tax: 4,980.56 EUR beyond 27 per cent",)
    assert match_order(shop.db, order, NOW).too_much_cents == 498_056


def test_what_an_old_tool_received_is_not_taken_back_here(bought: tuple[Shop, int, int]) -> None:
    shop, buyer, order = bought
    with write(shop.db):
        number = shop.db.execute(
            """insert into imports(path, sha256, kind, imported_at)
               values ('x', 'x', 'receipts', '2026-11-24T09:00:00Z') returning id"""
        ).fetchone()[0]
    received(shop, order, 8, number)
    with pytest.raises(Refused, match="moved no stock here"):
        take_back(shop.db, 1, 1, buyer, NOW, reason="wrong")
    assert shop.db.execute("select count(*) from stock_moves").fetchone()[0] == 0


def test_a_thing_is_added_in_the_packs_of_the_orders_own_supplier(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer = hire(shop, "Bea", "buyer")
    with write(shop.db):
        shop.db.execute("insert into suppliers(id, name) values (2, 'Single')")
        shop.db.execute(
            """insert into supplier_items(supplier_id, sku, variant_id, cost_cents, pack, supplier_sku)
               values (2, 'SOCK', ?, 900, 1, 'S-1')""",
            [things["SOCK"]],
        )
        order = shop.db.execute(
            """insert into purchase_orders(number, supplier_id, location_id, currency, status, drafted_at)
               values ('PO-1', 2, 1, 'EUR', 'draft', '2026-11-24T09:00:00Z') returning id"""
        ).fetchone()[0]
    add_thing(shop.db, order, "SOCK", 5, buyer, NOW, NOW.date())
    add_thing(shop.db, order, "SOCK", 7, buyer, NOW, NOW.date())
    rows = shop.db.execute(
        "select quantity, supplier_sku from purchase_order_lines where purchase_order_id = ?", [order]
    )
    assert [tuple(r) for r in rows] == [(7, "S-1")]


def test_a_cost_in_our_money_is_no_cost_of_who_bills_in_another(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home")
    shop.db.execute("update suppliers set currency = 'USD'")
    with pytest.raises(Refused, match="bills in USD"), write(shop.db):
        fill_in(shop.db, [things["CAP"]], "Weber Wien", 1000, currency="EUR")


def test_one_difference_is_corrected_once_however_many_counts_found_it(tmp_path: Path) -> None:
    """Eight plates by the ledger, five on the shelf, and two counts that both say so."""
    room = stockroom(tmp_path / "shop")
    counts = [make_count(room.db, room.at("Pia"), 1, [PLATE], ON, "") for _ in range(2)]
    for number in counts:
        for who in ("Pia", "Ben"):
            enter(room.db, room.at(who), number, 1, 5, STRICT)
    approve_variances(room.shop, room.people["Fiona"], counts[0], NOW)
    with pytest.raises(Refused, match="was corrected by count 1 since"):
        approve_variances(room.shop, room.people["Fiona"], counts[1], NOW)
    assert room.level(PLATE) == 5


def test_a_difference_that_was_counted_once_more_is_asked_for_again(tmp_path: Path) -> None:
    room = stockroom(tmp_path / "shop")
    number = make_count(room.db, room.at("Pia"), 1, [PLATE], ON, "")
    for who in ("Pia", "Ben"):
        enter(room.db, room.at(who), number, 1, 5, STRICT)
    assert ask_for_approval(room.shop, room.people["Pia"], number, NOW)
    send_back(room.shop, room.people["Fiona"], number, 1, "look behind", NOW)
    room.now = NOW + timedelta(hours=1)
    enter(room.db, room.at("Bea"), number, 1, 6, STRICT)
    assert ask_for_approval(room.shop, room.people["Bea"], number, room.now)
