"""The prose of a playbook file for reading: limits live in the text, Markdown into safe HTML."""

import re

from markdown_it import MarkdownIt

from ecomos.playbook.document import markdown
from ecomos.playbook.limits import limit_named, limit_text
from ecomos.playbook.records import Playbook

__all__ = ["render_prose", "to_html"]

_LIMIT = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_ALLOWED = re.compile(r"^(?:https?://|mailto:)", re.IGNORECASE)


def render_prose(text: str, playbook: Playbook, currency: str) -> str:
    """Markdown with each `{{ policy.x.y }}` replaced by its value in force; an unknown one stays as it is."""

    def shown(match: re.Match[str]) -> str:
        limit = limit_named(playbook, match[1])
        return _escaped(limit_text(limit, currency)) if limit else match[0]

    return _LIMIT.sub(shown, text)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)


def to_html(text: str) -> str:
    """Safe HTML: no raw HTML, no images from outside, links only relative, `#`, http(s) and mailto."""
    return str(_reader().render(text))


def _reader() -> MarkdownIt:
    reader = markdown()
    reader.validateLink = _is_safe  # type: ignore[method-assign]
    reader.disable("image")
    return reader


def _is_safe(url: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", url)
    if plain.startswith("//"):
        return False
    return not _SCHEME.match(plain) or bool(_ALLOWED.match(plain))
