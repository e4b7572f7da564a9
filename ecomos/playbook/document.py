"""A Markdown file in parts: front matter, title, sections with their words, checklist lines, tables and fences, each
with its line. Knows the shape of a playbook file, not what any word means."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ecomos.errors import Problem, nearest
from ecomos.playbook.frontmatter import Entry, read_front_matter, split_front_matter
from ecomos.playbook.records import Link

__all__ = ["Document", "Fence", "Findings", "Row", "Section", "Table", "Word", "read_document", "slug_of"]

_WORD = re.compile(r"\*\*([^*\n]{1,40}?)\s*(?::\s*\*\*|\*\*\s*:)[ \t]*")
_LIMIT = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_TICK = re.compile(r"\[[ xX]?\](?:\s+|$)")


class Findings:
    """The problems of one file, collected."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def add(self, line: int, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.source, line, message))


@dataclass(frozen=True)
class Word:
    """A list item that begins with a known bold word: `- **Role:** picker`."""

    name: str
    text: str
    line: int


@dataclass(frozen=True)
class Row:
    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int

    @property
    def decides(self) -> bool:
        """Whether it is a decision table; other tables are prose."""
        return [cell.lower() for cell in self.head] == ["if", "then"]


@dataclass(frozen=True)
class Fence:
    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Section:
    """What stands under one heading, up to the next of the same level or above."""

    title: str
    slug: str
    line: int
    prose: str
    """The Markdown that is neither a word, a checklist line, a decision table nor a fence."""
    words: tuple[Word, ...] = ()
    ticks: tuple[Word, ...] = ()
    """Checklist lines; the name is empty."""
    tables: tuple[Table, ...] = ()
    fences: tuple[Fence, ...] = ()
    items: tuple[Word, ...] = ()
    """Other list items; the name is empty."""


@dataclass(frozen=True)
class Document:
    front: Mapping[str, Entry]
    title: str
    title_line: int
    intro: Section
    """What stands between the H1 and the first H2."""
    sections: tuple[Section, ...]
    links: tuple[Link, ...] = ()
    limits: tuple[Link, ...] = ()
    """Every `{{ … }}`."""
    body: str = ""
    """Everything below the H1, as written."""
    body_line: int = 0


def slug_of(title: str) -> str:
    """The anchor that Markdown viewers give to a heading.

    >>> slug_of("Close, not sent back")
    'close-not-sent-back'
    """
    kept = re.sub(r"[^\w\- ]", "", title.strip().lower())
    return kept.replace(" ", "-")


def read_document(text: str, words: Iterable[str], found: Findings) -> Document:
    """Take a file apart. `words` are the bold words known in this kind of file."""
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    front_text, body, offset = split_front_matter(text)
    front, problems = read_front_matter(front_text, found.source)
    found.problems.extend(problems)
    if not offset:
        found.add(1, "the file begins with a front matter between two lines of three dashes")
    reading = _Reading(body.split("\n"), offset, tuple(words), found)
    return reading.document(front)


