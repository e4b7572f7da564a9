"""Places: whose number counts where, what differs from the platform and why, and the file that carries ours there."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError
from ecomos.pages.hands import hand_of
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Download, StepForm, Table, Ways, column
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted, day_and_time
from ecomos.stock.differing import MOST, Difference, count_differences, differences, enter_there, moves_on_top_of
from ecomos.stock.hands import LEADS, SHELF
from ecomos.stock.places import Place, place_named, places, set_master
from ecomos.stock.upload import Upload, make_upload, open_uploads, upload_csv, uploaded
from ecomos.work import Shop, in_force

__all__ = ["PlacesPage", "build", "columns_of", "sections"]

SECTIONS = (("", "Whose number counts"), ("goods", "Transfers and held goods"), ("bins", "Bins"))
PLACES = (
    ("place", "Place", "text", 0, False),
    ("master", "What counts", "state", 190, False),
    ("owner", "Carried by", "text", 150, True),
    ("things", "Things", "number", 100, True),
    ("pieces", "Pieces", "number", 90, True),
    ("below", "Below zero", "number", 125, True),
    ("differ", "Differ", "number", 90, False),
    ("told", "Last export of", "text", 190, True),
)
DIFFER = (
    ("thing", "Thing", "text", 0, False),
    ("place", "Place", "text", 250, True),
    ("platform", "Platform", "number", 115, False),
    ("ours", "Ours", "number", 80, False),
    ("why", "On top of it", "text", 230, True),
    ("since", "Since", "text", 170, True),
)
WHOSE = {"platform": "platform's number", "ecomos": "our number"}
MEANING = {
    "the platform's": "platform",
    "ours (the differing levels are uploaded each day)": "ecomos",
}


def columns_of(listed: tuple[tuple[str, str, str, int, bool], ...]) -> list[dict[str, Any]]:
    """Columns of a table from (key, label, kind, width, left out on a phone)."""
    return [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in listed]


def sections(here: str) -> Ways:
    """Links between the three halves of the page."""
    ways = [
        {"title": t, "href": f"?page=places&show={s}" if s else "?page=places", "here": s == here} for s, t in SECTIONS
    ]
    return Ways(label="Parts of this page", ways=ways)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The part that `show` names: whose number counts, `goods` or `bins`."""
    if params.get("show") == "goods":
        from ecomos.pages.places_goods import GoodsOfPlaces

        return GoodsOfPlaces(context).whole
    if params.get("show") == "bins":
        from ecomos.pages.places_bins import BinsOfPlaces

        return BinsOfPlaces(context).whole
    return PlacesPage(context).whole


