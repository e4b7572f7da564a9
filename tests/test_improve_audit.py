"""The audit: each kind of violation is found with the line that it breaks, and clean work has none."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from shops import NOW, hire, make_shop, order
from test_work_waits import rows
from work_playbook import book, procedure

from ecomos.improve import KINDS, Finding, Outside, audit, nightly_audit, outside
from ecomos.store import iso, write
from ecomos.work import finish, start, start_by_the_clock

TODAY = date(2026, 11, 24)
SHIP = """
## Look at the order

| If | Then |
|---|---|
| order.is_cancelled | [Stop](#stop) |
| (order.risk ?? "low") in ["medium", "high"] and not order.released | [Stop](#stop) |
| not (order.is_paid or order.on_terms) | [Stop](#stop) |
| otherwise | [Pack it](#pack-it) |

## Pack it

- [ ] Count the lines (prevents: a line left behind)
- **Record:** weight (number), carrier (text), tracking (text)
- **Do:** orders.ship carrier=answers.carrier tracking=answers.tracking
- **End:** shipped

## Stop

- **End:** stopped
"""
PAY = """
## Say how much

- **Role:** support-agent
- **Record:** amount (money), reason (text)
- **Approve:** refund of answers.amount; if refused [Close](#close)

## Close

- **End:** closed
"""
LOOK = "## Count\n\n- **Record:** seen (number)\n- **End:** counted\n"


class Store:
    """A shop in which one order was sent and one refund approved, as the playbook wants it."""

    def __init__(self, path: Path) -> None:
        self.shop = make_shop(
            path / "shop",
            book(
                process_an_order=procedure(SHIP, "performer: packer\npromise: 1 working day\n", "Process an order"),
                refund_on_request=procedure(PAY, "again: allowed\n", "Refund on request"),
                count=procedure(LOOK, "about: day\nstarts: every Mon-Fri at 10:00\n", "Count"),
            ),
        )
        self.ben, self.sue = hire(self.shop, "Ben", "packer"), hire(self.shop, "Sue", "support-agent")
        self.pia, self.olga = hire(self.shop, "Pia", "picker"), hire(self.shop, "Olga", "operations-lead")
        self.order = order(self.shop, "#1")
        self.run = start(self.shop, "process-an-order", ("order", self.order), NOW)[0]
        answers = {"weight": "1", "carrier": "DHL", "tracking": "X1"}
        finish(self.shop, self.open_of(self.run), self.ben, NOW, answers=answers, checks=[0])
        self.hand = self.open_of(self.run)
        finish(self.shop, self.hand, self.ben, NOW, answers={"reference": "none"})
        self.refund = start(self.shop, "refund-on-request", ("order", self.order), NOW)[0]
        finish(self.shop, self.open_of(self.refund), self.sue, NOW, answers={"amount": "10", "reason": "late"})

    def open_of(self, run: int) -> int:
        return int(rows(self.shop, "select id from tasks where run_id = ? and status = 'open'", run)[0][0])

    def alter(self, sql: str, *values: object) -> None:
        with write(self.shop.db):
            self.shop.db.execute(sql, values)

    def audit(self, now=NOW + timedelta(hours=1)) -> list[Finding]:
        return audit(self.shop, TODAY, TODAY, now)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_clean_work_has_no_finding(store: Store) -> None:
    assert [] == store.audit()


def line(store: Store, file: str, text: str) -> int:
    lines = (store.shop.home.playbook / file).read_text().splitlines()
    return next(n for n, each in enumerate(lines, 1) if text in each)


def refund_more(s: Store) -> None:
    values = "(?, 5000, 'EUR', ?, 'import')"
    sql = f"insert into refunds(order_id, amount_cents, currency, refunded_at, source) values {values}"
    s.alter(sql, s.order, iso(NOW))


def altered(sql: str, *names: str) -> Callable[[Store], None]:
    """A mutation of the rows; the names are of the store's numbers that it takes."""
    return lambda s: s.alter(sql, *(getattr(s, name) for name in names))


SHIPPING, REFUNDING = "procedures/process-an-order.md", "procedures/refund-on-request.md"
PACKED = "where step = 'pack-it' and kind = 'step'"
EARLY = "'2026-11-24T08:00:00Z'"
VIOLATIONS: dict[str, tuple[Callable[[Store], None], str, str]] = {
    "refund without approval": (refund_more, REFUNDING, "**Approve:**"),
    "risky order sent unreviewed": (altered("update orders set risk = 'High'"), SHIPPING, "order.risk"),
    "sent unpaid": (altered("update orders set financial_status = 'pending'"), SHIPPING, "order.is_paid"),
    "sent after it was cancelled": (
        altered(f"update orders set cancelled_at = {EARLY}"),
        SHIPPING,
        "order.is_cancelled",
    ),
    "promise missed": (altered(f"update runs set promised_at = {EARLY} where id = ?", "run"), SHIPPING, "promise:"),
    "outcome that no step allows": (
        altered("update runs set outcome = 'forgotten' where id = ?", "run"),
        SHIPPING,
        "**End:** shipped",
    ),
    "decided above the limit": (
        altered("update approvals set approved_cents = 9000, asked_cents = 9000"),
        "roles/support-agent.md",
        "refund: 50 each",
    ),
    "own draft approved": (altered("update approvals set by_engine = 0"), REFUNDING, "**Approve:**"),
    "done by another role": (altered(f"update tasks set done_by = ? {PACKED}", "pia"), SHIPPING, "performer:"),
    "check or answer missing": (
        altered(f"update tasks set data = '{{\"checks\": []}}' {PACKED}"),
        SHIPPING,
        "Count the lines",
    ),
}


@pytest.mark.parametrize("kind", VIOLATIONS)
def test_each_kind_is_found_alone_with_the_line_that_it_breaks(store: Store, kind: str) -> None:
    plant, file, text = VIOLATIONS[kind]
    plant(store)
    (found,) = [f for f in store.audit() if f.kind == kind]
    assert {kind} == {f.kind for f in store.audit()}
    assert (file, line(store, file, text)) == (found.source, found.line)
    assert kind in KINDS


def lend(s: Store, a_day: int | None) -> None:
    day, at = TODAY.isoformat(), iso(NOW - timedelta(hours=1))
    s.alter(
        """insert into lendings(person_id, kind, each_cents, a_day_cents, from_on, to_on, lent_by, reason, lent_at)
           values (?, 'refund', 10000, ?, ?, ?, ?, 'a fair', ?)""",
        *(s.sue, a_day, day, day, s.olga, at),
    )


def test_what_was_lent_for_the_day_counts_and_its_cap_too(store: Store) -> None:
    store.alter("update approvals set approved_cents = 9000, asked_cents = 9000")
    lend(store, None)
    assert [] == store.audit()
    store.alter("update lendings set a_day_cents = 8000")
    assert ["90.00 EUR of refund by Sue on that day, limit 80.00 EUR"] == [f.text for f in store.audit()]


def test_a_late_case_of_which_the_customer_heard_in_time_is_no_finding(store: Store) -> None:
    VIOLATIONS["promise missed"][0](store)
    store.alter("update runs set started_at = '2026-11-24T07:00:00Z'")
    (missed,) = store.audit()
    store.alter(
        """insert into outbox(key, run_id, message, recipient, subject, body, message_id, queued_at, status)
           values ('k', ?, 'delayed', 'maria@example.com', 'It leaves tomorrow', '', 'm', '2026-11-24T07:30:00Z',
                   'queued')""",
        store.run,
    )
    assert ("promise missed", []) == (missed.kind, store.audit())


def test_what_the_clock_started_and_nobody_did_by_the_next_day_is_found(store: Store) -> None:
    start_by_the_clock(store.shop, NOW.replace(hour=10, minute=0))
    assert [] == store.audit()
    (found,) = store.audit(NOW + timedelta(days=2))
    assert ("scheduled work not done", line(store, "procedures/count.md", "starts:")) == (found.kind, found.line)


def test_the_nights_audit_is_one_task_of_the_lead_and_done_once(store: Store) -> None:
    refund_more(store)
    night = NOW + timedelta(days=1)
    assert 1 == nightly_audit(store.shop, night)
    assert 0 == nightly_audit(store.shop, night + timedelta(hours=3))
    assert [("operations-lead", "Look into 1 findings of Tue 24 Nov")] == rows(
        store.shop, "select role, title from tasks where kind = 'failed'"
    )


def test_what_was_done_on_the_platform_without_a_run_is_counted_by_week(store: Store) -> None:
    other = order(store.shop, "#2")
    store.alter("update orders set cancelled_at = ? where id = ?", iso(NOW), other)
    sql = (
        "insert into refunds(order_id, amount_cents, currency, refunded_at, source) values (?, 100, 'EUR', ?, 'import')"
    )
    store.alter(sql, other, iso(NOW))
    assert [Outside(date(2026, 11, 23), "nobody named", sent=0, refunded=1, cancelled=1)] == outside(
        store.shop, TODAY, TODAY, NOW
    )
