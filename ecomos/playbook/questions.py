"""The questions that make the starter playbook one's own, where each answer stands in its text, and the roles of a team
of one, two or three. Pure: texts in, texts out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ecomos.errors import WrongUsage

__all__ = ["BUNDLES", "LIMITS", "Question", "answer_in", "answered", "said_in", "switched"]


@dataclass(frozen=True)
class Question:
    """One limit or promise that every shop sets for itself."""

    key: str
    asks: str
    kind: str
    """Of the file that it stands in: policies, roles."""
    name: str
    place: str
    """The heading of the policy's value, or the kind of authority."""
    shape: str
    """How the value is written, with {} for the answer."""
    answer: str
    """hour, whole number, money."""
    unit: str = ""


LIMITS = (
    Question("cutoff", "When does the carrier come?", "policies", "shipping", "Cutoff", "{}", "hour"),
    Question(
        "dispatch",
        "How many working days from a paid order to the parcel in the van?",
        "policies",
        "shipping",
        "Dispatch within",
        "{} working days",
        "whole number",
        "working days",
    ),
    Question(
        "window",
        "How many days may a customer send a thing back?",
        "policies",
        "refunds",
        "Window",
        "{} days",
        "whole number",
        "days",
    ),
    Question(
        "refund",
        "Up to which amount does a support agent pay back alone?",
        "roles",
        "support-agent",
        "refund",
        "{} each",
        "money",
    ),
    Question(
        "purchase",
        "Up to which amount does the operations lead buy alone?",
        "roles",
        "operations-lead",
        "purchase",
        "{} each",
        "money",
    ),
)

BUNDLES: Mapping[str, tuple[str, ...]] = {
    "founder": ("founder", "marketer", "bookkeeper"),
    "goods": ("operations-lead", "picker", "packer", "buyer"),
    "customers": ("support-agent", "support-lead"),
}
"""Who holds which roles where a founder has two people; whoever is missing, the founder wears their hats."""


def answered(question: Question, text: str) -> str:
    """The answer as it is written into the playbook. Raises WrongUsage where it is none.

    >>> answered(LIMITS[0], "9:05")
    '09:05'
    >>> answered(LIMITS[1], "1")
    '1 working day'
    >>> answered(LIMITS[3], "62,50")
    '62.50 each'
    """
    text = text.strip()
    if question.answer == "hour":
        match = re.fullmatch(r"(\d{1,2})[:.](\d{2})", text)
        if not match or int(match[1]) > 23 or int(match[2]) > 59:
            raise WrongUsage(f"{question.asks} {text!r} is no hour, as in 15:30.")
        return f"{int(match[1]):02}:{match[2]}"
    number = _number(question, text)
    said = question.shape.format(number)
    return said.removesuffix("s") if number == 1 and question.unit else said


def _number(question: Question, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal(-1)
    whole = question.answer == "whole number"
    if not number.is_finite() or number < 0 or (whole and (number != number.to_integral_value() or number < 1)):
        example = "a whole number, as in 14" if whole else "an amount, as in 50 or 62.50"
        raise WrongUsage(f"{question.asks} {text!r} is not {example}.")
    return Decimal(int(number)) if whole else number


def said_in(question: Question, text: str) -> str:
    """The answer that stands in the file's text, without its unit; empty where the text says something else.

    >>> said_in(LIMITS[1], "## Dispatch within\\n\\n- **Value:** 1 working day\\n")
    '1'
    """
    match = _place(question).search(text)
    value = match[2].strip() if match else ""
    first = re.match(r"\d{2}:\d{2}|\d+(?:\.\d+)?", value)
    return first[0] if first else ""


def answer_in(question: Question, text: str, value: str) -> str:
    """The file's text with this value in its place; every other character stays. What follows the amount of an
    authority, such as its cap a day, stays too where it still holds.

    Raises WrongUsage where the file has no such place.
    """
    match = _place(question).search(text)
    if not match:
        raise WrongUsage(f"{question.kind}/{question.name}.md has no “{question.place}” to write {value} into.")
    return text[: match.start(2)] + value + _rest(match[2], value) + text[match.end(2) :]


def _rest(before: str, value: str) -> str:
    """The cap a day, kept where it is not below the new amount of one case."""
    cap = re.search(r", (\d+(?:\.\d+)?) a day$", before)
    each = re.match(r"(\d+(?:\.\d+)?) each", value)
    return cap[0] if cap and each and Decimal(cap[1]) >= Decimal(each[1]) else ""


def _place(question: Question) -> re.Pattern[str]:
    if question.kind == "roles":
        return re.compile(rf"(?m)^(  {re.escape(question.place)}: )(.*)$")
    return re.compile(rf"(?m)(^## {re.escape(question.place)}$[^#]*?^- \*\*Value:\*\* )(.*)$")


def switched(text: str, state: str) -> str:
    """A procedure's text with its state set to `on` or `paper`.

    >>> switched("---\\nabout: order\\nstate: on\\n---\\n\\n# X\\n", "paper")
    '---\\nabout: order\\nstate: paper\\n---\\n\\n# X\\n'
    """
    return re.sub(r"(?m)^state: \w+$", f"state: {state}", text, count=1)
