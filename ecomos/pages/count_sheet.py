"""One count: the next line to count by scan or typing, blind; how far it is; and for whoever may, the differences to
approve."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused
from ecomos.money import format_money
from ecomos.pages.counts import count_state, parts_of_page
from ecomos.pages.hands import hand_of, number_in, thing_named
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Download, Facts, StepForm, Table, column, row
from ecomos.pages.places import columns_of
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted
from ecomos.people import person
from ecomos.stock.count_approval import CAUSES, Variance, variances
from ecomos.stock.count_entry import enter, may_enter
from ecomos.stock.counting import SheetLine, count_of, drop_count, sheet
from ecomos.stock.hands import COUNTERS, LEADS
from ecomos.stock.shrink import valued_csv
from ecomos.work import Shop
from ecomos.work.authority import limit_of_person
from ecomos.work.count_deciding import (
    approve_variances,
    ask_for_approval,
    cause_of_variance,
    rhythm_in_force,
    send_back,
    worth_of,
)
from ecomos.work.count_papers import sheet_file

__all__ = ["CountPage", "open_count"]

LINES = (
    ("bin", "Bin", "text", 90, False),
    ("thing", "Thing", "text", 0, False),
    ("state", "State", "state", 135, False),
    ("why", "Again because", "text", 200, True),
)
DIFFERENCES = (
    ("thing", "Thing", "text", 0, False),
    ("bins", "Bins", "text", 130, True),
    ("expected", "Expected", "number", 110, True),
    ("counted", "Counted", "number", 105, True),
    ("variance", "Difference", "number", 130, False),
    ("worth", "At cost", "number", 145, False),
    ("cause", "Came from", "text", 230, True),
)
SHOWN = 300
WORDS = {
    "open": ("to be counted", "soon"),
    "counted": ("counted", "plain"),
    "recount": ("count again", "late"),
    "to approve": ("counted", "fine"),
    "settled": ("counted", "fine"),
    "dropped": ("dropped", "plain"),
}
"""A line of which the difference waits looks like any counted one: who counts next to it learns nothing."""
BECAME = {
    "settled": "Right. On to the next.",
    "counted": "Noted. The thing's other bin comes too.",
    "recount": "Noted. Somebody else counts it again.",
    "to approve": "Noted.",
}


def open_count(context: Context, number: int) -> ipywidgets.Widget:
    """The page of that count, or a word that there is none."""
    try:
        count_of(context.db, number)
    except Refused as none:
        return column(
            stock_ways(context, "counts"), Banner(str(none), kind="soon", link="?page=counts", link_text="All")
        )
    return CountPage(context, number).whole


class CountPage:
    """One count."""

    def __init__(self, context: Context, number: int) -> None:
        self.context, self.shop, self.number = context, Shop(context.home, context.db), number
        self.line, self.picked, self.sheet_name = 0, 0, ""
        self.head = Facts()
        self.entry = StepForm(self.entered, empty="", pinned=True)
        self.sheet = Table(self.pick_line, title="The sheet, as one walks", columns=columns_of(LINES), file="")
        self.deeds = StepForm(self.done, empty="")
        self.download = Download()
        self.differences = Table(
            self.pick_difference,
            title="Differences to approve: click one to say where it came from",
            columns=columns_of(DIFFERENCES),
            empty="No difference waits.",
            file="differences-of-the-count",
        )
        self.deciding = StepForm(self.decided, empty="")
        self.cause = StepForm(self.caused, empty="")
        self.whole = column(
            stock_ways(context, "counts"),
            parts_of_page(""),
            row(column(self.entry, self.sheet), column(self.head, self.deeds), shares=[1.6, 1]),
            self.differences,
            row(self.cause, self.deciding),
            self.download,
        )
        self.refresh()
        context.on_change(self.refresh)

    # ---- what is shown

    def refresh(self) -> None:
        """Read the count again; what is being typed stays as long as its line is to be counted."""
        self.count = count_of(self.shop.db, self.number)
        self.lines = {x.line_no: x for x in sheet(self.shop.db, self.number)}
        self._sheet()
        self._head()
        self._next()
        self._deeds()
        self._differences()

    def _sheet(self) -> None:
        """All lines of a sheet that can be looked over; of a whole warehouse those that come next."""
        listed = list(self.lines.values())
        self.sheet.title = "The sheet, as one walks"
        if len(listed) > SHOWN:
            left = [x for x in listed if x.status in ("open", "recount")]
            self.sheet.title = (
                f"The sheet, as one walks: the next {min(SHOWN, len(left))} of {len(left):,} to be counted"
            )
            listed = left[:SHOWN]
        self.sheet.rows = [self._line(x) for x in listed]

    def _line(self, x: SheetLine) -> dict[str, Any]:
        return {
            "id": x.line_no,
            "bin": x.bin or "no bin",
            "thing": f"{x.sku} {x.name}".strip(),
            "state": list(WORDS[x.status]),
            "why": x.because if x.status == "recount" else "",
        }

    def _head(self) -> None:
        c = self.count
        text, kind = count_state(c)
        left = c.open + c.recount
        self.head.title, self.head.state = c.title, {"text": text, "kind": kind}
        self.head.sub = c.because
        rows = [["Bins closed", f"{c.bins_done} of {c.bins}"], ["Lines left", f"{left} of {c.lines}"]]
        rows += [["To be counted again", counted(c.recount, "line")]] if c.recount else []
        rows += [["Waiting for approval", counted(c.to_approve, "line")]] if c.to_approve else []
        if self.sheet_name:
            rows.append(["On paper", "Count sheet (PDF)", f"/documents/count-sheet/{self.sheet_name}.pdf"])
        self.head.rows = rows
        self.head.note = "Selling goes on: a bin is closed when all of it is counted." if c.kind == "audit" else ""

    def _mine(self) -> list[SheetLine]:
        who = self.context.person.id
        return [x for x in self.lines.values() if may_enter(x.status, x.counted_by, who)]

    def _next(self) -> None:
        """The line that is asked for now: the one that was picked, else the first that this person may count."""
        mine = {x.line_no: x for x in self._mine()}
        if not hand_of(self.context).roles & COUNTERS or self.count.status in ("done", "dropped") or not mine:
            self.entry.step = {}
            self.entry.layout.display = "none"
            return
        if self.line not in mine:
            self.line = next((n for n in mine if n > self.line), next(iter(mine)))
        self._ask(mine[self.line], len(mine))
        self.entry.layout.display = ""

    def _ask(self, x: SheetLine, left: int) -> None:
        key = f"line:{self.number}:{x.line_no}:{x.status}"
        if self.entry.step.get("key") == key:
            return
        again = x.status == "recount"
        self.entry.step = {
            "key": key,
            "title": f"{x.bin or 'No bin'}: {x.name}",
            "state": {"text": "count again", "kind": "late"} if again else {},
            "where": f"{x.sku} · {counted(left, 'line')} left for you",
            "sub": f"Again because: {x.because}." if again else "Take out, count back in. Scan one piece of it.",
            "fields": [
                {"name": "pieces", "label": "How many lie there", "kind": "number", "unit": "pieces"},
                {
                    "name": "thing",
                    "label": "Scanned",
                    "kind": "text",
                    "optional": True,
                    "hint": "a scan of another thing of the sheet counts for that one",
                },
            ],
            "buttons": [{"deed": "enter", "label": "Enter", "primary": True}],
        }

    # ---- counting

    def pick_line(self, line_no: int) -> None:
        """Ask for that line next, where this person may count it."""
        x = self.lines.get(line_no)
        if x is None or not may_enter(x.status, x.counted_by, self.context.person.id):
            words = "Somebody else counts this one again." if x and x.status == "recount" else "It is counted."
            self.context.toast(words)
            return
        self.line = line_no
        self._next()

    def entered(self, said: dict[str, Any]) -> None:
        """What was counted of the line, or of the thing that was scanned."""
        given, now = said["answers"], self.context.now()
        try:
            line_no = self._scanned(given.get("thing"))
            pieces = number_in(given.get("pieces"), "How many")
            rhythm = rhythm_in_force(self.shop, now)
            became = enter(self.shop.db, hand_of(self.context), self.number, line_no, pieces, rhythm)
            ask_for_approval(self.shop, self.context.person.id, self.number, now)
        except EcomosError as error:
            self.entry.update(error=str(error))
            return
        self.context.toast(BECAME[became])
        self.entry.step = {}
        self.refresh()

    def _scanned(self, text: Any) -> int:
        """The line that is meant: the one shown, or that of the scanned thing, in the shown bin first."""
        if not str(text or "").strip():
            return self.line
        variant, shown = thing_named(self.context, text), self.lines.get(self.line)
        found = [x for x in self._mine() if x.variant_id == variant]
        here = [x for x in found if shown and x.bin == shown.bin] or found
        if not here:
            raise Refused("This thing is not to be counted on this sheet. Lay it aside: it belongs somewhere else.")
        return here[0].line_no

    # ---- the sheet itself

    def _deeds(self) -> None:
        hand, c = hand_of(self.context), self.count
        under_way = c.status not in ("done", "dropped")
        buttons: list[dict[str, Any]] = []
        if under_way and hand.roles & COUNTERS:
            buttons.append({"deed": "print", "label": "Sheet on paper"})
        if hand.roles & LEADS:
            buttons.append({"deed": "value", "label": "Valued list (CSV)"})
        if under_way and hand.roles & (LEADS | {"buyer"}):
            sure = "Drop what is not counted? What is settled stays."
            buttons.append({"deed": "drop", "label": "Drop the count", "confirm": sure})
        key = f"deeds:{self.number}:{len(buttons)}"
        if self.deeds.step.get("key") != key:
            self.deeds.step = {"key": key, "title": "The sheet", "buttons": buttons} if buttons else {}
        self.deeds.layout.display = "" if buttons else "none"

    def done(self, said: dict[str, Any]) -> None:
        """Print, value or drop."""
        who, now = self.context.person.id, self.context.now()
        try:
            if said["deed"] == "print":
                self.sheet_name = sheet_file(self.shop, who, self.number, now)
                self.context.toast("The sheet is ready: see “On paper”.")
            elif said["deed"] == "value":
                hand_of(self.context).must_be(LEADS, "The valued list")
                text = valued_csv(self.shop.db, self.number, self.context.home.currency)
                self.download.give(f"count-{self.number}-valued.csv", text)
            else:
                drop_count(self.shop.db, hand_of(self.context), self.number)
                self.context.toast("Dropped.")
        except EcomosError as error:
            self.deeds.update(error=str(error))
            return
        self.refresh()

    # ---- what was found

    def _differences(self) -> None:
        """Only for whoever may write off something: who counts never gets these numbers."""
        may = limit_of_person(
            self.shop, self.context.person.id, "write-off", self.context.home.currency, self.context.now()
        )
        self.found = {v.line_no: v for v in variances(self.shop.db, self.number)} if may != 0 else {}
        self.differences.rows = [self._difference(v) for v in self.found.values()]
        self.differences.layout.display = "" if self.found else "none"
        if self.picked not in self.found:
            self.cause.step = {}
        self.cause.layout.display = "" if self.cause.step else "none"
        self.deciding.step = self._deciding() if self.found else {}
        self.deciding.layout.display = "" if self.found else "none"

    def _difference(self, v: Variance) -> dict[str, Any]:
        return {
            "id": v.line_no,
            "thing": f"{v.sku} {v.name}".strip(),
            "bins": v.bins,
            "expected": v.expected,
            "counted": v.counted,
            "variance": [f"{v.variance:+d}", v.variance],
            "worth": [format_money(v.cents, self.context.home.currency), v.cents],
            "cause": v.cause or "not said yet",
        }

    def _deciding(self) -> dict[str, Any]:
        worth = format_money(worth_of(self.shop, self.number), self.context.home.currency)
        return {
            "key": f"decide:{self.number}:{len(self.found)}:{worth}",
            "title": f"Approve {counted(len(self.found), 'difference')}: {worth}",
            "sub": "Lost and found together, at cost. The ledger is corrected by the differences; what was sold "
            "meanwhile stays sold.",
            "buttons": [{"deed": "approve", "label": "Approve and correct", "primary": True}],
        }

    def pick_difference(self, line_no: int) -> None:
        """Ask where it came from."""
        v = self.found.get(line_no)
        if v is None:
            return
        self.picked = line_no
        names = " and ".join(person(self.shop.db, p).name for p in v.counters)
        picked = f", {v.picked} stood at packing" if v.picked else ""
        self.cause.step = {
            "key": f"cause:{self.number}:{line_no}",
            "title": f"{v.sku} {v.name}: {v.variance:+d}".strip(),
            "sub": f"{v.expected} expected, {v.counted} counted by {names}{picked}.",
            "fields": [
                {"name": "cause", "label": "Came from", "kind": "one of", "choices": list(CAUSES), "value": v.cause}
            ],
            "buttons": [
                {"deed": "cause", "label": "Keep the cause", "primary": True},
                {"deed": "again", "label": "Count once more", "note": "What is to be looked for?"},
            ],
        }
        self.cause.layout.display = ""

    def caused(self, said: dict[str, Any]) -> None:
        """Keep the cause, or send it back."""
        who, now = self.context.person.id, self.context.now()
        try:
            if said["deed"] == "again":
                send_back(self.shop, who, self.number, self.picked, said["note"], now)
                self.context.toast("It is counted once more.")
            else:
                cause = str(said["answers"].get("cause") or "")
                cause_of_variance(self.shop, who, self.number, self.picked, cause, now)
                self.context.toast("Kept.")
        except EcomosError as error:
            self.cause.update(error=str(error))
            return
        self.cause.step = {}
        self.refresh()

    def decided(self, said: dict[str, Any]) -> None:
        """Approve every difference that waits."""
        try:
            moves = approve_variances(self.shop, self.context.person.id, self.number, self.context.now())
        except EcomosError as error:
            self.deciding.update(error=str(error))
            return
        self.context.toast(f"Approved: {counted(len(moves), 'level')} corrected.")
        self.refresh()
