"""The text of a PDF as its fonts say it, page after page: enough for what our own papers hold."""

import re
import zlib

__all__ = ["pages_of", "text_of"]

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
_INNER = rb"(?:\\.|[^\\()])"
_SHOWN = re.compile(
    rb"/f(\d+) [\d.]+ Tf|\(((?:" + _INNER + rb"|\((?:" + _INNER + rb"|\(" + _INNER + rb"*\))*\))*)\)", re.S
)
"""A font, or a string, in which brackets that pair stand as they are."""


def pages_of(pdf: bytes) -> int:
    """How many pages it has."""
    return len(re.findall(rb"/Type ?/Page\b(?!s)", pdf))


def text_of(pdf: bytes) -> str:
    """Everything that is shown, in the order it is drawn, without the spaces between words that are only distance."""
    streams = [s for s in map(_opened, _STREAM.findall(pdf)) if s]
    maps = [_letters(s) for s in streams if b"begincmap" in s]
    return "\n".join(_page(s, maps) for s in streams if b" Tf" in s and b"BT" in s)


def _opened(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return b""


def _letters(cmap: bytes) -> dict[int, str]:
    found = {}
    for block in re.findall(rb"beginbf(?:char|range)(.*?)endbf", cmap, re.S):
        for code, text in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return found


def _page(content: bytes, maps: list[dict[int, str]]) -> str:
    shown, font = [], 0
    for match in _SHOWN.finditer(content):
        if match[1] is not None:
            font = int(match[1])
            shown.append(" ")
            continue
        codes = _bytes(match[2])
        pairs = [int.from_bytes(codes[n : n + 2], "big") for n in range(0, len(codes), 2)]
        shown.append("".join(maps[font].get(p, "?") for p in pairs))
    return "".join(shown)


def _bytes(text: bytes) -> bytes:
    names = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def plain(match: re.Match[bytes]) -> bytes:
        said = match[1]
        return bytes([int(said, 8)]) if said.isdigit() else names.get(said, said)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.S)
