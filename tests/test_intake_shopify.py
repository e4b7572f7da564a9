"""Shopify exports: the real store of 19 orders and its next morning, and every fact of EXPORTS.md, by its name."""

from pathlib import Path

import pytest

from ecomos.intake import Account
from tests.exports import HEADER, MUG, NEXT_DAY, Desk, dev_store_rows, line, make_desk, order, write_csv

DEV_STORE = "orders_dev_store_eur.csv"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


@pytest.fixture
def dev_store(desk: Desk, shared_data: Path) -> tuple[Desk, Account]:
    return desk, desk.load((shared_data / "shopify" / DEV_STORE).read_bytes(), name=DEV_STORE)


# The real export ---------------------------------------------------------------------------------------------------


def test_the_19_orders_of_the_real_export_are_there(dev_store: tuple[Desk, Account]) -> None:
    desk, account = dev_store
    assert (account.status, account.kind, account.channel, account.is_baseline) == (
        "loaded",
        "shopify-orders",
        "shopify",
        True,
    )
    assert (account.rows_read, account.rows_new, account.rows_changed, account.rows_rejected) == (40, 40, 0, 0)
    assert desk.one("select count(*) from orders") == 19
    assert desk.one("select sum(total_cents) from orders") == 1_408_904
    assert desk.one("select count(*) from order_lines") == 40
    assert dict(account.readings) == {
        "encoding": "utf-8",
        "separator": "comma",
        "decimal": "point",
        "date": "ymd",
        "zone": "Europe/Vienna",
    }


def test_38_of_the_40_rows_have_no_sku_and_are_matched_by_nothing_yet(dev_store: tuple[Desk, Account]) -> None:
    _, account = dev_store
    assert (account.counts["no_sku"], account.counts["unmatched"]) == (38, 40)
    assert account.unmatched["The Multi-location Snowboard"] == 4


def test_17_of_the_40_lines_need_no_shipping_and_are_gift_cards(dev_store: tuple[Desk, Account]) -> None:
    desk, account = dev_store
    assert account.counts["no_shipping"] == 17
    assert desk.one("select count(*) from order_lines where is_gift_card and not is_merchandise") == 17


def test_what_is_still_open_is_listed_to_be_adopted(dev_store: tuple[Desk, Account]) -> None:
    desk, account = dev_store
    assert account.counts["adoptions"] == 5
    assert desk.all(
        "select o.number, a.state, a.import_id from adoptions a join orders o on o.id = a.order_id order by o.number"
    ) == [(number, "listed", account.import_id) for number in ("#1011", "#1013", "#1017", "#1018", "#1019")]


def test_a_baseline_writes_rows_and_no_events(dev_store: tuple[Desk, Account]) -> None:
    desk, account = dev_store
    assert desk.one("select count(*) from events") == 0
    assert desk.one("select is_baseline from imports where id = ?", account.import_id) == 1
    assert desk.one("select newest_at from imports") == "2025-05-17T15:46:48Z"


def next_morning(shared_data: Path) -> str:
    """#1018 fulfilled, #1017 cancelled, #1019 still unfulfilled."""
    header, rows = dev_store_rows(shared_data)
    for row in rows:
        if row["Name"] == "#1018":
            row |= {"Fulfillment Status": "fulfilled", "Fulfilled at": "2025-05-18 08:00:00 -0400"}
            row["Lineitem fulfillment status"] = "fulfilled"
        if row["Name"] == "#1017":
            row["Cancelled at"] = "2025-05-18 08:10:00 -0400"
    return write_csv(rows, header)


def test_the_next_morning_closes_one_ends_the_other_and_leaves_the_third(
    dev_store: tuple[Desk, Account], shared_data: Path
) -> None:
    desk, _ = dev_store
    account = desk.load(next_morning(shared_data), NEXT_DAY, "next.csv")
    assert (account.rows_read, account.rows_new, account.rows_changed, list(account.older)) == (40, 0, 2, [])
    assert desk.events() == [("#1017", "order.cancelled"), ("#1018", "order.fulfilled_elsewhere")]
    assert desk.all("select happened_at, recorded_at, actor from events order by id") == [
        ("2025-05-18T12:10:00Z", "2026-11-25T09:00:00Z", f"import:{account.import_id}"),
        ("2025-05-18T12:00:00Z", "2026-11-25T09:00:00Z", f"import:{account.import_id}"),
    ]


