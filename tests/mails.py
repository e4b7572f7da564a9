"""Mails as a mail program would save them, for the inbox of a test's store."""

import os
import time
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

SETTLED = 60
"""Seconds ago: nobody writes to the file any more."""


def mail(
    subject: str = "Where is my order #1001?",
    body: str = "Hello,\nI wait for it.\nMaria",
    *,
    sender: str = "Maria Lang <maria@example.com>",
    message_id: str = "<m1@mail.example.com>",
    references: Sequence[str] = (),
    **headers: str,
) -> EmailMessage:
    """A plain mail; underscores in a header's name are dashes."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "help@shop.example", subject
    made["Message-ID"], made["Date"] = message_id, "Tue, 24 Nov 2026 08:15:00 +0000"
    if references:
        made["In-Reply-To"], made["References"] = references[-1], " ".join(references)
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made


def dropped(home: Path, content: EmailMessage | bytes, name: str = "mail.eml") -> Path:
    """The mail in the inbox, settled."""
    path = home / "inbox" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.as_bytes())
    before = time.time() - SETTLED
    os.utime(path, (before, before))
    return path
