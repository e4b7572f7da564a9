"""Good starting files: a template of each kind of playbook file, filled with names that the playbook knows, so that
what is written checks clean at once."""

import re
from collections.abc import Mapping
from pathlib import Path

from ecomos.errors import WrongUsage, nearest
from ecomos.playbook.records import Playbook

__all__ = ["ONE", "check_name", "filled", "new_file", "new_text"]

ONE: Mapping[str, str] = {
    "procedure": "procedures",
    "role": "roles",
    "kpi": "kpis",
    "policy": "policies",
    "message": "messages",
    "report": "reports",
    "segment": "segments",
}
"""What people call one, and the folder that it lies in."""
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def new_file(folder: Path, templates: Path, book: Playbook, kind: str, name: str) -> Path:
    """Write a new file of that kind into the playbook's folder; gives its path.

    Raises WrongUsage for an unknown kind, a name that no file could have, or one that is taken.
    """
    if kind not in ONE:
        raise WrongUsage(f"No kind of file named “{kind}”{nearest(kind, ONE)}; known: {', '.join(ONE)}.")
    check_name(name)
    file = folder / ONE[kind] / f"{name}.md"
    if file.exists():
        raise WrongUsage(f"{file.relative_to(folder)} is there already; choose another name, or edit it.")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as out:
        out.write(new_text(templates, book, kind, name))
    return file


def new_text(templates: Path, book: Playbook, kind: str, name: str) -> str:
    """The text of a good starting file of that kind (one of ONE)."""
    return filled((templates / f"{ONE[kind]}.md").read_text(encoding="utf-8"), book, name)


def check_name(name: str) -> None:
    """Raises WrongUsage for a name that no file could have, with one that it could."""
    if not NAME.fullmatch(name):
        near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        raise WrongUsage(f"“{name}” can't be a name: small letters, digits and hyphens, as in {near or 'new-thing'}.")


def filled(text: str, book: Playbook, name: str) -> str:
    """The template with the playbook's own names in place of those in square brackets."""
    roles = [r for r in ("operations-lead", "founder") if r in book.roles] or sorted(book.roles) or ["founder"]
    lowest = [r for r in ("support-agent", "packer") if r in book.roles] or roles
    cards = sorted(book.kpis)
    kpi = "orders-waiting" if "orders-waiting" in cards else (cards or ["orders"])[0]
    card = book.kpis.get(kpi)
    values = {
        "title": name.replace("-", " ").capitalize(),
        "owner": roles[0],
        "performer": lowest[0],
        "kpi": kpi,
        "kpi_title": card.title if card else kpi,
    }
    for key, value in values.items():
        text = text.replace(f"[{key}]", value)
    return text
