"""What a condition may ask about the store's day, a procedure and a person: the cases of procedures that start by the
clock, of reviews, and of joining and leaving."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ecomos.money import from_cents
from ecomos.people import is_away, roles_of
from ecomos.playbook.catalogue import Money
from ecomos.store import iso

__all__ = [
    "WAITING_TO_BE_SENT",
    "DayFacts",
    "PersonFacts",
    "ProcedureFacts",
    "day_facts",
    "person_facts",
    "procedure_facts",
]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WINDOW = timedelta(days=90)
"""A procedure is judged by the runs of the last quarter."""


@dataclass(frozen=True)
class DayFacts:
    """A day of the store, as it stands now; money in the store's currency."""

    on: date
    """The day."""
    weekday: str
    """Mon to Sun."""
    month: int
    """1 to 12."""
    day_of_month: int
    """1 to 31."""
    orders_placed: int
    """Sales placed on that day."""
    orders_to_send: int
    """Paid or released orders that wait to be sent now, cancelled ones and pick-ups of goods left out."""
    parcels_sent: int
    """Parcels that we handed over on that day."""
    parcels_not_shown: int
    """Of these, parcels whose order the platform does not show as sent."""
    orders_sent_elsewhere: int
    """Orders that the platform shows as sent on that day without a parcel of ours."""
    lines_short: int
    """Lines that were found missing on that day."""
    refunded: Money
    """Money paid back on that day."""
    tickets_open: int
    """Tickets that wait for our answer now."""
    tasks_late: int
    """Open tasks whose deadline lay on an earlier day."""
    people_away: int
    """People of the team who are away on that day."""


@dataclass(frozen=True)
class ProcedureFacts:
    """A procedure and how it went in the last 90 days."""

    name: str
    """The name of its file."""
    days_since_change: int
    """Days since the version in force was adopted."""
    runs: int
    """Runs that were started."""
    open_runs: int
    """Runs under way now."""
    not_sure: int
    """How often somebody was not sure in one of its steps."""
    skipped: int
    """Steps that were skipped."""
    late: int
    """Tasks that were finished after their deadline, or are late now."""


@dataclass(frozen=True)
class PersonFacts:
    """A person of the team."""

    name: str
    """The person's name."""
    email: str
    """The person's e-mail."""
    roles: tuple[str, ...]
    """The roles held today."""
    is_founder: bool
    """Holds the founder's role."""
    days_here: int
    """Whole days since the first day; negative before it."""
    has_left: bool
    """The last day is over, or this is the first day without the person."""
    is_away: bool
    """Away today."""
    open_tasks: int
    """Tasks that the person has taken and not finished."""


WAITING_TO_BE_SENT = """
select {what} from orders o
where o.kind = 'sale' and o.cancelled_at is null
  and o.financial_status in ('paid', 'partially_refunded')
  and coalesce(o.fulfillment_status, '') not in ('fulfilled')
  and not exists (select 1 from order_cancellations x where x.order_id = o.id)
  and not exists (select 1 from parcels p where p.order_id = o.id and p.source = 'ours')
  and exists (select 1 from run_cases c join runs r on r.id = c.run_id
              where c.type = 'order' and c.id = +o.id and r.status <> 'done') {day}"""
"""Sales that are paid and neither sent, cancelled nor left out of the work."""


