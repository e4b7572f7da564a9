"""The outbox: what leaves the house by mail, once. Claimed in one transaction, sent, and noted in another; what was
being sent when we died is never sent again blindly: it goes to a person."""

import json
import os
import smtplib
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from time import monotonic
from typing import Any

from ecomos.messages.render import as_html
from ecomos.store import Home, get_setting, iso, write

__all__ = ["MailPart", "enqueue", "may_send", "note_bounce", "send_due", "sweep_unknown"]

UNKNOWN_AFTER = timedelta(minutes=10)
LONGEST_SECONDS = 240
"""One call sends no longer than this and leaves the rest to the next: nothing that it sends may look abandoned."""
BY_A_PERSON = frozenset({"ticket-reply"})
"""What a person wrote word for word: no machine's mail, so that a holiday answer to it comes."""
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))


@dataclass(frozen=True)
class MailPart:
    """A file that goes with a mail."""

    path: str
    """Under the home, as in `reports/daily/12-1/report.html`."""
    name: str
    """What it is called in the mail."""
    kind: str
    """As in `image/png`."""
    cid: str = ""
    """How the HTML names it (`cid:chart-1`); empty for an attachment."""


def enqueue(
    db: sqlite3.Connection,
    *,
    key: str,
    run_id: int | None,
    message: str,
    about: tuple[str, Any],
    to: str,
    subject: str,
    body: str,
    now: datetime,
    status: str = "queued",
    html: str | None = None,
    parts: Iterable[MailPart] = (),
) -> None:
    """Put a message into the outbox inside the caller's transaction; the same key a second time does nothing.

    Without `html` it is made from the body. Parts are read when the mail is sent.
    """
    message_id = f"<{sha256(key.encode() + iso(now).encode()).hexdigest()[:32]}@ecomos.invalid>"
    db.execute(
        """insert into outbox(key, run_id, message, about_type, about_id, recipient, subject, body, html, parts,
             message_id, queued_at, status, next_at)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do nothing""",
        [
            key,
            run_id,
            message,
            *about,
            to,
            subject,
            body,
            html,
            json.dumps([asdict(p) for p in parts]),
            message_id,
            iso(now),
            status,
            iso(now),
        ],
    )


def may_send(home: Home, db: sqlite3.Connection) -> str:
    """Empty where mail may leave; else why it is held."""
    if home.clock == "demo":
        return "a demo store never sends"
    if not home.live:
        return "the store was not told live (“ecomos live on”)"
    if get_setting(db, "live_on") != home.fingerprint:
        return "this folder is a copy, was moved or restored: “ecomos live on” tells it again"
    return "" if home.mail else "ecomos.toml names no mail server"


def send_due(
    home: Home, db: sqlite3.Connection, now: datetime, *, connect: Callable[[Home], smtplib.SMTP] | None = None
) -> int:
    """Send what is due; gives how many left. Nothing leaves while `may_send` says why not."""
    sweep_unknown(db, now)
    if may_send(home, db):
        return 0
    sent, until = 0, monotonic() + LONGEST_SECONDS
    while monotonic() < until and (row := _claim(db, now)) is not None:
        status, error = _deliver(home, row, now, connect or _connect)
        _note(db, row, status, error, now)
        sent += status == "sent"
        if status == "queued":
            break
    return sent


def _claim(db: sqlite3.Connection, now: datetime) -> sqlite3.Row | None:
    with write(db):
        row: sqlite3.Row | None = db.execute(
            """select x.*, m.in_reply_to, m.thread from outbox x left join ticket_messages m on m.outbox_id = x.id
               where x.status = 'queued' and x.next_at <= ? order by x.id limit 1""",
            [iso(now)],
        ).fetchone()
        if row:
            db.execute(
                "update outbox set status = 'sending', attempts = attempts + 1, next_at = ? where id = ?",
                [iso(now), row["id"]],
            )
    return row


def _connect(home: Home) -> smtplib.SMTP:
    assert home.mail is not None
    server = smtplib.SMTP(home.mail.host, home.mail.port, timeout=20)
    if home.mail.starttls:
        server.starttls()
    if os.environ.get("ECOMOS_MAIL_USER"):
        server.login(os.environ["ECOMOS_MAIL_USER"], os.environ.get("ECOMOS_MAIL_PASSWORD", ""))
    return server


def _deliver(
    home: Home, row: sqlite3.Row, now: datetime, connect: Callable[[Home], smtplib.SMTP]
) -> tuple[str, str | None]:
    """(status, error). A server that can't be reached or refuses our log-in says nothing about the mail."""
    try:
        server = connect(home)
    except (smtplib.SMTPException, OSError) as error:
        return "queued", f"{type(error).__name__}: {error}"
    try:
        return _hand_over(home, server, row, now)
    finally:
        with suppress(smtplib.SMTPException, OSError):  # what it says to our farewell changes nothing
            server.quit()


