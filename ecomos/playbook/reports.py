"""A report's file into its record: which notebook, when, for whom, and what must be fresh before it writes a figure."""

import re

from ecomos.playbook.document import Findings, read_document
from ecomos.playbook.front import Front
from ecomos.playbook.records import Report
from ecomos.playbook.timetable import cron_of

__all__ = ["parse_report"]

KEYS = ("notebook", "when", "parameters", "owner", "to", "fresh", "catch up", "on failure", "was")
CATCH_UP = ("latest", "each", "none")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


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