def day_facts(db: sqlite3.Connection, day: str, currency: str, zone: tzinfo = UTC) -> DayFacts:
    """Everything that a condition may ask about that day of the store (`2026-11-24` in `zone`).

    Raises LookupError for what is no day.
    """
    try:
        on = date.fromisoformat(day)
    except (TypeError, ValueError):
        raise LookupError(f"no day {day}") from None

    begins, ends = (iso(datetime.combine(d, time(), zone)) for d in (on, on + timedelta(days=1)))

    def count(sql: str, *values: object) -> int:
        return int(db.execute(sql, values).fetchone()[0] or 0)

    return DayFacts(
        on=on,
        weekday=WEEKDAYS[on.weekday()],
        month=on.month,
        day_of_month=on.day,
        orders_placed=count("select count(*) from orders where kind = 'sale' and placed_on = ?", day),
        orders_to_send=count(WAITING_TO_BE_SENT.format(what="count(*)", day="")),
        parcels_sent=count("select count(*) from parcels where source = 'ours' and shipped_on = ?", day),
        parcels_not_shown=count(
            """select count(*) from parcels p join orders o on o.id = p.order_id where p.source = 'ours'
               and p.shipped_on = ? and coalesce(o.fulfillment_status, '') not in ('fulfilled', 'partial')""",
            day,
        ),
        orders_sent_elsewhere=count(
            """select count(distinct e.about_id) from events e
               where e.kind in ('order.fulfilled_elsewhere', 'order.partly_fulfilled_elsewhere')
               and e.happened_at >= ? and e.happened_at < ?
               and not exists (select 1 from parcels o where o.order_id = e.about_id and o.source = 'ours')""",
            begins,
            ends,
        ),
        lines_short=count("select count(*) from order_shortages where noted_at >= ? and noted_at < ?", begins, ends),
        refunded=from_cents(
            count("select sum(amount_cents) from refunds where refunded_at >= ? and refunded_at < ?", begins, ends),
            currency,
        ),
        tickets_open=count("select count(*) from tickets where status = 'open'"),
        tasks_late=count("select count(*) from tasks where status in ('open', 'taken') and due_at < ?", day),
        people_away=count("select count(distinct person_id) from absences where from_on <= ?1 and to_on >= ?1", day),
    )


def procedure_facts(db: sqlite3.Connection, stem: str, today: date) -> ProcedureFacts:
    """A procedure by the name of its file. Raises LookupError where none was ever adopted."""
    row = db.execute(
        "select max(from_at) from playbook_versions where kind = 'procedures' and name = ? and from_at is not null",
        [stem],
    ).fetchone()
    if row[0] is None:
        raise LookupError(f"no procedure {stem}")
    since = (today - WINDOW).isoformat()

    def count(sql: str) -> int:
        return int(db.execute(sql, [stem, since]).fetchone()[0] or 0)

    of_it = "from tasks t join runs r on r.id = t.run_id where r.procedure = ? and t.opened_at >= ?"
    said = "from task_notes n join tasks t on t.id = n.task_id join runs r on r.id = t.run_id where r.procedure = ?"
    return ProcedureFacts(
        name=stem,
        days_since_change=(today - date.fromisoformat(row[0][:10])).days,
        runs=count("select count(*) from runs where procedure = ? and started_at >= ?"),
        open_runs=count("select count(*) from runs where procedure = ? and status <> 'done' and started_at >= '' || ?"),
        not_sure=count(f"select count(*) {said} and n.at >= ? and n.kind = 'not sure'"),
        skipped=count(f"select count(*) {of_it} and t.status = 'skipped'"),
        late=count(f"select count(*) {of_it} and t.due_at is not null and t.due_at < coalesce(t.done_at, t.due_at)"),
    )


def person_facts(db: sqlite3.Connection, person_id: int, today: date) -> PersonFacts:
    """A person of the team. Raises LookupError where there is none."""
    row = db.execute("select * from people where id = ?", [person_id]).fetchone()
    if row is None:
        raise LookupError(f"no person {person_id}")
    roles = tuple(roles_of(db, person_id, today))
    taken = "select count(*) from tasks where person_id = ? and status = 'taken'"
    return PersonFacts(
        name=row["name"],
        email=row["email"],
        roles=roles,
        is_founder="founder" in roles,
        days_here=(today - date.fromisoformat(row["started_on"])).days,
        has_left=bool(row["left_on"]) and date.fromisoformat(row["left_on"]) <= today,
        is_away=is_away(db, person_id, today),
        open_tasks=db.execute(taken, [person_id]).fetchone()[0],
    )
