"""The map laid out: boxes with their places, and the ways between them, for a broad screen and for a phone. Pure
arithmetic on the text; nothing overlaps, since every box is as high as its words need."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ecomos.playbook.mapping import Area, Link, Map
from ecomos.playbook.records import Playbook

__all__ = ["Box", "Sheet", "Way", "area_sheet", "in_words", "whole_sheet"]

BROAD = 1176
"""Pixels beside the margins of a screen 1280 wide; a narrower sheet is one column."""
TITLE, LINE, ROOM, GAP = 20, 18, 16, 12
"""Height of a title's line and of another, what a box leaves free, what is left between two boxes."""
TITLE_LETTER, LETTER = 8.8, 7.7
"""Width of a letter as a rule, a little too wide rather than too narrow."""
HEAD = 34


@dataclass(frozen=True)
class Box:
    """Something on the map, with its place in pixels."""

    id: str
    """Its kind and name, as `procedure:exchange`."""
    kind: str
    """head, area, words, event, figure, procedure, elsewhere (a procedure of another area), role."""
    title: str
    lines: tuple[str, ...] = ()
    hole: str = ""
    """What is missing, in a few words."""
    told: str = ""
    """All of it in one sentence, for who does not see the ways."""
    quiet: bool = False
    """On paper."""
    x: int = 0
    y: int = 0
    w: int = 0
    h: int = 0

    def at(self, x: int, y: int, w: int) -> "Box":
        """The same box there, as high as its words need at that width."""
        return replace(self, x=x, y=y, w=w, h=_height(self, w))


@dataclass(frozen=True)
class Way:
    """A line of the map."""

    source: str
    """The id of a box."""
    to: str
    kind: str
    """starts, figure, hands, by (a role does it)."""
    said: str
    path: str
    """As SVG draws it."""