def test_events_name_columns_and_ids_and_the_values_stand_in_changes(
    dev_store: tuple[Desk, Account], shared_data: Path
) -> None:
    desk, _ = dev_store
    account = desk.load(next_morning(shared_data), NEXT_DAY, "next.csv")
    data = desk.one("select data from events where kind = 'order.cancelled'")
    assert data == f'{{"columns": ["cancelled_at"], "import_id": {account.import_id}}}'
    assert ("cancelled_at", None, "2025-05-18T12:10:00Z") in desk.all("select field, old, new from changes")


def test_the_same_bytes_again_are_answered_at_once(dev_store: tuple[Desk, Account], shared_data: Path) -> None:
    desk, first = dev_store
    again = desk.load((shared_data / "shopify" / DEV_STORE).read_bytes(), NEXT_DAY, "renamed.csv")
    assert (again.status, again.import_id) == ("already", first.import_id)
    assert desk.one("select count(*) from imports") == 1


@pytest.mark.parametrize("how", ["crlf", "semicolon", "utf-16", "reversed rows", "columns sorted"])
def test_the_same_content_saved_again_changes_nothing(
    dev_store: tuple[Desk, Account], shared_data: Path, how: str
) -> None:
    desk, _ = dev_store
    header, rows = dev_store_rows(shared_data)
    text = {
        "crlf": lambda: write_csv(rows, header, end="\r\n"),
        "semicolon": lambda: write_csv(rows, header, separator=";"),
        "utf-16": lambda: write_csv(rows, header).encode("utf-16"),
        "reversed rows": lambda: write_csv(list(reversed(rows)), header),
        "columns sorted": lambda: write_csv(rows, sorted(header)),
    }[how]()
    before = desk.everything()
    account = desk.load(text, NEXT_DAY, "again.csv")
    assert (account.rows_new, account.rows_changed, account.rows_rejected, account.events) == (0, 0, 0, 0)
    assert before == desk.everything()


# Shopify orders, by the numbers of EXPORTS.md -------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", [0, 4, 6])
def test_layouts_of_79_75_and_73_columns(desk: Desk, shared_data: Path, left_out: int) -> None:
    header, rows = dev_store_rows(shared_data)
    gone = ["Outstanding Balance", "Employee", "Location", "Device ID", "Payment ID", "Payment References"][:left_out]
    kept = [name for name in header if name not in gone]
    account = desk.load(write_csv(rows, kept))
    assert (len(kept), account.status, account.counts["orders"]) == (79 - left_out, "loaded", 19)


def test_headers_match_whatever_their_case_and_by_alias(desk: Desk) -> None:
    names = {"Lineitem sku": "Lineitem SKU", "Cancelled at": "Canceled at", "Name": "NAME"}
    row = {names.get(name, name): value for name, value in order(cancelled_at="2026-11-20 11:00:00 +0100").items()}
    account = desk.load(write_csv([row], [names.get(name, name) for name in HEADER]))
    assert account.status == "loaded"
    assert desk.one("select sku from order_lines") == "MUG-B"
    assert desk.one("select cancelled_at from orders") == "2026-11-20T10:00:00Z"


def test_1_an_order_with_several_lines_takes_its_values_from_the_first_row_only(desk: Desk) -> None:
    desk.load(write_csv([order(), line("#2001", "Teapot"), line("#2001", "Tray")]))
    assert desk.one("select count(*) from orders") == 1
    assert desk.all("select line_no, title, quantity from order_lines") == [
        (1, "Mug - Blue", 2),
        (2, "Teapot", 1),
        (3, "Tray", 1),
    ]
    assert desk.one("select financial_status from orders") == "paid"


def test_1_a_blank_name_is_carried_forward(desk: Desk) -> None:
    desk.load(write_csv([order(), line("", "Teapot"), order(name="#2002", id="7000000002002")]))
    assert desk.all("select o.number, count(*) from orders o join order_lines on order_id = id group by id") == [
        ("#2001", 2),
        ("#2002", 1),
    ]


