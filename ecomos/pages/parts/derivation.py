"""How a number came about: in sentences, steps and a picture of demand and lead time."""

from pathlib import Path
from typing import Any

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Derivation"]


class Derivation(Part):
    """A card that explains one plan.

    `title` text · `sub` text · `link` address of the whole page, or empty · `says` list of sentences · `steps` list of
    [what, number in words] · `changes` list of [what would be otherwise, what it would come to] · `weeks` list of
    {"from": "2026-09-28", "label": "28 Sep", "pieces", "out": days without stock, "bulk": pieces of bulk orders,
    "promotion": bool, "says"} · `known` what is to be said of the picture, such as since when levels are known ·
    `lead` {"draws": [days], "low", "median", "high", "says"} or {} · `empty` what is said where nothing is picked.
    """

    _esm = Path(__file__).with_name("derivation.js")
    title = traitlets.Unicode().tag(sync=True)
    sub = traitlets.Unicode().tag(sync=True)
    link = traitlets.Unicode().tag(sync=True)
    says: Any = traitlets.List().tag(sync=True)
    steps: Any = traitlets.List().tag(sync=True)
    changes: Any = traitlets.List().tag(sync=True)
    weeks: Any = traitlets.List().tag(sync=True)
    known = traitlets.Unicode().tag(sync=True)
    lead = traitlets.Dict().tag(sync=True)
    empty = traitlets.Unicode("Pick a row: here stands how its number came about.").tag(sync=True)
