"""The shipped notebooks in a store's own folder, to be changed freely: what is missing is put there, what nobody has
touched is kept up to date, what was changed is never overwritten."""

import hashlib
import json
from collections.abc import Collection
from pathlib import Path

from ecomos.reports.notebooks import SHIPPED
from ecomos.server.identity import server_folder
from ecomos.store import Home

__all__ = ["lay_out"]


def lay_out(home: Home, of_reports: Collection[str]) -> Path:
    """Put copies of the shipped notebooks into the home's `notebooks/`; gives that folder.

    Those that reports run go into `notebooks/reports/`, to be read: one in `notebooks/` itself would be run from then
    on in place of ours, whatever an update brings.
    """
    folder, ours = home.path / "notebooks", server_folder(home.path) / "notebooks.json"
    known = json.loads(ours.read_text(encoding="utf-8")) if ours.exists() else {}
    for source in sorted(SHIPPED.glob("*.ipynb")):
        name = f"reports/{source.name}" if source.stem in of_reports else source.name
        content = source.read_bytes()
        if _is_untouched(folder / name, known.get(name)):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
            known[name] = _mark(content)
    ours.write_text(json.dumps(known, indent=1), encoding="utf-8")
    return folder


def _is_untouched(file: Path, mark: str | None) -> bool:
    return not file.exists() or _mark(file.read_bytes()) == mark


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