def _hand_over(home: Home, server: smtplib.SMTP, row: sqlite3.Row, now: datetime) -> tuple[str, str | None]:
    """(status, error). Before the data were handed over a failure is certain; after it the fate is unknown."""
    assert home.mail is not None
    handed = False
    try:
        data = _mail(home, row, now).as_bytes()
        server.ehlo_or_helo_if_needed()
        code, answer = server.mail(home.mail.sender)
        if code == 250:
            code, answer = server.rcpt(row["recipient"])
        if code in (250, 251):
            handed = True
            code, answer = server.data(data)
        return _by_code(code, answer)
    except smtplib.SMTPResponseException as error:
        return _by_code(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        return ("unknown" if handed else "queued"), f"{type(error).__name__}: {error}"
    except ValueError as error:  # an address or a header that mail can't carry
        return "failed", f"{row['recipient']!r}: {error}"


def _by_code(code: int, answer: bytes | str) -> tuple[str, str | None]:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    if code == 250:
        return "sent", None
    return ("failed" if code >= 500 else "queued"), f"{code} {text}"


def _mail(home: Home, row: sqlite3.Row, now: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    assert home.mail is not None
    mail["From"], mail["To"], mail["Subject"] = home.mail.sender, row["recipient"], row["subject"]
    mail["Message-ID"], mail["Date"] = row["message_id"], format_datetime(now)
    if row["in_reply_to"]:
        mail["In-Reply-To"], mail["References"] = row["in_reply_to"], row["thread"] or row["in_reply_to"]
    if row["message"] not in BY_A_PERSON:
        mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(row["body"])
    mail.add_alternative(row["html"] or as_html(row["body"]), subtype="html")
    _add_parts(home, mail, [MailPart(**part) for part in json.loads(row["parts"])])
    return mail


def _add_parts(home: Home, mail: EmailMessage, parts: list[MailPart]) -> None:
    """Pictures beside the HTML that shows them, then the attachments."""
    shown = mail.get_payload()[1]  # type: ignore[index]
    for part in parts:
        data, (kind, _, subkind) = _read_part(home, part), part.kind.partition("/")
        if part.cid:
            shown.add_related(data, kind, subkind, cid=f"<{part.cid}>", filename=part.name, disposition="inline")  # type: ignore[union-attr]
        else:
            mail.add_attachment(data, maintype=kind, subtype=subkind, filename=part.name)


def _read_part(home: Home, part: MailPart) -> bytes:
    path = (home.path / part.path).resolve()
    if not path.is_relative_to(home.path) or not path.is_file():
        raise ValueError(f"{part.name} is no longer at {part.path}")
    return path.read_bytes()


def _note(db: sqlite3.Connection, row: sqlite3.Row, status: str, error: str | None, now: datetime) -> None:
    attempts = row["attempts"] + 1
    if status == "queued" and attempts > len(RETRIES):
        status = "failed"
    wait = RETRIES[min(attempts, len(RETRIES)) - 1]
    with write(db):
        db.execute(
            """update outbox set status = ?, error = ?, sent_at = ?, next_at = ?
               where id = ? and status in ('sending', 'unknown') and attempts = ?""",
            [status, error, iso(now) if status == "sent" else None, iso(now + wait), row["id"], attempts],
        )


def note_bounce(db: sqlite3.Connection, message_id: str, recipient: str, why: str, now: datetime) -> sqlite3.Row | None:
    """Another server says that this message did not arrive; gives the message, None where none of ours is meant.

    Only one that left can come back, and only from whom it went to (where the report names somebody). In the caller's
    transaction; `next_at` is then when we heard of it.
    """
    row: sqlite3.Row | None = db.execute(
        """select * from outbox where message_id = ? and status in ('sent', 'unknown', 'bounced')
           and (? = '' or recipient = ? collate nocase)""",
        [message_id, recipient, recipient],
    ).fetchone()
    if row is not None and row["status"] != "bounced":
        db.execute(
            "update outbox set status = 'bounced', error = ?, next_at = ? where id = ?",
            [f"not delivered: {why}", iso(now), row["id"]],
        )
    return row


def sweep_unknown(db: sqlite3.Connection, now: datetime) -> None:
    """What has been `sending` for ten minutes belonged to a process that died: its fate is unknown."""
    late = iso(now - UNKNOWN_AFTER)
    if db.execute("select 1 from outbox where status = 'sending' and next_at <= ?", [late]).fetchone():
        with write(db):
            db.execute(
                """update outbox set status = 'unknown', error = 'the program ended while it was being sent'
                   where status = 'sending' and next_at <= ?""",
                [late],
            )
