"""Goods between places and states: transfers, what is held back or damaged, what lies below zero, a correction."""

from typing import Any

from ecomos.errors import EcomosError, Refused
from ecomos.pages.hands import hand_of, number_in, thing_named
from ecomos.pages.page import Context
from ecomos.pages.parts import StepForm, Table, column, row
from ecomos.pages.places import columns_of, sections
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted, day_and_time
from ecomos.stock.hands import SHELF
from ecomos.stock.lying import odd_levels
from ecomos.stock.places import place_id, places
from ecomos.stock.returns import change_state, write_off
from ecomos.stock.transfers import adjust, arrive, leave, on_the_way, transfer
from ecomos.work import Shop
from ecomos.work.count_deciding import must_be_theirs

__all__ = ["GoodsOfPlaces"]

WAY = (
    ("thing", "Thing", "text", 0, False),
    ("pieces", "On the way", "number", 120, False),
    ("from", "From", "text", 250, True),
    ("to", "To", "text", 250, False),
    ("left", "Left", "text", 170, True),
)
ODD = (
    ("thing", "Thing", "text", 0, False),
    ("place", "Place", "text", 250, True),
    ("state", "State", "state", 140, False),
    ("pieces", "Pieces", "number", 90, False),
    ("why", "Last move", "text", 210, True),
    ("since", "Since", "text", 170, True),
)
BECOMES = {"sellable again": "sellable", "held back": "hold", "damaged": "damaged", "written off": ""}


