"""live, backup, restore, doctor."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from ecomos.commands.opening import home_of, open_shop, say_problems
from ecomos.messages.outbox import may_send
from ecomos.stock.examining import examine_levels
from ecomos.store import back_up, examine, open_file, read_home, set_setting, tell_live, write
from ecomos.store import restore as restore_file
from ecomos.work import Shop, proposals

__all__ = ["backup", "doctor", "live", "restore"]


def live(asked: argparse.Namespace) -> int:
    """Say whether this folder on this machine may send."""
    home = tell_live(home_of(asked), asked.word == "on")
    db = open_file(home.db_path)
    with write(db):
        set_setting(db, "live_on", home.fingerprint if home.live else "")
    held = may_send(home, db)
    print(f"Mail leaves this store now ({home.mail.host})." if not held and home.mail else f"Nothing is sent: {held}.")
    return 0


def backup(asked: argparse.Namespace) -> int:
    """Write a copy that was examined."""
    shop, _ = open_shop(asked)
    made = back_up(shop.db, shop.home.path, datetime.now(UTC), Path(asked.file) if asked.file else None)
    print(json.dumps({"file": str(made)}) if asked.json else f"Backed up to {made} ({made.stat().st_size:,} bytes).")
    return 0


def restore(asked: argparse.Namespace) -> int:
    """Put a backup back; the outbox is held until the store is told live."""
    home = home_of(asked)
    kept = restore_file(home.path, Path(asked.file), datetime.now(UTC))
    print(f"Restored {asked.file}." + (f" What was there is kept as {kept}." if kept else ""))
    print("Nothing is sent until “ecomos live on” says so.")
    return 0


def doctor(asked: argparse.Namespace) -> int:
    """Damage is a problem; what is stale or silent is a note."""
    home = read_home(home_of(asked).path)
    shop, now = open_shop(asked)
    damage = examine(shop.db) or examine_levels(shop.db)
    notes = [] if damage else _notes(shop, now)
    if asked.json:
        print(json.dumps({"damage": [str(p) for p in damage], "notes": notes}, ensure_ascii=False))
    else:
        print(f"{home.name}: " + ("damaged" if damage else "the file is whole and the chain of events holds"))
        for note in notes:
            print(f"note: {note}")
    return say_problems(damage)


def _notes(shop: Shop, now: datetime) -> list[str]:
    found = []
    counts = {r[0]: r[1] for r in shop.db.execute("select status, count(*) from outbox group by status")}
    held = may_send(shop.home, shop.db)
    if held and counts.get("queued"):
        found.append(f"{counts['queued']} messages are held: {held}")
    for status in ("unknown", "failed"):
        if counts.get(status):
            found.append(f"{counts[status]} messages: {status}")
    for row in shop.db.execute(
        """select c.name, max(i.imported_at) as last from channels c join imports i on i.channel_id = c.id
           where i.status = 'loaded' group by c.id"""
    ):
        age = now - datetime.fromisoformat(row["last"])
        if age.days >= 2:
            found.append(f"channel {row['name']}: the newest import is {age.days} days old")
    waiting = proposals(shop, now)
    if waiting:
        found.append(f"{len(waiting)} playbook files differ from what is in force (ecomos adopt playbook)")
    late = shop.db.execute(
        "select count(*) from tasks where status in ('open', 'taken') and due_at < ?",
        [now.strftime("%Y-%m-%dT%H:%M:%SZ")],
    ).fetchone()[0]
    if late:
        found.append(f"{late} tasks are late")
    return found
