"""The process that runs one notebook: `python -m ecomos.reports.child`, told what to do by one line of JSON on its
standard input. When that input ends, whoever started it has died, and it ends with everything below it."""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

__all__ = ["main"]

CELL_FAILED = 3
"""The exit code that says: the notebook itself failed, running it again would not help."""


def main() -> int:
    """Execute the notebook and write the HTML; whatever happens, the notebook is kept as far as it came."""
    asked = json.loads(sys.stdin.readline())
    os.nice(10 if asked["gently"] else 0)
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # optional to jsonschema, and 1.6 s to import
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return _run(asked)


def _end_with_parent() -> None:
    import psutil

    os.read(sys.stdin.fileno(), 1)
    for process in psutil.Process().children(recursive=True):
        process.kill()
    os._exit(9)


def _warm() -> None:
    """What the HTML needs, imported while the kernel is busy; after papermill, with which it shares modules that must
    not be imported by two threads at once."""
    import nbconvert.exporters.html  # noqa: F401


def _run(asked: dict[str, Any]) -> int:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    ready = threading.Thread(target=_warm, daemon=True)
    ready.start()
    folder = Path(asked["folder"])
    executed, code = folder / "report.ipynb", 0
    try:
        papermill.execute_notebook(
            asked["notebook"],
            str(executed),
            asked["parameters"],
            kernel_name="python3",
            cwd=str(folder),
            progress_bar=False,
            log_output=False,
            start_timeout=60,
        )
    except PapermillExecutionError as error:
        (folder / "error.txt").write_text(f"{error.ename}: {error.evalue}", encoding="utf-8")
        code = CELL_FAILED
    ready.join()
    from ecomos.reports.html import page_of

    html = page_of(executed, asked["title"], asked["sub"])
    (folder / "report.html").write_text(html, encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
