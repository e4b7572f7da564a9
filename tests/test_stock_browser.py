"""The buyer's ten minutes: the demo's morning list worked off in a browser by a scripted buyer, each click and key
counted; on a desk, and looked at on a phone."""

from pathlib import Path

import pytest
from browser import Visit, chrome, served, visit
from shops import STARTER

from ecomos.demo import DEMO_PASSWORD, make_demo
from ecomos.demo.plan import Plan
from ecomos.store import open_file, read_home

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST = 60
"""Clicks and keys."""


class Buyer:
    """Olga at her screen, with a counter in her hand."""

    def __init__(self, found: Visit) -> None:
        self.page, self.acts = found.page, 0

    def click(self, entry: str, button: str) -> None:
        """Click a button of the row, and wait until the row is gone."""
        row = self.page.locator(f".eco-stock-entry:has([data-entry='{entry}'])")
        row.get_by_role("button", name=button).first.click()
        self.acts += 1
        row.wait_for(state="detached", timeout=20_000)

    def leave(self, entry: str) -> None:
        """No action, because the season is over."""
        row = self.page.locator(f".eco-stock-entry:has([data-entry='{entry}'])")
        row.get_by_role("button", name="No action").click()
        row.get_by_role("button", name="season is over").click()
        self.acts += 2
        row.wait_for(state="detached", timeout=20_000)

    def first(self) -> tuple[str, str] | None:
        """The row on top: its id and its deed."""
        entries = self.page.locator(".eco-stock-entry")
        if not entries.count():
            return None
        top = entries.first
        key = top.locator(".eco-stock-main").get_attribute("data-entry")
        return str(key), str(top.locator(".eco-stock-main .eco-chip").inner_text())


def test_a_buyer_finishes_the_demos_morning_in_at_most_sixty_clicks(tmp_path: Path, chromium: str) -> None:
    home = tmp_path / "demo"
    make_demo(home, STARTER, Plan(history_days=200, worked_days=4, morning_number=5001, wholesale=True))
    command = ["ecomos", "serve", "--store", "{home}", "--port", "{port}"]
    with served(home, command=[str(Path(_bin()) / command[0]), *command[1:]]) as server, chrome(chromium) as browser:
        with visit(browser, server, "olga@demo.example", DEMO_PASSWORD) as found:
            page = found.page
            page.get_by_role("link", name="Stock").click()
            page.locator(".eco-stock-entry").first.wait_for(timeout=30_000)
            rows = page.locator(".eco-stock-entry").count()
            page.locator(".eco-stock-main").first.click()
            page.locator(".eco-derivation .eco-demand").wait_for(timeout=15_000)
            page.get_by_role("heading", name="How the number came about").wait_for()
            found.shot("stock-desk")
            buyer = Buyer(found)
            buyer.acts = 2
            left_one = False
            while (top := buyer.first()) is not None and buyer.acts <= MOST:
                entry, deed = top
                if deed == "order":
                    buyer.click(entry, "Draft order")
                elif not left_one and deed in ("mark down", "discontinue"):
                    buyer.leave(entry)
                    left_one = True
                else:
                    buyer.click(entry, "sooner" if deed == "expedite" else "counted" if deed == "count" else "down")
            page.get_by_text("Nothing needs money or attention.").wait_for(timeout=15_000)
            assert [] == found.errors
            assert found.strayed == []
        with visit(browser, server, "olga@demo.example", DEMO_PASSWORD, phone=True) as phone:
            phone.page.goto(f"{server.url}/?page=stock")
            phone.page.get_by_text("Looked at and left").wait_for(timeout=30_000)
            assert 390 == phone.page.evaluate("document.documentElement.scrollWidth")
    assert rows <= 20
    assert buyer.acts <= MOST
    db = open_file(read_home(home).db_path)
    drafted = db.execute(
        """select count(distinct l.variant_id) from purchase_order_lines l join purchase_orders o
             on o.id = l.purchase_order_id
           where o.import_id is null and not l.is_filled"""
    ).fetchone()[0]
    assert drafted == db.execute("select count(*) from stock_plans where deed = 'order'").fetchone()[0]
    assert left_one


def _bin() -> str:
    import sys

    return str(Path(sys.executable).parent)
