"""The stock review: what needs money or attention this morning, ranked by the money at stake, how each number came
about, and the deed beside it. A buyer is done with it in ten minutes."""

from datetime import datetime
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError, WrongUsage
from ecomos.money import format_money
from ecomos.pages.explained import explained
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Derivation, StockList, Table, column, row
from ecomos.pages.stock_ways import stock_ways
from ecomos.pages.wording import counted, day_and_time, day_words
from ecomos.stock.coverage import coverage
from ecomos.stock.order_days import Waiting, order_day_of
from ecomos.stock.reviewing import LINES, Entry, Proposal, bucket_counts, entries, kept, whole
from ecomos.stock.terms import Terms, supplier_terms
from ecomos.work import Shop
from ecomos.work.stock_deciding import REASONS, draft, leave, may_decide_on_stock, rules_of, set_going, take_back

__all__ = ["StockPage", "badge", "build"]

KEPT = (
    ("thing", "Thing", "text", 0, False),
    ("proposed", "Was proposed", "text", 130, True),
    ("because", "Because", "text", 280, False),
    ("who", "Who", "text", 120, True),
    ("at", "When", "text", 150, True),
    ("until", "Comes back by", "text", 160, True),
)
KIND = {"order": "soon", "expedite": "late", "count": "plain", "mark down": "plain", "discontinue": "plain"}
BUCKET = {
    "already lost": "late",
    "must be ordered now": "late",
    "only into safety stock": "soon",
    "still achievable": "fine",
}
STAKE = {
    "order": "lost if it waits a week",
    "expedite": "lost until it is here",
    "count": "at risk in a week",
    "mark down": "to keep it a year",
    "discontinue": "to keep it a year",
}
"""What the money at stake is, by deed."""
FREES = ("mark down", "discontinue")
GOES = {
    "expedite": "Ask for it sooner",
    "count": "Have it counted",
    "mark down": "Mark it down",
    "discontinue": "Let it go",
    "transfer": "Move it",
}
NO_PLAN = "Nothing is worked out yet: it is done in the night, and after products and orders were imported."


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The review."""
    return StockPage(context).whole


def badge(context: Context) -> int:
    """How many rows wait for the buyer; nothing for others."""
    shop, now = Shop(context.home, context.db), context.now()
    if not may_decide_on_stock(shop, context.person.id, now):
        return 0
    rules = rules_of(shop, now)
    return len(entries(shop.db, shop.today(now), rules, 0))


class StockPage:
    """The list, the derivation beside it, and what was left."""

    def __init__(self, context: Context) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.head = Banner()
        self.list = StockList(self.pick, self.do, self.show_all, title="Stock review")
        self.derivation = Derivation()
        columns = [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in KEPT]
        self.kept = Table(
            self.bring_back,
            title="Looked at and left: click to bring back",
            columns=columns,
            empty="Nothing was left.",
            file="",
        )
        self.found: list[Entry] = []
        self.lines = LINES
        self.whole = column(
            stock_ways(context, "stock"),
            self.head,
            row(self.list, self.derivation, shares=[1.6, 1]),
            self.kept,
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read the plans again; what is open, typed or left out stays."""
        now = self.context.now()
        on, rules = self.shop.today(now), rules_of(self.shop, now)
        self.found = entries(self.shop.db, on, rules, self.lines)
        is_buyer = may_decide_on_stock(self.shop, self.context.person.id, now)
        with self.list.hold_sync():
            self.list.sub = self._sub()
            self.list.chips = [
                {"text": f"{b}: {n:,}", "kind": BUCKET[b]} for b, n in bucket_counts(self.shop.db, on, rules).items()
            ]
            self.list.entries = [self._entry(e, is_buyer, now) for e in self.found]
        self.kept.rows = [self._kept(k, now) for k in kept(self.shop.db, on)]
        self._say_what_is_missing()

    def _sub(self) -> str:
        if not self.found:
            return ""
        stake = format_money(sum(e.stake_cents for e in self.found), self.context.home.currency)
        things = counted(sum(e.things for e in self.found), "thing")
        return f"{things} in {counted(len(self.found), 'row')}, {stake} at stake, the most first."

    def _say_what_is_missing(self) -> None:
        found = coverage(self.shop.db)
        self.head.message = f"{found.words}." if found.things else NO_PLAN
        lacking = found.without_supplier or found.without_cost or found.without_level
        self.head.kind = "soon" if lacking else "plain"
        self.head.link, self.head.link_text = ("?page=missing", "Fill in") if lacking else ("", "")

    # ---- the rows

    def _entry(self, entry: Entry, is_buyer: bool, now: datetime) -> dict[str, Any]:
        is_order = entry.deed == "order"
        return {
            "id": entry.key,
            "word": entry.deed,
            "kind": KIND.get(entry.deed, "plain"),
            "title": entry.title,
            "words": self._order_words(entry, now) if is_order else self._thing_words(entry),
            "stake": format_money(entry.stake_cents, self.context.home.currency),
            "at_stake": STAKE.get(entry.deed, ""),
            "buttons": _buttons(entry) if is_buyer else [],
            "lines": [self._line(p) for p in entry.proposals],
            "more": entry.things - len(entry.proposals),
            "reasons": list(REASONS),
        }

    def _order_words(self, entry: Entry, now: datetime) -> str:
        currency = self.context.home.currency
        worth = f"{counted(entry.things, 'thing')}, {format_money(entry.sum_cents, currency)}"
        if entry.supplier_id is None:
            return (
                f"{worth}. No supplier is known: fill it in, then they can be ordered."
                if not entry.is_gathered
                else worth
            )
        things = [Waiting(p.cover_days, p.lead_days, p.margin_day_cents) for p in entry.proposals]
        day = order_day_of(
            self.shop.db, self.context.home, entry.supplier_id, things, entry.sum_cents, self.shop.today(now)
        )
        terms = supplier_terms(self.shop.db, entry.supplier_id)
        return " ".join(w for w in (f"{worth}.", _steps(terms, entry.sum_cents, currency), day.because) if w)

    def _thing_words(self, entry: Entry) -> str:
        if entry.things == 1:
            return self._line_words(entry.proposals[0])
        frees = (
            f" They tie up {format_money(entry.cash_cents, self.context.home.currency)}." if entry.deed in FREES else ""
        )
        return f"Open to see each and to leave some out.{frees}"

    def _line_words(self, p: Proposal) -> str:
        coming = f", {p.coming} on the way" if p.coming else ""
        frees = f" Frees {format_money(p.cash_cents, self.context.home.currency)}." if p.deed in FREES else ""
        return f"{p.available} here{coming}, {_cover(p)}. {p.rule[:1].upper()}{p.rule[1:]}.{frees}"

    def _line(self, p: Proposal) -> dict[str, Any]:
        currency = self.context.home.currency
        is_order = p.deed == "order"
        return {
            "id": line_id(p),
            "sku": p.sku,
            "name": p.name,
            "words": self._line_words(p),
            "cover": p.bucket or _cover(p),
            "kind": BUCKET.get(p.bucket or "", "plain"),
            "quantity": p.quantity if is_order and p.supplier_id is not None else None,
            "unit": "pieces",
            "sum": format_money(p.sum_cents, currency) + (" *" if p.cost_source == "category" else ""),
        }

    def _kept(self, k: Any, now: datetime) -> dict[str, Any]:
        return {
            "id": k.id,
            "thing": f"{k.sku} {k.name}".strip(),
            "proposed": k.deed,
            "because": k.because,
            "who": k.person,
            "at": [day_and_time(k.reviewed_at, self.context.home.zone, now), k.reviewed_at],
            "until": [day_words(k.until_on), k.until_on],
        }

    # ---- what is clicked

    def pick(self, line: str) -> None:
        """Show how a line's numbers came about."""
        found = self._proposals().get(line)
        if found is None:
            return
        self.list.picked = line
        shown = explained(self.shop, found.variant_id, found.location_id, self.context.now())
        with self.derivation.hold_sync():
            for name, value in shown.items():
                setattr(self.derivation, name, value)

    def _proposals(self) -> dict[str, Proposal]:
        return {line_id(p): p for e in self.found for p in e.proposals}

    def show_all(self, _entry: str) -> None:
        """Read every line of every row."""
        self.lines = 100_000
        self.refresh()

    def _ticked(self, entry: Entry, said: dict[str, Any], now: datetime) -> list[Proposal]:
        """All that the row stands for but what was left out."""
        everything = whole(self.shop.db, entry, self.shop.today(now), rules_of(self.shop, now))
        return [p for p in everything if line_id(p) not in said["left"]]

    def do(self, said: dict[str, Any]) -> None:
        """Carry out what a row's button says."""
        entry = next((e for e in self.found if e.key == said["entry"]), None)
        if entry is None:
            raise WrongUsage("That row is not on the list any more.")
        now, who = self.context.now(), self.context.person.id
        try:
            told = {"draft": self._draft, "none": self._leave, "go": self._go}[said["deed"]](entry, said, who, now)
        except EcomosError as error:
            self.context.toast(str(error), "late")
            return
        self.context.toast(told)
        self.refresh()

    def _draft(self, entry: Entry, said: dict[str, Any], who: int, now: datetime) -> str:
        chosen = [
            (p.variant_id, p.location_id, _pieces(said["quantities"].get(line_id(p)), p))
            for p in self._ticked(entry, said, now)
            if p.supplier_id is not None
        ]
        made = draft(self.shop, who, chosen, now)
        first = made.drafts[0]
        told = ", ".join(f"{d.number} to {d.supplier}, {format_money(d.sum_cents, d.currency)}" for d in made.drafts)
        if len(made.drafts) == 1 and first.short_cents:
            told += f"; {format_money(first.short_cents, first.currency)} below the minimum"
        return f"Drafted: {told}." + "".join(f" {x}" for x in made.left_out)

    def _leave(self, entry: Entry, said: dict[str, Any], who: int, now: datetime) -> str:
        places = [_place(p) for p in self._ticked(entry, said, now)]
        leave(self.shop, who, places, said["because"], now)
        return f"Left: {counted(len(places), 'thing')}, because {said['because']}."

    def _go(self, entry: Entry, said: dict[str, Any], who: int, now: datetime) -> str:
        places = [_place(p) for p in self._ticked(entry, said, now)]
        return f"Begun: {set_going(self.shop, who, places, now)}."

    def bring_back(self, review: int) -> None:
        """Put what was left on the list again."""
        take_back(self.shop, self.context.person.id, review, self.context.now())
        self.context.toast("It stands on the list again.")
        self.refresh()


