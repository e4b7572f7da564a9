"""A procedure as a small flow chart."""

from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Flow"]


class Flow(Part):
    """A card with boxes below each other and the ways between them.

    `title` text · `nodes` list of {"slug", "title", "says": who or what, "kind": "person|engine|wait|end"} in the order
    of the text · `edges` list of {"from", "to", "label"}: the condition is shown when a way is pointed at.
    """

    _esm = Path(__file__).with_name("flow.js")
    title = traitlets.Unicode("How it goes").tag(sync=True)
    nodes: Any = traitlets.List().tag(sync=True)
    edges: Any = traitlets.List().tag(sync=True)
