"""Rows of one case brought together: adjacent rows as they come, those that are scattered over the file at its end."""

from collections.abc import Callable, Iterator

from ecomos.intake.kinds import Rows

__all__ = ["groups", "scattered_cases"]

Name = Callable[[str, str], str]
"""A row's case, from its cell and the case of the row before."""


def scattered_cases(rows: Rows, position: int, name: Name) -> frozenset[str]:
    """The cases whose rows are not adjacent."""
    seen: set[str] = set()
    scattered: set[str] = set()
    before = ""
    for _, row in rows:
        case = name(row[position], before)
        if case != before:
            (scattered if case in seen else seen).add(case)
            before = case
    return frozenset(scattered)


def groups(
    rows: Rows, position: int, hold: frozenset[str], name: Name
) -> Iterator[tuple[str, list[tuple[int, list[str]]], bool]]:
    """(case, its rows, does it go on from before?); the cases of `hold` are gathered and come last."""
    held: dict[str, list[tuple[int, list[str]]]] = {}
    seen: set[str] = set()
    before, is_held = "", False
    group: list[tuple[int, list[str]]] = []
    cell_before = ""
    for item in rows:
        cell = item[1][position]
        if cell == cell_before:  # the commonest row costs no call
            group.append(item)
            continue
        case, cell_before = name(cell, before), cell
        if case != before:
            if group and not is_held:
                yield before, group, before in seen
                seen.add(before)
            is_held = case in hold
            before, group = case, (held.setdefault(case, []) if is_held else [])
        group.append(item)
    if group and not is_held:
        yield before, group, before in seen
    for case, rows_of_case in held.items():
        yield case, rows_of_case, False
