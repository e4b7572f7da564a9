"""A row of links to the neighbouring pages."""

from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Ways"]


class Ways(Part):
    """Links beside each other. `label` what they have in common, for screen readers · `ways` list of {"title", "href":
    "?page=…", "here": bool}."""

    _esm = Path(__file__).with_name("ways.js")
    label = traitlets.Unicode("Pages").tag(sync=True)
    ways: Any = traitlets.List().tag(sync=True)
