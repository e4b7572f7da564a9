"""One step of a procedure: each word's text into its record. Knows the words, not the names they point at."""

import re
from collections.abc import Callable
from typing import Any

from ecomos.playbook.document import Findings, Section, Word
from ecomos.playbook.recording import record_of
from ecomos.playbook.records import (
    Approve,
    Batch,
    Check,
    Do,
    End,
    Expression,
    LateRung,
    Sample,
    Send,
    StartChild,
    Step,
    Target,
    WaitFor,
    Within,
)
from ecomos.playbook.words import (
    STEM,
    clock,
    condition_of,
    links_of,
    read_branches,
    span_of,
    split_outside,
    step_of,
    time_of,
    within_of,
)

__all__ = ["WORDS", "read_end", "read_step"]

WORDS = (
    "Role",
    "Case",
    "Wait for",
    "Batch",
    "Record",
    "Within",
    "If late",
    "Sample",
    "Approve",
    "Do",
    "Document",
    "Send",
    "Start",
    "Start and wait",
    "Next",
    "End",
)
_PREVENTS = re.compile(r"\s*\(prevents:\s*(.*?)\)\s*$")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ABOUT = re.compile(r"\babout\s+([a-z_]+)")
_EACH = re.compile(r"\bfor each\s+([a-z_]+)\s+of\s+([a-z_]+)")


def read_step(section: Section, about: str, found: Findings) -> Step:
    """A section as a step; `about` is the procedure's case."""
    said: dict[str, Any] = {}
    seen: dict[str, int] = {}
    for word in section.words:
        if word.name in seen:
            found.add(word.line, f"“{word.name}” stands twice in this step (first in line {seen[word.name]})")
            continue
        seen[word.name] = word.line
        _read_word(word, about, said, found)
    tables = [t for t in section.tables if t.decides]
    for extra in tables[1:]:
        found.add(extra.line, "a second decision table in this step; each decision is a step of its own")
    branches = read_branches(tables[0], found) if tables else ()
    if tables and not branches:
        found.add(tables[0].line, "a decision table without a row")
    _check_ways(section, said, bool(tables), seen, found)
    checks = tuple(_check(w) for w in section.ticks)
    head = (section.slug, section.title, section.line, section.prose)
    return Step(*head, checks=checks, branches=branches, lines=seen, **said)


def _check_ways(section: Section, said: dict[str, Any], decides: bool, seen: dict[str, int], found: Findings) -> None:
    ways = [name for name, there in (("a table", decides), ("Next", "Next" in seen), ("End", "End" in seen)) if there]
    if len(ways) > 1:
        found.add(section.line, f"“{section.title}” has two ways out: {' and '.join(ways)}")


def _check(word: Word) -> Check:
    match = _PREVENTS.search(word.text)
    text = word.text[: match.start()] if match else word.text
    return Check(text, match[1] if match else "", word.line)


def _read_word(word: Word, about: str, said: dict[str, Any], found: Findings) -> None:
    if not word.text:
        found.add(word.line, f"nothing stands after “{word.name}:”")
        return
    if word.name in ("Start", "Start and wait"):
        said["starts"] = (*said.get("starts", ()), *_starts(word, about, found))
        return
    key, read = _READERS[word.name]
    value = read(word, found)
    if value is not None:
        said[key] = value


def _role(word: Word, found: Findings) -> str | None:
    return _stem(word.text, "a role", word.line, found)


def _stem(text: str, what: str, line: int, found: Findings) -> str | None:
    text = text.strip()
    if STEM.fullmatch(text):
        return text
    found.add(line, f"“{text}” is no name of {what}: small letters and hyphens, as in “support-lead”")
    return None


def _case(word: Word, found: Findings) -> str | None:
    if _NAME.fullmatch(word.text):
        return word.text
    found.add(word.line, f"“{word.text}” is no kind of case, as in “order”")
    return None


def _sample(word: Word, found: Findings) -> Sample | None:
    match = re.fullmatch(r"1 in (\d{1,4}),? by ([a-z0-9]+(?:-[a-z0-9]+)*)", word.text)
    if match and int(match[1]):
        return Sample(int(match[1]), match[2], word.line)
    found.add(word.line, f"Sample: “{word.text}” is not understood, as in “1 in 20 by support-lead”")
    return None


