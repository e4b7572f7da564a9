"""JupyterLab in a real browser: a founder logs in, runs explore_sales from top to bottom, sees figures and charts;
nothing is loaded from elsewhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Served, Visit, chrome, visit
from lab_shop import email_of, lab, small_demo

from ecomos.demo import DEMO_PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_demo(tmp_path_factory.mktemp("lab-browser"))


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Served]:
    with lab(home) as found:
        yield found


@pytest.fixture(scope="module")
def fred(server: Served, chromium: str) -> Iterator[Visit]:
    with chrome(chromium) as browser, visit(browser, server) as found:
        log_in(found, server, email_of("founder"))
        yield found


def log_in(found: Visit, server: Served, email: str) -> None:
    found.page.goto(server.url)
    found.page.get_by_label("E-mail").fill(email)
    found.page.get_by_label("Password").fill(DEMO_PASSWORD)
    found.page.get_by_role("button", name="Log in").click()


def test_a_founder_runs_explore_sales_and_reads_it(fred: Visit, server: Served, home: Path) -> None:
    page = fred.page
    page.wait_for_selector(".jp-DirListing-item", timeout=60_000)
    assert page.url.startswith(f"{server.url}/lab")
    fred.shot("lab-first")
    page.locator(".jp-DirListing-item", has_text="explore_sales").dblclick()
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=30_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.get_by_text("Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".jp-OutputArea", has_text="known customers placed").first.wait_for(timeout=90_000)
    page.locator(".jp-OutputArea .jp-RenderedSVG").first.wait_for(timeout=60_000)
    fred.shot("lab-explore")
    said = _saved_outputs(fred, home / "notebooks" / "explore_sales.ipynb")
    assert "net sales of" in said
    assert "only a part of the month" in said
    assert "Traceback" not in said


def _saved_outputs(found: Visit, file: Path) -> str:
    """What was saved, once it holds the last cell's output; saved again until it does, as a person would."""
    for _ in range(60):
        found.page.keyboard.press("Control+s")
        found.page.wait_for_timeout(500)
        text = file.read_text()
        if [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"][-1]["outputs"]:
            return text
    raise AssertionError("the notebook was not saved with its outputs")


def test_nothing_is_loaded_from_elsewhere_and_nobody_is_offered_extensions_or_news(fred: Visit) -> None:
    fred.page.wait_for_timeout(1500)
    assert [] == fred.strayed
    assert 0 == fred.page.locator('[data-id="extensionmanager.main-view"]').count()
    assert 0 == fred.page.locator(".Toastify__toast").count()
    assert [] == [e for e in fred.errors if "favicon" not in e]


def test_it_can_be_left(fred: Visit, server: Served) -> None:
    page = fred.page
    page.get_by_text("File", exact=True).click()
    page.get_by_text("Log Out", exact=True).click()
    page.get_by_role("heading", name="Log out").wait_for(timeout=20_000)
    fred.shot("lab-leave")
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("E-mail").wait_for(timeout=20_000)
    page.goto(f"{server.url}/lab")
    assert "/login" in page.url


def test_a_picker_reads_why_not(fred: Visit, server: Served) -> None:
    log_in(fred, server, email_of("picker"))
    fred.page.get_by_role("alert").wait_for(timeout=20_000)
    assert "JupyterLab is for founders" in fred.page.get_by_role("alert").inner_text()
    fred.shot("lab-refused")
