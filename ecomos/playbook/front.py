"""The keys of a front matter, read one by one: known or near, present or missing, of the right shape."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from ecomos.errors import nearest
from ecomos.playbook.document import Document, Findings
from ecomos.playbook.records import Span
from ecomos.playbook.words import STEM, names_of, span_of

__all__ = ["Front"]


class Front:
    """The front matter of one file, asked key by key; what is wrong goes to `found`."""

    def __init__(self, document: Document, known: Iterable[str], found: Findings) -> None:
        self._entries, self._found = document.front, found
        for key, entry in self._entries.items():
            if key not in known:
                found.add(entry.line, f"no front matter named “{key}”{nearest(key, known) or self._list(known)}")

    @staticmethod
    def _list(known: Iterable[str]) -> str:
        return f"; known: {', '.join(known)}"

    @property
    def lines(self) -> dict[str, int]:
        """Each key's line."""
        return {key: entry.line for key, entry in self._entries.items()}

    def line(self, key: str) -> int:
        """The key's line, or the first."""
        return self._entries[key].line if key in self._entries else 1

    def text(self, key: str, default: str = "") -> str:
        """A text; a mapping is a problem."""
        entry = self._entries.get(key)
        if entry is None:
            return default
        if entry.mapping:
            self._found.add(entry.line, f"“{key}” takes one value, on its line")
        return entry.text.strip()

    def needed(self, key: str, why: str) -> str:
        """A text that must be there."""
        if key not in self._entries:
            self._found.add(1, f"“{key}” is missing: {why}")
        return self.text(key)

    def mapping(self, key: str) -> Mapping[str, tuple[str, int]]:
        """A mapping of texts, each with its line."""
        entry = self._entries.get(key)
        if entry is not None and not entry.mapping:
            self._found.add(entry.line, f"“{key}” takes “name: value” lines below it, each indented")
        return {k: (e.text.strip(), e.line) for k, e in entry.mapping.items()} if entry else {}

    def stem(self, key: str) -> str | None:
        """The name of another file."""
        text = self.text(key)
        if text and not STEM.fullmatch(text):
            self._found.add(
                self.line(key), f"“{key}”: “{text}” is no name of a file: small letters, digits and hyphens"
            )
            return None
        return text or None

    def stems(self, key: str) -> tuple[str, ...]:
        """Names of other files, parted by commas."""
        stems = names_of(self.text(key))
        for bad in [s for s in stems if not STEM.fullmatch(s)]:
            self._found.add(self.line(key), f"“{key}”: “{bad}” is no name of a file: small letters, digits and hyphens")
        return stems

    def span(self, key: str) -> Span | None:
        """A length of time."""
        return span_of(self.text(key), self.line(key), self._found) if self.text(key) else None

    def one_of(self, key: str, choices: Iterable[str], default: str) -> str:
        """One of a few words."""
        text, choices = self.text(key, default), list(choices)
        if text not in choices:
            said = f"“{key}” is one of {', '.join(choices)}, not “{text}”{nearest(text, choices)}"
            self._found.add(self.line(key), said)
            return default
        return text

    def number(self, key: str) -> Decimal | None:
        """A number; its unit stands elsewhere."""
        text = self.text(key)
        return self._decimal(text, key) if text else None

    def _decimal(self, text: str, key: str) -> Decimal | None:
        try:
            return Decimal(text)
        except InvalidOperation:
            self._found.add(self.line(key), f"“{key}”: “{text}” is no number")
            return None

    def range(self, key: str) -> tuple[Decimal | None, Decimal | None] | None:
        """`95 to 100`, `at least 95` or `at most 3`."""
        text = self.text(key)
        if not text:
            return None
        number = r"(-?\d+(?:\.\d+)?)"
        both = re.fullmatch(rf"{number} to {number}", text)
        low, high = re.fullmatch(rf"at least {number}", text), re.fullmatch(rf"at most {number}", text)
        if both and Decimal(both[1]) <= Decimal(both[2]):
            return Decimal(both[1]), Decimal(both[2])
        if low or high:
            return (Decimal(low[1]) if low else None, Decimal(high[1]) if high else None)
        self._found.add(self.line(key), f"“{key}”: “{text}” is no range, as in “95 to 100”, “at least 95”, “at most 3”")
        return None
