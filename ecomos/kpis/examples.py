"""A card's worked example, run: an empty store with the rows given, the card's own SQL, and the figures expected."""

import sqlite3
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from ecomos.errors import Problem
from ecomos.kpis.daily import refresh
from ecomos.kpis.figures import figure
from ecomos.playbook.records import ExampleTable, Kpi
from ecomos.store import open_file, write

__all__ = ["run_example"]


def run_example(card: Kpi) -> list[Problem]:
    """Every expected figure that the card does not give, and everything given that the store does not know.

    A card without an example is a problem of its own: nobody can see what it counts.
    """
    if not card.example:
        return [Problem(card.source, card.line, "no worked example: two small tables show what the figure counts")]
    with tempfile.TemporaryDirectory() as folder:
        db = open_file(Path(folder) / "store.db", create=True)
        try:
            db.execute("pragma foreign_keys = off")
            problems = [p for t in card.example if t.name != "expected" for p in _fill(db, card, t)]
            return problems or _compare(db, card)
        finally:
            db.close()


def _fill(db: sqlite3.Connection, card: Kpi, table: ExampleTable) -> list[Problem]:
    known = {r["name"]: r for r in db.execute("select * from pragma_table_info(?)", [table.name])}
    if not known:
        return [Problem(card.source, table.line, f"the store has no table “{table.name}”")]
    strange = [c for c in table.columns if c not in known]
    if strange:
        return [Problem(card.source, table.line, f"{table.name} has no column “{strange[0]}”")]
    key = next((n for n, r in known.items() if r["pk"]), "id")
    columns = [key, *table.columns]
    needed = [n for n, r in known.items() if r["notnull"] and r["dflt_value"] is None and n not in columns]
    with write(db):
        for number, cells in enumerate(table.rows, 1):
            values = [_typed(known[c]["type"], cell) for c, cell in zip(columns, cells, strict=True)]
            values += [number if known[n]["type"].upper() in ("INTEGER", "REAL") else f"x{number}" for n in needed]
            marks = ", ".join("?" * len(values))
            names = ", ".join([*columns, *needed])
            db.execute(f"insert into {table.name}({names}) values ({marks})", values)
    return []


def _typed(kind: str, cell: str) -> object:
    text = cell.strip().strip("`")
    if text in ("", "null"):
        return None
    if kind.upper() == "INTEGER":
        return int(text)
    return float(text) if kind.upper() == "REAL" else text


def _compare(db: sqlite3.Connection, card: Kpi) -> list[Problem]:
    problems = refresh(db, [card], datetime.now(UTC))
    if problems:
        return problems
    expected = next(t for t in card.example if t.name == "expected")
    found = []
    for first, wanted in expected.rows:
        start, _, end = first.partition(" to ")
        days = (date.fromisoformat(start.strip()), date.fromisoformat((end or start).strip()))
        value = figure(db, card, *days).value
        shown = "nothing" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")
        if not _same(value, wanted.strip()):
            found.append(Problem(card.source, expected.line, f"{first}: expected {wanted}, the card gives {shown}"))
    return found


def _same(value: float | None, wanted: str) -> bool:
    if value is None or wanted in ("", "null", "nothing"):
        return value is None and wanted in ("", "null", "nothing")
    return abs(value - float(wanted)) < 0.005
