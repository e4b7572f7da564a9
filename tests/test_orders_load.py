"""Loading orders a second time: twice is once, backwards is told and not applied, another shop is rejected, what staff
corrected stays, and events are written for what is news only."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecomos.intake import Account, ensure_channel, read_account
from ecomos.store import write
from tests.exports import NEXT_DAY, Desk, line, make_desk, order, write_csv


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A store whose first file held one order; so what comes now is news."""
    desk = make_desk(tmp_path)
    desk.load(write_csv([order()]))
    return desk


def again(desk: Desk, *rows: dict[str, str], **how: object) -> Account:
    return desk.load(write_csv(rows), NEXT_DAY, "next.csv", **how)


def new_order(number: int, **changed: str) -> dict[str, str]:
    """An order of the day after the first file."""
    fresh = {"created_at": "2026-11-24 12:00:00 +0100", "paid_at": "2026-11-24 12:00:01 +0100"}
    return order(name=f"#{number}", id=str(7000000000000 + number), **(fresh | changed))


# News -----------------------------------------------------------------------------------------------------------------


def test_a_new_order_is_placed_and_paid_in_the_order_of_the_facts(desk: Desk) -> None:
    again(desk, order(), new_order(2002))
    assert desk.events() == [("#2002", "order.placed"), ("#2002", "order.paid")]
    assert desk.all("select happened_at from events") == [("2026-11-24T11:00:00Z",), ("2026-11-24T11:00:01Z",)]


def test_events_are_ordered_by_case_and_then_by_time(desk: Desk) -> None:
    late = new_order(2003, fulfillment_status="fulfilled", fulfilled_at="2026-11-24 13:00:00 +0100")
    again(desk, late | {"Lineitem fulfillment status": "fulfilled"}, new_order(2002), order(refunded_amount="1.00"))
    assert desk.events() == [
        ("#2001", "order.refunded"),
        ("#2003", "order.placed"),
        ("#2003", "order.paid"),
        ("#2003", "order.fulfilled_elsewhere"),
        ("#2002", "order.placed"),
        ("#2002", "order.paid"),
    ]


