"""A procedure opened by a click in a real browser: the list stays where it is, and the text is there at once."""

import statistics
from pathlib import Path

import pytest
from browser import chrome, served, visit
from shops import PASSWORD, hire, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.alone]

CLICK = """async (title) => {
  const link = [...document.querySelectorAll("a")].find((a) => a.textContent === title);
  const begun = performance.now();
  link.click();
  for (;;) {
    await new Promise((next) => requestAnimationFrame(next));
    const heads = [...document.querySelectorAll(".eco-prose h1, .eco-prose h2")].map((h) => h.textContent);
    if (heads.includes(title)) return performance.now() - begun;
    if (performance.now() - begun > 10000) throw new Error(`${title} did not come`);
  }
}"""
TITLES = ("Absence cover", "Answer a ticket", "Cancel an order", "Chargeback", "Close the day")


def test_a_procedure_is_drawn_in_under_300_ms_after_the_click(tmp_path: Path, chromium: str) -> None:
    shop = make_shop(tmp_path / "shop")
    hire(shop, "Fiona", "founder")
    with (
        served(shop.home.path) as server,
        chrome(chromium) as browser,
        visit(browser, server, "fiona@shop.example", PASSWORD) as found,
    ):
        found.page.goto(f"{server.url}/?page=playbook")
        found.page.get_by_role("link", name=TITLES[0], exact=True).first.wait_for(timeout=60_000)
        found.page.wait_for_timeout(500)
        took = [float(found.page.evaluate(CLICK, title)) for title in TITLES]
        print(f"\na procedure was drawn after {', '.join(f'{t:.0f}' for t in took)} ms")
        assert statistics.median(took) < 300
        assert [] == found.errors
