"""What if: the page, the notebook, and the figures that are the same on both."""

import asyncio
import json
import re
from pathlib import Path

import numpy as np
import pytest
from browser import chrome, served, visit
from page_shop import Desk
from plan_shop import NOW, hire, item, sells, shop_of, thing
from shops import PASSWORD

import ecomos
from ecomos.pages.what_if import WAITING, WhatIfPage
from ecomos.reports.notebooks import SHIPPED, declared
from ecomos.reports.running import Job, execute
from ecomos.store import set_setting, write
from ecomos.work import Shop, adopt_playbook

NOTEBOOK = SHIPPED / "what_if.ipynb"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Twelve mugs sold for twenty months, one to five a day; a founder and a packer."""
    shop = shop_of(tmp_path_factory.mktemp("what"))
    _, problems = adopt_playbook(shop, NOW.replace(hour=1), "test")
    assert not problems
    chance = np.random.default_rng(4)
    for number in range(12):
        sku = f"MUG-{number:02}"
        mug = thing(shop.db, sku)
        sells(shop, mug, chance.poisson(0.3 + number / 6, 600).tolist())
        item(shop, mug, sku, cost_cents=400, pack=6, lead_time_days=10)
    hire(shop, "Fiona", "founder")
    hire(shop, "Paul", "packer")
    return shop


def asked(page: WhatIfPage, **answers: str) -> None:
    asyncio.run(page.asked({"deed": "replay", "answers": answers}))


def test_the_page_waits_until_it_is_asked_and_then_shows_the_year(shop: Shop) -> None:
    """No rule is lived through unasked; a buyer's question gives a row a rule and a line each."""
    page = WhatIfPage(Desk(shop, 1, [NOW]).context())
    assert (page.head.message, page.table.rows, page.stock.lines) == (WAITING, [], [])
    asked(page, target="99", lead="21", review="", supplier="")
    assert [row["rule"] for row in page.table.rows] == [
        "Our plan",
        "Our plan, as asked",
        "Fixed minimum and maximum",
        "30-day rate × lead time",
        "Textbook normal formula",
    ]
    assert re.match(r"31 Mar 2026 to 23 Nov 2026, 12 things|\d+ \w+ 2025 to 23 Nov 2026, 12 things", page.head.message)
    assert "From demand only; lost sales unknown" in page.head.message
    assert [line["name"] for line in page.cash.lines] == [row["rule"] for row in page.table.rows]
    assert {len(line["values"]) for line in page.stock.lines} == {len(page.stock.labels)}


def test_what_can_t_be_meant_is_said_on_the_form_and_nothing_is_wiped(shop: Shop) -> None:
    """A target of 200 per cent; what was shown stays."""
    page = WhatIfPage(Desk(shop, 1, [NOW]).context())
    asked(page, target="98")
    before, key = page.table.rows, page.form.step["key"]
    asked(page, target="200")
    assert page.form.step["error"] == "A service target lies between 50 and 99.9 per cent."
    assert (page.table.rows, page.form.step["key"]) == (before, key)


def test_the_notebook_runs_and_says_what_the_page_says(shop: Shop, tmp_path: Path) -> None:
    """The same service and stock in both."""
    with write(shop.db):
        set_setting(shop.db, "clock", "")
    found = ecomos.open_store(shop.home.path).what_if(target=0.98)
    assert list(found.table.index[:2]) == ["Our plan", "Our plan, as asked"]
    outcome = execute(shop.home, Job(NOTEBOOK, tmp_path / "run", {}, "What if", ""), 180)
    assert outcome.status == "done", outcome.error
    cells = json.loads((tmp_path / "run" / "report.ipynb").read_text())["cells"]
    said = "\n".join("".join(o["data"]["text/plain"]) for c in cells for o in c.get("outputs", []) if "data" in o)
    ours = found.table.iloc[0]
    assert f"our plan as it is serves {ours['service']:.1%}" in said
    assert "In the last week: Our plan" in said


def test_the_notebook_keeps_the_house_style() -> None:
    """A question, plain parameters, no code that belongs in the package, no outputs."""
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    assert "".join(cells[0]["source"]).startswith("# ")
    assert "?" in "".join(cells[0]["source"])
    assert declared(NOTEBOOK) == {"target": 0.98, "lead_days": 0, "review_days": 0, "supplier": ""}
    assert [] == [c for c in code if re.search(r"\b(def|class|select)\b|\.\./", c) or c.count("\n") >= 12]
    assert [] == [c for c in cells if c.get("outputs") or c.get("execution_count")]


@pytest.mark.slow
@pytest.mark.browser
def test_a_founder_replays_the_year_in_a_browser(shop: Shop, chromium: str) -> None:
    """Asked on a desk, read on a phone: no sideways scrolling, no error."""
    with (
        served(shop.home.path) as server,
        chrome(chromium) as browser,
        visit(browser, server, "fiona@shop.example", PASSWORD) as found,
    ):
        page = found.page
        page.goto(f"{server.url}/?page=what-if")
        page.get_by_role("heading", name="What if").wait_for(timeout=30_000)
        page.locator("[data-name=target] input").fill("98")
        page.get_by_role("button", name="Replay the year").click()
        page.get_by_text("Textbook normal formula").first.wait_for(timeout=60_000)
        found.shot("what-if-desk")
        assert [] == found.errors
        with visit(browser, server, "fiona@shop.example", PASSWORD, phone=True) as phone:
            phone.page.goto(f"{server.url}/?page=what-if")
            phone.page.get_by_role("button", name="Replay the year").click()
            phone.page.get_by_text("Textbook normal formula").first.wait_for(timeout=60_000)
            phone.shot("what-if-phone")
            assert 390 == phone.page.evaluate("document.documentElement.scrollWidth")
        with visit(browser, server, "paul@shop.example", PASSWORD) as packer:
            packer.page.goto(f"{server.url}/?page=what-if")
            packer.page.get_by_text("Today").first.wait_for(timeout=30_000)
            assert packer.page.get_by_role("button", name="Replay the year").count() == 0
