"""The store in a notebook: DataFrames out of every page's numbers, reads only, text from outside is text."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lab_shop import email_of, small_demo
from page_shop import Desk
from shops import NOW, hire, make_shop, order

import ecomos
from ecomos.cockpit import Store
from ecomos.cockpit.shown import ShownOrder
from ecomos.cockpit.tables import TABLES
from ecomos.errors import WrongUsage
from ecomos.pages.orders import build_list as orders_page
from ecomos.pages.page import pages_of
from ecomos.pages.parts import Table
from ecomos.pages.playbook import build as playbook_page
from ecomos.pages.reports import Reports
from ecomos.pages.scoreboard import Scoreboard
from ecomos.pages.tickets import TicketList
from ecomos.pages.today import Today
from ecomos.store import now_in, open_file, read_home, write
from ecomos.work import Shop, adopt_playbook

pd = pytest.importorskip("pandas")

EVIL = '<script>alert(1)</script> **bold** <img src=x onerror="alert(2)">'


@pytest.fixture
def store(tmp_path: Path) -> Store:
    shop = make_shop(tmp_path / "shop")
    hire(shop, "Olga", "operations-lead")
    order(shop, "#1001", total=8400)
    order(shop, "#1002", total=1600)
    with write(shop.db):
        shop.db.execute("update order_lines set title = ?, sku = ? where order_id = 1", [EVIL, EVIL])
    return ecomos.open_store(tmp_path / "shop")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return ecomos.open_store(small_demo(tmp_path_factory.mktemp("cockpit")))


@pytest.fixture(scope="module")
def desk(demo: Store) -> Desk:
    """The founder before the pages of the same store."""
    home = read_home(demo.shop.home.path)
    db = open_file(home.db_path)
    who = db.execute("select id from people where email = ?", [email_of("founder")]).fetchone()[0]
    return Desk(Shop(home, db), who, [now_in(home, db)])


def test_orders_and_lines_come_as_frames_in_major_units(store: Store) -> None:
    assert [84.0, 16.0] == list(store.orders()["total"])
    assert 100.0 == store.sales_lines()["total"].sum()
    assert "ship_name" not in store.orders().columns


def test_sql_reads_and_nothing_else(store: Store) -> None:
    assert 2 == store.sql("select count(*) as n from orders")["n"][0]
    for bad in ("delete from orders", "select password_hash from people"):
        with pytest.raises(Exception, match=r"not authorized|prohibited|readonly"):
            store.sql(bad)


def test_a_card_that_is_not_there_names_the_nearest(store: Store) -> None:
    with pytest.raises(WrongUsage, match="did you mean “orders-waiting”"):
        store.kpi("order-waiting")


# ---- what shows itself


def html_of(shown: Any) -> str:
    return str(shown._repr_mimebundle_()["text/html"])


def test_an_order_shows_its_lines_and_its_story(demo: Store) -> None:
    number = demo.page("orders")["order"].iloc[0]
    html = html_of(demo.order(number))
    assert f"<h3>Order {number}</h3>" in html
    assert "paid" in html
    assert "<th" in html
    assert len(demo.order(number).lines())


def test_a_procedure_shows_its_steps_and_who_does_them(demo: Store) -> None:
    text = demo.procedure("refund-on-request")._repr_mimebundle_()["text/plain"]
    assert text.startswith("Refund on request\n")
    assert "Find the order, support agent" in text
    assert "by itself" in text


def test_a_card_shows_how_it_stands_its_chart_and_its_formula(demo: Store) -> None:
    found = demo.kpi_card("net-sales")._repr_mimebundle_()
    card = demo.card("net-sales")
    assert found["text/plain"].startswith(f"Net sales\n{card.formula}")
    assert "EUR" in found["text/plain"]
    assert "<svg" in found["text/html"]
    assert demo.kpi_card("net-sales").standing.figures["day"].value == demo.page("scoreboard").loc["net-sales", "day"]


def test_text_from_outside_stays_text_wherever_it_shows_itself(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop")
    hire(shop, "Fred", "founder")
    order(shop, EVIL)
    with write(shop.db):
        shop.db.execute("update order_lines set title = ?, sku = ?", [EVIL, EVIL])
        shop.db.execute("update order_contacts set ship_name = ?, email = ?, notes = ?", [EVIL, EVIL, EVIL])
        shop.db.execute("update channels set name = ?", [EVIL])
        shop.db.execute("update orders set placed_on = '2024-05-15', financial_status = ?", [EVIL])
        shop.db.execute("update people set name = ?", [EVIL])
    _evil_playbook(shop)
    store = ecomos.open_store(tmp_path / "shop")
    sales = store.sales()
    shown = [
        ShownOrder(store.shop, 1),
        store.procedure("fix-an-address"),
        store.kpi_card("net-sales"),
        store.kpi_card("net-sales").chart(),
        *(part.tell() for part in (sales, sales.months, sales.channels, sales.products, sales.cohorts)),
        *(part.draw() for part in (sales.months, sales.products)),
    ]
    for one in shown:
        for kind, text in one._repr_mimebundle_().items():
            if kind in ("text/html", "image/svg+xml"):
                assert "<script" not in text, one
                assert "<img" not in text, one
    assert "&lt;script&gt;alert(1)" in html_of(sales.products.tell())
    assert "<script" not in store.page("orders")._repr_html_()
    assert "<img" not in store.sales_lines()._repr_html_()


def _evil_playbook(shop: Shop) -> None:
    """A procedure and a card whose words are markup."""
    for file, said in (("procedures/fix-an-address.md", "\n# "), ("kpis/net-sales.md", "\n# ")):
        path = shop.home.playbook / file
        front, _, rest = path.read_text().partition(said)
        path.write_text(f"{front}{said}{EVIL} {rest}")
    _, problems = adopt_playbook(shop, NOW.replace(hour=8), "test")
    assert not problems, "\n".join(map(str, problems))


# ---- every page's list


def test_every_page_of_the_navigation_has_its_frame(demo: Store) -> None:
    assert [] == [p.name for p in pages_of(None) if p.in_nav and p.name not in TABLES]
    for name in TABLES:
        assert isinstance(demo.page(name), pd.DataFrame), name
    with pytest.raises(WrongUsage, match="did you mean “scoreboard”"):
        demo.page("scorebord")


def table_of(widget: Any, title: str) -> Table:
    """The list of that title among a page's parts."""
    if isinstance(widget, Table) and widget.title == title:
        return widget
    found = [table_of(child, title) for child in getattr(widget, "children", ())]
    return next((t for t in found if t is not None), None)  # type: ignore[return-value]


