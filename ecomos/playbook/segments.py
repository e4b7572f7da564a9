"""A segment's file: who belongs to it, as one `select` of customer ids in a fenced sql block. Read for its form;
nothing is done with it yet."""

import re

from ecomos.errors import Problem

__all__ = ["segment_problems"]

_FENCE = re.compile(r"(?ms)^```sql\n(.*?)^```$")


def segment_problems(text: str, source: str) -> list[Problem]:
    """What is wrong with a segment's text.

    >>> segment_problems("# Loyal\\n\\nWho came twice.\\n", "segments/loyal.md")[0].message
    'there is no fenced sql block that selects customer ids'
    """
    lines = text.splitlines()
    if not lines or not lines[0].startswith("# "):
        return [Problem(source, 1, "the title is missing: begin with “# ”")]
    blocks = list(_FENCE.finditer(text + "\n"))
    if not blocks:
        return [Problem(source, len(lines), "there is no fenced sql block that selects customer ids")]
    line = text[: blocks[0].start()].count("\n") + 1
    if not re.match(r"\s*(select|with)\b", blocks[0][1], re.IGNORECASE):
        return [Problem(source, line, "the sql block begins with “select” or “with”: it reads, and changes nothing")]
    return [Problem(source, line, "a segment has one sql block")] if len(blocks) > 1 else []
