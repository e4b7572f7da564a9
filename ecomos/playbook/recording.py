"""What a step writes down: the fields of a `Record`, each with its kind and options."""

import re
from typing import Any

from ecomos.errors import nearest
from ecomos.playbook.document import Findings, Word
from ecomos.playbook.records import Expression, RecordField
from ecomos.playbook.words import names_of, split_outside

__all__ = ["KINDS", "record_of"]

KINDS = ("text", "number", "money", "yes or no", "one of", "day", "file")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RECORD = re.compile(r"([^()]+?)\s*\((.*)\)", re.DOTALL)


def record_of(word: Word, found: Findings) -> tuple[RecordField, ...]:
    """The fields of a `Record`."""
    fields: dict[str, RecordField] = {}
    for part in split_outside(word.text, ","):
        one = _record_field(part, word.line, found)
        if one and one.name in fields:
            found.add(word.line, f"“{one.name}” is recorded twice in this step")
        elif one:
            fields[one.name] = one
    return tuple(fields.values())


def _record_field(text: str, line: int, found: Findings) -> RecordField | None:
    match = _RECORD.fullmatch(text.strip())
    if not match:
        name = re.sub(r"\W+", "_", text.strip().lower()).strip("_") or "why"
        found.add(line, f"“{text}”: say in brackets what kind it is, as in “{name} (text)”; kinds: {', '.join(KINDS)}")
        return None
    name = match[1].strip()
    if not _NAME.fullmatch(name):
        plain = re.sub(r"\W+", "_", name.lower()).strip("_")
        found.add(line, f"“{name}” can't be named in a condition; write “{plain}”")
        return None
    return _typed(name, match[2].strip(), line, found)


def _typed(name: str, text: str, line: int, found: Findings) -> RecordField | None:
    if text.startswith("one of:"):
        return _choice(name, text[7:], line, found)
    kind, *options = split_outside(text, ",")
    if kind not in KINDS or kind == "one of":
        hint = nearest(kind, KINDS) or f"; kinds: {', '.join(KINDS)}"
        found.add(line, f"“{name}”: no kind named “{kind}”{hint}")
        return None
    said: dict[str, Any] = {}
    for option in options:
        _option(option, name, kind, said, line, found)
    return RecordField(name, kind, line=line, **said)


def _choice(name: str, text: str, line: int, found: Findings) -> RecordField | None:
    choices = list(names_of(text))
    optional = "optional" in choices
    choices = [c for c in choices if c != "optional"]
    if len(choices) < 2 or len(set(choices)) < len(choices):
        found.add(line, f"“{name}”: “one of” takes two or more different choices, parted by commas")
        return None
    return RecordField(name, "one of", choices=tuple(choices), optional=optional, line=line)


def _option(option: str, name: str, kind: str, said: dict[str, Any], line: int, found: Findings) -> None:
    limit = re.fullmatch(r"at (least|most)\s+(.+)", option)
    if option == "optional":
        said["optional"] = True
    elif limit and kind in ("number", "money", "day"):
        said[f"at_{limit[1]}"] = Expression(limit[2], line)
    elif kind == "number" and re.fullmatch(r"[A-Za-z%°/²³ ]{1,20}", option) and "unit" not in said:
        said["unit"] = option
    else:
        known = "optional, at least …, at most …" if kind in ("number", "money", "day") else "optional"
        found.add(line, f"“{name}”: “{option}” is not understood after “{kind}” (known: {known})")
