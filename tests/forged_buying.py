"""Forged messages to the pages about suppliers and orders to them: the packer buys, support takes goods in, and both
name what is not there."""

from collections.abc import Callable
from typing import Any

from page_shop import Team

from ecomos.pages.purchase_order import PurchasePage
from ecomos.pages.receiving import ReceivingPage
from ecomos.pages.receiving_count import CountPage
from ecomos.pages.supplier import SupplierPage
from ecomos.pages.suppliers import SuppliersPage
from ecomos.store import write

__all__ = ["BUYING_FORGERS", "BUYING_WAYS", "with_purchases"]


def with_purchases(team: Team) -> None:
    """A supplier with a thing, a draft, an order that was sent with a part of it here, and a count that is open."""
    db = team.shop.db
    (variant,) = db.execute("select id from variants where sku = 'MUG-B'").fetchone()
    (place,) = db.execute("select min(id) from locations").fetchone()
    who = team.ids["Fiona"]
    with write(db):
        db.execute("insert into suppliers(id, name, language) values (77, 'Weber Wien', 'de')")
        db.execute(
            "insert into supplier_items(supplier_id, sku, variant_id, cost_cents) values (77, 'MUG-B', ?, 400)",
            [variant],
        )
        db.execute("insert into supplier_holidays values (77, '2026-12-24', '2026-12-26', 'Christmas')")
        for number, status, sent in ((701, "draft", None), (702, "part received", "2026-11-20T09:00:00Z")):
            db.execute(
                """insert into purchase_orders(id, number, supplier_id, location_id, currency, status, drafted_at,
                     sent_at) values (?, ?, 77, ?, 'EUR', ?, '2026-11-20T08:00:00Z', ?)""",
                [number, f"PO-{number}", place, status, sent],
            )
            db.execute(
                """insert into purchase_order_lines(purchase_order_id, line_no, variant_id, sku, title, quantity,
                     unit_cost_cents) values (?, 1, ?, 'MUG-B', 'Mug', 24, 400)""",
                [number, variant],
            )
        db.execute(
            """insert into receipts(id, purchase_order_id, location_id, received_at, received_on)
               values (7, 702, ?, '2026-11-23T09:00:00Z', '2026-11-23')""",
            [place],
        )
        db.execute(
            """insert into receipt_lines(receipt_id, line_no, order_line_no, variant_id, sku, quantity)
               values (7, 1, 1, ?, 'MUG-B', 6)""",
            [variant],
        )
        db.execute(
            """insert into deliveries(id, purchase_order_id, location_id, opened_at, opened_by)
               values (70, 702, ?, '2026-11-24T08:00:00Z', ?)""",
            [place, who],
        )
        db.execute("insert into delivery_lines values (70, ?, 1, 5, 0, 0, '2026-11-24T08:00:00Z', ?)", [variant, who])


def told(deed: str, **given: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"deed": deed, "answers": {}, "checks": [], "note": "forged", "asked": {}}
    return said | given


ANSWERS = {
    "pieces": "1", "price": "0.01", "day": "2026-12-01", "needed_by": "2026-12-01", "freight": "1", "duty": "1",
    "note": "forged", "number": "F-1", "dated": "2026-11-24", "lines": "MUG-B 6 4.00", "tax": "0", "total": "",
}  # fmt: skip


def forged_draft(deed: str, number: int) -> Callable[[Team], None]:
    """The packer changes an order that is the buyer's."""

    def forge(team: Team) -> None:
        page = PurchasePage(team.desk("Ben").context(), number)
        for line in (1, 999, -1):
            page.pick(line)
            page.clicked(told(deed, answers=ANSWERS, asked={"sku": "MUG-B", "pieces": "1"}))
            assert page.form.step.get("error") or line != 1 or deed == "back"

    return forge


def forged_bill(team: Team) -> None:
    page = PurchasePage(team.desk("Ben").context(), 702)
    page.billed(told("bill", answers=ANSWERS))
    assert "bookkeeper" in page.bill.step["error"]
    for wrong in ({"lines": "MUG-B six 4.00"}, {"lines": ""}, {"dated": "soon"}, {"freight": "-1e9"}, {"total": "1"}):
        page.billed(told("bill", answers=ANSWERS | wrong))
        assert page.bill.step["error"]


def forged_taking_back(team: Team) -> None:
    """Support takes a booked line back, and one that nobody booked."""
    page, listed = PurchasePage(team.desk("Sue").context(), 702), ReceivingPage(team.desk("Sue").context())
    for key in ("7:1", "7:99", "99:1"):
        page.pick_receipt(key)
        page.undone(told("take-back"))
        listed.pick(key)
        listed.undone(told("take-back"))
        assert page.undo.step["error"]
        assert listed.undo.step["error"]


