"""The starter's procedures carried out by the engine: people of each role, from the start to the end."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shops import NOW, STARTER, hire, make_shop, order

from ecomos.store import events, iso, write
from ecomos.work import Shop, approve, finish, pass_time, queue_of, refuse, start
from ecomos.work.triggers import offer_events


class House:
    """A store with the starter playbook and one person for each role."""

    def __init__(self, path: Path) -> None:
        self.shop: Shop = make_shop(path)
        names = {
            "picker": "Pia", "packer": "Ben", "support-agent": "Sue", "operations-lead": "Olga", "founder": "Fay"
        }  # fmt: skip
        self.now = NOW
        self.people = {role: hire(self.shop, name, role) for role, name in names.items()}

    def order(self, number: str, **changes: Any) -> int:
        key = order(self.shop, number, **changes)
        kinds = {f.name.split(".")[0] for f in (STARTER / "playbook" / "messages").glob("*.md")}
        with write(self.shop.db):
            self.shop.db.execute("update channels set sends = ?", [json.dumps(dict.fromkeys(sorted(kinds), "ecomos"))])
        return key

    def todo(self) -> list[tuple[str, str]]:
        """What stands on the lists, as (role, title); waits are left out."""
        items = [(role, i) for role, p in self.people.items() for i in queue_of(self.shop, p, self.now)]
        return [(role, i.title) for role, i in items if i.kind != "wait"]

    def do(self, role: str, title: str, **answers: str) -> None:
        """The role's task with that title, every line ticked."""
        item = next(i for i in queue_of(self.shop, self.people[role], self.now) if i.title == title)
        if item.kind == "approve":
            approve(self.shop, item.task_id, self.people[role], self.now)
        else:
            finish(self.shop, item.task_id, self.people[role], self.now, answers=answers, checks=list(range(7)))

    def refuse(self, role: str, title: str) -> None:
        """The approval with that title, refused."""
        item = next(i for i in queue_of(self.shop, self.people[role], self.now) if i.title == title)
        refuse(self.shop, item.task_id, self.people[role], self.now, reason="not like this")

    def later(self, days: int) -> None:
        """So many days pass, and the heartbeat looks."""
        self.now += timedelta(days=days)
        pass_time(self.shop, self.now)
        offer_events(self.shop, self.now)

    def import_shows(self, key: int, kind: str, **columns: Any) -> None:
        """An import changes the order's row and tells of it."""
        with write(self.shop.db):
            for name, value in columns.items():
                self.shop.db.execute(f"update orders set {name} = ? where id = ?", [value, key])
            events.append(self.shop.db, kind, ("order", key), actor="import:2", recorded_at=iso(self.now), data={})
        offer_events(self.shop, self.now)

    def runs(self) -> list[tuple[str, str, str | None]]:
        return [tuple(r) for r in self.shop.db.execute("select procedure, status, outcome from runs order by id")]

    def mails(self) -> list[tuple[str, str]]:
        return [tuple(r) for r in self.shop.db.execute("select message, recipient from outbox order by id")]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "shop")


def test_an_order_without_address_and_e_mail_is_completed_picked_packed_shipped_and_told(house: House) -> None:
    """The way of #1019: three things and a gift card, nothing known of the customer."""
    key = house.order("#1019", lines=3, total=165995, email=None)
    with write(house.shop.db):
        house.shop.db.execute("update order_contacts set ship_name = null, ship_address1 = null, ship_zip = null")
        house.shop.db.execute(
            """insert into order_lines(order_id, line_no, title, quantity, unit_price_cents, total_cents,
                 requires_shipping, is_gift_card, fulfillment_status) values (?, 9, 'Gift Card', 1, 1000, 1000, 0, 1,
                 'pending')""",
            [key],
        )
    start(house.shop, "process-an-order", ("order", key), NOW)
    assert house.todo() == [("support-agent", "Find the missing parts")]
    found = {"name": "Maria Lang", "address1": "Ring 1", "zip": "1010", "email": "maria@example.com"}
    house.do("support-agent", "Find the missing parts", reply="found", **found)
    house.do("picker", "Pick the lines", found="all")
    house.do("packer", "Pack the parcel", packed="everything")
    house.do("packer", "Ship the parcel", carrier="Post", tracking="RR123456785AT")
    assert house.mails() == []
    house.do("packer", "Enter the shipment in Shopify", reference="F-1")
    assert house.mails() == [("shipped", "maria@example.com")]
    house.do("support-agent", "Issue the gift cards")
    house.do("support-agent", "Issue the gift cards in Shopify", reference="G-1")
    assert house.todo() == []
    assert house.runs() == [("process-an-order", "done", "shipped"), ("fix-an-address", "done", "complete")]