def test_orders_are_those_that_the_page_shows(demo: Store, desk: Desk) -> None:
    rows = table_of(orders_page(desk.context(), {}), "Orders").rows
    found = demo.page("orders")
    assert len(rows) > 20
    assert [(r["id"], r["order"], r["total"][1] / 100) for r in rows] == list(
        zip(found.index, found["order"], found["total"], strict=True)
    )


def test_the_scoreboards_figures_are_those_that_the_page_shows(demo: Store, desk: Desk) -> None:
    rows = Scoreboard(desk.context(), {}).list.rows
    found = demo.page("scoreboard")
    for name in ("day", "week", "month", "year"):
        assert [(r["id"], r[name][1]) for r in rows] == list(found[name].fillna(0).items())
    assert [r["state"][0] for r in rows] == list(found["state"])


def test_todays_list_is_the_one_on_the_page(demo: Store, desk: Desk) -> None:
    page = Today(desk.context(), {})
    found = demo.today(email_of("founder"))
    assert {i["id"] for i in page.list.items} == set(found.index)
    assert set(found.index) <= set(demo.page("today").index)
    with pytest.raises(WrongUsage, match="There is nobody called"):
        demo.today("Nobody")


def test_tickets_reports_and_the_playbook_are_those_on_their_pages(demo: Store, desk: Desk) -> None:
    context = desk.context()
    assert [r["id"] for r in TicketList(context).table.rows] == list(demo.page("tickets").index)
    assert len(demo.page("tickets"))
    assert [r["id"] for r in Reports(context, {}).history.rows] == list(demo.page("reports").index)
    files = demo.page("playbook")
    assert [r["title"] for r in table_of(playbook_page(context, {}), "Playbook").rows] == list(files["title"])


def test_imports_are_those_on_the_page_and_instants_stand_in_the_stores_zone(demo: Store) -> None:
    found = demo.page("imports")
    assert demo.sql("select id from imports order by id desc")["id"].tolist() == list(found.index)
    assert str(found["imported_at"].dt.tz) == str(demo.shop.home.zone)


def test_an_empty_store_gives_empty_frames(tmp_path: Path) -> None:
    make_shop(tmp_path / "shop")
    store = ecomos.open_store(tmp_path / "shop")
    for name in ("today", "orders", "tickets", "imports", "reports"):
        assert 0 == len(store.page(name)), name
    assert 0 == len(store.adoptions())


def test_importing_the_package_costs_nothing() -> None:
    code = "import ecomos, sys; print([m for m in ('pandas', 'rule_engine', 'sqlite_utils') if m in sys.modules])"
    assert "[]\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
