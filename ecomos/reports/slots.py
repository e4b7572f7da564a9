"""When a report is due: every time of its schedule between two instants, in the store's zone, right on the days on
which the clocks change. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

__all__ = ["GRACE", "due_slots", "sort_out"]

GRACE = timedelta(hours=1)
"""A report that catches up with nothing still runs when the heartbeat comes so late."""
MOST = 400


def due_slots(cron: str, zone: ZoneInfo, after: datetime, until: datetime) -> list[datetime]:
    """The instants in UTC, later than `after` and not later than `until`; the newest 400 at most.

    >>> vienna = ZoneInfo("Europe/Vienna")
    >>> night = datetime(2026, 10, 25, tzinfo=UTC) - timedelta(hours=2)
    >>> [f"{at:%d %H:%M}" for at in due_slots("30 2 * * *", vienna, night, night + timedelta(days=1))]
    ['25 00:30']
    """
    found: list[datetime] = []
    for at in CronSim(cron, until.astimezone(zone) + timedelta(seconds=1), reverse=True):
        if at.astimezone(UTC) <= after or len(found) == MOST:
            break
        if at.astimezone(UTC) <= until:
            found.append(at.astimezone(UTC))
    return found[::-1]


def sort_out(slots: list[datetime], catch_up: str, now: datetime) -> tuple[list[datetime], list[datetime]]:
    """Those that run and those that are skipped: `latest` runs the newest, `each` all, `none` what is not yet late."""
    if catch_up == "each":
        return slots, []
    runs = slots[-1:]
    if catch_up == "none":
        runs = [at for at in runs if now - at <= GRACE]
    return runs, [at for at in slots if at not in runs]
