"""Papers: the same data give the same bytes, and nothing in them is markup."""

from pathlib import Path
from typing import Any

import pytest
from buying_shop import NOW, buying_shop, hire
from pdf_text import pages_of, text_of
from test_purchasing_orders import do

from ecomos.documents import file_of, make_pdf, templates
from ecomos.errors import WrongUsage
from ecomos.stock.ordering import draft_orders
from ecomos.stock.purchase_papers import purchase_order_data
from ecomos.work import Shop, settle
from ecomos.work.documents import document_file, write_files


def paper(tmp_path: Path, lines: int = 2, language: str = "de") -> dict[str, Any]:
    """The data of a draft with so many lines."""
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    buyer = hire(shop, "Bea", "buyer")
    shop.db.execute("update suppliers set language = ?, payment_days = 30", [language])
    draft_orders(shop.db, [(things["GLV-M"], 1, 1200), (things["CAP"], 1, 4)], buyer, NOW, home=shop.home)
    data = purchase_order_data(shop.db, shop.home, 1, shop.today(NOW))
    data["lines"] = (data["lines"] * lines)[:lines]
    return data


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    data = paper(tmp_path)
    first = make_pdf("purchase-order", data)
    assert first.startswith(b"%PDF-")
    assert make_pdf("purchase-order", data) == first


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("de", ("Bestellung", "30 Tage netto", "24.11.2026", "4.800,00", "4.836,00 EUR")),
        ("en", ("Purchase order", "30 days net", "24 November 2026", "4,800.00", "4,836.00 EUR")),
        ("fi", ("Purchase order", "24 November 2026")),
    ],
)
def test_it_is_written_as_the_supplier_reads(tmp_path: Path, language: str, shown: tuple[str, ...]) -> None:
    text = text_of(make_pdf("purchase-order", paper(tmp_path, language=language))).replace(" ", "")
    assert [words for words in shown if words.replace(" ", "") not in text] == []


def test_a_hundred_lines_take_several_pages_and_none_is_lost(tmp_path: Path) -> None:
    made = make_pdf("purchase-order", paper(tmp_path, lines=100))
    text = text_of(made)
    assert pages_of(made) == 5
    assert text.count("Glove, M") == 50


def test_what_a_name_holds_is_text_and_no_markup(tmp_path: Path) -> None:
    data = paper(tmp_path)
    data["lines"][0]["title"] = '#eval("1+1") *bold* $x$ <b> [x]'
    text = text_of(make_pdf("purchase-order", data)).replace(" ", "")
    assert '#eval("1+1")*bold*$x$<b>[x]' in text.replace("“", '"').replace("”", '"')


def test_an_unknown_paper_is_named_with_the_near_one() -> None:
    assert "purchase-order" in templates()
    with pytest.raises(WrongUsage, match="did you mean “purchase-order”"):
        make_pdf("purchase-ordr", {})


def test_a_number_is_never_a_way_out_of_the_folder() -> None:
    with pytest.raises(WrongUsage, match="can't name a file"):
        file_of("purchase-order", "../../store")


def test_a_file_that_is_lost_is_made_again_as_it_was(tmp_path: Path) -> None:
    """The number and everything that it shows stand in the store; the terms may have changed since."""
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    path = sent(shop, things)
    before = path.read_bytes()
    path.unlink()
    shop.db.execute("update suppliers set address = 'elsewhere', payment_days = 5")
    assert write_files(shop) == 1
    assert path.read_bytes() == before
    assert write_files(shop) == 0
    assert document_file(shop, "purchase-order", "PO-2026-0099") is None


def sent(shop: Shop, things: dict[str, int]) -> Path:
    """An order that was sent, and its file."""
    buyer = hire(shop, "Bea", "buyer")
    draft_orders(shop.db, [(things["CAP"], 1, 4)], buyer, NOW, home=shop.home)
    settle(shop, NOW)
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    path = document_file(shop, "purchase-order", "PO-2026-0001")
    assert path is not None
    return path
