"""Levels that need a person: where our number counts, the differing rows go out each day as a file for its owner; what
lies below zero is given to whoever looks after the place."""

from datetime import datetime

from ecomos.stock.places import Place, places
from ecomos.stock.upload import LATE_AFTER, Upload, make_upload, open_uploads
from ecomos.store import get_setting, parse_iso, set_setting, write
from ecomos.work import Shop
from ecomos.work.upkeep_tasks import close_upkeep_task, open_upkeep_task

__all__ = ["carry_levels"]

DONE_ON = "levels_carried_on"


def carry_levels(shop: Shop, now: datetime) -> int:
    """Once a day, from the shop's opening on: the files for upload and the tasks for their owners; gives how many wait.

    Called again it does nothing new. What was uploaded, or does not differ any more, leaves the owner's list at once.
    """
    _close_what_is_done(shop, now)
    today = shop.today(now)
    opening = shop.working.opening(today)
    if opening is None or now < opening[0] or get_setting(shop.db, DONE_ON) == today.isoformat():
        return 0
    found = places(shop.db)
    for place in found:
        if place.master == "ecomos":
            make_upload(shop.db, place.id, now)
        if place.below:
            _tell_below(shop, place, now)
    waiting = open_uploads(shop.db)
    for upload in waiting:
        _ask_owner(shop, upload, now)
    _close_what_is_done(shop, now)
    with write(shop.db):
        set_setting(shop.db, DONE_ON, today.isoformat())
    return len(waiting)


def _name(upload: Upload) -> str:
    """A file that a newer one replaced has the age of the first: its task stays."""
    return f"levels:{upload.location_id}:{upload.made_at}"


def _ask_owner(shop: Shop, upload: Upload, now: datetime) -> None:
    rows = "1 level" if upload.rows == 1 else f"{upload.rows} levels"
    open_upkeep_task(
        shop,
        _name(upload),
        f"Upload {rows} of {upload.place} to the platform",
        f"Our number counts in {upload.place}. On the page Places, download the file, import it in the platform's "
        "inventory, then click “Uploaded”. Until then the platform sells by other numbers than lie there.",
        now,
        role=upload.owner or "operations-lead",
        due_at=parse_iso(upload.made_at) + LATE_AFTER,
    )


def _tell_below(shop: Shop, place: Place, now: datetime) -> None:
    """One task for a place as long as it is open; a new one another day where it was closed and is so still."""
    mark = f"below:{place.id}:"
    if any(what.startswith(mark) for what in _open(shop)):
        return
    things = "1 thing lies" if place.below == 1 else f"{place.below} things lie"
    open_upkeep_task(
        shop,
        mark + shop.today(now).isoformat(),
        f"Below zero: {things} below nothing in {place.name}",
        "Sold and sent before it was received or counted, or a level that was wrong before. The page Places names "
        "each; count the shelf, or enter the receipt.",
        now,
        role=place.owner or "operations-lead",
    )


def _close_what_is_done(shop: Shop, now: datetime) -> None:
    standing = _open(shop)
    if not standing:
        return  # the usual beat: nothing to look for in every place
    wanted = {_name(upload) for upload in open_uploads(shop.db)}
    below = {f"below:{place.id}:" for place in places(shop.db) if place.below}
    for what in standing:
        stays = what in wanted or any(what.startswith(mark) for mark in below)
        if not stays:
            close_upkeep_task(shop, what, now)


def _open(shop: Shop) -> list[str]:
    rows = shop.db.execute(
        """with found as (select json_extract(data, '$.upkeep') as what from tasks
             where kind = 'failed' and status in ('open', 'taken'))
           select what from found where what like 'levels:%' or what like 'below:%'"""
    )
    return [row["what"] for row in rows]
