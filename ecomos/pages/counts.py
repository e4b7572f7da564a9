"""Counts: what is due, what is being counted, and what was lost. One count is opened by its link."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused
from ecomos.pages.hands import hand_of, thing_named
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, StepForm, Table, Ways, column
from ecomos.pages.places import columns_of
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted, day_and_time
from ecomos.stock.count_plan import Due, due_bins
from ecomos.stock.counting import Count, counts_list, make_audit, make_count, make_cycle_count
from ecomos.stock.hands import COUNTERS, LEADS
from ecomos.stock.places import place_id, places
from ecomos.stock.thing import thing
from ecomos.work import Shop
from ecomos.work.count_deciding import rhythm_in_force

__all__ = ["CountsPage", "build", "count_state", "parts_of_page"]

COUNTS = (
    ("count", "Count", "text", 0, False),
    ("state", "State", "state", 170, False),
    ("bins", "Bins closed", "text", 130, True),
    ("recount", "Count again", "number", 140, True),
    ("approve", "To approve", "number", 130, True),
    ("wrong", "Differed", "number", 100, True),
    ("at", "Made", "text", 170, True),
)
DUE = (
    ("bin", "Bin", "text", 130, False),
    ("place", "Place", "text", 0, True),
    ("things", "Things", "number", 95, False),
    ("why", "Because", "text", 300, False),
    ("overdue", "Times its rhythm", "number", 165, True),
)
SHOWN = 200
STATES = {
    "open": ("to be counted", "soon"),
    "recount": ("count again", "soon"),
    "to approve": ("to approve", "late"),
    "done": ("done", "fine"),
    "dropped": ("dropped", "plain"),
}
WHAT = ("what is due", "these things only", "everything: the yearly audit")


def count_state(count: Count) -> list[str]:
    """Its state in words and weight."""
    return list(STATES[count.status])


def parts_of_page(here: str) -> Ways:
    """Links between counts and what they found."""
    listed = (("", "Counts"), ("shrink", "What was lost"))
    ways = [{"title": t, "href": "?page=counts" + (f"&show={s}" if s else ""), "here": s == here} for s, t in listed]
    return Ways(label="Parts of this page", ways=ways)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The list; `count` opens one, `show=shrink` what was lost, `thing` begins a count of that thing."""
    if params.get("count", "").isdecimal():
        from ecomos.pages.count_sheet import open_count

        return open_count(context, int(params["count"][:18]))
    if params.get("show") == "shrink":
        from ecomos.pages.count_shrink import ShrinkPage

        return ShrinkPage(context).whole
    return CountsPage(context, params.get("thing", "")).whole


