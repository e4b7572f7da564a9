"""A procedure's file into its record."""

import re
from decimal import Decimal

from ecomos.playbook.document import Document, Findings, read_document
from ecomos.playbook.front import Front
from ecomos.playbook.records import End, Expression, Procedure, Starts, Step, Target, Usually
from ecomos.playbook.steps import WORDS, read_end, read_step
from ecomos.playbook.timetable import cron_of

__all__ = ["STAGES", "parse_procedure"]

KEYS = (
    "area",
    "owner",
    "performer",
    "starts",
    "about",
    "promise",
    "review every",
    "kpis",
    "on",
    "ends when",
    "state",
    "size",
    "stage",
    "usually",
    "takes",
    "also called",
    "again",
    "certificate",
    "was",
)
STAGES = (7, 15, 30)
"""How many procedures a shop has switched on after its first, second and third stage."""
_EVENT = re.compile(r"[a-z_]+\.[a-z_]+")


def parse_procedure(stem: str, text: str, found: Findings) -> Procedure:
    """The record of a procedure as far as it can be read; what can't stands among the problems."""
    document = read_document(text, WORDS, found)
    front = Front(document, KEYS, found)
    about = front.needed("about", "the kind of case it works on, as in “about: order”")
    steps = _steps(document, about, found)
    titles = {s.slug: s.title for s in steps}
    return Procedure(
        stem=stem,
        title=document.title,
        source=found.source,
        purpose=document.intro.prose,
        area=front.needed("area", "the part of the business that it belongs to"),
        owner=front.needed("owner", "the role that answers for it"),
        performer=front.needed("performer", "the role that does its steps unless a step says otherwise"),
        starts=_starts(front, found),
        about=about,
        promise=front.span("promise"),
        review_every=front.span("review every"),
        kpis=front.stems("kpis"),
        on=_on(front, titles, found),
        ends_when=_ends_when(front, titles, found),
        state=front.one_of("state", ("on", "paper"), "paper"),
        called=front.text("also called"),
        size=front.one_of("size", ("core", "outline"), "core"),
        stage=_stage(front),
        usually=_usually(front, found),
        takes=front.span("takes"),
        again=front.one_of("again", ("allowed", "no"), "no") == "allowed",
        certificate=front.one_of("certificate", ("required", "no"), "no") == "required",
        was=front.stem("was"),
        steps=steps,
        lines=front.lines,
        links=document.links,
        limits=document.limits,
    )


def _steps(document: Document, about: str, found: Findings) -> tuple[Step, ...]:
    for word in (*document.intro.words, *document.intro.ticks):
        found.add(word.line, "words and checklist lines stand in a step; begin one with “## ”")
    if not document.sections:
        found.add(document.title_line, "there is no step: each begins with “## ”")
    seen: dict[str, int] = {}
    for section in document.sections:
        if section.slug in seen:
            found.add(section.line, f"a second step “{section.title}” (first in line {seen[section.slug]})")
        seen.setdefault(section.slug, section.line)
    return tuple(read_step(section, about, found) for section in document.sections)


def _starts(front: Front, found: Findings) -> Starts | None:
    text, line = front.text("starts"), front.line("starts")
    if not text or text == "by hand":
        return None
    head, _, condition = (part.strip() for part in text.partition(" where "))
    where = Expression(condition, line) if condition else None
    if head.lower().startswith("every "):
        cron = cron_of(head, line, found, "starts")
        return Starts(None, where, head, cron, line) if cron else None
    if not _EVENT.fullmatch(head) or (not condition and " where" in text):
        found.add(line, f'starts: “{text}” is not understood, as in “order.placed where order.kind == "sale"”')
        return None
    return Starts(head, where, None, "", line)


def _stage(front: Front) -> int | None:
    text = front.one_of("stage", (*map(str, STAGES), ""), "")
    return int(text) if text else None


def _usually(front: Front, found: Findings) -> Usually | None:
    text = front.text("usually")
    match = re.fullmatch(r"(\d+(?:\.\d+)?) (?:in 100 (orders)|a (week))", text)
    if text and not match:
        found.add(front.line("usually"), f"usually: “{text}” is not understood, as in “4 in 100 orders”, “1 a week”")
    return Usually(Decimal(match[1]), match[2] or match[3]) if match else None


def _on(front: Front, titles: dict[str, str], found: Findings) -> dict[str, Target]:
    targets = {}
    for event, (text, line) in front.mapping("on").items():
        if text.startswith("#"):
            targets[event] = _target(text, titles, line)
        else:
            found.add(line, f'on: “{event}” leads to a step, as in "#{text.replace(" ", "-")}", not “{text}”')
    return targets


def _ends_when(front: Front, titles: dict[str, str], found: Findings) -> dict[str, End | Target]:
    ways: dict[str, End | Target] = {}
    for event, (text, line) in front.mapping("ends when").items():
        ways[event] = _target(text, titles, line) if text.startswith("#") else read_end(text, line)
    return ways


def _target(text: str, titles: dict[str, str], line: int) -> Target:
    slug = text[1:]
    return Target(titles.get(slug, slug), slug, line)
