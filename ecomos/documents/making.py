"""A template of this room and its data, made into a PDF. Data goes in as JSON, so that nothing in it is markup; fonts
are those that come with the typesetter, so that every machine gives the same bytes."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecomos.errors import EcomosError, WrongUsage, nearest

__all__ = ["make_pdf", "templates"]

FOLDER = Path(__file__).parent / "templates"


def templates() -> tuple[str, ...]:
    """What can be made."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.typ")))


def make_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The paper as PDF/A-2b; the same template and data give the same bytes.

    Raises WrongUsage for an unknown template, EcomosError where the data lack what it shows.
    """
    if template not in templates():
        raise WrongUsage(f"No paper is named {template}{nearest(template, templates())}.")
    import typst  # 15 MB and a font index: only where a paper is made

    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    try:
        made = _compiler(template).compile(
            format="pdf", sys_inputs={"data": text}, pdf_standards="a-2b", timestamp=0, pdf_tags=True
        )
    except typst.TypstError as error:
        raise EcomosError(f"The paper {template} can't be made: {error.message}") from error
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=8)
def _compiler(template: str) -> Any:
    """One for each template: setting it up costs more than a page does."""
    import typst

    return typst.Compiler(FOLDER / f"{template}.typ", root=FOLDER, ignore_system_fonts=True, sys_inputs={"data": "{}"})
