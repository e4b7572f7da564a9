"""Problems and exceptions: bad text or data is a Problem value, collected and shown together; what stops us is an
EcomosError whose message says what, where and what to do next. This module knows nothing of the trade."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["EcomosError", "Problem", "Refused", "StoreError", "WrongUsage", "nearest"]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with one place.

    >>> str(Problem("roles/buyer.md", 12, "no role named “buyr” (did you mean “buyer”?)"))
    'roles/buyer.md:12: no role named “buyr” (did you mean “buyer”?)'
    """

    source: str
    """The file, as the person who wrote it would name it."""
    line: int
    """Counted from 1; 0 where the whole file is meant."""
    message: str
    """What is wrong and, where known, what to do."""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message}" if self.line else f"{self.source}: {self.message}"


class EcomosError(Exception):
    """What stops us: the message is for the person at the desk."""


class WrongUsage(EcomosError):
    """A command or a call that cannot be meant: exit 2."""


class StoreError(EcomosError):
    """The store file can't be opened, is damaged, or is newer than the program."""


class Refused(EcomosError):
    """A deed that this person may not do, or not now: the message says why and who may."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known one, or nothing.

    >>> nearest("buyr", ["buyer", "picker"])
    ' (did you mean “buyer”?)'
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean “{found[0]}”?)" if found else ""
