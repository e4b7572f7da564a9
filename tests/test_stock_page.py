"""The stock review as a page: the first morning with only products and orders, what is missing filled in in place, and
the deeds of a row."""

from pathlib import Path
from typing import Any

import pytest
from exports import order, write_csv
from page_shop import Desk, Team, make_team
from planned_things import plan_row, thing
from shops import NOW, hire

from ecomos.intake import import_file
from ecomos.pages.missing import MissingPage
from ecomos.pages.stock import StockPage
from ecomos.stock.coverage import coverage, missing
from ecomos.stock.planning import plan
from ecomos.work import in_force

PRODUCTS = """Handle,Title,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Cost per item,Status
mug,Mug,Kitchen,Colour,Blue,MUG-B,10.00,4.00,active
mug,,,Colour,Red,MUG-R,10.00,,
plate,Plate,Kitchen,Title,Default Title,PLT-1,20.00,6.00,active
cap,Cap,Hats,Title,Default Title,CAP-1,30.00,,active
"""
SUPPLIES = "SKU,Supplier,Cost,Pack,Minimum,Lead time (days)\nMUG-B,Pottery,4.20,6,12,10\nMUG-R,Pottery,,6,6,10\n"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    team = make_team(tmp_path / "shop")
    team.ids["Bo"] = hire(team.shop, "Bo", "buyer")
    return team


def load(team: Team, text: str, name: str) -> None:
    path = team.shop.home.path.parent / name
    path.write_text(text, encoding="utf-8")
    account = import_file(team.shop.home, team.shop.db, path, NOW)
    assert (account.status, list(account.rejects)) == ("loaded", [])


def first_morning(team: Team) -> None:
    """Only a products and an orders export: six mugs and two caps were sold in four weeks."""
    load(team, PRODUCTS, "products.csv")
    rows = []
    for n, (title, sku, price) in enumerate(
        [("Mug - Blue", "MUG-B", "10.00")] * 4 + [("Mug - Red", "MUG-R", "10.00")] * 2 + [("Cap", "CAP-1", "30.00")] * 2
    ):
        day = f"2026-11-{1 + 2 * n:02} 10:00:00 +0000"
        sold = {"lineitem_name": title, "lineitem_sku": sku, "lineitem_price": price, "lineitem_quantity": "1"}
        money = {"subtotal": price, "shipping": "0.00", "taxes": "0.00", "total": price}
        rows.append(order(name=f"#{3001 + n}", id=f"70000000{3001 + n}", created_at=day, paid_at=day, **sold, **money))
    load(team, write_csv(rows), "orders.csv")


def planned(team: Team) -> None:
    plan(team.shop.db, team.shop.home, in_force(team.shop, NOW).policies, NOW)


def test_with_only_products_and_orders_the_head_says_what_is_missing(team: Team) -> None:
    first_morning(team)
    planned(team)
    page = StockPage(team.desk("Bo").context())
    assert page.head.message == "Proposals for 0 of 4 SKUs (0% of sales); missing: supplier 4, cost 2, level 4."
    assert (page.head.link, page.head.link_text) == ("?page=missing", "Fill in")


def test_one_csv_seeds_suppliers_and_the_head_says_how_much_of_sales_it_reaches(team: Team) -> None:
    first_morning(team)
    load(team, SUPPLIES, "suppliers.csv")
    planned(team)
    found = coverage(team.shop.db)
    assert found.words == "Proposals for 2 of 4 SKUs (50% of sales); missing: supplier 2, cost 2, level 4"
    assert found.stated == 2
    rows = team.rows(
        """select v.sku, p.cost_cents, p.cost_source, p.lead_days, p.lead_source from stock_plans p
           join variants v on v.id = p.variant_id order by v.sku"""
    )
    # 3.60: the median of its kind's costs is 36 % of the price (mugs 42 %, plates 30 %)
    assert rows[1:3] == [("MUG-B", 420, "supplier", 10.0, "stated"), ("MUG-R", 360, "category", 10.0, "stated")]


