"""The files of a playbook as one list: what the Playbook page shows."""

from dataclasses import dataclass

from ecomos.playbook.records import Playbook

__all__ = ["File", "files_in"]


@dataclass(frozen=True)
class File:
    """One file."""

    kind: str
    """The folder it lies in: procedures, roles, policies, messages, kpis."""
    name: str
    title: str
    state: str = ""
    """Of a procedure: on or paper."""


def files_in(book: Playbook) -> list[File]:
    """Every file, kind by kind."""
    messages = [
        File("messages", f"{s}.{lang}" if lang else s, f"{m.title}{f' ({lang})' if lang else ''}")
        for (s, lang), m in book.messages.items()
    ]
    return [
        *(File("procedures", p.stem, p.title, p.state) for p in book.procedures.values()),
        *(File("roles", r.stem, r.title) for r in book.roles.values()),
        *(File("policies", p.stem, p.title) for p in book.policies.values()),
        *messages,
        *(File("kpis", k.stem, k.title) for k in book.kpis.values()),
    ]
