"""Bins: where in a place a thing lies, in the order in which one walks past."""

from typing import Any

from ecomos.errors import EcomosError
from ecomos.pages.hands import hand_of, number_in, thing_named
from ecomos.pages.page import Context
from ecomos.pages.parts import StepForm, Table, column, row
from ecomos.pages.places import columns_of, sections
from ecomos.pages.stock_ways import stock_ways
from ecomos.stock.hands import SHELF
from ecomos.stock.lying import things_in_bin
from ecomos.stock.places import Bin, add_bin, bins_of, change_bin, lay_in_bin, place_id, places, take_from_bin
from ecomos.work import Shop

__all__ = ["BinsOfPlaces"]

BINS = (
    ("bin", "Bin", "text", 110, False),
    ("place", "Place", "text", 0, True),
    ("walk", "Walk", "number", 75, False),
    ("things", "Things", "number", 100, False),
)
INSIDE = (
    ("thing", "Thing", "text", 0, False),
    ("pieces", "In the place", "number", 140, False),
)


class BinsOfPlaces:
    """The part of the page about bins."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop, self.picked, self.count = context, Shop(context.home, context.db), 0, 0
        self.bins = Table(
            self.pick,
            title="Bins, as one walks past them",
            columns=columns_of(BINS),
            empty="No bin is known. A count without bins goes by name.",
            file="bins",
        )
        self.adding = StepForm(self.added, empty="")
        self.changing = StepForm(self.changed, empty="")
        self.inside = Table(
            self.pick_inside,
            title="What lies in the bin",
            columns=columns_of(INSIDE),
            empty="Pick a bin above.",
            file="",
        )
        self.taking = StepForm(self.taken_out, empty="")
        self.laying = StepForm(self.laid, empty="")
        self.whole = column(
            stock_ways(context, "places"),
            sections("bins"),
            row(
                column(self.bins, self.adding),
                column(self.changing, self.inside, self.taking, self.laying),
                shares=[1.3, 1],
            ),
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the lists again; what is being typed stays."""
        self.bins.rows = [
            {"id": b.id, "bin": b.name, "place": b.place, "walk": b.walk, "things": b.things} for b in self._all()
        ]
        self.inside.rows = [
            {"id": t.variant_id, "thing": f"{t.sku} {t.name}".strip(), "pieces": t.pieces}
            for t in things_in_bin(self.shop.db, self.picked)
        ]
        if hand_of(self.context).roles & SHELF and not self.adding.step:
            self.adding.step = self._form({"deed": "add", "label": "Add it", "primary": True}, "Add a bin", None)
        for part in (self.adding, self.changing, self.taking, self.laying):
            part.layout.display = "" if part.step else "none"
        self.inside.layout.display = "" if self.picked else "none"

    def _all(self) -> list[Bin]:
        return bins_of(self.shop.db)

    def _form(self, button: dict[str, Any], title: str, b: Bin | None) -> dict[str, Any]:
        names = [p.name for p in places(self.shop.db)]
        walk = str(b.walk) if b and b.walk is not None else None
        return {
            "key": f"{title}:{self.count}:{b}",
            "title": title,
            "fields": [
                {
                    "name": "name",
                    "label": "Name",
                    "kind": "text",
                    "value": b.name if b else None,
                    "hint": "as on the shelf",
                },
                {
                    "name": "place",
                    "label": "Place",
                    "kind": "one of",
                    "choices": names,
                    "value": b.place if b else names[0] if len(names) == 1 else None,
                },
                {
                    "name": "walk",
                    "label": "Turn in the walk",
                    "kind": "number",
                    "value": walk,
                    "optional": True,
                    "hint": "10, 20, 30 leave room between; blank: by name, at the end",
                },
            ],
            "buttons": [button],
        }

    def added(self, said: dict[str, Any]) -> None:
        """A new bin."""
        given = said["answers"]
        try:
            place = place_id(self.shop.db, given.get("place"))
            add_bin(self.shop.db, hand_of(self.context), place, str(given.get("name") or ""), _walk(given.get("walk")))
        except EcomosError as error:
            self.adding.update(error=str(error))
            return
        self.count += 1
        self.adding.step = {}
        self.context.toast("Added.")
        self.refresh()

    def pick(self, number: int) -> None:
        """Open a bin: its name and turn, and what lies in it."""
        found = next((b for b in self._all() if b.id == number), None)
        if found is None:
            return
        self.picked, self.taking.step = number, {}
        may = bool(hand_of(self.context).roles & SHELF)
        self.changing.step = (
            self._form({"deed": "change", "label": "Save", "primary": True}, f"Bin {found.name}", found) if may else {}
        )
        self.inside.title = f"What lies in {found.name}: click one that lies here no more"
        self.inside.empty = "Nothing yet."
        self.laying.step = self._laying() if may else {}
        self.refresh()

    def _laying(self) -> dict[str, Any]:
        return {
            "key": f"lay:{self.picked}:{self.count}",
            "title": "Lay a thing in it",
            "fields": [
                {"name": "thing", "label": "Thing", "kind": "text", "hint": "scan the barcode, or type the SKU"}
            ],
            "buttons": [{"deed": "lay", "label": "It lies here", "primary": True}],
        }

    def changed(self, said: dict[str, Any]) -> None:
        """Another name, place or turn."""
        given = said["answers"]
        try:
            place, walk = place_id(self.shop.db, given.get("place")), _walk(given.get("walk"))
            change_bin(self.shop.db, hand_of(self.context), self.picked, str(given.get("name") or ""), place, walk)
        except EcomosError as error:
            self.changing.update(error=str(error))
            return
        self.context.toast("Saved.")
        self.pick(self.picked)

    def laid(self, said: dict[str, Any]) -> None:
        """A thing lies in the bin from now on."""
        try:
            variant = thing_named(self.context, said["answers"].get("thing"))
            lay_in_bin(self.shop.db, hand_of(self.context), variant, self.picked)
        except EcomosError as error:
            self.laying.update(error=str(error))
            return
        self.count += 1
        self.laying.step = self._laying()
        self.refresh()

    def pick_inside(self, variant: int) -> None:
        """Ask whether a thing lies in the bin no more."""
        found = next((t for t in things_in_bin(self.shop.db, self.picked) if t.variant_id == variant), None)
        if found is None or not hand_of(self.context).roles & SHELF:
            return
        self.taking.step = {
            "key": f"take:{self.picked}:{variant}",
            "title": f"{found.sku} {found.name}".strip(),
            "sub": "Its level stays as it is: only where it lies changes.",
            "buttons": [{"deed": "take", "label": "It lies here no more", "primary": True}],
        }
        self.taking.layout.display = ""

    def taken_out(self, said: dict[str, Any]) -> None:
        """It lies there no more."""
        variant = int(str(self.taking.step.get("key", "::0")).split(":")[2] or 0)
        try:
            take_from_bin(self.shop.db, hand_of(self.context), variant, self.picked)
        except EcomosError as error:
            self.taking.update(error=str(error))
            return
        self.taking.step = {}
        self.context.toast("Taken off the list of this bin.")
        self.refresh()


def _walk(text: Any) -> int | None:
    return number_in(text, "Turn in the walk") if str(text or "").strip() else None
