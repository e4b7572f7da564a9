"""What all browser tests share: a server on a free loopback port with a given home, a Chromium that reports every
request leaving the machine, log-in, and screenshots into tests/shots/."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOTS = Path(__file__).parent / "shots"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Served:
    """A running server."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(
    home: Path, environment: Mapping[str, str] | None = None, command: list[str] | None = None, port: int = 0
) -> Iterator[Served]:
    """The server for this home, until the block ends. `command` may hold {home} and {port}, as for `ecomos serve`."""
    port = port or free_port()
    given = command or [sys.executable, "-m", "ecomos.server", "{home}", "{port}"]
    words = [word.format(home=home, port=port) for word in given]
    log = home.parent / f"server-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, env={**os.environ, **(environment or {})})
    try:
        _wait(port, process, log)
        yield Served(port, process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/login")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


@contextmanager
def chrome(executable: str) -> Iterator["Browser"]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One person's browser: its page, the requests that left the machine, and what its console complained of."""

    page: "Page"
    strayed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def shot(self, name: str) -> Path:
        """A picture of what is on the screen now."""
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path


@contextmanager
def visit(
    browser: "Browser", server: Served, email: str = "", password: str = "", phone: bool = False
) -> Iterator[Visit]:
    """A browser of one's own (cookies apart from others'), logged in where an e-mail is given."""
    context = browser.new_context(viewport=PHONE if phone else DESK, has_touch=phone)
    found = Visit(context.new_page())
    found.page.on("request", lambda r: _note(found.strayed, r.url))
    found.page.on("pageerror", lambda e: found.errors.append(str(e)))
    found.page.on("console", lambda m: found.errors.append(m.text) if m.type == "error" else None)
    try:
        if email:
            log_in(found.page, server, email, password)
        yield found
    finally:
        context.close()


def _note(strayed: list[str], url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
        strayed.append(url)


def log_in(page: "Page", server: Served, email: str, password: str, path: str = "/") -> None:
    """Through the log-in page, until the shell is there."""
    page.goto(server.url + path)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    ready(page)


def ready(page: "Page") -> None:
    """Wait until the shell has drawn a page."""
    page.wait_for_selector(".eco-page", state="visible", timeout=60_000)
