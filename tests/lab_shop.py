"""A small demo store, made once for all tests about notebooks, and JupyterLab started on it as a person would."""

import atexit
import http.client
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from browser import Served, served
from shops import STARTER

from ecomos.demo import DEMO_PASSWORD, SMALL, TEAM, make_demo

LAB = [sys.executable, "-m", "ecomos", "lab", "--store", "{home}", "--port", "{port}"]


def email_of(role: str) -> str:
    return next(email for _, email, roles in TEAM if role in roles)


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ecomos-lab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_demo(folder / "demo", STARTER, SMALL)
    return folder / "demo"


def small_demo(folder: Path) -> Path:
    """A copy of the small demo store in this folder."""
    shutil.copytree(_made(), folder / "demo")
    return folder / "demo"


@contextmanager
def lab(home: Path) -> Iterator[Served]:
    """`ecomos lab` for this home, until the block ends."""
    with served(home, {"JUPYTER_TOKEN": "guess", "ECOMOS_MAIL_PASSWORD": "secret"}, LAB) as found:
        yield found


@dataclass
class Caller:
    """Somebody with an HTTP client: keeps cookies, sends the XSRF token along."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the text of an answer; of a redirect, which is not followed, where it leads to."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        kept = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        own = {"Cookie": kept, "X-XSRFToken": self.cookies.get("_xsrf", ""), **(headers or {})}
        line.request(method, path, body or None, own)
        answer = line.getresponse()
        for raw in answer.headers.get_all("Set-Cookie", []):
            name, _, value = raw.split(";")[0].partition("=")
            self.cookies[name] = value
        there = answer.headers.get("Location") or "" if answer.status == 302 else ""
        return answer.status, there + answer.read().decode(errors="replace")

    def log_in(self, email: str, password: str = DEMO_PASSWORD) -> tuple[int, str]:
        """Through the log-in page."""
        _, page = self.ask("GET", "/login")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page)
        assert token, page
        form = urlencode({"_xsrf": token[1], "email": email, "password": password, "next": "/"})
        return self.ask("POST", "/login", form, {"Content-Type": "application/x-www-form-urlencoded"})

    def json(self, method: str, path: str, **given: object) -> tuple[int, dict[str, object]]:
        """As JupyterLab asks its server."""
        status, text = self.ask(method, path, json.dumps(given) if given else "", {"Content-Type": "application/json"})
        return status, json.loads(text) if text.startswith(("{", "[")) else {}

    def upgrade(self, path: str) -> int:
        """The status that opening a websocket is answered with: 101 when it is open."""
        wanted = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
            "Origin": f"http://127.0.0.1:{self.port}",
        }
        return self.ask("GET", path, headers=wanted)[0]
