"""init, live, backup, restore, doctor."""

import argparse
import json
import secrets
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from ecomos.commands.opening import home_of, open_shop, say_problems, starter
from ecomos.errors import WrongUsage
from ecomos.messages.outbox import may_send
from ecomos.people import add_person
from ecomos.store import back_up, examine, make_home, open_file, read_home, set_setting, tell_live, write
from ecomos.store import restore as restore_file
from ecomos.work import Shop, adopt_playbook, proposals

__all__ = ["backup", "doctor", "init", "live", "restore"]


def init(asked: argparse.Namespace) -> int:
    """Make a new home, adopt the starter playbook, add the founder."""
    asks = sys.stdin.isatty() and not asked.password_stdin
    path = Path(asked.dir)
    name = asked.name or (_ask("Name of the store", path.resolve().name) if asks else path.resolve().name)
    currency = (asked.currency or (_ask("Currency", "EUR") if asks else "EUR")).upper()
    zone = asked.time_zone or (_ask("Time zone", "UTC") if asks else "UTC")
    founder = asked.founder or (_ask("The founder's e-mail", "founder@example.com") if asks else "founder@example.com")
    now = datetime.now(UTC)
    home = make_home(
        path, starter(), name=name, currency=currency, time_zone=zone, go_live=_day(asked.go_live, now.date())
    )
    shop = Shop(home, open_file(home.db_path, create=True))
    adopted, problems = adopt_playbook(shop, now, "init")
    password = sys.stdin.readline().rstrip("\n") if asked.password_stdin else secrets.token_urlsafe(12)
    add_person(shop.db, "Founder", founder, ["founder"], password, now, home.zone)
    with write(shop.db):
        set_setting(shop.db, "home id", secrets.token_hex(8))
    print(f"A new store home in {path}: {len(adopted)} playbook files in force, live from {home.go_live}.")
    print(f"Log in as {founder}" + ("." if asked.password_stdin else f", password {password} (shown this once)."))
    print(f"Next: ecomos person add NAME --email E --role operations-lead --store {path}; ecomos serve --store {path}")
    return say_problems(problems)


def _ask(what: str, default: str) -> str:
    return input(f"{what} [{default}]: ").strip() or default


def _day(text: str | None, default: date) -> date:
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise WrongUsage(f"--go-live {text!r} is no day, as in 2026-11-24") from None


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
    damage = examine(shop.db)
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
