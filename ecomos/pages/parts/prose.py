"""The playbook's Markdown as HTML that is safe to show: no raw HTML passes, links lead to pages or to http."""

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
    """Markdown as HTML. A link to another file of the playbook leads to its page; pictures are left out.

    >>> print(prose("<b>[Parcel late](parcel-late.md)"), end="")
    <p>&lt;b&gt;<a href="?page=playbook&amp;kind=procedures&amp;name=parcel-late">Parcel late</a></p>
    """
    return SafeHtml(_renderer().render(markdown, {"kind": kind}))


@cache
def _renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.add_render_rule("link_open", _link)
    return made


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
    elif not address.startswith("#"):
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
