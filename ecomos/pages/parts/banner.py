"""A line that must be read before the rest of the page."""

from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Banner"]


class Banner(Part):
    """One message with its weight. Empty: nothing is shown.

    `message` text, may have several lines · `kind` late, soon, fine, plain · `link` an address such as `?page=imports`
    and `link_text`, shown behind the message.
    """

    _esm = Path(__file__).with_name("banner.js")
    message = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Unicode("plain").tag(sync=True)
    link = traitlets.Unicode().tag(sync=True)
    link_text = traitlets.Unicode().tag(sync=True)

    def __init__(self, message: str = "", kind: str = "plain", **traits: Any) -> None:
        super().__init__(message=message, kind=kind, **traits)
