"""Search anywhere: what a few letters may mean, and where each leads; in a real browser with keys alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import Served, Visit, chrome, served, visit
from page_shop import Team, make_team
from shops import NOW, PASSWORD

from ecomos.customers.taking import Incoming, take_in
from ecomos.pages import colleague, orders
from ecomos.pages.finding import search, suggestions
from ecomos.store import iso, write
from ecomos.work import asked_someone

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EVIL = "<img src=x onerror=alert(1)>"


def furnished(team: Team) -> int:
    """Two orders of Maria, a product, a ticket; gives the customer."""
    first, second = team.order("#1001"), team.order("#1002")
    team.order("#2001", email="otto@example.com")
    with write(team.shop.db) as db:
        customer = int(
            db.execute(
                "insert into customers(name, email, phone) values ('Maria Lang', 'maria@example.com', '+436641234567')"
            ).lastrowid
            or 0
        )
        channel = db.execute("select id from channels").fetchone()[0]
        db.execute(
            "insert into customer_keys(customer_id, channel_id, kind, key) values (?, ?, 'phone', '+436641234567')",
            [customer, channel],
        )
        db.execute("update orders set customer_id = ? where id in (?, ?)", [customer, first, second])
        product = db.execute(
            "insert into products(channel_id, handle, title) values (?, 'tee', ?)", [channel, f"Black tee {EVIL}"]
        ).lastrowid
        variant = db.execute(
            "insert into variants(product_id, sku, title, barcode) values (?, 'TEE-BLK-M', 'M', '4006381333931')",
            [product],
        ).lastrowid
        db.execute("update order_lines set variant_id = ? where order_id = ?", [variant, second])
        mail = Incoming(subject="Where is my parcel?", body="Hello", at=iso(NOW), from_email="maria@example.com")
        take_in(db, mail, NOW, "mail")
    return customer


@pytest.fixture
def team(tmp_path: Path) -> Team:
    found = make_team(tmp_path / "shop")
    furnished(found)
    return found


def hits(team: Team, text: str) -> list[tuple[str, str, dict[str, str]]]:
    return [(h["text"], h["page"], h["params"]) for h in suggestions(team.desk("Sue").context(), text)]


MARIA: tuple[str, str, dict[str, Any]] = ("Maria Lang", "orders", {"customer": "1"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1001", ("#1001", "order", {"order": "1001"})),
        ("#20", ("#2001", "order", {"order": "2001"})),
        ("maria", MARIA),
        ("lang", MARIA),
        ("maria@ex", MARIA),
        ("0664 123", MARIA),
        ("tee-blk", ("TEE-BLK-M", "thing", {"variant": "1"})),
        ("black tee", ("TEE-BLK-M", "thing", {"variant": "1"})),
        ("4006381333931", ("TEE-BLK-M", "thing", {"variant": "1"})),
        ("t1", ("T1 Where is my parcel?", "ticket", {"ticket": "1"})),
        ("parcel", ("T1 Where is my parcel?", "ticket", {"ticket": "1"})),
        ("refund on", ("Refund on request", "playbook", {"kind": "procedures", "name": "refund-on-request"})),
        ("net sales", ("Net sales", "playbook", {"kind": "kpis", "name": "net-sales"})),
        ("pia", ("Pia", "person", {"person": "5"})),
    ],
)
def test_everything_is_found_by_what_people_call_it(team: Team, text: str, expected: tuple[str, str, Any]) -> None:
    assert expected in hits(team, text)


@pytest.mark.parametrize("text", ["%", "_", "%%", "__", "' or 1=1 --", "x" * 500, "(((", "\x00"])
def test_what_means_something_to_a_database_means_nothing_here(team: Team, text: str) -> None:
    assert hits(team, text) == []


def test_a_ticket_is_meant_by_its_number_and_an_order_by_its_own(team: Team) -> None:
    context = team.desk("Sue").context()
    assert search(context, "T1") == ("ticket", {"ticket": "1"})
    assert search(context, "1001") == ("order", {"order": "1001"})
    assert search(context, "refund on request") == (
        "playbook",
        {"kind": "procedures", "name": "refund-on-request"},
    )
    assert search(context, "xyzzy plugh") is None


def test_a_customers_orders_stand_alone_on_the_list(team: Team) -> None:
    def listed(**params: str) -> tuple[str, list[str]]:
        page: Any = orders.build_list(team.desk("Sue").context(), params)
        return page.children[-1].title, sorted(r["order"] for r in page.children[-1].rows)

    assert listed(customer="1") == ("Orders of Maria Lang", ["#1001", "#1002"])
    assert listed(variant="1") == ("Orders with TEE-BLK-M", ["#1002"])
    for odd in ("99", "x", "-1", "1 or 1=1", "9" * 40):
        assert listed(customer=odd) == ("Orders", ["#1001", "#1002", "#2001"])


def test_a_colleagues_page_says_what_they_have_in_hand(team: Team) -> None:
    team.desk("Pia").today().clicked({"deed": "take", "answers": {}, "checks": [], "note": "", "asked": {}})
    page: Any = colleague.build(team.desk("Sue").context(), {"person": str(team.ids["Pia"])})
    facts, table = page.children
    assert facts.title == "Pia"
    assert facts.rows[0] == ["role", "picker", "?page=playbook&kind=roles&name=picker"]
    assert [r["task"] for r in table.rows] == ["Pick the lines"]
    nobody: Any = colleague.build(team.desk("Sue").context(), {"person": "99"})
    assert "nobody of that number" in nobody.children[0].message


# ---- in a browser


@dataclass
class Shop:
    server: Served
    browser: "Browser"
    team: Team

    def ask_sue(self) -> None:
        """Pia asks Sue about her task, now by the machine's clock, on which the server runs."""
        task = self.team.rows("select id from tasks where step = 'pick-the-lines' order by id limit 1")[0][0]
        ids, now = self.team.ids, datetime.now(UTC)
        asked_someone(self.team.shop, task, ids["Pia"], now, ids["Sue"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Shop]:
    team = make_team(tmp_path_factory.mktemp("search") / "shop")
    furnished(team)
    with served(team.shop.home.path) as server, chrome(chromium) as browser:
        yield Shop(server, browser, team)


@pytest.fixture(params=[False, True], ids=["desk", "phone"])
def sue(shop: Shop, request: pytest.FixtureRequest) -> Iterator[Visit]:
    with visit(shop.browser, shop.server, "sue@shop.example", PASSWORD, phone=request.param) as found:
        yield found
        assert (found.strayed, found.errors) == ([], [])


@pytest.mark.browser
def test_slash_arrows_enter_and_escape_are_all_it_takes(sue: Visit) -> None:
    page, keys = sue.page, sue.page.keyboard
    keys.press("/")
    keys.type("maria")
    page.get_by_role("option", name="Maria Lang").wait_for()
    keys.press("Escape")
    assert page.get_by_role("listbox").count() == 0
    keys.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    keys.press("/")
    keys.type("refund on")
    page.get_by_role("option", name="Refund on request").wait_for()
    keys.press("ArrowDown")
    assert page.get_by_role("option", selected=True).inner_text().split("\n")[1] == "Refund on request"
    keys.press("Enter")
    page.wait_for_url("**page=playbook&kind=procedures&name=refund-on-request")
    page.get_by_role("heading", name="Refund on request").wait_for()


@pytest.mark.browser
def test_a_click_opens_what_fits_and_hostile_names_stay_text(sue: Visit) -> None:
    page = sue.page
    page.locator("#eco-search input").fill("tee")
    page.get_by_role("option", name="TEE-BLK-M").wait_for()
    assert page.locator(".eco-fits img").count() == 0
    box = page.locator(".eco-fits").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.evaluate("window.innerWidth")
    page.get_by_role("option", name="TEE-BLK-M").click()
    page.get_by_role("heading", name="TEE-BLK-M").first.wait_for()


@pytest.mark.browser
def test_the_bar_counts_what_is_new_at_once_on_every_page_and_the_list_empties_it(shop: Shop, sue: Visit) -> None:
    page = sue.page
    bar = page.locator(".eco-news")
    page.wait_for_function("/^\\d+ new$/.test(document.querySelector('.eco-news').textContent)")
    before = int(bar.inner_text().split()[0])
    page.locator("nav a", has_text="Playbook").click()
    page.wait_for_url("**page=playbook")
    shop.ask_sue()
    page.wait_for_function(f"document.querySelector('.eco-news').textContent === '{before + 1} new'", timeout=5000)
    bar.click()
    line = page.get_by_role("link", name="Pia asked you about “Pick the lines” of #1001.").first
    line.wait_for()
    page.get_by_role("button", name="Mark all as read").click()
    page.get_by_text("Nothing new since you looked.").wait_for()
    page.wait_for_function("document.querySelector('.eco-news').textContent === '0 new'", timeout=5000)
