"""Who a request comes from: a signed cookie that names a person, checked against the people table every time.
Neither a header nor an address can say who somebody is."""

import json
import os
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, User
from tornado import web
from traitlets import Instance

from ecomos.errors import WrongUsage
from ecomos.people import Person, person, roles_of, session_stamp

__all__ = ["Desk", "PeopleIdentity", "StaffUser", "cookie_secret", "server_folder"]

SESSION_DAYS = 7


@dataclass
class StaffUser(User):
    """A person who is logged in, as Jupyter's handlers hand it around."""

    person: Person | None = None
    roles: frozenset[str] = frozenset()
    session: str = ""
    """Differs from log-in to log-in, so that logging out ends this one only."""
    stamp: str = ""


class Desk:
    """What the server knows about people: reads the store on one connection, and remembers who logged out.

    The log-ins that were ended stand in a file of `folder`, so that a restart does not bring them back.
    """

    def __init__(self, db: sqlite3.Connection, zone: tzinfo, now: Callable[[], datetime], folder: Path) -> None:
        self.db, self._zone, self.now = db, zone, now
        self._file = folder / "ended-sessions"
        self._ended = set(self._file.read_text(encoding="ascii").split()) if self._file.exists() else set()

    @property
    def today(self) -> date:
        """The store's own day."""
        return self.now().astimezone(self._zone).date()

    def new_session(self, found: Person) -> str:
        """What a new log-in's cookie says."""
        words = {"person": found.id, "stamp": session_stamp(self.db, found.id), "session": secrets.token_hex(16)}
        return json.dumps(words)

    def user(self, cookie: str) -> StaffUser | None:
        """The person this cookie was given to; None once they left, have a new password, or logged out."""
        try:
            words = json.loads(cookie)
            number, stamp, session = int(words["person"]), str(words["stamp"]), str(words["session"])
        except (ValueError, KeyError, TypeError):
            return None
        if session in self._ended or not self.still_holds(number, stamp):
            return None
        found = person(self.db, number)
        roles = frozenset(roles_of(self.db, number, self.today))
        return StaffUser(str(number), found.name, found.name, person=found, roles=roles, session=session, stamp=stamp)

    def still_holds(self, person_id: int, stamp: str) -> bool:
        """Is what was true at log-in still true?"""
        try:
            found = person(self.db, person_id)
        except WrongUsage:
            return False
        return not found.has_left(self.today) and secrets.compare_digest(stamp, session_stamp(self.db, person_id))

    def end(self, session: str) -> None:
        """This log-in is over, also for whoever kept a copy of the cookie."""
        self._ended.add(session)
        with self._file.open("a", encoding="ascii") as out:
            out.write(f"{session}\n")


class PeopleIdentity(IdentityProvider):
    """Jupyter's identity provider over the people table: cookie only, no token, no anonymous user."""

    desk: Desk = Instance(Desk)  # type: ignore[assignment]

    def __init__(self, **given: Any) -> None:
        given.pop("login_handler_class", None)  # Voilà passes its own; ours is among the server's handlers
        given["token"] = ""
        app = given["parent"]
        super().__init__(**given, desk=app.desk)
        self.port = app.port

    @property
    def auth_enabled(self) -> bool:
        return True

    def get_handlers(self) -> list[tuple[str, object]]:
        return []

    def get_user(self, handler: web.RequestHandler) -> StaffUser | None:
        raw = handler.get_signed_cookie(self.get_cookie_name(handler), max_age_days=SESSION_DAYS)
        return self.desk.user(raw.decode()) if raw else None

    def get_cookie_name(self, handler: web.RequestHandler) -> str:
        return f"ecomos-{self.port}"

    def log_in(self, handler: web.RequestHandler, found: Person) -> None:
        """Give the browser its cookie."""
        handler.set_signed_cookie(
            self.get_cookie_name(handler),
            self.desk.new_session(found),
            expires_days=SESSION_DAYS,
            httponly=True,
            samesite="Lax",
            secure="https" in (handler.request.protocol, handler.request.headers.get("X-Forwarded-Proto")),
            path="/",
        )

    def log_out(self, handler: web.RequestHandler, user: StaffUser) -> None:
        """Take it back, here and wherever else it is."""
        self.desk.end(user.session)
        handler.clear_cookie(self.get_cookie_name(handler), path="/")


def server_folder(home: Path) -> Path:
    """Where the server keeps what is its own: never shared, never under git."""
    folder = home / ".server"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder


def cookie_secret(home: Path) -> bytes:
    """The random bytes that sign cookies, made once, readable by the server's user only."""
    file = server_folder(home) / "cookie-secret"
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(32))
    return file.read_bytes()