class GoodsOfPlaces:
    """The part of the page about goods that move."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.way = Table(
            self.pick_transfer,
            title="On the way: click one to count it in",
            columns=columns_of(WAY),
            empty="Nothing is on the way between two places.",
            file="on-the-way",
        )
        self.arriving = StepForm(self.arrived, empty="")
        self.moving = StepForm(self.moved, empty="")
        self.odd = Table(
            self.pick_odd,
            title="Held back, damaged, below zero: click one to settle it",
            columns=columns_of(ODD),
            empty="Nothing is held back or damaged, and nothing lies below zero.",
            file="held-back",
        )
        self.settling = StepForm(self.settled, empty="")
        self.correcting = StepForm(self.corrected, empty="")
        self.count = 0
        self.whole = column(
            stock_ways(context, "places"),
            sections("goods"),
            self.odd,
            self.settling,
            self.way,
            self.arriving,
            row(self.moving, self.correcting),
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the lists again; what is being typed stays."""
        zone, now = self.context.home.zone, self.context.now()
        self.way.rows = [
            {
                "id": u.pair,
                "thing": f"{u.sku} {u.name}".strip(),
                "pieces": u.pieces,
                "from": u.from_place,
                "to": u.to_place,
                "left": [day_and_time(u.left_at, zone, now), u.left_at],
            }
            for u in on_the_way(self.shop.db)
        ]
        self.lying = {f"{o.variant_id}:{o.location_id}:{o.state}": o for o in odd_levels(self.shop.db)}
        self.odd.rows = [
            {
                "id": key,
                "thing": f"{o.sku} {o.name}".strip(),
                "place": o.place,
                "state": ["below zero" if o.pieces < 0 else o.words, "late" if o.pieces < 0 else "soon"],
                "pieces": o.pieces,
                "why": o.why,
                "since": [day_and_time(o.since, zone, now), o.since],
            }
            for key, o in self.lying.items()
        ]
        self._forms()

    def _forms(self) -> None:
        may = bool(hand_of(self.context).roles & SHELF)
        if may and not self.moving.step:
            self.moving.step = self._transfer_form()
        if may and not self.correcting.step:
            self.correcting.step = self._correction_form()
        for form in (self.arriving, self.settling, self.moving, self.correcting):
            form.layout.display = "" if form.step else "none"

    def _names(self) -> list[str]:
        return [p.name for p in places(self.shop.db)]

    def _transfer_form(self) -> dict[str, Any]:
        return {
            "key": f"transfer:{self.count}",
            "title": "Transfer goods",
            "sub": "They leave the first place now. They are on the way until they are counted in at the other.",
            "fields": [
                {"name": "thing", "label": "Thing", "kind": "text", "hint": "scan the barcode, or type the SKU"},
                {"name": "pieces", "label": "How many", "kind": "number", "unit": "pieces"},
                {"name": "from", "label": "Out of", "kind": "one of", "choices": self._names()},
                {"name": "to", "label": "Into", "kind": "one of", "choices": self._names()},
            ],
            "buttons": [
                {"deed": "leave", "label": "They leave now", "primary": True},
                {"deed": "both", "label": "They are there already"},
            ],
        }

    def _correction_form(self) -> dict[str, Any]:
        return {
            "key": f"correct:{self.count}",
            "title": "Correct a level",
            "sub": "For what is known without a count: found again, broken, taken for a picture.",
            "fields": [
                {"name": "thing", "label": "Thing", "kind": "text", "hint": "scan the barcode, or type the SKU"},
                {"name": "pieces", "label": "More, or less with a minus", "kind": "number", "unit": "pieces"},
                {"name": "at", "label": "Where", "kind": "one of", "choices": self._names()},
                {"name": "why", "label": "Why", "kind": "text"},
            ],
            "buttons": [{"deed": "correct", "label": "Correct it", "primary": True}],
        }

    # ---- transfers

    def moved(self, said: dict[str, Any]) -> None:
        """Goods leave one place for another."""
        given, db = said["answers"], self.shop.db
        try:
            variant = thing_named(self.context, given.get("thing"))
            pieces = number_in(given.get("pieces"), "How many")
            ends = place_id(db, given.get("from")), place_id(db, given.get("to"))
            deed = transfer if said["deed"] == "both" else leave
            deed(db, hand_of(self.context), variant, pieces, ends)
        except EcomosError as error:
            self.moving.update(error=str(error))
            return
        self._done(self.moving, f"{counted(pieces, 'piece')} {'moved' if said['deed'] == 'both' else 'on the way'}.")

    def pick_transfer(self, number: int) -> None:
        """Open the form that counts a transfer in."""
        found = next((u for u in on_the_way(self.shop.db) if u.pair == number), None)
        if found is None:
            return
        self.arriving.step = {
            "key": f"arrive:{number}:{found.pieces}",
            "title": f"{found.sku} {found.name} comes to {found.to_place}".strip(),
            "sub": "Count without the list first; what is missing stays on the way until it is found or corrected.",
            "fields": [{"name": "pieces", "label": "Counted", "kind": "number", "unit": "pieces"}],
            "buttons": [{"deed": "arrive", "label": "Count it in", "primary": True}],
        }
        self.arriving.layout.display = ""

    def arrived(self, said: dict[str, Any]) -> None:
        """So many came."""
        number = int(str(self.arriving.step.get("key", ":0:")).split(":")[1])
        try:
            pieces = number_in(said["answers"].get("pieces"), "Counted")
            left = arrive(self.shop.db, hand_of(self.context), number, pieces)
        except EcomosError as error:
            self.arriving.update(error=str(error))
            return
        self._done(self.arriving, "All of it is there." if not left else f"{counted(left, 'piece')} still on the way.")

    # ---- states

    def pick_odd(self, key: str) -> None:
        """Open the form that settles what is held back or damaged; below zero is counted or corrected."""
        found = self.lying.get(key)
        if found is None:
            return
        if found.pieces < 0:
            self.context.go("counts", {"thing": str(found.variant_id)})
            return
        self.settling.step = {
            "key": f"settle:{key}:{found.pieces}",
            "title": f"{found.sku} {found.name}, {found.place}: {found.pieces} {found.words}".strip(),
            "fields": [
                {"name": "pieces", "label": "How many", "kind": "number", "unit": "pieces", "value": str(found.pieces)},
                {
                    "name": "becomes",
                    "label": "They are",
                    "kind": "one of",
                    "choices": [w for w, s in BECOMES.items() if s != found.state],
                },
                {"name": "why", "label": "Why", "kind": "text"},
            ],
            "buttons": [{"deed": "settle", "label": "Settle it", "primary": True}],
        }
        self.settling.layout.display = ""

    def settled(self, said: dict[str, Any]) -> None:
        """Change the state, or write it off."""
        _, variant, place, state, _ = (str(self.settling.step.get("key", "")) + "::::").split(":")[:5]
        given, db, hand = said["answers"], self.shop.db, hand_of(self.context)
        try:
            pieces = number_in(given.get("pieces"), "How many")
            becomes = BECOMES.get(str(given.get("becomes")))
            if becomes is None:
                raise Refused("Choose what they are now.")
            thing, why = (int(variant), int(place)), str(given.get("why") or "")
            if becomes:
                change_state(db, hand, *thing, pieces, (state, becomes), why)
            else:
                must_be_theirs(self.shop, self.context.person.id, thing[0], pieces, self.context.now())
                write_off(db, hand, *thing, pieces, state, why)
        except EcomosError as error:
            self.settling.update(error=str(error))
            return
        self._done(self.settling, f"{counted(pieces, 'piece')} {given['becomes']}.")

    def corrected(self, said: dict[str, Any]) -> None:
        """A level is corrected by hand."""
        given, db = said["answers"], self.shop.db
        try:
            variant = thing_named(self.context, given.get("thing"))
            pieces = number_in(given.get("pieces"), "More, or less")
            must_be_theirs(self.shop, self.context.person.id, variant, pieces, self.context.now())
            adjust(
                db, hand_of(self.context), variant, place_id(db, given.get("at")), pieces, str(given.get("why") or "")
            )
        except EcomosError as error:
            self.correcting.update(error=str(error))
            return
        self._done(self.correcting, f"Corrected by {pieces:+d}.")

    def _done(self, form: StepForm, words: str) -> None:
        self.count += 1
        form.step = {}
        self.context.toast(words)
        self.refresh()
