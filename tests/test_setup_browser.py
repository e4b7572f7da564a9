"""The store set up by its founder in a real browser: a limit, the next stage, a new file; on a desk and on a phone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import chrome, served, visit
from shops import PASSWORD, hire, make_shop

from ecomos.work import in_force

pytestmark = pytest.mark.browser


def test_a_founder_sets_a_limit_and_switches_the_next_stage_on_by_click(tmp_path: Path, chromium: str) -> None:
    shop = make_shop(tmp_path / "shop", stage=7)
    hire(shop, "Fiona", "founder")
    with (
        served(shop.home.path) as server,
        chrome(chromium) as browser,
        visit(browser, server, "fiona@shop.example", PASSWORD) as found,
    ):
        page = found.page
        page.goto(f"{server.url}/?page=setup")
        page.get_by_role("heading", name="Next: 15 procedures").wait_for(timeout=30_000)
        found.shot("setup-desk")
        page.locator("[data-name=refund] input").fill("75")
        page.get_by_role("button", name="Put in force").click()
        page.get_by_text("In force: Up to which amount does a support agent pay back alone? 75 each").wait_for()
        page.get_by_role("button", name="Switch on 8 procedures").click()
        page.get_by_text("They start by themselves from now on.").wait_for()
        page.get_by_role("button", name="Switch on 8 procedures").first.click()
        page.get_by_role("heading", name="Next: 30 procedures").wait_for(timeout=30_000)
        assert [] == found.errors
        with visit(browser, server, "fiona@shop.example", PASSWORD, phone=True) as phone:
            phone.page.goto(f"{server.url}/?page=setup")
            phone.page.get_by_role("heading", name="Next: 30 procedures").wait_for(timeout=30_000)
            phone.shot("setup-phone")
            assert 390 == phone.page.evaluate("document.documentElement.scrollWidth")
    on = [p for p in in_force(shop, datetime.now(UTC)).procedures.values() if p.state == "on"]
    assert 15 == len(on)
