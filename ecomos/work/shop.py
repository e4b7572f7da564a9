"""What every piece of work is given: the home, the store file, and the playbook in force."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from ecomos.calendar import WorkingTime
from ecomos.playbook.catalogue import Catalogue
from ecomos.store import Home
from ecomos.work.catalogue import catalogue

__all__ = ["Shop"]


@dataclass(frozen=True)
class Shop:
    """One store at work."""

    home: Home
    db: sqlite3.Connection

    @cached_property
    def working(self) -> WorkingTime:
        """Its opening hours and holidays."""
        return WorkingTime(self.home.zone, self.home.hours, self.home.holidays)

    @property
    def catalogue(self) -> Catalogue:
        """What the playbook may name."""
        return catalogue()

    def today(self, now: datetime) -> date:
        """The store's day."""
        return now.astimezone(self.home.zone).date()
