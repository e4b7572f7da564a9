"""What the demo's people record where it depends on the case: the order's amounts, the letter's words, the empty
shelf."""

import random
import sqlite3
from datetime import datetime, timedelta

from ecomos.demo.export import Sale
from ecomos.demo.letters import answer_to, is_thanks
from ecomos.demo.mailbag import Mailbag
from ecomos.demo.platform import Platform
from ecomos.demo.staff import Answers, answers_for
from ecomos.demo.usual import usual_answers
from ecomos.playbook.records import Step
from ecomos.work import Shop
from ecomos.work.facts import day_facts

__all__ = ["Answering"]

MADE_TWICE = 0.05
COUNTED = ("count-the-parcels", "hand-them-to-the-driver", "read-the-four-counts", "count-what-stands-where")
"""The steps of a day that record what was counted."""


class Answering:
    """Knows what the platform, the shelf and the post know."""

    def __init__(self, shop: Shop, platform: Platform, mailbag: Mailbag, chance: random.Random) -> None:
        self.shop, self.platform, self.mailbag, self.chance = shop, platform, mailbag, chance

    def answers(self, task: sqlite3.Row, step: Step, now: datetime) -> Answers:
        """The record of that task: what is kept for its step, else the usual, with what the case itself knows."""
        sale, kept = self.sale_of(task), answers_for(task["procedure"], task["step"], self.chance)
        if kept is None:
            kept = usual_answers(step, task["visit"], now.date(), _part_of(sale), self.chance)
        found = self._known(task, kept, step, sale, now)
        return {name: value for name, value in found.items() if name in {f.name for f in step.record}}

    def _known(self, task: sqlite3.Row, kept: Answers, step: Step, sale: Sale | None, now: datetime) -> dict[str, str]:
        found, said = dict(kept), _reply_field(step)
        if task["step"] in ("decide-what-is-done", "choose-the-one-change"):
            found["by_day"] = (now.date() + timedelta(days=7)).isoformat()
        if task["step"] == "order-what-runs-out":
            found["first_comes_on"] = (now.date() + timedelta(days=9)).isoformat()
        if task["about_type"] == "day":
            found |= self._of_day(task)
        if said and task["about_type"] == "ticket":
            found[said] = self._reply(task, sale, now)
        if sale is not None:
            found |= self._of_sale(task, sale)
        return found

    def _of_day(self, task: sqlite3.Row) -> dict[str, str]:
        """What somebody counts who counts right; one evening in twenty a label was made twice."""
        key = task["step"]
        if key not in COUNTED:
            return {}
        day = day_facts(self.shop.db, task["about_id"], self.shop.home.currency, self.shop.home.zone)
        sent = str(day.parcels_sent)
        if key == "count-the-parcels":
            return {"counted": sent}
        if key == "hand-them-to-the-driver":
            return {"taken": sent}
        if key == "read-the-four-counts":
            twice = self.chance.random() < MADE_TWICE
            return {"labels": str(day.parcels_sent + twice), "handed_over": sent, "fulfilled": sent}
        return {"at_bench": str(day.orders_to_send), "on_shelves": "0"}

    def case(self, task: sqlite3.Row) -> tuple[str, int] | None:
        """The order that a person would choose for a ticket: the one that its writer means."""
        sale = self.sale_of(task) if task["about_type"] == "ticket" else None
        row = self.shop.db.execute("select id from orders where number = ?", [sale.name]).fetchone() if sale else None
        return ("order", int(row["id"])) if row else None

    def is_thanks(self, task: sqlite3.Row) -> bool:
        """Whether the newest words of that ticket only say thank you."""
        return task["about_type"] == "ticket" and is_thanks(self._newest(task["about_id"])["body"])

    def sale_of(self, task: sqlite3.Row) -> Sale | None:
        """The order that a task is about, as the platform has it."""
        if task["about_type"] == "order":
            number = self.shop.db.execute("select number from orders where id = ?", [task["about_id"]]).fetchone()[0]
            return self.platform.sales[number]
        if task["about_type"] != "ticket":
            return None
        row = self.shop.db.execute(
            "select t.from_email, o.number from tickets t left join orders o on o.id = t.order_id where t.id = ?",
            [task["about_id"]],
        ).fetchone()
        number = row["number"] or self.mailbag.about.get(row["from_email"], ("", ""))[1]
        return self.platform.sales.get(number)

    def _newest(self, ticket_id: int) -> sqlite3.Row:
        row: sqlite3.Row = self.shop.db.execute(
            """select m.body, m.subject, t.from_name, t.from_email from ticket_messages m
               join tickets t on t.id = m.ticket_id
               where t.id = ? and m.direction = 'in' order by m.id desc limit 1""",
            [ticket_id],
        ).fetchone()
        return row

    def _reply(self, task: sqlite3.Row, sale: Sale | None, now: datetime) -> str:
        newest = self._newest(task["about_id"])
        name = (newest["from_name"] or "customer").split()[0]
        if task["step"] == "explain-where-it-stands" and sale is not None:
            return _where(name, sale, now)
        if task["step"] == "say-no-kindly":
            return (
                f"Dear {name},\n\nthe thirty days for sending back are over, so we can't give the money back for this "
                "one. We can repair it, or take it in exchange for a voucher of half its price.\n\nBest wishes\nSue"
            )
        return answer_to(newest["body"], newest["subject"], name)

    def _of_sale(self, task: sqlite3.Row, sale: Sale) -> dict[str, str]:
        key, left = task["step"], sale.total_cents - sale.refunded_cents
        if key in ("ship-the-parcel", "send-it-again"):
            return {"carrier": "DPD" if sale.terms else "DHL", "tracking": f"JD0146{sale.number:08}"}
        if key == "give-the-money-back" and task["procedure"] == "cancel-an-order":
            return {"amount": f"{left / 100:.2f}"}
        if key == "pick-the-lines" and self.platform.shelf.short_line(sale):
            return {"found": "some missing"}
        if key == "count-the-shelf-again":
            return {"missing": "still missing" if self.platform.shelf.short_line(sale) else "found it"}
        if key == "name-the-missing-line":
            return {"line": str(self.platform.shelf.short_line(sale) or 1), "quantity": "1"}
        if key == "take-the-customers-choice":
            good = sale.lines[(self.platform.shelf.short_line(sale) or 1) - 1][0]
            return {"amount": f"{good.price_cents / 100:.2f}" if sale.paid == "paid" else "0"}
        if key == "find-the-order" and task["procedure"] == "where-is-my-order":
            return {"found": "found", "number": sale.name}
        if key == "find-the-order":
            return self._wish(task, sale, left)
        if key in ("look-at-the-damage", "decide-how-it-is-settled") and task["procedure"] == "parcel-damaged":
            return {"amount": f"{max(min(left, sale.lines[0][0].price_cents), 0) / 100:.2f}"}
        return {}

    def _wish(self, task: sqlite3.Row, sale: Sale, left: int) -> dict[str, str]:
        """What a refund is asked for: one thing that came broken, or all of it sent back."""
        kind = self.mailbag.about.get(self._newest(task["about_id"])["from_email"], ("return", ""))[0]
        broken = kind == "damaged"
        cents = min(left, sale.lines[0][0].price_cents if broken else left - sale.shipping_cents)
        reason = "damaged" if broken else "changed mind"
        return {"reason": reason, "arrived": "yes", "amount": f"{max(cents, 0) / 100:.2f}"}


def _part_of(sale: Sale | None) -> str:
    """What is usually given back: the price of one thing, as far as it is still owed."""
    if sale is None:
        return "25"
    price = sale.lines[0][0].price_cents if sale.lines else 0
    return f"{max(min(sale.total_cents - sale.refunded_cents, price), 0) / 100:.2f}"


def _reply_field(step: Step) -> str:
    """The field whose words go to the customer; empty where none does."""
    if step.do is None or step.do.deed != "tickets.reply":
        return ""
    return step.do.arguments["text"].text.removeprefix("answers.")


def _where(name: str, sale: Sale, now: datetime) -> str:
    if sale.fulfilled_at is None:
        day = now + timedelta(days=1)
        words = f"your order {sale.name} is being packed and leaves us by {day:%A}. The tracking number comes by mail."
    else:
        words = (
            f"your order {sale.name} left us on {sale.fulfilled_at:%A}, {sale.fulfilled_at.day} "
            f"{sale.fulfilled_at:%B}, and usually takes two or three days. If it is not there by "
            f"{now + timedelta(days=2):%A}, write to us and we start a search."
        )
    return f"Dear {name},\n\n{words}\n\nBest wishes\nSue from Northside Goods"
