"""The router: the browser's address, the navigation, the search field, scans, the heartbeat and toasts."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Router"]


class Router(Part):
    """One per shell. Its script pushes the address, listens to back and forward, to links that begin with `?page=`, to
    scans typed where no field has the focus, shows what fits while somebody types into the search field, and asks the
    kernel every ten seconds whether it is there.

    `pages` list of {"name", "title", "badge"} for the navigation · `address` {"page", "params", "title"}: what is
    shown · `news` how much is new to this person, for the bar · `store` the store's name for the window's title ·
    `css` the house's style, empty where the server links it.
    """

    _esm = Path(__file__).with_name("router.js")
    pages: Any = traitlets.List().tag(sync=True)
    address = traitlets.Dict().tag(sync=True)
    news = traitlets.Int().tag(sync=True)
    store = traitlets.Unicode().tag(sync=True)
    css = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        on_go: Callable[[str, dict[str, str]], None],
        on_search: Callable[[str], None],
        on_suggest: Callable[[str], list[dict[str, Any]]] | None = None,
        **traits: Any,
    ) -> None:
        self._on_go, self._on_search, self._on_suggest = on_go, on_search, on_suggest
        super().__init__(**traits)

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        if "ping" in content:
            self.send({"pong": content["ping"]})
        elif isinstance(content.get("go"), dict):
            wanted = content["go"]
            params = {str(key): str(value) for key, value in dict(wanted.get("params") or {}).items()}
            self._on_go(str(wanted.get("page", "")), params)
        elif isinstance(content.get("search"), str):
            self._on_search(content["search"][:200])
        elif isinstance(content.get("suggest"), str):
            found = self._on_suggest(content["suggest"][:200]) if self._on_suggest else []
            self.send({"hits": found or [], "for": content["suggest"][:200]})

    def toast(self, text: str, kind: str = "fine") -> None:
        """A short word at the foot of the screen."""
        self.send({"toast": text, "kind": kind})
