"""A file of the playbook changed on its page: the text with its problems beside the line, the flow chart drawn anew,
and the proposal that its owner decides."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from ecomos.errors import EcomosError
from ecomos.pages.page import Context
from ecomos.pages.parts import Editor, Flow
from ecomos.playbook import KINDS, parse_text
from ecomos.playbook.records import Procedure
from ecomos.playbook.templates import NAME, ONE, new_text
from ecomos.work import Shop, in_force
from ecomos.work.changing import problems_of, propose, text_in_force

__all__ = ["ChangeFile"]

TEMPLATES = Path(str(files("ecomos") / "starter" / "templates"))


def _new(shop: Shop, kind: str, name: str, context: Context) -> str:
    """A good starting text for a file that is not in force yet; empty for a kind or name that can't be."""
    one = next((word for word, folder in ONE.items() if folder == kind and folder in KINDS), "")
    return new_text(TEMPLATES, in_force(shop, context.now()), one, name) if one and NAME.fullmatch(name) else ""


class ChangeFile:
    """The editor of one file."""

    def __init__(self, context: Context, kind: str, name: str, flow: Flow | None, draw: Any) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.kind, self.name, self.flow, self.draw = kind, name, flow, draw
        text, self.sha = text_in_force(self.shop, kind, name, context.now())
        text = text or _new(self.shop, kind, name, context)
        self.editor = Editor(
            self.check,
            self.propose,
            key=f"{kind}/{name}:{self.sha}",
            title="Suggest a change",
            sub="Nothing holds until the owner has put it in force; running cases keep their version.",
            text=text,
        )

    def check(self, text: str) -> None:
        """Say what is wrong, by line, and draw the flow chart of what can be read."""
        found = problems_of(self.shop, self.kind, self.name, text, self.context.now())
        self.editor.problems = [[p.line, p.message] for p in found]
        record = parse_text(self.kind, self.name, text, f"{self.kind}/{self.name}.md")[0]
        if self.flow is not None and isinstance(record, Procedure):
            self.flow.nodes, self.flow.edges = self.draw(record)

    def propose(self, text: str, why: str) -> None:
        """Put it before the owner, or say what stops it."""
        now, me = self.context.now(), self.context.person.id
        try:
            number = propose(self.shop, self.kind, self.name, text, self.sha, why, me, now)
        except EcomosError as error:
            self.editor.error = str(error)
            return
        self.editor.error = ""
        self.editor.send({"proposed": True})
        self.context.toast(f"Proposal {number} is with the owner.")
        self.context.go("playbook", {"kind": self.kind, "name": self.name})
