"""What if: the last year lived through again under another target, lead time, rhythm or supplier, beside what happened
and the rules that shops use. Takes some seconds, in a thread beside the page."""

import asyncio
from datetime import date
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, WrongUsage
from ecomos.money import from_cents
from ecomos.pages.imports import apart
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Lines, StepForm, Table, column, row
from ecomos.pages.stock_ways import stock_ways
from ecomos.stock.what_if import Replays, Rule, WhatIf, replay_year
from ecomos.work import Shop, in_force

__all__ = ["WhatIfPage", "build"]

COLUMNS = (
    ("rule", "Rule", "text", 0, False),
    ("fill", "Service", "number", 100, False),
    ("stock", "On the shelf", "text", 130, False),
    ("same", "For our service", "text", 190, True),
    ("orders", "Lines", "number", 90, True),
)
WAITING = "Pick what is to be otherwise, or nothing, and replay the year: it takes up to half a minute."


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The form, then the year."""
    return WhatIfPage(context).whole


class WhatIfPage:
    """The page."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.form = StepForm(self.asked, empty="")
        self.head = Banner(WAITING)
        columns = [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in COLUMNS]
        self.table = Table(title="The year under each rule", columns=columns, empty=WAITING, file="what-if")
        unit = context.home.currency
        self.stock = Lines(title="What lay there, at cost", unit=unit, empty=WAITING)
        self.cash = Lines(title="Cash: taken in less paid for goods, added up", unit=unit, empty=WAITING)
        self.form.step = _form(self._suppliers())
        self.whole = column(
            stock_ways(context, "what-if"),
            row(self.form, column(self.head, self.table), shares=[1, 2.4]),
            row(self.stock, self.cash),
        )

    def _suppliers(self) -> dict[str, int]:
        """Name → id of those that have things."""
        rows = self.shop.db.execute(
            """select s.id, s.name from suppliers s where exists
                 (select 1 from supplier_items i where i.supplier_id = s.id) order by s.name collate nocase"""
        )
        return {r["name"]: r["id"] for r in rows}

    async def asked(self, said: dict[str, Any]) -> None:
        """Live through the year; what was typed stays."""
        now, person = self.context.now(), self.context.person.id
        try:
            what = _read(said["answers"], self._suppliers())
            self.form.update(error="", wrong=[])
            loop = asyncio.get_running_loop()

            def tell(words: str) -> None:
                loop.call_soon_threadsafe(self._say, f"Living through the year: {words} …")

            def replay(shop: Shop) -> Replays:
                return replay_year(shop.db, shop.home, in_force(shop, now).policies, what, now, person, tell)

            found = await apart(self.context.home, replay)
        except EcomosError as error:
            self.form.update(error=str(error))
            self._say(WAITING)
            return
        self.show(found)

    def _say(self, words: str) -> None:
        self.head.message = words

    def show(self, found: Replays) -> None:
        """Put the year on the page."""
        currency = self.context.home.currency
        ours = next(rule for rule in found.rules if rule.name == "Our plan")
        self._say("\n".join([_headline(found, ours, currency), *found.notes]))
        self.table.rows = [_row(n, rule, ours, currency) for n, rule in enumerate(found.rules)]
        labels = [f"{date.fromisoformat(week).day} {date.fromisoformat(week):%b}" for week in found.weeks]
        for lines, of in ((self.stock, "stock_cents"), (self.cash, "cash_cents")):
            lines.labels = labels
            lines.lines = [
                {
                    "name": curve.name,
                    "ours": curve.name.startswith("Our plan"),
                    "values": [float(from_cents(cents, currency)) for cents in getattr(curve, of)],
                }
                for curve in found.curves
            ]


def _headline(found: Replays, ours: Rule, currency: str) -> str:
    first, last = date.fromisoformat(found.first_on), date.fromisoformat(found.last_on)
    left = f", {found.left_out} are left out, too new for it" if found.left_out > 0 else ""
    return (
        f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}, {found.things} things{left}. Our plan as it is serves "
        f"{ours.fill or 0:.1%} of what was asked for with {_whole(ours.stock_cents, currency)} on the shelf."
    )


def _whole(cents: int, currency: str) -> str:
    """Without cents: a year's stock is no bill."""
    return f"{from_cents(cents, currency):,.0f} {currency}"


def _row(number: int, rule: Rule, ours: Rule, currency: str) -> dict[str, Any]:
    same: list[Any] = ["", -1]
    if rule.same_cents is not None:
        share = rule.same_cents / ours.stock_cents - 1 if ours.stock_cents else 0.0
        more = "" if rule is ours else f" ({share:+.0%})"
        same = [_whole(rule.same_cents, currency) + more, rule.same_cents]
    elif rule.name != "What happened":
        same = ["does not get there", 10**12]
    return {
        "id": number,
        "rule": f"{rule.name} ({rule.note})" if rule.note else rule.name,
        "fill": [f"{rule.fill:.1%}", rule.fill] if rule.fill is not None else ["not known", -1],
        "stock": [_whole(rule.stock_cents, currency), rule.stock_cents],
        "same": same,
        "orders": rule.orders,
    }


def _read(given: dict[str, Any], suppliers: dict[str, int]) -> WhatIf:
    """What was asked. Raises WrongUsage that names the field."""
    target = _number(given.get("target"), "Service target")
    review = _number(given.get("review"), "Orders every")
    name = str(given.get("supplier") or "")
    if name and name not in suppliers:
        raise WrongUsage(f"There is no supplier {name} with things of ours.")
    return WhatIf(
        target=None if target is None else target / 100,
        lead_days=_number(given.get("lead"), "Lead time"),
        review_days=None if review is None else round(review),
        supplier_id=suppliers.get(name),
    ).checked()


def _number(text: Any, label: str) -> float | None:
    if text is None or str(text).strip() == "":
        return None
    try:
        return float(str(text))
    except ValueError as error:
        raise WrongUsage(f"{label}: “{text}” is no number.") from error


def _form(suppliers: dict[str, int]) -> dict[str, Any]:
    fields: list[dict[str, Any]] = [
        {"name": "target", "label": "Service target", "kind": "number", "unit": "per cent", "optional": True},
        {"name": "lead", "label": "Lead time", "kind": "number", "unit": "days", "optional": True},
        {"name": "review", "label": "Orders every", "kind": "number", "unit": "days", "optional": True},
    ]
    if suppliers:
        choices = list(suppliers)
        fields.append(
            {"name": "supplier", "label": "As if all came from", "kind": "one of", "choices": choices, "optional": True}
        )
    return {
        "key": "what-if",
        "title": "What if",
        "sub": "What stays empty is as the policies and the suppliers have it.",
        "fields": fields,
        "buttons": [{"deed": "replay", "label": "Replay the year", "primary": True}],
    }