def test_1_rows_of_an_order_need_not_be_adjacent(desk: Desk) -> None:
    other = order(name="#2002", id="7000000002002")
    account = desk.load(write_csv([line("#2001", "Teapot"), other, order(), line("#2002", "Tray")]))
    assert account.rows_new == 4
    assert desk.all("select number, financial_status from orders order by number") == [
        ("#2001", "paid"),
        ("#2002", "paid"),
    ]
    assert desk.one("select count(*) from order_lines") == 4


def test_1_the_key_is_the_name_as_the_store_writes_it(desk: Desk) -> None:
    desk.load(write_csv([order(name="#AP-517997")]))
    assert desk.one("select number from orders") == "#AP-517997"


def taxed(number: int, total: str, **changed: str) -> dict[str, str]:
    return order(name=f"#{number}", id=str(7000000000000 + number), total=total, **changed)


def test_2_a_tax_exclusive_store_is_told_by_its_sums(desk: Desk) -> None:
    account = desk.load(write_csv([taxed(1, "29.00"), taxed(2, "29.00")]))
    assert desk.one("select tax_inclusive from channels") == 0
    assert account.identities[0] == (
        "Subtotal + Shipping + Taxes + Tip = Total (tax comes on top): holds on 2 of 2 orders"
    )


def test_2_a_tax_inclusive_store_is_decided_once_and_its_exceptions_are_listed(desk: Desk) -> None:
    free_shipping = taxed(3, "20.00", taxes="3.33")
    account = desk.load(write_csv([taxed(1, "25.00", taxes="4.17"), taxed(2, "25.00", taxes="4.17"), free_shipping]))
    assert desk.one("select tax_inclusive from channels") == 1
    assert account.identities[0] == (
        "Subtotal + Shipping + Tip = Total (prices include tax): holds on 2 of 3 orders; not on #3"
    )
    exclusive = desk.load(write_csv([taxed(4, "29.00")]), NEXT_DAY)
    assert desk.one("select tax_inclusive from channels") == 1
    assert exclusive.identities[0].endswith("holds on 0 of 1 orders; not on #4")


def test_3_lines_less_tip_less_discount_are_the_subtotal_and_a_tip_is_not_merchandise(desk: Desk) -> None:
    tip = line("#2001", "Tip", lineitem_price="3.00", lineitem_sku="")
    account = desk.load(write_csv([order(subtotal="18.00", discount_amount="2.00", total="30.00"), tip]))
    assert desk.one("select tip_cents from orders") == 300
    assert desk.all("select is_merchandise, requires_shipping, open_quantity from order_lines where title = 'Tip'") == [
        (0, 0, 0)
    ]
    assert account.identities == [
        "Subtotal + Shipping + Taxes + Tip = Total (tax comes on top): holds on 1 of 1 orders",
        "Lines - Tip - Discount = Subtotal: holds on 1 of 1 orders",
    ]


def test_4_timestamps_carry_the_stores_offset_and_days_are_the_stores(desk: Desk) -> None:
    account = desk.load(write_csv([order(created_at="2023-05-31 23:06:04 -0700", paid_at="")]))
    assert desk.all("select placed_at, placed_on from orders") == [("2023-06-01T06:06:04Z", "2023-06-01")]
    assert account.days == [
        "The store's days (Europe/Vienna): 2023-06-01 to 2023-06-01; the file's own: 2023-05-31 to 2023-05-31; "
        "1 of 1 orders fall on another day."
    ]


def test_4_a_file_saved_by_excel_has_lost_offset_and_seconds_and_is_no_change(desk: Desk) -> None:
    exact = order(created_at="2023-12-31 22:36:41 +0100", paid_at="2023-12-31 22:36:42 +0100")
    desk.load(write_csv([exact]))
    saved = exact | {"Created at": "31/12/2023 22:36", "Paid at": "31/12/2023 22:36", "Id": "7,00E+12"}
    account = desk.load(write_csv([saved]), NEXT_DAY)
    assert (account.status, account.readings["date"]) == ("loaded", "dmy")
    assert (account.rows_changed, account.rows_rejected, account.events) == (0, 0, 0)
    assert desk.one("select placed_at from orders") == "2023-12-31T21:36:41Z"


