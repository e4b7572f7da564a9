"""The heartbeat's timer, and starting the server where it can't be started."""

import socket
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ecomos.errors import StoreError, WrongUsage
from ecomos.server import serve
from ecomos.server.timer import Timer
from ecomos.store import make_home, open_file

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STARTER = Path(__file__).parent.parent / "ecomos" / "starter"


def test_it_ticks_at_once_with_the_stores_time_and_then_again_and_again() -> None:
    seen: list[datetime] = []
    timer = Timer(lambda: NOW, seen.append, every=0.02)
    timer.start()
    time.sleep(0.2)
    timer.stop()
    count = len(seen)
    assert count > 2
    assert set(seen) == {NOW}
    time.sleep(0.1)
    assert len(seen) == count


def test_a_tick_that_fails_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[datetime] = []

    def tick(now: datetime) -> None:
        calls.append(now)
        raise RuntimeError("the inbox is on fire")

    timer = Timer(lambda: NOW, tick, every=0.02)
    timer.start()
    time.sleep(0.15)
    timer.stop()
    assert len(calls) > 1
    assert "the inbox is on fire" in caplog.text


def test_two_ticks_never_run_at_once_however_long_one_takes() -> None:
    running, most = threading.Semaphore(0), 0

    def tick(now: datetime) -> None:
        nonlocal most
        running.release()
        most = max(most, running._value)
        time.sleep(0.05)
        running.acquire()

    timer = Timer(lambda: NOW, tick, every=0.001)
    timer.start()
    time.sleep(0.3)
    timer.stop()
    assert most == 1


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    given = {"name": "Kerze & Co", "currency": "EUR", "time_zone": "UTC", "go_live": date(2026, 11, 1)}
    home = make_home(tmp_path / "shop", STARTER, **given)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="There is no store file"):
        serve(home, 0)
    open_file(home.db_path, create=True).close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WrongUsage, match=f"Port {port} on 127.0.0.1 can't be used"):
            serve(home, port)
