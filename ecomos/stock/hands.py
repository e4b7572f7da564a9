"""Who does something to stock, with which roles, and when: each deed of this room looks for itself whether they may."""

from dataclasses import dataclass
from datetime import datetime

from ecomos.errors import Refused
from ecomos.store import iso

__all__ = ["COUNTERS", "LEADS", "SHELF", "Hand"]

LEADS = frozenset({"founder", "operations-lead"})
"""Who says whose number counts, and plans counts."""
SHELF = LEADS | {"buyer", "picker", "packer"}
"""Who moves goods."""
COUNTERS = SHELF
"""Who counts."""


@dataclass(frozen=True)
class Hand:
    """A person at work."""

    person_id: int
    roles: frozenset[str]
    """Their own and those they stand in for, now."""
    now: datetime

    @property
    def at(self) -> str:
        """Now, as the store writes it."""
        return iso(self.now)

    @property
    def actor(self) -> str:
        """As moves and events name them."""
        return f"person:{self.person_id}"

    def must_be(self, may: frozenset[str], what: str) -> None:
        """Raises Refused where none of the roles may do that."""
        if not self.roles & may:
            raise Refused(f"{what} is for {_named(may)}. Ask one of them.")


def _named(may: frozenset[str]) -> str:
    names = sorted("the " + role.replace("-", " ") for role in may)
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
