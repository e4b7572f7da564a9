"""A place to drop files on: sent in pieces, with progress, up to a size that is said in words."""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from ecomos.errors import EcomosError
from ecomos.pages.parts.part import Part, raised

__all__ = ["FileDrop"]

LONGEST_NAME = 120


class FileDrop(Part):
    """A card that takes files, dropped or chosen, one after the other.

    `label` what to drop here · `limit_mb` the largest file · `accept` as in `.csv,.gz` (for the chooser only; what a
    file is, its reader decides) · `says` the last word about a file.
    `on_file(name, data)` is called with the bare name and all bytes; the text it returns is shown, an EcomosError too.
    It may be a coroutine that calls `tell` while it lasts. `modified` is when the file was last written where it comes
    from, in seconds since 1970, as its browser says; None where it says nothing that can be.
    """

    _esm = Path(__file__).with_name("file_drop.js")
    label = traitlets.Unicode("Drop a file here").tag(sync=True)
    limit_mb = traitlets.Int(50).tag(sync=True)
    accept = traitlets.Unicode().tag(sync=True)
    says = traitlets.Unicode().tag(sync=True)

    def __init__(self, on_file: Callable[[str, bytes], str | Awaitable[str] | None], **traits: Any) -> None:
        self.on_file = on_file
        self._name, self._size, self._data = "", 0, bytearray()
        self.modified: float | None = None
        super().__init__(**traits)

    def heard(self, content: Mapping[str, Any], buffers: list[memoryview]) -> None:
        if isinstance(content.get("begin"), dict):
            self._begin(str(content["begin"].get("name", "")), int(content["begin"].get("size", -1)))
            self.modified = _seconds(content["begin"].get("modified"))
        elif "piece" in content and self._name:
            self._data += b"".join(bytes(part) for part in buffers)
            if len(self._data) > self._size:
                self._refuse("That file was longer than it said. Try again.")
            elif len(self._data) == self._size:
                self._whole()
            else:
                self.send({"got": len(self._data)})

    def _begin(self, name: str, size: int) -> None:
        self._name, self._size, self._data = plain_name(name), size, bytearray()
        if not 0 <= size <= self.limit_mb * 1024 * 1024:
            self._refuse(f"{self._name} is too large: at most {self.limit_mb} MB are taken here.")
        elif size == 0:
            self._refuse(f"{self._name} is empty.")
        else:
            self.send({"got": 0})

    def _whole(self) -> None:
        name, data = self._name, bytes(self._data)
        self._name, self._data = "", bytearray()
        self.after(self._taken(name, data), self._told)

    async def _taken(self, name: str, data: bytes) -> tuple[bool, str]:
        try:
            said = self.on_file(name, data)
            if inspect.isawaitable(said):
                said = await said
        except EcomosError as error:
            return False, str(error)
        except Exception as error:  # told as a number that the log has, and here in words
            self.call(raised, error)
            return False, f"{name} could not be taken."
        return True, str(said or f"{name} was taken.")

    def _told(self, outcome: tuple[bool, str]) -> None:
        self.says = outcome[1]
        self.send({"done": outcome[0], "says": self.says})

    def tell(self, words: str, share: float | None = None) -> None:
        """Say how far a callback that takes longer is; `share` (0 to 1) moves the bar."""
        self.send({"progress": share, "says": words})

    def _refuse(self, words: str) -> None:
        self._name, self._data = "", bytearray()
        self.says = words
        self.send({"done": False, "says": words})


def plain_name(name: str) -> str:
    r"""A file's bare name, whatever a browser sent.

    >>> plain_name("../../etc/pass\x00wd"), plain_name("C:\\orders\\may.csv"), plain_name("..")
    ('passwd', 'may.csv', 'file')
    """
    bare = re.split(r"[/\\]", name)[-1]
    bare = "".join(letter for letter in bare if letter.isprintable()).strip().lstrip(".")
    stem, dot, ending = bare.rpartition(".")
    return (stem[: LONGEST_NAME - len(ending)] + dot + ending)[-LONGEST_NAME:] or "file"


def _seconds(milliseconds: Any) -> float | None:
    """A browser's time of a file; anything but a moment since 2000 is nothing."""
    is_time = isinstance(milliseconds, int | float) and 946_684_800_000 < milliseconds < 4_102_444_800_000
    return milliseconds / 1000 if is_time else None
