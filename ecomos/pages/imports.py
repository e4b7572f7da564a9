"""Imports: drop an export, read its account, choose where two readings fit, adopt what was open, and say who writes
to a channel's customers."""

import asyncio
import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import ipywidgets

from ecomos.errors import EcomosError
from ecomos.intake import Account, import_file, read_account
from ecomos.intake.history import imports_list
from ecomos.money import format_money
from ecomos.pages.accounts import MAY, STATES, headline, import_state, kind_words, labelled, must_be_allowed
from ecomos.pages.page import Context
from ecomos.pages.parts import Facts, FileDrop, StepForm, Table, column, row
from ecomos.pages.parts import prose as prose_text
from ecomos.pages.sending import Sending
from ecomos.pages.wording import counted, day_and_time
from ecomos.store import Home, open_file
from ecomos.work import Shop, adopt_orders, after_import, in_force, listed

__all__ = ["MAY", "build"]

T = TypeVar("T")
WHEN = "as_of="
HISTORY = (
    ("at", "When", "text", 175),
    ("file", "File", "text", 0),
    ("kind", "Taken for", "text", 140),
    ("state", "State", "state", 170),
    ("read", "Rows", "number", 80),
    ("new", "New", "number", 80),
    ("changed", "Changed", "number", 90),
    ("rejected", "Rejected", "number", 90),
)
WIDE = frozenset({"kind", "read", "new", "changed", "at", "placed", "total", "issue"})
OPEN = (
    ("order", "Order", "text", 100),
    ("placed", "Placed", "text", 175),
    ("state", "State", "text", 0),
    ("ship", "Lines to ship", "number", 150),
    ("issue", "Gift cards to issue", "number", 190),
    ("total", "Total", "number", 130),
)


def build(context: Context, params: dict[str, str]) -> ipywidgets.Widget:
    """The page; `import` opens that import's account."""
    return Imports(context, params).whole


def _columns(described: tuple[tuple[str, str, str, int], ...]) -> list[dict[str, Any]]:
    return [
        {"key": k, "label": label, "kind": kind, "width": width, "wide": k in WIDE}
        for k, label, kind, width in described
    ]


