"""Mails as files (.eml) into what a customer wrote: read with suspicion, since anybody can send one. What machines send
opens no ticket; what can't be read is refused in words."""

import hashlib
import re
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import cast

from ecomos.customers.taking import Attachment, Incoming, Taken, take_in
from ecomos.intake.bounces import bounce_of
from ecomos.messages.outbox import note_bounce
from ecomos.store import Home, iso, write

__all__ = ["NotTaken", "Received", "read_mail", "take_mail"]

LARGEST_MAIL = 25 << 20
LARGEST_FILE = 10 << 20
MOST_FILES = 20
MOST_PARTS = 200
LONGEST_TEXT = 50_000
LONGEST_SUBJECT = 200
OLDEST = timedelta(days=3650)
_ID = re.compile(r"<[!-;=?-~]{1,300}>")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;]+@[^\s@<>\"(),:;]+")
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+.@-]|$)", re.IGNORECASE)


class NotTaken(Exception):
    """A mail that opens no ticket, and why."""

    def __init__(self, why: str, *, by_machine: bool = False) -> None:
        super().__init__(why)
        self.by_machine = by_machine


@dataclass(frozen=True)
class Received:
    """What became of one mail."""

    words: str
    taken: Taken | None = None
    is_fine: bool = True


@dataclass(frozen=True)
class _Part:
    name: str
    data: bytes


def take_mail(home: Home, db: sqlite3.Connection, path: Path, now: datetime) -> Received:
    """Take one .eml in: a ticket, a message of one, or refused in words. The same Message-ID twice is taken once.

    Mails taken at the same `now` are one fetch: what they start together may be more than usual. A report that a mail
    of ours did not arrive is noted with that mail.
    """
    try:
        mail, parts, left_out = read_mail(path, now, home)
    except NotTaken as why:
        told = _bounced(db, path, now)
        return Received(f"{path.name}: {told or why}", is_fine=bool(told) or why.by_machine)
    kept = tuple(_kept(home, part) for part in parts)
    with write(db):
        taken = take_in(db, replace(mail, files=kept), now, f"mail:{iso(now)}")
    words = {
        "opened": f"opened ticket T{taken.ticket_id}",
        "added": f"belongs to the open ticket T{taken.ticket_id}",
        "reopened": f"opened ticket T{taken.ticket_id} again",
        "known": f"was taken in before (ticket T{taken.ticket_id}); nothing to do",
        "history": f"is older than go-live: kept as ticket T{taken.ticket_id}, which starts nothing",
    }
    return Received(" ".join([f"{path.name}: a customer's mail, {words[taken.became]}.", *left_out]), taken)


def _bounced(db: sqlite3.Connection, path: Path, now: datetime) -> str:
    """Note with its message that it did not arrive; what is said of it, empty where no message of ours is meant."""
    if path.stat().st_size > LARGEST_MAIL:
        return ""
    bounce = bounce_of(path.read_bytes())
    if bounce is None:
        return ""
    with write(db):
        row = note_bounce(db, bounce.message_id, bounce.recipient, bounce.why, now)
    return f"“{row['subject']}” to {row['recipient']} was not delivered: {bounce.why}" if row else ""


def _kept(home: Home, part: _Part) -> Attachment:
    """The attachment under files/, by its content; its own name is only shown."""
    name = f"{hashlib.sha256(part.data).hexdigest()[:32]}.bin"
    target = home.path / "files" / name
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        half = target.with_name(f".{name}.part")
        half.write_bytes(part.data)
        half.replace(target)
    return Attachment(name, part.name, len(part.data))


def read_mail(path: Path, now: datetime, home: Home) -> tuple[Incoming, list[_Part], list[str]]:
    """What a mail says, its attachments, and what was left out of it. Raises NotTaken."""
    if path.stat().st_size > LARGEST_MAIL:
        raise NotTaken(f"larger than {LARGEST_MAIL >> 20} MB; ask the sender for a smaller one.")
    data = path.read_bytes()
    mail = cast(EmailMessage, message_from_bytes(data, policy=default))
    name, sender = _sender(mail)
    _must_be_a_persons(mail, sender, home)
    parts = _parts(mail)
    files, left_out = _files(parts)
    at = _written(mail, now)
    references = list(dict.fromkeys([*_ids(mail, "References"), *_ids(mail, "In-Reply-To")]))
    ids = _ids(mail, "Message-ID")
    incoming = Incoming(
        subject=_line(_header(mail, "Subject"))[:LONGEST_SUBJECT] or "(no subject)",
        body=_text(parts),
        at=iso(at),
        from_email=sender,
        from_name=_line(name)[:100] or None,
        message_id=ids[0] if ids else f"<{hashlib.sha256(data).hexdigest()[:32]}@without-id.invalid>",
        in_reply_to=references[-1] if references else None,
        references=references,
        is_history=at.astimezone(home.zone).date() < home.go_live,
    )
    return incoming, files, left_out


