"""How good a procedure is, as far as a script can tell: the marks a, b, c, d, e, g, h and j, 0 to 2 each, every point
lost with its line. What it can't tell (f, i, and the rest of e, h and j) is a reader's."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ecomos.errors import Problem
from ecomos.playbook.catalogue import Catalogue
from ecomos.playbook.limits import limit_named
from ecomos.playbook.records import Expression, Message, Playbook, Procedure, Step
from ecomos.playbook.ways import ways_out

__all__ = ["MARKS", "Score", "quality"]

MARKS: Mapping[str, str] = {
    "a": "one act a step, begun with a verb; at most 12 steps, 7 checks, 120 words",
    "b": "no empty words; each quantity is a policy's value",
    "c": "decisions test facts and answers, nothing that may be missing",
    "d": "waits and deadlines have their fallback; no way leaves a customer without a word",
    "e": "each limit says why, on what basis and when to move it",
    "g": "each hand-over records what the next reads; nothing is asked twice",
    "h": "messages carry the number and at most 120 words",
    "j": "not filler: no run of 12 words in more than three procedures",
}
MOST_STEPS, MOST_CHECKS, MOST_WORDS, SHINGLE, SHARED_BY = 12, 7, 120, 12, 3
EMPTY = (
    "as appropriate",
    "if necessary",
    "where necessary",
    "regularly",
    "promptly",
    "ensure",
    "make sure",
    "contact the relevant",
    "as needed",
    "as soon as possible",
    "in a timely manner",
    "appropriate",
)
NO_VERBS = frozenset(
    "the a an this that these all each every any no our your its their orders customer payment parcel stock"
    " supplier invoice ticket price after before when if in on at for with of then now new".split()
)
_QUANTITY = re.compile(r"\b\d+(?:[.,]\d+)?\s*(?:%|per cent|EUR|€|minutes?|hours?|days?|weeks?|months?|working)\b", re.I)
_WORD = re.compile(r"[\w’'-]+")
_PEOPLE = ("order", "ticket", "customer")
_SPOKEN = ("call", "tell", "ask", "explain", "say", "answer", "offer", "propose")


@dataclass(frozen=True)
class Score:
    """A procedure's marks by the script."""

    procedure: Procedure
    marks: Mapping[str, int]
    """Letter -> 0 to 2."""
    lost: tuple[tuple[str, Problem], ...]
    """(letter, what and where)."""

    @property
    def total(self) -> int:
        """Of 16."""
        return sum(self.marks.values())


@dataclass
class _Reading:
    book: Playbook
    catalogue: Catalogue
    procedure: Procedure
    lost: list[tuple[str, Problem]] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MARKS, 2))

    def lose(self, mark: str, line: int, message: str, *, whole: bool = False) -> None:
        """A point of this mark is lost; with `whole`, or at the third time, both are."""
        self.lost.append((mark, Problem(self.procedure.source, line, message)))
        times = sum(1 for letter, _ in self.lost if letter == mark)
        self.marks[mark] = 0 if whole or times > 2 or self.marks[mark] == 0 else 1


def quality(book: Playbook, catalogue: Catalogue) -> list[Score]:
    """The marks of every procedure that could be read, by name."""
    shared = _shared_runs(book)
    return [_score(book, catalogue, p, shared) for _, p in sorted(book.procedures.items())]


def _score(book: Playbook, catalogue: Catalogue, procedure: Procedure, shared: frozenset[str]) -> Score:
    reading = _Reading(book, catalogue, procedure)
    for mark in (_acts, _words, _decisions, _fallbacks, _customer_hears, _limits, _hand_overs, _messages):
        mark(reading)
    for line, run in _runs_of(procedure):
        if run in shared:
            reading.lose("j", line, f"“{run}” stands in more than {SHARED_BY - 1} other procedures too")
    if not procedure.kpis:
        reading.lose("j", 1, "no figure gets worse when it is done badly", whole=True)
    return Score(procedure, reading.marks, tuple(reading.lost))


def _acts(r: _Reading) -> None:
    if len(r.procedure.steps) > MOST_STEPS:
        r.lose("a", r.procedure.steps[MOST_STEPS].line, f"{len(r.procedure.steps)} steps; at most {MOST_STEPS}")
    for step in (s for s in r.procedure.steps if s.is_human):
        first = _WORD.findall(step.title.lower())[:1]
        if not first or first[0] in NO_VERBS or first[0].endswith("ing"):
            r.lose("a", step.line, f"“{step.title}” does not begin with a verb")
        if " and " in step.title or ";" in step.title:
            r.lose("a", step.line, f"“{step.title}” holds two acts")
        if len(step.checks) > MOST_CHECKS:
            r.lose("a", step.line, f"{len(step.checks)} checks in “{step.title}”; at most {MOST_CHECKS}")
        words = len(_WORD.findall(" ".join([step.prose, *(c.text for c in step.checks)])))
        if words > MOST_WORDS:
            r.lose("a", step.line, f"{words} words in “{step.title}”; at most {MOST_WORDS}")


