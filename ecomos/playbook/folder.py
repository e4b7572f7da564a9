"""Texts and whole folders into records. One broken file never stops the others."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecomos.errors import Problem, nearest
from ecomos.playbook.document import Findings
from ecomos.playbook.kpis import parse_kpi
from ecomos.playbook.messages import parse_message
from ecomos.playbook.policies import parse_policy
from ecomos.playbook.procedures import parse_procedure
from ecomos.playbook.records import Kpi, Message, Playbook, Policy, Procedure, Report, Role
from ecomos.playbook.reports import parse_report
from ecomos.playbook.roles import parse_role
from ecomos.playbook.segments import segment_problems
from ecomos.playbook.words import STEM

__all__ = ["KINDS", "Record", "parse_text", "playbook_of", "read_folder"]

Record = Procedure | Role | Policy | Message | Kpi | Report

_PARSERS: Mapping[str, Callable[[str, str, Findings], Record]] = {
    "procedures": parse_procedure,
    "roles": parse_role,
    "policies": parse_policy,
    "kpis": parse_kpi,
    "messages": parse_message,
    "reports": parse_report,
}
KINDS = tuple(_PARSERS)
NOT_YET = ("documents",)
SEGMENTS = "segments"


def parse_text(kind: str, name: str, text: str, source: str) -> tuple[Record | None, list[Problem]]:
    """One file's text into its record; None where it has a problem.

    `kind` is the folder (`procedures`), `name` the stem (`shipped.de` for a message's other language).
    """
    record, problems = parse_partly(kind, name, text, source)
    return (None if problems else record), problems


def parse_partly(kind: str, name: str, text: str, source: str) -> tuple[Record | None, list[Problem]]:
    """As parse_text, but with what could be read of a file that has problems."""
    record, problems = _parsed(kind, name, text, source)
    return record, list(problems)


@lru_cache(maxsize=512)
def _parsed(kind: str, name: str, text: str, source: str) -> tuple[Record | None, tuple[Problem, ...]]:
    """The same text is parsed once: adopting reads the folder twice, and every mail asks a policy."""
    found = Findings(source)
    if kind not in _PARSERS:
        found.add(0, f"no kind of playbook file named “{kind}”{nearest(kind, KINDS) or '; known: ' + ', '.join(KINDS)}")
        return None, tuple(found.problems)
    if not _name_is_good(kind, name):
        found.add(
            0, f"a file's name has small letters, digits and hyphens, as in “verify-a-payment.md”, not “{name}.md”"
        )
    return _PARSERS[kind](name, text, found), tuple(sorted(found.problems))


def _name_is_good(kind: str, name: str) -> bool:
    stem, _, language = name.partition(".")
    return bool(STEM.fullmatch(stem)) and (not language or (kind == "messages" and len(language) == 2))


def playbook_of(records: Mapping[tuple[str, str], Record]) -> Playbook:
    """A playbook of parsed records by (kind, name)."""
    parts: dict[str, dict[Any, Any]] = {kind: {} for kind in KINDS}
    for (kind, name), record in records.items():
        stem, _, language = name.partition(".")
        parts[kind][(stem, language) if kind == "messages" else name] = record
    return Playbook(**parts)


def read_folder(path: Path) -> tuple[Playbook, list[Problem], dict[tuple[str, str], str]]:
    """A playbook folder: what parsed, every problem, and each file's text by (kind, name).

    What has problems is missing from the playbook's kinds and stands, as far as it was read, in its `broken`.
    """
    problems: list[Problem] = []
    texts: dict[tuple[str, str], str] = {}
    whole: dict[tuple[str, str], Record] = {}
    broken: dict[tuple[str, str], Any] = {}
    for folder in sorted(p for p in path.iterdir() if not p.name.startswith(".")) if path.is_dir() else ():
        if folder.name not in KINDS:
            problems.extend(_unknown(folder))
            continue
        for file in sorted(folder.iterdir()):
            _read_file(file, path, texts, whole, broken, problems)
    return replace(playbook_of(whole), broken=broken), problems, texts


def _unknown(folder: Path) -> list[Problem]:
    if folder.name == SEGMENTS and folder.is_dir():
        found = (segment_problems(f.read_text("utf-8"), f"{SEGMENTS}/{f.name}") for f in sorted(folder.glob("*.md")))
        return [problem for problems in found for problem in problems]
    if folder.name in NOT_YET:
        files = [f for f in folder.rglob("*") if f.is_file() and not f.name.startswith(".")]
        return (
            [Problem(folder.name, 0, f"not yet: {folder.name} are not read so far ({len(files)} here)")]
            if files
            else []
        )
    if folder.is_file():
        near = "a playbook file lies in a folder of its kind: " + ", ".join(KINDS)
        return [] if folder.name.lower().startswith("readme") else [Problem(folder.name, 0, near)]
    hint = nearest(folder.name, KINDS) or f"; known: {', '.join((*KINDS, SEGMENTS, *NOT_YET))}"
    return [Problem(folder.name, 0, f"no kind of playbook file named “{folder.name}”{hint}")]


def _read_file(
    file: Path,
    root: Path,
    texts: dict[tuple[str, str], str],
    whole: dict[tuple[str, str], Record],
    broken: dict[tuple[str, str], Any],
    problems: list[Problem],
) -> None:
    source = file.relative_to(root).as_posix()
    if file.name.startswith(".") or file.name.lower() == "readme.md":
        return
    if file.suffix != ".md" or not file.is_file():
        problems.append(Problem(source, 0, "only Markdown files (.md) lie here"))
        return
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problems.append(Problem(source, 0, f"it is not UTF-8 text (byte {error.start}); save it as UTF-8"))
        return
    key = (file.parent.name, file.name.removesuffix(".md"))
    texts[key] = text
    record, wrong = parse_partly(*key, text, source)
    problems.extend(wrong)
    if record is not None:
        (broken if wrong else whole)[key] = record
