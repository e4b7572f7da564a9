"""The front matter of a playbook file: plain text, one value a line, YAML's errors in plain words. Knows no keys."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from ecomos.errors import Problem

__all__ = ["Entry", "read_front_matter", "split_front_matter"]

FENCE = "---"
LONGEST_PLAIN = 10_000
"""Characters of a front matter that libyaml is given."""
_NESTED = re.compile(r"(?m)^ {9}|[\[{][^\]}]*[\[{]|^\t")

_WORDS = (
    ("mapping values are not allowed", "a second “: ” stands in this line; put the whole value in quotes"),
    ("could not find expected ':'", "this line has no “name: value”"),
    ("'\\t'", "a tab stands here; use spaces"),
    ("found unexpected end of stream", "a quote is opened and never closed"),
    ("expected <block end>", "this line is indented differently from the lines above, or text follows a closing quote"),
    ("undefined alias", "a value can't begin with “*”; put it in quotes"),
    ("expected alphabetic or numeric", "a value can't begin with “*” or “&”; put it in quotes"),
    ("cannot start any token", "a value can't begin with this character; put it in quotes"),
    ("unknown escape character", "a backslash stands between double quotes; use single quotes"),
    ("found duplicate anchor", "a value can't begin with “&”; put it in quotes"),
)


@dataclass(frozen=True)
class Entry:
    """One key's value: text, or a mapping of texts, each with its line in the file."""

    value: str | Mapping[str, "Entry"]
    line: int

    @property
    def text(self) -> str:
        """The value as text; empty for a mapping."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def mapping(self) -> Mapping[str, "Entry"]:
        """The value as a mapping; empty for a text."""
        return {} if isinstance(self.value, str) else self.value


def split_front_matter(text: str) -> tuple[str, str, int]:
    """Front matter, the rest, and how many lines stand before the rest."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return "", text, 0
    for at, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:at]), "\n".join(lines[at + 1 :]), at + 1
    return "\n".join(lines[1:]), "", len(lines)


def _composed(text: str) -> yaml.Node | None:
    """By libyaml, five times as fast, where it is there and the text is as plain as front matter is. What it refuses,
    and what nests, is read by the Python loader, whose words for what is wrong we know."""
    fast = getattr(yaml, "CBaseLoader", None)
    if fast is not None and len(text) < LONGEST_PLAIN and not _NESTED.search(text):
        with contextlib.suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=fast)
    return yaml.compose(text, Loader=yaml.BaseLoader)


def read_front_matter(text: str, source: str) -> tuple[dict[str, Entry], list[Problem]]:
    """The entries of a front matter (without its fences, which took one line above it)."""
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        return {}, [Problem(source, _line_of(error), f"front matter: {_reworded(error)}")]
    except RecursionError:
        return {}, [Problem(source, 2, "front matter: brackets or indentation nested without end")]
    except yaml.YAMLError as error:
        return {}, [
            Problem(source, 2, f"front matter: a character that can't stand in a text ({error})".split("\n")[0])
        ]
    if node is None:
        return {}, []
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return {}, [Problem(source, 2, "front matter: each line is “name: value”")]
    problems: list[Problem] = []
    return _entries(node, source, problems, nested=False), problems


def _line_of(error: yaml.MarkedYAMLError) -> int:
    begun = (
        error.context_mark if "expected ':'" in str(error.problem) or "end of stream" in str(error.problem) else None
    )
    mark = begun or error.problem_mark or error.context_mark
    return mark.line + 2 if mark else 2


def _reworded(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.problem}"
    return next((plain for theirs, plain in _WORDS if theirs in said), f"can't be read here ({said})")


def _entries(node: yaml.MappingNode, source: str, problems: list[Problem], nested: bool) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for key, value in node.value:
        line = key.start_mark.line + 2
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if not name:
            problems.append(
                Problem(source, line, "front matter: a name is a single word or a few, as in “review every”")
            )
        elif name in found:
            problems.append(Problem(source, line, f"“{name}” stands twice (first in line {found[name].line})"))
        else:
            entry = _entry(name, value, line, source, problems, nested)
            if entry is not None:
                found[name] = entry
    return found


def _entry(name: str, node: yaml.Node, line: int, source: str, problems: list[Problem], nested: bool) -> Entry | None:
    if isinstance(node, yaml.MappingNode) and not node.flow_style and not nested:
        return Entry(_entries(node, source, problems, nested=True), line)
    if isinstance(node, yaml.ScalarNode):
        if node.start_mark.line != node.end_mark.line and node.value:
            problems.append(Problem(source, line, f"“{name}”: one value a line, all of it on this line"))
            return None
        if not node.value:
            hint = ' (a # begins a comment; write it in quotes, as in "#put-back")'
            problems.append(Problem(source, line, f"nothing stands after “{name}:”{hint}"))
            return None
        return Entry(node.value, line)
    problems.append(Problem(source, line, f"“{name}”: {_not_text(node)}"))
    return None


def _not_text(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list is written in one line with commas, without brackets or dashes"
    return "curly brackets are not used here; put the value in quotes, or one “name: value” a line below"
