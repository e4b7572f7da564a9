"""A message's file into its record: subject and body as Jinja text, and the names that they use."""

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ecomos.playbook.document import Findings, read_document
from ecomos.playbook.front import Front
from ecomos.playbook.records import Message

__all__ = ["parse_message"]

KEYS = ("about", "kind", "subject", "was")


def parse_message(name: str, text: str, found: Findings) -> Message:
    """The record of a message, named `shipped` or `shipped.de`."""
    stem, _, language = name.partition(".")
    document = read_document(text, (), found)
    front = Front(document, KEYS, found)
    subject = front.needed("subject", "what stands in the mail's subject line")
    body = document.body.strip("\n")
    skipped = len(document.body) - len(document.body.lstrip("\n"))
    body_line = document.body_line + skipped
    if not body:
        found.add(document.title_line, "the message has no text below its title")
    used = [*_used(subject, front.line("subject"), found), *_used(body, body_line, found)]
    return Message(
        stem=stem,
        language=language,
        title=document.title,
        source=found.source,
        about=front.needed("about", "the kind of case that it is about, as in “about: order”"),
        kind=front.text("kind", stem),
        subject=subject,
        body=body,
        line=front.line("subject"),
        body_line=body_line,
        variables=frozenset(name.split(".")[0] for name, _ in used),
        used=tuple(dict.fromkeys(name for name, _ in used)),
        guarded=frozenset(_guarded(subject, body)),
        lines=front.lines | dict(reversed(used)),
    )


_ENVIRONMENT = ImmutableSandboxedEnvironment()


@lru_cache(maxsize=4)
def _tree(text: str) -> nodes.Template:
    """Subject and body are asked twice, one after the other."""
    return _ENVIRONMENT.parse(text)


def _used(text: str, first: int, found: Findings) -> list[tuple[str, int]]:
    try:
        tree = _tree(text)
    except TemplateSyntaxError as error:
        found.add(first + error.lineno - 1, f"between the curly brackets: {error.message}")
        return []
    except RecursionError:
        found.add(first, "between the curly brackets: nested without end")
        return []
    own = {n.name for n in tree.find_all(nodes.Name) if n.ctx != "load"}
    return [(name, first + line - 1) for name, line in _names(tree) if name.split(".")[0] not in own]


def _guarded(*texts: str) -> Iterator[str]:
    for text in texts:
        try:
            tree = _tree(text)
        except (TemplateSyntaxError, RecursionError):
            continue
        tests = [one.test for one in tree.find_all(nodes.If)] + [one.test for one in tree.find_all(nodes.CondExpr)]
        for asked in tests:
            yield from (name for name, _ in _names(asked))
        for one in tree.find_all(nodes.Filter):
            if one.name in ("default", "d") and one.node is not None:
                yield from (name for name, _ in _names(one.node))


def _names(node: nodes.Node) -> Iterator[tuple[str, int]]:
    """Every dotted name, longest form only."""
    dotted = _dotted(node)
    if dotted:
        yield dotted, node.lineno
        return
    for child in node.iter_child_nodes():
        yield from _names(child)


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name if node.ctx == "load" else ""
    if isinstance(node, nodes.Getattr):
        before = _dotted(node.node)
        return f"{before}.{node.attr}" if before else ""
    return ""
