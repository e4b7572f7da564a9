"""What the pages and JupyterLab share: the same desk, log-in page, style sheet and throttle of wrong passwords."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

import ecomos
from ecomos.server.identity import Desk
from ecomos.server.throttle import Throttle
from ecomos.store import Home

__all__ = ["Lasting", "house_files", "house_settings"]


def house_files() -> dict[str, str]:
    """Where the house's own files lie, as a file handler takes it."""
    return {"path": str(Path(str(files("ecomos.pages") / "parts")))}


def house_settings(desk: Desk, home: Home, at: str) -> dict[str, Any]:
    """What our handlers find in an application's settings; `at` is the address under which the house's files are."""
    pages = jinja2.Environment(loader=jinja2.PackageLoader("ecomos.server", "templates"), autoescape=True)
    pages.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return {
        "desk": desk,
        "home": home,
        "house_static": f"{at}/{_fingerprint(Path(house_files()['path']))}",
        "pages": pages,
        "throttle": Throttle(),
    }


def _fingerprint(folder: Path) -> str:
    """A word that changes with the program and with any of its files."""
    newest = max((int(file.stat().st_mtime) for file in folder.iterdir()), default=0)
    return f"{ecomos.__version__}-{newest:x}"


class Lasting:
    """Files whose address carries their version: a browser may keep them for a year."""

    def get_cache_time(self, *_: Any) -> int:
        return 365 * 24 * 3600

    def set_extra_headers(self, _path: str) -> None:
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")  # type: ignore[attr-defined]

    @classmethod
    def of(cls, handler: type) -> type:
        """The handler, with lasting files."""
        return type(f"Lasting{handler.__name__}", (cls, handler), {})
