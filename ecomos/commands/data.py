"""import, channel."""

import argparse
import json
import sqlite3
import sys
from dataclasses import asdict
from pathlib import Path

from ecomos.commands.opening import open_shop, print_rows, say_problems
from ecomos.errors import WrongUsage
from ecomos.intake import Account, ensure_channel, import_file
from ecomos.store import write
from ecomos.work import after_import

__all__ = ["channel", "load"]


def load(asked: argparse.Namespace) -> int:
    """Load each file; exit 1 where rows were rejected, a file was refused, or a choice is asked."""
    shop, now = open_shop(asked)
    readings = dict(_pair(text, "--read") for text in asked.read)
    accounts = []
    for name in asked.files:
        if not Path(name).is_file():
            raise WrongUsage(f"There is no file {name}.")
        accounts.append(
            import_file(
                shop.home,
                shop.db,
                Path(name),
                now,
                kind=asked.kind,
                channel=asked.channel,
                readings=readings,
                progress=_progress if sys.stderr.isatty() else None,
            )
        )
    after_import(shop, now)
    if asked.json:
        print(json.dumps([asdict(a) for a in accounts], default=str, ensure_ascii=False))
    else:
        print("\n\n".join("\n".join(a.lines()) for a in accounts))
    say_problems(p for a in accounts for p in a.problems)
    return 0 if all(_is_fine(a) for a in accounts) else 1


def _is_fine(account: Account) -> bool:
    return account.status in ("loaded", "already") and not account.rows_rejected


def _progress(done: int, of: int) -> None:
    share = f"{100 * done // of} %" if of else f"{done:,} rows"
    print(f"\r{share}", end="", file=sys.stderr, flush=True)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name or not value:
        raise WrongUsage(f"{option} {text!r}: write NAME=VALUE")
    return name, value


def channel(asked: argparse.Namespace) -> int:
    """Show the channels, or make one and say who sends which message to its customers."""
    shop, _ = open_shop(asked)
    if asked.name:
        _set_channel(shop.db, asked)
    rows = [dict(r) for r in shop.db.execute("select name, platform, currency, sends from channels order by name")]
    print_rows(rows, asked.json, "No channel yet: the first import makes one.")
    return 0


def _set_channel(db: sqlite3.Connection, asked: argparse.Namespace) -> None:
    wanted = dict(_pair(text, "--sends") for text in asked.sends)
    for kind, who in wanted.items():
        if who not in ("platform", "ecomos"):
            raise WrongUsage(f"--sends {kind}={who}: platform or ecomos")
    known = db.execute("select id, sends from channels where name = ?", [asked.name]).fetchone()
    if known is None and not asked.platform:
        raise WrongUsage(f"There is no channel {asked.name}; give --platform to make it.")
    with write(db):
        number = known["id"] if known else ensure_channel(db, asked.name, asked.platform).id
        kept = json.loads(known["sends"]) if known else {}
        db.execute("update channels set sends = ? where id = ?", [json.dumps(kept | wanted), number])
