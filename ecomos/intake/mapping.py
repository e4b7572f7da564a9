"""Files of other tools: a small YAML in the home's folder `mappings/` names the columns of one layout, and says of
which kind it is. What it gets wrong is told with its line, and stops no other file."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from ecomos.errors import Problem, nearest
from ecomos.intake.kinds import Kind

__all__ = ["mapped_kinds", "read_mapping"]

LARGEST = 100_000
PARTS = ("kind", "columns", "constants")


def mapped_kinds(folder: Path, kinds: Mapping[str, Kind]) -> tuple[list[Kind], list[Problem]]:
    """The kinds that the folder's YAML files describe, and what is wrong with those that can't be used."""
    found, problems = [], []
    for path in sorted(folder.glob("*.y*ml")) if folder.is_dir() else []:
        kind, wrong = read_mapping(path, kinds)
        problems += wrong
        if kind is not None:
            found.append(kind)
    return found, problems


def read_mapping(path: Path, kinds: Mapping[str, Kind]) -> tuple[Kind | None, list[Problem]]:
    """One YAML as a kind of file: `kind`, `columns` (field: heading), `constants` (field: value for every row)."""
    name = f"mappings/{path.name}"
    if path.stat().st_size > LARGEST:
        return None, [Problem(name, 0, "it is larger than a mapping can be")]
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as bad:
        mark = getattr(bad, "problem_mark", None)
        return None, [Problem(name, mark.line + 1 if mark else 0, "it is no YAML: indent with blanks, one name a line")]
    reader = _Reader(name, kinds)
    made = reader.read(root)
    return (None, reader.problems) if reader.problems else (made, [])


class _Reader:
    """One file on its way to a kind; collects all that is wrong with it."""

    def __init__(self, name: str, kinds: Mapping[str, Kind]) -> None:
        self.name, self.kinds = name, kinds
        self.problems: list[Problem] = []

    def wrong(self, node: yaml.Node | None, message: str) -> None:
        self.problems.append(Problem(self.name, node.start_mark.line + 1 if node is not None else 0, message))

    def read(self, root: yaml.Node | None) -> Kind | None:
        parts = self._pairs(root)
        for key, (at, _) in parts.items():
            if key not in PARTS:
                self.wrong(at, f"there is no “{key}” here{nearest(key, PARTS)}; known: {', '.join(PARTS)}")
        base = self._base(root, parts)
        if base is None:
            return None
        columns = self._fields(parts, "columns", base)
        constants = self._fields(parts, "constants", base)
        for field in base.needed:
            if field not in columns and field not in constants:
                self.wrong(root, f"{base.title} needs “{field}”: name its column, or give a constant")
        given = {field: (columns[field],) if field in columns else () for field in base.columns}
        return replace(base, columns=given, constants=constants, mapped_by=self.name)

    def _base(self, root: yaml.Node | None, parts: Mapping[str, tuple[yaml.Node, yaml.Node]]) -> Kind | None:
        if "kind" not in parts:
            self.wrong(root, f"say first which kind of file it is, as “kind: {next(iter(self.kinds))}”")
            return None
        said = str(parts["kind"][1].value)
        if said not in self.kinds:
            known = ", ".join(self.kinds)
            self.wrong(parts["kind"][1], f"no kind named “{said}”{nearest(said, self.kinds)}; known: {known}")
        return self.kinds.get(said)

    def _fields(self, parts: Mapping[str, tuple[yaml.Node, yaml.Node]], part: str, base: Kind) -> dict[str, str]:
        found = {}
        for field, (at, value) in self._pairs(parts[part][1] if part in parts else None).items():
            if field not in base.columns:
                known = ", ".join(base.columns)
                self.wrong(at, f"{base.title} has no “{field}”{nearest(field, base.columns)}; known: {known}")
            elif not isinstance(value, yaml.ScalarNode) or not str(value.value).strip():
                self.wrong(value, f"“{field}” takes one text")
            else:
                found[field] = str(value.value).strip()
        return found

    def _pairs(self, node: yaml.Node | None) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, "write names with a colon, as “sku: Article no.”")
            return {}
        return {str(key.value): (key, value) for key, value in node.value}