def test_a_pending_order_that_is_paid_later_is_paid_once(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.load(write_csv([order(financial_status="pending", paid_at="", outstanding_balance="29.00")]))
    again(desk, order(paid_at="2026-11-24 09:00:00 +0100"))
    again(desk, order(paid_at="2026-11-24 09:00:00 +0100", tags="seen"))
    assert desk.events() == [("#2001", "order.paid")]
    assert desk.all("select amount_cents, paid_at from payments") == [(2900, "2026-11-24T08:00:00Z")]


@pytest.mark.parametrize("status", ["voided", "expired"])
def test_a_payment_that_is_voided_or_expires_has_failed(tmp_path: Path, status: str) -> None:
    desk = make_desk(tmp_path)
    desk.load(write_csv([order(financial_status="authorized", paid_at="")]))
    again(desk, order(financial_status=status, paid_at=""))
    assert desk.events() == [("#2001", "order.payment_failed")]


def test_another_address_to_ship_to_is_told_by_its_columns_and_never_by_its_values(desk: Desk) -> None:
    again(desk, order(shipping_city="Graz", shipping_zip="8010"))
    assert desk.events() == [("#2001", "order.address_changed")]
    data = desk.one("select data from events")
    assert '"columns": ["ship_city", "ship_zip"]' in data
    assert "Graz" not in data
    assert ("ship_city", "Wien", "Graz") in desk.all("select field, old, new from changes")
    assert desk.one("select count(*) from changes where event_id = 1") == 2


def test_lines_are_replaced_as_a_set_and_those_that_stay_keep_their_number(desk: Desk) -> None:
    again(desk, order(), line("#2001", "Tray"))
    again(desk, line("#2001", "Bowl") | order(lineitem_name="Bowl", lineitem_sku=""), line("#2001", "Tray"))
    assert desk.all("select line_no, title from order_lines order by line_no") == [(2, "Tray"), (3, "Bowl")]
    assert desk.events() == [("#2001", "order.lines_changed")] * 2


def test_lines_in_another_order_are_no_change(desk: Desk) -> None:
    again(desk, order(), line("#2001", "Tray"), line("#2001", "Bowl"))
    account = again(desk, order(), line("#2001", "Bowl"), line("#2001", "Tray"))
    assert (account.rows_changed, account.events) == (0, 0)


def fulfilled(**changed: str) -> dict[str, str]:
    state = {"fulfillment_status": "fulfilled", "fulfilled_at": "2026-11-24 15:00:00 +0100"}
    return order(lineitem_fulfillment_status="fulfilled", **(state | changed))


def test_what_we_shipped_ourselves_was_not_fulfilled_elsewhere(desk: Desk) -> None:
    with write(desk.db) as db:
        db.execute("insert into parcels(id, order_id, tracking, source) values (1, 1, 'T1', 'ours')")
        db.execute("insert into parcel_lines(parcel_id, line_no, quantity) values (1, 1, 2)")
    account = again(desk, fulfilled())
    assert (account.rows_changed, account.events) == (1, 0)
    assert desk.one("select fulfillment_status from orders") == "fulfilled"


def test_what_we_shipped_only_in_part_was_fulfilled_elsewhere_for_the_rest(desk: Desk) -> None:
    with write(desk.db) as db:
        db.execute("insert into parcels(id, order_id, tracking, source) values (1, 1, 'T1', 'ours')")
        db.execute("insert into parcel_lines(parcel_id, line_no, quantity) values (1, 1, 1)")
    again(desk, fulfilled())
    assert desk.events() == [("#2001", "order.fulfilled_elsewhere")]


def test_gift_cards_that_we_issued_were_not_fulfilled_elsewhere(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    card = {"lineitem_name": "Gift Card - $10", "lineitem_requires_shipping": "false"}
    desk.load(write_csv([order(**card)]))
    with write(desk.db) as db:
        db.execute("insert into gift_card_issues(order_id, line_no, quantity, issued_at) values (1, 1, 2, 'now')")
    assert again(desk, fulfilled(**card)).events == 0


def test_a_part_shipped_by_others_is_partly_fulfilled_elsewhere(desk: Desk) -> None:
    again(desk, order(fulfillment_status="partial", lineitem_fulfillment_status="partial"))
    again(desk, order(fulfillment_status="partial", lineitem_fulfillment_status="partial", tags="x"))
    assert desk.events() == [("#2001", "order.partly_fulfilled_elsewhere")]


def test_our_own_refund_that_the_platform_shows_later_is_no_second_event(desk: Desk) -> None:
    with write(desk.db) as db:
        db.execute("insert into refunds(order_id, amount_cents, currency, source) values (1, 500, 'EUR', 'ours')")
    again(desk, order(financial_status="partially_refunded", refunded_amount="5.00"))
    assert desk.events() == []
    assert desk.all("select amount_cents, source from refunds") == [(500, "ours"), (500, "import")]


# History --------------------------------------------------------------------------------------------------------------


def test_facts_older_than_go_live_start_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, go_live=date(2026, 12, 1))
    desk.load(write_csv([order()]))
    account = again(desk, order(), new_order(2002))
    assert (account.rows_new, account.events, account.history) == (1, 0, 2)


def test_an_older_second_file_starts_nothing(desk: Desk) -> None:
    old = new_order(1999, created_at="2026-11-19 10:00:00 +0100", paid_at="2026-11-24 10:00:00 +0100")
    account = again(desk, old)
    assert (account.rows_new, account.events, account.history) == (1, 0, 2)
    assert desk.one("select count(*) from adoptions where order_id = 2") == 0


# Backwards, another shop ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ({}, {"financial_status": "pending"}, "paid → pending"),
        ({"fulfillment_status": "fulfilled"}, {"fulfillment_status": "unfulfilled"}, "fulfilled → unfulfilled"),
        ({"refunded_amount": "9.00"}, {"refunded_amount": "4.00"}, "refunds 900 → 400 (in minor units)"),
        ({"cancelled_at": "2026-11-20 12:00:00 +0100"}, {"cancelled_at": ""}, "cancelled → not cancelled"),
    ],
)
def test_a_state_that_runs_backwards_is_listed_and_not_applied(
    tmp_path: Path, first: dict[str, str], then: dict[str, str], told: str
) -> None:
    desk = make_desk(tmp_path)
    desk.load(write_csv([order(**first)]))
    before = desk.everything()
    account = again(desk, order(**then, shipping_city="Graz"))
    assert list(account.older) == [f"#2001: {told}"]
    assert f"older file? #2001: {told}; not applied" in account.lines()
    assert before == desk.everything()


def test_a_known_number_with_another_id_is_another_shops_file(desk: Desk) -> None:
    before = desk.everything()
    account = again(desk, order(id="9999999999999", total="99.00"), line("#2001", "Tray"))
    assert account.rows_rejected == 2
    assert account.rejects[0] == (
        2,
        "another shop's file? #2001 is known with the Id 7000000002001, here it is 9999999999999",
    )
    assert before == desk.everything()


def test_without_ids_more_than_a_day_apart_is_another_shops_file(desk: Desk) -> None:
    account = again(desk, order(id="", created_at="2026-11-22 10:00:00 +0100"))
    assert (account.rows_rejected, account.rows_changed) == (1, 0)
    assert "another shop's file?" in account.rejects[0][1]


def test_rejected_rows_are_on_somebodys_list(desk: Desk) -> None:
    account = again(desk, order(id="9999999999999"))
    assert desk.all("select kind, about_type, about_id from events") == [("data.rejected", "import", account.import_id)]
    assert desk.all("select line, raw is not null from rejects") == [(2, 0)]