def _texts(procedure: Procedure) -> Iterator[tuple[int, str]]:
    for step in procedure.steps:
        yield step.line, step.prose
        for check in step.checks:
            yield check.line, check.text


def _words(r: _Reading) -> None:
    for line, text in _texts(r.procedure):
        for empty in EMPTY:
            if re.search(rf"\b{empty}\b", text, re.I):
                r.lose("b", line, f"“{empty}” says nothing that somebody could do")
                break
        for quantity in _QUANTITY.findall(re.sub(r"\{\{.*?\}\}", "", text)):
            r.lose("b", line, f"“{quantity}” is typed here; make it a policy's value")
    for step in r.procedure.steps:
        for span in (step.within.span if step.within else None, step.wait.at_most if step.wait else None):
            if span is not None and not span.policy:
                r.lose("b", step.line, f"the time of “{step.title}” is typed here; make it a policy's value")


def _decisions(r: _Reading) -> None:
    for step in r.procedure.steps:
        for branch in step.branches:
            if branch.when is not None and not re.search(
                r"\b(answers|event|policy|today|started|[a-z]+)\.", branch.when.text
            ):
                r.lose("c", branch.line, f"“{branch.when.text}” tests neither an answer nor a fact")
            if branch.when is not None:
                for name in _unguarded(r, branch.when):
                    r.lose("c", branch.line, f"“{name}” may be missing here, which stops the case for a person")
        if step.branches and step.branches[-1].when is not None:
            r.lose("c", step.branches[-1].line, f"“{step.title}” has no otherwise", whole=True)


def _unguarded(r: _Reading, when: Expression) -> Iterator[str]:
    for case, name in re.findall(r"\b([a-z_]+)\.([a-z_]+)\b", when.text):
        fact = r.catalogue.types.get(case, {}).get(name)
        full = f"{case}.{name}"
        if fact is None or not fact.nullable:
            continue
        if not re.search(rf"{re.escape(full)}\s*(==|!=)\s*null|{re.escape(full)}\s*\?\?", when.text):
            yield full


def _fallbacks(r: _Reading) -> None:
    for step in r.procedure.steps:
        if step.is_human and step.within is None and step.batch is None and r.procedure.promise is None:
            r.lose("d", step.line, f"“{step.title}” has no time by which it is done")
        if step.within is not None and not step.if_late:
            r.lose("d", step.within.line, f"nobody hears when “{step.title}” is late")
        if step.wait is not None and step.wait.until is None and step.wait.at_most is None:
            r.lose("d", step.wait.line, f"“{step.title}” may wait for ever", whole=True)


def _customer_hears(r: _Reading) -> None:
    """Who wrote hears something on every way; whose order waits for somebody hears something on each way that waits."""
    if r.procedure.about not in _PEOPLE or not r.procedure.steps:
        return
    steps = {s.slug: s for s in r.procedure.steps}
    wrote = r.procedure.about == "ticket"
    todo, silent = [(r.procedure.steps[0].slug, wrote)], set[tuple[str, bool]]()
    while todo:
        slug, owed = todo.pop()
        step = steps.get(slug)
        if step is None or (slug, owed) in silent or _speaks(step):
            continue
        silent.add((slug, owed))
        owed = owed or step.wait is not None
        if owed and step.end and not step.end.handed_to:
            r.lose("d", step.line, f"a way leads to “{step.title}” on which the customer hears nothing")
        todo.extend((w.to, owed) for w in ways_out(r.procedure, step) if w.to)


def _speaks(step: Step) -> bool:
    """It sends or answers, a person calls or tells, or another procedure takes over."""
    says = step.do is not None and step.do.deed == "tickets.reply"
    sends = step.send is not None and step.send.to == "customer"
    reminds = step.wait is not None and step.wait.remind_with is not None
    calls = step.is_human and step.title.split(" ", 1)[0].lower() in _SPOKEN
    return sends or says or reminds or calls or bool(step.starts)


