"""The shell: all pages of one person in one kernel. Builds a page when it is first shown, keeps it, moves between pages
without a reload, and tells the shown one when somebody else changed the store."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import ipywidgets
from IPython.display import display

from ecomos.pages import context as kernel
from ecomos.pages.page import Context, Page, pages_of, registered
from ecomos.pages.parts import Facts, Part, Router, close_all
from ecomos.pages.parts.part import told_in_words
from ecomos.people import person, roles_of
from ecomos.work import Shop, mark_seen

__all__ = ["Shell", "open_shell"]

KEPT_PAGES = 12
POLL_SECONDS = 1.0
CLOCK_SECONDS = 60.0


@dataclass
class Built:
    """A page that was built, and what it asked to be told."""

    page: Page
    params: dict[str, str]
    box: ipywidgets.Box
    again: list[Callable[[], None]] = field(default_factory=list)
    tell: list[Callable[[dict[str, str]], None]] = field(default_factory=list)
    stale: bool = False
    failed: bool = False


class Shell:
    """One person's pages. `show` is what a click on a link does."""

    def __init__(self, who: int, now: Callable[[], datetime]) -> None:
        self.home, self.db = kernel.store()
        self.now = now
        today = now().astimezone(self.home.zone).date()
        self.person, self.roles = person(self.db, who), frozenset(roles_of(self.db, who, today))
        self.pages = {page.name: page for page in pages_of(self.roles)}
        self._built: OrderedDict[tuple[str, tuple[tuple[str, str], ...]], Built] = OrderedDict()
        self._free: list[ipywidgets.Box] = []
        self._shown: Built | None = None
        css = "" if kernel.is_bound() else (files("ecomos.pages") / "parts" / "house.css").read_text(encoding="utf-8")
        self.router = Router(self.show, self.search, self.suggest, store=self.home.name, css=css)
        Part.fault = lambda words: self.router.toast(words, "late")
        self.area = ipywidgets.VBox([self.router])
        self.area.add_class("eco-shell")
        self._seen = self._version()
        self._base = self._context(None)

    def show(self, name: str, params: Mapping[str, str]) -> None:
        """Show a page; one that this person may not see, or that is not there, is said in words."""
        wanted = {key: value for key, value in params.items() if key != "page"}
        page = self.pages.get(name) or Page(name, "Nothing here", None, _nothing_here, in_nav=False)
        found = self._find(page, wanted) or self._build(page, wanted)
        if self._shown is not None and self._shown is not found:
            self._shown.box.layout.display = "none"
        self._shown = found
        found.box.layout.display = ""
        if found.stale:
            self._refresh(found)
        self.router.address = {"page": name, "params": wanted, "title": found.page.title}

    def search(self, text: str) -> None:
        """What was typed or scanned leads to a page, or to a word that nothing fits."""
        found = registered().search(self._base, text.strip())
        if found is None:
            self.router.toast(f"Nothing found for “{text.strip()}”.", "soon")
        else:
            self.show(*found)

    def suggest(self, text: str) -> list[dict[str, Any]]:
        """What fits the letters so far."""
        found = getattr(registered(), "suggestions", None)
        lines: list[dict[str, Any]] = found(self._base, text.strip()) if found else []
        return [line for line in lines if line["page"] in self.pages]

    def _find(self, page: Page, params: dict[str, str]) -> Built | None:
        key = (page.name, tuple(sorted(params.items())))
        found = self._built.get(key)
        if found is None:
            for other, built in self._built.items():
                if other[0] == page.name and built.tell:
                    del self._built[other]
                    found = self._built[key] = built
                    built.params = params
                    for tell in built.tell:
                        self._guarded(tell)(params)
                    break
        if found is not None and found.failed:
            self._free.append(_emptied(self._built.pop(key).box))
            return None
        if found is not None:
            self._built.move_to_end(key)
        return found

    def _build(self, page: Page, params: dict[str, str]) -> Built:
        built = Built(page, params, self._slot())
        words: list[str] = []
        content = told_in_words(page.build, words.append)(self._context(built), dict(params))
        built.failed = content is None
        built.box.children = (content or Facts(title="This page could not be shown", note=" ".join(words)),)
        self._built[page.name, tuple(sorted(params.items()))] = built
        return built

    def _slot(self) -> ipywidgets.Box:
        """A box for one more page. Boxes keep their places, so that what stands in the others is not drawn anew."""
        if self._free:
            return self._free.pop()
        if len(self._built) >= KEPT_PAGES:
            return _emptied(self._built.popitem(last=False)[1].box)
        box = ipywidgets.Box()
        box.add_class("eco-page")
        self.area.children = (*self.area.children, box)
        return box

    def _context(self, built: Built | None) -> Context:
        again = built.again.append if built else (lambda _: None)
        tell = built.tell.append if built else (lambda _: None)
        return Context(
            home=self.home,
            db=self.db,
            person=self.person,
            roles=self.roles,
            now=self.now,
            go=self.show,
            on_change=again,
            on_params=tell,
            toast=self.router.toast,
            guarded=self._guarded,
        )

    def _guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return told_in_words(function, lambda words: self.router.toast(words, "late"))

    # ---- what others change

    def _version(self) -> tuple[int, int]:
        return self.db.execute("pragma data_version").fetchone()[0], self.db.total_changes

    def changed(self) -> None:
        """The store was changed: the shown page and the badges read again, hidden pages when they are shown."""
        for built in self._built.values():
            built.stale = built is not self._shown
        if self._shown is not None:
            self._refresh(self._shown)
        self.badges()

    def _refresh(self, built: Built) -> None:
        built.stale = False
        for again in built.again:
            self._guarded(again)()

    def badges(self) -> None:
        """The navigation, with the number beside each name, and how much is new."""
        listed = []
        for page in self.pages.values():
            if page.in_nav:
                count = self._guarded(page.badge)(self._base) if page.badge else 0
                listed.append({"name": page.name, "title": page.title, "badge": count or 0})
        self.router.pages = listed
        news = getattr(registered(), "news", None)
        self.router.news = (self._guarded(news)(self._base) if news else 0) or 0

    async def watch(self) -> None:
        """Ask once a second whether the store was changed, by us or by others; once a minute the clock counts too."""
        waited = 0.0
        while True:
            await asyncio.sleep(POLL_SECONDS)
            waited += POLL_SECONDS
            version = self._guarded(self._version)()
            if waited >= CLOCK_SECONDS:
                mark_seen(Shop(self.home, self.db), self.person.id)
            if version != self._seen or waited >= CLOCK_SECONDS:
                self._seen, waited = version, 0.0
                self._guarded(self.changed)()


_watching: set[asyncio.Task[None]] = set()


def open_shell(name: str) -> Shell:
    """Make the shell for whom the server named, show the page of the address, and keep watching."""
    _log_to(kernel.store()[0].path / ".server" / "pages.log")
    shell = Shell(kernel.current_person(), kernel.now)
    mark_seen(Shop(shell.home, shell.db), shell.person.id)
    wanted = kernel.address()
    shell.show(wanted.get("page", name), wanted)
    shell.badges()
    _watching.add(asyncio.get_running_loop().create_task(shell.watch()))
    display(shell.area)
    return shell


def _log_to(file: Path) -> None:
    handler = logging.FileHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    logging.getLogger("ecomos").addHandler(handler)


def _emptied(box: ipywidgets.Box) -> ipywidgets.Box:
    old, box.children = box.children, ()
    close_all(old)
    return box


def _nothing_here(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    return Facts(title="Nothing here for you", note="There is no such page, or your roles don't open it.")
