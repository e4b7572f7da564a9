"""A file that a click brings to the person's own machine: it is made when it is asked for."""

from pathlib import Path

from ecomos.pages.parts.part import Part

__all__ = ["Download"]


class Download(Part):
    """Shows nothing. `give(name, text)` saves the text under that name where the browser keeps its downloads."""

    _esm = Path(__file__).with_name("download.js")

    def give(self, name: str, text: str, kind: str = "text/csv") -> None:
        """Hand the text to the browser as a file."""
        self.send({"name": name, "text": text, "kind": kind})
