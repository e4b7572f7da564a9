"""Five people at nine o'clock, on one small machine: all of them log in at once, then each moves and works while
another loads an export. Measured at the server, over HTTP and kernel websockets: five Chromiums on the same two
processors would measure Chromium."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import Served, served
from exports import MUG, write_csv
from test_server_security import command, kernels_of, within
from wire import Channel, Line

from ecomos.demo import DEMO_PASSWORD, SMALL, make_demo

pytestmark = [pytest.mark.slow, pytest.mark.alone]
STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter"
TEAM = ("fiona", "olga", "sue", "pia", "ben")
ROUND = ("orders", "tickets", "playbook", "scoreboard", "today")
FIRST_WIDGET, MOVE = 4.0, 1.0


@dataclass
class Shop:
    server: Served
    home: Path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("five") / "home"
    make_demo(home, STARTER, SMALL)
    words = [sys.executable, "-m", "ecomos", "serve", "--store", "{home}", "--port", "{port}"]
    with served(home, command=words) as server:
        assert within(90, lambda: len(waiting(server)) >= len(TEAM))  # one for each of the team
        time.sleep(4)  # the last of them reads its playbook
        yield Shop(server, home)


def waiting(server: Served) -> list[str]:
    """The pages' kernels; a report's is not among them."""
    return [c for c in map(command, kernels_of(server)) if "/ecomos_" in c]


def come(shop: Shop, name: str) -> tuple[float, Line, str]:
    """Log in and load Today; the seconds until its widgets are here."""
    line, begun = Line(shop.server.port), time.monotonic()
    assert line.log_in(f"{name}@demo.example", DEMO_PASSWORD).status == 302
    kernel = line.open_page()
    return time.monotonic() - begun, line, kernel


def move(channel: Channel, router: str, page: str) -> float:
    """Send what a click on a link sends; the seconds until the kernel has shown that page."""
    begun = time.monotonic()
    channel.tell(router, {"method": "custom", "content": {"go": {"page": page, "params": {}}}})
    while True:
        said = channel.answer("comm_msg")["content"]
        state = said["data"].get("state", {})
        if said["comm_id"] == router and state.get("address", {}).get("page") == page:
            return time.monotonic() - begun


def work(line: Line, kernel: str, rounds: int) -> list[float]:
    """Rounds through the pages, half a second of reading at each."""
    channel = line.channel(kernel)
    router, taken = channel.model_of("Router"), []
    for page in ROUND * rounds:
        taken.append(move(channel, router, page))
        time.sleep(0.5)
    channel.close()
    return taken


def big_export(path: Path) -> Path:
    """Forty-five new orders that start their procedure, and fifteen hundred of a year ago."""
    new = {"Created at": "2026-11-24 08:05:00 +0100", "Paid at": "2026-11-24 08:05:05 +0100"}
    old = {"Created at": "2025-11-24 08:05:00 +0100", "Paid at": "2025-11-24 08:05:05 +0100"}
    rows = [MUG | new | {"Name": f"#{20000 + n}", "Id": str(7_000_000_020_000 + n)} for n in range(45)]
    rows += [MUG | old | {"Name": f"#{30000 + n}", "Id": str(7_000_000_030_000 + n)} for n in range(1500)]
    path.write_text(write_csv(rows), encoding="utf-8")
    return path


def test_five_at_once_wait_four_seconds_at_most_and_no_move_is_felt_while_one_imports(
    shop: Shop, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(len(TEAM)) as people:
        came = list(people.map(lambda name: come(shop, name), TEAM))
        first = sorted(round(seconds, 2) for seconds, _, _ in came)
        words = [sys.executable, "-m", "ecomos", "import", str(big_export(tmp_path / "big.csv"))]
        words += ["--store", str(shop.home), "--read", "vendors=new"]
        loading = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        moves = sorted(s for taken in people.map(lambda c: work(c[1], c[2], 3), came) for s in taken)
        said = loading.communicate(timeout=120)[0]
    print(f"\nfirst widget of five at once: {first} s")
    print(f"{len(moves)} moves during an import: median {statistics.median(moves):.3f} s, worst {moves[-1]:.3f} s")
    assert "1545 read, 1545 new" in said
    assert first[-1] < FIRST_WIDGET
    # one stray move in 75 may be the machine's; the import's own wait would show in several
    assert moves[-2] < MOVE
    assert moves[-1] < 3 * MOVE
