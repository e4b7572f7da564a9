"""A real SMTP server on loopback that keeps what it was given, and can refuse it or take its time."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What arrived. `answers` are given to the next mails instead of accepting them, each after `delay` seconds."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], Message]] = []
        self.answers: list[str] = []
        self.port = 0
        self.delay = 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "drop":
                self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
                server.transport.abort()
                return "421 gone"
            return answer
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        await asyncio.sleep(self.delay)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """The server, until the block ends."""
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop(no_assert=True)
