"""One purchase order: where it stands and who has it, its lines with what was agreed and what came, its bills beside
them, and everything that happened."""

from typing import Any

from ecomos.errors import EcomosError
from ecomos.pages.fields import cents_of
from ecomos.pages.page import Context
from ecomos.pages.parts import Banner, Facts, StepForm, Table, Timeline, column, row
from ecomos.pages.purchase_facts_card import facts_rows
from ecomos.pages.purchase_forms import (
    bill_form,
    bill_of,
    confirm_form,
    day_of,
    draft_form,
    line_form,
    pieces_of,
    receipt_form,
)
from ecomos.pages.purchase_rows import DRAFTED, LINES, MATCH, RECEIPTS, columns_of, line_row, match_rows, receipt_rows
from ecomos.pages.purchases import state_words
from ecomos.pages.wording import day_and_time
from ecomos.stock import confirming, drafting
from ecomos.stock.bill_match import match_order
from ecomos.stock.invoices import bills_of, enter_bill
from ecomos.stock.purchases import Purchase, purchase
from ecomos.stock.receiving import receipts_of, take_back
from ecomos.work import Shop, open_work, settle, timeline

__all__ = ["PurchasePage"]

UNDER_WAY = ("sent", "confirmed", "part received")


class PurchasePage:
    """One order's page."""

    def __init__(self, context: Context, order_id: int) -> None:
        self.context, self.order_id = context, order_id
        self.shop = Shop(context.home, context.db)
        self.picked: int | None = None
        self.taken: tuple[int, int] | None = None
        self.next, self.facts = Banner(), Facts()
        self.lines = Table(
            self.pick, title="Lines", columns=columns_of(LINES), empty="No lines yet.", file="order-lines"
        )
        self.form, self.bill, self.undo = (
            StepForm(self.clicked, empty=""),
            StepForm(self.billed, empty=""),
            StepForm(self.undone, empty=""),
        )
        self.receipts = Table(
            self.pick_receipt,
            title="What came",
            columns=columns_of(RECEIPTS),
            empty="Nothing came yet. The page Receiving books it in.",
            file="receipts",
        )
        self.match = Table(title="Agreed, came, billed", columns=columns_of(MATCH), empty="No bill yet.", file="")
        self.story = Timeline(title="Everything that happened")
        self.whole = column(
            self.next,
            self.lines,
            self.receipts,
            self.match,
            row(column(self.form, self.undo, self.bill), column(self.facts, self.story), shares=[1, 1.2]),
        )
        self.refresh()
        context.on_change(self.refresh)

    def refresh(self) -> None:
        """Read everything again; what is being typed stays."""
        order, now = purchase(self.shop.db, self.order_id), self.context.now()
        self._next(order)
        self.facts.title = f"{order.number} · {order.supplier}"
        self.facts.rows = facts_rows(self.shop, order, now)
        is_draft = order.sent_at is None
        self.lines.columns = columns_of(DRAFTED if is_draft else LINES)
        self.receipts.layout.display = "none" if is_draft else ""
        self.match.layout.display = "" if bills_of(self.shop.db, order.id) else "none"
        self.lines.rows = [line_row(order, x) for x in order.lines]
        self.receipts.rows = receipt_rows(self.shop, order, now)
        self.match.rows = match_rows(self.shop, order, now)
        self._form(order)
        self._story()

    def _next(self, order: Purchase) -> None:
        """Where it stands, and the one next deed with who has it."""
        now = self.context.now()
        words, kind = state_words(order.status, order.expected_on, order.open, self.shop.today(now).isoformat())
        work = open_work(self.shop, ("purchase", self.order_id), now)
        self.next.message = "\n".join([f"{order.number}: {words}.", *(w.words for w in work)])
        self.next.kind = "late" if any(w.is_late for w in work) else kind
        mine = [w for w in work if self.context.person.id in w.may]
        self.next.link = f"?page=today&task={mine[0].task_id}" if mine else ""
        self.next.link_text = f"Go to “{mine[0].title}”" if mine else ""
        if not mine and order.status in UNDER_WAY:
            self.next.link, self.next.link_text = f"?page=receiving&order={order.number}", "Receive goods of it"

    def _story(self) -> None:
        zone, now = self.context.home.zone, self.context.now()
        self.story.entries = [
            {
                "at": day_and_time(e.at, zone, now),
                "who": e.who,
                "what": e.what,
                "detail": "" if e.kind in ("event", "decision") else e.detail,
                "version": e.version,
            }
            for e in timeline(self.shop, ("purchase", self.order_id))
        ]

    # ---- forms

    def pick(self, line_no: int) -> None:
        """Open the form of a line."""
        self.picked = line_no
        self._form(purchase(self.shop.db, self.order_id))

    def pick_receipt(self, key: str) -> None:
        """Open the form of a booked line, where it can be taken back."""
        receipt, _, line_no = str(key).partition(":")
        self.taken = int(receipt), int(line_no)
        self._undo()

    def _undo(self) -> None:
        rows = {(r["receipt_id"], r["line_no"]): r for r in receipts_of(self.shop.db, self.order_id)}
        found = rows.get(self.taken) if self.taken else None
        if found is None or found["taken_back"] or found["corrects"] is not None:
            self.undo.step = {}
            return
        assert self.taken is not None
        self.undo.step = receipt_form(*self.taken, found["sku"], found["quantity"] + found["damaged"])

    def _form(self, order: Purchase) -> None:
        line = next((x for x in order.lines if x.line_no == self.picked), None)
        step: dict[str, Any] = {}
        if line is not None and order.status in ("draft", *UNDER_WAY):
            step = line_form(order, line)
        elif order.status == "draft":
            step = draft_form(order)
        elif order.status in UNDER_WAY and (order.confirmed_at is None or self.picked is not None):
            step = confirm_form(order, confirming.differences(order))
        if step.get("key") != self.form.step.get("key"):
            self.form.step = step
        self._bill_form(order)
        self._undo()

    def _bill_form(self, order: Purchase) -> None:
        if not (order.came or order.confirmed_at) or order.status in ("closed", "cancelled"):
            self.bill.step = {}
            return
        found = match_order(self.shop.db, self.order_id, self.context.now())
        step = bill_form(order, {x.sku: x.billed for x in found.lines if x.billed})
        if step["key"] != self.bill.step.get("key"):
            self.bill.step = step

    def clicked(self, said: dict[str, Any]) -> None:
        """Do what the form says, and read again."""
        try:
            told = self._do(said)
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        if told:
            self.context.toast(told)
        settle(self.shop, self.context.now())
        self.refresh()

    def _do(self, said: dict[str, Any]) -> str:
        """The deed; gives what is said of it."""
        deed, given, now = said["deed"], said["answers"], self.context.now()
        db, who, order = self.shop.db, self.context.person.id, purchase(self.shop.db, self.order_id)
        today, currency = self.shop.today(now), order.currency
        if deed == "back":
            self.picked = None
            return ""
        if deed == "line":
            return self._keep_line(order, given)
        if deed == "remove":
            sku = drafting.remove_line(db, order.id, self.picked or 0, who, now)
            self.picked = None
            return f"{sku} is off the draft."
        if deed == "add":
            asked = said["asked"]
            drafting.add_thing(db, order.id, str(asked["sku"]), pieces_of(asked["pieces"]), who, now, today)
            return "Added."
        if deed == "fill":
            drafting.fill_again(db, order.id, who, now, today)
            return "Filled up to the minimum by what would be low next."
        if deed == "head":
            money = [cents_of(given[name], currency) or 0 for name in ("freight", "duty")]
            drafting.change_head(
                db, order.id, day_of(given["needed_by"]), money[0], money[1], str(given["note"]), who, now
            )
            return "Kept."
        return self._confirm(order, given)

    def _keep_line(self, order: Purchase, given: dict[str, Any]) -> str:
        db, who, now = self.shop.db, self.context.person.id, self.context.now()
        seen = next((x for x in order.lines if x.line_no == self.picked), None)
        if seen is None:
            return "That line is gone."
        pieces, cents = pieces_of(given["pieces"]), cents_of(given["price"], order.currency) or 0
        if order.status == "draft":
            drafting.change_line(db, order.id, seen, pieces, cents, who, now)
            self.picked = None
            return f"{seen.sku}: {pieces} pieces."
        said = confirming.Confirmed(pieces, cents, day_of(given.get("day")))
        confirming.keep_line(db, order.id, seen.line_no, said, who, now)
        self.picked = 0
        return f"{seen.sku} is kept. Write the whole confirmation down when all lines are read."

    def _confirm(self, order: Purchase, given: dict[str, Any]) -> str:
        day = day_of(given.get("day"))
        lines = {x.line_no: confirming.Confirmed(x.agreed, x.agreed_cents, day) for x in order.lines if day is not None}
        found = confirming.confirm(self.shop.db, order.id, lines, self.context.person.id, self.context.now())
        self.picked = None
        return "Written down: somebody decides about what differs." if found else "Confirmed as ordered."

    def billed(self, said: dict[str, Any]) -> None:
        """Enter the bill, and say whether it matches."""
        order, now = purchase(self.shop.db, self.order_id), self.context.now()
        try:
            bill = bill_of(said["answers"], order.currency)
            found = enter_bill(self.shop.db, order.id, bill, self.context.person.id, now)
        except EcomosError as error:
            self.bill.update(error=str(error))
            return
        self.context.toast(
            "It differs: somebody decides." if found else "It matches and is approved.", "soon" if found else "fine"
        )
        settle(self.shop, now)
        self.refresh()

    def undone(self, said: dict[str, Any]) -> None:
        """Take a booked line back."""
        if self.taken is None:
            return
        try:
            take_back(self.shop.db, *self.taken, self.context.person.id, self.context.now(), reason=said["note"])
        except EcomosError as error:
            self.undo.update(error=str(error))
            return
        self.context.toast("Taken back; both lines stay to be read.")
        settle(self.shop, self.context.now())
        self.refresh()
