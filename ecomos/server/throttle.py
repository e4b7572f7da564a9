"""Slows down guessing of passwords: counts failures by name and address, by address, and by name."""

import time
from collections import defaultdict, deque
from collections.abc import Callable

__all__ = ["Throttle"]

WINDOW_SECONDS = 15 * 60
LIMITS = {"both": 5, "address": 50, "name": 30}


class Throttle:
    """Remembers failures for a quarter of an hour; a success forgets those of this name at this address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def wait(self, name: str, address: str) -> int:
        """The seconds until the next try is allowed; 0 where it is."""
        return max(self._wait(kind, key) for kind, key in self._keys(name, address))

    def failed(self, name: str, address: str) -> None:
        for key in self._keys(name, address):
            self._failures[key].append(self._clock())

    def succeeded(self, name: str, address: str) -> None:
        self._failures.pop(("both", f"{name.strip().lower()} {address}"), None)

    def _wait(self, kind: str, key: str) -> int:
        if (kind, key) not in self._failures:
            return 0
        since = self._clock() - WINDOW_SECONDS
        kept = self._failures[kind, key]
        while kept and kept[0] <= since:
            kept.popleft()
        if not kept:
            del self._failures[kind, key]
        return int(kept[-LIMITS[kind]] - since) + 1 if len(kept) >= LIMITS[kind] else 0

    @staticmethod
    def _keys(name: str, address: str) -> list[tuple[str, str]]:
        name = name.strip().lower()
        return [("both", f"{name} {address}"), ("address", address), ("name", name)]