class CountsPage:
    """The list of counts, what is due, and the form that makes one."""

    def __init__(self, context: Context, wanted: str = "") -> None:
        self.context, self.shop, self.count = context, Shop(context.home, context.db), 0
        self.wanted = self._sku(wanted)
        self.head = Banner()
        self.counts = Table(title="Counts", columns=columns_of(COUNTS), empty="Nothing was counted yet.", file="counts")
        self.making = StepForm(self.made, empty="")
        self.due = Table(title="Due to be counted", columns=columns_of(DUE), empty="Nothing is due.", file="due-counts")
        self.whole = column(
            stock_ways(context, "counts"), parts_of_page(""), self.head, self.making, self.counts, self.due
        )
        self.refresh()
        context.on_change(self.refresh)

    def _sku(self, variant: str) -> str:
        if not variant.isdecimal():
            return ""
        try:
            found = thing(self.shop.db, int(variant[:18]))
        except LookupError:
            return ""
        return found.sku or found.barcode

    def refresh(self) -> None:
        """Read the lists again; what is being typed stays."""
        now, today = self.context.now(), self.shop.today(self.context.now())
        rhythm = rhythm_in_force(self.shop, now)
        self.places = places(self.shop.db)
        found = [(p.name, d) for p in self.places for d in due_bins(self.shop.db, p.id, rhythm, today)]
        found.sort(key=lambda pair: -pair[1].overdue)
        self.due.rows = [_due(name, d) for name, d in found[:SHOWN]]
        self.due.title = (
            f"Due to be counted: the first {SHOWN} of {len(found)}" if len(found) > SHOWN else ("Due to be counted")
        )
        listed = counts_list(self.shop.db)
        self.counts.rows = [self._row(c) for c in listed]
        waiting = [c for c in listed if c.status in ("open", "recount", "to approve")]
        if not self.places:
            self.head.message, self.head.kind = (
                "No place is known yet. Import an inventory file: it names them.",
                "soon",
            )
        else:
            self.head.message = f"{counted(len(found), 'bin')} due, {counted(len(waiting), 'count')} under way."
            self.head.kind = "soon" if found or waiting else "fine"
        if self.places and hand_of(self.context).roles & COUNTERS and not self.making.step:
            self.making.step = self._form()
        self.making.layout.display = "" if self.making.step else "none"

    def _row(self, c: Count) -> dict[str, Any]:
        zone, now = self.context.home.zone, self.context.now()
        return {
            "id": c.id,
            "count": c.title,
            "state": count_state(c),
            "bins": [f"{c.bins_done} of {c.bins}", c.bins_done / max(1, c.bins)],
            "recount": c.recount,
            "approve": c.to_approve,
            "wrong": c.wrong,
            "at": [day_and_time(c.made_at, zone, now), c.made_at],
            "href": f"?page=counts&count={c.id}",
        }

    def _form(self) -> dict[str, Any]:
        names = [p.name for p in self.places]
        may_plan = bool(hand_of(self.context).roles & (LEADS | {"buyer"}))
        what = WHAT if may_plan else WHAT[1:2]
        return {
            "key": f"make:{self.count}",
            "title": "Make a count sheet",
            "sub": "What is due goes by class and by what was found wrong; the policy Counting says how often.",
            "fields": [
                {
                    "name": "place",
                    "label": "Where",
                    "kind": "one of",
                    "choices": names,
                    "value": names[0] if len(names) == 1 else None,
                },
                {
                    "name": "what",
                    "label": "What",
                    "kind": "one of",
                    "choices": list(what),
                    "value": what[0] if may_plan and not self.wanted else WHAT[1],
                },
                {
                    "name": "things",
                    "label": "These things",
                    "kind": "text",
                    "optional": True,
                    "hint": "SKUs or barcodes with commas between",
                    "value": self.wanted or None,
                },
            ],
            "buttons": [{"deed": "make", "label": "Make the sheet", "primary": True}],
        }

    def made(self, said: dict[str, Any]) -> None:
        """Make the sheet and open it."""
        given, now = said["answers"], self.context.now()
        hand, today = hand_of(self.context), self.shop.today(now)
        try:
            place = place_id(self.shop.db, given.get("place"))
            what = str(given.get("what") or "")
            if what == WHAT[0]:
                number = make_cycle_count(self.shop.db, hand, place, rhythm_in_force(self.shop, now), today)
            elif what == WHAT[1]:
                number = make_count(self.shop.db, hand, place, self._things(given.get("things")), today, "asked for")
            elif what == WHAT[2]:
                number = make_audit(self.shop.db, hand, place, today)
            else:
                raise Refused("Choose what is counted.")
        except EcomosError as error:
            self.making.update(error=str(error))
            return
        self.count, self.wanted = self.count + 1, ""
        self.making.step = {}
        self.refresh()
        self.context.go("counts", {"count": str(number)})

    def _things(self, text: Any) -> list[int]:
        words = [w.strip() for w in str(text or "").replace(";", ",").split(",") if w.strip()]
        return [thing_named(self.context, word) for word in words[:500]]


def _due(place: str, d: Due) -> dict[str, Any]:
    return {
        "id": f"{d.location_id}:{d.bin_id}:{d.variants[0]}",
        "bin": d.bin,
        "place": place,
        "things": len(d.variants),
        "why": d.why,
        "overdue": d.overdue,
    }
