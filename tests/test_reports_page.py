"""The Reports page: the history, a run's log and document, run again and for another day, and who may."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_shop import Desk
from report_shop import notebook, report_shop
from shops import NOW, hire

from ecomos.pages.case import case_facts
from ecomos.pages.registry import PAGES
from ecomos.pages.reports import Reports
from ecomos.reports.carrying import ask, carry_out
from ecomos.reports.ledger import claim
from ecomos.store import write
from ecomos.work import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = report_shop(tmp_path / "shop")
    notebook(made, "daily", "print('the figure is 41')")
    yield made
    made.db.close()


def desk(shop: Shop, name: str = "Fiona") -> Desk:
    found = shop.db.execute("select id from people where name = ?", [name]).fetchone()
    return Desk(shop, found[0] if found else hire(shop, name, "picker"), [NOW])


def ran(shop: Shop) -> int:
    number = ask(shop, "figures", NOW)
    run = claim(shop.db, NOW, number)
    assert run is not None
    carry_out(shop, run, NOW)
    return number


def clicked(page: Reports, deed: str, **answers: Any) -> None:
    known = {f["name"]: f.get("value") or "" for f in page.form.step["fields"]}
    asyncio.run(page.run({"deed": deed, "answers": known | answers, "checks": [], "note": "", "asked": {}}))


def test_a_run_shows_its_state_who_got_it_its_log_and_its_document(shop: Shop) -> None:
    ran(shop)
    page = Reports(desk(shop).context(), {})
    (row,) = page.history.rows
    assert ("figures", "2026-11-23", ["done", "fine"]) == (row["report"], row["day"], row["state"])
    assert "fiona@shop.example, olga@shop.example" == row["to"]
    assert "the figure is 41" in page.document.html
    facts = {label: value for label, value, *_ in page.facts.rows}
    assert "held 2: the store was not told live (“ecomos live on”)" == facts["mail"]
    assert "reports/figures/00001-1" == facts["kept in"]


def test_it_is_run_for_another_day_and_again_from_the_page(shop: Shop) -> None:
    fiona = desk(shop)
    page = Reports(fiona.context(), {})
    clicked(page, "run", day="2026-11-20")
    clicked(page, "again")
    assert ["figures: done.", "figures: done."] == fiona.toasts
    rows = shop.db.execute("select day_on, asked_by, status from report_runs").fetchall()
    assert [("2026-11-20", fiona.who, "done")] * 2 == [tuple(r) for r in rows]


def test_a_wrong_parameter_or_day_is_told_at_the_form_and_nothing_runs(shop: Shop) -> None:
    page = Reports(desk(shop).context(), {})
    clicked(page, "run", others="onn=3")
    assert "has no parameter “onn” (did you mean “on”?)" in page.form.step["error"]
    clicked(page, "run", day="soon")
    assert "The day is written as in 2026-11-23." == page.form.step["error"]
    clicked(page, "run", others="3")
    assert "“3”: a parameter is written name=value." == page.form.step["error"]
    clicked(page, "run", day="2027-01-01")
    assert "2027-01-01 is still to come." == page.form.step["error"]
    assert 0 == shop.db.execute("select count(*) from report_runs").fetchone()[0]


def test_while_it_runs_the_page_says_how_far_it_is(shop: Shop) -> None:
    number = ran(shop)
    with write(shop.db):
        shop.db.execute("update report_runs set status = 'running', lease_until = '2027-01-01T00:00:00Z'")
    page = Reports(desk(shop).context(), {"run": str(number)})
    assert ["running, 3 of 3 cells", "plain"] == page.history.rows[0]["state"]


def test_a_forged_click_of_somebody_else_runs_and_shows_nothing(shop: Shop) -> None:
    (of_page,) = [p for p in PAGES if p.name == "reports"]
    assert frozenset({"founder", "operations-lead"}) == of_page.roles
    number = ran(shop)
    page = Reports(desk(shop, "Pia").context(), {"run": str(number)})
    assert ("", []) == (page.document.html, page.facts.rows)
    clicked(page, "run")
    assert "the operations lead and the founder" in page.form.step["error"]
    assert 1 == shop.db.execute("select count(*) from report_runs").fetchone()[0]


def test_a_folder_that_lies_outside_the_reports_is_not_read(shop: Shop, tmp_path: Path) -> None:
    number = ran(shop)
    (tmp_path / "report.html").write_text("secret")
    with write(shop.db):
        shop.db.execute("update report_runs set folder = '..'")
    assert "" == Reports(desk(shop).context(), {"run": str(number)}).document.html


def test_the_document_stands_in_a_frame_in_which_nothing_runs() -> None:
    script = (Path(__file__).resolve().parent.parent / "ecomos/pages/parts/framed.js").read_text()
    assert 'setAttribute("sandbox", "")' in script
    assert "innerHTML" not in script


def test_a_failed_one_is_linked_from_its_task(shop: Shop) -> None:
    notebook(shop, "daily", "1 / 0")
    number = ran(shop)
    facts = case_facts(shop, ("report", number), NOW)
    assert ("Report figures", "failed") == (facts["title"], facts["state"]["text"])
    assert f"?page=reports&run={number}" in facts["rows"][-1]
