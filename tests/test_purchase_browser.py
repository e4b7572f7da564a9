"""The buyer's morning, by click: from the row that says order to an approved order with its paper in the supplier's
mailbox; a part of it is scanned in at the gate, the rest is chased by itself, and the scorecard has moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from browser import Served, Visit, chrome, ready, served, visit
from buying_shop import buying_shop, hire, plan_row
from mailserver import Mailbox, mail_server
from pdf_text import pages_of, text_of
from shops import PASSWORD
from test_purchasing_orders import live
from test_way_browser import fill, tick_all, until

from ecomos.heartbeat import tick
from ecomos.stock.purchases import purchase
from ecomos.work import Shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass
class House:
    shop: Shop
    things: dict[str, int]
    server: Served
    browser: "Browser"
    box: Mailbox

    def as_(self, name: str, phone: bool = False):  # type: ignore[no-untyped-def]
        return visit(self.browser, self.server, f"{name}@shop.example", PASSWORD, phone=phone)

    def beat(self, days: int = 0) -> None:
        """A heartbeat, so many days from now."""
        tick(self.shop, datetime.now(UTC) + timedelta(days=days))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[House]:
    shop, things = buying_shop(tmp_path_factory.mktemp("buying") / "home")
    hire(shop, "bea", "buyer")
    hire(shop, "paul", "packer")
    plan_row(shop, things["GLV-M"], cover=4, quantity=24, deed="order", stake=900)
    plan_row(shop, things["GLV-L"], cover=18)
    plan_row(shop, things["SOCK"], cover=30)
    with mail_server() as box:
        selling = live(shop, box.port)
        with chrome(chromium) as browser, served(selling.home.path) as server:
            yield House(selling, things, server, browser, box)


def opened(v: Visit, server: Served, page: str) -> None:
    v.page.goto(f"{server.url}/?page={page}")
    ready(v.page)


def press(v: Visit, label: str) -> None:
    v.page.locator(".eco-step:visible").get_by_role("button", name=label, exact=True).click()


def shows(v: Visit, words: str) -> None:
    v.page.get_by_text(words).first.wait_for(timeout=15_000)


def test_the_buyers_morning_ends_in_the_suppliers_mailbox_and_the_rest_is_chased(house: House) -> None:
    shop, box = house.shop, house.box
    with house.as_("bea") as bea:
        opened(bea, house.server, "stock")
        bea.page.get_by_role("button", name="Draft order: ").first.click()
        until(lambda: shop.db.execute("select count(*) from purchase_orders").fetchone()[0] == 1)
        opened(bea, house.server, "purchases&order=PO-2026-0001")
        shows(bea, "For the minimum of 200.00 EUR")
        bea.shot("purchase-draft")
        bea.page.get_by_role("link", name="Go to “Check the draft”").click()
        bea.page.get_by_text("drop it", exact=True).wait_for()
        tick_all(bea)
        fill(bea, decision="send it")
        press(bea, "Done")
        until(lambda: purchase(shop.db, 1).status == "sent")
        assert bea.errors == []
        assert bea.strayed == []
    house.beat()
    until(lambda: len(box.mails) == 1)
    to, mail = box.mails[0]
    assert (to, str(mail["Subject"])) == (["orders@weber.example"], "Bestellung PO-2026-0001 von Test shop")
    (paper,) = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    content = paper.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.startswith(b"%PDF-")
    assert pages_of(content) == 1
    assert "PO-2026-0001" in text_of(content)
    assert "GLV-M" in text_of(content)
    downloaded(house, content)
    confirmed(house)
    received(house)
    chased(house)


def downloaded(house: House, sent: bytes) -> None:
    """The same paper from the page for who may see orders; no other file, and nothing for the packer."""
    address = f"{house.server.url}/documents/purchase-order/PO-2026-0001.pdf"
    (house.shop.home.path / "documents" / "purchase-order" / "PO-2026-0001.pdf").unlink()
    with house.as_("bea") as bea:
        given = bea.page.request.get(address)
        assert (given.status, given.body()) == (200, sent)
        assert given.headers["content-disposition"].startswith("attachment")
        wrong = (
            "purchase-order/PO-2026-0002.pdf",
            "store/x.pdf",
            "purchase-order/..%2f..%2fstore.db",
            "purchase-order/",
        )
        statuses = [bea.page.request.get(f"{house.server.url}/documents/{path}").status for path in wrong]
        assert statuses == [404, 403, 404, 404]
    with house.as_("paul") as paul:
        assert paul.page.request.get(address).status == 403


def confirmed(house: House) -> None:
    """The supplier's answer is written down: as ordered, in a week."""
    day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    with house.as_("bea") as bea:
        opened(bea, house.server, "purchases&order=PO-2026-0001")
        bea.page.get_by_label("All of it comes on").wait_for()
        fill(bea, day=day)
        press(bea, "Confirmed as ordered")
        until(lambda: purchase(house.shop.db, 1).promised_on == day)
        shows(bea, "PO-2026-0001: confirmed.")


def received(house: House) -> None:
    """The packer scans on the phone what the van brought: the gloves, and one of them is torn."""
    with house.as_("paul", phone=True) as paul:
        opened(paul, house.server, "receiving")
        paul.page.get_by_role("link", name="PO-2026-0001").click()
        code = paul.page.get_by_label("Barcode or SKU")
        code.wait_for()
        (barcode,) = house.shop.db.execute("select barcode from variants where sku = 'GLV-M'").fetchone()
        paul.page.get_by_label("Pieces").first.fill("23")
        code.fill(barcode)
        code.press("Enter")
        shows(paul, "GLV-M Glove, M: 23 good")
        code.fill("4711")
        code.press("Enter")
        shows(paul, "No thing has the code 4711")
        paul.page.get_by_label("damaged", exact=True).check()
        code.fill("glv-m")
        code.press("Enter")
        shows(paul, "GLV-M Glove, M: 23 good, 1 damaged")
        paul.shot("receiving-phone")
        fill(paul, note="LS 4711")
        press(paul, "Book it in")
        shows(paul, "Booked in as receipt 1.")
        assert paul.errors == []
    levels = house.shop.db.execute("select state, on_hand from stock_levels where on_hand <> 0 order by 1").fetchall()
    assert [tuple(row) for row in levels] == [("damaged", 1), ("sellable", 23)]


def chased(house: House) -> None:
    """The rest has its day still; when that has passed, the supplier is asked without anybody's click."""
    assert [str(mail["Subject"]) for _, mail in house.box.mails[1:]] == []
    house.beat(days=10)
    until(lambda: len(house.box.mails) == 2)
    _, mail = house.box.mails[1]
    assert str(mail["Subject"]) == "Bestellung PO-2026-0001: wann trifft sie ein?"
    text = mail.get_payload()[0]  # type: ignore[index]
    while text.is_multipart():  # type: ignore[union-attr]
        text = text.get_payload()[0]  # type: ignore[union-attr,index,assignment]
    said = text.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "ein Teil unserer Bestellung PO-2026-0001 ist da, danke. Noch offen ist:" in said
    with house.as_("bea") as bea:
        opened(bea, house.server, "suppliers&supplier=1")
        shows(bea, "too few to tell")
        shows(bea, "4 % of what came")
        bea.shot("supplier-scorecard")
        opened(bea, house.server, "purchases&order=PO-2026-0001")
        shows(bea, "Hear when it comes")
