"""A hostile store in a real browser, what came later: tickets, attachments, reports, figures, the playbook, what's new
and the search. Nothing runs, nothing is read as markup or template, no cell of a CSV is a formula, none is too wide."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import DESK, PHONE, Served, Visit, chrome, served, visit
from mails import dropped, mail
from page_shop import Team, make_team
from shops import NOW, PASSWORD

from ecomos.intake import scan_inbox
from ecomos.store import iso, write
from ecomos.work import adopt_playbook, asked_someone, settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
EVIL = "=cmd|'/c calc'!A0 <img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}${7*7}\u202e"
MARKUP = EVIL.replace("{{7*7}}", "")
"""In a file of the playbook, where a template that names no limit is a problem of that file and is never adopted."""
PAGES = [
    "today", "tickets", "ticket&ticket=1", "orders", "orders&customer=1", "order&order=1001", "imports", "scoreboard",
    "scoreboard&kpi=evil-figure", "reports", "reports&run=1", "playbook", "playbook&kind=procedures&name=odd",
    "playbook&kind=kpis&name=evil-figure", "news", "person&person=5",
]  # fmt: skip
CARD = """---
unit: count
better: up
owner: operations-lead
---

# {title}

Counts {title}.

```sql
select date(o.placed_at) as day_on, o.channel_id, 'order' as ref_type, o.id as ref_id, 1 as numerator,
  null as denominator
from orders o
```
"""


@dataclass
class Shop:
    server: Served
    browser: "Browser"


def spoiled(team: Team) -> None:
    """Hostile text wherever somebody outside, or a careless colleague, can put it."""
    shop = team.shop
    team.order("#1001")
    letter = mail(EVIL, f"Hello {EVIL}\n" * 3, sender=f'"{EVIL.replace(chr(34), "")}" <maria@example.com>')
    letter.add_attachment(b"<script>alert(3)</script>", maintype="text", subtype="html", filename=f"{EVIL}.html")
    dropped(shop.home.path, letter)
    scan_inbox(shop.home, shop.db, NOW)
    settle(shop, NOW)
    odd = shop.home.playbook / "procedures" / "odd.md"
    odd.write_text(odd.read_text().replace("# Odd", f"# Odd {MARKUP}"), encoding="utf-8")
    (shop.home.playbook / "kpis" / "evil-figure.md").write_text(CARD.format(title=MARKUP), encoding="utf-8")
    _, problems = adopt_playbook(shop, NOW, EVIL)
    assert not problems, problems
    with write(shop.db) as db:
        db.execute("insert into customers(name, email) values (?1, ?1)", [EVIL])
        db.execute("update orders set customer_id = 1")
        db.execute("update people set name = ?1 || id where name <> 'Olga'", [EVIL])
        db.execute(
            """insert into report_runs(report, slot, day_on, status, queued_at, ended_at, error, given, parameters,
                 sent_to) values (?1, ?2, '2026-11-23', 'failed', ?2, ?2, ?1, json_object(?1, ?1),
                 json_object(?1, ?1), json_array(?1))""",
            [EVIL, iso(datetime.now(UTC))],
        )
        db.execute(
            """insert into imports(path, sha256, kind, imported_at, account) values (?1, 'x', 'shopify orders', ?2,
                 json_object('file', ?1, 'status', 'loaded', 'notes', json_array(?1)))""",
            [EVIL, iso(datetime.now(UTC))],
        )
    task = team.rows("select id from tasks where step = 'pick-the-lines'")[0][0]
    asked_someone(shop, task, team.ids["Pia"], datetime.now(UTC), team.ids["Olga"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Shop]:
    team = make_team(tmp_path_factory.mktemp("hostile") / "shop")
    spoiled(team)
    with served(team.shop.home.path) as server, chrome(chromium) as browser:
        yield Shop(server, browser)


@pytest.fixture(scope="module")
def olga(shop: Shop) -> Iterator[Visit]:
    with visit(shop.browser, shop.server, "olga@shop.example", PASSWORD) as found:
        asked: list[str] = []
        found.page.on("dialog", lambda d: (asked.append(d.message), d.dismiss()))
        yield found
        assert (asked, found.errors, found.strayed) == ([], [], [])


def go(v: Visit, address: str) -> None:
    """Move in the shell, as a click on a link does."""
    v.page.evaluate(
        "a => { const l = document.createElement('a'); l.href = a; document.body.append(l); l.click(); l.remove(); }",
        f"?page={address}",
    )
    v.page.wait_for_function("a => location.search === a", arg=f"?page={address}")
    v.page.wait_for_timeout(300)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_runs_and_nothing_is_wider_than_the_screen(olga: Visit, address: str) -> None:
    go(olga, address)
    page = olga.page
    assert page.get_by_text("could not be shown").count() == 0
    assert page.locator("#rendered_cells :is(img, script:not([type]), iframe:not([sandbox]))").count() == 0
    assert page.locator("body").inner_text().find("49$") == -1
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(80)
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


SEEN = {
    "tickets": "onerror",
    "ticket&ticket=1": "alert(2)",
    "reports&run=1": "onerror",
    "playbook&kind=procedures&name=odd": "onerror",
    "scoreboard": "onerror",
    "news": "onerror",
    "person&person=5": "onerror",
}


@pytest.mark.parametrize("address", SEEN)
def test_what_was_written_is_there_as_text(olga: Visit, address: str) -> None:
    """Else the test above would hold for a page that shows nothing."""
    go(olga, address)
    assert SEEN[address] in olga.page.locator(".eco-page:visible").inner_text()


@pytest.mark.parametrize("address", ["tickets", "orders", "scoreboard", "reports", "imports"])
def test_no_cell_of_a_download_is_a_formula(olga: Visit, address: str, tmp_path: Path) -> None:
    go(olga, address)
    with olga.page.expect_download() as waited:
        olga.page.locator(".eco-page:visible").get_by_role("button", name="Download CSV").first.click()
    path = tmp_path / "table.csv"
    waited.value.save_as(path)
    cells = [c for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) for c in row]
    assert cells
    assert [c for c in cells if c[:1] in "=+-@\t" and c and not c.lstrip("-+").replace(".", "").isdigit()] == []


def test_what_fits_while_one_types_is_text(olga: Visit) -> None:
    for text in ("=cmd", "Odd"):
        olga.page.locator("#eco-search input").fill(text)
        olga.page.locator(".eco-fits li strong").first.wait_for()
        olga.page.wait_for_timeout(300)
        assert olga.page.locator(".eco-fits :is(img, script)").count() == 0
        assert "onerror" in olga.page.locator(".eco-fits").inner_text()
    olga.page.keyboard.press("Escape")


def test_an_attachment_leaves_as_a_download(olga: Visit) -> None:
    go(olga, "ticket&ticket=1")
    with olga.page.expect_download() as waited:
        olga.page.locator("a[href^='/files/']").click()
    assert waited.value.suggested_filename.endswith(".html")
    assert "ticket=1" in olga.page.url
