"""The audit of parcels: what was sent although the procedure that sends would have held it. Its own rows say what holds
an order; here they are asked again, with the facts as they were when the parcel left."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ecomos.improve.audit_look import Finding, Look, Where
from ecomos.playbook.conditions import CannotTell
from ecomos.playbook.records import Branch
from ecomos.store import parse_iso
from ecomos.work import policies
from ecomos.work.catalogue import facts_of
from ecomos.work.values import holds

__all__ = ["nothing_held_was_sent"]

HELD_BY = {
    "order.risk": "risky order sent unreviewed",
    "order.is_paid": "sent unpaid",
    "order.is_cancelled": "sent after it was cancelled",
}
"""The fact that a row of the sending procedure asks for -> the kind of finding where it held the order."""

_SENT = """
with sent as (
  select order_id, min(shipped_at) as at, max(shipped_at) as last_at from parcels
  where source = 'ours' and shipped_at >= :since and shipped_at < :until group by order_id)
select o.id, o.risk, o.financial_status, o.paid_at, s.at, s.last_at,
  coalesce(o.cancelled_at, (select min(cancelled_at) from order_cancellations x where x.order_id = o.id)) as cancelled,
  (select min(released_at) from order_releases x where x.order_id = o.id) as released,
  exists (select 1 from changes c join imports i on i.id = c.import_id where c.ref_type = 'order' and c.ref_id = o.id
          and c.field = 'risk' and i.imported_at > s.at) as risk_came_later
from sent s join orders o on o.id = s.order_id
"""


def nothing_held_was_sent(look: Look) -> Iterator[Finding]:
    """No parcel left while its order was risky and not released, unpaid, or cancelled."""
    rows = [(word, kind, *found) for word, kind in HELD_BY.items() for found in _rows_about(look, word)]
    values = {"policy": policies(look.shop, look.now), "today": look.shop.today(look.now), "answers": {}, "started": {}}
    for sent in look.rows(_SENT):
        facts = _as_it_left(look, sent)
        for word, kind, row, where in rows:
            if word == "order.risk" and sent["risk_came_later"]:
                continue
            if row.when and _holds(look, row, values | {"order": facts}):
                at = sent["last_at"] if word == "order.is_cancelled" else sent["at"]
                yield look.finding(kind, at, ("order", sent["id"]), _in_words(word, sent), where)


def _rows_about(look: Look, word: str) -> list[tuple[Branch, Where]]:
    """The first row about that fact of the procedure that sends; none where it does not ask."""
    for procedure in dict.fromkeys(p.stem for p, _ in look.that_do("orders.ship")):
        found = look.book.procedures[procedure]
        for step in found.steps:
            for branch in step.branches:
                if branch.when and word in branch.when.text:
                    return [(branch, (found.source, branch.line))]
    return []


def _as_it_left(look: Look, sent: sqlite3.Row) -> Any:
    """The order's facts as they were when its first parcel left; for a cancellation, when its last one did."""
    facts = facts_of(look.shop.db, ("order", sent["id"]), look.shop.today(look.now), look.shop.home)
    paid_later = bool(sent["paid_at"]) and sent["paid_at"] > sent["at"]
    return replace(
        facts,
        is_paid=facts.is_paid and not paid_later,
        released=bool(sent["released"]) and sent["released"] <= sent["at"],
        is_cancelled=bool(sent["cancelled"]) and sent["cancelled"] < sent["last_at"],
        cancelled_at=parse_iso(sent["cancelled"]) if sent["cancelled"] else None,
    )


def _holds(look: Look, branch: Branch, values: dict[str, Any]) -> bool:
    assert branch.when is not None
    try:
        return holds(look.shop, branch.when, values)
    except CannotTell:
        return False


def _in_words(word: str, sent: sqlite3.Row) -> str:
    if word == "order.risk":
        return f"its risk was {(sent['risk'] or 'unknown').lower()}, and nobody had released it"
    if word == "order.is_cancelled":
        return f"it was cancelled at {sent['cancelled']}"
    if sent["paid_at"] and sent["paid_at"] > sent["at"]:
        return f"it was paid at {sent['paid_at']} only, without terms or release"
    return f"it is {sent['financial_status'] or 'without a payment'}, without terms or release"
