"""A notebook of ours as a page: its code cells run in a kernel, their outputs go to the browser as Voilà's front end
reads them. Says in words what could not be shown."""

import json
import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from ecomos.server.kernels import KernelError, Kernels, Owner

__all__ = ["Drawn", "Notebook", "bind_code", "draw", "notebook"]

log = logging.getLogger("ecomos.pages")


@dataclass(frozen=True)
class Notebook:
    """The code cells of one dashboard."""

    name: str
    title: str
    cells: tuple[str, ...]


@dataclass
class Drawn:
    """What a page holds once its cells have run."""

    kernel_id: str = ""
    outputs: list[dict[str, Any]] = field(default_factory=list)
    """As in a notebook file: display_data with a widget's view."""
    failure: str = ""
    """The number under which the log has what went wrong; empty where nothing did."""


@cache
def notebook(name: str) -> Notebook | None:
    """A dashboard by its name; None where there is none."""
    file = files("ecomos.pages") / "dashboards" / f"{name}.ipynb"
    if not file.is_file():
        return None
    raw = json.loads(file.read_text(encoding="utf-8"))
    cells = tuple("".join(cell["source"]) for cell in raw["cells"] if cell["cell_type"] == "code")
    return Notebook(name, str(raw["metadata"].get("title", name)), cells)


def bind_code(owner: Owner, name: str, query: str, now: datetime) -> str:
    """What the server executes to tell a kernel whose it is, at which address, and what time it is in the store."""
    values = (owner.person_id, name, query, now.isoformat())
    return f"import ecomos.pages.context as context; context.bind{values!r}"


async def draw(kernels: Kernels, owner: Owner, bind: str, content: Notebook) -> Drawn:
    """Run the notebook for this person. A failure is logged whole and shown as a number."""
    drawn = Drawn()
    try:
        lease = await kernels.lease(owner, bind)
    except (KernelError, RuntimeError, TimeoutError) as error:
        return _failed(drawn, content, error)
    drawn.kernel_id = lease.id
    try:
        for cell in content.cells:
            for message in await lease.run(cell):
                if message["msg_type"] in ("display_data", "execute_result"):
                    drawn.outputs.append(_output(message))
    except (KernelError, TimeoutError) as error:
        return _failed(drawn, content, error)
    finally:
        lease.hang_up()
    return drawn


def _output(message: dict[str, Any]) -> dict[str, Any]:
    content = message["content"]
    return {
        "output_type": "display_data",
        "data": content["data"],
        "metadata": content.get("metadata", {}),
        "trusted": True,
    }


def _failed(drawn: Drawn, content: Notebook, error: Exception) -> Drawn:
    drawn.failure = secrets.token_hex(3)
    log.error("page %s failed, number %s: %s", content.name, drawn.failure, error)
    return drawn