def _steps(terms: Terms, sum_cents: int, currency: str) -> str:
    """The supplier's minimum and the value from which freight is free, against what the row comes to."""
    theirs, said = terms.currency or currency, []
    if terms.minimum_cents:
        short = terms.minimum_cents - sum_cents
        below = f", {format_money(short, theirs)} below it" if short > 0 else ""
        said.append(f"Minimum {format_money(terms.minimum_cents, theirs)}{below}.")
    if terms.freight_free_cents is not None and terms.freight_cents:
        left = terms.freight_free_cents - sum_cents
        free = "Freight is free." if left <= 0 else f"Freight {format_money(terms.freight_cents, theirs)}, free with "
        said.append(free if left <= 0 else f"{free}{format_money(left, theirs)} more.")
    return " ".join(said)


def line_id(p: Proposal) -> str:
    """The id of a line in the browser."""
    return f"{p.variant_id}:{p.location_id}"


def _place(p: Proposal) -> tuple[int, int]:
    return p.variant_id, p.location_id


def _pieces(typed: str | None, p: Proposal) -> int:
    """What was typed instead of the proposal. Raises WrongUsage for what is no number of pieces."""
    if typed is None:
        return p.quantity
    text = typed.strip()
    if not text.isdecimal():
        raise WrongUsage(f"{p.sku or p.name}: write how many pieces, as 24, not “{text}”.")
    return int(text)


def _buttons(entry: Entry) -> list[dict[str, Any]]:
    nothing = {"deed": "none", "label": "No action"}
    if entry.deed == "order":
        drafts = {"deed": "draft", "label": "Draft order", "primary": True}
        return [drafts, nothing] if any(p.supplier_id is not None for p in entry.proposals) else [nothing]
    label = GOES.get(entry.deed)
    return [{"deed": "go", "label": label, "primary": True}, nothing] if label else [nothing]


def _cover(p: Proposal) -> str:
    if p.available < 0:
        return f"{-p.available} sold and not there"
    return "does not sell" if p.cover_days is None else f"lasts {p.cover_days:,.0f} days"
