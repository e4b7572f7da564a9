"""The playbook's Markdown as HTML that is safe to show: no raw HTML passes, links lead to pages or to http."""

import itertools
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import traitlets

from ecomos.pages.parts.part import Part

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

__all__ = ["Prose", "SafeHtml", "prose"]


class SafeHtml(str):
    """HTML made by `prose`; parts show no other."""

    __slots__ = ()


def prose(markdown: str, kind: str = "procedures") -> SafeHtml:
    """Markdown as HTML. A link to another file of the playbook leads to its page, one to a heading to that heading;
    `[ ]` lines are boxes; pictures are left out.

    >>> print(prose("<b>[Parcel late](parcel-late.md)"), end="")
    <p>&lt;b&gt;<a href="?page=playbook&amp;kind=procedures&amp;name=parcel-late">Parcel late</a></p>
    """
    return SafeHtml(_renderer().render(markdown, {"kind": kind}))


@cache
def _renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.add_render_rule("link_open", _link)
    made.core.ruler.push("headings_and_boxes", _headings_and_boxes)
    return made


def _headings_and_boxes(state: Any) -> None:
    from ecomos.playbook.document import slug_of

    item = None
    for before, token in itertools.pairwise(state.tokens):
        if before.type == "list_item_open":
            item = before
        if token.type == "inline" and before.type == "heading_open":
            before.attrSet("id", slug_of(token.content))
        elif token.type == "inline" and item is not None and token.content.startswith("[ ] ") and token.children:
            token.children[0].content = token.children[0].content.removeprefix("[ ] ")
            item.attrSet("class", "eco-tick")
        if token.type == "inline":
            item = None


def _link(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    address = str(token.attrGet("href") or "")
    path, _, _ = address.partition("#")
    if path.endswith(".md") and "://" not in path:
        parts = path.removesuffix(".md").split("/")
        kind = parts[-2] if len(parts) > 1 and parts[-2] not in ("..", ".") else env.get("kind", "procedures")
        token.attrSet("href", f"?page=playbook&kind={quote(kind)}&name={quote(parts[-1])}")
    elif address.startswith(("http://", "https://", "mailto:")):
        token.attrSet("rel", "noopener noreferrer")
        token.attrSet("target", "_blank")
    elif not address.startswith(("#", "?page=")):
        token.attrSet("href", "#")
    return str(self.renderToken(tokens, at, options, env))


class Prose(Part):
    """A card of running text. `title` text · `html` from `prose()`; any other string is shown as it stands, escaped."""

    _esm = Path(__file__).with_name("prose.js")
    title = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("html")
    def _only_ours(self, proposal: Any) -> str:
        from html import escape

        value = proposal["value"]
        return value if isinstance(value, SafeHtml) else escape(str(value))
