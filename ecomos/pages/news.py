"""What's new since I looked: a sentence for each thing that happened and concerns this person, each a link to its page;
the count stands in the bar of every page."""

from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

import ipywidgets

from ecomos.orders.reading import ref_of
from ecomos.pages.page import Context
from ecomos.pages.parts import column
from ecomos.pages.parts.sentences import Sentences
from ecomos.store import parse_iso
from ecomos.work import Shop
from ecomos.work.news import News, mark_read, news_of

__all__ = ["build", "count"]


def _news(context: Context) -> list[News]:
    from ecomos.pages.page import pages_of

    sees = {page.name for page in pages_of(context.roles)}
    return news_of(Shop(context.home, context.db), context.person.id, context.now(), sees)


def count(context: Context) -> int:
    """How many things are new to this person."""
    return len(_news(context))


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The list, the newest first, and the button that marks what is shown as read."""
    return NewsPage(context).whole


class NewsPage:
    """The list of one person."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.shown: list[News] = []
        self.list = Sentences(self.read, title="What's new since you looked", empty="Nothing new since you looked.")
        self.whole = column(self.list)
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read it again."""
        self.shown, now = _news(self.context), self.context.now()
        self.list.lines = [_line(self.context, n, now) for n in self.shown]

    def read(self) -> None:
        """What is shown is read; what came since it was drawn stays."""
        mark_read(Shop(self.context.home, self.context.db), self.context.person.id, self.shown, self.context.now())
        self.refresh()


def _line(context: Context, news: News, now: datetime) -> dict[str, Any]:
    at = parse_iso(news.at).astimezone(context.home.zone)
    return {
        "day": _day(at, now, context.home.zone),
        "at": f"{at:%H:%M}",
        "words": news.words,
        "kind": news.kind,
        "link": _link(context, *news.about),
    }


def _day(at: datetime, now: datetime, zone: tzinfo) -> str:
    today = now.astimezone(zone).date()
    day = f"{at:%a} {at.day} {at:%b}{f' {at.year}' if at.year != today.year else ''}"
    return {0: f"Today, {day}", 1: f"Yesterday, {day}"}.get((today - at.date()).days, day)


def _link(context: Context, kind: str, key: Any) -> str:
    """Where a line leads; empty where there is no page for it."""
    if kind == "order":
        return "?" + urlencode({"page": "order", "order": ref_of(context.db, key)})
    if kind in ("procedures", "roles"):
        return "?" + urlencode({"page": "playbook", "kind": kind, "name": key})
    pages = {"ticket": "ticket", "task": "today", "kpi": "scoreboard", "import": "imports", "report": "reports"}
    names = {"report": "run"}
    return "?" + urlencode({"page": pages[kind], names.get(kind, kind): key}) if kind in pages else ""
