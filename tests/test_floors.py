"""The floor plan: imports point strictly down, rooms on one floor don't know each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "ecomos"

FLOORS = {
    "errors": 0,
    "money": 0,
    "calendar": 0,
    "store": 1,
    "playbook": 1,
    "messages": 2,
    "documents": 2,
    "orders": 3,
    "people": 3,
    "kpis": 3,
    "customers": 4,
    "stock": 4,
    "marketing": 4,
    "work": 5,
    "intake": 5,
    "reports": 6,
    "upkeep": 6,
    "demo": 6,
    "improve": 6,
    "training": 6,
    "heartbeat": 7,
    "cockpit": 7,
    "pages": 7,
    "server": 8,
    "cli": 9,
    "commands": 9,
    "__main__": 10,
    "__init__": 10,
}
SAME_FLOOR = {("cli", "commands"), ("commands", "cli"), ("pages", "heartbeat")}
"""cli and commands are one front door."""


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ecomos."):
            yield node.lineno, node.module.split(".")[1]
        elif isinstance(node, ast.ImportFrom) and node.module == "ecomos":
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.startswith("ecomos."):
                    yield node.lineno, name.name.split(".")[1]


def test_imports_point_strictly_down() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        here = room_of(path)
        for line, there in imports(path):
            if there == here or there.startswith("__version") or (here, there) in SAME_FLOOR:
                continue
            if FLOORS[there] >= FLOORS[here]:
                wrong.append(f"{path.relative_to(PACKAGE)}:{line}: {here} must not know {there}")
    assert [] == wrong


def test_every_room_stands_on_a_floor() -> None:
    rooms = {room_of(p) for p in PACKAGE.rglob("*.py")}
    assert set() == rooms - set(FLOORS)


def test_modules_open_with_what_they_are_for() -> None:
    bare = [
        str(p.relative_to(PACKAGE)) for p in PACKAGE.rglob("*.py") if not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert [] == sorted(bare)