def forged_begin(team: Team) -> None:
    page = ReceivingPage(team.desk("Sue").context())
    for place in ("Shop", "nowhere", None):
        page.begin(told("begin", answers={"place": place}))
        assert page.without.step["error"]


def forged_count(deed: str) -> Callable[[Team], None]:
    """Support counts, books and drops what the packer counts; the packer names a thing that is not there."""

    def forge(team: Team) -> None:
        page = CountPage(team.desk("Sue").context(), 702, None)
        page.pick(1)
        page.scan.heard({"code": "MUG-B", "pieces": "5"}, [])
        assert "packer" in page.scan.says
        page.kept(told("count", answers={"good": "1", "damaged": "0", "instead": "x"}))
        page.clicked(told(deed, answers={"note": "forged"}))
        assert page.form.step["error"]
        own = CountPage(team.desk("Ben").context(), 702, None)
        for code, pieces in (
            ("nothing has it", "1"),
            ("MUG-B", "-5"),
            ("MUG-B", "many"),
            ("MUG-B", "1e99"),
            ("' or 1=1", "1"),
        ):
            own.scan.heard({"code": code, "pieces": pieces, "damaged": "yes"}, [])
            assert own.scan.kind == "late"

    return forge


def forged_supplier(deed: str) -> Callable[[Team], None]:
    """The packer changes terms, prices and holidays."""

    def forge(team: Team) -> None:
        page = SupplierPage(team.desk("Ben").context(), 77)
        page.pick("MUG-B")
        page.pick_holiday("2026-12-24")
        step = {"from_quantity": "1", "price": "1", "from_on": "2026-11-24", "which": "2026-01-01, from 1 pieces"}
        said = told(deed, answers={"email": "me@forged.example", "sku": "MUG-B", "pack": "1"}, asked=step)
        form, clicked = {
            "keep": (page.terms, page.changed),
            "undo": (page.terms, page.changed),
            "close": (page.holiday, page.closed),
            "open": (page.holiday, page.closed),
        }.get(deed, (page.item_form, page.priced))
        clicked(said)
        assert "Buying is for" in form.step["error"]

    return forge


def forged_new_supplier(team: Team) -> None:
    page = SuppliersPage(team.desk("Ben").context())
    page.clicked(told("add", answers={"name": "Forged & Co"}))
    assert "Buying is for" in page.form.step["error"]


BUYING_FORGERS: dict[str, Callable[[Team], None]] = {
    **{f"purchase_forms:{deed}": forged_draft(deed, 701) for deed in ("add", "fill", "head", "line", "remove", "back")},
    "purchase_forms:confirm": forged_draft("confirm", 702),
    "purchase_forms:bill": forged_bill,
    "purchase_forms:take-back": forged_taking_back,
    "receiving:begin": forged_begin,
    **{f"receiving_count:{deed}": forged_count(deed) for deed in ("book", "count", "drop")},
    **{
        f"supplier_forms:{deed}": forged_supplier(deed)
        for deed in ("keep", "undo", "close", "open", "item", "step", "drop-step", "off")
    },
    "suppliers:add": forged_new_supplier,
}
BUYING_WAYS = {
    "purchase_order:StepForm:self.clicked": "purchase_forms:line",
    "purchase_order:StepForm:self.billed": "purchase_forms:bill",
    "purchase_order:StepForm:self.undone": "purchase_forms:take-back",
    "purchase_order:Table:self.pick": "purchase_forms:line",
    "purchase_order:Table:self.pick_receipt": "purchase_forms:take-back",
    "receiving:StepForm:self.begin": "receiving:begin",
    "receiving:StepForm:self.undone": "purchase_forms:take-back",
    "receiving:Table:self.pick": "purchase_forms:take-back",
    "receiving_count:StepForm:self.clicked": "receiving_count:book",
    "receiving_count:StepForm:self.kept": "receiving_count:count",
    "receiving_count:Table:self.pick": "receiving_count:count",
    "receiving_count:Scan:self.scanned": "receiving_count:count",
    "supplier:StepForm:self.changed": "supplier_forms:keep",
    "supplier:StepForm:self.closed": "supplier_forms:close",
    "supplier:StepForm:self.priced": "supplier_forms:item",
    "supplier:Table:self.pick": "supplier_forms:item",
    "supplier:Table:self.pick_holiday": "supplier_forms:open",
    "suppliers:StepForm:self.clicked": "suppliers:add",
}
