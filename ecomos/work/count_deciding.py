"""Whoever may write off so much approves what a count found; who may not is told whose it is, and it stands on their
list."""

from datetime import datetime, time

from ecomos.errors import Refused
from ecomos.money import format_money
from ecomos.people import roles_of
from ecomos.stock.count_approval import book_variances, count_again, say_cause, variances
from ecomos.stock.count_entry import cost_of
from ecomos.stock.count_plan import Rhythm, rhythm_of
from ecomos.stock.counting import count_of
from ecomos.stock.hands import COUNTERS, Hand
from ecomos.store import iso, write
from ecomos.work.authority import acting_roles, first_that_may, limit_of_person, may_decide
from ecomos.work.shop import Shop
from ecomos.work.upkeep_tasks import close_upkeep_task, open_upkeep_task
from ecomos.work.versions import policies

__all__ = [
    "approve_variances",
    "ask_for_approval",
    "cause_of_variance",
    "must_be_theirs",
    "rhythm_in_force",
    "send_back",
    "worth_of",
]

KIND = "write-off"


def rhythm_in_force(shop: Shop, now: datetime) -> Rhythm:
    """How often what is counted, by policies/counting.md in force."""
    return rhythm_of(policies(shop, now).get("counting", {}))


def worth_of(shop: Shop, number: int) -> int:
    """What the waiting differences of a count come to at cost, both ways: what was found hides nothing that is gone."""
    return sum(abs(v.cents) for v in variances(shop.db, number))


def _hand(shop: Shop, person_id: int, now: datetime) -> Hand:
    return Hand(person_id, frozenset(acting_roles(shop, person_id, now)), now)


def approve_variances(shop: Shop, person_id: int, number: int, now: datetime) -> list[int]:
    """Approve every difference of a count that waits, and correct the ledger; gives the moves.

    Raises Refused where nothing waits, and where the sum, with what this person approved of counts today, lies above
    what they may write off alone: a limit is for the sum, so that splitting gains nothing.
    """
    with write(shop.db):
        count = count_of(shop.db, number)
        if not variances(shop.db, number):
            raise Refused("No difference of this count waits for approval.")
        cents = worth_of(shop, number)
        total, currency = cents + _approved_today(shop, person_id, now), shop.home.currency
        if not may_decide(shop, person_id, None, KIND, total, cents, currency, now):
            raise Refused(_not_theirs(shop, person_id, total, cents, now))
        moves = book_variances(shop.db, _hand(shop, person_id, now), number, cents)
        _close_tasks(shop, number, count.made_at, now)
    return moves


def must_be_theirs(shop: Shop, person_id: int, variant: int, pieces: int, now: datetime) -> None:
    """Raises Refused where a correction by hand, with those of today, is worth more than the person may write off."""
    cents = abs(pieces) * cost_of(shop.db, variant)
    total, currency = cents + _corrected_today(shop, person_id, now), shop.home.currency
    if not may_decide(shop, person_id, None, KIND, total, cents, currency, now):
        limit = limit_of_person(shop, person_id, KIND, currency, now) or 0
        raise Refused(
            f"{format_money(total, currency)} today is more than the {format_money(limit, currency)} that you may "
            "write off alone: have the thing counted on the page Counts, whoever may approve it sees it there."
        )


def _corrected_today(shop: Shop, person_id: int, now: datetime) -> int:
    rows = shop.db.execute(
        """select variant_id, sum(abs(quantity)) as pieces from stock_moves
           where kind = 'adjust' and actor = ? and recorded_at >= ? group by 1""",
        [f"person:{person_id}", iso(shop.working.at(shop.today(now), time(0)))],
    ).fetchall()
    return sum(row["pieces"] * cost_of(shop.db, row["variant_id"]) for row in rows)


def _approved_today(shop: Shop, person_id: int, now: datetime) -> int:
    begins = shop.working.at(shop.today(now), time(0))
    row = shop.db.execute(
        "select coalesce(sum(approved_cents), 0) from counts where approved_by = ? and approved_at >= ?",
        [person_id, iso(begins)],
    ).fetchone()
    return int(row[0])


def _not_theirs(shop: Shop, person_id: int, total: int, cents: int, now: datetime) -> str:
    currency = shop.home.currency
    limit = limit_of_person(shop, person_id, KIND, currency, now) or 0
    role = _whose(shop, person_id, total, cents, now).replace("-", " ")
    return (
        f"Differences of {format_money(total, currency)} are approved by the {role}: you may write off "
        f"{format_money(limit, currency)} alone. It stands on their list."
    )


def _whose(shop: Shop, person_id: int, total: int, cents: int, now: datetime) -> str:
    held = roles_of(shop.db, person_id, shop.today(now))
    start = next((r for r in held if r != "founder"), "picker")
    return first_that_may(shop, start, KIND, total, cents, shop.home.currency, person_id, now)


def _task(shop: Shop, number: int, made_at: str) -> str:
    """The name of the task: another one where something was counted again."""
    newest = shop.db.execute(
        """select max(coalesce(recounted_at, counted_at)) from count_lines
           where count_id = ? and status = 'to approve'""",
        [number],
    ).fetchone()[0]
    return f"count:{number}:{made_at}:{newest}"


def _close_tasks(shop: Shop, number: int, made_at: str, now: datetime) -> None:
    rows = shop.db.execute(
        """select json_extract(data, '$.upkeep') as what from tasks
           where kind = 'failed' and status in ('open', 'taken') and json_extract(data, '$.upkeep') like ?""",
        [f"count:{number}:{made_at}%"],
    ).fetchall()
    for row in rows:
        close_upkeep_task(shop, row["what"], now)


def ask_for_approval(shop: Shop, person_id: int, number: int, now: datetime) -> bool:
    """Put the differences of a count on the list of whoever may approve them, once; called when a line was entered.
    True where it is new."""
    count, cents = count_of(shop.db, number), worth_of(shop, number)
    if count.status != "to approve":
        return False
    return open_upkeep_task(
        shop,
        _task(shop, number, count.made_at),
        f"Approve what a count found: {format_money(cents, shop.home.currency)} in {count.place}",
        f"{count.title}: {count.to_approve} differ. On the page Counts, see each with its cause, approve them or have "
        "them counted once more.",
        now,
        role=_whose(shop, person_id, cents, cents, now),
    )


def cause_of_variance(shop: Shop, person_id: int, number: int, line_no: int, cause: str, now: datetime) -> None:
    """Whoever counts, or leads who does, says where a difference came from."""
    _hand(shop, person_id, now).must_be(COUNTERS, "Saying where a difference came from")
    say_cause(shop.db, number, line_no, cause)


def send_back(shop: Shop, person_id: int, number: int, line_no: int, why: str, now: datetime) -> None:
    """Have a difference counted once more instead of approving it; by whom may write off anything at all."""
    if limit_of_person(shop, person_id, KIND, shop.home.currency, now) == 0:
        raise Refused("Whoever approves write-offs has it counted once more.")
    with write(shop.db):
        count_again(shop.db, _hand(shop, person_id, now), number, line_no, why)
        _close_tasks(shop, number, count_of(shop.db, number).made_at, now)