def _document(word: Word, found: Findings) -> str | None:
    return _stem(word.text, "a document", word.line, found)


def _late(word: Word, found: Findings) -> tuple[LateRung, ...] | None:
    rungs = []
    for part in split_outside(word.text, ";"):
        match = re.fullmatch(r"(?:after\s+(.+?)\s+)?(tell|hand to)\s+([a-z0-9-]+)", part)
        if not match:
            said = "as in “tell support-lead; after 4 working hours hand to support-lead”"
            found.add(word.line, f"If late: “{part}” is not understood, {said}")
            return None
        after = span_of(match[1], word.line, found) if match[1] else None
        if match[1] and after is None:
            return None
        rungs.append(LateRung(match[2], match[3], after, word.line))
    return tuple(rungs)


def _wait(word: Word, found: Findings) -> WaitFor | None:
    head, *rest = split_outside(word.text, ";")
    what, *limits = split_outside(head, ",")
    every, until = False, None
    names: tuple[str, ...] = (what,)
    several = re.match(r"(any|all) of\s+", head)
    if several:
        every = several[1] == "all"
        parts = split_outside(head[several.end() :], ",")
        limits = [p for p in parts if p.startswith("at most")]
        names = tuple(p for p in parts if not p.startswith("at most"))
    elif not re.fullmatch(r"[a-z_]+\.[a-z_]+(\.[a-z_]+)*", what) or what.startswith("policy."):
        until = Within(by=clock(what), line=word.line) if clock(what) else within_of(what, word.line, found)
        names = ()
        if until is None:
            return None
    for bad in [n for n in names if not re.fullmatch(r"[a-z_]+\.[a-z_]+", n)]:
        found.add(word.line, f"Wait for: “{bad}” is no event or state, as in “return.received”, “order.is_paid”")
        return None
    said = _wait_limits(limits, rest, word, found)
    return None if said is None else WaitFor(names, every, until, line=word.line, **said)


def _wait_limits(limits: list[str], rest: list[str], word: Word, found: Findings) -> dict[str, Any] | None:
    said: dict[str, Any] = dict.fromkeys(("at_most", "remind_after", "remind_with", "remind_whom", "otherwise"))
    for limit in limits:
        span = span_of(limit[7:], word.line, found) if limit.startswith("at most") else None
        if span is None:
            if not limit.startswith("at most"):
                found.add(word.line, f"Wait for: “{limit}” is not understood (did you mean “at most {limit}”?)")
            return None
        said["at_most"] = span
    for part in rest:
        remind = re.fullmatch(r"remind (?:the )?([a-z-]+) after (.+?) with ([a-z0-9-]+)", part)
        if remind:
            said["remind_whom"], said["remind_with"] = remind[1], remind[3]
            said["remind_after"] = span_of(remind[2], word.line, found)
        elif part.startswith("else "):
            said["otherwise"] = step_of(part[5:], word.line, found)
        else:
            known = "“remind the customer after 7 days with return-reminder”, “else [Step](#step)”"
            found.add(word.line, f"Wait for: “{part}” is not understood; known are {known}")
            return None
    return said


def _batch(word: Word, found: Findings) -> Batch | None:
    match = re.fullmatch(r"up to (\d+)(?:,\s*by ([a-z_.]+))?,\s*at the latest (.+)", word.text)
    if not match:
        found.add(
            word.line, f"Batch: “{word.text}” is not understood, as in “up to 40, by service, at the latest 11:00”"
        )
        return None
    latest = time_of(match[3], word.line, found)
    return Batch(int(match[1]), match[2], latest, word.line) if latest else None


def _approve(word: Word, found: Findings) -> Approve | None:
    text, when = condition_of(word.text, word.line)
    head, *rest = split_outside(text, ";")
    match = re.fullmatch(r"([a-z][a-z0-9-]*) of (.+)", head)
    refused = [p[10:] for p in rest if p.startswith("if refused")]
    if not match or len(rest) != 1 or not refused:
        needed = "as in “refund of answers.amount; if refused [Say no kindly](#say-no-kindly)”"
        missing = "it doesn't say where to go “if refused”" if match and not refused else "it is not understood"
        found.add(word.line, f"Approve: {missing}, {needed}")
        return None
    target = step_of(refused[0], word.line, found)
    return Approve(match[1], Expression(match[2].strip(), word.line), target, when, word.line) if target else None


