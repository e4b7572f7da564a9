"""One thing: its level and what stands behind it, how its plan came about, what moved, what is coming."""

from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, Refused
from ecomos.money import format_money
from ecomos.pages.explained import explained
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Derivation, Facts, StepForm, Table, column, row
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.whom import actor_name
from ecomos.pages.wording import day_and_time, day_words
from ecomos.stock.beside import beside
from ecomos.stock.bundles import parts_of, set_parts
from ecomos.stock.thing import Thing, coming_of, find_thing, levels_of, moves_of, supply_of, thing
from ecomos.store import write
from ecomos.work import Shop
from ecomos.work.stock_deciding import may_decide_on_stock

__all__ = ["ThingPage", "build"]

LEVELS = (
    ("place", "Place", "text", 0, False),
    ("state", "State", "state", 120, False),
    ("on_hand", "On hand", "number", 105, False),
    ("committed", "Sold", "number", 80, True),
    ("bins", "Bins", "text", 100, True),
)
MOVES = (
    ("at", "When", "text", 190, False),
    ("kind", "What", "text", 100, False),
    ("quantity", "Pieces", "number", 90, False),
    ("after", "Level after", "number", 130, True),
    ("place", "Place", "text", 160, True),
    ("state", "State", "text", 95, True),
    ("why", "Belongs to", "text", 0, True),
    ("who", "Who", "text", 150, True),
)
STATES = {"sellable": "fine", "hold": "soon", "damaged": "late"}


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The thing named by `variant`, or by `sku` (a barcode too)."""
    named = params.get("variant", "")
    key = int(named) if named.isdecimal() else find_thing(context.db, params.get("sku", ""))
    try:
        found = thing(context.db, key or 0)
    except LookupError:
        words = "There is no such thing here. Type its SKU, name or barcode into the search field above."
        return column(stock_ways(context, "goods"), Banner(words, kind="soon"))
    return ThingPage(context, found).whole


class ThingPage:
    """Facts, derivation, levels and moves of one thing."""

    def __init__(self, context: Context, found: Thing) -> None:
        self.context, self.shop, self.thing = context, Shop(context.home, context.db), found
        self.facts = Facts(title=f"{found.sku} {found.name}".strip())
        self.derivation = Derivation(empty="Nothing is planned for it: it is worked out in the night.")
        self.levels = Table(title="Where it lies", columns=_columns(LEVELS), empty="No file says how many.", file="")
        self.moves = Table(
            title="What moved, the newest first",
            columns=_columns(MOVES),
            empty="Nothing has moved yet.",
            file=f"moves-{found.sku or found.id}",
        )
        self.parts = StepForm(self.keep_parts, empty="")
        self.times = 0
        self.whole = column(
            stock_ways(context, "goods"),
            row(column(self.facts, self.levels, self.parts), self.derivation, shares=[1, 1]),
            self.moves,
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read it again; what is being typed stays."""
        now = self.context.now()
        levels = levels_of(self.shop.db, self.thing.id)
        self.facts.sub = self.thing.type
        self.facts.state = _state(levels)
        self.facts.rows = self._facts()
        self.levels.rows = [_level(n, r) for n, r in enumerate(levels)]
        self.moves.rows = [self._move(r, now) for r in moves_of(self.shop.db, self.thing.id)]
        for name, value in explained(self.shop, self.thing.id, None, now).items():
            setattr(self.derivation, name, value)
        self._draw_parts()

    def _facts(self) -> list[tuple[str, ...]]:
        t, currency = self.thing, self.context.home.currency
        rows: list[tuple[str, ...]] = [
            ("Barcode", t.barcode or "none"),
            ("Price", format_money(t.price_cents, currency)),
            ("Cost by the product file", format_money(t.cost_cents, currency)),
        ]
        if t.status != "active":
            rows.append(("In the shop", t.status))
        for s in supply_of(self.shop.db, t.id):
            terms = f"{format_money(s['cost_cents'], s['currency'] or currency)} a piece, packs of {s['pack']}"
            terms += f", at least {s['minimum']}" if s["minimum"] else ""
            terms += f", {s['lead_days']} days as stated" if s["lead_days"] is not None else ""
            rows.append((s["supplier"], terms, f"?page=suppliers&supplier={s['supplier_id']}"))
        for c in coming_of(self.shop.db, t.id):
            day = f", expected {day_words(c['expected_on'])}" if c["expected_on"] else ", no day known"
            rows.append(
                (f"On the way, {c['number']}", f"{c['quantity']} pieces{day}", f"?page=purchases&order={c['number']}")
            )
        for p in parts_of(self.shop.db, t.id):
            allows = f"enough for {p.allows}" if p.allows is not None else "level not known"
            rows.append((f"Part {p.sku}", f"{p.quantity} × {p.title}, {allows}", f"?page=thing&variant={p.variant_id}"))
        for b in beside(self.shop.db, t.id):
            theirs = (
                "no reorder point" if b.their_point is None else f"reorder point {b.their_point}, ours {b.our_point}"
            )
            rows.append((b.tool, f"{theirs}. {b.says}"))
        return [*rows, ("Orders that hold it", "show", f"?page=orders&variant={t.id}")]

    def _move(self, r: Any, now: Any) -> dict[str, Any]:
        ref = f"{r['ref_type']} {r['ref_id']}" if r["ref_type"] else ""
        return {
            "id": r["id"],
            "at": [day_and_time(r["happened_at"], self.context.home.zone, now), r["happened_at"]],
            "kind": r["kind"],
            "quantity": r["quantity"],
            "after": r["after"],
            "place": r["place"],
            "state": r["state"],
            "why": "; ".join(w for w in (ref, r["reason"] or "") if w),
            "who": actor_name(self.shop, r["actor"]),
        }

    # ---- what it is made of

    def _draw_parts(self) -> None:
        if not may_decide_on_stock(self.shop, self.context.person.id, self.context.now()):
            return
        said = "\n".join(f"{p.quantity} {p.sku}" for p in parts_of(self.shop.db, self.thing.id))
        key = f"parts:{self.thing.id}:{self.times}"
        if self.parts.step.get("key") == key:
            return
        self.parts.step = {
            "key": key,
            "title": "Sold as a bundle",
            "sub": "A bundle has no stock of its own: there are as many as its scarcest part allows.",
            "fields": [
                {
                    "name": "parts",
                    "label": "Parts",
                    "kind": "text",
                    "long": True,
                    "optional": True,
                    "hint": "one a line, pieces and SKU, as 2 MUG-01; empty: it is no bundle",
                    "value": said,
                }
            ],
            "buttons": [{"deed": "keep-parts", "label": "Keep the parts"}],
        }

    def keep_parts(self, said: dict[str, Any]) -> None:
        """Say what it is made of."""
        try:
            if not may_decide_on_stock(self.shop, self.context.person.id, self.context.now()):
                raise Refused("What a bundle is made of is kept by the buyer.")
            parts = self._read_parts(str(said["answers"].get("parts") or ""))
            with write(self.shop.db):
                set_parts(self.shop.db, self.thing.id, parts)
        except EcomosError as error:
            self.parts.update(error=str(error))
            return
        self.times += 1
        self.context.toast("Kept: it is packed from its parts." if parts else "Kept: it is no bundle.")
        self.refresh()

    def _read_parts(self, text: str) -> dict[int, int]:
        parts: dict[int, int] = {}
        for n, line in enumerate((x for x in text.splitlines() if x.strip()), 1):
            pieces, _, sku = line.strip().partition(" ")
            key = find_thing(self.shop.db, sku)
            if not pieces.isdecimal() or key is None:
                raise Refused(
                    f"Line {n}: “{line.strip()[:60]}” is not pieces and an SKU that one thing has, as 2 MUG-01."
                )
            parts[key] = parts.get(key, 0) + int(pieces)
        return parts


def _level(n: int, r: Any) -> dict[str, Any]:
    return {
        "id": n,
        "place": r["place"],
        "state": [r["state"], STATES[r["state"]]],
        "on_hand": r["on_hand"],
        "committed": r["committed"],
        "bins": r["bins"],
    }


def _state(levels: list[Any]) -> dict[str, str]:
    sellable = [r for r in levels if r["state"] == "sellable"]
    if not sellable:
        return {"text": "level not known", "kind": "plain"}
    left = sum(r["on_hand"] - (r["committed"] or 0) for r in sellable)
    if left < 0:
        return {"text": f"{-left} sold and not there", "kind": "late"}
    return {"text": f"{left} can be sold", "kind": "fine" if left else "late"}


def _columns(listed: Any) -> list[dict[str, Any]]:
    return [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in listed]
