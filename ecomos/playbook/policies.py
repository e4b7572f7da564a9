"""A policy's file into its record: each H2 is one limit with its home, or a decision table."""

import re
from decimal import Decimal

from ecomos.playbook.document import Findings, Section, Word, read_document
from ecomos.playbook.front import Front
from ecomos.playbook.records import Branch, Policy, PolicyValue, Span
from ecomos.playbook.words import clock, read_branches, span_of

__all__ = ["parse_policy"]

KEYS = ("owner", "review every", "was")
WORDS = ("Value", "Why", "Basis", "Country", "Raise it when", "Lower it when", "Not below", "Not above")
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) in the store[’']s currency")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?:\s+([^\d\s].*))?")
_SPAN_UNITS = re.compile(r"(?:working\s+)?(?:minutes?|hours?|days?|weeks?)")


def parse_policy(stem: str, text: str, found: Findings) -> Policy:
    """The record of a policy as far as it can be read."""
    document = read_document(text, WORDS, found)
    front = Front(document, KEYS, found)
    values: dict[str, PolicyValue] = {}
    tables: dict[str, tuple[Branch, ...]] = {}
    seen: dict[str, int] = {}
    for section in document.sections:
        name = re.sub(r"[^a-z0-9]+", "_", section.title.lower()).strip("_")
        if name in seen:
            found.add(section.line, f"a second “{section.title}” (first in line {seen[name]})")
            continue
        seen[name] = section.line
        decisions = [t for t in section.tables if t.decides]
        if decisions:
            tables[name] = read_branches(decisions[0], found, answers=True)
        else:
            value = _value(name, section, found)
            if value:
                values[name] = value
    return Policy(
        stem=stem,
        title=document.title,
        source=found.source,
        prose=document.intro.prose,
        values=values,
        tables=tables,
        owner=front.needed("owner", "the role that answers for these limits"),
        lines=front.lines,
        links=document.links,
        limits=document.limits,
    )


def _value(name: str, section: Section, found: Findings) -> PolicyValue | None:
    said: dict[str, Word] = {}
    for word in section.words:
        if word.name in said:
            found.add(word.line, f"“{word.name}” stands twice (first in line {said[word.name].line})")
        said.setdefault(word.name, word)
    for needed in ("Value", "Why", "Basis"):
        if not said.get(needed) or not said[needed].text:
            found.add(section.line, f"“{section.title}” needs “- **{needed}:** …”")
    if "Value" not in said or not said["Value"].text:
        return None
    read = _read_value(said["Value"].text, section.line, found)
    if read is None:
        return None
    kind, value, unit = read
    texts = {key: said[key].text if key in said else "" for key in WORDS}
    limits = {key: _bound(said.get(key), unit, kind, found) for key in ("Not below", "Not above")}
    return PolicyValue(
        name,
        kind,
        value,
        unit,
        section.prose,
        texts["Why"],
        texts["Basis"],
        texts["Country"],
        texts["Raise it when"],
        texts["Lower it when"],
        section.line,
        limits["Not below"],
        limits["Not above"],
    )


def _read_value(text: str, line: int, found: Findings) -> tuple[str, Decimal | Span | str | bool, str] | None:
    money, number = _MONEY.fullmatch(text), _NUMBER.fullmatch(text)
    at = clock(text)
    if at is not None:
        return "time", at, ""  # type: ignore[return-value]
    if text in ("yes", "no"):
        return "yes or no", text == "yes", ""
    if money:
        return "money", Decimal(money[1]), "the store's currency"
    if number and number[2] and _SPAN_UNITS.fullmatch(number[2]):
        span = span_of(text, line, found)
        return ("span", span, ("working " if span.working else "") + span.unit) if span else None
    if number:
        return "number", Decimal(number[1]), number[2] or ""
    if text[0].isdigit():
        found.add(
            line, f"“{text}” is no value: a number with its unit, a time as 15:30, an amount “in the store's currency”"
        )
        return None
    return "text", text.strip('"'), ""


def _bound(word: Word | None, unit: str, kind: str, found: Findings) -> Decimal | None:
    if word is None:
        return None
    read = _read_value(word.text, word.line, found) if word.text else None
    if (
        read is None
        or read[0] != kind
        or (kind == "span" and read[2] != unit)
        or kind not in ("number", "money", "span")
    ):
        found.add(word.line, f"“{word.name}” takes the same kind and unit as the value ({unit or kind})")
        return None
    return read[1].amount if isinstance(read[1], Span) else read[1]  # type: ignore[return-value]
