"""The whole operation as a map, drawn from the text: what happens, the procedures that it starts, whom they hand the
case to, and the holes in it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ecomos.playbook.catalogue import Catalogue
from ecomos.playbook.records import Playbook, Procedure

__all__ = ["Area", "Hole", "Link", "Map", "map_of"]

MOST_AREAS = 12
"""Boxes on the first level."""


@dataclass(frozen=True)
class Link:
    """An arrow of the map."""

    kind: str
    """starts (an event or the clock), hands (one procedure starts another), figure (a breach starts it)."""
    source: str
    """An event's kind, a procedure's stem, a card's stem, or `the clock`."""
    to: str
    """A procedure's stem."""
    said: str = ""


@dataclass(frozen=True)
class Area:
    """A box of the first level."""

    name: str
    procedures: tuple[str, ...]
    roles: tuple[str, ...]
    """Who works in it."""


@dataclass(frozen=True)
class Hole:
    """Something that nobody handles."""

    kind: str
    """event, figure, role, procedure."""
    name: str
    text: str


@dataclass(frozen=True)
class Map:
    """Areas, their procedures, the arrows and the holes."""

    areas: tuple[Area, ...]
    links: tuple[Link, ...]
    between: tuple[tuple[str, str, int], ...]
    """(area, area, how many arrows) on the first level."""
    holes: tuple[Hole, ...]


def map_of(book: Playbook, catalogue: Catalogue) -> Map:
    """The map of a playbook. At most 12 areas stand apart; the smallest of more are put together as “other”."""
    areas = _areas(book)
    links = tuple(_links(book))
    home = {stem: area.name for area in areas for stem in area.procedures}
    between = Counter(
        (home[x.source], home[x.to])
        for x in links
        if x.source in home and x.to in home and home[x.source] != home[x.to]
    )
    return Map(
        areas=areas,
        links=links,
        between=tuple((a, b, n) for (a, b), n in sorted(between.items())),
        holes=tuple(_holes(book, catalogue)),
    )


def _areas(book: Playbook) -> tuple[Area, ...]:
    groups: dict[str, list[Procedure]] = {}
    for procedure in book.procedures.values():
        groups.setdefault(procedure.area, []).append(procedure)
    by_size = sorted(groups, key=lambda name: (-len(groups[name]), name))
    kept = by_size if len(by_size) <= MOST_AREAS else by_size[: MOST_AREAS - 1]
    found = {name: groups[name] for name in sorted(kept)}
    rest = [p for name in by_size if name not in kept for p in groups[name]]
    if rest:
        found["other"] = rest
    return tuple(Area(name, _stems(group), _roles(group)) for name, group in found.items())


def _stems(group: list[Procedure]) -> tuple[str, ...]:
    return tuple(p.stem for p in sorted(group, key=lambda p: (p.state != "on", p.title)))


def _roles(group: list[Procedure]) -> tuple[str, ...]:
    return tuple(sorted({s.role or p.performer for p in group for s in p.steps if s.is_human}))


def _links(book: Playbook) -> Iterator[Link]:
    for stem, procedure in sorted(book.procedures.items()):
        starts = procedure.starts
        if starts is not None:
            where = starts.where.text if starts.where else ""
            yield Link("starts", starts.event or "the clock", stem, where or (starts.schedule or ""))
        for step in procedure.steps:
            for child in step.starts:
                yield Link("hands", stem, child.procedure, step.title)
    for name, card in sorted(book.kpis.items()):
        if card.on_breach:
            yield Link("figure", name, card.on_breach)


def _holes(book: Playbook, catalogue: Catalogue) -> Iterator[Hole]:
    handled = {p.starts.event for p in book.procedures.values() if p.starts and p.starts.event and p.state == "on"}
    heard = {k for p in book.procedures.values() for k in (*p.on, *p.ends_when)}
    heard |= {n for p in book.procedures.values() for s in p.steps if s.wait for n in s.wait.names}
    for kind, event in sorted(catalogue.events.items()):
        if kind not in handled and kind not in heard and event.asks:
            yield Hole("event", kind, f"Nothing starts, goes on or ends when this happens: {event.doc}")
    for name, card in sorted(book.kpis.items()):
        if card.range is not None and not card.on_breach:
            yield Hole("figure", name, f"“{card.title}” has a range, and no procedure starts when it is left.")
    for name, role in sorted(book.roles.items()):
        if name != "founder" and not role.deputy:
            yield Hole("role", name, f"“{role.title}” has no deputy: absent, its work goes to {role.reports_to}.")
    started = {c.procedure for p in book.procedures.values() for s in p.steps for c in s.starts}
    started |= {card.on_breach for card in book.kpis.values() if card.on_breach}
    for stem, procedure in sorted(book.procedures.items()):
        if procedure.state == "paper" and procedure.size == "core":
            yield Hole("procedure", stem, f"“{procedure.title}” is on paper: it runs only when somebody starts it.")
        elif procedure.starts is None and stem not in started and procedure.size == "core":
            yield Hole("procedure", stem, f"Nothing starts “{procedure.title}” but a person by hand.")
