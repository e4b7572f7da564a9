"""Papers that this shop made, given out as downloads: to who is logged in and may see the page that they belong to."""

import asyncio
import json
from pathlib import Path

from tornado import web

from ecomos.documents import file_of, keep_file, make_pdf
from ecomos.pages import pages_of
from ecomos.server.access import Guarded
from ecomos.server.attachments import disposition

__all__ = ["PAPER", "Paper"]

PAPER = r"/documents/(?P<kind>[a-z-]{1,40})/(?P<number>[A-Za-z0-9][A-Za-z0-9._-]{0,60})\.pdf"
PAGE_OF = {"purchase-order": "purchases", "labels": "goods", "count-sheet": "counts"}
"""Kind of paper → the page whose readers may have it; any other kind is given to nobody."""


class Paper(Guarded):
    """One paper."""

    @web.authenticated
    async def get(self, kind: str, number: str) -> None:
        page = PAGE_OF.get(kind)
        if page is None or not any(p.name == page for p in pages_of(self.current_user.roles)):
            raise web.HTTPError(403)
        path: Path = self.settings["home"].path / file_of(kind, number)
        if not path.is_file() and not path.is_symlink():
            await self._make(kind, number, path)
        if path.is_symlink() or not path.is_file():
            raise web.HTTPError(404)
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Content-Disposition", disposition(f"{number}.pdf"))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
        self.set_header("Cache-Control", "private, no-store")
        self.finish(await asyncio.to_thread(path.read_bytes))

    async def _make(self, kind: str, number: str, path: Path) -> None:
        """One whose number is known and whose file is not there yet, or not any more."""
        row = (
            self.settings["desk"]
            .db.execute("select data from documents where kind = ? and number = ? and data is not null", [kind, number])
            .fetchone()
        )
        if row is not None:
            await asyncio.to_thread(lambda: keep_file(path, make_pdf(kind, json.loads(row[0]))))
