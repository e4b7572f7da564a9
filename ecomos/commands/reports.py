"""report."""

import argparse
import json
import sys
from datetime import date

from ecomos.commands.opening import open_shop
from ecomos.errors import WrongUsage
from ecomos.messages.outbox import may_send, send_due
from ecomos.reports.carrying import ask, carry_out
from ecomos.reports.ledger import claim, run_row

__all__ = ["report"]


def report(asked: argparse.Namespace) -> int:
    """Run a report now, for a day, and send it to its roles; exit 1 where it failed or the data is too old."""
    shop, now = open_shop(asked)
    given = dict(_pair(text) for text in asked.set)
    run_id = ask(shop, asked.name, now, on=_day(asked.on), given=given)
    run = claim(shop.db, now, run_id)
    if run is not None:
        carry_out(shop, run, now)
    send_due(shop.home, shop.db, now)
    row = run_row(shop.db, run_id)
    folder = shop.home.path / row["folder"] if row["folder"] else None
    if asked.json:
        found = {"id": run_id, "status": row["status"], "day": row["day_on"], "error": row["error"]}
        found |= {"folder": str(folder) if folder else None, "sent_to": json.loads(row["sent_to"])}
        print(json.dumps(found, ensure_ascii=False))
        return 0 if row["status"] == "done" else 1
    if row["status"] != "done":
        print(f"{row['status']}: {row['error']}", file=sys.stderr)
        if folder:
            print(f"What it wrote is kept in {folder}.", file=sys.stderr)
        return 1
    print(f"{folder}/report.html")
    to, held = ", ".join(json.loads(row["sent_to"])) or "nobody", may_send(shop.home, shop.db)
    print(f"For {to}; the mail is held: {held}." if held else f"Sent to {to}.")
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise WrongUsage(f"--set {text!r}: write NAME=VALUE")
    return name, value


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUsage(f"{text!r} is no day, as in 2026-11-23") from None