@dataclass(frozen=True)
class Sheet:
    """A map that can be drawn as it is."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]


def in_words(name: str) -> str:
    """A name of a file or of an event as people say it.

    >>> in_words("order.payment_failed"), in_words("customer-experience")
    ('order payment failed', 'customer experience')
    """
    return name.replace(".", " ").replace("_", " ").replace("-", " ")


def _height(box: Box, w: int) -> int:
    if box.kind == "head":
        return HEAD - GAP
    free = w - 2 * GAP
    titles = len(textwrap.wrap(box.title, int(free / TITLE_LETTER)) or ([""] if box.title else []))
    texts = [*box.lines, *([box.hole] if box.hole else [])]
    lines = sum(len(textwrap.wrap(t, int(free / LETTER))) for t in texts)
    return titles * TITLE + lines * LINE + ROOM


# ---- the first level


def whole_sheet(found: Map, book: Playbook, width: int = BROAD) -> Sheet:
    """Every area with what starts its work and who does it; how often one hands to another."""
    rows = [_area_row(found, book, area) for area in found.areas]
    lost = _nobody(found)
    if width < BROAD:
        return _stacked([replace(row[0], lines=_area_lines(*row)) for row in rows] + lost, width)
    boxes, y = [*_heads(("What starts it", "Areas", "Who works in it"), (0, 330, 850), (290, 380, 326))], HEAD
    for box, starts, who in rows:
        parts = starts.at(0, y, 290), box.at(330, y, 380), who.at(850, y, 326)
        h = max(p.h for p in parts)
        boxes += [replace(p, h=h) for p in parts]
        y += h + GAP
    for one in lost:
        boxes.append(one.at(0, y, BROAD))
        y += boxes[-1].h + GAP
    return Sheet(BROAD, y, tuple(boxes), tuple(_between(found, boxes)))


def _area_row(found: Map, book: Playbook, area: Area) -> tuple[Box, Box, Box]:
    on = sum(1 for p in area.procedures if book.procedures[p].state == "on")
    sources = sorted({x.source for x in found.links if x.to in area.procedures and x.kind == "starts"})
    figures = sorted({x.source for x in found.links if x.to in area.procedures and x.kind == "figure"})
    starts = [in_words(s) for s in sources]
    starts += [f"a figure out of its range ({len(figures)})"] if figures else []
    holes = [h for h in found.holes if h.kind == "procedure" and h.name in area.procedures]
    named = _titled(area.name)
    counts = f"{_counted(len(area.procedures), 'procedure')}, {on} on"
    hands = ", ".join(f"{in_words(to)} ({n})" for a, to, n in found.between if a == area.name)
    hole = f"{_counted(len(holes), 'hole')}: " + ", ".join(_title(book, h.name) for h in holes) if holes else ""
    started, roles = ", ".join(starts) or "nothing but people", ", ".join(in_words(r) for r in area.roles) or "nobody"
    told = f"{named}: {counts}. Started by {started}. Worked by {roles}. {hole}".strip()
    lines = (counts, f"hands to {hands}") if hands else (counts,)
    return (
        Box(f"area:{area.name}", "area", named, lines, hole=hole, told=told),
        Box(f"starts:{area.name}", "words", "", (started,)),
        Box(f"who:{area.name}", "words", "", (roles,)),
    )


def _area_lines(box: Box, starts: Box, who: Box) -> tuple[str, ...]:
    return (*box.lines, f"started by {starts.lines[0]}", f"worked by {who.lines[0]}")


def _nobody(found: Map) -> list[Box]:
    """The holes that belong to no area: an event, a figure, a role."""
    words = {
        "event": "happens, and nobody handles it",
        "figure": "has a range, and no procedure",
        "role": "has no deputy",
    }
    return [
        Box(f"hole:{h.kind}:{h.name}", "words", "", hole=f"{in_words(h.name).capitalize()} {words[h.kind]}")
        for h in found.holes
        if h.kind in words
    ]


def _between(found: Map, boxes: list[Box]) -> Iterable[Way]:
    at = {b.id: b for b in boxes}
    pairs = [(f"area:{a}", f"area:{b}", f"{n} hand-offs" if n > 1 else "1 hand-off") for a, b, n in found.between]
    return _aside([(at[a], at[b], said) for a, b, said in pairs], 130)


# ---- one area unfolded


def area_sheet(found: Map, book: Playbook, name: str, width: int = BROAD) -> Sheet:
    """An area's procedures with what starts them on the left and who does them on the right, and the hand-offs.

    Raises KeyError for an area that there is not.
    """
    area = next((a for a in found.areas if a.name == name), None)
    if area is None:
        raise KeyError(name)
    middle = [_procedure_box(found, book, stem, full=width < BROAD) for stem in area.procedures]
    left, right, links = _sides(found, book, area)
    if width < BROAD:
        return _stacked(
            [
                *_headed("What starts it", left),
                *_headed("Procedures", middle),
                *_headed("Who does it, where it goes on", right),
            ],
            width,
        )
    placed, y = {}, HEAD
    for box in middle:
        placed[box.id] = box.at(390, y, 340)
        y += placed[box.id].h + GAP
    for boxes, x, w in ((left, 0, 240), (right, 936, 240)):
        placed |= _beside(boxes, links, placed, x, w)
    heads = _heads(("What starts it", "Procedures", "Who does it, where it goes on"), (0, 390, 936), (240, 340, 240))
    height = max(b.y + b.h for b in placed.values()) + GAP
    return Sheet(BROAD, height, (*heads, *placed.values()), tuple(_ways(links, placed)))


def _procedure_box(found: Map, book: Playbook, stem: str, *, full: bool) -> Box:
    p = book.procedures[stem]
    state = "on" if p.state == "on" else "outline, on paper" if p.size == "outline" else "on paper"
    when = f", {p.starts.schedule}" if p.starts and p.starts.schedule else ""
    hole = next((h for h in found.holes if h.kind == "procedure" and h.name == stem), None)
    starts = [in_words(x.source) for x in found.links if x.to == stem and x.kind != "hands"]
    starts += [_title(book, x.source) for x in found.links if x.to == stem and x.kind == "hands"]
    hands = [_title(book, x.to) for x in found.links if x.source == stem and x.kind == "hands"]
    parts = [f"started by {', '.join(dict.fromkeys(starts)) or 'hand'}", f"done by {', '.join(_roles(book, stem))}"]
    parts += [f"hands to {', '.join(dict.fromkeys(hands))}"] if hands else []
    missing = ""
    if hole:
        missing = "on paper, though it is a core one" if p.state == "paper" else "only a person starts it, by hand"
    told = f"{p.title}: {state}{when}; {'; '.join(parts)}." + (f" Hole: {missing}." if missing else "")
    lines = (f"{state}{when}", *(parts if full else ()))
    return Box(f"procedure:{stem}", "procedure", p.title, lines, hole=missing, told=told, quiet=p.state != "on")


def _roles(book: Playbook, stem: str) -> list[str]:
    p = book.procedures[stem]
    return [in_words(r) for r in sorted({s.role or p.performer for s in p.steps if s.is_human})] or ["nobody"]


def _sides(found: Map, book: Playbook, area: Area) -> tuple[list[Box], list[Box], list[tuple[str, str, Link]]]:
    """What stands left and right of an area's procedures, and every line: (box, box, link)."""
    own, home = set(area.procedures), {s: a.name for a in found.areas for s in a.procedures}
    left: dict[str, Box] = {}
    right: dict[str, Box] = {}
    links: list[tuple[str, str, Link]] = []
    for x in found.links:
        if x.to not in own and x.source not in own:
            continue
        source, to = _source_box(book, x, home), f"procedure:{x.to}"
        if x.source not in own or x.kind != "hands":
            left.setdefault(f"from-{source.id}", replace(source, id=f"from-{source.id}"))
            links.append((f"from-{source.id}", to, x))
        elif x.to not in own:
            other = _elsewhere(book, x.to, home)
            right.setdefault(f"to-{other.id}", replace(other, id=f"to-{other.id}"))
            links.append((f"procedure:{x.source}", f"to-{other.id}", x))
        else:
            links.append((f"procedure:{x.source}", to, x))
    roles = {r: _role_box(found, book, r) for r in area.roles}
    for stem in area.procedures:
        p = book.procedures[stem]
        for r in sorted({s.role or p.performer for s in p.steps if s.is_human}):
            links.append((f"procedure:{stem}", f"role:{r}", Link("by", stem, r)))
    return list(left.values()), [*roles.values(), *right.values()], links