def test_a_missing_line_is_left_out_its_price_given_back_and_the_rest_shipped(house: House) -> None:
    """200 is above support's limit of 50 and within the lead's."""
    start(house.shop, "process-an-order", ("order", house.order("#1002", lines=2, total=40000)), NOW)
    house.do("picker", "Pick the lines", found="some missing")
    house.do("picker", "Count the shelf again", missing="still missing")
    house.do("picker", "Name the missing line", line="2", quantity="1")
    house.do("support-agent", "Take the customer's choice", choice="no answer", amount="200")
    assert house.todo() == [("operations-lead", "Approve refund: 200.00 EUR")]
    house.do("operations-lead", "Approve refund: 200.00 EUR")
    house.do("support-agent", "Refund in Shopify", reference="R-1")
    house.do("packer", "Pack the parcel", packed="everything")
    house.do("packer", "Ship the parcel", carrier="DHL", tracking="JD1")
    house.do("packer", "Enter the shipment in Shopify", reference="F-2")
    assert house.runs() == [
        ("process-an-order", "done", "shipped"),
        ("out-of-stock-after-the-sale", "done", "ship the rest"),
    ]
    assert [m for m, _ in house.mails()] == ["out-of-stock-options", "shipped"]


def test_a_cancelled_order_leaves_the_bench_and_its_money_and_goods_go_back(house: House) -> None:
    """Cancelled by the customer after it was picked; 600 is above everybody's limit but the founder's."""
    key = house.order("#1003", total=60000)
    start(house.shop, "process-an-order", ("order", key), NOW)
    house.do("picker", "Pick the lines", found="all")
    start(house.shop, "cancel-an-order", ("order", key), NOW)
    house.do("support-agent", "Stop the parcel", why="customer asks", stands_at="picked or packed")
    house.do("founder", "Approve cancel: 600.00 EUR")
    house.do("support-agent", "Cancel in Shopify", reference="C-1")
    offer_events(house.shop, NOW)
    assert house.todo() == [("support-agent", "Give the money back")]
    house.do("support-agent", "Give the money back", amount="600")
    house.do("support-agent", "Refund in Shopify", reference="R-2")
    assert house.todo() == [("picker", "Put the goods back")]
    house.do("picker", "Put the goods back", shelved="all back")
    assert house.runs() == [("process-an-order", "done", "cancelled"), ("cancel-an-order", "done", "cancelled")]
    assert [m for m, _ in house.mails()] == ["order-cancelled"]


def test_an_order_cancelled_in_the_platform_while_it_lay_on_the_bench_is_put_back(house: House) -> None:
    """The import tells of it; nobody is asked whether to cancel."""
    key = house.order("#1004")
    start(house.shop, "process-an-order", ("order", key), NOW)
    house.do("picker", "Pick the lines", found="all")
    _cancelled_by_import(house, key)
    assert house.todo() == [("picker", "Put the goods back")]


def test_an_order_cancelled_in_the_platform_before_it_was_picked_just_ends(house: House) -> None:
    """Nothing lies on the bench and the money is back, so nothing is asked."""
    key = house.order("#1005")
    start(house.shop, "process-an-order", ("order", key), NOW)
    _cancelled_by_import(house, key)
    assert house.todo() == []
    assert house.runs() == [("process-an-order", "done", "cancelled")]


def _cancelled_by_import(house: House, key: int, *, refunded: bool = True) -> None:
    with write(house.shop.db):
        house.shop.db.execute("update orders set cancelled_at = ? where id = ?", [iso(NOW), key])
        if refunded:
            house.shop.db.execute("update orders set refunded_cents = total_cents where id = ?", [key])
        about = ("order", key)
        events.append(house.shop.db, "order.cancelled", about, actor="import:2", recorded_at=iso(NOW), data={})
    offer_events(house.shop, NOW)


def test_a_risky_order_is_released_by_the_lead_and_then_picked(house: House) -> None:
    """Support reads the signals, the approval is the lead's; a released order is not asked about again."""
    key = house.order("#1006", total=30000)
    with write(house.shop.db):
        house.shop.db.execute("update orders set risk = 'High' where id = ?", [key])
    start(house.shop, "process-an-order", ("order", key), NOW)
    house.do("support-agent", "Read the signals", finding="clear", why="five orders since 2023")
    house.do("operations-lead", "Approve release: 300.00 EUR")
    assert house.todo() == [("picker", "Pick the lines")]


def test_an_unpaid_order_waits_and_goes_on_when_it_is_paid(house: House) -> None:
    """The wait stands on support's list; the payment of the next import carries it on."""
    key = house.order("#1007", status="pending")
    start(house.shop, "process-an-order", ("order", key), NOW)
    assert house.todo() == []
    with write(house.shop.db):
        house.shop.db.execute("update orders set financial_status = 'paid' where id = ?", [key])
        about = ("order", key)
        events.append(house.shop.db, "order.paid", about, actor="import:2", recorded_at=iso(NOW), data={})
    offer_events(house.shop, NOW)
    assert house.todo() == [("picker", "Pick the lines")]
    assert ("verify-a-payment", "done", "paid") in house.runs()
