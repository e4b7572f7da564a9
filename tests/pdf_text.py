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
    things = {int(n): body for n, body in re.findall(rb"(\d+) 0 obj\s(.*?)endobj", pdf, re.S)}
    pages = [body for body in things.values() if b"/Type/Page/" in body]
    return "\n".join(_page(_streamed(things, page, b"Contents"), _fonts(things, page)) for page in pages)


def _fonts(things: dict[int, bytes], page: bytes) -> dict[int, dict[int, str]]:
    """The letters of each font of a page, by its number there."""
    resources = things[_named(page, b"Resources")]
    fonts = re.search(rb"/Font<<(.*?)>>", resources, re.S)
    named = re.findall(rb"/f(\d+) (\d+) 0 R", fonts[1]) if fonts else []
    return {int(n): _letters(_streamed(things, things[int(key)], b"ToUnicode")) for n, key in named}


def _named(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found is not None, name
    return int(found[1])


def _streamed(things: dict[int, bytes], body: bytes, name: bytes) -> bytes:
    found = _STREAM.search(things[_named(body, name)])
    assert found is not None, name
    return _opened(found[1])


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


def _page(content: bytes, maps: dict[int, dict[int, str]]) -> str:
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