def test_what_is_missing_is_ranked_by_sales_and_filled_in_in_place(team: Team) -> None:
    first_morning(team)
    planned(team)
    assert [(m.sku, m.sold_cents, m.lacks) for m in missing(team.shop.db)] == [
        ("CAP-1", 6000, ("supplier", "cost", "level")),
        ("MUG-B", 4000, ("supplier", "level")),
        ("MUG-R", 2000, ("supplier", "cost", "level")),
        ("PLT-1", 0, ("supplier", "level")),
    ]
    page = MissingPage(team.desk("Bo").context())
    chosen = [r["id"] for r in page.table.rows if r["sku"].startswith("MUG")]
    page.table.chosen = chosen
    assert page.form.step["title"] == "For 2 ticked things"
    page.fill(filled(supplier="Pottery", cost="4.20", pack="6", minimum="12", lead="10"))
    assert page.form.step.get("error") is None
    assert team.rows("select sku, cost_cents, pack, minimum, lead_time_days from supplier_items order by sku") == [
        ("MUG-B", 420, 6, 12, 10),
        ("MUG-R", 420, 6, 12, 10),
    ]
    assert page.head.message == "Proposals for 2 of 4 SKUs (50% of sales); missing: supplier 2, cost 1, level 4."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"supplier": ""}, "Name the supplier."),
        ({"supplier": "Pottery", "pack": "six"}, "Pack: write a whole number, not “six”."),
        ({"supplier": "Pottery", "pack": "0"}, "a pack holds at least 1 piece"),
    ],
)
def test_what_is_typed_wrong_is_said_and_nothing_is_kept(team: Team, given: dict[str, str], said: str) -> None:
    first_morning(team)
    page = MissingPage(team.desk("Bo").context())
    page.table.chosen = [page.table.rows[0]["id"]]
    page.fill(filled(**given))
    assert said in page.form.step["error"]
    assert team.rows("select * from supplier_items") == []


def filled(**answers: str) -> dict[str, Any]:
    return {"deed": "fill", "answers": answers, "checks": [], "note": "", "asked": {}}


# ---- the rows and their deeds


def listed(page: StockPage) -> list[tuple[str, str, list[str]]]:
    return [(e["word"], e["title"], [b["deed"] for b in e["buttons"]]) for e in page.list.entries]


@pytest.fixture
def morning(team: Team) -> Desk:
    """Two mugs to order, a tee to mark down, a cap to count."""
    db = team.shop.db
    for sku, deed, supplier, stake in (
        ("MUG-B", "order", "Pottery", 300),
        ("MUG-R", "order", "Pottery", 900),
        ("TEE", "mark down", None, 1000),
        ("CAP", "count", None, 200),
    ):
        key = thing(db, sku)
        plan_row(db, key, deed=deed, supplier=supplier, stake_cents=stake)
        if supplier:
            db.execute(
                """insert into supplier_items(supplier_id, sku, variant_id, cost_cents, pack)
                   values ((select id from suppliers where name = ?), ?, ?, 400, 12)""",
                [supplier, sku, key],
            )
    return team.desk("Bo")


def said(entry: str, deed: str, **more: Any) -> dict[str, Any]:
    return {"entry": entry, "deed": deed, "because": "", "quantities": {}, "left": [], **more}


def test_the_buyer_sees_the_rows_with_their_deeds_and_others_without(team: Team, morning: Desk) -> None:
    assert listed(StockPage(morning.context())) == [
        ("order", "Pottery", ["draft", "none"]),
        ("mark down", "Tee", ["go", "none"]),
        ("count", "Cap", ["go", "none"]),
    ]
    assert {len(deeds) for _, _, deeds in listed(StockPage(team.desk("Pia").context()))} == {0}


def test_a_row_of_orders_says_sum_minimum_freight_step_and_order_day(team: Team, morning: Desk) -> None:
    team.shop.db.execute(
        """update suppliers set minimum_cents = 25000, freight_cents = 900, freight_free_cents = 30000,
             order_days = 'tue, thu'"""
    )
    assert StockPage(morning.context()).list.entries[0]["words"] == (
        "2 things, 192.00 EUR. Minimum 250.00 EUR, 58.00 EUR below it. Freight 9.00 EUR, free with 108.00 EUR more. "
        "Pottery takes orders today."
    )
    team.shop.db.execute("update suppliers set minimum_cents = 10000, freight_free_cents = 15000, order_days = 'mon'")
    assert StockPage(morning.context()).list.entries[0]["words"] == (
        "2 things, 192.00 EUR. Minimum 100.00 EUR. Freight is free. "
        "Waiting until Mon 30 Nov loses 90.00 EUR of margin, an order today costs 0.00 EUR of freight more."
    )


