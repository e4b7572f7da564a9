"""The heartbeat's timer: calls `tick` once a minute in a thread of its own, never two at once, so that the web loop
never waits for it."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

__all__ = ["EVERY_SECONDS", "Timer"]

EVERY_SECONDS = 60.0
log = logging.getLogger("ecomos.heartbeat")


class Timer:
    """Ticks at once and then every minute. A tick that failed is logged whole, and the next one comes all the same."""

    def __init__(
        self, now: Callable[[], datetime], tick: Callable[[datetime], None], every: float = EVERY_SECONDS
    ) -> None:
        self._now, self._tick, self._every = now, tick, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """No further tick; one under way may be cut off after `patience` seconds, as it may at any instruction."""
        self._ended.set()
        self._thread.join(patience)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._tick(self._now())
            except Exception:  # the outermost runner: the failure is kept in the log, and the next minute comes
                log.exception("the heartbeat failed")
            self._ended.wait(self._every)