def _source_box(book: Playbook, x: Link, home: dict[str, str]) -> Box:
    if x.kind == "hands":
        return _elsewhere(book, x.source, home)
    if x.kind == "figure":
        card = book.kpis[x.source].title if x.source in book.kpis else in_words(x.source)
        return Box(f"figure:{x.source}", "figure", card, ("out of its range",))
    return Box(f"event:{x.source}", "event", in_words(x.source).capitalize())


def _elsewhere(book: Playbook, stem: str, home: dict[str, str]) -> Box:
    where = f"in {_titled(home[stem])}" if stem in home else "no such procedure"
    return Box(f"elsewhere:{stem}", "elsewhere", _title(book, stem), (where,))


def _role_box(found: Map, book: Playbook, role: str) -> Box:
    title = book.roles[role].title if role in book.roles else in_words(role).capitalize()
    alone = any(h.kind == "role" and h.name == role for h in found.holes)
    return Box(f"role:{role}", "role", title, hole="no deputy" if alone else "")


def _ways(links: list[tuple[str, str, Link]], placed: dict[str, Box]) -> Iterable[Way]:
    ways = [
        Way(a, b, x.kind, x.said, _bend(placed[a], placed[b]))
        for a, b, x in links
        if placed[a].x != placed[b].x and b in placed
    ]
    inner = [(placed[a], placed[b], x.said) for a, b, x in links if placed[a].x == placed[b].x and a != b]
    return [*ways, *_aside(inner, 180)]


# ---- places


def _heads(titles: tuple[str, ...], xs: tuple[int, ...], ws: tuple[int, ...]) -> tuple[Box, ...]:
    return tuple(Box(f"head:{t}", "head", t).at(x, 0, w) for t, x, w in zip(titles, xs, ws, strict=True))


def _headed(title: str, boxes: list[Box]) -> list[Box]:
    return [Box(f"head:{title}", "head", title), *boxes] if boxes else []


def _stacked(boxes: list[Box], width: int) -> Sheet:
    """One under the other, without ways: the words tell them."""
    placed, y = [], 0
    for box in boxes:
        placed.append(box.at(0, y, width))
        y += placed[-1].h + GAP
    return Sheet(width, y, tuple(placed), ())


def _beside(
    boxes: list[Box], links: list[tuple[str, str, Link]], placed: dict[str, Box], x: int, w: int
) -> dict[str, Box]:
    """Each about as high as what it is tied to, in that order, none on another."""
    wanted = {b.id: _middle(b.id, links, placed) for b in boxes}
    found, y = {}, HEAD
    for box in sorted(boxes, key=lambda b: (wanted[b.id], b.id)):
        h = box.at(x, 0, w).h
        found[box.id] = box.at(x, max(y, int(wanted[box.id] - h / 2)), w)
        y = found[box.id].y + h + GAP
    return found


def _middle(box_id: str, links: list[tuple[str, str, Link]], placed: dict[str, Box]) -> float:
    ends = [
        placed[b if a == box_id else a] for a, b, _ in links if box_id in (a, b) and (b if a == box_id else a) in placed
    ]
    return sum(e.y + e.h / 2 for e in ends) / len(ends) if ends else HEAD


def _bend(a: Box, b: Box) -> str:
    x1, y1, x2, y2 = a.x + a.w, a.y + a.h // 2, b.x, b.y + b.h // 2
    turn = (x1 + x2) // 2
    return f"M{x1} {y1} C{turn} {y1} {turn} {y2} {x2} {y2}"


def _aside(pairs: list[tuple[Box, Box, str]], room: int) -> list[Way]:
    """Ways between boxes of one column, in lanes on its right: the shortest nearest, none along another."""
    taken: list[list[tuple[int, int]]] = []
    drawn = []
    for a, b, said in sorted(pairs, key=lambda p: abs(p[0].y - p[1].y)):
        low, high = sorted((a.y, b.y))
        lane = next(
            (n for n, t in enumerate(taken) if all(end <= low or high <= begin for begin, end in t)), len(taken)
        )
        taken[lane:lane] = [[]] if lane == len(taken) else []
        taken[lane].append((low, high))
        drawn.append((a, b, said, lane))
    step = min(14, room // max(1, len(taken)))
    return [Way(a.id, b.id, "hands", said, _lane(a, b, 14 + step * lane)) for a, b, said, lane in drawn]


def _lane(a: Box, b: Box, out: int) -> str:
    down = b.y > a.y
    leave, arrive = a.y + int(a.h * (0.7 if down else 0.3)), b.y + int(b.h * (0.3 if down else 0.7))
    edge = a.x + a.w
    return f"M{edge} {leave} H{edge + out} V{arrive} H{edge + 2}"


def _title(book: Playbook, stem: str) -> str:
    return book.procedures[stem].title if stem in book.procedures else in_words(stem)


def _titled(area: str) -> str:
    return in_words(area).capitalize()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
