"""The map in a real browser: nothing on another, nothing too small to read, worked by click and by keyboard."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from browser import Served, Visit, chrome, served, visit
from page_shop import make_team, on_its_own_clock
from shops import NOW, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
AREAS = ["customer-experience", "finance", "fulfilment", "leadership", "marketing", "people"]
MEASURED = """() => {
  const boxes = [...document.querySelectorAll(".eco-map-box, .eco-map-head")];
  const at = boxes.map((n) => n.getBoundingClientRect());
  const over = [];
  for (let i = 0; i < at.length; i += 1) {
    for (let j = i + 1; j < at.length; j += 1) {
      const [a, b] = [at[i], at[j]];
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) {
        over.push([boxes[i].dataset.box, boxes[j].dataset.box]);
      }
    }
  }
  const cut = boxes.filter((n) => n.scrollHeight > n.clientHeight + 1 || n.scrollWidth > n.clientWidth + 1);
  const written = [...document.querySelectorAll(".eco-map *")]
    .filter((n) => n.closest("svg") === null && [...n.childNodes].some((c) => c.nodeType === 3 && c.data.trim()));
  const small = written.filter((n) => parseFloat(getComputedStyle(n).fontSize) < 12).map((n) => n.textContent);
  return {
    over, small, cut: cut.map((n) => n.dataset.box), areas: document.querySelectorAll(".eco-map-box.area").length,
    wide: document.documentElement.scrollWidth,
  };
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    team = make_team(tmp_path_factory.mktemp("map") / "shop")
    command = [sys.executable, "-m", "ecomos", "serve", "--store", "{home}", "--port", "{port}"]
    with served(on_its_own_clock(team, NOW), command=command) as found:
        yield found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator["Browser"]:
    with chrome(chromium) as found:
        yield found


def measured(v: Visit, server: Served, address: str) -> dict[str, Any]:
    v.page.goto(f"{server.url}/?page={address}")
    v.page.wait_for_selector(".eco-map-box")
    return dict(v.page.evaluate(MEASURED))


@pytest.mark.parametrize("phone", [False, True], ids=["1280x800", "390x844"])
def test_no_box_overlaps_no_text_is_cut_or_under_twelve_pixels(server: Served, browser: "Browser", phone: bool) -> None:
    good = {"over": [], "small": [], "cut": [], "wide": 390 if phone else 1280}
    with visit(browser, server, "ben@shop.example", PASSWORD, phone=phone) as v:
        assert good | {"areas": len(AREAS)} == measured(v, server, "map")
        v.shot(f"map-{'phone' if phone else 'desk'}")
        for area in AREAS:
            assert good | {"areas": 0} == measured(v, server, f"map&area={area}"), area
        assert ([], []) == (v.errors, v.strayed)


def test_from_the_playbook_to_an_area_to_a_procedure_by_click_and_back_by_keyboard(
    server: Served, browser: "Browser"
) -> None:
    with visit(browser, server, "ben@shop.example", PASSWORD) as v:
        page = v.page
        page.goto(f"{server.url}/?page=playbook")
        page.get_by_role("link", name="Map").click()
        page.get_by_role("link", name="Fulfilment: ").click()
        page.get_by_role("heading", name="Fulfilment").wait_for()
        page.locator('[data-box="procedure:pick-and-pack"]').hover()
        assert page.locator(".way.tied").count() > 2
        page.locator('[data-box="procedure:pick-and-pack"]').click()
        page.get_by_role("heading", name="Pick and pack").first.wait_for()
        page.go_back()
        page.get_by_role("heading", name="Fulfilment").wait_for()
        page.get_by_role("link", name="All areas").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="The whole operation").wait_for()
        page.locator('[data-box="area:people"]').focus()
        page.keyboard.press("Enter")
        page.locator('[data-box="procedure:hire"]').wait_for()
        assert ([], []) == (v.errors, v.strayed)
