"""What all parts share: only named traits may be set by a browser, and what a callback raises is told in words."""

import asyncio
import inspect
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

import anywidget

from ecomos.errors import EcomosError

__all__ = ["Part", "told_in_words"]

log = logging.getLogger("ecomos.pages")


class Part(anywidget.AnyWidget):
    """A widget of ours. A subclass names in `from_browser` the traits that its script sets; a forged message that sets
    another one is ignored. Messages (`model.send`) reach `heard`."""

    from_browser: ClassVar[frozenset[str]] = frozenset()
    fault: ClassVar[Callable[[str], None] | None] = None
    """Where a callback's failure is shown; the shell sets it."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(lambda _widget, content, buffers: self.call(self.heard, content, buffers))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        super().set_state({name: value for name, value in sync_data.items() if name in self.from_browser})

    def get_state(self, *given: Any, **named: Any) -> Any:
        """What is sent to the browser, without the marks that turn the writing direction: one in a customer's name
        would otherwise turn the rest of our sentence round."""
        return _unturned(super().get_state(*given, **named))

    def heard(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        """A message from the script: whatever a browser can send, so it is read with suspicion."""

    def call(self, function: Callable[..., Any] | None, *given: Any) -> Any:
        """Call a page's callback; what it raises is told in words."""
        return told_in_words(function, type(self).fault or Part.fault)(*given) if function else None

    def after(self, result: Any, then: Callable[[Any], None]) -> None:
        """Give a callback's result to `then`: at once, or, where the callback is a coroutine, when it is done. The
        kernel goes on answering meanwhile."""
        if not inspect.iscoroutine(result):
            then(result)
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            then(asyncio.run(result))
            return
        task = loop.create_task(self._later(result, then))
        _running.add(task)
        task.add_done_callback(_running.discard)

    async def _later(self, result: Coroutine[Any, Any, Any], then: Callable[[Any], None]) -> None:
        found = None
        try:
            found = await result
        except Exception as error:  # told in words like any other failure of a callback
            self.call(raised, error)
        self.call(then, found)


_running: set[asyncio.Task[None]] = set()
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _unturned(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.translate(_TURNS)
    if isinstance(value, dict):
        return {name: _unturned(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_unturned(inner) for inner in value]
    return value


def raised(error: Exception) -> None:
    """Raise it, so that it is told where a callback's failures are told."""
    raise error


def told_in_words(function: Callable[..., Any], tell: Callable[[str], None] | None) -> Callable[..., Any]:
    """The function, so that an EcomosError is told as it stands, and any other failure as a number that the log has."""

    def call(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except EcomosError as error:
            words = str(error)
        except Exception:  # the outermost runner of a page: the failure is kept, the page lives on
            number = secrets.token_hex(3)
            log.exception("failure %s in a page", number)
            words = f"That went wrong. Try again; if it stays so, tell whoever runs the store the number {number}."
        if tell is None:
            log.warning("%s", words)
        else:
            tell(words)
        return None

    return call
