"""What a cell of a report shows: sentences with an optional table, or a chart. Each gives itself as text and as HTML
with its styles inline, so that the same output stands on a page and survives a mail client. Text is escaped here."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

__all__ = ["Drawn", "Told"]

CELL = "padding:4px 12px 4px 0;border-bottom:1px solid #dde3e8;text-align:left;vertical-align:top"
TABLE = "border-collapse:collapse;margin:8px 0;font-size:14px;line-height:20px"


@dataclass(frozen=True)
class Told:
    """Sentences, and a small table below them."""

    sentences: tuple[str, ...]
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: frozenset[int] = frozenset()
    """Which columns hold numbers and are set to the right."""

    @property
    def text(self) -> str:
        """As plain text: a sentence a line, a row a line."""
        return "\n".join([*self.sentences, *("  " + ", ".join(c for c in row if c) for row in self.rows)])

    @property
    def html(self) -> str:
        """As HTML with inline styles."""
        said = "".join(f'<p style="margin:0 0 8px">{escape(s)}</p>' for s in self.sentences)
        return said + (self._table() if self.rows else "")

    def _table(self) -> str:
        head = "".join(f'<th style="{self._style(n)};color:#51626d">{escape(h)}</th>' for n, h in enumerate(self.heads))
        return f'<table style="{TABLE}"><tr>{head}</tr>{"".join(map(self._row, self.rows))}</table>'

    def _row(self, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f'<td style="{self._style(n)}">{escape(c)}</td>' for n, c in enumerate(cells)) + "</tr>"

    def _style(self, column: int) -> str:
        return CELL.replace("text-align:left", "text-align:right") if column in self.numbers else CELL

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}


@dataclass(frozen=True)
class Drawn:
    """A chart: SVG for the screen, PNG for mail, and what it shows in words."""

    words: str
    svg: str
    png: bytes

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        png = base64.b64encode(self.png).decode()
        return {"image/svg+xml": self.svg, "image/png": png, "text/plain": self.words}
