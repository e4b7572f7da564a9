"""What a word takes, read from its text: spans, times, conditions in brackets, links, lists. Every function answers a
value, or None with a Problem noted."""

import re
from collections.abc import Iterator
from datetime import time
from decimal import Decimal

from ecomos.errors import nearest
from ecomos.playbook.document import Findings, Table, slug_of
from ecomos.playbook.records import Branch, Expression, Span, Target, Within

__all__ = [
    "clock",
    "condition_of",
    "link_of",
    "links_of",
    "names_of",
    "read_branches",
    "span_of",
    "split_outside",
    "step_of",
    "within_of",
]

STEM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
POLICY = re.compile(r"policy\.[a-z0-9_]+\.[a-z0-9_]+")
_SPAN = re.compile(r"(\d+(?:\.\d+)?|an?|one)\s+(working\s+)?(minutes?|hours?|days?|weeks?)")
_LINK = re.compile(r"\[([^\]]*)\]\(([^()\s]*)\)")
_BRACKET = re.compile(r"^(.*?)\s*\(\s*if\s+(.*)\)$", re.DOTALL)
_SPAN_LIKE = "as in “2 working hours”, “14 days”, “30 minutes” or “policy.returns.window_days”"


def split_outside(text: str, separator: str) -> list[str]:
    """Split at a separator that stands in no brackets and no quotes.

    >>> split_outside('reason (one of: a, b), why (text)', ",")
    ['reason (one of: a, b)', 'why (text)']
    """
    parts, depth, quote, start = [], 0, "", 0
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char == '"':
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == separator and depth <= 0:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()]


def names_of(text: str) -> tuple[str, ...]:
    """Names parted by commas.

    >>> names_of("refund-hours, refund-rate")
    ('refund-hours', 'refund-rate')
    """
    return tuple(part for part in (p.strip() for p in text.split(",")) if part)


def clock(text: str) -> time | None:
    """A time of day as `15:30`, else None."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    return time(int(match[1]), int(match[2])) if match and int(match[1]) < 24 and int(match[2]) < 60 else None


def span_of(text: str, line: int, found: Findings) -> Span | None:
    """A length of time.

    >>> span_of("2 working hours", 7, Findings("x.md"))
    Span(amount=Decimal('2'), unit='hours', working=True, policy=None, line=7)
    """
    text = text.strip()
    if POLICY.fullmatch(text):
        return Span(None, "", policy=text, line=line)
    match = _SPAN.fullmatch(text)
    if not match:
        found.add(line, f"“{text}” is no length of time, {_SPAN_LIKE}")
        return None
    amount = Decimal(match[1]) if match[1][0].isdigit() else Decimal(1)
    unit = match[3].rstrip("s") + "s"
    if unit == "weeks":
        if match[2]:
            found.add(line, f"“{text}”: a working week is written in working days")
            return None
        amount, unit = amount * 7, "days"
    return Span(amount, unit, bool(match[2]), line=line)


def within_of(text: str, line: int, found: Findings) -> Within | None:
    """A span, `by 15:30`, or `by policy.shipping.cutoff`."""
    by = re.fullmatch(r"(?:by|until)\s+(.+)", text.strip())
    if not by:
        span = span_of(text, line, found)
        return Within(span=span, line=line) if span else None
    return time_of(by[1], line, found)


def time_of(text: str, line: int, found: Findings) -> Within | None:
    """A time of day or the policy that holds it."""
    at = clock(text)
    if at is not None:
        return Within(by=at, line=line)
    if POLICY.fullmatch(text.strip()):
        return Within(by_policy=text.strip(), line=line)
    found.add(line, f"“{text.strip()}” is no time of day, as in “15:30” or “policy.shipping.cutoff”")
    return None


def condition_of(text: str, line: int) -> tuple[str, Expression | None]:
    """A word's text without the condition in brackets that ends it, and the condition.

    >>> condition_of("shipped to customer (if order.has_email)", 3)
    ('shipped to customer', Expression(text='order.has_email', line=3))
    """
    match = _BRACKET.match(text.strip())
    return (match[1].strip(), Expression(match[2].strip(), line)) if match else (text.strip(), None)


def links_of(text: str) -> Iterator[tuple[str, str, str]]:
    """Each link of a text: its words, its target, and what follows it up to the next link."""
    matches = list(_LINK.finditer(text))
    for at, match in enumerate(matches):
        end = matches[at + 1].start() if at + 1 < len(matches) else len(text)
        yield match[1], match[2], text[match.end() : end]


def link_of(text: str) -> tuple[str, str] | None:
    """The words and the target of a text that is one link and nothing else, else None."""
    match = _LINK.fullmatch(text.strip())
    return (match[1], match[2]) if match else None


def step_of(text: str, line: int, found: Findings) -> Target | None:
    """A link to a step of the same file."""
    link = link_of(text)
    if link is None or not link[1].startswith("#"):
        shown = text.strip() or "nothing"
        found.add(
            line, f"a link to a step is needed, as in “[{_said(shown)}](#{slug_of(_said(shown))})”, not “{shown}”"
        )
        return None
    return Target(link[0], link[1][1:], line)


def _said(text: str) -> str:
    match = _LINK.search(text)
    return match[1] if match else text


def read_branches(table: Table, found: Findings, answers: bool = False) -> tuple[Branch, ...]:
    """The rows of an `If | Then` table; with `answers` the right column holds answers rather than links to steps."""
    branches: list[Branch] = []
    for row in table.rows:
        cells = [*row.cells, "", ""]
        if branches and branches[-1].when is None:
            found.add(row.line, "no row can stand below “otherwise”")
        target = Target(cells[1], "", row.line) if answers else step_of(cells[1], row.line, found)
        when = _when(cells[0], row.line, found)
        if target and (when or cells[0].strip().lower() == "otherwise"):
            branches.append(Branch(when, target, row.line))
    return tuple(branches)


def _when(cell: str, line: int, found: Findings) -> Expression | None:
    text = cell.strip().strip("`").strip()
    if text.lower() == "otherwise":
        return None
    if not text:
        found.add(line, "a row without a condition; the last one is “otherwise”")
        return None
    if " " not in text and nearest(text.lower(), ["otherwise"]):
        found.add(line, f"“{text}” (did you mean “otherwise”?)")
        return None
    return Expression(text, line)
