"""Where the file of a paper lies in the home, and how it is written whole or not at all."""

import os
import re
from pathlib import Path

from ecomos.errors import WrongUsage

__all__ = ["file_of", "keep_file"]


def file_of(kind: str, number: str) -> str:
    """The file's path under the home. Raises WrongUsage for a number that would leave the folder.

    >>> file_of("purchase-order", "PO-2026-0001")
    'documents/purchase-order/PO-2026-0001.pdf'
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", number) or not re.fullmatch(r"[a-z-]+", kind):
        raise WrongUsage(f"“{number}” can't name a file: letters, digits and hyphens can.")
    return f"documents/{kind}/{number}.pdf"


def keep_file(path: Path, content: bytes) -> None:
    """Write it beside its place and move it there: a kill leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)
