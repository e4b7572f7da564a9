"""Finding a procedure by the words that staff use: titles, steps, what checks prevent and the text, weighed by how rare
a word is (BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, with field weights), word endings
and slips of the finger forgiven."""

import difflib
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ecomos.playbook.records import Playbook, Procedure

__all__ = ["Hit", "Index", "search"]

_WORD = re.compile(r"[a-zäöüß0-9]+")
STOP = frozenset(
    "a an the of to in on at for and or is it i we you he she they do does did not no with by from as be was were are"
    " this that there their our my your has have had will would can what who how when where which more than then so us"
    " me out up off if but nothing".split()
)
WEIGHTS = {"called": 5.0, "title": 4.0, "step": 2.0, "purpose": 2.0, "prevents": 1.5, "text": 1.0}
SATURATION, LENGTH = 1.2, 0.5
"""BM25's k1 and b."""
CLOSE = 0.78
"""How alike a word must be to one that is known, where it is not known itself (difflib's ratio)."""
SLIP = 0.7
"""What a word found by its likeness counts."""


@dataclass(frozen=True)
class Hit:
    """One procedure that fits."""

    stem: str
    title: str
    score: float
    where: str
    """The step whose text fits best; empty where the title does."""


def stem_of(word: str) -> str:
    """A word without its ending: `parcels`, `picked`, `picking` as `parcel`, `pick`, `pick`.

    >>> [stem_of(w) for w in ("parcels", "picked", "picking", "refunded", "address", "supplies")]
    ['parcel', 'pick', 'pick', 'refund', 'address', 'supply']
    """
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us")):
            word = word[: -len(ending)] + instead
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def words_of(text: str) -> list[str]:
    """The words that a text is found by."""
    return [stem_of(w) for w in _WORD.findall(text.lower()) if w not in STOP]


def _fields(procedure: Procedure) -> Iterator[tuple[str, str]]:
    yield "called", procedure.called
    yield "title", procedure.title
    yield "purpose", procedure.purpose
    for step in procedure.steps:
        yield "step", step.title
        yield "text", step.prose
        for check in step.checks:
            yield "prevents", check.prevents
            yield "text", check.text


class Index:
    """A playbook made ready to be searched."""

    def __init__(self, book: Playbook) -> None:
        self.procedures = dict(book.procedures)
        self.weights: dict[str, dict[str, float]] = {}
        for stem, procedure in self.procedures.items():
            weighed: dict[str, float] = {}
            for name, text in _fields(procedure):
                for word in words_of(text):
                    weighed[word] = weighed.get(word, 0.0) + WEIGHTS[name]
            self.weights[stem] = weighed
        self.lengths = {stem: sum(w.values()) for stem, w in self.weights.items()}
        self.usual = sum(self.lengths.values()) / len(self.lengths) if self.lengths else 1.0
        self.spread = Counter(word for w in self.weights.values() for word in w)

    def search(self, text: str, most: int = 10) -> list[Hit]:
        """The procedures that fit best, at most `most`; none where no word is known or nearly known."""
        asked = self._known(words_of(text))
        scored = [(self._score(stem, asked), stem) for stem in self.procedures]
        best = sorted((s for s in scored if s[0] > 0), key=lambda s: (-s[0], s[1]))[:most]
        return [Hit(stem, self.procedures[stem].title, score, self._where(stem, asked)) for score, stem in best]

    def _known(self, words: list[str]) -> Mapping[str, float]:
        """The words asked for as this playbook writes them, with what each counts."""
        found: dict[str, float] = {}
        for word in words:
            if word in self.spread:
                found[word] = 1.0
                continue
            for near in difflib.get_close_matches(word, self.spread, n=2, cutoff=CLOSE):
                found[near] = max(found.get(near, 0.0), SLIP)
            for longer in (w for w in self.spread if len(word) >= 4 and w.startswith(word)):
                found[longer] = max(found.get(longer, 0.0), SLIP)
        return found

    def _score(self, stem: str, asked: Mapping[str, float]) -> float:
        weighed, length = self.weights[stem], self.lengths[stem] / self.usual
        total = 0.0
        for word, counts in asked.items():
            there = weighed.get(word)
            if there:
                rare = math.log(1 + (len(self.weights) - self.spread[word] + 0.5) / (self.spread[word] + 0.5))
                total += (
                    counts * rare * there * (SATURATION + 1) / (there + SATURATION * (1 - LENGTH + LENGTH * length))
                )
        return total

    def _where(self, stem: str, asked: Mapping[str, float]) -> str:
        procedure = self.procedures[stem]
        if set(words_of(procedure.title)) & set(asked):
            return ""
        best = max(
            procedure.steps,
            key=lambda s: sum(1 for w in words_of(f"{s.title} {s.prose}") if w in asked),
            default=None,
        )
        return best.title if best else ""


def search(book: Playbook, text: str, most: int = 10) -> list[Hit]:
    """The procedures of a playbook that fit these words best."""
    return Index(book).search(text, most)
