"""An order to a supplier from draft to closed, carried by the starter's procedures: approval by its sum, the mail with
its paper, confirmation, silence, lateness, bill."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from buying_shop import NOW, buying_shop, hire
from mailserver import mail_server
from pdf_text import text_of

from ecomos.errors import Refused
from ecomos.heartbeat import tick
from ecomos.stock.confirming import Confirmed, confirm
from ecomos.stock.counting_in import open_delivery, scan
from ecomos.stock.invoices import Bill, BillLine, bills_of, enter_bill
from ecomos.stock.lateness import tell_late_orders
from ecomos.stock.ordering import draft_orders
from ecomos.stock.purchases import purchase
from ecomos.stock.receiving import book_in
from ecomos.stock.terms import change_terms
from ecomos.store import iso, read_home, set_setting, tell_live, write
from ecomos.work import Shop, approve, finish, pass_time, refuse, settle, take

BUYER = "buyer"


def task(shop: Shop, title: str, kind: str = "step") -> int:
    rows = shop.db.execute(
        "select id, title from tasks where kind = ? and status in ('open', 'taken')", [kind]
    ).fetchall()
    found = [r["id"] for r in rows if r["title"].startswith(title)]
    assert len(found) == 1, [r["title"] for r in rows]
    return int(found[0])


def do(shop: Shop, person: int, title: str, now: datetime, **answers: Any) -> None:
    """Take the task of that step and finish it with every line ticked."""
    number = task(shop, title)
    take(shop, number, person, now)
    finish(shop, number, person, now, answers=answers, checks=list(range(9)))
    settle(shop, now)


def drafted(shop: Shop, buyer: int, *chosen: tuple[int, int], now: datetime = NOW) -> int:
    """Draft these pieces of these things and let the procedure begin."""
    found = draft_orders(shop.db, [(v, 1, q) for v, q in chosen], buyer, now, home=shop.home)
    settle(shop, now)
    return found.drafts[0].order_id


def steps(shop: Shop) -> list[tuple[str, str, str | None]]:
    return [tuple(r) for r in shop.db.execute("select procedure, step, outcome from runs order by id")]


def status(shop: Shop, order_id: int) -> str:
    return str(shop.db.execute("select status from purchase_orders where id = ?", [order_id]).fetchone()[0])


def mails(shop: Shop) -> list[tuple[str, str]]:
    return [tuple(r) for r in shop.db.execute("select message, subject from outbox order by id")]


@pytest.fixture
def house(tmp_path: Path) -> tuple[Shop, dict[str, int], int]:
    shop, things = buying_shop(tmp_path / "home", minimum=0)
    return shop, things, hire(shop, "Bea", BUYER)


def test_an_order_within_the_buyers_limit_leaves_in_the_suppliers_language_with_its_paper(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["GLV-M"], 24), (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    assert steps(shop) == [("buy-from-a-supplier", "wait-for-the-confirmation", None)]
    found = purchase(shop.db, order)
    assert (found.status, found.sent_at, found.expected_on) == ("sent", iso(NOW), "2026-12-04")
    with mail_server() as box:
        tick(live(shop, box.port), NOW)
    ((to, mail),) = box.mails
    assert (to, str(mail["Subject"])) == (["orders@weber.example"], "Bestellung PO-2026-0001 von Test shop")
    (paper,) = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    assert paper.get_filename() == "PO-2026-0001.pdf"
    text = text_of(paper.get_payload(decode=True))  # type: ignore[arg-type]
    for shown in ("Bestellung", "PO-2026-0001", "GLV-M", "W-GLV-M", "Glove, M", "4,00", "96,00", "144,00 EUR"):
        assert shown.replace(" ", "") in text.replace(" ", ""), shown


def live(shop: Shop, port: int) -> Shop:
    """The same shop, told live, with that mail server."""
    (shop.home.path / "ecomos.toml").open("a").write(
        f'\n[mail]\nhost = "127.0.0.1"\nport = {port}\nsender = "shop@shop.example"\n'
    )
    home = read_home(tell_live(read_home(shop.home.path), True).path)
    with write(shop.db):
        set_setting(shop.db, "live_on", home.fingerprint)
    return Shop(home, shop.db)


def test_two_orders_to_one_supplier_on_one_day_need_the_yes_that_their_sum_needs(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    shop, things, buyer = house
    lead = hire(shop, "Ole", "operations-lead")
    first = drafted(shop, buyer, (things["CAP"], 60))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    second = drafted(shop, buyer, (things["GLV-M"], 132))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    assert (status(shop, first), status(shop, second)) == ("sent", "asked")
    asked = task(shop, "Approve purchase", "approve")
    (role, why) = shop.db.execute("select role, note from tasks where id = ?", [asked]).fetchone()
    assert (role, why) == (
        "operations-lead",
        "1,068.00 EUR of purchase for this case is above the drafter's limit of 1,000.00 EUR",
    )
    take(shop, asked, lead, NOW)
    with pytest.raises(Refused, match="approved as it stands"):
        approve(shop, asked, lead, NOW, amount=purchase_total(shop, second) / 2)
    approve(shop, asked, lead, NOW)
    assert status(shop, second) == "sent"


def purchase_total(shop: Shop, order_id: int) -> Any:
    from ecomos.money import from_cents

    return from_cents(purchase(shop.db, order_id).total_cents, "EUR")


def test_a_refused_order_is_a_draft_again_and_takes_lines_again(house: tuple[Shop, dict[str, int], int]) -> None:
    shop, things, buyer = house
    lead = hire(shop, "Ole", "operations-lead")
    order = drafted(shop, buyer, (things["CAP"], 160))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    asked = task(shop, "Approve purchase", "approve")
    take(shop, asked, lead, NOW)
    refuse(shop, asked, lead, NOW, reason="half of it lasts until spring")
    assert status(shop, order) == "draft"
    assert drafted(shop, buyer, (things["CAP"], 40)) == order
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    assert (status(shop, order), purchase(shop.db, order).goods_cents) == ("sent", 36000)


def test_silence_is_reminded_once_and_then_chased(house: tuple[Shop, dict[str, int], int]) -> None:
    shop, things, buyer = house
    drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    for days in (1, 2, 3, 5, 6):
        pass_time(shop, NOW + timedelta(days=days))
    assert [m for m, _ in mails(shop)] == ["purchase-order", "purchase-reminder"]
    pass_time(shop, NOW + timedelta(days=8))
    assert mails(shop)[1:] == [
        ("purchase-reminder", "Unsere Bestellung PO-2026-0001: haben Sie sie erhalten?"),
        ("purchase-chase", "Bestellung PO-2026-0001: wann trifft sie ein?"),
    ]
    assert task(shop, "Hear when it comes")


def test_another_price_is_a_persons_to_decide_and_costs_a_yes_of_its_own(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["CAP"], 100))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    said = confirm(shop.db, order, {1: Confirmed(96, 1100, date(2026, 12, 2))}, buyer, NOW)
    settle(shop, NOW)
    assert said == ("CAP: 96 instead of 100 pieces", "CAP: 11.00 EUR instead of 9.00 EUR a piece")
    do(shop, buyer, "Settle the change", NOW, change="take it")
    assert task(shop, "Approve purchase: 156.00 EUR", "approve")
    found = purchase(shop.db, order)
    assert (found.status, found.promised_on, found.lines[0].agreed, found.lines[0].agreed_cents) == (
        "confirmed",
        "2026-12-02",
        96,
        1100,
    )


def test_a_day_that_passes_starts_the_chase_by_itself_and_is_told_once(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    confirm(shop.db, order, {1: Confirmed(4, 900, date(2026, 11, 30))}, buyer, NOW)
    settle(shop, NOW)
    told = []
    for day in (1, 2, 3):
        now = datetime(2026, 12, day, 9, 30, tzinfo=UTC)
        told.append(tell_late_orders(shop.db, shop.home, now))
        settle(shop, now)
    assert told == [0, 1, 0]
    assert steps(shop) == [("buy-from-a-supplier", "hear-when-it-comes", None)]
    do(shop, buyer, "Hear when it comes", now, heard="a day", comes_on="2026-12-07")
    assert steps(shop) == [("buy-from-a-supplier", "wait-for-the-goods", None)]
    assert tell_late_orders(shop.db, shop.home, datetime(2026, 12, 9, 9, tzinfo=UTC)) == 1


def test_what_they_cant_deliver_is_cancelled_and_no_longer_on_its_way(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    later = NOW + timedelta(days=8)
    pass_time(shop, later)
    assert [tuple(r) for r in shop.db.execute("select quantity from coming_lines")] == [(4,)]
    do(shop, buyer, "Hear when it comes", later, heard="they can't")
    assert (status(shop, order), steps(shop)) == ("cancelled", [("buy-from-a-supplier", "cancel-the-order", "dropped")])
    assert shop.db.execute("select count(*) from coming_lines").fetchone()[0] == 0
    assert mails(shop)[-1] == ("purchase-cancelled", "Wir stornieren, was von Bestellung PO-2026-0001 offen ist")


def test_a_supplier_without_an_address_is_a_persons_to_reach(house: tuple[Shop, dict[str, int], int]) -> None:
    shop, things, buyer = house
    change_terms(shop.db, 1, {"email": None}, buyer, NOW)
    order = drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    assert (mails(shop), status(shop, order)) == ([], "approved"), "nobody there has heard of it yet"
    do(shop, buyer, "Hand the order over", NOW, sent_to="Mr Weber, on the phone")
    assert (status(shop, order), steps(shop)) == ("sent", [("buy-from-a-supplier", "wait-for-the-confirmation", None)])


def test_who_names_no_day_is_the_leads_to_decide(house: tuple[Shop, dict[str, int], int]) -> None:
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    later = NOW + timedelta(days=8)
    pass_time(shop, later)
    do(shop, buyer, "Hear when it comes", later, heard="not reached")
    assert steps(shop) == [("buy-from-a-supplier", "decide-without-an-answer", None)]
    lead = hire(shop, "Lena", "operations-lead")
    do(shop, lead, "Decide without an answer", later, without_a_day="cancel it")
    assert (status(shop, order), steps(shop)) == ("cancelled", [("buy-from-a-supplier", "cancel-the-order", "dropped")])


def test_a_thing_without_a_price_is_not_sent(house: tuple[Shop, dict[str, int], int]) -> None:
    shop, things, buyer = house
    with write(shop.db):
        shop.db.execute("update supplier_items set cost_cents = null where sku = 'CAP'")
    order = drafted(shop, buyer, (things["CAP"], 4))
    with pytest.raises(Refused, match="no price is known for CAP"):
        do(shop, buyer, "Check the draft", NOW, decision="send it")
    assert status(shop, order) == "draft"


def test_a_dearer_price_that_nobody_accepted_is_not_paid_by_itself(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    """The goods come before somebody decided about the price: the bill is held against what was ordered."""
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    confirm(shop.db, order, {1: Confirmed(4, 1500)}, buyer, NOW)
    settle(shop, NOW)
    received(shop, order, buyer, NOW, CAP=4)
    bill = Bill("R-77", date(2026, 11, 24), [BillLine("CAP", 4, 1500)], freight_cents=1200)
    assert enter_bill(shop.db, order, bill, buyer, NOW) == ("CAP: 15.00 EUR a piece billed, 9.00 EUR agreed",)


def test_a_dearer_price_that_was_taken_is_paid(house: tuple[Shop, dict[str, int], int]) -> None:
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    confirm(shop.db, order, {1: Confirmed(4, 1500)}, buyer, NOW)
    settle(shop, NOW)
    do(shop, buyer, "Settle the change", NOW, change="take it")
    received(shop, order, buyer, NOW, CAP=4)
    bill = Bill("R-77", date(2026, 11, 24), [BillLine("CAP", 4, 1500)], freight_cents=1200)
    assert enter_bill(shop.db, order, bill, buyer, NOW) == ()


def test_what_came_beyond_the_order_is_paid_only_where_it_is_kept(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    shop, things, buyer = house
    bill = Bill("R-1", date(2026, 11, 24), [BillLine("CAP", 6, 900)], freight_cents=1200)
    said = []
    for number, decision in enumerate(("claim it", "keep it"), 1):
        order = drafted(shop, buyer, (things["CAP"], 4))
        do(shop, buyer, "Check the draft", NOW, decision="send it")
        received(shop, order, buyer, NOW, CAP=6)
        do(shop, buyer, "Decide about what is wrong", NOW, decision=decision)
        said.append(enter_bill(shop.db, order, replace(bill, number=f"R-{number}"), buyer, NOW))
    assert said == [("CAP: 6 pieces billed, 6 came good, 4 of them to be paid",), ()]
    claim = [m for m in mails(shop) if m[0] == "purchase-discrepancy"]
    assert claim == [("purchase-discrepancy", "Bestellung PO-2026-0001: Mängelanzeige")]


def received(shop: Shop, order: int, person: int, now: datetime, **pieces: int) -> int:
    """Count these pieces of these SKUs in, and book them."""
    count = open_delivery(shop.db, order, None, person, now)
    for sku, quantity in pieces.items():
        scan(shop.db, count, sku.replace("_", "-"), person, now, pieces=quantity)
    receipt = book_in(shop.db, shop.home, count, person, now)
    settle(shop, now)
    return receipt


def test_a_bill_that_matches_is_approved_by_itself_and_the_order_closes(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["CAP"], 4))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    received(shop, order, buyer, NOW, CAP=4)
    bill = Bill("R-77", date(2026, 11, 24), [BillLine("CAP", 4, 905)], freight_cents=1200, total_cents=4820)
    assert enter_bill(shop.db, order, bill, buyer, NOW) == ()
    settle(shop, NOW)
    assert steps(shop) == [
        ("buy-from-a-supplier", "close-as-received", "received"),
        ("settle-a-delivery", "close-as-settled", "settled"),
    ]
    assert status(shop, order) == "closed"
    with pytest.raises(Refused, match="Don't pay it twice"):
        enter_bill(shop.db, order, bill, buyer, NOW)


def test_a_bill_that_differs_waits_for_a_person_and_a_refused_one_for_a_corrected_one(
    house: tuple[Shop, dict[str, int], int],
) -> None:
    shop, things, buyer = house
    order = drafted(shop, buyer, (things["CAP"], 12))
    do(shop, buyer, "Check the draft", NOW, decision="send it")
    received(shop, order, buyer, NOW, CAP=10)
    wrong = Bill("R-77", date(2026, 11, 24), [BillLine("CAP", 12, 950)], freight_cents=2500)
    assert enter_bill(shop.db, order, wrong, buyer, NOW) == (
        "CAP: 12 pieces billed, 10 came good, 9.50 EUR a piece billed, 9.00 EUR agreed",
        "freight and duty: 25.00 EUR billed, 12.00 EUR agreed",
    )
    settle(shop, NOW)
    do(shop, buyer, "Decide about the bill", NOW, bill_decision="refuse it", why="two are missing")
    right = Bill("R-78", date(2026, 11, 25), [BillLine("CAP", 10, 900)], freight_cents=1200)
    assert enter_bill(shop.db, order, right, buyer, NOW) == ()
    settle(shop, NOW)
    assert [(b["number"], b["status"]) for b in bills_of(shop.db, order)] == [("R-77", "refused"), ("R-78", "approved")]
    assert steps(shop)[1] == ("settle-a-delivery", "wait-for-the-rest", None)
