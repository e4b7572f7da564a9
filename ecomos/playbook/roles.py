"""A role's file into its record."""

import re
from decimal import Decimal

from ecomos.playbook.document import Document, Findings, read_document
from ecomos.playbook.front import Front
from ecomos.playbook.records import Authority, Role
from ecomos.playbook.words import links_of

__all__ = ["parse_role"]

KEYS = ("reports to", "deputy", "authority", "was")
PARTS = ("responsibilities", "expectations", "communication")
_AUTHORITY = re.compile(r"(any)|(?:(\d+(?:\.\d+)?) each)?(?:,\s*)?(?:(\d+(?:\.\d+)?) a day)?")


def parse_role(stem: str, text: str, found: Findings) -> Role:
    """The record of a role as far as it can be read."""
    document = read_document(text, (), found)
    front = Front(document, KEYS, found)
    parts = {s.slug: tuple(item.text for item in s.items) for s in document.sections}
    return Role(
        stem=stem,
        title=document.title,
        source=found.source,
        reports_to=front.stem("reports to"),
        deputy=front.stem("deputy"),
        authority=_authorities(front, found),
        responsibilities=parts.get("responsibilities", ()),
        expectations=_expectations(document, found),
        communication=parts.get("communication", ()),
        prose=_prose(document),
        line=document.title_line,
        lines=front.lines,
        links=document.links,
        limits=document.limits,
    )


def _authorities(front: Front, found: Findings) -> dict[str, Authority]:
    given = {}
    for kind, (text, line) in front.mapping("authority").items():
        match = _AUTHORITY.fullmatch(text)
        if not match or not re.fullmatch(r"[a-z][a-z0-9-]*", kind):
            found.add(
                line, f"authority: “{kind}: {text}” is not understood, as in “refund: 50 each, 300 a day” or “any”"
            )
        else:
            each, a_day = (Decimal(m) if m else None for m in (match[2], match[3]))
            given[kind] = Authority(kind, each, a_day, line)
    return given


def _expectations(document: Document, found: Findings) -> tuple[str, ...]:
    stems: list[str] = []
    for section in document.sections:
        for item in section.items if section.slug == "expectations" else ():
            link = next(links_of(item.text), None)
            if link is None or not link[1].startswith("../kpis/"):
                found.add(
                    item.line, "an expectation is a link to a KPI, as in “[On time](../kpis/on-time-dispatch.md)”"
                )
            else:
                stems.append(link[1].removeprefix("../kpis/").removesuffix(".md"))
    return tuple(stems)


def _prose(document: Document) -> str:
    others = [s for s in document.sections if s.slug not in PARTS]
    parts = [document.intro.prose, *(f"## {s.title}\n\n{s.prose}" for s in others)]
    return "\n\n".join(p for p in parts if p)
