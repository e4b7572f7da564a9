"""The file itself: is it whole, which encoding, how large when expanded. Knows nothing of columns. A file that can't be
read is refused in words; nothing in it is ever executed or followed."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ecomos.errors import EcomosError

__all__ = ["ENCODINGS", "Source", "Unreadable", "examine", "sha256_of"]

CHUNK = 1 << 20
MOST_EXPANDED = 2 << 30
"""No export is larger than 2 GB when expanded."""
FREE_EXPANSION = 50 << 20
MOST_RATIO = 100
"""Above 50 MB, text that shrinks more than a hundredfold is a bomb; real exports shrink five- to twentyfold."""
LONGEST_CELL = 4 << 20
"""A product's description may be long; more than 4 MB is no cell."""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")


Progress = Callable[[int, int], None]
"""Called with bytes read so far and bytes in all."""


class Unreadable(EcomosError):
    """The file is refused whole: cut, too large, or no text."""


@dataclass(frozen=True)
class Source:
    """A file that was looked through once from end to end."""

    path: Path
    is_gz: bool
    encoding: str
    ends_with_newline: bool
    quotes: int
    """How many quotation marks it holds: an odd number means that one was never closed."""
    size: int
    """Bytes on disk."""

    def open(self) -> io.TextIOWrapper:
        """The text, line ends untouched."""
        raw = gzip.GzipFile(self.path) if self.is_gz else self.path.open("rb", buffering=CHUNK)
        return io.TextIOWrapper(cast(BinaryIO, raw), encoding=self.encoding, newline="")


def sha256_of(path: Path) -> str:
    """The file's fingerprint, of its bytes as they lie on disk."""
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def examine(path: Path, encoding: str | None = None) -> Source:
    """Look through the whole file. Raises Unreadable with the reason where it is not text or not whole."""
    with open(path, "rb") as file:
        head = file.read(4096)
    is_gz = head.startswith(b"\x1f\x8b")
    if is_gz:
        head = next(_chunks(path, True), b"")[:4096]
    _must_be_text(path, head)
    for candidate in [encoding] if encoding else _candidates(head):
        found = _read_through(path, is_gz, candidate)
        if found is not None:
            return found
    raise Unreadable(f"{path.name} is no text in {encoding or 'UTF-8, UTF-16 or cp1252'}: export it again as CSV.")


def _must_be_text(path: Path, head: bytes) -> None:
    if not head.strip():
        raise Unreadable(f"{path.name} is empty.")
    if head.startswith(b"PK") or head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(f"{path.name} is a spreadsheet or an archive: save it as CSV first.")
    if head.startswith(b"%PDF"):
        raise Unreadable(f"{path.name} is a PDF, not an export.")


def _candidates(head: bytes) -> list[str]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    if head.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig", "cp1252"]
    if head[1::2].count(0) > len(head) // 4:
        return ["utf-16-le"]
    if head[::2].count(0) > len(head) // 4:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


def _read_through(path: Path, is_gz: bool, encoding: str) -> Source | None:
    """One pass over everything; None where the encoding does not fit."""
    decode = codecs.getincrementaldecoder(encoding)().decode
    quotes, last, size = 0, "", path.stat().st_size
    try:
        for chunk in _chunks(path, is_gz):
            text = decode(chunk)
            quotes += text.count('"')
            last = text[-1:] or last
        last = decode(b"", True)[-1:] or last
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-16") and "truncated" in error.reason:
            raise Unreadable(f"{path.name} is cut in the middle of a character: copy or export it again.") from error
        return None
    return Source(path, is_gz, encoding, last in ("\n", "\r"), quotes, size)


def _chunks(path: Path, is_gz: bool) -> Iterator[bytes]:
    with open(path, "rb", buffering=0) as raw:
        if not is_gz:
            while chunk := raw.read(CHUNK):
                yield chunk
            return
        yield from _expanded(path, gzip.GzipFile(fileobj=raw))


def _expanded(path: Path, file: gzip.GzipFile) -> Iterator[bytes]:
    packed, total = path.stat().st_size, 0
    try:
        while chunk := file.read(CHUNK):
            total += len(chunk)
            if total > MOST_EXPANDED or (total > FREE_EXPANSION and total > MOST_RATIO * packed):
                raise Unreadable(
                    f"{path.name} expands to more than {total >> 20} MB from {max(1, packed >> 10)} KB: not read on."
                )
            yield chunk
    except EOFError as error:
        raise Unreadable(f"{path.name} is cut: the end of the gz file is missing. Copy or export it again.") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable(f"{path.name} is a damaged gz file ({error}). Copy or export it again.") from error
