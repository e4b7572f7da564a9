"""The versions of a file of the playbook on its page: when each held and why, two of them compared, an older one put
back before its owner."""

from html import escape
from typing import Any

import ipywidgets

from ecomos.errors import EcomosError
from ecomos.pages.page import Context
from ecomos.pages.parts import Prose, StepForm, Table, column
from ecomos.pages.parts.prose import SafeHtml
from ecomos.pages.whom import actor_name
from ecomos.pages.wording import day_and_time
from ecomos.work import Shop
from ecomos.work.past_versions import Held, compared, history, lines_compared, put_back
from ecomos.work.versions import current_sha

__all__ = ["Versions"]

LIST = (
    ("version", "Version", "text", 145, False),
    ("from", "Held from", "text", 185, False),
    ("until", "To", "text", 185, True),
    ("by", "By", "text", 110, True),
    ("why", "Why", "text", 0, False),
)


class Versions:
    """The list, the difference of the one picked from the one in force, and the button that puts it back."""

    def __init__(self, context: Context, kind: str, name: str, picked: str) -> None:
        self.context, self.shop = context, Shop(context.home, context.db)
        self.kind, self.name, self.now_sha = kind, name, current_sha(self.shop, kind, name, context.now())
        columns = [{"key": k, "label": n, "kind": t, "width": w, "wide": wide} for k, n, t, w, wide in LIST]
        held = history(self.shop, kind, name)
        self.table = Table(
            title="Versions", columns=columns, rows=[self._row(n, h) for n, h in enumerate(held)], file=""
        )
        self.text, self.form = Prose(html=""), StepForm(self.put_back, empty="")
        self.picked = picked if picked in {h.sha for h in held} else ""
        if self.picked:
            self._compare()
        elif len(held) > 1:
            self.form.empty = "Pick a version to see what it says otherwise than the one in force."
        else:
            self.form.empty = "There is one version so far: nothing to compare."
        self.whole: ipywidgets.Widget = column(self.table, *([self.text] if self.picked else []), self.form)

    def _row(self, number: int, held: Held) -> dict[str, Any]:
        zone, now = self.context.home.zone, self.context.now()
        return {
            "id": number,
            "version": held.sha[:7] + (" now" if held.sha == self.now_sha and number == 0 else ""),
            "from": [day_and_time(held.from_at, zone, now), held.from_at],
            "until": [day_and_time(held.until_at, zone, now), held.until_at] if held.until_at else "",
            "by": actor_name(self.shop, held.approved_by),
            "why": held.why or "adopted from the folder",
            "href": f"?page=playbook&kind={self.kind}&name={self.name}&versions={held.sha}",
        }

    def _compare(self) -> None:
        if self.picked == self.now_sha:
            self.text.html = SafeHtml("<p>This is the version in force.</p>")
            return
        said = compared(self.shop, self.kind, self.name, self.now_sha, self.picked)
        lines = lines_compared(self.shop, self.kind, self.name, self.now_sha, self.picked)
        self.text.html = SafeHtml(_shown(self.picked, [(d.step, d.text) for d in said], lines))
        self.form.step = {
            "key": f"back:{self.picked}",
            "title": f"Put version {self.picked[:7]} back",
            "sub": "Its owner decides, as about every change; running cases keep their version.",
            "fields": [{"name": "why", "label": "Why", "kind": "text"}],
            "buttons": [{"deed": "back", "label": "Propose it", "primary": True}],
        }

    def put_back(self, said: dict[str, Any]) -> None:
        """Propose the picked version anew."""
        now, why = self.context.now(), str(said["answers"].get("why") or "")
        try:
            number = put_back(self.shop, self.kind, self.name, self.picked, why, self.context.person.id, now)
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        self.context.toast(f"Proposal {number} is with the owner.")
        self.context.go("playbook", {"kind": self.kind, "name": self.name})


def _shown(sha: str, said: list[tuple[str, str]], lines: list[str]) -> str:
    items = "".join(f"<li>{_where(step)}{escape(text)}</li>" for step, text in said)
    words = f"<ul>{items}</ul>" if said else "<p>Only the layout or the words around the steps differ.</p>"
    body = "\n".join(_line(line) for line in lines)
    return (
        f"<h2>Version {escape(sha[:7])} against the one in force</h2>{words}"
        f'<details open><summary>Line by line</summary><pre class="eco-diff">{body}</pre></details>'
    )


def _where(step: str) -> str:
    return f"<b>{escape(step.replace('-', ' ').replace('_', ' ').capitalize())}:</b> " if step else ""


def _line(line: str) -> str:
    kind = {"+": "ins", "-": "del"}.get(line[:1])
    return f"<{kind}>{escape(line)}</{kind}>" if kind else escape(line)
