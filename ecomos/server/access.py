"""Who may reach what: everything is refused but one's own kernel and the pages of one's roles."""

from typing import Any
from urllib.parse import urlsplit

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from ecomos.server.identity import StaffUser

__all__ = ["CONTENT_SECURITY", "Guarded", "OwnerAuthorizer"]

CONTENT_SECURITY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",  # the widgets' own code comes as blob:
        "style-src 'self' 'unsafe-inline' blob: data:",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: blob: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


class OwnerAuthorizer(Authorizer):
    """Allows a kernel to its owner, and nothing else."""

    def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        if resource != "kernels" or not isinstance(user, StaffUser) or user.person is None:
            return False
        number = handler.path_kwargs.get("kernel_id") or getattr(handler, "kernel_id", "")
        owner = handler.kernel_manager.owners.get(number)  # type: ignore[attr-defined]
        return owner is not None and owner.person_id == user.person.id


class Guarded(JupyterHandler):
    """Refuses a foreign Origin, whatever the method, and shows errors in words."""

    async def prepare(self, *given: Any, **named: Any) -> Any:
        origin = self.get_origin()
        if origin is not None and urlsplit(origin.lower()).netloc != (self.request.headers.get("Host") or "").lower():
            self.current_user = self._jupyter_current_user = None
            raise web.HTTPError(403)
        return await super().prepare(*given, **named)

    @property
    def content_security_policy(self) -> str:
        return CONTENT_SECURITY

    def page(self, name: str, **values: Any) -> str:
        """One of our own templates, filled in."""
        template = self.settings["pages"].get_template(name)
        values.setdefault("store", self.settings["home"].name)
        return template.render(static=self.settings["house_static"], **values)

    def write_error(self, status_code: int, **named: Any) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", CONTENT_SECURITY)
        title, text = WORDS.get(status_code, WORDS[500])
        self.finish(self.page("message.html", title=title, text=text, status=status_code))


WORDS = {
    403: ("Not for you", "Your roles don't open this, or it belongs to somebody else. Ask whoever leads the store."),
    404: ("Nothing here", "There is no page at this address."),
    405: ("Not this way", "This address doesn't take that."),
    429: ("Too many tries", "Wait a while, then try again."),
    500: (
        "That went wrong",
        "The server could not do this. It is in the log; try again, and tell whoever runs the store.",
    ),
}
