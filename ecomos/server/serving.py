"""Starting the server and ending it: the port, the heartbeat beside it, the kernels at the end."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from ecomos.store import Home

__all__ = ["serve"]


def _machine_clock() -> datetime:
    return datetime.now(UTC)


def serve(
    home: Home,
    port: int = 8866,
    *,
    now: Callable[[], datetime] = _machine_clock,
    tick: Callable[[datetime], None] | None = None,
    ip: str = "127.0.0.1",
    say: Callable[[str], None] = print,
) -> None:
    """Serve the pages of this home until SIGTERM, SIGINT or Ctrl-C; then every kernel is gone.

    `now` is the store's clock (a demo store has its own). `tick` is called once a minute with that time, in a thread of
    its own; one that computes for long should start a process. Raises WrongUsage where the port is taken.
    """
    from ecomos.server.app import Cockpit
    from ecomos.server.timer import Timer

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    app = Cockpit.made_for(home, port, ip, now)
    timer = Timer(now, tick) if tick else None
    try:
        if timer:
            timer.start()
        app.run(lambda: say(f"{home.name}: {app.address}"))
    finally:
        if timer:
            timer.stop()
