"""A count in a real browser: counted on a phone by scan, counted again by another, approved on a desk; and the
difference entered in the platform, on Places."""

from pathlib import Path

import pytest
from browser import chrome, served, visit
from count_shop import PLATE, stock_things
from page_shop import make_team, on_its_own_clock
from shops import NOW, PASSWORD

from ecomos.stock.examining import examine_levels
from ecomos.stock.levels import LevelRecord, load_levels
from ecomos.store import iso, write

pytestmark = pytest.mark.browser


def test_a_shelf_is_counted_on_a_phone_and_approved_on_a_desk(tmp_path: Path, chromium: str) -> None:
    team = make_team(tmp_path / "shop")
    stock_things(team.shop)
    with write(team.shop.db) as db:
        number = db.execute(
            """insert into imports(path, sha256, kind, channel_id, imported_at)
               values ('i', 'i', 'shopify-inventory', 1, ?) returning id""",
            [iso(NOW)],
        ).fetchone()[0]
        load_levels(db, 1, number, iso(NOW), [LevelRecord("plate", "Default Title", "PLT-1", "Shop", 2, 8, 0, 0, 0)])
    home = on_its_own_clock(team, NOW)
    with served(home) as server, chrome(chromium) as browser:
        with visit(browser, server, "pia@shop.example", PASSWORD, phone=True) as pia:
            page = pia.page
            page.goto(f"{server.url}/?page=counts&thing={PLATE}")
            page.get_by_role("button", name="Make the sheet").click()
            page.get_by_role("heading", name="No bin: Plate").wait_for(timeout=30_000)
            pia.shot("count-phone")
            assert 390 == page.evaluate("document.documentElement.scrollWidth")
            page.locator("[data-name=pieces] input").fill("6")
            page.locator("[data-name=thing] input").fill("plt-1")
            page.get_by_role("button", name="Enter").click()
            page.get_by_text("Noted. Somebody else counts it again.").wait_for()
            assert [] == pia.errors
        with visit(browser, server, "ben@shop.example", PASSWORD, phone=True) as ben:
            ben.page.goto(f"{server.url}/?page=counts&count=1")
            ben.page.get_by_role("heading", name="No bin: Plate").wait_for(timeout=30_000)
            ben.page.locator("[data-name=pieces] input").fill("6")
            ben.page.get_by_role("button", name="Enter").click()
            ben.page.get_by_text("Noted.").first.wait_for()
            assert 0 == ben.page.get_by_text("Differences to approve").locator("visible=true").count()
        with visit(browser, server, "olga@shop.example", PASSWORD) as olga:
            page = olga.page
            page.goto(f"{server.url}/?page=counts&count=1")
            page.get_by_text("-10.00 EUR").wait_for(timeout=30_000)
            page.get_by_text("-10.00 EUR").click()
            page.locator("[data-name=cause] select").select_option("return not shelved")
            page.get_by_role("button", name="Keep the cause").click()
            page.get_by_text("Kept.").wait_for()
            olga.shot("count-approve")
            page.get_by_role("button", name="Approve and correct").click()
            page.get_by_text("Approved: 1 level corrected.").wait_for()
            page.goto(f"{server.url}/?page=places")
            page.get_by_text("-2 counted").click()
            page.locator("[data-name=reference] input").fill("set at 10:00")
            page.get_by_role("button", name="Entered in the platform").click()
            page.get_by_text("Noted: 1 move entered there.").wait_for()
            olga.shot("places-desk")
            assert [] == olga.errors + olga.strayed
    db = team.shop.db
    assert (6, []) == (
        db.execute("select on_hand from stock_levels where variant_id = ?", [PLATE]).fetchone()[0],
        examine_levels(db),
    )
    assert ["count 1: return not shelved"] == [
        row[0] for row in db.execute("select reason from stock_moves where kind = 'count'")
    ]
