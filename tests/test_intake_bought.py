"""Purchase orders, receipts and another tool's suggestions through a mapped file (issue 6, 11): a small YAML names the
columns. Northwind's tables are read as an old tool would have exported them."""

import csv
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from exports import NEXT_DAY, NOW, Desk, make_desk

ORDERS_MAP = """\
# How the old tool exports its purchase orders.
kind: purchase-orders
columns:
  number: order_id
  supplier: company_name
  sku: product_id
  title: product_name
  quantity: quantity
  cost: unit_price
  ordered: order_date
  promised: required_date
constants:
  currency: USD
"""
RECEIPTS_MAP = """\
kind: receipts
columns:
  number: order_id
  supplier: company_name
  sku: product_id
  quantity: shipped_quantity
  received: shipped_date
"""
SALES_MAP = """\
kind: uci-orders
columns:
  invoice: order_id
  code: product_id
  title: product_name
  quantity: quantity
  date: order_date
  price: unit_price
  customer: customer_id
  country: ship_country
"""
SUPPLIES_MAP = """\
kind: suppliers
columns:
  sku: product_id
  supplier: company_name
  cost: unit_price
"""
LEVELS_MAP = """\
kind: suggestions
columns:
  sku: product_id
  reorder_point: reorder_level
constants:
  tool: Northwind
"""


@pytest.fixture(scope="module")
def northwind(shared_data: Path) -> sqlite3.Connection:
    """Northwind in memory, as its script says."""
    script = (shared_data / "demand" / "northwind.sql").read_text(encoding="utf-8")
    db = sqlite3.connect(":memory:")
    for table in re.findall(r"^CREATE TABLE \w+ \(.*?^\);", script, re.MULTILINE | re.DOTALL):
        db.execute(table)
    for row in re.findall(r"^INSERT INTO .*?\);$", script, re.MULTILINE):
        db.execute(row)
    return db


def exported(db: sqlite3.Connection, sql: str, path: Path) -> Path:
    """The rows of a query as a CSV with its columns' names."""
    found = db.execute(sql)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([c[0] for c in found.description])
        out.writerows(found)
    return path


SALES = """select o.order_id, d.product_id, p.product_name, d.quantity, o.order_date,
  round(d.unit_price, 2) as unit_price, o.customer_id, o.ship_country
  from orders o join order_details d using (order_id) join products p using (product_id) order by 1, 2"""
BOUGHT = """select o.order_id, s.company_name, d.product_id, p.product_name, d.quantity,
  round(d.unit_price, 2) as unit_price, o.order_date, o.required_date
  from orders o join order_details d using (order_id) join products p using (product_id)
  join suppliers s using (supplier_id) where o.order_date < '1997-01-01' order by 1, 3"""
CAME = """select o.order_id, s.company_name, d.product_id, d.quantity as shipped_quantity, o.shipped_date
  from orders o join order_details d using (order_id) join products p using (product_id)
  join suppliers s using (supplier_id) where o.order_date < '1997-01-01' and o.shipped_date < '1997-01-01'
  order by 1, 3"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A store whose home names the old tool's columns."""
    desk = make_desk(tmp_path)
    mappings = desk.home.path / "mappings"
    mappings.mkdir()
    maps = {"sales": SALES_MAP, "orders": ORDERS_MAP, "receipts": RECEIPTS_MAP, "supplies": SUPPLIES_MAP}
    for name, text in {**maps, "levels": LEVELS_MAP}.items():
        (mappings / f"{name}.yaml").write_text(text, encoding="utf-8")
    return desk


def take(desk: Desk, northwind: sqlite3.Connection, sql: str, name: str, **how: Any) -> Any:
    path = exported(northwind, sql, desk.folder / f"{name}.csv")
    return desk.load(path.read_bytes(), NOW, name=f"{name}.csv", **how)


