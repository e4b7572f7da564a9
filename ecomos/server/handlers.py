"""What answers at each address: log-in and log-out, a page, and a person's own kernel."""

import asyncio
import sqlite3
from typing import ClassVar
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado import web
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from ecomos.pages import pages_of
from ecomos.people import Person, authenticate
from ecomos.server.access import Guarded
from ecomos.server.drawing import bind_code, draw, notebook
from ecomos.server.identity import PeopleIdentity, StaffUser
from ecomos.server.kernels import Kernels, Owner
from ecomos.store import open_file

__all__ = [
    "ClosedPage",
    "Homewards",
    "LogIn",
    "LogOut",
    "NothingHere",
    "OwnChannels",
    "OwnKernel",
    "PageOfNotebook",
    "close_channels",
]

HOME_PAGE = "today"


class LogIn(Guarded):
    """The log-in page. A wrong name and a wrong password look the same, and cost the same."""

    note = ""
    """A line under the store's name."""

    def refusal(self, found: Person) -> str:
        """Why this person may not come in here, in words; empty where they may."""
        return ""

    @allow_unauthenticated
    def get(self) -> None:
        if self.current_user:
            self.redirect(self._next())
        else:
            self._show("", "")

    @allow_unauthenticated
    async def post(self) -> None:
        email, password = self.get_body_argument("email", ""), self.get_body_argument("password", "", strip=False)
        throttle, address = self.settings["throttle"], self.request.remote_ip or ""
        if wait := throttle.wait(email, address):
            self.set_status(429)
            self._show(email, f"Too many tries. Wait {-(-wait // 60)} minutes, then try again.")
            return
        found = await asyncio.to_thread(self._check, email, password)
        if found is None:
            throttle.failed(email, address)
            self.set_status(401)
            self._show(email, "This e-mail and password don't belong together.")
            return
        if refusal := self.refusal(found):
            self.set_status(403)
            self._show(email, refusal)
            return
        throttle.succeeded(email, address)
        identity: PeopleIdentity = self.identity_provider  # type: ignore[assignment]
        identity.log_in(self, found)
        self.redirect(self._next())

    def _check(self, email: str, password: str) -> Person | None:
        db: sqlite3.Connection = open_file(self.settings["home"].db_path)
        try:
            return authenticate(db, email, password, self.settings["desk"].today)
        finally:
            db.close()

    def _show(self, email: str, error: str) -> None:
        self.set_header("Cache-Control", "no-store")
        self.finish(
            self.page("login.html", email=email, error=error, next=self._next(), xsrf=self._token(), note=self.note)
        )

    def _token(self) -> str:
        return self.xsrf_token.decode()

    def _next(self) -> str:
        wanted = self.get_argument("next", "/")
        parts = urlsplit(wanted)
        safe = wanted.startswith("/") and not wanted.startswith("//") and not parts.netloc and "\\" not in wanted
        return wanted if safe and parts.path != "/login" else "/"


class LogOut(Guarded):
    """Ends this log-in and every page opened with it."""

    @web.authenticated
    async def post(self) -> None:
        user: StaffUser = self.current_user
        kernels: Kernels = self.settings["kernel_manager"]
        identity: PeopleIdentity = self.identity_provider  # type: ignore[assignment]
        identity.log_out(self, user)
        self.set_header("Clear-Site-Data", '"storage"')  # drafts of whoever leaves this browser
        own = [number for number, owner in kernels.owners.items() if owner.session == user.session]
        await close_channels(own)
        await kernels.end_all_of(own)
        self.redirect("/login")


class PageOfNotebook(Guarded):
    """A notebook's page: the head at once, the rest when its cells have run in a kernel of the person's own."""

    @web.authenticated
    async def get(self, name: str = HOME_PAGE) -> None:
        user: StaffUser = self.current_user
        content = notebook(name)
        if content is None:
            raise web.HTTPError(404)
        found = {page.name: page for page in pages_of(user.roles)}
        wanted = self.get_query_argument("page", name)
        if wanted not in found:
            raise web.HTTPError(404 if wanted not in {page.name for page in pages_of(None)} else 403)
        self.set_header("Cache-Control", "no-store")
        values = {"title": found[wanted].title, "pages": [p for p in found.values() if p.in_nav], "here": wanted}
        values.update(person=user.name, person_id=user.username, xsrf=self.xsrf_token.decode())
        self.write(self.page("head.html", **self._static(), **values))
        await self.flush()
        owner = Owner(user.person.id, user.stamp, user.session)  # type: ignore[union-attr]
        bind = bind_code(owner, name, self.request.query, self.settings["desk"].now())
        drawn = await draw(self.settings["kernel_manager"], owner, bind, content)
        config = {**self.settings["page_config"], "baseUrl": "/", "kernelId": drawn.kernel_id}
        self.finish(self.page("body.html", drawn=drawn, config=config, **self._static()))

    def _static(self) -> dict[str, str]:
        return {"voila": self.settings["page_config"]["fullStaticUrl"]}


class Homewards(Guarded):
    """Where Voilà would show a tree of notebooks: back to the first page."""

    @web.authenticated
    def get(self) -> None:
        self.redirect("/")


class NothingHere(Guarded):
    """Every other address."""

    @allow_unauthenticated
    def prepare(self) -> None:  # type: ignore[override]
        self.current_user = self._jupyter_current_user = None
        raise web.HTTPError(404)


class OwnKernel(Guarded, KernelHandler):
    """GET and DELETE of a kernel: the authoriser allows its owner."""


class ClosedPage(Guarded):
    """The beacon of a page that is closed: its kernel goes."""

    auth_resource = "kernels"

    @web.authenticated
    async def post(self, kernel_id: str) -> None:
        kernels: Kernels = self.settings["kernel_manager"]
        if kernel_id in kernels:
            if not self.authorizer.is_authorized(self, self.current_user, "write", "kernels"):
                raise web.HTTPError(403)
            await kernels.end(kernel_id)
        self.set_status(204)
        self.finish()


class OwnChannels(Guarded, VoilaKernelWebsocketHandler):
    """The websocket to one's own kernel; remembered, so that it can be cut when the person is shut out."""

    open_ones: ClassVar[dict[str, set["OwnChannels"]]] = {}

    async def open(self, kernel_id: str) -> None:
        self.set_nodelay(True)  # else each small answer waits 40 ms for an acknowledgement
        self.open_ones.setdefault(kernel_id, set()).add(self)
        await super().open(kernel_id)

    def on_close(self) -> None:
        found = self.open_ones.get(self.kernel_id, set())
        found.discard(self)
        if not found:
            self.open_ones.pop(self.kernel_id, None)
        if getattr(self, "connection", None) is not None:
            super().on_close()


async def close_channels(numbers: list[str]) -> None:
    """Cut every websocket to these kernels."""
    for number in numbers:
        for channel in list(OwnChannels.open_ones.get(number, ())):
            channel.close(4403, "logged out")
