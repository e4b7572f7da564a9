"""Which of a report's times are carried out, and which are left out since a newer one stands for them. Pure."""

from datetime import datetime, timedelta

__all__ = ["GRACE", "sort_out"]

GRACE = timedelta(hours=1)
"""A report that catches up with nothing still runs when the heartbeat comes so late."""


def sort_out(slots: list[datetime], catch_up: str, now: datetime) -> tuple[list[datetime], list[datetime]]:
    """Those that run and those that are skipped: `latest` runs the newest, `each` all, `none` what is not yet late."""
    if catch_up == "each":
        return slots, []
    runs = slots[-1:]
    if catch_up == "none":
        runs = [at for at in runs if now - at <= GRACE]
    return runs, [at for at in slots if at not in runs]
