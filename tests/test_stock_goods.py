"""Products in order (D5): a linter that names what is wrong with the procedure that mends it; bundles whose stock is
what their parts allow; barcodes given and printed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planned_things import thing
from shops import NOW, hire, make_shop

from ecomos.errors import Refused, WrongUsage
from ecomos.stock.barcodes import check_digit, give_barcodes, is_barcode
from ecomos.stock.bundles import bundle_levels, parts_of, set_parts
from ecomos.stock.linting import RULES, findings, looks_like
from ecomos.stock.moves import Move, book
from ecomos.stock.thing import find_thing
from ecomos.store import write
from ecomos.work import Shop, in_force
from ecomos.work.goods_mending import barcodes, label_file, mend, right_as_it_is


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path / "shop")


def wrong(shop: Shop, rule: str = "") -> list[tuple[str, str, str]]:
    return [(f.rule.key, f.good.sku, f.words) for f in findings(shop.db, rule)]


def lies(shop: Shop, variant: int, pieces: int) -> None:
    with write(shop.db):
        book(shop.db, [Move(variant, 1, pieces, "adjust", "2026-11-24T08:00:00Z", "person:1")], "2026-11-24T08:00:00Z")


def supplied(shop: Shop, variant: int, sku: str, cost: int, pack: int = 1, minimum: int | None = None) -> None:
    with write(shop.db):
        pottery = supplier_id(shop)
        shop.db.execute(
            """insert into supplier_items(supplier_id, sku, variant_id, cost_cents, pack, minimum)
               values (?, ?, ?, ?, ?, ?)""",
            [pottery, sku, variant, cost, pack, minimum],
        )


def supplier_id(shop: Shop) -> int:
    row = shop.db.execute("select id from suppliers").fetchone()
    if row:
        return int(row[0])
    return int(shop.db.execute("insert into suppliers(name) values ('Pottery') returning id").fetchone()[0])


def test_a_catalogue_in_order_has_no_finding(shop: Shop) -> None:
    for sku in ("MUG-B", "MUG-R", "TEE-S", "TEE-M"):
        lies(shop, thing(shop.db, sku), 5)
    assert wrong(shop) == []


def test_each_kind_of_disorder_is_named_with_its_thing(shop: Shop) -> None:
    db = shop.db
    lies(shop, thing(db, "NEG-1"), -3)
    thing(db, "DUP-1", "Bowl")
    with write(db):
        db.execute("insert into products(channel_id, handle, title) values (1, 'dup2', 'Dish')")
        db.execute(
            """insert into variants(product_id, sku, title, cost_cents)
               values ((select max(id) from products), 'DUP-1', 'Default Title', 100)"""
        )
        db.execute("insert into products(channel_id, handle, title) values (1, 'blank', 'Nameless')")
        db.execute(
            """insert into variants(product_id, sku, title, cost_cents)
               values ((select max(id) from products), null, 'Default Title', 100)"""
        )
    thing(db, "CAP-GO")
    thing(db, "CAP-G0")
    thing(db, "BAG-CNV")
    thing(db, "BAG-NCV")
    thing(db, "NOCOST", cost_cents=None)
    thing(db, "DEAR", cost_cents=1500)
    box = thing(db, "BOX", cost_cents=100)
    supplied(shop, box, "BOX", 1200, pack=12)
    odd = thing(db, "ODD")
    supplied(shop, odd, "ODD", 400, pack=6, minimum=10)
    old = thing(db, "OLD")
    lies(shop, old, 7)
    with write(db):
        db.execute("update products set status = 'archived' where handle = 'old'")
        db.execute("update variants set barcode = '4006381333932' where sku = 'DEAR'")
        db.execute("update variants set barcode = '4006381333931' where sku in ('BOX', 'ODD')")
    assert wrong(shop) == [
        ("negative-stock", "NEG-1", "3 more sold than were there"),
        ("repeated-sku", "DUP-1", "DUP-1 stands on 2 things"),
        ("repeated-sku", "DUP-1", "DUP-1 stands on 2 things"),
        ("blank-sku", "", "no SKU"),
        ("near-sku", "BAG-CNV", "beside BAG-NCV"),
        ("near-sku", "BAG-NCV", "beside BAG-CNV"),
        ("near-sku", "CAP-G0", "beside CAP-GO"),
        ("near-sku", "CAP-GO", "beside CAP-G0"),
        ("repeated-barcode", "BOX", "4006381333931 stands on 2 things"),
        ("repeated-barcode", "ODD", "4006381333931 stands on 2 things"),
        ("wrong-barcode", "DEAR", "4006381333932 fails its check digit"),
        ("missing-cost", "NOCOST", "neither the product nor a supplier names its cost"),
        ("cost-above-price", "DEAR", "costs 15.00 and sells for 14.00"),
        ("mixed-units", "BOX", "the supplier's cost looks like that of a pack of 12, not of a piece"),
        ("mixed-units", "ODD", "at least 10 pieces, in packs of 6: no order fits both"),
        ("stock-not-for-sale", "OLD", "7 lie there, and it is archived"),
    ]


def test_a_variant_without_options_beside_those_with_is_an_orphan(shop: Shop) -> None:
    mug = thing(shop.db, "MUG")
    with write(shop.db):
        shop.db.execute(
            """insert into variants(product_id, sku, title, cost_cents)
               select product_id, 'MUG-B', 'Blue', 100 from variants where id = ?""",
            [mug],
        )
    assert wrong(shop) == [("orphan-variant", "MUG", "has no options, beside 1 that have")]


def test_names_are_held_to_the_rule_that_the_policy_gives(shop: Shop) -> None:
    thing(shop.db, "TSH-FIE-03")
    thing(shop.db, "tsh field 3")
    assert wrong(shop, "A-A-99") == [("name-off-rule", "tsh field 3", "is not built as A-A-99")]
    assert [looks_like(s, "A-99X") for s in ("MUG-01", "MUG-01B", "MUG-1")] == [False, True, False]


def test_every_finding_has_a_procedure_that_is_in_the_playbook(shop: Shop) -> None:
    known = in_force(shop, NOW).procedures
    assert [r.procedure for r in RULES.values() if r.procedure not in known] == []


def test_a_finding_starts_what_mends_it_and_one_that_is_right_stays_away(shop: Shop) -> None:
    bo, ben = hire(shop, "Bo", "buyer"), hire(shop, "Ben", "packer")
    thing(shop.db, "NOCOST", cost_cents=None)
    (found,) = findings(shop.db)
    with pytest.raises(Refused, match="kept by the buyer and the marketer"):
        mend(shop, ben, found, NOW)
    assert mend(shop, bo, found, NOW) == "New supplier (R1)"
    assert [tuple(r) for r in shop.db.execute("select procedure, about_type, about_id from runs")] == [
        ("new-supplier", "request", 1)
    ]
    with pytest.raises(Refused, match="Say why it is right"):
        right_as_it_is(shop, bo, found, " ", NOW)
    right_as_it_is(shop, bo, found, "a sample, it cost nothing", NOW)
    assert wrong(shop) == []


def test_stock_of_a_bundle_is_what_its_scarcest_part_allows(shop: Shop) -> None:
    mug, soap, gift = thing(shop.db, "MUG"), thing(shop.db, "SOAP"), thing(shop.db, "GIFT")
    lies(shop, mug, 7)
    lies(shop, soap, 30)
    with write(shop.db):
        set_parts(shop.db, gift, {mug: 2, soap: 3})
    assert bundle_levels(shop.db) == {gift: 3}
    assert [(p.sku, p.quantity, p.allows) for p in parts_of(shop.db, gift)] == [("MUG", 2, 3), ("SOAP", 3, 10)]


def test_a_bundle_with_a_part_of_unknown_level_has_no_level(shop: Shop) -> None:
    mug, gift = thing(shop.db, "MUG"), thing(shop.db, "GIFT")
    with write(shop.db):
        set_parts(shop.db, gift, {mug: 1})
    assert bundle_levels(shop.db) == {gift: None}


def test_a_bundle_holds_no_bundle_and_not_itself(shop: Shop) -> None:
    mug, gift, hamper = thing(shop.db, "MUG"), thing(shop.db, "GIFT"), thing(shop.db, "HAMPER")
    with write(shop.db):
        set_parts(shop.db, gift, {mug: 1})
    for bundle, parts in ((hamper, {gift: 1}), (mug, {hamper: 1}), (gift, {gift: 1}), (hamper, {mug: 0})):
        with pytest.raises(Refused), write(shop.db):
            set_parts(shop.db, bundle, parts)
    assert bundle_levels(shop.db) == {gift: None}


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(1, 9), st.integers(0, 12))
def test_law_a_changed_digit_is_always_found(digits: str, by: int, at: int) -> None:
    code = f"{digits}{check_digit(digits)}"
    assert is_barcode(code)
    assert not is_barcode(code[:at] + str((int(code[at]) + by) % 10) + code[at + 1 :])


def test_things_without_a_barcode_get_the_next_of_the_houses_own(shop: Shop) -> None:
    mug, tee = thing(shop.db, "MUG"), thing(shop.db, "TEE")
    bo = hire(shop, "Bo", "buyer")
    assert barcodes(shop, bo, [mug, tee], NOW) == {mug: "2900000000018", tee: "2900000000025"}
    assert find_thing(shop.db, "2900000000025") == tee
    with pytest.raises(Refused, match="has a barcode already"), write(shop.db):
        give_barcodes(shop.db, [mug])


def test_labels_are_a_pdf_with_name_sku_and_code(shop: Shop) -> None:
    mug = thing(shop.db, "MUG", "Mug <script> #strong[x]")
    bo = hire(shop, "Bo", "buyer")
    barcodes(shop, bo, [mug], NOW)
    number = label_file(shop, bo, [mug], "30", NOW)
    content = (shop.home.path / "documents" / "labels" / f"{number}.pdf").read_bytes()
    assert content.startswith(b"%PDF-1.7")
    assert b"/Type/Pages/Count 2/" in content
    with pytest.raises(WrongUsage, match="1 to 2000"):
        label_file(shop, bo, [mug], "3000", NOW)