class Imports:
    """The page and what it shows now."""

    def __init__(self, context: Context, params: dict[str, str]) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.drop = FileDrop(
            self.take_file,
            label="Drop an export here, or a customer's mail (.eml)",
            accept=".csv,.gz,.txt,.tsv,.eml",
            limit_mb=300,
        )
        self.asks = StepForm(self.answered, empty="")
        self.asks.layout.display = "none"
        self.account = Facts(title="The account of an import", note="Drop a file, or pick one from the list.")
        self.open = Table(
            title="Open when the store was first loaded",
            columns=_columns(OPEN),
            selectable=True,
            empty="Nothing waits to be adopted.",
            file="",
        )
        self.adopting = StepForm(self.adopt)
        self.history = Table(
            self.show, title="Imports", columns=_columns(HISTORY), empty="Nothing was imported yet.", file="imports"
        )
        self.sending = Sending(context, self.shop, self.refresh)
        self.waiting: tuple[Path, Account] | None = None
        self.chosen: dict[str, str] = {}
        self.whole = column(
            row(column(self.drop, self.asks), column(self.account), shares=[1, 1.4]),
            self.open,
            self.adopting,
            self.history,
            self.sending.form,
        )
        self.refresh()
        wanted = params.get("import", "")
        if wanted.isdigit() and len(wanted) < 18:
            self.show(int(wanted))
        elif self.history.rows:
            self.show(self.history.rows[0]["id"])
        context.on_change(self.refresh)

    # ---- files

    async def take_file(self, name: str, data: bytes) -> str:
        """A dropped file: kept under the inbox's `read/` as it came, then loaded; what it says is shown."""
        must_be_allowed(self.shop, self.context.person.id, self.context.now())
        now = self.context.now()
        folder = self.context.home.path / "inbox" / "read" / f"{now:%Y%m%dT%H%M%S}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_bytes(data)
        if self.drop.modified is not None:  # what says how things stand says so of when it was written there
            os.utime(path, (self.drop.modified, min(self.drop.modified, now.timestamp())))
        self.chosen = {}
        return await self._load(path, {}, None, now)

    async def _load(self, path: Path, readings: dict[str, str], channel: str | None, now: datetime) -> str:
        progress = self._progress(path.name)

        def load(shop: Shop) -> Account:
            account = import_file(
                shop.home, shop.db, path, now, readings=readings, channel=channel, progress=progress, asks_when=True
            )
            after_import(shop, now)
            return account

        account = await apart(self.shop.home, load)
        self.waiting = (path, account) if account.status == "asks" else None
        self._ask()
        self._tell(account, now)
        self.refresh()
        return headline(account.lines()[0])

    def _progress(self, name: str) -> Callable[[int, int], None]:
        """What the import calls in its thread: the bar moves, a few times a second at most."""
        loop, told = asyncio.get_running_loop(), [0.0]

        def tell(done: int, size: int) -> None:
            if done < size and time.monotonic() - told[0] < 0.25:
                return
            told[0] = time.monotonic()
            share = done / size if size else 1.0
            words = f"Reading {name}: {share:.0%}" if share < 1 else f"{name} is read; working out what it changes …"
            loop.call_soon_threadsafe(self.drop.tell, words, share if share < 1 else None)

        return tell

    def _ask(self) -> None:
        self.asks.layout.display = "" if self.waiting else "none"
        if self.waiting is None:
            return
        account = self.waiting[1]
        is_time = any(value.startswith(WHEN) for _, value in account.choices)
        other = {"name": "at", "label": "Or at another time", "kind": "text", "hint": "as 2026-11-24 08:00"}
        self.asks.step = {
            "key": f"ask:{account.file}:{account.import_id}",
            "title": "When was it exported?" if is_time else "Two readings fit: which is meant?",
            "sub": f"{account.file}: nothing is loaded until you choose.",
            "prose": prose_text("\n\n".join(p.message for p in account.problems)),
            "fields": [
                {
                    "name": "choice",
                    "label": "It means",
                    "kind": "one of",
                    "choices": [text for text, _ in account.choices],
                    "optional": is_time,
                    "value": account.choices[0][0] if is_time else None,
                },
                *([{**other, "optional": True}] if is_time else []),
            ],
            "buttons": [{"deed": "load", "label": "Load it so", "primary": True}],
        }

    async def answered(self, said: dict[str, Any]) -> None:
        """The reading was chosen: load the kept file with it."""
        if self.waiting is None:
            return
        path, account = self.waiting
        value = dict(account.choices).get(str(said["answers"].get("choice") or ""))
        typed = str(said["answers"].get("at") or "").strip()
        if typed:
            value = WHEN + typed
        if value is None:
            self.asks.update(error="Choose one of the readings.")
            return
        name, _, meant = value.partition("=")
        try:
            must_be_allowed(self.shop, self.context.person.id, self.context.now())
            chosen = self.chosen | {name: meant}
            told = await self._load(path, chosen, chosen.get("channel"), self.context.now())
            self.chosen = chosen if self.waiting else {}
            self.context.toast(told)
        except EcomosError as error:
            self.asks.update(error=str(error))

    def show(self, import_id: int) -> None:
        """The account of one import."""
        try:
            account = read_account(self.shop.db, import_id)
        except LookupError:
            self.context.toast("There is no such import.", "soon")
            return
        at = self.shop.db.execute("select imported_at from imports where id = ?", [import_id]).fetchone()
        self._tell(account, at[0] if at else self.context.now())

    def _tell(self, account: Account, at: datetime | str) -> None:
        self.account.title = account.file
        self.account.sub = day_and_time(at, self.context.home.zone, self.context.now())
        words = STATES.get(account.status, account.status)
        kind = "fine" if account.is_fine else "soon" if account.status == "asks" else "late"
        if account.status == "loaded" and account.rows_rejected:
            words = f"{words}, {counted(account.rows_rejected, 'row')} rejected"
        self.account.state = {"text": words, "kind": kind}
        self.account.rows = labelled([x for x in account.lines() if ": --" not in x])
        lost = "Mend the file and drop it again: what is loaded already is not loaded twice. The file is kept."
        self.account.note = "" if account.is_fine or account.status == "asks" else lost

    # ---- what was open

    async def adopt(self, said: dict[str, Any]) -> None:
        """Adopt or leave the ticked orders."""
        chosen, now = [int(x) for x in self.open.chosen], self.context.now()
        who, steps = self.context.person.id, self._steps(now)
        if not chosen:
            self.adopting.update(error="Tick the orders that this holds for.")
            return
        at = steps.get(str(said["answers"].get("at") or ""))
        try:
            found = await self._adopted(chosen, now, who, at, leave=said["deed"] == "leave")
        except EcomosError as error:
            self.adopting.update(error=str(error))
            return
        word = "left" if said["deed"] == "leave" else "adopted"
        self.context.toast(f"{sum(1 for s in found.values() if s == word)} {word}.")
        self.adopting.update(error="")
        self.refresh()

    async def _adopted(
        self, chosen: list[int], now: datetime, who: int, at: str | None, *, leave: bool
    ) -> dict[int, str]:
        """Twenty orders at a time, in a thread, so that the page answers and says how far it is."""
        found: dict[int, str] = {}

        def some(shop: Shop, ids: list[int]) -> dict[int, str]:
            return adopt_orders(shop, ids, now, actor=f"person:{who}", person_id=who, at=at, leave=leave)

        for n in range(0, len(chosen), 20):
            found |= await apart(self.shop.home, partial(some, ids=chosen[n : n + 20]))
            if len(chosen) > 20:
                self.adopting.update(told=f"{len(found)} of {counted(len(chosen), 'order')} …", error="")
        await apart(self.shop.home, lambda shop: after_import(shop, now))
        self.adopting.update(told="")
        return found

    def _steps(self, now: datetime) -> dict[str, str]:
        for procedure in in_force(self.shop, now).procedures.values():
            if procedure.starts and procedure.starts.event == "order.placed" and procedure.state == "on":
                return {s.title: s.slug for s in procedure.steps}
        return {}

    def refresh(self) -> None:
        """Read the lists again."""
        now, zone = self.context.now(), self.context.home.zone
        waiting = listed(self.shop)
        self.open.rows = [
            {
                "id": r["order_id"],
                "order": r["number"],
                "placed": [day_and_time(r["placed_at"], zone, now), r["placed_at"]],
                "state": _open_state(r),
                "ship": r["to_ship"],
                "issue": r["to_issue"],
                "total": [format_money(r["total_cents"], r["currency"]), r["total_cents"] or 0],
            }
            for r in waiting
        ]
        self.open.layout.display = self.adopting.layout.display = "" if waiting else "none"
        self._adopting(now)
        self._history(now)
        self.sending.refresh(now)

    def _adopting(self, now: datetime) -> None:
        if self.adopting.step:
            return
        first = "where it stands (the procedure passes what already holds)"
        self.adopting.step = {
            "key": "adopt",
            "title": "Adopt the ticked orders, or leave them",
            "sub": "An adopted order goes through the procedure from that step; a left one is not touched.",
            "fields": [
                {
                    "name": "at",
                    "label": "Begin at",
                    "kind": "one of",
                    "choices": [first, *self._steps(now)],
                    "value": first,
                    "optional": True,
                }
            ],
            "buttons": [
                {"deed": "adopt", "label": "Adopt the ticked orders", "primary": True},
                {"deed": "leave", "label": "Leave them as they are", "confirm": "Leave the ticked orders alone?"},
            ],
        }

    def _history(self, now: datetime) -> None:
        self.history.rows = [
            {
                "id": r["id"],
                "at": [day_and_time(r["imported_at"], self.context.home.zone, now), r["imported_at"]],
                "file": r["path"].rsplit("/", 1)[-1],
                "kind": kind_words(r["kind"]),
                "state": import_state(r),
                "read": r["rows_read"],
                "new": r["rows_new"],
                "changed": r["rows_changed"],
                "rejected": r["rows_rejected"],
            }
            for r in imports_list(self.shop.db)
        ]


def _open_state(r: Any) -> str:
    paid = (r["financial_status"] or "unknown").replace("_", " ")
    terms = f" on terms {r['payment_terms']}" if r["payment_terms"] else ""
    return f"{paid}{terms}, {r['fulfillment_status'] or 'unknown'}"


async def apart(home: Home, work: Callable[[Shop], T]) -> T:
    """Do it in a thread with its own line to the store file: the kernel answers meanwhile."""

    def run() -> T:
        db = open_file(home.db_path)
        try:
            return work(Shop(home, db))
        finally:
            db.close()

    return await asyncio.to_thread(run)
