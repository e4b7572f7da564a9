"""A message's text with a case's values: sandboxed, nothing undefined, plain text. What customers typed is data, never
template and never HTML."""

import html
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ecomos.errors import Refused
from ecomos.playbook.records import Message

__all__ = ["CannotWrite", "as_html", "render"]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
UNITS = {"de": {"days": ("Tag", "Tage"), "hours": ("Stunde", "Stunden"), "minutes": ("Minute", "Minuten")}}
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


class CannotWrite(Refused):
    """The message can't be written for this case: a value is missing, or would break out of its place."""


def render(message: Message, values: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body as plain text. Facts may be mappings or records; days are written as the language does.

    Raises CannotWrite for an unknown name, a value that is null, or a subject of more than one line.
    """
    subject = _filled(message, message.subject, values).strip()
    if not subject or len(subject.splitlines()) > 1 or re.search(r"[\x00-\x1f\x7f]", subject):
        raise CannotWrite(f"The subject of {message.source} must be one line of text; it would be {subject!r}.")
    return subject, _filled(message, message.body, values).strip() + "\n"


def _filled(message: Message, text: str, values: Mapping[str, Any]) -> str:
    try:
        return _template(message.language, text).render(dict(values))
    except TemplateError as error:
        raise CannotWrite(f"{message.source} can't be written: {error}.") from error


@lru_cache(maxsize=256)
def _template(language: str, text: str) -> Template:
    """A text compiled once: it costs twenty times what filling it in does."""
    return _environment(language).from_string(text)


@lru_cache(maxsize=16)
def _environment(language: str) -> ImmutableSandboxedEnvironment:
    def shown(value: Any) -> Any:
        if value is None:
            raise TemplateError("a value that it shows is not known; show it only “{% if … %}”")
        return _shown(value, language)

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=shown)


def _shown(value: Any, language: str) -> Any:
    if isinstance(value, datetime | date):
        return f"{value:%d.%m.%Y}" if language == "de" else f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, timedelta):
        return _span(value, language)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",") if language == "de" else f"{value:f}"
    return value


def _span(value: timedelta, language: str) -> str:
    minutes = int(value.total_seconds() // 60)
    size, unit = next((s, u) for s, u in ((1440, "days"), (60, "hours"), (1, "minutes")) if minutes % s == 0)
    amount = minutes // size
    one, many = UNITS.get(language, {}).get(unit, (unit.removesuffix("s"), unit))
    return f"{amount} {one if amount == 1 else many}"


def as_html(body: str) -> str:
    """The body as an HTML part: escaped, a blank line parts paragraphs, web addresses are links."""
    paragraphs = [p for p in re.split(r"\n\s*\n", body.strip()) if p.strip()]
    return "\n".join(f"<p>{'<br>'.join(_linked(line) for line in p.splitlines())}</p>" for p in paragraphs)


def _linked(line: str) -> str:
    parts, at = [], 0
    for match in _LINK.finditer(line):
        address = html.escape(match[0])
        parts += [html.escape(line[at : match.start()]), f'<a href="{address}">{address}</a>']
        at = match.end()
    return "".join([*parts, html.escape(line[at:])])
