"""check and new."""

import argparse
from pathlib import Path

from ecomos.commands.opening import home_of, open_shop, say_problems, starter
from ecomos.errors import WrongUsage, nearest
from ecomos.playbook import check as prove
from ecomos.playbook import check_sources, field_lines, paths, read_folder
from ecomos.playbook.quality import MARKS, quality
from ecomos.playbook.records import Playbook
from ecomos.playbook.templates import new_file
from ecomos.work.catalogue import catalogue

__all__ = ["check", "new"]


def check(asked: argparse.Namespace) -> int:
    """Every problem of every file in one go; exit 1 where there is one."""
    if asked.fields:
        print("\n".join(field_lines(catalogue(), asked.fields)))
        return 0
    folder = Path(asked.playbook) if asked.playbook else home_of(asked).playbook
    if not folder.is_dir():
        raise WrongUsage(f"There is no folder {folder}.")
    book, problems, texts = read_folder(folder)
    if asked.paths:
        if asked.paths not in book.procedures:
            raise WrongUsage(f"No procedure is named {asked.paths}{nearest(asked.paths, book.procedures)}.")
        for number, walk in enumerate(paths(book.procedures[asked.paths]), 1):
            print(f"{number}. " + "\n   ".join(walk))
        return 0
    if asked.quality:
        return _quality(book)
    problems = sorted({*problems, *prove(book, catalogue(), known_problems=problems)})
    if asked.sources:
        shop, _ = open_shop(asked)
        known = {"import", "page", "clock", "hand"} if shop else set()
        for line in check_sources(book, catalogue(), known):
            print(line)
    if not problems:
        print(f"{len(texts)} files, no problem.")
    return say_problems(problems)


def _quality(book: Playbook) -> int:
    """The script's marks of every procedure, and each point lost; exit 1 where a core one has a mark a to e at 0."""
    scores = quality(book, catalogue())
    width = max((len(s.procedure.stem) for s in scores), default=0)
    print(f"{'procedure':<{width}}  size     {' '.join(MARKS)}  of 16")
    for score in scores:
        marks = " ".join(str(score.marks[m]) for m in MARKS)
        print(f"{score.procedure.stem:<{width}}  {score.procedure.size:<7}  {marks}  {score.total:>5}")
    print("\n" + "\n".join(f"{mark} {problem}" for s in scores for mark, problem in s.lost))
    poor = [s for s in scores if s.procedure.size == "core" and 0 in [s.marks[m] for m in "abcde"]]
    return 1 if poor else 0


def new(asked: argparse.Namespace) -> int:
    """Write a good starting file of that kind, on paper until it is adopted."""
    folder = Path(asked.playbook) if asked.playbook else home_of(asked).playbook
    book, _, _ = read_folder(folder)
    file = new_file(folder, starter() / "templates", book, asked.kind, asked.name)
    print(f"{file}\nWrite it out, check it with “ecomos check”, then “ecomos adopt playbook”.")
    if asked.kind == "segment":
        print("Segments are kept in the playbook; nothing is done with them yet.")
    return 0
