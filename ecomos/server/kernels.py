"""Kernels: each belongs to one person, some wait ready for the next pages, and those nobody looks at are ended.
The person is told to a kernel by the server's own silent execute; nothing from the browser is ever executed."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from traitlets import Any as AnyTrait
from traitlets import Unicode

__all__ = ["KernelDied", "KernelError", "Kernels", "Lease", "Owner"]

log = logging.getLogger("ecomos.kernels")

MOST_PER_PERSON = 8
MOST_WAITING = 5
"""Kernels made ready for a team that comes at nine o'clock together; each holds some 70 MB."""
REFILL_AFTER = 3.0
"""Seconds of pause before a kernel is made ready: the page that was just opened draws first."""
FURTHER_AFTER = 8.0
"""Seconds before each further one, where one waits already: making one takes two seconds of a processor."""
START_SECONDS = 60
CELL_SECONDS = 60
LOOK_EVERY = 0.5
"""Seconds between two looks at whether a kernel that was told something still lives."""
ALLOWED = ["comm_open", "comm_close", "comm_msg", "comm_info_request", "kernel_info_request"]
PREPARE = "import ecomos.pages.context as context; context.warm()"


class KernelError(Exception):
    """A kernel could not be started, or a page's code failed in it; the message has the traceback."""


class KernelDied(KernelError):
    """A kernel ended while it was asked to run something."""


@dataclass(frozen=True)
class Owner:
    """Whose kernel it is, and by which log-in."""

    person_id: int
    stamp: str
    session: str


@dataclass
class Lease:
    """A running kernel with a line to it."""

    id: str
    client: AsyncKernelClient
    lives: Callable[[], Awaitable[bool]]
    since: float = field(default_factory=time.monotonic)

    async def run(self, code: str, *, silent: bool = False) -> list[dict[str, Any]]:
        """Execute our own code and give its outputs as messages. Raises KernelError where it fails, KernelDied within
        a second where the kernel ends meanwhile, TimeoutError after CELL_SECONDS."""
        outputs: list[dict[str, Any]] = []
        asked = asyncio.ensure_future(
            self.client.execute_interactive(
                code,
                silent=silent,
                store_history=False,
                allow_stdin=False,
                timeout=CELL_SECONDS,
                output_hook=outputs.append,
            )
        )
        while not (await asyncio.wait({asked}, timeout=LOOK_EVERY))[0]:
            if not await self.lives():
                asked.cancel()
                raise KernelDied(f"kernel {self.id} ended while it ran")
        reply = await asked
        if reply["content"]["status"] != "ok":
            raise KernelError("\n".join(reply["content"].get("traceback") or [str(reply["content"].get("evalue"))]))
        return outputs

    def hang_up(self) -> None:
        """Close our line; the browser has its own."""
        self.client.stop_channels()


