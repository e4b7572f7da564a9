"""A customer's mail that comes as a file, from the inbox, the Imports page or the command line: taken in, or refused
and put on a list like any file that could not be read."""

import sqlite3
from datetime import datetime
from pathlib import Path

from ecomos.intake.account import Account
from ecomos.intake.imports import refuse_file
from ecomos.intake.mail import take_mail
from ecomos.store import Home

__all__ = ["import_mail"]


def import_mail(home: Home, db: sqlite3.Connection, path: Path, now: datetime, mark: str = "") -> Account:
    """Take one .eml in and give its account; it is no import, so that a loaded one leaves none behind."""
    received = take_mail(home, db, path, now)
    if not received.is_fine:
        return refuse_file(home, db, path, now, received.words, mark)
    return Account(file=path.name, status="loaded", kind="mail", notes=(received.words,))
