"""Mails that say that a mail of ours did not arrive: which one, and why. Anybody can write one, so that it changes no
more than what is shown of that message, and a person decides what follows."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

__all__ = ["Bounce", "bounce_of"]

OURS = re.compile(r"<[0-9a-f]{32}@ecomos\.invalid>")
"""How the outbox names its mails."""
LONGEST_READ = 1 << 20
MOST_PARTS = 50
_DAEMON = re.compile(r"\b(mailer-daemon|postmaster)\b", re.IGNORECASE)
_FAILED_FOR = re.compile(r"^Final-Recipient:\s*\w+\s*;\s*<?([^\s<>;]+@[^\s<>;]+)", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(r"^Action:\s*([a-z-]+)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"^Status:\s*(\d\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_WHY = re.compile(r"^Diagnostic-Code:\s*(?:\w+\s*;)?\s*(.+(?:\n[ \t]+.+)*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Bounce:
    """One message of ours that did not arrive."""

    message_id: str
    recipient: str
    """Whom it did not reach, in small letters; empty where the report names nobody."""
    why: str
    """The status and what the other server said, in one line."""


def bounce_of(data: bytes) -> Bounce | None:
    """What a mail tells of one of our messages that failed for good; None where it is anything else.

    A report of delivery (RFC 3464) says it in fields; a server of the old kind writes from MAILER-DAEMON and encloses
    the message. One that is only delayed is none.
    """
    text = data[:LONGEST_READ].decode("utf-8", "replace").replace("\r\n", "\n")
    known = OURS.search(_enclosed(text))
    if known is None:
        return None
    mail = cast(EmailMessage, message_from_bytes(data[:LONGEST_READ], policy=default))
    is_report = mail.get_content_type() == "multipart/report"
    if not is_report and not _DAEMON.search(_raw(mail, "From")):
        return None
    fields = _fields(mail) if is_report else ""
    action = _ACTION.search(fields)
    if (action.group(1).lower() if action else "failed") != "failed":
        return None
    recipient = _FAILED_FOR.search(fields)
    return Bounce(known[0], recipient[1].lower()[:254] if recipient else "", _reason(fields))


def _enclosed(text: str) -> str:
    """What follows the mail's own headers: an answer names our message in them and is no bounce."""
    return text.partition("\n\n")[2]


def _raw(mail: EmailMessage, name: str) -> str:
    return next((str(v) for k, v in mail.raw_items() if k.lower() == name.lower()), "")


def _fields(mail: EmailMessage) -> str:
    """The report's fields as text, as far as they can be read."""
    found = []
    for number, part in enumerate(mail.walk()):
        if number >= MOST_PARTS:
            break
        if part.get_content_type() == "message/delivery-status":
            inner = part.get_payload()
            found += [_as_text(p) for p in inner] if isinstance(inner, list) else [str(inner)]
    return "\n".join(found)


def _as_text(part: object) -> str:
    items = part.raw_items() if isinstance(part, EmailMessage) else ()
    return "\n".join(f"{name}: {value}" for name, value in items)


def _reason(fields: str) -> str:
    status, why = _STATUS.search(fields), _WHY.search(fields)
    words = [status[1] if status else "", why[1] if why else ""]
    line = re.sub(r"[\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069\s]+", " ", " ".join(words)).strip()
    return line[:300] or "the other server gives no reason"
