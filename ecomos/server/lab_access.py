"""Who may use JupyterLab: the people of the pages, by the same log-in, but founders only. What runs in a notebook may
do anything to the store, so everybody else is refused at every address, in plain words."""

import weakref
from typing import Any

import tornado.web
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.websocket import WebSocketHandler

from ecomos.people import Person, roles_of
from ecomos.server.access import Guarded
from ecomos.server.handlers import LogIn
from ecomos.server.house import Lasting, house_files
from ecomos.server.identity import PeopleIdentity, StaffUser

__all__ = ["FOUNDER", "REFUSAL", "FoundersIdentity", "FoundersOnly"]

FOUNDER = "founder"
REFUSAL = "JupyterLab is for founders: a notebook can change anything in the store. Your work is on the store's pages."


class FoundersIdentity(PeopleIdentity):
    """The people table again, asked at every request: no longer a founder, no longer in."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.sockets: weakref.WeakSet[WebSocketHandler] = weakref.WeakSet()

    def get_cookie_name(self, handler: web.RequestHandler) -> str:
        return f"ecomos-lab-{self.port}"

    def get_user(self, handler: web.RequestHandler) -> StaffUser | None:
        """Who asks. Raises HTTPError 403 in words for whoever is logged in and no founder."""
        user = super().get_user(handler)
        if user is None or isinstance(handler, LabLogIn | LabLogOut):
            return user
        if FOUNDER not in user.roles:
            handler.current_user = handler._jupyter_current_user = None  # type: ignore[attr-defined]
            raise web.HTTPError(403, REFUSAL)
        if isinstance(handler, WebSocketHandler):
            self.sockets.add(handler)
        return user

    def identity_model(self, user: User) -> dict[str, Any]:
        """What JupyterLab shows of whoever is logged in; nothing else of them leaves."""
        return {"username": user.username, "name": user.name, "display_name": user.display_name}

    def get_handlers(self) -> list[Any]:
        return [
            (r"/login", LabLogIn),
            (r"/logout", LabLogOut),
            (r"/house/[^/]+/(.*\.(?:css|js|svg))", HouseFile, house_files()),
        ]

    def cut_off_who_may_no_longer(self) -> None:
        """Close the lines to kernels of whoever logged out, left, or is no founder any more."""
        for socket in list(self.sockets):
            user = super().get_user(socket)
            if user is None or FOUNDER not in user.roles:
                socket.close(4403, "logged out")
                self.sockets.discard(socket)


class FoundersOnly(Authorizer):
    """Allows founders everything, and nobody else anything."""

    def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        return isinstance(user, StaffUser) and FOUNDER in user.roles


class HouseFile(Lasting, tornado.web.StaticFileHandler):
    """The style sheet of the log-in page, for everybody."""

    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        await super().get(path, include_body)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        await super().head(path)


class LabLogIn(LogIn):
    """The same log-in page; whoever is no founder gets no cookie."""

    note = "JupyterLab, for founders"

    def refusal(self, found: Person) -> str:
        desk = self.settings["desk"]
        return "" if FOUNDER in roles_of(desk.db, found.id, desk.today) else REFUSAL


class LabLogOut(Guarded):
    """Asks whether one means it, then ends this log-in; notebooks that run go on."""

    @web.authenticated
    def get(self) -> None:
        self.finish(self.page("leave.html", xsrf=self.xsrf_token.decode(), who=self.current_user.name))

    @web.authenticated
    def post(self) -> None:
        identity: FoundersIdentity = self.identity_provider  # type: ignore[assignment]
        identity.log_out(self, self.current_user)
        identity.cut_off_who_may_no_longer()
        self.redirect("/login")