def test_an_unknown_currency_asks_first(desk: Desk) -> None:
    account = again(desk, new_order(2002, currency="INR"))
    assert (account.status, list(account.choices)) == ("asks", [("it belongs to shopify", "currency=INR")])
    assert desk.one("select count(*) from orders") == 1
    assert again(desk, new_order(2002, currency="INR"), readings={"currency": "INR"}).status == "loaded"
    assert again(desk, new_order(2003, currency="INR")).status == "loaded"


def test_a_wholly_new_set_of_vendors_asks_first(desk: Desk) -> None:
    account = again(desk, new_order(2002, vendor="Snowboards"))
    assert (account.status, list(account.choices)) == ("asks", [("it belongs to shopify", "vendors=new")])
    assert again(desk, new_order(2002, vendor="Snowboards"), readings={"vendors": "new"}).status == "loaded"


def test_two_shops_may_both_have_the_same_number(desk: Desk) -> None:
    again(desk, order(id="9999999999999"), channel="other-shop")
    assert desk.one("select count(*) from orders where number = '#2001'") == 2


def test_with_two_channels_of_a_platform_it_asks_which(desk: Desk) -> None:
    with write(desk.db) as db:
        ensure_channel(db, "outlet", "shopify")
    account = again(desk, new_order(2002))
    assert (account.status, list(account.choices)) == (
        "asks",
        [("shopify", "channel=shopify"), ("outlet", "channel=outlet")],
    )


# Corrections ----------------------------------------------------------------------------------------------------------


def correct(desk: Desk, field: str, value: str) -> None:
    with write(desk.db) as db:
        db.execute(
            """insert into corrections(ref_type, ref_id, field, value, imported_value, person_id, corrected_at)
               values ('order', 1, ?, ?, (select ship_city from order_contacts where order_id = 1), 1, 'now')""",
            [field, value],
        )


def test_a_correction_outlives_the_next_import(desk: Desk) -> None:
    correct(desk, "ship_city", "Linz")
    account = again(desk, order(tags="x"))
    assert desk.one("select ship_city from order_addresses") == "Linz"
    assert list(account.corrected) == []


def test_an_import_that_differs_from_what_was_corrected_shows_both(desk: Desk) -> None:
    correct(desk, "ship_city", "Linz")
    account = again(desk, order(shipping_city="Graz"))
    assert desk.one("select ship_city from order_addresses") == "Linz"
    assert list(account.corrected) == [
        "order:shopify/2001 ship_city: staff wrote “Linz”, the file now says “Graz”; the correction stays"
    ]
    assert "Graz" not in desk.one("select account from imports where id = ?", account.import_id)
    assert read_account(desk.db, account.import_id) == account


# Laws -----------------------------------------------------------------------------------------------------------------

STATES = st.fixed_dictionaries(
    {
        "financial_status": st.sampled_from(["paid", "pending", "authorized", "partially_refunded", "voided"]),
        "fulfillment_status": st.sampled_from(["unfulfilled", "partial", "fulfilled", ""]),
        "refunded_amount": st.sampled_from(["0.00", "3.00"]),
        "cancelled_at": st.sampled_from(["", "2026-11-21 10:00:00 +0100"]),
        "email": st.sampled_from(["", "ida@example.com", "Jo@example.com"]),
        "phone": st.sampled_from(["", "+4312345678"]),
        "lineitem_sku": st.sampled_from(["", "MUG-B"]),
        "lineitem_quantity": st.sampled_from(["1", "3"]),
    }
)
FILES = st.lists(st.tuples(STATES, st.lists(st.sampled_from(["Tray", "Bowl", "Tip"]), max_size=3)), max_size=5)


def rows_of(file: list[tuple[dict[str, str], list[str]]]) -> list[dict[str, str]]:
    rows = []
    for number, (state, extra) in enumerate(file, 3001):
        rows.append(new_order(number, **state))
        rows += [line(f"#{number}", title) for title in extra]
    return rows


LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAW
@given(file=FILES)
def test_loading_twice_is_loading_once(tmp_path_factory: pytest.TempPathFactory, file: list) -> None:  # type: ignore[type-arg]
    desk = make_desk(tmp_path_factory.mktemp("law"))
    desk.load(write_csv([order()]))
    rows = [order(), *rows_of(file)]
    again(desk, *rows)
    before = (desk.everything(), desk.events(), desk.one("select count(*) from changes"))
    second = desk.load(write_csv(rows, end="\r\n"), NEXT_DAY, "second.csv")
    assert (second.rows_new, second.rows_changed, second.events, list(second.older)) == (0, 0, 0, [])
    assert before == (desk.everything(), desk.events(), desk.one("select count(*) from changes"))


@LAW
@given(file=FILES, random=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    file: list,  # type: ignore[type-arg]
    random,  # type: ignore[no-untyped-def]
) -> None:
    desk = make_desk(tmp_path_factory.mktemp("law"))
    rows = [order(), *rows_of(file)]
    desk.load(write_csv(rows))
    before = desk.everything()
    random.shuffle(rows)
    account = again(desk, *rows)
    assert (account.rows_new, account.rows_changed, account.rows_rejected) == (0, 0, 0)
    assert before == desk.everything()