def _header(mail: EmailMessage, name: str) -> str:
    """A header as text; one that the parser can't read as it was written."""
    try:
        return str(mail.get(name, ""))
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        raw = next((v for k, v in mail.raw_items() if k.lower() == name.lower()), "")
        return str(raw)


def _line(text: str) -> str:
    """One line without control characters and turned directions, half characters made whole."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", clean).strip()


def _ids(mail: EmailMessage, name: str) -> list[str]:
    return _ID.findall(_line(_header(mail, name))[:20_000])


def _sender(mail: EmailMessage) -> tuple[str, str]:
    """(name, address): Reply-To before From, as every mail program answers."""
    for header in ("Reply-To", "From"):
        name, address = parseaddr(_line(_header(mail, header))[:1000])
        if _ADDRESS.fullmatch(address) and len(address) <= 254:
            return name, address.lower()
    raise NotTaken("nobody can be answered: it has no sender's address.")


def _must_be_a_persons(mail: EmailMessage, sender: str, home: Home) -> None:
    """Answering a machine's mail makes two machines write to each other for ever."""
    own = parseaddr(home.mail.sender)[1].lower() if home.mail else ""
    if sender == own:
        raise NotTaken("comes from our own address.", by_machine=True)
    auto = _line(_header(mail, "Auto-Submitted")).lower()
    bulk = _line(_header(mail, "Precedence")).lower() in ("bulk", "junk", "list", "auto_reply")
    path = _line(_header(mail, "Return-Path"))
    is_report = mail.get_content_type() == "multipart/report"
    answers = any(mail.get(h) is not None for h in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
    if (auto and not auto.startswith("no")) or bulk or path == "<>" or is_report or _MACHINES.match(sender):
        raise NotTaken("was written by a machine (an automatic answer, a bounce or a list).", by_machine=True)
    if answers and "auto" in _line(_header(mail, "Subject")).lower():
        raise NotTaken("was written by a machine (an automatic answer).", by_machine=True)


def _written(mail: EmailMessage, now: datetime) -> datetime:
    """When it was written, where its date can be true; else now."""
    try:
        at = parsedate_to_datetime(_header(mail, "Date"))
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return now
    return at if now - OLDEST < at <= now else now


def _parts(mail: EmailMessage) -> list[EmailMessage]:
    found = []
    for part in mail.walk():
        found.append(cast(EmailMessage, part))
        if len(found) > MOST_PARTS:
            raise NotTaken(f"has more than {MOST_PARTS} parts.")
    return found


def _is_file(part: EmailMessage) -> bool:
    kind = part.get_content_maintype()
    if part.is_multipart() or kind == "multipart":
        return False
    return part.get_content_disposition() == "attachment" or kind != "text"


def _text(parts: list[EmailMessage]) -> str:
    """The text part; else the HTML part as text. A fault in the charset costs a letter, never the mail."""
    texts = [p for p in parts if not p.is_multipart() and not _is_file(p)]
    plain = [p for p in texts if p.get_content_subtype() != "html"]
    if any(_decoded(p).strip() for p in plain):
        text = "\n".join(_decoded(p) for p in plain)
    else:
        text = "\n".join(as_text(_decoded(p)) for p in texts if p.get_content_subtype() == "html")
    clean = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", text.replace("\r\n", "\n"))
    clean = re.sub(r"\n{3,}", "\n\n", clean).strip()
    return clean[:LONGEST_TEXT] + ("\n[cut here]" if len(clean) > LONGEST_TEXT else "") or "(no text)"


def _decoded(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    raw = data if isinstance(data, bytes) else str(part.get_payload()).encode("utf-8", "replace")
    raw = raw[: 8 * LONGEST_TEXT]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        charset = part.get_content_charset() or "cp1252"
        try:
            return raw.decode(charset, "replace")
        except (LookupError, ValueError):
            return raw.decode("cp1252", "replace")


def _files(parts: list[EmailMessage]) -> tuple[list[_Part], list[str]]:
    files: list[_Part] = []
    left_out: list[str] = []
    for part in filter(_is_file, parts):
        name, data = _name(part), part.get_payload(decode=True)
        if not isinstance(data, bytes) or not data:
            continue
        if len(data) > LARGEST_FILE or len(files) == MOST_FILES:
            left_out.append(f"“{name}” was left out: at most {MOST_FILES} files of {LARGEST_FILE >> 20} MB are kept.")
            continue
        files.append(_Part(name, data))
    return files, left_out


def _name(part: EmailMessage) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        name = ""
    bare = re.split(r"[/\\]", _line(str(name)))[-1].lstrip(".")
    return re.sub(r"[^\w .()+,-]", "_", bare)[-100:] or f"attachment.{part.get_content_subtype()[:10]}"


def as_text(markup: str) -> str:
    """An HTML part as text: no script, no style, blocks on lines of their own; links keep their words only."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.said).splitlines())
    return "\n".join(lines).strip()


class _Reader(HTMLParser):
    SILENT = frozenset({"script", "style", "head", "title", "template", "svg", "math"})
    BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self.silent:
            self.silent -= 1
        elif tag in self.BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)