def _limits(r: _Reading) -> None:
    for name in sorted({link.target for link in r.procedure.limits} | set(_policies_used(r.procedure))):
        limit = limit_named(r.book, name)
        if limit is None:
            continue
        for word, text in (("Why", limit.why), ("Basis", limit.basis), ("Raise it when", limit.raise_when)):
            if not text:
                r.lose("e", 1, f"{name} does not say “{word}”")
        if not limit.lower_when:
            r.lose("e", 1, f"{name} does not say “Lower it when”")


def _policies_used(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps:
        for branch in step.branches:
            if branch.when:
                yield from re.findall(r"policy\.[a-z_]+\.[a-z_]+", branch.when.text)
        for span in (step.within.span if step.within else None, step.wait.at_most if step.wait else None):
            if span is not None and span.policy:
                yield span.policy


def _hand_overs(r: _Reading) -> None:
    """The same role is asked the same thing twice on one way, or a yes or no is written down that nothing reads."""
    read = _everything_read(r)
    for at, step in enumerate(r.procedure.steps):
        for one in step.record:
            for later in r.procedure.steps[at + 1 :]:
                if any(f.name == one.name for f in later.record) and later.role == step.role:
                    if later.slug in _reached_from(r.procedure, step):
                        line = next(f.line for f in later.record if f.name == one.name)
                        r.lose("g", line, f"“{one.name}” was asked in “{step.title}” already")
            if one.kind == "yes or no" and one.name not in read:
                r.lose("g", one.line, f"“{one.name}” is written down in “{step.title}” and read nowhere")
    _hand_over_empty_handed(r)


def _hand_over_empty_handed(r: _Reading) -> None:
    """A step of another role comes next, and nothing was written down or checked for it."""
    steps = {s.slug: s for s in r.procedure.steps}
    for step in r.procedure.steps:
        if not step.is_human or step.record or step.checks or step.do or step.case:
            continue
        for way in ways_out(r.procedure, step):
            to = steps.get(way.to)
            if to is not None and to.is_human and to.role != step.role:
                r.lose("g", step.line, f"“{step.title}” hands over to “{to.title}” with nothing written down")


def _reached_from(procedure: Procedure, start: Step) -> set[str]:
    """The steps that come after this one without passing it again."""
    steps, seen = {s.slug: s for s in procedure.steps}, set[str]()
    todo = [w.to for w in ways_out(procedure, start)]
    while todo:
        slug = todo.pop()
        if slug and slug not in seen and slug != start.slug and slug in steps:
            seen.add(slug)
            todo.extend(w.to for w in ways_out(procedure, steps[slug]))
    return seen


def _everything_read(r: _Reading) -> set[str]:
    said: list[str] = []
    for step in r.procedure.steps:
        said += [b.when.text for b in step.branches if b.when]
        said += [e.text for e in step.do.arguments.values()] if step.do else []
        said += [step.approve.amount.text] if step.approve else []
        said += [x.when.text for x in (step.do, step.send, step.approve, *step.starts) if x is not None and x.when]
        said += [step.prose]
        said += [" ".join(m.used) for m in _messages_of(r, step)]
    return set(re.findall(r"answers\.([a-z_0-9]+)", " ".join(said)))


def _messages_of(r: _Reading, step: Step) -> list[Message]:
    names = [step.send.message] if step.send else []
    names += [step.wait.remind_with] if step.wait and step.wait.remind_with else []
    return [m for (stem, _), m in r.book.messages.items() if stem in names]


def _messages(r: _Reading) -> None:
    for step in r.procedure.steps:
        for message in _messages_of(r, step):
            words = len(_WORD.findall(re.sub(r"\{[{%].*?[}%]\}", "x", message.body)))
            if words > MOST_WORDS:
                r.lose("h", step.line, f"{message.source} has {words} words; at most {MOST_WORDS}")
            if message.about in ("order", "ticket") and not _names_the_case(message):
                r.lose("h", step.line, f"{message.source} does not name the order or the ticket")
            if not any(m.language for m in _messages_of(r, step) if m.stem == message.stem):
                r.lose("h", step.line, f"{message.source} is there in one language only")


def _names_the_case(message: Message) -> bool:
    return bool({"order.number", "ticket.number", "ticket.subject"}.intersection(message.used))


def _runs_of(procedure: Procedure) -> Iterator[tuple[int, str]]:
    for line, text in _texts(procedure):
        words = [w.lower() for w in _WORD.findall(text)]
        for at in range(len(words) - SHINGLE + 1):
            yield line, " ".join(words[at : at + SHINGLE])


def _shared_runs(book: Playbook) -> frozenset[str]:
    count: Counter[str] = Counter()
    for procedure in book.procedures.values():
        count.update({run for _, run in _runs_of(procedure)})
    return frozenset(run for run, times in count.items() if times > SHARED_BY)