@pytest.mark.parametrize(
    "status",
    ["paid", "pending", "authorized", "partially_paid", "partially_refunded", "refunded", "voided", "expired"],
)
def test_5_every_financial_status_is_kept(desk: Desk, status: str) -> None:
    desk.load(write_csv([order(financial_status=status)]))
    assert desk.one("select financial_status from orders") == status


def test_5_booked_sales_and_cash_received_are_two_numbers(desk: Desk) -> None:
    cod = order(financial_status="pending", paid_at="", outstanding_balance="29.00")
    part = taxed(2, "29.00", financial_status="partially_paid", outstanding_balance="9.00")
    desk.load(write_csv([cod, part, taxed(3, "29.00")]))
    assert desk.one("select sum(total_cents) from orders") == 8700
    assert desk.all("select o.number, amount_cents, p.source from payments p join orders o on o.id = order_id") == [
        ("#2", 2000, "import"),
        ("#3", 2900, "import"),
    ]


def test_5_refunds_are_cumulative_and_only_their_growth_is_a_refund(desk: Desk) -> None:
    desk.load(write_csv([order(financial_status="partially_refunded", refunded_amount="5.00")]))
    more = order(financial_status="partially_refunded", refunded_amount="12.00")
    desk.load(write_csv([more]), NEXT_DAY)
    assert desk.all("select amount_cents, refunded_at, source from refunds") == [
        (500, None, "import"),
        (700, "2026-11-25T09:00:00Z", "import"),
    ]
    assert desk.events() == [("#2001", "order.refunded")]
    assert '"amount_cents": 700' in desk.one("select data from events")
    assert desk.one("select cancelled_at from orders") is None


def test_6_one_apostrophe_before_zip_phone_and_ids_goes_and_leading_zeros_stay(desk: Desk) -> None:
    desk.load(write_csv([order(shipping_zip="'07520", phone="'+4312345678", id="'7000000002001")]))
    assert desk.all("select ship_zip, phone from order_contacts") == [("07520", "+4312345678")]
    assert desk.one("select platform_id from orders") == "7000000002001"


def test_6_a_zip_that_a_spreadsheet_made_a_number_is_no_change(desk: Desk) -> None:
    desk.load(write_csv([order(shipping_zip="07520", phone="+4312345678901")]))
    account = desk.load(write_csv([order(shipping_zip="7520", phone="4,31235E+12")]), NEXT_DAY)
    assert (account.rows_changed, account.events) == (0, 0)


def test_7_notes_hold_quoted_newlines_and_whole_files_may_be_crlf(desk: Desk) -> None:
    noted = order(notes="ring\r\ntwice", note_attributes="utm_source: mail\ngift: yes")
    account = desk.load(write_csv([noted, taxed(2, "x")], end="\r\n"))
    assert desk.all("select notes, note_attributes from order_contacts") == [
        ("ring\r\ntwice", "utm_source: mail\ngift: yes")
    ]
    assert [(5, "Total: “x” is no amount as this file writes them")] == list(account.rejects)


def test_8_lines_match_by_sku_then_by_name_and_what_does_not_match_is_counted_and_shown(desk: Desk) -> None:
    desk.load(PRODUCTS, name="products.csv")
    account = desk.load(
        write_csv(
            [
                order(),
                line("#2001", "Mug - Red", lineitem_sku=""),
                line("#2001", "Mug - Green", lineitem_sku="TWICE"),
                line("#2001", "Ghost", lineitem_sku="NOBODY"),
            ]
        )
    )
    assert desk.all(
        "select l.title, v.title from order_lines l left join variants v on v.id = variant_id order by line_no"
    ) == [("Mug - Blue", "Blue"), ("Mug - Red", "Red"), ("Mug - Green", "Green"), ("Ghost", None)]
    assert (account.counts["unmatched"], dict(account.unmatched)) == (1, {"NOBODY": 1})


def test_8_lines_find_their_product_when_the_catalogue_comes_later(desk: Desk) -> None:
    desk.load(write_csv([order()]))
    desk.load(PRODUCTS, NEXT_DAY, "products.csv")
    assert desk.one("select v.title from order_lines join variants v on v.id = variant_id") == "Blue"