def test_northwinds_orders_and_receipts_come_in_whole_and_give_lead_times(
    desk: Desk, northwind: sqlite3.Connection
) -> None:
    take(desk, northwind, SALES, "sales", kind="uci-orders")
    account = take(desk, northwind, BOUGHT, "bought", kind="purchase-orders")
    lines, orders = northwind.execute(
        f"select count(*), count(distinct order_id || company_name) from ({BOUGHT})"
    ).fetchone()
    assert (account.status, account.rows_new, account.rows_rejected, account.counts) == (
        "loaded", lines, 0, {"purchase_orders": orders}
    )  # fmt: skip
    assert "Its columns are named by mappings/orders.yaml." in account.notes
    assert desk.one("select sum(quantity * unit_cost_cents) from purchase_order_lines") == round(
        100 * northwind.execute(f"select sum(quantity * unit_price) from ({BOUGHT})").fetchone()[0]
    )
    assert desk.one("select count(*) from purchase_order_lines where variant_id is null") == 0
    came = take(desk, northwind, CAME, "came", kind="receipts")
    assert (came.status, came.rows_rejected) == ("loaded", 0)
    assert desk.one("select sum(quantity) from receipt_lines") == northwind.execute(
        f"select sum(shipped_quantity) from ({CAME})"
    ).fetchone()[0]  # fmt: skip
    assert desk.one("select sum(quantity) from coming_lines") == northwind.execute(
        f"select (select sum(quantity) from ({BOUGHT})) - (select sum(shipped_quantity) from ({CAME}))"
    ).fetchone()[0]  # fmt: skip
    longest = """select max(round(julianday(r.received_at) - julianday(o.sent_at))) from receipts r
      join purchase_orders o on o.id = r.purchase_order_id"""
    assert desk.one(longest) == northwind.execute(
        """select max(julianday(shipped_date) - julianday(order_date)) from orders
           where order_date < '1997-01-01' and shipped_date < '1997-01-01'"""
    ).fetchone()[0]  # fmt: skip


def test_loading_twice_equals_loading_once(desk: Desk, northwind: sqlite3.Connection) -> None:
    take(desk, northwind, SALES, "sales", kind="uci-orders")
    take(desk, northwind, BOUGHT, "bought", kind="purchase-orders")
    take(desk, northwind, CAME, "came", kind="receipts")
    before = [desk.all(f"select * from {t}") for t in ("purchase_orders", "purchase_order_lines", "receipt_lines")]
    text = (desk.folder / "bought.csv").read_text() + "\n"
    again = desk.load(text, NEXT_DAY, name="again.csv", kind="purchase-orders")
    assert (again.status, again.rows_new, again.rows_changed) == ("loaded", 0, 0)
    came = desk.load((desk.folder / "came.csv").read_text() + "\n", NEXT_DAY, name="came2.csv", kind="receipts")
    assert (came.rows_new, came.rows_changed) == (0, 0)
    after = [desk.all(f"select * from {t}") for t in ("purchase_orders", "purchase_order_lines", "receipt_lines")]
    assert after == before


def test_imported_receipts_move_no_stock(desk: Desk, northwind: sqlite3.Connection) -> None:
    """What came long ago is in the platform's level already."""
    take(desk, northwind, SALES, "sales", kind="uci-orders")
    take(desk, northwind, BOUGHT, "bought", kind="purchase-orders")
    take(desk, northwind, CAME, "came", kind="receipts")
    assert desk.one("select count(*) from stock_moves") == 0


def test_the_old_tools_levels_stand_beside_the_things(desk: Desk, northwind: sqlite3.Connection) -> None:
    take(desk, northwind, SALES, "sales", kind="uci-orders")
    account = take(desk, northwind, "select product_id, reorder_level from products", "levels", kind="suggestions")
    assert (account.rows_new, account.rows_rejected) == (77, 0)
    assert desk.all(
        """select v.sku, s.tool, s.reorder_point from outside_suggestions s join variants v on v.id = s.variant_id
           where v.sku in ('1', '2', '3') order by v.sku"""
    ) == [("1", "Northwind", 10), ("2", "Northwind", 25), ("3", "Northwind", 25)]


def test_suppliers_come_in_by_a_mapping_too(desk: Desk, northwind: sqlite3.Connection) -> None:
    take(desk, northwind, SALES, "sales", kind="uci-orders")
    sql = "select product_id, company_name, unit_price from products join suppliers using (supplier_id)"
    account = take(desk, northwind, sql, "supplies", kind="suppliers")
    assert account.counts == {"suppliers": 29, "items": 77, "unknown_items": 0}
    assert desk.one("select cost_cents from supplier_items where sku = '2'") == 1900