class Kernels(AsyncMappingKernelManager):
    """Voilà's kernel manager with owners, and kernels in waiting: one for each of the team, five at most."""

    environment = AnyTrait({})
    wanted = AnyTrait(1)
    """How many shall wait."""
    workplace = Unicode("")

    def __init__(self, **given: Any) -> None:
        given["allowed_message_types"] = ALLOWED
        super().__init__(**given)
        self.owners: dict[str, Owner] = {}
        self.opened: dict[str, float] = {}
        self.waiting: list[Lease] = []
        self._refill: asyncio.Task[None] | None = None
        self._starting = self._ending = self._awaited = False

    async def lease(self, owner: Owner, bind: str) -> Lease:
        """A kernel for this person's page: the waiting one, or a new one, told by `bind` whose it is."""
        found = await self._told(bind)
        self.owners[found.id] = owner
        self.opened[found.id] = time.monotonic()
        await self._end_the_oldest(owner.person_id)
        self.refill(FURTHER_AFTER if self.waiting else REFILL_AFTER)
        return found

    async def _told(self, bind: str) -> Lease:
        """A kernel that has heard `bind`. One that died in waiting, before it answered, gives way to the next."""
        for _ in range(MOST_WAITING + 1):
            found = await self._take()
            try:
                await found.run(bind, silent=True)
            except KernelDied:
                found.hang_up()
                await self.end(found.id)
            except BaseException:
                await self.end(found.id)
                raise
            else:
                return found
        raise KernelError("every kernel that was started died at once")

    async def _take(self) -> Lease:
        while self.waiting:
            found = self.waiting.pop()
            if await found.lives():
                return found
            await self.end(found.id)
        if self._starting and not self._awaited:
            await self._until_made()
            return await self._take()
        return await self._ready()

    async def _until_made(self) -> None:
        """One page waits for the kernel that is being made; a second one made beside it would slow both."""
        self._awaited = True
        try:
            while self._starting:
                await asyncio.sleep(0.02)
        finally:
            self._awaited = False

    async def _lives(self, number: str) -> bool:
        kernel: Any = self.get_kernel(number) if number in self else None
        return kernel is not None and bool(await kernel.is_alive())

    async def _ready(self) -> Lease:
        number = await self.start_kernel(kernel_name="python3", env=self.environment, cwd=self.workplace)
        client: Any = self.get_kernel(number).client()
        client.start_channels()
        found = Lease(number, client, partial(self._lives, number))
        try:
            await client.wait_for_ready(timeout=START_SECONDS)
            await found.run(PREPARE, silent=True)
        except BaseException:
            found.hang_up()
            await self.end(number)
            raise
        return found

    def refill(self, after: float = 0.0) -> None:
        """See to it that enough kernels wait, each after a pause in which the page that was just opened may draw."""
        if self._ending or self._starting:
            return
        if self._refill:
            self._refill.cancel()
        self._refill = asyncio.ensure_future(self._refill_after(after))

    async def _refill_after(self, seconds: float) -> None:
        while len(self.waiting) < min(self.wanted, MOST_WAITING):
            await asyncio.sleep(seconds)
            if self._ending or not await self._one_more():
                return
            seconds = FURTHER_AFTER

    async def _one_more(self) -> bool:
        """Make one more ready, which a page that comes meanwhile does not interrupt; False where it failed."""
        self._starting = True
        try:
            self.waiting.append(await self._ready())
        except (KernelError, RuntimeError) as error:
            log.error("no kernel could be made ready: %s", error)
            return False
        finally:
            self._starting = False
        return True

    async def look_after(self) -> None:
        """Replace a waiting kernel that died."""
        for found in [w for w in self.waiting if not await w.lives()]:
            log.warning("a waiting kernel died; another is made ready")
            self.waiting.remove(found)
            await self.end(found.id)
        if len(self.waiting) < min(self.wanted, MOST_WAITING) and (self._refill is None or self._refill.done()):
            self.refill(0.0 if not self.waiting else FURTHER_AFTER)

    async def end(self, number: str) -> None:
        """Shut a kernel down at once and forget whose it was; one that is gone already is no error."""
        self.owners.pop(number, None)
        self.opened.pop(number, None)
        if number in self:
            try:
                await self.shutdown_kernel(number, now=True)
            except HTTPError as gone:
                if gone.status_code != 404:
                    raise

    async def end_all_of(self, numbers: Sequence[str]) -> None:
        await asyncio.gather(*(self.end(number) for number in numbers))

    async def _end_the_oldest(self, person_id: int) -> None:
        own = [n for n, owner in self.owners.items() if owner.person_id == person_id and n in self.opened]
        own.sort(key=lambda number: self.opened[number])
        await self.end_all_of(own[:-MOST_PER_PERSON])

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        if all(found.id != kernel_id for found in self.waiting):
            await super().cull_kernel_if_idle(kernel_id)

    def remove_kernel(self, kernel_id: str) -> Any:
        self.owners.pop(kernel_id, None)
        self.opened.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)

    async def close(self) -> None:
        """The server ends: no refill any more, and no kernel is left."""
        self._ending = True
        if self._refill:
            self._refill.cancel()
        for found in self.waiting:
            found.hang_up()
        self.waiting.clear()
        await self.end_all_of(list(self.list_kernel_ids()))
        await self.shutdown_all(now=True)  # and what was being started


def kernel_environment(outside: Mapping[str, str], home: str) -> dict[str, str]:
    """What a page's kernel may know of the server's environment: all but secrets, and where the store is."""
    kept = {name: value for name, value in outside.items() if not name.startswith("ECOMOS_MAIL")}
    return {**kept, "ECOMOS_STORE": home, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def own_environment(home: str) -> dict[str, str]:
    """`kernel_environment` of this process."""
    return kernel_environment(os.environ, home)
