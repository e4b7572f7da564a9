"""The Reports page in a real browser: a document is shown in a frame in which nothing runs, and can be kept; a report
is run from the form."""

from pathlib import Path

import pytest
from browser import chrome, served, visit
from report_shop import notebook, report_shop
from shops import NOW, PASSWORD

from ecomos.reports.carrying import ask, carry_out
from ecomos.reports.ledger import claim
from ecomos.store import write

pytestmark = pytest.mark.browser

EVIL = "<h1>The figure is 41</h1><script>top.ran = 1; document.title = 'ran'</script><img src=x onerror='top.ran = 1'>"


def test_a_document_is_shown_where_nothing_runs_and_a_report_is_run_from_the_form(
    tmp_path: Path, chromium: str
) -> None:
    shop = report_shop(tmp_path / "shop")
    notebook(shop, "daily", "print('another figure')")
    number = ask(shop, "figures", NOW)
    run = claim(shop.db, NOW, number)
    assert run is not None
    carry_out(shop, run, NOW)
    with write(shop.db):
        shop.db.execute("update imports set imported_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')")
    folder = shop.db.execute("select folder from report_runs").fetchone()[0]
    (shop.home.path / folder / "report.html").write_text(EVIL)
    with (
        served(shop.home.path) as server,
        chrome(chromium) as browser,
        visit(browser, server, "fiona@shop.example", PASSWORD) as fiona,
    ):
        page = fiona.page
        page.goto(f"{server.url}/?page=reports")
        frame = page.frame_locator("iframe")
        frame.get_by_text("The figure is 41").wait_for(timeout=60_000)
        fiona.shot("reports")
        assert page.evaluate("window.ran") is None
        with page.expect_download() as kept:
            page.get_by_role("button", name="Download it").click()
        assert "figures-2026-11-23.html" == kept.value.suggested_filename
        page.get_by_role("button", name="Run it", exact=True).click()
        frame.get_by_text("another figure").wait_for(timeout=60_000)
        assert [] == fiona.strayed
    assert ["done", "done"] == [r[0] for r in shop.db.execute("select status from report_runs")]
