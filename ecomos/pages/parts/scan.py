"""One field for a scanner or a thumb: whoever types presses Enter, and it is ready for the next piece."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Scan"]


class Scan(Part):
    """A card with the field, how many pieces an Enter counts, and whether they are damaged.

    `title` text · `says` what the last scan did, `kind` late, soon, fine, plain. `on_scan(said)` is called with
    {"code": "GLV-M", "pieces": "1", "damaged": False}: code and pieces as typed, at most 200 and 12 letters.
    """

    _esm = Path(__file__).with_name("scan.js")
    title = traitlets.Unicode().tag(sync=True)
    says = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Unicode("plain").tag(sync=True)

    def __init__(self, on_scan: Callable[[dict[str, Any]], None] | None = None, **traits: Any) -> None:
        self.on_scan = on_scan
        super().__init__(**traits)

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        code = content.get("code")
        if isinstance(code, str) and code.strip():
            pieces, damaged = str(content.get("pieces") or "1")[:12], content.get("damaged") is True
            self.call(self.on_scan, {"code": code.strip()[:200], "pieces": pieces, "damaged": damaged})