PLAIN = "PO number,Supplier,SKU,Quantity,Unit cost,Ordered on,Expected on,Status\n"


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def test_a_list_with_the_usual_names_needs_no_mapping(bare: Desk) -> None:
    account = bare.load(
        PLAIN
        + "PO-7,Pottery,MUG-B,24,4.00,2026-11-02,2026-11-20,open\n"
        + "PO-7,Pottery,MUG-R,12,4.50,2026-11-02,2026-11-20,open\n"
        + "PO-8,Hats,CAP,6,9.00,2026-10-01,2026-10-20,cancelled\n",
        name="orders.csv",
    )
    assert (account.kind, account.rows_new, account.unmatched) == (
        "purchase-orders", 3, {"MUG-B": 1, "MUG-R": 1, "CAP": 1}
    )  # fmt: skip
    assert bare.all("select number, status, substr(sent_at, 1, 10), promised_on from purchase_orders order by id") == [
        ("PO-7", "sent", "2026-11-02", "2026-11-20"),
        ("PO-8", "cancelled", "2026-10-01", "2026-10-20"),
    ]
    received = bare.load("PO number,SKU,Received,Received on,Damaged\nPO-7,MUG-B,20,2026-11-19,2\n", name="came.csv")
    assert (received.kind, received.rows_new) == ("receipts", 1)
    assert bare.all(
        """select l.sku, c.quantity from coming_lines c
           join purchase_order_lines l on l.purchase_order_id = c.purchase_order_id and l.line_no = c.line_no"""
    ) == [("MUG-B", 2), ("MUG-R", 12)]
    assert bare.one("select status from purchase_orders where number = 'PO-7'") == "part received"


def test_rows_that_can_not_be_read_are_rejected_with_their_line_and_the_rest_is_loaded(bare: Desk) -> None:
    account = bare.load(
        PLAIN
        + "PO-7,Pottery,MUG-B,24,4.00,2026-11-02,,\n"
        + "PO-7,Pottery,,24,4.00,2026-11-02,,\n"
        + "PO-7,Pottery,MUG-R,none,4.00,2026-11-02,,\n"
        + "PO-7,Pottery,MUG-Y,0,4.00,2026-11-02,,\n",
    )
    assert (account.rows_new, list(account.rejects)) == (
        1,
        [
            (3, "sku is blank"),
            (4, "Quantity: “none” is no whole number as this file writes them"),
            (5, "Quantity: 0 is no number from 1 on"),
        ],
    )
    came = bare.load(
        "PO number,SKU,Received,Received on\nPO-9,MUG-B,1,2026-11-19\nPO-7,CAP,1,2026-11-19\n", name="c.csv"
    )
    assert list(came.rejects) == [
        (2, "no purchase order has the number PO-9; load the list of orders first"),
        (3, "CAP does not stand on PO-7"),
    ]


def test_an_order_that_was_made_here_is_never_changed_by_a_list(bare: Desk) -> None:
    bare.db.execute("insert into locations(id, name) values (1, 'Shop')")
    bare.db.execute("insert into suppliers(id, name) values (1, 'Pottery')")
    bare.db.execute(
        """insert into purchase_orders(number, supplier_id, location_id, currency, status, drafted_at)
           values ('PO-2026-0001', 1, 1, 'EUR', 'draft', '2026-11-24T08:00:00Z')"""
    )
    account = bare.load(PLAIN + "PO-2026-0001,Pottery,MUG-B,24,4.00,2026-11-02,,\n")
    assert list(account.rejects) == [(2, "PO-2026-0001 was ordered from here: an imported list does not change it")]
    assert bare.one("select count(*) from purchase_order_lines") == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "kind: purchase-ordrs\n",
            "mappings/x.yaml:1: no kind named “purchase-ordrs” (did you mean “purchase-orders”?)",
        ),
        ("columns:\n  sku: A\n", "mappings/x.yaml:1: say first which kind of file it is"),
        ("kind: receipts\ncolumns:\n  skuu: A\n", "mappings/x.yaml:3: a list of receipts has no “skuu”"),
        ("kind: receipts\ncolumns:\n  sku: [A, B]\n", "mappings/x.yaml:3: “sku” takes one text"),
        ("kind: receipts\ncolums:\n  sku: A\n", "mappings/x.yaml:2: there is no “colums” here"),
        ("kind: receipts\ncolumns:\n  sku: A\n", "mappings/x.yaml:1: a list of receipts needs “number”"),
        ("kind: receipts\n\tcolumns: x\n", "mappings/x.yaml:2: it is no YAML"),
        ("- a\n- b\n", "mappings/x.yaml:1: write names with a colon"),
    ],
)
def test_a_mapping_that_is_wrong_is_told_with_its_line_and_stops_no_other_file(
    bare: Desk, text: str, said: str
) -> None:
    (bare.home.path / "mappings").mkdir()
    (bare.home.path / "mappings" / "x.yaml").write_text(text, encoding="utf-8")
    account = bare.load(PLAIN + "PO-7,Pottery,MUG-B,24,4.00,2026-11-02,,\n")
    assert (account.status, account.rows_new) == ("loaded", 1)
    assert [n for n in account.notes if n.startswith(said)] != []
