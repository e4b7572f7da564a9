"""A whole HTML document shown in a frame that may do nothing: no script, no form, no link out; or kept as a file."""

from pathlib import Path

import traitlets

from ecomos.pages.parts.part import Part

__all__ = ["Framed"]


class Framed(Part):
    """A card with a document.

    `title` text · `html` the document, shown in a sandboxed frame of its own, empty for `empty` · `file` the name it is
    kept under when it is downloaded.
    """

    _esm = Path(__file__).with_name("framed.js")
    title = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    file = traitlets.Unicode("report.html").tag(sync=True)
    empty = traitlets.Unicode("Nothing to show.").tag(sync=True)
