"""An executed notebook as one HTML file that stands alone: our page around nbconvert's plain body, cleaned of scripts,
of forms and of everything that leads or loads from outside."""

import json
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["cleaned", "page_of"]

STYLE = """
body{margin:0;background:#f4f6f8;color:#1b2730;font:15px/22px system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:860px;margin:0 auto;padding:24px 16px}
header{background:#10212b;color:#fff;padding:16px}header div{max-width:860px;margin:0 auto;padding:0 16px}
header h1{font-size:20px;margin:0}header p{margin:4px 0 0;color:#c9d5db}
h1,h2{font-size:17px;line-height:24px;margin:24px 0 8px}main h1:first-of-type{display:none}
.anchor-link,.prompt,.jp-InputPrompt,.jp-OutputPrompt{display:none}
table{border-collapse:collapse}td,th{padding:4px 12px 4px 0;text-align:left;border-bottom:1px solid #dde3e8}
svg,img{max-width:100%;height:auto}pre{white-space:pre-wrap;background:#fff;padding:12px;border-radius:12px;overflow:auto}
@media print{body{background:#fff}header{color:#000;background:#fff}}
"""
NO_WORDS = 'alt="No description has been provided for this image"'
PICTURES = {"image/svg+xml", "image/png", "image/jpeg"}
SHELL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<style>{style}</style></head>
<body><header><div><h1>{title}</h1><p>{sub}</p></div></header><main>{body}</main></body></html>
"""


def page_of(notebook: Path, title: str, sub: str) -> str:
    """The notebook's prose, tables and charts, without its code; a failed cell shows its error."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="basic", exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True
    )
    body, _ = exporter.from_filename(str(notebook))
    body = _with_words(cleaned(body), notebook)
    return SHELL.format(style=STYLE, title=escape(title), sub=escape(sub), body=body)


def _with_words(body: str, notebook: Path) -> str:
    """Each picture with what it shows in words, for who does not see it (nbconvert says that it has none)."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [o.get("data", {}) for c in cells for o in c.get("outputs", [])]
    words = [o.get("text/plain", "") for o in outputs if "text/html" not in o and PICTURES & o.keys()]
    for said in words:
        text = said if isinstance(said, str) else "".join(said)
        body = body.replace(NO_WORDS, f'alt="{escape(text)}"', 1)
    return body


def cleaned(html: str) -> str:
    """The same HTML without scripts, frames, forms, handlers, and addresses that lead anywhere but into the page.

    >>> cleaned('<p onclick="x()">a<script>alert(1)</script><img src="https://x.example/a.png"></p>')
    '<p>a<img></p>'
    """
    parser = _Cleaner()
    parser.feed(html)
    parser.close()
    return "".join(parser.kept)


class _Cleaner(HTMLParser):
    """Writes again what it reads, leaving out what must not be there."""

    DROPPED = frozenset(
        "script iframe frame object embed applet link meta base form input button select textarea metadata noscript"
        " template audio video source track foreignobject animate set math style title".split()
    )
    EMPTY = frozenset(("link", "meta", "base", "input", "embed", "source", "track", "frame"))
    ADDRESSES = frozenset(
        ("href", "src", "xlink:href", "action", "formaction", "background", "poster", "srcset", "data")
    )
    SAFE = re.compile(r"#|data:image/(png|jpeg|gif|svg\+xml);base64,", re.IGNORECASE)

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.DROPPED:
            if tag not in self.EMPTY:
                self._inside.append(tag)
            return
        if not self._inside:
            self.kept.append(f"<{tag}{self._attributes(attrs)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.DROPPED and not self._inside:
            self.kept.append(f"<{tag}{self._attributes(attrs)}/>")

    def _attributes(self, attrs: list[tuple[str, str | None]]) -> str:
        return "".join(f' {k}="{escape(v or "")}"' for k, v in attrs if self._may_stay(k, (v or "").strip()))

    def _may_stay(self, name: str, value: str) -> bool:
        if name.startswith("on") or name.startswith("xmlns") or not re.fullmatch(r"[a-z][a-z0-9:_-]*", name):
            return False
        if name in self.ADDRESSES:
            return bool(self.SAFE.match(value))
        return not re.search(r"url\s*\(\s*['\"]?(?!#)|@import|expression\s*\(|\\", value, re.IGNORECASE)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.DROPPED:
            if tag in self._inside:
                del self._inside[len(self._inside) - 1 - self._inside[::-1].index(tag) :]
        elif not self._inside:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.kept.append(escape(data, quote=False))