def test_9_a_customer_is_the_lower_case_email_else_the_phone_else_unknown(desk: Desk) -> None:
    rows = [
        order(),
        taxed(2, "29.00", email="IDA@example.com", billing_name=""),
        taxed(3, "29.00", email="", phone="+43 1 2345678"),
        taxed(4, "29.00", email="", phone="0043 1 2345678"),
        taxed(5, "29.00", email="", phone=""),
    ]
    account = desk.load(write_csv(rows))
    found = [row[0] for row in desk.all("select customer_id from orders order by id")]
    assert found[0] == found[1] != found[2] == found[3]
    assert found[4] is None
    assert account.counts["without_customer"] == 1
    assert "1 orders without a known customer." in account.lines()


def test_9_one_person_is_one_customer_across_channels(desk: Desk) -> None:
    desk.load(write_csv([order()]), channel="shop-at")
    desk.load(write_csv([order(id="7000000009999", total="30.00")]), channel="shop-de")
    assert desk.one("select count(*) from orders") == 2
    assert desk.one("select count(distinct customer_id) from orders") == 1


def test_10_two_payment_methods_and_any_source_are_kept_as_they_are(desk: Desk) -> None:
    desk.load(write_csv([order(payment_method="Shopify Payments + PayPal Express Checkout", source="580111")]))
    assert desk.all("select payment_method, source from orders") == [
        ("Shopify Payments + PayPal Express Checkout", "580111")
    ]


def test_11_what_needs_no_shipping_is_never_picked_and_a_gift_card_is_no_merchandise(desk: Desk) -> None:
    rows = [
        order(),
        line("#2001", "Gift Card - $10", lineitem_requires_shipping="false"),
        line("#2001", "Pattern (PDF)", lineitem_requires_shipping="false"),
    ]
    desk.load(write_csv(rows))
    assert desk.all("select title, requires_shipping, is_gift_card, is_merchandise from order_lines") == [
        ("Mug - Blue", 1, 0, 1),
        ("Gift Card - $10", 0, 1, 0),
        ("Pattern (PDF)", 0, 0, 1),
    ]


def test_12_paid_with_a_cent_outstanding_is_paid_and_terms_with_pending_are_terms(desk: Desk) -> None:
    net7 = taxed(2, "29.00", financial_status="pending", payment_terms_name="Net 7", outstanding_balance="29.00")
    desk.load(write_csv([order(outstanding_balance="0.01"), net7]))
    assert desk.all("select financial_status, outstanding_cents, payment_terms from orders") == [
        ("paid", 1, None),
        ("pending", 2900, "Net 7"),
    ]
    assert desk.one("select count(*) from payments") == 1


def test_open_quantity_is_null_where_the_export_says_only_partial(desk: Desk) -> None:
    rows = [
        order(fulfillment_status="partial", lineitem_fulfillment_status="partial"),
        line("#2001", "Tray", lineitem_fulfillment_status="fulfilled"),
        line("#2001", "Teapot"),
    ]
    desk.load(write_csv(rows))
    assert desk.all("select title, open_quantity from order_lines") == [
        ("Mug - Blue", None),
        ("Tray", 0),
        ("Teapot", 1),
    ]


def test_columns_nobody_knows_are_noted_not_fatal(desk: Desk) -> None:
    account = desk.load(write_csv([order()], [*HEADER, "Mood"]))
    assert account.status == "loaded"
    assert "Columns that are not used: Mood." in account.lines()


def test_a_column_that_a_file_lacks_leaves_what_the_store_knows(desk: Desk) -> None:
    desk.load(write_csv([order()]))
    short = [name for name in HEADER if name not in ("Fulfillment Status", "Shipping City", "Refunded Amount")]
    account = desk.load(write_csv([order()], short), NEXT_DAY)
    assert (account.rows_changed, list(account.older)) == (0, [])


# Products -------------------------------------------------------------------------------------------------------------