class PlacesPage:
    """Whose number counts, and what differs."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.head = Banner()
        self.places = Table(
            self.pick_place,
            title="Places: click one to say whose number counts there",
            columns=columns_of(PLACES),
            empty="No place is known yet. Import an inventory file: it names them.",
            file="places",
        )
        self.place_form = StepForm(self.said_of_place, empty="")
        self.upload_form = StepForm(self.said_of_upload, empty="")
        self.download = Download()
        self.differing = Table(
            self.pick_difference,
            title="Differences: click one to see the moves",
            columns=columns_of(DIFFER),
            empty="Every level is as the platform said last.",
            file="differences",
        )
        self.moves = StepForm(self.said_of_difference, empty="")
        self.whole = column(
            stock_ways(context, "places"),
            sections(""),
            self.head,
            self.upload_form,
            self.places,
            self.place_form,
            self.differing,
            self.moves,
            self.download,
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the lists again; an open form stays."""
        found = differences(self.shop.db)
        self.found = {f"{d.variant_id}:{d.location_id}": d for d in found}
        listed = places(self.shop.db)
        each = count_differences(self.shop.db)
        self.places.rows = [self._place(p, each.get(p.id, 0)) for p in listed]
        total = sum(each.values())
        more = f", the {MOST} widest of {total:,}" if total > MOST else ""
        self.differing.title = f"Differences{more}: click one to see the moves"
        self.differing.rows = [self._difference(key, d) for key, d in self.found.items()]
        self._say(listed, total)
        self._uploads()
        for form in (self.place_form, self.upload_form, self.moves):
            form.layout.display = "" if form.step else "none"

    def _say(self, listed: list[Place], total: int) -> None:
        below = sum(p.below for p in listed)
        words = [f"{counted(total, 'level')} differ{'s' if total == 1 else ''} from the platform's last word."]
        words += [f"{counted(below, 'level')} below zero: sold and sent, and not there."] if below else []
        self.head.message = " ".join(words) if listed else ""
        self.head.kind = "late" if below else "soon" if total else "fine"
        self.head.link, self.head.link_text = ("?page=counts", "Count") if below else ("", "")

    def _place(self, p: Place, differ: int) -> dict[str, Any]:
        zone, now = self.context.home.zone, self.context.now()
        return {
            "id": p.id,
            "place": p.name,
            "master": [WHOSE[p.master], "plain" if p.master == "platform" else "soon"],
            "owner": (p.owner or "").replace("-", " "),
            "things": p.things,
            "pieces": p.pieces,
            "below": p.below,
            "differ": differ,
            "told": [day_and_time(p.told_at, zone, now) or "none yet", p.told_at or ""],
        }

    def _difference(self, key: str, d: Difference) -> dict[str, Any]:
        zone, now = self.context.home.zone, self.context.now()
        return {
            "id": key,
            "thing": f"{d.sku} {d.name}".strip(),
            "place": d.place,
            "platform": d.platform,
            "ours": d.ours,
            "why": d.why,
            "since": [day_and_time(d.since, zone, now), d.since],
        }

    # ---- whose number counts

    def pick_place(self, place: int) -> None:
        """Open the form of a place."""
        found = place_named(self.shop.db, place)
        roles = sorted(in_force(self.shop, self.context.now()).roles)
        may = bool(hand_of(self.context).roles & LEADS)
        choices = list(MEANING)
        self.place_form.step = {
            "key": f"place:{place}:{found.master}:{found.owner}",
            "title": f"{found.name}: whose number counts?",
            "sub": "The platform's: each export sets our level as of its time, and what of ours it can't contain yet "
            "lies on top. Ours: our ledger sets it, and the differing levels go to the platform as a file.",
            "fields": [
                {
                    "name": "master",
                    "label": "The number that counts is",
                    "kind": "one of",
                    "choices": choices,
                    "value": choices[found.master == "ecomos"],
                },
                {
                    "name": "owner",
                    "label": "Who uploads the differing levels",
                    "kind": "one of",
                    "choices": [r.replace("-", " ") for r in roles],
                    "value": (found.owner or "").replace("-", " ") or None,
                    "optional": True,
                },
            ],
            "buttons": [{"deed": "master", "label": "Save", "primary": True}] if may else [],
            "next": "" if may else "The operations lead or the founder changes this.",
        }
        self.place_form.layout.display = ""
        self.picked = place

    def said_of_place(self, said: dict[str, Any]) -> None:
        """Save whose number counts."""
        answers, hand = said["answers"], hand_of(self.context)
        roles = tuple(in_force(self.shop, self.context.now()).roles)
        owner = str(answers.get("owner") or "").replace(" ", "-") or None
        try:
            set_master(self.shop.db, hand, self.picked, MEANING.get(str(answers.get("master")), ""), owner, roles)
        except EcomosError as error:
            self.place_form.update(error=str(error))
            return
        self.context.toast(f"{place_named(self.shop.db, self.picked).name}: saved.")
        self.place_form.step = {}
        self.refresh()

    # ---- the file for the platform

    def _uploads(self) -> None:
        waiting, now = open_uploads(self.shop.db), self.context.now()
        ours = [p for p in places(self.shop.db) if p.master == "ecomos"]
        first = waiting[0] if waiting else None
        if first is None:
            self.upload_form.step = {}
            return
        late = first.is_late(now)
        self.upload_form.step = {
            "key": f"upload:{first.id}",
            "title": f"{counted(first.rows, 'level')} of {first.place} {'waits' if first.rows == 1 else 'wait'} "
            "to be uploaded",
            "state": {"text": "late" if late else "waits", "kind": "late" if late else "soon"},
            "sub": f"Since {day_and_time(first.made_at, self.context.home.zone, now)}, for the "
            f"{first.owner.replace('-', ' ')}. Download the file, import it in the platform, then say so here.",
            "buttons": self._upload_buttons(first),
            "next": f"{counted(len(waiting) - 1, 'more place')} after this."
            if len(ours) > 1 and len(waiting) > 1
            else "",
        }

    def _upload_buttons(self, first: Upload) -> list[dict[str, Any]]:
        if not hand_of(self.context).roles & (LEADS | {first.owner}):
            return []
        sure = "Is the file imported in the platform? Its levels count as told from now on."
        return [
            {"deed": "download", "label": "Download the file", "primary": True},
            {"deed": "uploaded", "label": "Uploaded", "confirm": sure},
        ]

    def said_of_upload(self, said: dict[str, Any]) -> None:
        """Hand the file out, made anew; or note that it was uploaded."""
        number = int(str(self.upload_form.step.get("key", ":0")).partition(":")[2])
        waiting = next((u for u in open_uploads(self.shop.db) if u.id == number), None)
        try:
            hand = hand_of(self.context)
            if waiting is not None and said["deed"] == "download":
                hand.must_be(LEADS | {waiting.owner}, "Uploading levels")
                self._give(waiting)
            else:
                uploaded(self.shop.db, hand, number)
                self.context.toast("Noted: the platform has our levels.")
        except EcomosError as error:
            self.upload_form.update(error=str(error))
            return
        self.refresh()

    def _give(self, waiting: Upload) -> None:
        fresh = make_upload(self.shop.db, waiting.location_id, self.context.now())
        if fresh is None:
            self.context.toast("Nothing differs any more: there is nothing to upload.")
            return
        day = self.shop.today(self.context.now()).isoformat()
        self.download.give(f"inventory-{waiting.place}-{day}.csv", upload_csv(self.shop.db, fresh))

    # ---- what differs

    def pick_difference(self, key: str) -> None:
        """Show the moves that lie on top, and let somebody say that they were entered."""
        d = self.found.get(key)
        if d is None:
            return
        moves = moves_on_top_of(self.shop.db, d.variant_id, d.location_id)
        waiting = [m for m in moves if m["fact"] is None]
        is_ours = d.master == "ecomos"
        may = bool(waiting) and not is_ours and bool(hand_of(self.context).roles & SHELF)
        sub = "Set On hand to our number in the platform, then say so: the next export contains it."
        if is_ours:
            sub = "Our number counts here: it goes to the platform with the next file for upload."
        elif not waiting:
            sub = "Nothing waits to be entered: the next export says more."
        self.moves.step = {
            "key": f"difference:{key}:{len(moves)}",
            "title": f"{d.sku} {d.name}, {d.place}: the platform says {d.platform}, we say {d.ours}".strip(),
            "sub": sub,
            "facts": [[self._when(m), self._move(m)] for m in moves[-12:]],
            "fields": [
                {
                    "name": "reference",
                    "label": "Reference",
                    "kind": "text",
                    "optional": True,
                    "hint": "where it has one",
                }
            ]
            if may
            else [],
            "buttons": [{"deed": "entered", "label": "Entered in the platform", "primary": True}] if may else [],
        }
        self.moves.layout.display = ""

    def _when(self, m: Any) -> str:
        return day_and_time(m["happened_at"], self.context.home.zone, self.context.now())

    def _move(self, m: Any) -> str:
        words = f"{m['quantity']:+d} {m['kind']}"
        words += f" ({m['order_number']})" if m["order_number"] else ""
        words += f": {m['reason']}" if m["reason"] else ""
        return words + ("; seen there since" if m["fact"] else "")

    def said_of_difference(self, said: dict[str, Any]) -> None:
        """Somebody entered it in the platform."""
        _, variant, place, *_ = str(self.moves.step.get("key", ":0:0:")).split(":")
        try:
            reference = str(said["answers"].get("reference") or "")
            count = enter_there(self.shop.db, hand_of(self.context), int(variant), int(place), reference)
        except EcomosError as error:
            self.moves.update(error=str(error))
            return
        self.context.toast(f"Noted: {counted(count, 'move')} entered there.")
        self.moves.step = {}
        self.refresh()
