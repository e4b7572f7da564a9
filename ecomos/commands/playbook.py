"""check, and the words that are not built yet."""

import argparse
from pathlib import Path

from ecomos.commands.opening import home_of, open_shop, say_problems
from ecomos.errors import WrongUsage, nearest
from ecomos.playbook import check as prove
from ecomos.playbook import check_sources, field_lines, paths, read_folder
from ecomos.work.catalogue import catalogue

__all__ = ["check", "not_yet"]


def check(asked: argparse.Namespace) -> int:
    """Every problem of every file in one go; exit 1 where there is one."""
    if asked.quality:
        raise WrongUsage("not yet: --quality comes with the whole starter playbook.")
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
    problems = sorted({*problems, *prove(book, catalogue(), known_problems=problems)})
    if asked.sources:
        shop, _ = open_shop(asked)
        known = {"import", "page", "clock", "hand"} if shop else set()
        for line in check_sources(book, catalogue(), known):
            print(line)
    if not problems:
        print(f"{len(texts)} files, no problem.")
    return say_problems(problems)


def not_yet(asked: argparse.Namespace) -> int:
    """A word of the contract that is not built yet."""
    raise WrongUsage(f"not yet: “ecomos {asked.word}” comes with a later version.")
