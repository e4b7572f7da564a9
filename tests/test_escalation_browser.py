"""Worked by click: support is not sure, its lead sees the way and the list; a shift hands over, the next one reads."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from browser import Served, Visit, chrome, served, visit
from page_shop import make_team, on_its_own_clock
from shops import NOW, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@dataclass
class House:
    server: Served
    browser: "Browser"

    def as_(self, name: str, phone: bool = False):  # type: ignore[no-untyped-def]
        return visit(self.browser, self.server, f"{name}@shop.example", PASSWORD, phone=phone)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[House]:
    team = make_team(tmp_path_factory.mktemp("escalation") / "shop")
    for number in ("#1001", "#1002"):
        team.order(number, procedure="review-a-risky-order", risk="High")
    home = on_its_own_clock(team, NOW + timedelta(minutes=5))
    command = [sys.executable, "-m", "ecomos", "serve", "--store", "{home}", "--port", "{port}"]
    with served(home, command=command) as server, chrome(chromium) as browser:
        yield House(server, browser)


def clean(v: Visit) -> None:
    assert ([], []) == (v.errors, v.strayed)


def test_what_support_is_not_sure_of_shows_its_way_to_the_lead_on_today_and_on_the_list(house: House) -> None:
    with house.as_("sue") as v:
        v.page.get_by_role("button", name="Not sure").click()
        v.page.get_by_label("What is unclear").fill("two addresses, one card")
        v.page.locator(".eco-note").get_by_role("button", name="Not sure").click()
        v.page.get_by_text("The support lead has it now.").wait_for()
        clean(v)
    with house.as_("olga") as v:
        v.page.get_by_role("heading", name="How it went up").wait_for()
        assert "Sue was not sure: two addresses, one card" in v.page.locator(".eco-page:visible").inner_text()
        v.page.get_by_role("link", name="All that is late").click()
        v.page.get_by_role("heading", name="Late, not sure, to decide").wait_for()
        assert "not sure" in v.page.locator(".eco-grid-row").first.inner_text()
        v.shot("late-desk")
        v.page.get_by_role("link", name="Read the signals").first.click()
        v.page.get_by_role("heading", name="How it went up").wait_for()
        clean(v)


def test_a_shift_hands_over_and_the_next_one_reads_it_on_a_phone(house: House) -> None:
    with house.as_("sue") as v:
        v.page.get_by_role("button", name="Hand over the shift").click()
        v.page.get_by_label("What the next one should know").fill("Maria calls back at four.")
        v.shot("hand-over-desk")
        v.page.get_by_role("button", name="Leave the note").click()
        v.page.get_by_text("Left for the next one").wait_for()
        clean(v)
    with house.as_("sam", phone=True) as v:
        v.page.get_by_role("heading", name="Sue hands over").wait_for()
        assert "Maria calls back at four." in v.page.locator(".eco-page:visible").inner_text()
        v.shot("hand-over-phone")
        assert 390 == v.page.evaluate("document.documentElement.scrollWidth")
        v.page.get_by_role("button", name="I have read it").click()
        v.page.get_by_role("heading", name="Sue hands over").wait_for(state="detached")
        clean(v)
    with house.as_("fiona") as v:
        v.page.goto(f"{house.server.url}/?page=late")
        v.page.get_by_text("Maria calls back at four.").wait_for()
        assert "Sam, Tue 24 Nov" in v.page.locator(".eco-page:visible").inner_text()
        clean(v)