def test_a_row_of_orders_is_drafted_with_what_was_typed_and_ticked(team: Team, morning: Desk) -> None:
    page = StockPage(morning.context())
    (first, second) = [line_["id"] for line_ in page.list.entries[0]["lines"]]
    page.do(said(page.list.entries[0]["id"], "draft", quantities={first: "36"}, left=[second]))
    assert team.rows("select sku, quantity from purchase_order_lines where not is_filled") == [("MUG-R", 36)]
    assert morning.toasts[0].startswith("Drafted: PO-2026-0001 to Pottery, 144.00 EUR")
    assert listed(page)[0] == ("mark down", "Tee", ["go", "none"])
    assert [e["title"] for e in page.list.entries if e["word"] == "order"] == ["Pottery"]


def test_what_is_no_number_of_pieces_is_refused_and_nothing_is_drafted(team: Team, morning: Desk) -> None:
    page = StockPage(morning.context())
    first = page.list.entries[0]["lines"][0]["id"]
    page.do(said(page.list.entries[0]["id"], "draft", quantities={first: "many"}))
    assert morning.toasts == ["MUG-R: write how many pieces, as 24, not “many”."]
    assert team.rows("select * from purchase_orders") == []


def test_a_row_is_left_with_its_reason_and_brought_back(team: Team, morning: Desk) -> None:
    page = StockPage(morning.context())
    tee = page.list.entries[1]["id"]
    page.do(said(tee, "none"))
    assert "Say why nothing is done" in morning.toasts[0]
    page.do(said(tee, "none", because="season is over"))
    assert [r["because"] for r in page.kept.rows] == ["season is over"]
    assert [e["title"] for e in page.list.entries] == ["Pottery", "Cap"]
    page.bring_back(page.kept.rows[0]["id"])
    assert [e["title"] for e in page.list.entries] == ["Pottery", "Tee", "Cap"]


def test_what_is_proposed_is_set_going_and_not_proposed_again(team: Team, morning: Desk) -> None:
    page = StockPage(morning.context())
    page.do(said(page.list.entries[1]["id"], "go"))
    assert morning.toasts == ["Begun: Mark down (R1)."]
    assert team.rows("select procedure, about_type from runs where procedure = 'mark-down'") == [
        ("mark-down", "request")
    ]
    assert [e["title"] for e in page.list.entries] == ["Pottery", "Cap"]
    assert page.kept.rows[0]["because"] == "begun: Mark down (R1)"


def test_what_is_to_be_counted_stands_on_a_sheet(team: Team, morning: Desk) -> None:
    page = StockPage(morning.context())
    page.do(said(page.list.entries[2]["id"], "go"))
    assert morning.toasts == ["Begun: count 1."]
    assert team.rows("select v.sku from count_lines l join variants v on v.id = l.variant_id") == [("CAP",)]


def test_many_things_of_one_deed_are_one_request_for_those_that_stay_ticked(team: Team, morning: Desk) -> None:
    for n in range(5):
        plan_row(team.shop.db, thing(team.shop.db, f"OLD-{n}"), deed="mark down", supplier=None, stake_cents=50 - n)
    page = StockPage(morning.context())
    (entry,) = [e for e in page.list.entries if e["word"] == "mark down"]
    assert entry["title"] == "6 things to mark down"
    skipped = next(line["id"] for line in entry["lines"] if line["sku"] == "OLD-3")
    page.do(said(entry["id"], "go", left=[skipped]))
    assert morning.toasts == ["Begun: Mark down (R1)."]
    assert team.rows("select title from requests") == [("Mark down 5 things",)]
    assert [line["sku"] for e in page.list.entries if e["word"] == "mark down" for line in e["lines"]] == ["OLD-3"]


def test_no_page_about_stock_imports_numpy_or_pandas(tmp_path: Path) -> None:
    """A page's process stays light: what needs arrays is worked out by the heartbeat."""
    import subprocess
    import sys

    code = (
        "import sys, ecomos.pages.stock, ecomos.pages.thing, ecomos.pages.goods, ecomos.pages.missing, "
        "ecomos.pages.purchases, ecomos.pages.receiving, ecomos.pages.suppliers, ecomos.pages.counts, "
        "ecomos.pages.places, ecomos.pages.what_if\n"
        "print([m for m in ('numpy', 'scipy', 'pandas', 'typst') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
