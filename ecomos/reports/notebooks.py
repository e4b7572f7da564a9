"""Finding a report's notebook and reading which parameters it declares, so that a wrong one is an error before a kernel
starts (papermill only warns)."""

import ast
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from ecomos.errors import WrongUsage, nearest
from ecomos.store import Home

__all__ = ["SHIPPED", "checked", "declared", "find_notebook"]

SHIPPED = Path(str(files("ecomos.reports"))) / "notebooks"
"""The notebooks that the package brings."""


def find_notebook(home: Home, name: str) -> Path:
    """The notebook of that name: the home's own, else the cockpit's. Raises WrongUsage with the nearest."""
    folders = (home.path / "notebooks", SHIPPED)
    for folder in folders:
        if (folder / f"{name}.ipynb").is_file():
            return folder / f"{name}.ipynb"
    known = sorted(file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.ipynb"))
    raise WrongUsage(
        f"There is no notebook {name}.ipynb in {home.path / 'notebooks'} or among ours{nearest(name, known)}."
    )


def declared(notebook: Path) -> dict[str, Any]:
    """The parameters with their defaults: the simple assignments of the cell tagged `parameters`.

    Raises WrongUsage where the file is no notebook or that cell holds anything but simple values.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise WrongUsage(f"{notebook} is no notebook that can be read ({error}).") from error
    tagged = [c for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])]
    if not tagged:
        return {}
    source = tagged[0]["source"]
    try:
        lines = ast.parse(source if isinstance(source, str) else "".join(source)).body
        return dict(_assigned(line) for line in lines)
    except (SyntaxError, ValueError) as error:
        raise WrongUsage(f"{notebook}: its parameters cell holds more than simple values ({error}).") from error


def _assigned(line: ast.stmt) -> tuple[str, Any]:
    if isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name):
        return line.targets[0].id, ast.literal_eval(line.value)
    raise ValueError(f"line {line.lineno}")


def checked(notebook: Path, given: Mapping[str, str]) -> dict[str, Any]:
    """The given texts as values of the kinds that the notebook declares. Raises WrongUsage with the nearest name."""
    known = declared(notebook)
    for name in given:
        if name not in known:
            hint = nearest(name, known) or f"; it has: {', '.join(known) or 'none'}"
            raise WrongUsage(f"{notebook.name} has no parameter “{name}”{hint}")
    return {name: _as_kind(name, text, known[name]) for name, text in given.items()}


def _as_kind(name: str, text: str, default: Any) -> Any:
    words = {"yes": True, "true": True, "no": False, "false": False}
    try:
        if isinstance(default, bool):
            return words[text.strip().lower()]
        return type(default)(text) if isinstance(default, int | float) else text
    except (KeyError, ValueError):
        kind = "yes or no" if isinstance(default, bool) else "a number"
        raise WrongUsage(f"The parameter “{name}” is {kind}, not “{text}”.") from None
