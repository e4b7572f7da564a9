"""Somebody new: a clean checkout, and every command of the README typed word by word, in its order."""

import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest
from conftest import REPO

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
MAY_TAKE = 600
"""Seconds for `make demo` with other tests beside it; alone, with the packages in pip's cache, it is to take 240."""


def commands(readme: str) -> list[str]:
    """What stands in the README's blocks of commands, in order."""
    return [line.strip() for line in re.findall(r"(?m)^ {4}(\S.*)$", readme)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("new") / "ecomos"
    subprocess.run(["git", "clone", "--quiet", str(REPO), str(where)], check=True)
    return where


@contextmanager
def typed(words: str, where: Path, wanted: str, seconds: float) -> Iterator[str]:
    """A command that goes on until it is ended, once it has printed what matches `wanted`; gives what it printed."""
    env = {k: v for k, v in os.environ.items() if k not in ("ECOMOS_STORE", "PYTHONPATH")}
    process = subprocess.Popen(
        words, shell=True, cwd=where, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    lines: Queue[str] = Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)

    threading.Thread(target=read, daemon=True).start()
    said, until = "", time.monotonic() + seconds
    try:
        while not re.search(wanted, said):
            assert time.monotonic() < until, f"{words} said so far:\n{said}"
            assert process.poll() is None or not lines.empty(), f"{words} ended:\n{said}"
            try:
                said += lines.get(timeout=0.2)
            except Empty:
                continue
        yield said
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def answers(port: int) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", "/login")
    return line.getresponse().status


def free() -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", 8866)) != 0


def test_make_demo_then_ones_own_store_word_by_word(checkout: Path) -> None:
    if not free():
        pytest.skip("port 8866, which the README names, is taken on this machine")
    readme = commands((checkout / "README.md").read_text())
    assert ["make demo"] == [c for c in readme if c.startswith("make demo")]
    begun = time.monotonic()
    with typed("make demo", checkout, r"http://127\.0\.0\.1:8866", MAY_TAKE) as said:
        print(f"\nmake demo took {time.monotonic() - begun:.0f} s")
        assert all(f"{name}@demo.example" in said for name in ("fiona", "olga", "sue", "sam", "pia", "ben"))
        assert 200 == answers(8866)
    own = [c for c in readme if c.startswith(".venv/bin/ecomos")]
    assert 3 <= len(own)
    for words in own[:-1]:
        done = subprocess.run(
            words, shell=True, cwd=checkout, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
        )
        assert done.returncode == 0, f"{words}\n{done.stderr}"
    assert own[-1].startswith(".venv/bin/ecomos serve")
    with typed(own[-1], checkout, r"http://127\.0\.0\.1:8866", 60):
        until = time.monotonic() + 30
        while free():
            assert time.monotonic() < until
            time.sleep(0.1)
        assert 200 == answers(8866)
