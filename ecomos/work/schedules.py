"""What the clock starts: procedures at their hour, and the review of a procedure whose time is over. Each is an event
in the transaction that starts its run; a missed hour is caught up once, and two at once start one."""

from datetime import datetime

from ecomos.playbook.conditions import CannotTell
from ecomos.playbook.records import Procedure
from ecomos.playbook.timetable import due_slots
from ecomos.store import events, get_setting, iso, parse_iso, set_setting, write
from ecomos.work.deadlines import after_span
from ecomos.work.engine import start_run
from ecomos.work.shop import Shop
from ecomos.work.tasks import open_task
from ecomos.work.values import holds, values_for_event
from ecomos.work.versions import current_from, in_force

__all__ = ["announce_reviews", "start_by_the_clock"]


def start_by_the_clock(shop: Shop, now: datetime) -> int:
    """Start every procedure whose hour has come since it was last looked at; gives how many hours were answered."""
    done = 0
    for procedure in in_force(shop, now).procedures.values():
        if procedure.state == "on" and procedure.starts is not None and procedure.starts.cron:
            done += _at_its_hour(shop, procedure, now)
    return done


def _at_its_hour(shop: Shop, procedure: Procedure, now: datetime) -> int:
    slot = _newest_slot(shop, procedure, now)
    if slot is None:
        return 0
    with write(shop.db):
        if _newest_slot(shop, procedure, now) != slot:
            return 0
        set_setting(shop.db, _key(procedure), iso(slot))
        if not _is_left_out(shop, procedure, slot):
            _begin(shop, procedure, slot, now)
    return 1


def _key(procedure: Procedure) -> str:
    return f"hour of {procedure.stem}"


def _newest_slot(shop: Shop, procedure: Procedure, now: datetime) -> datetime | None:
    """The newest hour that nobody answered and that came after this version was adopted."""
    assert procedure.starts is not None
    adopted = current_from(shop, "procedures", procedure.stem, now)
    since = max(adopted, get_setting(shop.db, _key(procedure), adopted))
    slots = due_slots(procedure.starts.cron, shop.home.zone, parse_iso(since), now)
    return slots[-1] if slots else None


def _is_left_out(shop: Shop, procedure: Procedure, slot: datetime) -> bool:
    """A procedure of certain weekdays is left out on the store's holidays."""
    assert procedure.starts is not None
    names_weekdays = not procedure.starts.cron.endswith("*")
    return names_weekdays and shop.today(slot) in shop.home.holidays


def _begin(shop: Shop, procedure: Procedure, slot: datetime, now: datetime) -> None:
    day = ("day", shop.today(slot).isoformat())
    event = events.append(
        shop.db,
        "day.began",
        day,
        actor="clock",
        recorded_at=iso(now),
        happened_at=iso(slot),
        data={"procedure": procedure.stem},
    )
    result, run_id, reason = "no match", None, None
    try:
        where = procedure.starts.where if procedure.starts else None
        if where is None or holds(shop, where, values_for_event(shop, event, day, now)):
            run_id, is_new = start_run(shop, procedure.stem, day, now, cause=event)
            result = "started" if is_new else "added"
    except CannotTell as unknown:
        result, reason = "cannot tell", str(unknown)
        _owners_task(shop, procedure, day, reason, now)
    shop.db.execute(
        "insert into triggers(event_id, procedure, result, run_id, reason) values (?, ?, ?, ?, ?)",
        [event, procedure.stem, result, run_id, reason],
    )


def _owners_task(shop: Shop, procedure: Procedure, day: tuple[str, str], why: str, now: datetime) -> None:
    due, title = iso(shop.working.after_days(now, 1)), f"“{procedure.title}” could not start at its hour"
    open_task(shop, "failed", title, procedure.owner, now, about=day, due_at=due, why=why)


def announce_reviews(shop: Shop, now: datetime) -> int:
    """Announce each procedure whose time since its last look is over, once until it was looked at; gives how many."""
    announced = 0
    for procedure in in_force(shop, now).procedures.values():
        if procedure.state != "on" or procedure.review_every is None or not _is_due(shop, procedure, now):
            continue
        with write(shop.db):
            if _is_due(shop, procedure, now):
                about, data = ("procedure", procedure.stem), {"owner": procedure.owner}
                events.append(shop.db, "procedure.review_due", about, actor="clock", recorded_at=iso(now), data=data)
                announced += 1
    return announced


def _is_due(shop: Shop, procedure: Procedure, now: datetime) -> bool:
    """Whether the span is over since it was adopted, reviewed or announced, whichever came last."""
    announced = shop.db.execute(
        "select max(recorded_at) from events where kind = 'procedure.review_due' and about_type = 'procedure'"
        " and about_id = ?",
        [procedure.stem],
    ).fetchone()[0]
    reviewed = shop.db.execute(
        "select max(ended_at) from runs where about_type = 'procedure' and about_id = ? and status = 'done'",
        [procedure.stem],
    ).fetchone()[0]
    since = max(x for x in (current_from(shop, "procedures", procedure.stem, now), announced, reviewed) if x)
    assert procedure.review_every is not None
    return after_span(shop, parse_iso(since), procedure.review_every, now) <= now