PRODUCTS = (
    "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,"
    "Variant Requires Shipping,Variant Barcode,Image Src,Gift Card,Cost per item,Status,Mine (product.metafields.x)\n"
    'mug,Mug,"<p>Round,\nblue</p>",Pottery,Cups,true,Colour,Blue,MUG-B,10.00,true,\'0401,https://x/1.jpg,false,4.10,active,1\n'
    "mug,,,,,,,Red,,11.00,true,,,,,,\n"
    "mug,,,,,,,Green,TWICE,11.00,true,,,,,,\n"
    "mug,,,,,,,,,,,,https://x/2.jpg,,,,\n"
    "bowl,Bowl,,Pottery,Cups,true,Title,Default Title,TWICE,15.00,true,,,false,,draft,\n"
    "gift-card,Gift Card,,Pottery,,true,Denominations,$10,,10.00,true,,,true,,active,\n"
)


def test_products_carry_title_vendor_and_type_forward_by_handle(desk: Desk) -> None:
    account = desk.load(PRODUCTS, name="p.csv")
    assert (account.kind, account.rows_read, account.rows_rejected) == ("shopify-products", 6, 0)
    assert desk.all("select handle, title, vendor, type, status, is_gift_card from products") == [
        ("mug", "Mug", "Pottery", "Cups", "active", 0),
        ("bowl", "Bowl", "Pottery", "Cups", "draft", 0),
        ("gift-card", "Gift Card", "Pottery", None, "active", 1),
    ]


def test_image_only_rows_have_no_variant(desk: Desk) -> None:
    desk.load(PRODUCTS, name="p.csv")
    assert desk.all("select title, sku, barcode, price_cents, cost_cents, requires_shipping from variants") == [
        ("Blue", "MUG-B", "0401", 1000, 410, 1),
        ("Red", None, None, 1100, None, 1),
        ("Green", "TWICE", None, 1100, None, 1),
        ("Default Title", "TWICE", None, 1500, None, 1),
        ("$10", None, None, 1000, None, 0),
    ]


def test_products_loaded_twice_are_loaded_once_and_a_new_price_is_a_change(desk: Desk) -> None:
    desk.load(PRODUCTS, name="p.csv")
    same = desk.load(PRODUCTS.replace("\n", "\r\n"), NEXT_DAY, "p.csv")
    assert (same.rows_new, same.rows_changed) == (0, 0)
    dearer = desk.load(PRODUCTS.replace("15.00", "16.00"), NEXT_DAY, "p.csv")
    assert dearer.rows_changed == 1
    assert desk.all("select ref_type, field, old, new from changes") == [("variant", "price_cents", "1500", "1600")]


def test_the_2026_layout_renames_its_columns(desk: Desk) -> None:
    text = "Title,URL handle,Vendor,Status,SKU,Barcode,Option1 name,Option1 value,Price,Inventory quantity\n"
    account = desk.load(text + "Mug,mug,Pottery,Active,MUG-B,1,Colour,Blue,10.00,4\n", name="p.csv")
    assert account.kind == "shopify-products"
    assert desk.all("select sku, barcode, title from variants") == [("MUG-B", "1", "Blue")]


@pytest.mark.parametrize(
    ("file", "products", "variants"),
    [("apparel", 20, 22), ("home-and-garden", 20, 21), ("jewelery", 20, 23)],
)
def test_shopifys_own_product_samples_load(
    desk: Desk, shared_data: Path, file: str, products: int, variants: int
) -> None:
    text = (shared_data / "shopify" / f"products_sample_{file}.csv").read_bytes()
    account = desk.load(text, name="p.csv")
    assert (account.rows_rejected, account.counts["products"], account.counts["variants"]) == (0, products, variants)


def test_the_2017_layout_of_a_thousand_rows_loads(desk: Desk, shared_data: Path) -> None:
    account = desk.load((shared_data / "shopify" / "products_sample_snowdevil.csv").read_bytes(), name="p.csv")
    assert (account.status, account.rows_read, account.rows_rejected) == ("loaded", 636, 0)
    assert (desk.one("select count(*) from products"), desk.one("select count(*) from variants")) == (278, 622)


def test_the_mug_of_these_tests_is_whole() -> None:
    """The row that the other tests change is itself a right export row."""
    assert set(MUG) <= set(HEADER)
