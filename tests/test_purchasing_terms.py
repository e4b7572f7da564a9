"""What is agreed with a supplier: terms, things, prices, holidays; each changed by who buys, and taken back."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from buying_shop import NOW, buying_shop, hire
from page_shop import Desk

from ecomos.errors import Refused, WrongUsage
from ecomos.intake import import_file
from ecomos.pages.finding import search
from ecomos.pages.receiving_count import CountPage
from ecomos.pages.supplier import SupplierPage
from ecomos.stock.drafting import add_thing, change_line, fill_again, remove_line
from ecomos.stock.ordering import draft_orders
from ecomos.stock.prices import price_of, remove_price, set_price
from ecomos.stock.purchases import purchase
from ecomos.stock.supplier_items import Item, add_supplier, items_of, remove_item, save_item
from ecomos.stock.terms import change_terms, read_order_days, supplier_terms, undo_terms


def test_a_list_brings_every_term_and_their_numbers(tmp_path: Path) -> None:
    shop, _ = buying_shop(tmp_path / "home")
    path = tmp_path / "suppliers.csv"
    path.write_text(
        "SKU,Supplier,Supplier SKU,Lead time (days),Language,Order days,Payment days,Freight,Free freight from,"
        "Contact,Phone\n"
        ",Kerzen KG,,12,de,Mon; thu,30,9.50,400,Frau Lang,+43 1 5\nCAP,Kerzen KG,K-77,,,,,,,,\n",
        encoding="utf-8",
    )
    assert import_file(shop.home, shop.db, path, NOW).status == "loaded"
    (key,) = shop.db.execute("select id from suppliers where name = 'Kerzen KG'").fetchone()
    found = supplier_terms(shop.db, key)
    assert (found.language, found.order_days, found.payment_days, found.lead_time_days) == ("de", "mon, thu", 30, 12)
    assert (found.freight_cents, found.freight_free_cents, found.contact, found.phone) == (
        950,
        40000,
        "Frau Lang",
        "+43 1 5",
    )
    assert [(i.sku, i.supplier_sku) for i in items_of(shop.db, key)] == [("CAP", "K-77")]


def test_the_last_change_of_terms_is_taken_back_as_a_whole(tmp_path: Path) -> None:
    shop, _ = buying_shop(tmp_path / "home")
    buyer = hire(shop, "Bea", "buyer")
    before = supplier_terms(shop.db, 1)
    change_terms(shop.db, 1, {"email": "new@weber.example", "payment_days": 14, "order_days": None}, buyer, NOW)
    later = NOW + timedelta(hours=1)
    assert undo_terms(shop.db, 1, buyer, later) == ("email", "payment days", "order days")
    assert supplier_terms(shop.db, 1) == before
    assert undo_terms(shop.db, 1, buyer, later + timedelta(hours=1)) == ("email", "payment days", "order days")
    assert supplier_terms(shop.db, 1).email == "new@weber.example", "what was taken back can be taken back"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("order_days", "mon, someday", "“someday” is no weekday"),
        ("email", "weber", "is no e-mail"),
        ("language", "german", "Write the language as in de"),
        ("minimum_cents", -1, "Minimum is not below 0"),
    ],
)
def test_a_term_that_cant_be_meant_is_said_in_words(tmp_path: Path, name: str, value: object, said: str) -> None:
    shop, _ = buying_shop(tmp_path / "home")
    with pytest.raises(WrongUsage, match=said):
        change_terms(shop.db, 1, {name: value}, hire(shop, "Bea", "buyer"), NOW)


def test_order_days_are_read_as_people_write_them() -> None:
    written = ["mon, thu", "Monday Thursday", "thu;mon", "", None]
    assert [sorted(read_order_days(x)) for x in written] == [[0, 3]] * 3 + [list(range(7))] * 2


def test_things_and_prices_of_a_supplier_come_and_go(tmp_path: Path) -> None:
    shop, _ = buying_shop(tmp_path / "home")
    buyer = hire(shop, "Bea", "buyer")
    key = add_supplier(shop.db, "  Kerzen   KG ", buyer, NOW)
    with pytest.raises(Refused, match="Kerzen KG is there already"):
        add_supplier(shop.db, "kerzen kg", buyer, NOW)
    save_item(shop.db, key, Item("CAP", 880, pack=2, minimum=4, lead_time_days=7), buyer, NOW)
    set_price(shop.db, key, "CAP", (date(2026, 11, 1), 10, 850), buyer, NOW)
    today = date(2026, 11, 24)
    assert [price_of(shop.db, key, "CAP", n, today).cents for n in (4, 10)] == [880, 850]
    remove_price(shop.db, key, "CAP", (date(2026, 11, 1), 10), buyer, NOW)
    assert price_of(shop.db, key, "CAP", 10, today).cents == 880
    remove_item(shop.db, key, "CAP", buyer, NOW)
    assert items_of(shop.db, key) == []


def test_a_draft_is_changed_line_by_line_and_not_over_somebody_elses_change(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer = hire(shop, "Bea", "buyer")
    draft_orders(shop.db, [(things["GLV-M"], 1, 24)], buyer, NOW, home=shop.home)
    today = shop.today(NOW)
    seen = purchase(shop.db, 1).lines[0]
    change_line(shop.db, 1, seen, 120, 390, buyer, NOW)
    with pytest.raises(Refused, match="Somebody set GLV-M to 120 pieces meanwhile"):
        change_line(shop.db, 1, seen, 12, 400, buyer, NOW)
    add_thing(shop.db, 1, "w-cap", 5, buyer, NOW, today)
    with pytest.raises(WrongUsage, match="Weber Wien has no HAT"):
        add_thing(shop.db, 1, "HAT", 5, buyer, NOW, today)
    found = purchase(shop.db, 1)
    assert [(x.sku, x.quantity, x.unit_cost_cents) for x in found.lines] == [("GLV-M", 120, 390), ("CAP", 8, 900)]
    assert (found.goods_cents, found.freight_cents) == (54000, 0), "free freight from 500.00"
    assert remove_line(shop.db, 1, 1, buyer, NOW) == "GLV-M"
    fill_again(shop.db, 1, buyer, NOW, today)
    assert purchase(shop.db, 1).freight_cents == 1200
    shop.db.execute("update purchase_orders set status = 'asked'")
    with pytest.raises(Refused, match="only a draft is changed here"):
        remove_line(shop.db, 1, 2, buyer, NOW)


def told(deed: str, **given: object) -> dict[str, object]:
    return {"deed": deed, "answers": {}, "checks": [], "note": "", "asked": {}, **given}


def test_terms_that_are_typed_on_the_page_are_kept_and_a_word_says_so(tmp_path: Path) -> None:
    shop, _ = buying_shop(tmp_path / "home")
    desk = Desk(shop, hire(shop, "Bea", "buyer"), [NOW])
    page = SupplierPage(desk.context(), 1)
    given = {f["name"]: f["value"] for f in page.terms.step["fields"]} | {
        "minimum_cents": "300",
        "contact": "Frau Lang",
    }
    page.changed(told("keep", answers=given))
    assert desk.toasts == ["2 terms changed."]
    assert (supplier_terms(shop.db, 1).minimum_cents, supplier_terms(shop.db, 1).contact) == (30000, "Frau Lang")
    page.changed(told("undo"))
    assert supplier_terms(shop.db, 1).minimum_cents == 20000


def test_two_pages_that_count_one_delivery_show_each_others_pieces(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer, packer = hire(shop, "Bea", "buyer"), hire(shop, "Paul", "packer")
    draft_orders(shop.db, [(things["CAP"], 1, 8)], buyer, NOW, home=shop.home)
    shop.db.execute("update purchase_orders set status = 'sent', sent_at = '2026-11-20T09:00:00Z'")
    first, second = (CountPage(Desk(shop, who, [NOW]).context(), 1, None) for who in (buyer, packer))
    first.scanned({"code": "CAP", "pieces": "3", "damaged": False})
    second.scanned({"code": "cap", "pieces": "2", "damaged": True})
    first.refresh()
    assert [(r["sku"], r["open"], r["good"], r["damaged"], r["said"]) for r in first.table.rows] == [
        ("CAP", 8, 3, 2, ["3 still missing", "soon"])
    ]
    first.clicked(told("book", answers={"note": "LS 1"}))
    second.clicked(told("book", answers={"note": "LS 1"}))
    assert "booked this delivery already" in second.form.step["error"]
    assert [tuple(r) for r in shop.db.execute("select quantity, damaged from receipt_lines")] == [(3, 2)]


def test_an_order_is_found_by_its_number_by_who_may_open_it(tmp_path: Path) -> None:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer, picker = hire(shop, "Bea", "buyer"), hire(shop, "Pia", "picker")
    draft_orders(shop.db, [(things["CAP"], 1, 8)], buyer, NOW, home=shop.home)
    found = [search(Desk(shop, who, [NOW]).context(), "po-2026-0001") for who in (buyer, picker)]
    assert found == [
        ("purchases", {"order": "PO-2026-0001"}),
        ("playbook", {"kind": "procedures", "name": "buy-from-a-supplier"}),
    ]
