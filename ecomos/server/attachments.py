"""Files that came with customers' mails, given out as downloads only: to who is logged in and may see tickets, under
the name the sender gave, never shown inside the shop's own pages."""

import asyncio
import re
from pathlib import Path
from urllib.parse import quote

from tornado import web

from ecomos.customers.reading import file_row
from ecomos.pages import pages_of
from ecomos.server.access import Guarded

__all__ = ["ATTACHMENT", "Attachment", "disposition"]

ATTACHMENT = r"/files/(?P<message>[1-9]\d{0,14})/(?P<file>[0-9a-f]{32}\.bin)"
"""The message that it came with, and its name under files/: by its content, so that no name of a sender is a path."""


class Attachment(Guarded):
    """One attachment of one message."""

    @web.authenticated
    async def get(self, message: str, file: str) -> None:
        if not any(page.name == "ticket" for page in pages_of(self.current_user.roles)):
            raise web.HTTPError(403)
        row = file_row(self.settings["desk"].db, int(message), file)
        path: Path = self.settings["home"].path / "files" / file
        if row is None or path.is_symlink() or not path.is_file():
            raise web.HTTPError(404)
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Disposition", disposition(row["name"]))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
        self.set_header("Cache-Control", "private, no-store")
        self.finish(await asyncio.to_thread(path.read_bytes))


def disposition(name: str) -> str:
    """The header that makes it a download; a name of any letters, without what could end the header or the folder.

    >>> disposition('../Rechnung "ä".html')
    'attachment; filename="Rechnung __.html"; filename*=UTF-8\\'\\'Rechnung%20_%C3%A4_.html'
    """
    bare = re.split(r"[/\\]", name)[-1].lstrip(".") or "attachment"
    bare = re.sub(r'[\x00-\x1f\x7f"<>:|?*;%]', "_", bare)[-150:]
    plain = re.sub(r"[^ -~]", "", bare) or "attachment"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(bare, safe='')}"
