"""The demo's morning, by click: each role finds its work, does a piece of it, and the next one has it. The pictures of
the README are taken here: with ECOMOS_SHOTS=docs of the whole demo store, into docs/; else of a short one, into
tests/shots."""

import os
import sqlite3
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Served, Visit, chrome, served, visit
from conftest import REPO
from shops import STARTER
from test_demo import WEEK
from test_way_browser import fill, open_task, press, tick_all, until

from ecomos.demo import DEMO_PASSWORD, FULL, TEAM, make_demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FOR_THE_README = os.environ.get("ECOMOS_SHOTS") == "docs"
EMAIL = {name.split()[0]: email for name, email, _ in TEAM}


class Morning:
    """The demo store, served, with a browser."""

    def __init__(self, home: Path, server: Served, browser: object) -> None:
        self.home, self.server, self.browser = home, server, browser

    def as_(self, name: str, phone: bool = False):
        return visit(self.browser, self.server, EMAIL[name], DEMO_PASSWORD, phone=phone)  # type: ignore[arg-type]

    def rows(self, sql: str, *values: object) -> list[tuple]:
        db = sqlite3.connect(self.home / "store.db")
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def one(self, sql: str, *values: object) -> object:
        return self.rows(sql, *values)[0][0]


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Morning]:
    home = make_demo(tmp_path_factory.mktemp("morning") / "home", STARTER, FULL if FOR_THE_README else WEEK).path
    command = [sys.executable, "-m", "ecomos", "serve", "--store", "{home}", "--port", "{port}"]
    with chrome(chromium) as browser, served(home, command=command) as server:
        yield Morning(home, server, browser)


def shoot(v: Visit, name: str) -> Path:
    """A picture of the screen: for the README, or to look at."""
    v.page.wait_for_timeout(400)
    if not FOR_THE_README:
        return v.shot(name)
    path = REPO / "docs" / f"{name}.png"
    v.page.screenshot(path=path)
    return path


def go(v: Visit, page: str, waits_for: str) -> None:
    v.page.get_by_role("link", name=page).first.click()
    v.page.locator(waits_for).locator("visible=true").first.wait_for()


def test_pictures_of_today_the_scoreboard_and_a_procedure(morning: Morning) -> None:
    with morning.as_("Sue") as sue:
        sue.page.locator(".eco-step h1").first.wait_for()
        shoot(sue, "today")
        assert [] == sue.errors
    with morning.as_("Fiona") as fiona:
        go(fiona, "Scoreboard", ".eco-table")
        fiona.page.locator(".eco-table tbody tr, .eco-table [role=row]").nth(1).wait_for()
        shoot(fiona, "scoreboard")
        fiona.page.goto(morning.server.url + "/?page=playbook&kind=procedures&name=refund-on-request")
        fiona.page.get_by_role("heading", name="Refund on request").first.wait_for()
        shoot(fiona, "procedure")
        assert [] == fiona.strayed


def test_the_pictures_of_the_readme_are_there_and_as_wide_as_a_screen() -> None:
    readme = (REPO / "README.md").read_text()
    for name in ("today", "scoreboard", "procedure"):
        assert f"(docs/{name}.png)" in readme
        head = (REPO / "docs" / f"{name}.png").read_bytes()[:24]
        assert (b"\x89PNG", 1280, 800) == (head[:4], *struct.unpack(">II", head[16:24]))


def test_support_answers_a_mail_and_it_is_held_since_a_demo_never_sends(morning: Morning) -> None:
    with morning.as_("Sue") as sue:
        open_task(sue, "Does the day pack hold a laptop?")
        fill(sue, reply="Yes, up to 15 inches, in a pocket of its own. Your parcel would leave today.")
        tick_all(sue)
        sue.shot("morning-support")
        press(sue, "Done")
        refused = sue.page.locator(".eco-says .eco-error")
        refused.get_by_text("Goes on is missing").wait_for()
        assert refused.evaluate("e => e.getBoundingClientRect().bottom < innerHeight"), "what is wrong is on the screen"
        fill(sue, goes_on="it is answered")
        press(sue, "Done")
        until(lambda: morning.rows("select 1 from ticket_messages where body like 'Yes, up to 15 inches%'") != [])
        assert 0 == morning.one("select count(*) from outbox where status in ('sent', 'sending')")


def test_the_picker_takes_the_wave_on_a_phone_and_the_packer_has_it_next(morning: Morning) -> None:
    with morning.as_("Pia", phone=True) as pia, morning.as_("Ben") as ben:
        single = "select o.number from tasks t join orders o on o.id = t.about_id where t.step = 'pick-the-lines'"
        number = morning.one(f"{single} and t.batch_id is not null and t.status = 'open' order by t.id limit 1")
        open_task(pia, "Pick the lines")
        pia.shot("morning-picker")
        assert pia.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert number
        go(ben, "Today", ".eco-today")
        ben.shot("morning-packer")
        open_task(ben, "Enter the shipment in Shopify")
        fill(ben, reference="none")
        press(ben, "Done in the platform")
        until(
            lambda: 0 == morning.one("select count(*) from hand_deeds where status = 'open' and deed = 'orders.ship'")
        )


def test_the_lead_reads_who_was_not_sure_and_decides_an_approval(morning: Morning) -> None:
    role = morning.one("select role from tasks where note like 'Sue Park is not sure%' and status = 'open'")
    lead = next(name.split()[0] for name, _, roles in TEAM if role in roles)
    with morning.as_(lead) as up:
        open_task(up, "Find the missing parts")
        up.page.get_by_text("may I call").first.wait_for()
    with morning.as_("Olga") as olga:
        open_task(olga, "Approve release")
        olga.shot("morning-lead")
        press(olga, "Approve")
        until(lambda: morning.rows("select 1 from approvals where kind = 'release' and status = 'approved'") != [])


def test_the_founder_decides_only_what_nobody_else_may_and_reads_the_figures(morning: Morning) -> None:
    with morning.as_("Fiona") as fiona:
        open_task(fiona, "Approve release: 780.00 EUR")
        fiona.shot("morning-founder")
        press(fiona, "Refuse")
        fiona.page.locator(".eco-note textarea").fill("too many cards were tried")
        fiona.page.locator(".eco-note").get_by_role("button", name="Refuse").click()
        until(lambda: morning.rows("select reason from approvals where status = 'refused'") != [])
        go(fiona, "Scoreboard", ".eco-table")
        fiona.page.get_by_text("outside").first.wait_for()
        assert [] == fiona.errors


def test_what_a_colleague_hands_over_is_accepted_and_read_with_its_note(morning: Morning) -> None:
    with morning.as_("Sam") as sam:
        open_task(sam, "Read the signals")
        sam.page.get_by_text("I spoke with this customer last week").first.wait_for()
        sam.shot("morning-support-lead")
        press(sam, "Accept it")
        sam.page.locator(".eco-step:visible").get_by_role("button", name="Done", exact=True).wait_for()
        tick_all(sam)
        fill(sam, finding="clear", why="a regular customer, called back")
        press(sam, "Done")
        until(
            lambda: (
                morning.rows(
                    "select answers from tasks where step = 'read-the-signals' and status = 'done' and answers like ?",
                    "%a regular customer, called back%",
                )
                != []
            )
        )
