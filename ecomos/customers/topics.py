"""What a mail is about: the first row that holds in the table “Topic” of the policy `tickets` in force. A rule that
can't be read makes no mail wait: it is then about something else."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from ecomos.playbook import parse_text
from ecomos.playbook.catalogue import FactField
from ecomos.playbook.conditions import CannotTell, compile_condition
from ecomos.playbook.records import Branch
from ecomos.store import iso

__all__ = ["OTHER", "TOPICS", "rules_in_force", "topic_of"]

OTHER = "other"
TOPICS = (
    "refund",
    "return",
    "exchange",
    "where is my order",
    "not received",
    "damaged",
    "wrong item",
    "change order",
    "complaint",
    OTHER,
)
LONGEST = 20_000
"""Characters of a mail that are read for its topic."""
_TYPES = {"mail": {"text": FactField("text", "text", doc="Subject and text of the mail, in small letters.")}}


def rules_in_force(db: sqlite3.Connection, now: datetime) -> Sequence[Branch]:
    """The rows of the table “Topic” in tickets.md as adopted; empty where there is none."""
    row = db.execute(
        """select text from playbook_versions where kind = 'policies' and name = 'tickets' and from_at <= ?
           order by from_at desc, rowid desc limit 1""",
        [iso(now)],
    ).fetchone()
    policy = parse_text("policies", "tickets", row[0], "policies/tickets.md")[0] if row else None
    return getattr(policy, "tables", {}).get("topic", ())


def topic_of(text: str, rules: Sequence[Branch]) -> str:
    """The topic of the first row that holds for this text; `other` where none does."""
    values = {"mail": {"text": text.lower()[:LONGEST]}}
    for rule in rules:
        if rule.when is None or _holds(rule, values):
            return rule.target.title if rule.target.title in TOPICS else OTHER
    return OTHER


def _holds(rule: Branch, values: dict[str, dict[str, str]]) -> bool:
    assert rule.when is not None
    condition, _ = compile_condition(rule.when, _TYPES, "policies/tickets.md")
    try:
        return condition is not None and condition.holds(values, UTC)
    except CannotTell:
        return False
