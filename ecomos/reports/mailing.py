"""A report as a mail that survives mail clients: sentences as its text, HTML with inline styles, charts as PNG parts of
the mail, and the whole report attached."""

import base64
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ecomos.messages.outbox import MailPart
from ecomos.reports.html import cleaned
from ecomos.store import Home

__all__ = ["ReportMail", "failure_text", "mail_of"]

FRAME = (
    '<div style="max-width:640px;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px;color:#1b2730">'
)
HEAD = (
    '<h1 style="font-size:20px;line-height:26px;margin:0 0 4px">{title}</h1>'
    '<p style="margin:0 0 16px;color:#51626d">{sub}</p>'
)
HEADING = '<h2 style="font-size:16px;line-height:22px;margin:20px 0 6px">{text}</h2>'
PICTURE = '<img src="cid:{cid}" alt="{words}" style="max-width:100%;height:auto;border:0">'


@dataclass(frozen=True)
class ReportMail:
    """What is put into the outbox."""

    subject: str
    text: str
    html: str
    parts: tuple[MailPart, ...]


def mail_of(home: Home, folder: Path, title: str, sub: str, key: str) -> ReportMail:
    """The mail of an executed report; the charts are written beside it as PNG files. `key` names its pictures."""
    cells = json.loads((folder / "report.ipynb").read_text(encoding="utf-8"))["cells"]
    made = _Made(home, folder, key)
    for cell in cells:
        made.add(cell)
    under = folder.relative_to(home.path).as_posix()
    whole = MailPart(f"{under}/report.html", f"{folder.parent.name}.html", "text/html")
    html = f"{FRAME}{HEAD.format(title=escape(title), sub=escape(sub))}{''.join(made.html)}"
    end = '<p style="margin:20px 0 0;color:#51626d">The whole report is attached.</p></div>'
    text = f"{title}\n{sub}\n\n" + "\n".join(made.text) + "\n\nThe whole report is attached.\n"
    subject = " ".join(f"{title}: {sub}".split())
    return ReportMail(subject, text, html + end, (*made.parts, whole))


class _Made:
    """The mail as it grows, cell by cell."""

    def __init__(self, home: Home, folder: Path, key: str) -> None:
        self.home, self.folder, self.key = home, folder, key
        self.text: list[str] = []
        self.html: list[str] = []
        self.parts: list[MailPart] = []

    def add(self, cell: dict[str, Any]) -> None:
        if cell["cell_type"] == "markdown":
            for line in _joined(cell["source"]).splitlines():
                if line.startswith("## "):
                    self._heading(line.removeprefix("## ").strip())
            return
        for output in cell.get("outputs", []):
            self._output(output.get("data", {}))

    def _heading(self, text: str) -> None:
        self.text += ["", text.upper()]
        self.html.append(HEADING.format(text=escape(text)))

    def _output(self, data: dict[str, Any]) -> None:
        words = _joined(data.get("text/plain", ""))
        if "image/png" in data:
            self._picture(_joined(data["image/png"]), words)
            return
        if words:
            self.text.append(words)
        html = _joined(data.get("text/html", ""))
        shown = cleaned(html) if html else f'<pre style="white-space:pre-wrap">{escape(words)}</pre>' if words else ""
        self.html.append(shown)

    def _picture(self, png: str, words: str) -> None:
        number = len(self.parts) + 1
        cid, name = f"chart-{number}.{self.key}@ecomos.invalid", f"chart-{number}.png"
        (self.folder / name).write_bytes(base64.b64decode(png))
        under = self.folder.relative_to(self.home.path).as_posix()
        self.parts.append(MailPart(f"{under}/{name}", name, "image/png", cid))
        self.html.append(PICTURE.format(cid=cid, words=escape(words)))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def failure_text(title: str, status: str, day: str, why: str, run_id: int) -> tuple[str, str]:
    """Subject and text of the mail about a report that could not be made."""
    word = "has no fresh data" if status == "stale" else "failed"
    kept = "" if status == "stale" else " What it wrote until then, and its log, are kept there."
    return (
        f"The report “{title}” {word}",
        f"The report “{title}” about {day} {word}.\n\n{why}\n\n"
        f"It is a task on Today and run {run_id} on the page Reports, where it can be run again.{kept}\n",
    )