def markdown() -> MarkdownIt:
    """The Markdown that playbook files are written in: no HTML, tables on."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(["emphasis", "entity", "autolink"])


@dataclass
class _Reading:
    lines: list[str]
    offset: int
    words: tuple[str, ...]
    found: Findings
    tokens: list[Token] = field(default_factory=list)

    def document(self, front: Mapping[str, Entry]) -> Document:
        self.tokens = markdown().parse("\n".join(self.lines))
        heads = [at for at, t in enumerate(self.tokens) if t.type == "heading_open" and not t.level and t.tag in "h1h2"]
        firsts = [at for at in heads if self.tokens[at].tag == "h1"]
        if not firsts:
            self.found.add(self.offset + 1, "there is no title: one line that begins with “# ”")
            return Document(front, "", self.offset + 1, Section("", "", 0, ""), ())
        for at in firsts[1:]:
            self.found.add(self._line(at), "a second title; a step or a part begins with “## ”")
        ends = [*heads[1:], len(self.tokens)]
        parts = [self._section(at, end) for at, end in zip(heads, ends, strict=True)]
        below = self._map(firsts[0])[1]
        return Document(
            front,
            parts[0].title,
            parts[0].line,
            parts[0],
            tuple(parts[1:]),
            tuple(self._links()),
            tuple(self._limits()),
            "\n".join(self.lines[below:]),
            self.offset + below + 1,
        )

    def _map(self, at: int) -> tuple[int, int]:
        start, end = self.tokens[at].map or (0, 0)
        return start, end

    def _line(self, at: int) -> int:
        return self._map(at)[0] + self.offset + 1

    def _section(self, start: int, end: int) -> Section:
        title, line = self.tokens[start + 1].content.strip(), self._line(start)
        first = self._map(start)[1]
        last = self._map(end)[0] if end < len(self.tokens) else len(self.lines)
        parts = _Parts()
        at = start + 3
        while at < end:
            at = self._block(at, parts)
        kept = [x for n, x in enumerate(self.lines[first:last], first) if n not in parts.taken]
        prose = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
        return Section(title, slug_of(title), line, prose, *map(tuple, parts.lists()))  # type: ignore[arg-type]

    def _block(self, at: int, parts: "_Parts") -> int:
        token = self.tokens[at]
        if token.type == "bullet_list_open" and not token.level:
            return self._list(at, parts)
        if token.type == "table_open":
            return self._table(at, parts)
        if token.type == "fence":
            parts.fences.append(Fence(token.info.strip(), token.content, self._line(at)))
            parts.taken.update(range(*self._map(at)))
        if token.type == "inline":
            self._stray(token, at, first=True)
        return at + 1

    def _close(self, at: int) -> int:
        level, kind = self.tokens[at].level, self.tokens[at].type.replace("_open", "_close")
        return next(
            n for n in range(at, len(self.tokens)) if self.tokens[n].type == kind and self.tokens[n].level == level
        )

    def _list(self, at: int, parts: "_Parts") -> int:
        end = self._close(at)
        for n in range(at, end):
            if self.tokens[n].type == "list_item_open" and self.tokens[n].level == 1:
                self._item(n, parts)
        return end + 1

    def _item(self, at: int, parts: "_Parts") -> None:
        inline = self.tokens[at + 2] if self.tokens[at + 1].type == "paragraph_open" else None
        if inline is None:
            return
        line, text = self._line(at), " ".join(inline.content.split("\n"))
        self._stray(inline, at, first=False)
        word, tick = _WORD.match(text), _TICK.match(text)
        if word and self._known(word[1], line):
            parts.words.append(Word(word[1].strip(), text[word.end() :].strip(), line))
        elif tick:
            parts.ticks.append(Word("", text[tick.end() :].strip(), line))
        else:
            parts.items.append(Word("", text, line))
            return
        parts.taken.update(range(*self._map(at)))
        if self._close(at) != at + 4:
            self.found.add(line, "nothing can stand below this line in the list; put it in the text above")

    def _known(self, name: str, line: int) -> bool:
        if name in self.words:
            return True
        exact = next((w for w in self.words if w.lower() == name.lower()), None)
        near = nearest(name.lower(), [w.lower() for w in self.words])
        meant = exact or next((w for w in self.words if f"“{w.lower()}”" in near), None)
        if meant:
            self.found.add(line, f"no word named “{name}” (did you mean “{meant}”?)")
        return False

    def _stray(self, inline: Token, at: int, first: bool) -> None:
        for n, text in enumerate(inline.content.split("\n")):
            word = _WORD.match(text.strip())
            if word and word[1] in self.words and (first or n):
                line = (inline.map or [0])[0] + n + self.offset + 1
                self.found.add(line, f"“{word[1]}” stands outside a list; begin the line with “- **{word[1]}:** ”")

    def _table(self, at: int, parts: "_Parts") -> int:
        end = self._close(at)
        rows: list[Row] = []
        for n in range(at, end):
            if self.tokens[n].type == "tr_open":
                close = self._close(n)
                cells = tuple(t.content.strip() for t in self.tokens[n:close] if t.type == "inline")
                rows.append(Row(cells, self._line(n)))
        parts.tables.append(Table(rows[0].cells, tuple(rows[1:]), self._line(at)))
        if parts.tables[-1].decides:
            parts.taken.update(range(*self._map(at)))
        return end + 1

    def _links(self) -> Iterable[Link]:
        for token in self.tokens:
            if token.type == "inline":
                yield from _inline_links(token, self.offset)

    def _limits(self) -> Iterable[Link]:
        for at, line in enumerate(self.lines):
            for name in _LIMIT.findall(line):
                yield Link(name, name, self.offset + at + 1)


def _inline_links(inline: Token, offset: int) -> Iterable[Link]:
    line = (inline.map or [0])[0] + offset + 1
    children: Sequence[Token] = inline.children or ()
    for n, child in enumerate(children):
        line += child.type in ("softbreak", "hardbreak")
        if child.type == "link_open":
            end = next(at for at in range(n, len(children)) if children[at].type == "link_close")
            text = "".join(t.content for t in children[n:end])
            yield Link(text, str(child.attrGet("href") or ""), line)


@dataclass
class _Parts:
    words: list[Word] = field(default_factory=list)
    ticks: list[Word] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    items: list[Word] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def lists(self) -> tuple[list[Word], list[Word], list[Table], list[Fence], list[Word]]:
        return self.words, self.ticks, self.tables, self.fences, self.items