def _do(word: Word, found: Findings) -> Do | None:
    text, when = condition_of(word.text, word.line)
    deed, _, rest = text.partition(" ")
    parts = re.split(r"(?:^|\s+)([a-z_][a-z0-9_]*)=(?!=)", rest)
    if not re.fullmatch(r"[a-z_]+\.[a-z_]+", deed) or parts[0].strip():
        found.add(word.line, f"Do: “{text}” is not understood, as in “orders.refund amount=answers.amount”")
        return None
    names, values = parts[1::2], parts[2::2]
    for twice in {n for n in names if names.count(n) > 1}:
        found.add(word.line, f"Do: “{twice}=” stands twice")
    for name, value in zip(names, values, strict=True):
        if not value.strip():
            found.add(word.line, f"Do: nothing stands after “{name}=”")
    given = {n: Expression(v.strip(), word.line) for n, v in zip(names, values, strict=True)}
    return Do(deed, given, when, word.line)


def _send(word: Word, found: Findings) -> Send | None:
    text, when = condition_of(word.text, word.line)
    match = re.fullmatch(r"([a-z0-9]+(?:-[a-z0-9]+)*) to (?:the )?([a-z0-9-]+)", text)
    if match:
        return Send(match[1], match[2], when, word.line)
    found.add(word.line, f"Send: “{text}” is not understood, as in “refund-paid to customer”")
    return None


def _starts(word: Word, about: str, found: Findings) -> tuple[StartChild, ...]:
    text, when = condition_of(word.text, word.line)
    wait, children = word.name == "Start and wait", []
    for title, target, after in links_of(text):
        stem = target.removesuffix(".md").removeprefix("../procedures/")
        if not target.endswith(".md") or not STEM.fullmatch(stem):
            found.add(
                word.line, f"{word.name}: a link to a procedure's file is needed, as in “[{title}](parcel-late.md)”"
            )
            continue
        each, named = _EACH.search(after), _ABOUT.search(after)
        left = re.sub(r"[,;\s]|\band\b|\blives on\b", "", _EACH.sub("", _ABOUT.sub("", after)))
        if left:
            known = "“about order”, “for each parcel of order”, “lives on”"
            found.add(word.line, f"{word.name}: “{after.strip()}” is not understood; known are {known}")
        whom = named[1] if named else each[1] if each else about
        pair = (each[1], each[2]) if each else None
        children.append(StartChild(stem, whom, pair, "lives on" in after, wait, when, word.line))
    if not list(links_of(text)):
        found.add(
            word.line, f"{word.name}: a link to a procedure's file is needed, as in “[Parcel late](parcel-late.md)”"
        )
    if len(children) > 1 and not wait:
        found.add(word.line, "Start: it takes one procedure; “Start and wait” takes several")
    return tuple(children)


def read_end(text: str, line: int) -> End:
    """`refunded`, or `handed to cancel-an-order`."""
    match = re.fullmatch(r"handed to ([a-z0-9-]+)", text.strip())
    return End(text.strip(), match[1] if match else None, line)


def _end(word: Word, found: Findings) -> End:
    return read_end(word.text, word.line)


def _next(word: Word, found: Findings) -> Target | None:
    return step_of(word.text, word.line, found)


def _within(word: Word, found: Findings) -> Within | None:
    return within_of(word.text, word.line, found)


_READERS: dict[str, tuple[str, Callable[[Word, Findings], Any]]] = {
    "Role": ("role", _role),
    "Case": ("case", _case),
    "Wait for": ("wait", _wait),
    "Batch": ("batch", _batch),
    "Record": ("record", record_of),
    "Within": ("within", _within),
    "If late": ("if_late", _late),
    "Sample": ("sample", _sample),
    "Approve": ("approve", _approve),
    "Do": ("do", _do),
    "Document": ("document", _document),
    "Send": ("send", _send),
    "Next": ("next", _next),
    "End": ("end", _end),
}
