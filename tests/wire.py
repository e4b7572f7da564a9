"""Talking to the server without a browser, as an attacker would: plain HTTP with any header, raw kernel websockets."""

import http.client
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from websockets.sync.client import connect


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def cookies(self) -> dict[str, str]:
        """Each Set-Cookie whole, by its name."""
        found = [value for key, value in self.headers if key.lower() == "set-cookie"]
        return {value.split("=", 1)[0]: value for value in found}


@dataclass
class Line:
    """One client with its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request; the cookies that come back are kept."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Cookie": self.cookie_line(), **(headers or {})}
        body = urlencode(form) if form is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body, sent)
        reply = line.getresponse()
        answer = Answer(reply.status, reply.getheaders(), reply.read().decode("utf-8", "replace"))
        line.close()
        for name, whole in answer.cookies().items():
            value = whole.split("=", 1)[1].split(";", 1)[0].strip('"')
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def cookie_line(self) -> str:
        return "; ".join(f'{name}="{value}"' for name, value in self.cookies.items())

    @property
    def xsrf(self) -> str:
        return self.cookies.get("_xsrf", "")

    def log_in(self, email: str, password: str) -> Answer:
        self.send("GET", "/login")
        return self.send("POST", "/login", {"_xsrf": self.xsrf, "email": email, "password": password})

    def open_page(self, path: str = "/") -> str:
        """Load a page; gives the id of its kernel."""
        answer = self.send("GET", path)
        assert answer.status == 200, answer
        found = re.search(r'"kernelId": ?"([\w-]+)"', answer.body)
        assert found, answer.body[-2000:]
        return found[1]

    def end(self, kernel: str) -> Answer:
        return self.send("POST", f"/voila/api/shutdown/{kernel}", {"_xsrf": self.xsrf})

    def channel(self, kernel: str, **given: Any) -> "Channel":
        """The websocket to a kernel; raises where the server refuses it."""
        headers = {"Cookie": self.cookie_line()}
        address = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
        return Channel(connect(address, additional_headers=headers, max_size=None, **given))


class Channel:
    """A raw kernel websocket, in Jupyter's JSON protocol."""

    def __init__(self, opening: Any) -> None:
        self._opening = opening
        self.socket = opening.__enter__()
        self.session = uuid.uuid4().hex

    def send(self, kind: str, content: dict[str, Any], channel: str = "shell", version: str = "") -> str:
        number = uuid.uuid4().hex
        self.socket.send(
            json.dumps(
                {"channel": channel, "header": self._header(kind, number), "content": content}
                | {"parent_header": {}, "metadata": {"version": version} if version else {}, "buffers": []}
            )
        )
        return number

    def send_v1(self, kind: str, content: dict[str, Any], channel: str = "shell") -> None:
        """The same in the newer binary protocol."""
        parts = [channel.encode()]
        parts += [json.dumps(part).encode() for part in (self._header(kind, uuid.uuid4().hex), {}, {}, content)]
        offsets = [8 * (len(parts) + 2)]
        for part in parts:
            offsets.append(offsets[-1] + len(part))
        head = [len(offsets), *offsets]
        self.socket.send(b"".join(n.to_bytes(8, "little") for n in head) + b"".join(parts))

    def _header(self, kind: str, number: str) -> dict[str, Any]:
        return {
            "msg_id": number,
            "msg_type": kind,
            "session": self.session,
            "username": "",
            "version": "5.3",
            "date": "2026-11-24T09:00:00Z",
        }

    def read(self, seconds: float = 10.0) -> dict[str, Any]:
        """The next message; raises TimeoutError."""
        raw = self.socket.recv(timeout=seconds)
        if isinstance(raw, bytes):
            count = int.from_bytes(raw[:4], "big")
            offsets = [int.from_bytes(raw[4 * (i + 1) : 4 * (i + 2)], "big") for i in range(count)]
            raw = raw[offsets[0] : offsets[1] if count > 1 else None].decode()
        return dict(json.loads(raw))

    def answer(self, kind: str, seconds: float = 15.0) -> dict[str, Any]:
        """The next message of a kind."""
        until = time.monotonic() + seconds
        while True:
            found = self.read(until - time.monotonic())
            if found["header"]["msg_type"] == kind:
                return found

    def until_cut(self) -> None:
        """Read until the server cuts the line; raises ConnectionClosed then, TimeoutError where it does not."""
        while True:
            self.read()

    def alive(self) -> bool:
        """Does the kernel answer on this websocket?"""
        self.send("kernel_info_request", {})
        return bool(self.answer("kernel_info_reply"))

    def models(self) -> dict[str, dict[str, Any]]:
        """The state of every widget in the kernel, by its id: what a forger would read first."""
        comm = uuid.uuid4().hex
        opening = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
        self.send("comm_open", opening, version="1.0.0")
        self.send("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
        while True:
            found = self.answer("comm_msg")
            if found["content"]["comm_id"] == comm:
                return {key: value["state"] for key, value in found["content"]["data"]["states"].items()}

    def tell(self, model: str, data: dict[str, Any]) -> None:
        """A comm message to a widget, of any content."""
        self.send("comm_msg", {"comm_id": model, "data": data})

    def model_of(self, name: str) -> str:
        """The id of the widget of one of our classes."""
        return next(key for key, state in self.models().items() if state.get("_anywidget_id", "").endswith(name))

    def close(self) -> None:
        self._opening.__exit__(None, None, None)
