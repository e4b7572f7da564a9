"""A report's file into its record: which notebook, when, for whom, and what must be fresh before it writes a figure."""

import re
from collections.abc import Iterable

from ecomos.errors import nearest
from ecomos.playbook.document import Findings, read_document
from ecomos.playbook.front import Front
from ecomos.playbook.records import Report
from ecomos.playbook.words import clock, names_of

__all__ = ["cron_of", "parse_report"]

KEYS = ("notebook", "when", "parameters", "owner", "to", "fresh", "catch up", "on failure", "was")
CATCH_UP = ("latest", "each", "none")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_LAST_SURE_DAY = 28


def parse_report(stem: str, text: str, found: Findings) -> Report:
    """The record of a report as far as it can be read."""
    document = read_document(text, (), found)
    front = Front(document, KEYS, found)
    when = front.needed("when", "as in “every day at 07:00”, “every Mon-Fri at 07:00” or “every month on 1 at 08:00”")
    to = front.stems("to")
    if not to and front.needed("to", "the roles that get it"):
        found.add(front.line("to"), "“to” names no role")
    owner = front.needed("owner", "the role that answers for it") and front.stem("owner")
    return Report(
        stem=stem,
        title=document.title,
        source=found.source,
        notebook=front.stem("notebook") or stem,
        when=when,
        cron=cron_of(when, front.line("when"), found) if when else "",
        parameters=_parameters(front, found),
        owner=owner or "",
        to=to,
        on_failure=front.stem("on failure") or owner or "",
        fresh=front.span("fresh"),
        catch_up=front.one_of("catch up", CATCH_UP, "latest"),
        prose=document.intro.prose,
        line=document.title_line,
        lines=front.lines,
        links=document.links,
        limits=document.limits,
    )


def _parameters(front: Front, found: Findings) -> dict[str, str]:
    given = front.mapping("parameters")
    for name, (_, line) in given.items():
        if not _NAME.fullmatch(name):
            found.add(line, f"“{name}” is no name of a parameter: small letters, digits and _")
    return {name: value for name, (value, _) in given.items()}


def cron_of(when: str, line: int, found: Findings) -> str:
    """A time in words as the five fields of cron; empty, with a problem, where it is none.

    >>> cron_of("every Mon-Fri at 07:00", 3, Findings("reports/daily.md"))
    '0 7 * * 1,2,3,4,5'
    """
    match = re.fullmatch(r"every (day|month on (\d{1,2})|[A-Za-z, -]+?) at (\S+)", when.strip())
    at = clock(match[3]) if match else None
    if match is None or at is None:
        good = "“every day at 07:00”, “every Mon-Fri at 07:00” or “every month on 1 at 08:00”"
        found.add(line, f"“when”: “{when}” is no time that comes again, as in {good}")
        return ""
    if match[2]:
        if not 1 <= int(match[2]) <= _LAST_SURE_DAY:
            found.add(line, f"“when”: not every month has a day {match[2]}; choose 1 to {_LAST_SURE_DAY}")
            return ""
        return f"{at.minute} {at.hour} {int(match[2])} * *"
    days = "*" if match[1] == "day" else _weekdays(match[1], line, found)
    return f"{at.minute} {at.hour} * * {days}" if days else ""


def _weekdays(text: str, line: int, found: Findings) -> str:
    """`Mon-Fri` or `Mon, Thu` as cron's numbers, Sunday being 0."""
    numbers: list[int] = []
    for part in names_of(text):
        ends = [_weekday(name.strip(), line, found) for name in part.split("-", 1)]
        if None in ends:
            return ""
        first, last = ends[0] or 0, ends[-1] or 0
        numbers += range(first, (last if last >= first else last + 7) + 1)
    return _joined((n % 7 + 1) % 7 for n in numbers)


def _weekday(name: str, line: int, found: Findings) -> int | None:
    short = next((n for n, day in enumerate(DAYS) if day == name), None)
    if short is None:
        found.add(line, f"“when”: no weekday named “{name}”{nearest(name, DAYS) or '; known: ' + ', '.join(DAYS)}")
    return short


def _joined(numbers: Iterable[int]) -> str:
    return ",".join(str(n) for n in sorted(set(numbers)))
