"""An import's account in the words of the page, and who may load exports."""

import re
from datetime import datetime
from typing import Any

from ecomos.errors import Refused
from ecomos.intake.recognise import KINDS
from ecomos.work import Shop, acting_roles

__all__ = ["MAY", "STATES", "headline", "import_state", "kind_words", "labelled", "must_be_allowed"]

MAY = frozenset({"founder", "operations-lead"})

STATES = {
    "loaded": "loaded",
    "already": "loaded before, nothing to do",
    "asks": "waits for your choice",
    "refused": "refused",
    "failed": "failed",
}


def must_be_allowed(shop: Shop, person_id: int, now: datetime) -> None:
    """Raises Refused for anybody but the operations lead, the founder and who acts for them today."""
    if not acting_roles(shop, person_id, now) & MAY:
        raise Refused("Imports are the operations lead's and the founder's.")


def kind_words(kind: str) -> str:
    """What a file was taken for."""
    return KINDS[kind].title.removeprefix("a ") if kind in KINDS else "not recognised"


def import_state(r: Any) -> list[str]:
    """The state of a row of `imports` in words, and how it is coloured."""
    words = STATES.get(r["status"], r["status"])
    if r["status"] == "asks":
        return [words, "soon"]
    return [words, "fine" if r["status"] == "loaded" and not r["rows_rejected"] else "late"]


LABELS = {
    "Rows: ": "rows",
    "Read as: ": "read as",
    "Unmatched": "unmatched",
    "The store's days": "days",
    "Subtotal ": "identity",
    "Lines - ": "identity",
    "Corrected": "corrected",
    "Line ": "rejected",
}


def labelled(lines: list[str]) -> list[tuple[str, str]]:
    """An account's lines with a word before each kind, said once."""
    found: list[tuple[str, str]] = []
    before = ""
    for n, line in enumerate(lines):
        start = next((x for x in LABELS if line.startswith(x)), None)
        label = "taken for" if n == 0 else LABELS[start] if start else "counted" if line[:1].isdigit() else "note"
        text = line.removeprefix(start) if start in ("Rows: ", "Read as: ") else singular(line)
        if n == 0:
            text = headline(text).split(": taken for " if ": taken for " in text else ": ", 1)[-1]
        elif label in ("rows", "counted"):
            text = re.sub(r"\d{4,}", lambda m: f"{int(m[0]):,}", text)
        found.append(("" if label == before else label, text))
        before = label
    return found


def headline(line: str) -> str:
    """The first line of an account, the kind of file in words."""
    for kind in KINDS.values():
        line = line.replace(f"taken for {kind.name} of the channel", f"taken for {kind_words(kind.name)}, channel")
    return line


def singular(line: str) -> str:
    """One of something in a line of the account, said as one.

    >>> singular("1 lines that need no shipping."), singular("21 lines that match no product.")
    ('1 line that needs no shipping.', '21 lines that match no product.')
    """
    if not line.startswith("1 "):
        return line
    verbs = {" are ": " is ", " need ": " needs ", " match ": " matches "}
    for many, one in verbs.items():
        line = line.replace(many, one)
    return re.sub(r"^1 (\w+?)s\b", r"1 \1", line)
